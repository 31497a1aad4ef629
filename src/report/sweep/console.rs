//! The points of a sweep for a person at a terminal.

use std::fmt::Write as _;

use super::shown::{SHOWN, cells, points, which};
use crate::report::numeral::{plain, whole};
use crate::swept::Sweep;

/// Rows of the table.
const MOST: usize = 24;

/// What was varied, the paragraph that says what it came to, and a table of points. `color` allows
/// bold and dim. Ends with a newline.
pub fn sweep_table(sweep: &Sweep, color: bool) -> String {
    let with = |code: &str, text: &str| match color {
        true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    };
    let about = &sweep.about;
    let policy = about.policies.first().map_or("", |policy| &policy.name);
    let mut out = with("1", &plain(&about.scenario));
    let _ = writeln!(
        out,
        ": {} points around policy {}; {} users, {} records",
        whole(sweep.points.len() as u64),
        plain(policy),
        whole(about.activity.users),
        whole(about.activity.records)
    );
    if let Some(why) = &sweep.partial {
        let _ = writeln!(out, "{} {}", with("1", "Partial result:"), plain(why));
    }
    if sweep.left_out > 0 {
        let _ = writeln!(
            out,
            "{} points left out: {}",
            whole(sweep.left_out),
            plain(&sweep.constraints.join(", "))
        );
    }
    let _ = writeln!(out, "\n{}\n", super::story::paragraph(sweep));
    let (shown, is_all) = points(sweep, MOST);
    for line in lines(sweep, &shown) {
        let line = line.trim_end();
        let _ = match line.contains(HEAD_MARK) {
            true => writeln!(out, "{}", with("1", &line.replace(HEAD_MARK, ""))),
            false => writeln!(out, "{line}"),
        };
    }
    let _ = writeln!(out, "{}", with("2", &which(sweep, shown.len(), is_all)));
    out
}

/// Stands in the lines of the head, and is taken out of them.
const HEAD_MARK: char = '\u{1}';

fn lines(sweep: &Sweep, shown: &[usize]) -> Vec<String> {
    let mut columns: Vec<(Vec<String>, bool)> = Vec::new();
    for (axis, own) in sweep.axes.iter().enumerate() {
        let mut column = vec![String::new(), plain(&own.key)];
        let value = |point: &usize| {
            let point = &sweep.points[*point];
            let mark = if sweep.is_current(point) && axis == 0 { "* " } else { "" };
            format!("{mark}{}", plain(&own.values[point.place[axis]].text))
        };
        column.extend(shown.iter().map(value));
        columns.push((column, false));
    }
    let figures = cells(sweep, shown);
    for (place, (_, label, unit)) in SHOWN.iter().enumerate() {
        let mut column = vec![(*label).to_owned(), (*unit).to_owned()];
        column.extend(figures.iter().map(|row| row[place].clone()));
        columns.push((column, true));
    }
    let width =
        |column: &[String]| column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = columns.iter().map(|(column, _)| width(column)).collect();
    let line = |row: usize| {
        let cells = columns.iter().zip(&widths).map(|((column, is_number), width)| {
            let cell = &column[row];
            match is_number {
                true => format!("{cell:>width$}"),
                false => format!("{cell:>width$}"),
            }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        if row < 2 { format!("{line}{HEAD_MARK}") } else { line }
    };
    (0..shown.len() + 2).map(line).collect()
}
