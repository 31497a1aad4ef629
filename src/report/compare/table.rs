//! A comparison for a person at a terminal.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::{Row, groups, names};
use crate::compared::Compared;
use crate::report::answer;
use crate::report::numeral::{plain, short};

/// The answer in words, and the figures of either side with their differences and intervals. Ends
/// with a newline.
pub fn compared_table(compared: &Compared) -> String {
    let [first, second] = names(compared).map(|name| short(&plain(&name), 24));
    let head = [
        "".to_owned(),
        first,
        second,
        "difference".to_owned(),
        String::new(),
        "95 % interval".to_owned(),
    ];
    let mut lines: Vec<(bool, [String; 6])> = vec![(false, head)];
    for (name, rows) in groups(compared) {
        let mut heading = [const { String::new() }; 6];
        heading[0] = name.to_owned();
        lines.push((true, heading));
        lines.extend(rows.into_iter().map(|row| (false, cells(row))));
    }
    let mut widths = [0; 6];
    for (is_heading, cells) in &lines {
        for (place, (width, cell)) in widths.iter_mut().zip(cells).enumerate() {
            if !(*is_heading && place == 0) {
                *width = (*width).max(cell.width());
            }
        }
    }
    let mut out = format!("{}\n\n", answer::of_comparison(compared));
    for (_, cells) in &lines {
        let mut line = String::new();
        for (place, (cell, width)) in cells.iter().zip(widths).enumerate() {
            let room = " ".repeat(width.saturating_sub(cell.width()));
            // Words stand left, figures right.
            let padded =
                if place == 0 || place == 5 { format!("{cell}{room}") } else { room + cell };
            line.push_str(&padded);
            line.push_str("  ");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn cells(row: Row) -> [String; 6] {
    let [one, other] = row.values;
    let interval = match (row.interval.is_empty(), row.is_significant) {
        (false, false) => format!("{} (unsure)", row.interval),
        _ => row.interval,
    };
    [format!("  {}", row.label), one, other, row.difference, row.relative, interval]
}
