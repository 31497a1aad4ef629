//! The points of a sweep for a person at a terminal.

use std::fmt::Write as _;

use super::shown::{SHOWN, cells, points, which};
use crate::report::console::wrapped;
use crate::report::numeral::{plain, whole};
use crate::swept::Sweep;

/// Rows of the table.
const MOST: usize = 24;

/// What was varied, the paragraph that says what it came to, and a table of points, in
/// lines of `width` columns where they can be. `color` allows bold and dim. Ends with a newline.
pub fn sweep_table(sweep: &Sweep, width: usize, color: bool) -> String {
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
    let story = super::story::paragraph(sweep);
    let story = wrapped(story.split(' '), " ", width).join("\n");
    let _ = writeln!(out, "\n{story}\n");
    let (shown, is_all) = points(sweep, MOST);
    for (row, line) in lines(sweep, &shown).into_iter().enumerate() {
        let _ = match row < HEADS {
            true => writeln!(out, "{}", with("1", &line)),
            false => writeln!(out, "{line}"),
        };
    }
    let which = which(sweep, shown.len(), is_all);
    let which = wrapped(which.split(' '), " ", width).join("\n");
    let _ = writeln!(out, "{}", with("2", &which));
    out
}

/// Lines of the head of the table.
const HEADS: usize = 2;

fn lines(sweep: &Sweep, shown: &[usize]) -> Vec<String> {
    let mut columns: Vec<Vec<String>> = Vec::new();
    for (axis, own) in sweep.axes.iter().enumerate() {
        let (above, last) = own.key.rsplit_once('.').unwrap_or(("", &own.key));
        let mut column = vec![plain(above), plain(last)];
        let value = |point: &usize| {
            let point = &sweep.points[*point];
            let mark = if sweep.is_current(point) && axis == 0 { "* " } else { "" };
            format!("{mark}{}", plain(&own.values[point.place[axis]].text))
        };
        column.extend(shown.iter().map(value));
        columns.push(column);
    }
    let figures = cells(sweep, shown);
    for (place, (_, label, unit)) in SHOWN.iter().enumerate() {
        let mut column = vec![(*label).to_owned(), (*unit).to_owned()];
        column.extend(figures.iter().map(|row| row[place].clone()));
        columns.push(column);
    }
    let width =
        |column: &[String]| column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = columns.iter().map(|column| width(column)).collect();
    let line = |row: usize| {
        let cells = columns.iter().zip(&widths);
        let cells = cells.map(|(column, width)| format!("{:>width$}", column[row]));
        cells.collect::<Vec<_>>().join("  ")
    };
    (0..shown.len() + HEADS).map(line).collect()
}
