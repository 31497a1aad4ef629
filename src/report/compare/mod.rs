//! Two policies held against each other: `compare.md` for a pull request, `compare.json`,
//! `compare.csv`, and a table for a terminal.

mod markdown;
mod rows;
mod table;

use std::path::{Path, PathBuf};

pub use markdown::compared_markdown;
pub use rows::compared_json;
pub use table::compared_table;

use super::ReportError;
use super::figure::{self, Line};
use super::glossary::GROUPS;
use super::numeral::{fixed, signed};
use super::staging::Staging;
use crate::compared::Compared;
use crate::table::Difference;

/// Writes the comparison into `dir`, which is made if missing, and tells which files it wrote: all
/// of them or none.
///
/// # Errors
/// If a file or the folder can't be written.
pub fn write_compared(dir: &Path, compared: &Compared) -> Result<Vec<PathBuf>, ReportError> {
    let mut staging = Staging::open(dir, &[])?;
    staging.put("compare.md", |out| out.write_all(compared_markdown(compared).as_bytes()))?;
    staging.put("compare.json", |out| out.write_all(compared_json(compared).as_bytes()))?;
    staging.put("compare.csv", |out| rows::csv(compared, out))?;
    staging.publish()
}

/// A figure on either side, as text.
struct Row {
    label: String,
    values: [String; 2],
    difference: String,
    relative: String,
    /// Empty where the figure has none.
    interval: String,
    /// The interval leaves out "no difference".
    is_significant: bool,
}

/// The figures that say something, by group.
fn groups(compared: &Compared) -> Vec<(&'static str, Vec<Row>)> {
    let both = compared.sides.each_ref().map(|side| side.tables.clone());
    let group = |group: &'static super::glossary::Group| {
        let lines = group.figures.iter().map(|figure| figure::line(figure, &both));
        let said = lines.filter(|line| !line.is_nothing());
        (group.name, said.map(|line| row(compared, &line)).collect::<Vec<_>>())
    };
    let groups = GROUPS.iter().map(group);
    groups.filter(|(_, rows)| !rows.is_empty()).collect()
}

fn row(compared: &Compared, line: &Line) -> Row {
    let key = line.figure.key;
    let unit = line.unit_to_tell();
    let difference = compared.differences.iter().find(|own| own.metric == key);
    let (absolute, relative) = line.difference(1);
    Row {
        label: match unit {
            "" => line.figure.label.to_owned(),
            unit => format!("{}, {unit}", line.figure.label),
        },
        values: [line.text(0), line.text(1)],
        difference: absolute,
        relative: relative.unwrap_or_default(),
        interval: difference.map_or_else(String::new, |own| interval(own, line.decimals())),
        is_significant: difference.is_some_and(is_significant),
    }
}

/// Whether an interval leaves out "no difference".
fn is_significant(difference: &Difference) -> bool {
    difference.low > 0.0 || difference.high < 0.0
}

/// `+3.84 to +4.14`.
fn interval(difference: &Difference, decimals: usize) -> String {
    let end = |end: f64| match end {
        0.0 => fixed(0.0, decimals),
        end => signed(end, decimals),
    };
    format!("{} to {}", end(difference.low), end(difference.high))
}

/// What is compared with what: the policies' names, with the scenarios' where these differ.
fn names(compared: &Compared) -> [String; 2] {
    let [one, other] = &compared.sides;
    let differ = one.scenario != other.scenario || one.tables.name == other.tables.name;
    compared.sides.each_ref().map(|side| match differ {
        true => format!("{} ({})", side.tables.name, side.scenario),
        false => side.tables.name.clone(),
    })
}
