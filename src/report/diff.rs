//! What changed between two summaries: a table for a terminal, Markdown, JSON, JUnit cases.

use std::fmt::Write;

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::gates::{Case, cell};
use super::numeral::{counted, plain, signed};
use crate::change::{Change, Comparison, Verdict};
use crate::gate::shown;

/// A comparison with what of it fails.
#[derive(Clone, Copy, Debug)]
pub struct ChangeReport<'a> {
    /// What differs.
    pub comparison: &'a Comparison,
    /// Whether whatever changes fails.
    pub any_change: bool,
    /// Whether changes fail only where intervals do not overlap.
    pub beyond_noise: bool,
}

const HEADS: [&str; 7] = ["policy", "figure", "before", "now", "change", "", ""];

impl ChangeReport<'_> {
    /// Whether a change fails.
    fn fails(&self, change: &Change) -> bool {
        change.fails(self.any_change, self.beyond_noise)
    }

    /// What fails, a sentence each.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.comparison.changes.iter().filter(|change| self.fails(change));
        let mut failures: Vec<String> = failed.map(sentence).collect();
        if self.any_change {
            failures.extend(self.comparison.missing.iter().cloned());
        }
        failures
    }

    /// What is not the same, failures first.
    fn told(&self) -> Vec<&Change> {
        let changes = &self.comparison.changes;
        let mut told: Vec<&Change> =
            changes.iter().filter(|change| change.verdict != Verdict::Same).collect();
        told.sort_by_key(|change| !self.fails(change));
        told
    }

    /// One line that says it all.
    fn verdict(&self) -> String {
        let (all, failed) = (self.comparison.changes.len(), self.failures().len());
        let changed = self.told().len();
        let of = counted(all as u64, "figure");
        match (changed, failed) {
            (0, 0) => format!("{of} compared: all are the same."),
            (_, 0) => format!("{changed} of {of} changed; none fails."),
            _ => format!("{changed} of {of} changed; {failed} fail."),
        }
    }

    fn row(&self, change: &Change) -> [String; 7] {
        let number = |number: Option<f64>| number.map_or("–".to_owned(), shown);
        let mut verdict = change.verdict.word().to_owned();
        match change.intervals_overlap {
            Some(true) => verdict.push_str(", intervals overlap"),
            Some(false) => verdict.push_str(", intervals apart"),
            None => {}
        }
        if change.baseline {
            verdict.push_str(" (baseline)");
        }
        [
            plain(&change.policy),
            plain(&change.metric),
            number(change.old),
            number(change.new),
            change.difference().map_or(String::new(), with_sign),
            change.share().map_or(String::new(), percent),
            verdict,
        ]
    }

    /// For a terminal. Ends with a newline.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let rows: Vec<[String; 7]> =
            self.told().into_iter().map(|change| self.row(change)).collect();
        if !rows.is_empty() {
            let widths: [usize; 7] = std::array::from_fn(|column| {
                let cells = rows.iter().map(|row| row[column].width());
                cells.chain([HEADS[column].width()]).max().unwrap_or(0)
            });
            for row in std::iter::once(&HEADS.map(str::to_owned)).chain(&rows) {
                let mut line = String::new();
                for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
                    let gap = " ".repeat(width - cell.width());
                    match column {
                        2..=5 => line.extend([&gap, cell.as_str(), "  "]),
                        _ => line.extend([cell.as_str(), &gap, "  "]),
                    }
                }
                let _ = writeln!(out, "{}", line.trim_end());
            }
            out.push('\n');
        }
        let _ = writeln!(out, "{}", self.verdict());
        out
    }

    /// For a pull request. Ends with a newline.
    pub fn markdown(&self) -> String {
        let sign = if self.failures().is_empty() { "✅" } else { "❌" };
        let mut out = format!("{sign} {}\n", self.verdict());
        let told = self.told();
        if !told.is_empty() {
            out.push_str("\n| policy | figure | before | now | change | | |\n");
            out.push_str("|---|---|---:|---:|---:|---:|---|\n");
        }
        for change in told {
            let row = self.row(change);
            let sign = if self.fails(change) { "❌ " } else { "" };
            let [policy, figure, old, new, by, share, verdict] = row;
            let policy = cell(&policy);
            // A key in backticks reads as it stands, unless it has some itself.
            let figure = match figure.contains(['`', '|']) {
                true => cell(&figure),
                false => format!("`{figure}`"),
            };
            let _ = writeln!(
                out,
                "| {policy} | {figure} | {old} | {new} | {by} | {share} | {sign}{verdict} |"
            );
        }
        for note in self.comparison.missing.iter().chain(&self.comparison.notes) {
            let _ = write!(out, "\n- {}", cell(note));
        }
        out.trim_end().to_owned() + "\n"
    }

    /// For a program: schema `relogin.diff/1`, whatever is not the same. Ends with a newline.
    pub fn json(&self) -> String {
        let change = |change: &Change| {
            json!({
                "policy": change.policy,
                "baseline": change.baseline,
                "metric": change.metric,
                "unit": change.unit,
                "old": change.old,
                "new": change.new,
                "difference": change.difference(),
                "relative": change.share(),
                "verdict": change.verdict.word(),
                "intervals_overlap": change.intervals_overlap,
                "fails": self.fails(change),
            })
        };
        let changes: Vec<Value> = self.told().into_iter().map(change).collect();
        let whole = json!({
            "schema": "relogin.diff/1",
            "compared": self.comparison.changes.len(),
            "failed": !self.failures().is_empty(),
            "notes": self.comparison.notes,
            "missing": self.comparison.missing,
            "changes": changes,
        });
        serde_json::to_string_pretty(&whole).expect("only strings, numbers and lists") + "\n"
    }

    /// A test case for each figure.
    pub fn cases(&self) -> Vec<Case> {
        let case = |change: &Change| Case {
            name: change.metric.clone(),
            class: format!("relogin.diff.{}", change.policy),
            failure: self.fails(change).then(|| sentence(change)),
            output: (change.verdict != Verdict::Same && !self.fails(change))
                .then(|| sentence(change)),
        };
        let missing = self.comparison.missing.iter().map(|told| Case {
            name: told.clone(),
            class: "relogin.diff".to_owned(),
            failure: self.any_change.then(|| told.clone()),
            output: (!self.any_change).then(|| told.clone()),
        });
        self.comparison.changes.iter().map(case).chain(missing).collect()
    }
}

/// `strict: relogins went from 10 to 12 logins (+20 %), worse`.
fn sentence(change: &Change) -> String {
    let number = |number: Option<f64>| number.map_or("nothing".to_owned(), shown);
    let share = change.share().map_or(String::new(), |share| format!(" ({})", percent(share)));
    let unit = if change.unit.is_empty() { String::new() } else { format!(" {}", change.unit) };
    format!(
        "{}: {} went from {} to {}{unit}{share}, {}",
        change.policy,
        change.metric,
        number(change.old),
        number(change.new),
        change.verdict.word()
    )
}

fn with_sign(number: f64) -> String {
    let sign = if number > 0.0 { "+" } else { "" };
    format!("{sign}{}", shown(number)).replace('-', "−")
}

fn percent(share: f64) -> String {
    let decimals = if share.abs() < 0.1 { 2 } else { 1 };
    format!("{} %", signed(share * 100.0, decimals))
}
