//! `summary.json`: every figure, and what is needed to read it.

use serde::Serialize;
use serde_json::{Map, Number, Value as Json};

use super::timeline::rfc3339;
use super::{Input, capacity};
use crate::bill::Assumptions;
use crate::gate::Gate;
use crate::gate::Statistic;
use crate::table::{Metric, PolicyTables, Value};

#[derive(Serialize)]
struct Summary<'a> {
    schema: &'static str,
    version: &'a str,
    scenario: &'a str,
    question: &'a str,
    seed: u64,
    partial: Option<&'a str>,
    overrides: &'a [String],
    activity: Activity<'a>,
    workload: Workload<'a>,
    warnings: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gates: Vec<GateRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<&'a Assumptions>,
    policies: Vec<Policy<'a>>,
}

#[derive(Serialize)]
struct Activity<'a> {
    source: &'a str,
    classes: &'a [String],
    records: u64,
    broken: u64,
    users: u64,
    agents: u64,
    start: String,
    horizon: String,
}

#[derive(Serialize)]
struct Workload<'a> {
    stay_open_ms: i64,
    warmup_ms: i64,
    task_gap_ms: i64,
    bucket_ms: i64,
    timezone: &'a str,
}

#[derive(Serialize)]
struct Policy<'a> {
    name: &'a str,
    baseline: bool,
    metrics: Map<String, Json>,
    intervals: Map<String, Json>,
    differences: Map<String, Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<Json>,
}

#[derive(Serialize)]
struct GateRow<'a> {
    threshold: &'a str,
    policy: &'a str,
    other: Option<&'a str>,
    metric: &'static str,
    statistic: &'static str,
    comparison: &'static str,
    bound: f64,
    unit: &'static str,
    measured: Option<f64>,
    held: bool,
    line: Option<usize>,
}

/// The content of `summary.json`, schema `relogin.summary/1`: SPEC 7's names are flat keys of
/// each policy's `metrics`; counts are integers, other figures the shortest numbers that read
/// back the same; instants are RFC 3339. `intervals` are the ends of 95 % intervals; `differences`
/// from the first policy are a value and the ends of its paired interval. Ends with a newline.
pub fn summary_json(input: &Input<'_>) -> String {
    let about = input.description;
    let summary = Summary {
        schema: "relogin.summary/1",
        version: &about.version,
        scenario: &about.scenario,
        question: &about.question,
        seed: about.seed,
        partial: input.partial.as_deref(),
        overrides: &about.overrides,
        activity: Activity {
            source: &about.activity.source,
            classes: &about.activity.classes,
            records: about.activity.records,
            broken: about.activity.broken,
            users: about.activity.users,
            agents: about.activity.agents,
            start: rfc3339(about.activity.start),
            horizon: rfc3339(about.activity.horizon),
        },
        workload: Workload {
            stay_open_ms: about.workload.stay_open,
            warmup_ms: about.workload.warmup,
            task_gap_ms: about.workload.task_gap,
            bucket_ms: about.workload.bucket,
            timezone: &about.workload.timezone,
        },
        warnings: &about.warnings,
        gates: input.gates.iter().map(gate).collect(),
        capacity: about.capacity.as_ref(),
        policies: input.policies.iter().map(|own| policy(own, about.capacity.as_ref())).collect(),
    };
    let text = serde_json::to_string_pretty(&summary).expect("only strings, numbers and lists");
    text + "\n"
}

fn gate(gate: &Gate) -> GateRow<'_> {
    let threshold = &gate.threshold;
    GateRow {
        threshold: &threshold.name,
        policy: &gate.policy,
        other: gate.other.as_deref(),
        metric: threshold.measure.name,
        statistic: match threshold.statistic {
            Statistic::Value => "value",
            Statistic::Low => "low",
            Statistic::High => "high",
        },
        comparison: threshold.comparison.sign(),
        bound: threshold.bound,
        unit: if threshold.percent { "%" } else { threshold.measure.unit },
        measured: gate.measured.filter(|measured| measured.is_finite()),
        held: gate.held,
        line: threshold.line,
    }
}

fn policy<'a>(policy: &'a PolicyTables, assumptions: Option<&Assumptions>) -> Policy<'a> {
    let bill = policy.bill.as_ref().zip(assumptions);
    let capacity = bill.map(|(bill, assumptions)| capacity::json(bill, assumptions));
    let intervals = policy
        .intervals
        .iter()
        .map(|own| (own.metric.to_owned(), Json::from(vec![own.low, own.high])));
    let differences = policy
        .differences
        .iter()
        .map(|own| (own.metric.to_owned(), Json::from(vec![own.value, own.low, own.high])));
    Policy {
        name: &policy.name,
        baseline: policy.baseline,
        metrics: metrics_json(&policy.metrics),
        intervals: intervals.collect(),
        differences: differences.collect(),
        capacity,
    }
}

/// Metrics as flat keys.
pub(super) fn metrics_json(metrics: &[Metric]) -> Map<String, Json> {
    let metrics = metrics.iter().map(|metric| {
        let value = match &metric.value {
            Value::Missing => Json::Null,
            Value::Text(text) => Json::from(text.as_str()),
            Value::Count(count) => Json::from(*count),
            Value::Number(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
            Value::Instant(at) => Json::from(rfc3339(*at)),
        };
        (metric.name.to_owned(), value)
    });
    metrics.collect()
}
