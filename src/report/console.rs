//! The result for a person at a terminal: the policies side by side.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::Input;
use super::capacity;
use super::figure::{self, Line};
use super::numeral::{counted, plain, shortened};
use super::timeline::Timeline;
use crate::table::PolicyTables;

/// How wide a policy's column is at least, and a heading of the other layout at most.
const COLUMN: usize = 7;
const HEADING: usize = 13;

pub(super) struct Style {
    color: bool,
}

impl Style {
    pub(super) fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.with("2", text)
    }

    fn with(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A table of the policies for a terminal of `width` columns: policies as columns, or as rows
/// where so many columns do not fit; baselines apart. `color` allows bold and dim. Ends with a
/// newline; names can't hold control characters of a terminal.
pub fn console_table(input: &Input<'_>, width: usize, color: bool) -> String {
    let style = Style { color };
    let width = width.max(40);
    let mut out = head(input, width, &style);
    if input.policies.is_empty() {
        out.push_str("No policy was run.\n");
        return out;
    }
    let sections = figure::first(input.policies);
    match side_by_side(input, width, &style, &sections) {
        Some(table) => out.push_str(&table),
        None => out.push_str(&one_below_another(input, width, &style, &sections)),
    }
    thresholds(input, &style, &mut out);
    out.push_str(&capacity::console(input, width, &style));
    out
}

/// Whether what had to hold did, the broken ones first.
fn thresholds(input: &Input<'_>, style: &Style, out: &mut String) {
    if input.gates.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", style.bold("Thresholds"));
    let broken = input.gates.iter().filter(|gate| !gate.held);
    for gate in broken.chain(input.gates.iter().filter(|gate| gate.held)) {
        let verdict = if gate.held { "held  ".to_owned() } else { style.bold("BROKEN") };
        let _ = writeln!(out, "  {verdict}  {}", plain(&gate.sentence()));
    }
}

fn head(input: &Input<'_>, width: usize, style: &Style) -> String {
    let about = input.description;
    let name = plain(&about.scenario);
    let mut text = name.clone();
    if !about.question.is_empty() {
        let _ = write!(text, ": {}", plain(&about.question));
    }
    let text = wrapped(text.split(' '), " ", width).join("\n");
    // A name so long that it is wrapped itself stays as it is.
    let mut out = match text.strip_prefix(&name) {
        Some(rest) => style.bold(&name) + rest,
        None => text,
    };
    let timeline = Timeline::new(&about.workload.timezone);
    let activity = &about.activity;
    let mut facts = counted(activity.users, "user");
    let _ = write!(facts, ", {}", counted(activity.records, "record"));
    if activity.records > 0 {
        let days = (timeline.date(activity.start), timeline.date(activity.horizon));
        let _ = write!(facts, ", {} to {}", days.0, days.1);
    }
    let _ = write!(facts, "; seed {}", about.seed);
    let facts = wrapped(facts.split(' '), " ", width).join("\n");
    let _ = writeln!(out, "\n{}", style.dim(&facts));
    if let Some(why) = &input.partial {
        let _ = writeln!(out, "{} {}", style.bold("Partial result:"), plain(why));
    }
    out.push('\n');
    out
}

/// Policies as columns, or `None` if they do not fit.
fn side_by_side(
    input: &Input<'_>,
    width: usize,
    style: &Style,
    sections: &[(&str, Vec<Line>)],
) -> Option<String> {
    let lines = || sections.iter().flat_map(|(_, lines)| lines);
    let names: Vec<String> = input.policies.iter().map(|policy| plain(&policy.name)).collect();
    let figures: Vec<usize> = (0..names.len())
        .map(|index| lines().map(|line| line.text(index).width()).max().unwrap_or(0).max(COLUMN))
        .collect();
    let labels = lines().map(|line| label(line).width() + 2).max().unwrap_or(0);
    let first = first_baseline(input.policies);
    let rule = first.map_or(0, |_| 2);
    let fits = |(_, columns): &(_, Vec<usize>)| {
        labels + columns.iter().map(|column| column + 1).sum::<usize>() + rule <= width
    };
    // Names in one line if they fit; else in as many as their parts make.
    let whole: Vec<Vec<String>> = names.iter().map(|name| vec![name.clone()]).collect();
    let parts = names.iter().zip(&figures).map(|(name, figures)| parts(name, *figures)).collect();
    let (heads, columns) = [whole, parts]
        .into_iter()
        .map(|heads| {
            let wide = |(head, figures): (&Vec<String>, &usize)| widest(head).max(*figures);
            let columns = heads.iter().zip(&figures).map(wide).collect();
            (heads, columns)
        })
        .find(fits)?;
    let row = |start: &str, cells: &dyn Fn(usize) -> String, dim: bool| {
        let mut out = pad_right(start, labels);
        for (index, column) in columns.iter().enumerate() {
            if first == Some(index) {
                out.push_str(" │");
            }
            let cell = format!(" {}", pad_left(&cells(index), *column));
            let baseline = dim && input.policies[index].baseline;
            out.push_str(&if baseline { style.dim(&cell) } else { cell });
        }
        out.trim_end().to_owned() + "\n"
    };
    let mut out = String::new();
    let tall = heads.iter().map(Vec::len).max().unwrap_or(0);
    for height in 0..tall {
        // Headings stand on their figures.
        let part = |index: usize| {
            let above = tall - heads[index].len();
            height.checked_sub(above).map_or_else(String::new, |line| heads[index][line].clone())
        };
        let _ = writeln!(out, "{}", style.bold(row("", &part, false).trim_end()));
    }
    for (name, lines) in sections {
        let _ = writeln!(out, "{}", style.bold(name));
        for line in lines {
            out.push_str(&row(&format!("  {}", label(line)), &|index| line.text(index), true));
        }
    }
    Some(out)
}

/// Policies as rows, the figures in blocks as wide as the terminal.
fn one_below_another(
    input: &Input<'_>,
    width: usize,
    style: &Style,
    sections: &[(&str, Vec<Line>)],
) -> String {
    let names: Vec<String> = input.policies.iter().map(|policy| plain(&policy.name)).collect();
    let first = (widest(&names) + 1).min((width / 2).max(12));
    let mut out = String::new();
    for (name, lines) in sections {
        let mut rest: &[Line] = lines;
        while !rest.is_empty() {
            let mut cells: Vec<Block> = Vec::new();
            for line in rest {
                let block = Block::new(line, names.len());
                let used: usize = cells.iter().map(|block| block.width + 2).sum();
                if !cells.is_empty() && first + used + block.width + 2 > width {
                    break;
                }
                cells.push(block);
            }
            rest = &rest[cells.len()..];
            block(&mut out, style, name, (first, &names), &cells, input.policies);
        }
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

/// A figure as a column: its heading in short lines, and its values.
struct Block {
    heading: Vec<String>,
    values: Vec<String>,
    width: usize,
}

impl Block {
    fn new(line: &Line, policies: usize) -> Self {
        let heading = wrapped(label(line).split(' '), " ", HEADING);
        let values: Vec<String> = (0..policies).map(|index| line.text(index)).collect();
        let width = heading.iter().chain(&values).map(|text| text.width()).max().unwrap_or(0);
        Self { heading, values, width }
    }
}

fn block(
    out: &mut String,
    style: &Style,
    section: &str,
    (first, names): (usize, &[String]),
    blocks: &[Block],
    policies: &[PolicyTables],
) {
    let _ = writeln!(out, "{}", style.bold(section));
    let tall = blocks.iter().map(|block| block.heading.len()).max().unwrap_or(0);
    for height in 0..tall {
        let mut row = " ".repeat(first);
        for block in blocks {
            // Headings stand on their figures.
            let above = tall - block.heading.len();
            let text = height.checked_sub(above).map_or("", |index| &block.heading[index]);
            let _ = write!(row, "  {}", pad_left(text, block.width));
        }
        let _ = writeln!(out, "{}", style.dim(row.trim_end()));
    }
    let total = first + blocks.iter().map(|block| block.width + 2).sum::<usize>();
    for (index, name) in names.iter().enumerate() {
        if first_baseline(policies) == Some(index) {
            let _ = writeln!(out, "{}", style.dim(&"─".repeat(total)));
        }
        let mut row = pad_right(&shortened(name, |name| name.width() <= first), first);
        for block in blocks {
            let _ = write!(row, "  {}", pad_left(&block.values[index], block.width));
        }
        let _ = writeln!(out, "{}", if policies[index].baseline { style.dim(&row) } else { row });
    }
    out.push('\n');
}

/// Where the baselines begin, if there are policies before them.
fn first_baseline(policies: &[PolicyTables]) -> Option<usize> {
    policies.iter().position(|policy| policy.baseline).filter(|index| *index > 0)
}

/// What a figure is called, with its unit where that is more than what the label counts.
fn label(line: &Line) -> String {
    match line.unit_to_tell() {
        "" | "per user-day" => line.figure.label.to_owned(),
        unit => format!("{}, {unit}", line.figure.label),
    }
}

/// A name in lines that break where it has a joint, as narrow as its longest part allows.
pub(super) fn parts(name: &str, figures: usize) -> Vec<String> {
    let parts: Vec<&str> = name.split_inclusive([' ', '-', '_', '.', '/']).collect();
    let width = parts.iter().map(|part| part.width()).max().unwrap_or(0).max(figures);
    let lines = wrapped(parts.into_iter(), "", width);
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Words in lines of at most `width`, unless a word is wider itself.
pub(super) fn wrapped<'a>(
    words: impl Iterator<Item = &'a str>,
    between: &str,
    width: usize,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.width() + between.width() + word.width() <= width => {
                line.push_str(between);
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn widest(lines: &[String]) -> usize {
    lines.iter().map(|line| line.width()).max().unwrap_or(0)
}

pub(super) fn pad_left(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.width())) + text
}

pub(super) fn pad_right(text: &str, width: usize) -> String {
    text.to_owned() + &" ".repeat(width.saturating_sub(text.width()))
}
