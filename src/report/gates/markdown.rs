//! A run for GitHub's step summary: thresholds and policies as Markdown.

use std::fmt::Write;

use crate::gate::Gate;
use crate::report::Input;
use crate::report::figure::first;
use crate::report::numeral::plain;

/// GitHub's limit of a step's summary: 1 MiB
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits>).
pub const SUMMARY_BYTES: usize = 1024 * 1024;

/// Room for what tells that rows are missing.
const CUT: usize = 256;

/// The run in Markdown, of fewer than `most` bytes: what does not fit is left out row by row, from
/// the end, and the text says so. Broken thresholds come first.
pub fn github_summary(input: &Input<'_>, most: usize) -> String {
    let mut text = Cut { text: String::new(), most: most.saturating_sub(CUT), left_out: 0 };
    let about = input.description;
    text.line(&format!("## relogin: {}", cell(&about.scenario)));
    if !about.question.is_empty() {
        text.line(&format!("\n{}", cell(&about.question)));
    }
    if let Some(why) = &input.partial {
        text.line(&format!("\n**Partial result:** {}", cell(why)));
    }
    gates(input.gates, &mut text);
    policies(input, &mut text);
    if text.left_out > 0 {
        let (rows, limit) = (text.left_out, SUMMARY_BYTES / 1024 / 1024);
        let told = format!(
            "\n**Cut here:** {rows} more lines would not fit into the {limit} MiB that GitHub \
             shows of a step; summary.json has everything.\n"
        );
        // Where not even this has room, an empty text is all that may be.
        if text.text.len() + told.len() < most {
            text.text.push_str(&told);
        }
    }
    text.text
}

/// Text up to so many bytes.
struct Cut {
    text: String,
    most: usize,
    left_out: usize,
}

impl Cut {
    /// Adds a line, if nothing was left out before and it fits.
    fn line(&mut self, line: &str) {
        if self.left_out > 0 || self.text.len() + line.len() + 1 >= self.most {
            self.left_out += 1;
            return;
        }
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn gates(gates: &[Gate], text: &mut Cut) {
    if gates.is_empty() {
        return;
    }
    let broken = gates.iter().filter(|gate| !gate.held).count();
    let verdict = match broken {
        0 => format!("✅ All {} thresholds hold.", gates.len()),
        _ => format!("❌ **{broken} of {} thresholds broken.**", gates.len()),
    };
    text.line(&format!("\n{verdict}\n"));
    text.line("| | policy | figure | measured | must be |");
    text.line("|---|---|---|---:|---:|");
    let ordered =
        gates.iter().filter(|gate| !gate.held).chain(gates.iter().filter(|gate| gate.held));
    for gate in ordered {
        let sign = if gate.held { "✅" } else { "❌" };
        let (whose, wanted) = (cell(&gate.whose()), cell(&gate.threshold.wanted()));
        text.line(&format!(
            "| {sign} | {whose} | `{}` | {} | {wanted} |",
            gate.figure(),
            cell(&gate.found())
        ));
    }
}

fn policies(input: &Input<'_>, text: &mut Cut) {
    let names: Vec<String> = input.policies.iter().map(|policy| cell(&policy.name)).collect();
    if names.is_empty() {
        return;
    }
    text.line(&format!("\n| | {} |", names.join(" | ")));
    text.line(&format!("|---|{}", "---:|".repeat(names.len())));
    for (section, lines) in first(input.policies) {
        text.line(&format!("| **{section}** |{}", " |".repeat(names.len())));
        for line in lines {
            let mut row = format!("| {}", cell(line.figure.label));
            if !line.unit_to_tell().is_empty() {
                let _ = write!(row, " ({})", line.unit_to_tell());
            }
            for policy in 0..names.len() {
                let _ = write!(row, " | {}", line.text(policy));
            }
            text.line(&(row + " |"));
        }
    }
}

/// Words that Markdown and HTML leave alone, in one line.
pub(in crate::report) fn cell(text: &str) -> String {
    let mut safe = String::new();
    for c in plain(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '~' | '#' | '$' => safe.extend(['\\', c]),
            '\n' | '\r' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
