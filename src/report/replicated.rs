//! Replications: `replications.csv` with every one, `replications.json` with their means and
//! intervals, and a table for a terminal.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};
use unicode_width::UnicodeWidthStr;

use super::ReportError;
use super::figure;
use super::numeral::{counted, fixed, percent, plain, short};
use super::staging::Staging;
use crate::table::{Interval, PolicyTables};

/// A scenario with several seeds.
#[derive(Clone, Debug)]
pub struct Replicated {
    /// The scenario's name.
    pub scenario: String,
    /// The question that it asks.
    pub question: String,
    /// Each replication: every policy, in the same order.
    pub runs: Vec<Vec<PolicyTables>>,
    /// Means over them, with their intervals.
    pub means: Vec<PolicyTables>,
    /// The first's seed; the others' follow it.
    pub first_seed: u64,
    /// The figure that was to be known well.
    pub metric: &'static str,
    /// How well: half its interval, as a share of its mean.
    pub precision: f64,
    /// Whether it is.
    pub is_precise: bool,
    /// Why there are no more, if somebody stopped it.
    pub partial: Option<String>,
}

/// Writes the replications into `dir`, which is made if missing: all files or none.
///
/// # Errors
/// If a file or the folder can't be written.
pub fn write_replicated(dir: &Path, replicated: &Replicated) -> Result<Vec<PathBuf>, ReportError> {
    let mut staging = Staging::open(dir, &[])?;
    staging
        .put("replications.json", |out| out.write_all(replicated_json(replicated).as_bytes()))?;
    staging.put("replications.csv", |out| {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(["replication", "seed", "policy", "metric", "value", "unit"])?;
        for (number, run) in replicated.runs.iter().enumerate() {
            let seed = replicated.first_seed.wrapping_add(number as u64) & (u64::MAX >> 1);
            for (policy, metric) in
                run.iter().flat_map(|own| own.metrics.iter().map(move |m| (own, m)))
            {
                csv.write_record([
                    &(number + 1).to_string(),
                    &seed.to_string(),
                    &policy.name,
                    metric.name,
                    &policy.metric(metric.name).to_string(),
                    metric.unit,
                ])?;
            }
        }
        csv.flush()
    })?;
    staging.publish()
}

/// The content of `replications.json`, schema `relogin.replications/1`: means over replications,
/// the ends of their 95 % intervals, and differences from the first policy with theirs. Ends with a
/// newline.
pub fn replicated_json(replicated: &Replicated) -> String {
    let policy = |policy: &PolicyTables| {
        let metrics = policy.metrics.iter();
        let metrics: Map<String, Json> =
            metrics.map(|own| (own.name.to_owned(), json!(policy.metric(own.name)))).collect();
        let intervals = policy.intervals.iter();
        let intervals: Map<String, Json> =
            intervals.map(|own| (own.metric.to_owned(), json!([own.low, own.high]))).collect();
        let differences = policy.differences.iter();
        let differences: Map<String, Json> = differences
            .map(|own| (own.metric.to_owned(), json!([own.value, own.low, own.high])))
            .collect();
        json!({
            "name": policy.name,
            "metrics": metrics,
            "intervals": intervals,
            "differences": differences,
        })
    };
    let document = json!({
        "schema": "relogin.replications/1",
        "scenario": replicated.scenario,
        "question": replicated.question,
        "replications": replicated.runs.len(),
        "first_seed": replicated.first_seed,
        "metric": replicated.metric,
        "precision": replicated.precision,
        "precise": replicated.is_precise,
        "partial": replicated.partial,
        "policies": replicated.means.iter().map(policy).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&document).expect("only strings, numbers and lists");
    text + "\n"
}

/// Means with half their intervals, the policies side by side. Ends with a newline.
pub fn replicated_table(replicated: &Replicated) -> String {
    let means = &replicated.means;
    let mut rows =
        vec![(String::new(), means.iter().map(|own| short(&plain(&own.name), 24)).collect())];
    for (_, lines) in figure::first(means) {
        for line in lines {
            let unit = line.unit_to_tell();
            let label = match unit {
                "" => line.figure.label.to_owned(),
                unit => format!("{}, {unit}", line.figure.label),
            };
            let cell = |(place, policy): (usize, &PolicyTables)| {
                let of = |own: &&Interval| own.metric == line.figure.key;
                let factor = policy.metric(line.figure.key) / line.values[place];
                let half = policy.intervals.iter().find(of).map(|own| (own.high - own.low) / 2.0);
                let half = half.map(|half| if factor.is_finite() { half / factor } else { half });
                let half = half.filter(|half| *half > 0.0);
                let half = half.map(|half| format!(" ± {}", fixed(half, line.decimals() + 1)));
                format!("{}{}", line.text(place), half.unwrap_or_default())
            };
            rows.push((label, means.iter().enumerate().map(cell).collect::<Vec<String>>()));
        }
    }
    let name = replicated.metric;
    let known = match replicated.is_precise {
        true => format!("known to {} of itself", percent(replicated.precision)),
        false => format!("not yet known to {} of itself", percent(replicated.precision)),
    };
    let number = counted(replicated.runs.len() as u64, "replication");
    let mut out = format!("{}: {number}; {name} is {known}\n\n", plain(&replicated.scenario));
    let wide = rows.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..means.len())
        .map(|place| rows.iter().map(|(_, cells)| cells[place].width()).max().unwrap_or(0))
        .collect();
    for (label, cells) in &rows {
        let mut line = format!("{label}{}", " ".repeat(wide - label.width()));
        for (cell, width) in cells.iter().zip(&widths) {
            let _ = write!(line, "  {}{cell}", " ".repeat(width - cell.width()));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}
