//! The result of a search for a person at a terminal.

use std::fmt::Write as _;

use super::{RecommendInput, page, words};
use crate::report::numeral::{measure, plain, shortened};

/// Columns of running text.
const WIDTH: usize = 96;
/// The widest name of a row.
const NAME: usize = 46;

/// The answer in words, the policies side by side, the constraints and the notes. `color` allows
/// bold and dim. Ends with a newline.
pub fn recommend_text(input: &RecommendInput<'_>, color: bool) -> String {
    let with = |code: &str, text: &str| match color {
        true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    };
    let found = input.found;
    let mut out = with("1", &plain(&input.description.scenario));
    if !input.description.question.is_empty() {
        let _ = write!(out, ": {}", plain(&input.description.question));
    }
    out.push_str("\n\n");
    for line in wrapped(&words::paragraph(found).join(" ")) {
        let _ = writeln!(out, "{line}");
    }
    let heads: Vec<String> = found.policies.iter().map(|policy| policy.role.to_owned()).collect();
    let mut rows = page::rows(found);
    for constraint in &found.constraints {
        let value = |policy: &crate::recommended::PolicyTold| {
            let index = found.constraints.iter().position(|own| std::ptr::eq(own, constraint));
            let value = index.map_or(f64::NAN, |index| policy.at.checked[index]);
            match constraint.source.is_empty() {
                true if value.is_finite() => measure(value),
                true => "no end".to_owned(),
                false if value == 0.0 => "kept".to_owned(),
                false => "broken".to_owned(),
            }
        };
        rows.push((constraint.text.clone(), found.policies.iter().map(value).collect()));
    }
    let widest = |column: usize| {
        let cells = rows.iter().map(|(_, cells)| cells[column].chars().count());
        cells.chain([heads[column].chars().count()]).max().unwrap_or(0)
    };
    let line = |name: &str, cells: &[String]| {
        let name = shortened(&plain(name), |text| text.chars().count() <= NAME);
        let mut line = format!("{name:<NAME$}");
        for (column, cell) in cells.iter().enumerate() {
            let _ = write!(line, "  {cell:>width$}", width = widest(column));
        }
        line
    };
    let _ = writeln!(out, "\n{}", with("1", &line("", &heads)));
    for (name, cells) in &rows {
        let _ = writeln!(out, "{}", line(name, cells));
    }
    let findings = found.constraints.iter().flat_map(|constraint| {
        constraint.chosen_findings.iter().map(|finding| format!("{}: {finding}", constraint.text))
    });
    for told in findings.chain(found.notes.iter().map(|note| plain(note))) {
        for line in wrapped(&told) {
            let _ = writeln!(out, "{}", with("2", &line));
        }
    }
    out
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
