//! Figures of a trace for a person: plain text, at most 80 columns wide.

use std::fmt::Write as _;

use super::{Stats, quotient};
use crate::model::Span;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

impl Stats {
    /// The figures as a table, and the week as seven rows of blocks.
    pub fn render(&self) -> String {
        let mut text = String::new();
        self.render_records(&mut text);
        self.render_gaps(&mut text);
        self.render_days(&mut text);
        self.render_week(&mut text);
        text
    }

    fn render_records(&self, text: &mut String) {
        let broken = quotient(self.broken, self.lines);
        row(text, "lines", &grouped(self.lines), "");
        row(text, "  broken", &grouped(self.broken), &percent(broken));
        row(text, "records", &grouped(self.records), "");
        row(text, "  out of order", &grouped(self.out_of_order), "");
        let actions = &self.actions;
        for (name, count) in [
            ("  use", actions.r#use),
            ("  background", actions.background),
            ("  logout", actions.logout),
            ("  close", actions.close),
            ("  revoke", actions.revoke),
        ] {
            row(text, name, &grouped(count), "");
        }
        row(text, "users", &grouped(self.users), "");
        row(text, "agents", &grouped(self.agents), "");
        for (name, instant) in [("first", self.first_ms), ("last", self.last_ms)] {
            row(text, name, &instant.map_or("-".to_owned(), instant_text), "");
        }
        row(text, "span", &rough(self.span_ms), "");
        if !self.broken_examples.is_empty() {
            text.push_str("\nThe first broken lines\n");
        }
        for example in &self.broken_examples {
            wrap(text, &example.to_string());
        }
    }

    fn render_gaps(&self, text: &mut String) {
        let gaps = &self.gaps;
        text.push_str("\nFrom a use to the same agent's next\n");
        row(text, "gaps", &grouped(gaps.count), "");
        for (name, gap) in [("  p50", gaps.p50_ms), ("  p90", gaps.p90_ms), ("  p99", gaps.p99_ms)]
        {
            row(text, name, &rough(gap), "");
        }
        for longer in &gaps.longer {
            let name = format!("  over {}", Span::from_millis(longer.than_ms));
            row(text, &name, &grouped(longer.gaps), &percent(longer.share));
        }
    }

    fn render_days(&self, text: &mut String) {
        let days = &self.uses_per_user_day;
        let _ = writeln!(text, "\nUses of a user on a day with any ({})", self.timezone);
        row(text, "user-days", &grouped(days.user_days), "");
        row(text, "  mean", &format!("{:.1}", days.mean), "");
        row(text, "  p50", &grouped(days.p50), "");
        row(text, "  p90", &grouped(days.p90), "");
        row(text, "  max", &grouped(days.max), "");
    }

    fn render_week(&self, text: &mut String) {
        let most = self.uses_by_hour_of_week.iter().copied().max().unwrap_or(0);
        let _ = writeln!(
            text,
            "\nUses by hour of the week ({}); a full block is {}",
            self.timezone,
            grouped(most)
        );
        text.push_str("     0     3     6     9     12    15    18    21          total\n");
        for (day, hours) in DAYS.iter().zip(self.uses_by_hour_of_week.chunks(24)) {
            let blocks: String = hours.iter().flat_map(|uses| [block(*uses, most); 2]).collect();
            let total = grouped(hours.iter().sum());
            let _ = writeln!(text, "{day}  {blocks} {total:>12}");
        }
    }
}

/// An hour without uses is blank, one with any shows at least the lowest block.
fn block(uses: u64, most: u64) -> char {
    if uses == 0 {
        return ' ';
    }
    let level = (u128::from(uses) * BLOCKS.len() as u128).div_ceil(u128::from(most));
    BLOCKS[level as usize - 1]
}

fn row(text: &mut String, name: &str, value: &str, aside: &str) {
    let line = format!("{name:<16}{value:>26} {aside:>9}");
    let _ = writeln!(text, "{}", line.trim_end());
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// Digits in groups of three: `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A span by its two largest units: `5d22h`, `1m40s`, `1s250ms`.
fn rough(millis: i64) -> String {
    let units = [86_400_000, 3_600_000, 60_000, 1_000, 1];
    let largest = units.iter().position(|unit| millis >= *unit).unwrap_or(units.len() - 1);
    let finest = units[(largest + 1).min(units.len() - 1)];
    Span::from_millis(millis - millis % finest).to_string()
}

/// RFC 3339 in UTC.
fn instant_text(millis: i64) -> String {
    let timestamp = jiff::Timestamp::from_millisecond(millis);
    timestamp.map_or_else(|_| millis.to_string(), |timestamp| timestamp.to_string())
}

/// A line that may be too long, in lines of 80 columns.
fn wrap(text: &mut String, line: &str) {
    let mut current = String::from(" ");
    for word in line.split(' ') {
        let width = current.chars().count() + 1 + word.chars().count();
        if width > 80 && !current.trim().is_empty() {
            let _ = writeln!(text, "{current}");
            current = String::from("   ");
        }
        current.push(' ');
        current.push_str(word);
    }
    let _ = writeln!(text, "{current}");
}
