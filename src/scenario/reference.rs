//! Every setting on one page, for people.

use std::fmt::Write;

use super::registry::{Fallback, Group, ROOT, Setting};

/// Every setting of a scenario as Markdown: a section for each table, a row for each key.
pub fn reference() -> String {
    let mut page = String::new();
    for setting in ROOT.settings {
        match setting.kind.group() {
            Some(group) => section(group, setting.about, &mut page),
            // Its keys are the scenario's own.
            None => {
                let (key, about) = (setting.key, setting.about);
                let (_, example) = setting.kind.expected();
                let example = if setting.example.is_empty() { &example } else { setting.example };
                let _ = write!(page, "\n## `[{key}]`\n\n{about}\n\n`{key} = {example}`\n");
            }
        }
    }
    page
}

/// A group, then the groups within it, each after the words about it.
fn section(group: &Group, about: &str, page: &mut String) {
    let header = group.header;
    let heading = if header.starts_with('[') { format!("`{header}`") } else { header.to_owned() };
    let heading = format!("## {heading}\n");
    // Tables that differ in their name alone are told once.
    if page.contains(&heading) {
        return;
    }
    if !page.is_empty() {
        page.push('\n');
    }
    let _ = write!(page, "{heading}\n{about}\n\n| key | value | default | |\n|---|---|---|---|\n");
    for setting in group.settings {
        let _ = writeln!(page, "{}", row(setting));
    }
    for setting in group.settings {
        if let Some(inner) = setting.kind.group() {
            section(inner, setting.about, page);
        }
    }
}

fn row(setting: &Setting) -> String {
    let (what, example) = setting.kind.expected();
    let default = match setting.fallback {
        Fallback::Required => "must be given".to_owned(),
        Fallback::Layered => "must be given, or come from a preset".to_owned(),
        Fallback::Value(text) => format!("`{text}`"),
        Fallback::Derived(what) => what.to_owned(),
        Fallback::Nothing => String::new(),
    };
    let unit = if setting.unit.is_empty() { String::new() } else { format!(" ({})", setting.unit) };
    let value = match (setting.kind.group(), setting.example) {
        (Some(_), _) => what,
        (None, "") => format!("{what}{unit}: `{example}`"),
        (None, own) => format!("`{own}`"),
    };
    format!("| `{}` | {value} | {default} | {} |", setting.key, setting.about)
}
