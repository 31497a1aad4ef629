//! Two results that earlier runs stored, held against each other.

use std::path::Path;

use serde_json::Value as Json;

use super::differ;
use crate::change::{Stored, StoredPolicy};
use crate::cli::Failure;
use crate::cli::stored::{read, summary};
use crate::compared::{Compared, Pairing, Side};
use crate::experiment;
use crate::table::{Interval, METRICS, Measure, Metric, PolicyTables, Value};

/// Whether a path is a stored result and no scenario.
pub(super) fn is_stored(path: &str) -> bool {
    Path::new(path).is_dir() || path.ends_with(".json")
}

/// The second policy against the first: each the result's first, or the one that is named.
pub(super) fn compare(both: [(&str, Option<&str>); 2]) -> Result<Compared, Failure> {
    let [first, second] = both.map(|(path, policy)| side(path, policy));
    let ((scenario, first), (_, second)) = (first?, second?);
    let [one, other] = both.map(|(path, _)| path);
    differ((one, &first.tables.name), (other, &second.tables.name))?;
    Ok(Compared {
        scenario,
        pairing: Pairing::Stored,
        settings: Vec::new(),
        differences: experiment::differences_apart(&first.tables, &second.tables),
        people: None,
        classes: Vec::new(),
        sides: [first, second],
    })
}

/// The scenario's name, and the side.
fn side(path: &str, policy: Option<&str>) -> Result<(String, Side), Failure> {
    let file = summary(Path::new(path));
    let stored = read(&file)?;
    let found = match policy {
        None => stored.policies.first(),
        Some(name) => stored.policies.iter().find(|own| own.name == name),
    };
    let Some(found) = found else {
        let names: Vec<String> =
            stored.policies.iter().map(|own| format!("`{}`", own.name)).collect();
        return Err(Failure::Usage(format!(
            "{} has no policy `{}`; it has {}",
            file.display(),
            policy.unwrap_or_default(),
            names.join(", ")
        )));
    };
    let tables = tables(found);
    let Stored { activity, workload, .. } = &stored;
    let text = |value: Option<&Json>| value.and_then(Json::as_str).unwrap_or_default().to_owned();
    let count = |key: &str| activity.get(key).and_then(Json::as_u64).unwrap_or(0);
    let instant = |key: &str| {
        let at = text(activity.get(key)).parse::<jiff::Timestamp>();
        at.map_or(0, |at| at.as_millisecond())
    };
    let side = Side {
        // Stored results of one scenario are told apart by where they lie.
        scenario: path.to_owned(),
        activity: text(activity.get("source")),
        users: count("users"),
        records: count("records"),
        ends: (instant("start"), instant("horizon")),
        seed: stored.seed,
        timezone: text(workload.get("timezone")),
        tables,
    };
    Ok((stored.scenario.clone(), side))
}

/// The figures that a summary keeps of a policy.
fn tables(policy: &StoredPolicy) -> PolicyTables {
    let metric = |measure: &Measure| {
        let value = match policy.metrics.get(measure.name) {
            Some(Json::Number(number)) => match number.as_u64() {
                Some(count) => Value::Count(count),
                None => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
            },
            _ => Value::Number(f64::NAN),
        };
        Metric { name: measure.name, value, unit: measure.unit }
    };
    let interval = |measure: &Measure| match policy.intervals.get(measure.name) {
        Some([Some(low), Some(high)]) => {
            Some(Interval { metric: measure.name, low: *low, high: *high })
        }
        _ => None,
    };
    PolicyTables {
        intervals: METRICS.iter().filter_map(interval).collect(),
        ..PolicyTables::of(&policy.name, policy.baseline, METRICS.iter().map(metric).collect())
    }
}
