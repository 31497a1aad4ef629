//! The bills at a terminal, below the policies' figures.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::lines::{Row, Section, headline, sections};
use crate::report::Input;
use crate::report::console::{Style, pad_left, pad_right, parts, wrapped};
use crate::report::numeral::plain;

/// Room between columns.
const GAP: usize = 2;

/// The bills of the policies; nothing where capacity was not asked for.
pub(in crate::report) fn console(input: &Input<'_>, width: usize, style: &Style) -> String {
    let Some(assumptions) = &input.description.capacity else { return String::new() };
    let sections = sections(input);
    let mut out = format!("\n{}\n", style.bold("Capacity"));
    let words = headline(assumptions);
    for line in wrapped(words.split(' '), " ", width) {
        let _ = writeln!(out, "{}", style.dim(&line));
    }
    let names: Vec<String> = input.policies.iter().map(|policy| plain(&policy.name)).collect();
    // As many policies beside each other as there is room for.
    let labels = sections.iter().flat_map(|section| &section.rows);
    let labels = labels.map(|row| label(row).width()).max().unwrap_or(0);
    let mut first = 0;
    while first < names.len() {
        let mut columns = vec![column(&sections, &names, first)];
        while first + columns.len() < names.len() {
            let next = column(&sections, &names, first + columns.len());
            let used: usize = columns.iter().map(|column| column.width + GAP).sum();
            if labels + used + next.width + GAP > width {
                break;
            }
            columns.push(next);
        }
        block(&mut out, style, &sections, labels, &columns);
        first += columns.len();
    }
    notes(&mut out, style, &sections, width);
    out
}

/// A policy's column.
struct Column {
    policy: usize,
    head: Vec<String>,
    width: usize,
}

fn column(sections: &[Section], names: &[String], policy: usize) -> Column {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let figures = rows.map(|row| row.cells[policy].width()).max().unwrap_or(0).max(7);
    let head = parts(&names[policy], figures);
    let width = head.iter().map(|line| line.width()).max().unwrap_or(0).max(figures);
    Column { policy, head, width }
}

fn block(out: &mut String, style: &Style, sections: &[Section], labels: usize, columns: &[Column]) {
    let _ = writeln!(out);
    let tall = columns.iter().map(|column| column.head.len()).max().unwrap_or(0);
    for height in 0..tall {
        let mut line = " ".repeat(labels);
        for Column { head, width, .. } in columns {
            let above = tall - head.len();
            let text = height.checked_sub(above).map_or("", |place| &head[place]);
            let _ = write!(line, "{}", pad_left(text, width + GAP));
        }
        let _ = writeln!(out, "{}", style.bold(line.trim_end()));
    }
    for section in sections {
        let _ = writeln!(out, "{}", style.bold(&section.name));
        for row in &section.rows {
            let mut line = pad_right(&label(row), labels);
            for Column { policy, width, .. } in columns {
                let _ = write!(line, "{}", pad_left(&row.cells[*policy], width + GAP));
            }
            let _ = writeln!(out, "{}", line.trim_end());
        }
    }
}

fn notes(out: &mut String, style: &Style, sections: &[Section], width: usize) {
    let _ = writeln!(out);
    for section in sections.iter().filter(|section| !section.note.is_empty()) {
        let note = format!("{}: {}", section.name, section.note);
        for line in wrapped(note.split(' '), " ", width) {
            let _ = writeln!(out, "{}", style.dim(&line));
        }
    }
}

fn label(row: &Row) -> String {
    match row.unit {
        "" => format!("  {}", row.label),
        unit => format!("  {}, {unit}", row.label),
    }
}
