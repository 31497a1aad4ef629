//! A comparison as Markdown, for a pull request.

use std::fmt::Write as _;

use super::{groups, interval, is_significant, names};
use crate::compared::{Class, Compared, Pairing};
use crate::report::answer;
use crate::report::numeral::{counted, decimals, fixed, plain};
use crate::report::timeline::Timeline;

/// The content of `compare.md`: an answer in words, the figures with their differences and
/// intervals, who is hit, and which settings differ. Ends with a newline.
pub fn compared_markdown(compared: &Compared) -> String {
    let [first, second] = names(compared).map(|name| cell(&name));
    let mut out = format!("### {second} instead of {first}\n\n");
    let _ = writeln!(out, "{}\n", answer::of_comparison(compared));
    let _ = writeln!(out, "| | {first} | {second} | difference | | 95 % interval |");
    out.push_str("|---|--:|--:|--:|--:|---|\n");
    for (name, rows) in groups(compared) {
        let _ = writeln!(out, "| **{name}** | | | | | |");
        for row in rows {
            let [one, other] = &row.values;
            let bold = |text: &str| match row.is_significant {
                true => format!("**{text}**"),
                false => text.to_owned(),
            };
            let (label, difference) = (cell(&row.label), bold(&row.difference));
            let difference = if row.difference.is_empty() { String::new() } else { difference };
            let _ = writeln!(
                out,
                "| {label} | {one} | {other} | {difference} | {} | {} |",
                row.relative, row.interval
            );
        }
    }
    out.push('\n');
    if !compared.classes.is_empty() {
        by_class(&mut out, compared, [&first, &second]);
    }
    if !compared.settings.is_empty() {
        settings(&mut out, compared, [&first, &second]);
    }
    out.push_str(&small_print(compared));
    out
}

fn by_class(out: &mut String, compared: &Compared, [first, second]: [&str; 2]) {
    out.push_str("Re-logins per user-day, by class:\n\n");
    let _ =
        writeln!(out, "| class | people | {first} | {second} | 95 % interval of the difference |");
    out.push_str("|---|--:|--:|--:|---|\n");
    let greatest = compared.classes.iter().flat_map(|class| class.rates).fold(0.0, f64::max);
    let places = decimals(greatest);
    for Class { name, people, rates, difference } in &compared.classes {
        let [one, other] = rates.map(|rate| fixed(rate, places));
        let sure = match difference {
            Some(own) if is_significant(own) => format!("**{}**", interval(own, places)),
            Some(own) => interval(own, places),
            None => "too few people".to_owned(),
        };
        let _ = writeln!(out, "| {} | {people} | {one} | {other} | {sure} |", cell(name));
    }
    out.push('\n');
}

fn settings(out: &mut String, compared: &Compared, [first, second]: [&str; 2]) {
    out.push_str("<details><summary>Settings that differ</summary>\n\n");
    let _ = writeln!(out, "| setting | {first} | {second} |\n|---|---|---|");
    for (key, values) in &compared.settings {
        let [one, other] = values.each_ref().map(|value| match value {
            Some(value) => format!("`{}`", value.replace('|', "\\|")),
            None => "–".to_owned(),
        });
        let _ = writeln!(out, "| `{key}` | {one} | {other} |");
    }
    out.push_str("\n</details>\n\n");
}

/// Over whose activity, and what the figures in bold mean.
fn small_print(compared: &Compared) -> String {
    let of = |side: &crate::compared::Side| {
        let timeline = Timeline::new(&side.timezone);
        format!(
            "{}, {}, {} to {} ({}; seed {})",
            counted(side.users, "user"),
            counted(side.records, "record"),
            timeline.date(side.ends.0),
            timeline.date(side.ends.1),
            plain(&side.activity),
            side.seed
        )
    };
    let [first, second] = &compared.sides;
    let (first, second) = (of(first), of(second));
    let activity = match first == second {
        true => format!("Over {first}."),
        false => format!("Over {first}; beside it {second}."),
    };
    let sure = match (compared.differences.is_empty(), compared.pairing) {
        (true, _) => "Too few people for intervals.",
        (false, Pairing::Paired) => {
            "Bold: the interval leaves out that there is no difference. The people are the same \
             under both, so what they have in common cancels."
        }
        (false, Pairing::Stored) => {
            "Bold: the interval leaves out that there is no difference. Stored results tell of no \
             person, so the intervals are those of other people on either side, and wider than \
             scenarios would give."
        }
        (false, Pairing::Apart) => {
            "Bold: the interval leaves out that there is no difference. The people are not the \
             same on both sides, so the intervals hold their differences too."
        }
    };
    format!("<sub>{activity} {sure} Peaks have no interval: they are no sums over people.</sub>\n")
}

/// Text that cannot break out of a cell.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in plain(text).chars() {
        if "|\\`*_<>[]#~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
