//! `[sweep]`: what it says, checked against the settings that it names.

use toml::de::{DeTable, DeValue};

use super::axis::{AxisSpec, Grid};
use super::constraint::Constraint;
use super::nearest::suggest;
use super::overrides;
use super::problem::Problem;
use super::read::{Reader, Toml};
use super::registry::{AXES, CONSTRAINTS, POLICY_LIST, POLICY_NAME, SWEEP_POLICY};
use super::tree::{Place, Table};
use super::value::key as toml_key;

/// `[sweep]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepSpec {
    /// `policy`, where the file gives it.
    pub policy: Option<String>,
    /// `axes`, in the file's order.
    pub axes: Vec<AxisSpec>,
    /// `where`.
    pub constraints: Vec<Constraint>,
}

/// An axis with the places of its key and its values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WrittenAxis {
    axis: AxisSpec,
    key: Place,
    values: Place,
}

/// A constraint with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WrittenConstraint {
    constraint: Constraint,
    place: Place,
}

/// The whole key of a setting that an axis names.
pub(super) fn whole_key(policy: &str, key: &str) -> String {
    match key.split_once('.') {
        Some(("workload" | "scenario", _)) => key.to_owned(),
        _ => format!("policy.{}.{key}", toml_key(policy)),
    }
}

/// Axes by dotted key; a table whose keys are no range's is a part of the key.
pub(super) fn read_axes(reader: &mut Reader, table: &DeTable<'_>) -> Vec<WrittenAxis> {
    let mut axes = Vec::new();
    descend(reader, "", table, &mut axes);
    // The parser's order is that of the keys' bytes.
    axes.sort_by_key(|axis| axis.key.order());
    axes
}

fn descend(reader: &mut Reader, above: &str, table: &DeTable<'_>, axes: &mut Vec<WrittenAxis>) {
    const RANGE: [&str; 5] = ["from", "to", "steps", "scale", "auto"];
    for (key, value) in table {
        let name = key.get_ref();
        // A quoted key has its dots within; any other is a part of a dotted one.
        let part = if name.contains('.') { name.to_string() } else { toml_key(name) };
        let whole = if above.is_empty() { part } else { format!("{above}.{part}") };
        if let DeValue::Table(inner) = value.get_ref()
            && !inner.iter().any(|(key, _)| RANGE.contains(&key.get_ref().as_ref()))
        {
            descend(reader, &whole, inner, axes);
            continue;
        }
        match Grid::read(value.get_ref(), value.span()) {
            Ok(grid) => axes.push(WrittenAxis {
                axis: AxisSpec { key: whole, grid },
                key: reader.place(key.span()),
                values: reader.place(value.span()),
            }),
            Err(flaw) => {
                let place = reader.place(flaw.span.clone());
                reader.problems.push(Problem::new(&place, flaw.title).mend(flaw.mend));
            }
        }
    }
}

/// The comparisons of an array; nothing if it is none.
pub(super) fn read_constraints(
    reader: &mut Reader,
    toml: &Toml<'_>,
) -> Option<Vec<WrittenConstraint>> {
    let DeValue::Array(items) = toml.get_ref() else { return None };
    let mut constraints = Vec::new();
    for item in items {
        let place = reader.place(item.span());
        let read = match item.get_ref() {
            DeValue::String(text) => Constraint::parse(text),
            _ => Err("expected a comparison in quotes".to_owned()),
        };
        match read {
            Ok(constraint) => constraints.push(WrittenConstraint { constraint, place }),
            Err(title) => {
                let mend = "write `\"session.idle_timeout <= session.absolute_timeout\"`";
                reader.problems.push(Problem::new(&place, title).mend(mend));
            }
        }
    }
    Some(constraints)
}

/// What is wrong with a sweep that its values do not show one by one: `root` is the whole file.
pub(super) fn check(sweep: &Table, root: &Table, problems: &mut Vec<Problem>) {
    let policies = root.list(&POLICY_LIST);
    let names: Vec<String> =
        policies.iter().filter_map(|policy| policy.get(&POLICY_NAME)).collect();
    let policy = sweep.get::<String>(&SWEEP_POLICY);
    if let Some(name) = policy.as_ref().filter(|name| !names.is_empty() && !names.contains(name)) {
        let problem = Problem::new(sweep.place_of(&SWEEP_POLICY), format!("no policy `{name}`"));
        problems.push(problem.mend(suggest(name, names.iter().map(String::as_str))));
        return;
    }
    let Some(policy) = policy.or_else(|| names.first().cloned()) else { return };
    let above = whole_key(&policy, "");
    let axes = sweep.get::<Vec<WrittenAxis>>(&AXES).unwrap_or_default();
    check_axes(&axes, root, &policy, problems);
    for written in sweep.get::<Vec<WrittenConstraint>>(&CONSTRAINTS).unwrap_or_default() {
        let missing = |key: &str| overrides::missing(root, &whole_key(&policy, key));
        let wrong = written.constraint.settings().find_map(missing);
        problems.extend(wrong.map(|problem| problem.moved(&written.place, &above)));
    }
}

/// What is wrong with axes: keys that there are none of, and values that their settings can't have.
pub(super) fn check_axes(
    axes: &[WrittenAxis],
    root: &Table,
    policy: &str,
    problems: &mut Vec<Problem>,
) {
    let above = whole_key(policy, "");
    for axis in axes {
        let whole = whole_key(policy, &axis.axis.key);
        if let Some(problem) = overrides::missing(root, &whole) {
            problems.push(problem.moved(&axis.key, &above));
            continue;
        }
        let Grid::Values(values) = &axis.axis.grid else { continue };
        for value in values {
            let mut tried = root.clone();
            let wrong = overrides::apply(&mut tried, 0, &[format!("{whole}={value}")]);
            // One is enough of what may be wrong with all of them.
            if let Some(problem) = wrong.into_iter().next() {
                problems.push(problem.moved(&axis.values, &above));
                break;
            }
        }
    }
}

impl WrittenAxis {
    /// Whether it names no setting of a policy.
    pub(super) fn is_elsewhere(&self) -> bool {
        matches!(self.axis.key.split_once('.'), Some(("workload" | "scenario", _)))
    }

    /// Where its key stands.
    pub(super) fn place(&self) -> &Place {
        &self.key
    }

    /// Without its places.
    pub(super) fn into_axis(self) -> AxisSpec {
        self.axis
    }
}

/// A checked sweep as a spec.
pub(super) fn build(sweep: &Table) -> SweepSpec {
    let axes = sweep.get::<Vec<WrittenAxis>>(&AXES).unwrap_or_default();
    let constraints = sweep.get::<Vec<WrittenConstraint>>(&CONSTRAINTS).unwrap_or_default();
    SweepSpec {
        policy: sweep.get(&SWEEP_POLICY),
        axes: axes.into_iter().map(|written| written.axis).collect(),
        constraints: constraints.into_iter().map(|written| written.constraint).collect(),
    }
}
