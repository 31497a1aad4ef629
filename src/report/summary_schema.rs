//! The JSON Schema of `summary.json`, for those who read it.

use serde_json::{Map, Value as Json, json};

use crate::gate::Comparison;
use crate::table::METRICS;

/// The JSON Schema (draft 2020-12) of `summary.json`, `relogin.summary/1`.
///
/// Keys may be added, so none that is not here is forbidden; those that are here stay, and mean the
/// same, until the schema's number grows.
pub fn summary_schema() -> Json {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "relogin summary",
        "description": "What `relogin run` writes as summary.json. Within relogin.summary/1 keys are only ever added.",
        "type": "object",
        "required": [
            "schema", "version", "scenario", "question", "seed", "partial", "overrides",
            "activity", "workload", "warnings", "policies",
        ],
        "properties": {
            "schema": { "const": "relogin.summary/1" },
            "version": text("The version of relogin that ran."),
            "scenario": text("The scenario's name."),
            "question": text("The question that the scenario asks."),
            "seed": whole("The seed of every random draw."),
            "partial": or_null(text("Why the result is not whole, and where it was cut; null if it is whole.")),
            "overrides": texts("KEY=VALUE of the command line, in order."),
            "activity": activity(),
            "workload": workload(),
            "warnings": texts("Settings that can have no effect."),
            "gates": {
                "type": "array",
                "description": "The scenario's thresholds, each against each policy that it is about; absent where there are none.",
                "items": gate(),
            },
            "capacity": {
                "type": "object",
                "description": "What capacity is reckoned with; absent where the scenario does not ask for it.",
            },
            "policies": {
                "type": "array",
                "description": "What each policy did; baselines last.",
                "items": policy(),
            },
        },
    })
}

fn activity() -> Json {
    object(&[
        ("source", text("Where the activity came from.")),
        ("classes", texts("The classes of synthetic users; empty for a recorded trace.")),
        ("records", whole("Records replayed.")),
        ("broken", whole("Lines left out because they were broken.")),
        ("users", whole("Distinct users.")),
        ("agents", whole("Distinct pairs of user and device.")),
        ("start", instant("The first record.")),
        ("horizon", instant("The last record.")),
    ])
}

fn workload() -> Json {
    object(&[
        ("stay_open_ms", whole("How long an app stays open after a use, in milliseconds.")),
        ("warmup_ms", whole("Simulated and not counted, in milliseconds.")),
        ("task_gap_ms", whole("Shorter gaps are in the middle of a task, in milliseconds.")),
        ("bucket_ms", whole("The width of a row of load.csv, in milliseconds.")),
        ("timezone", text("The IANA time zone of calendar days.")),
    ])
}

fn gate() -> Json {
    let names: Vec<&str> = METRICS.iter().map(|measure| measure.name).collect();
    let signs: Vec<&str> = Comparison::ALL.iter().map(|comparison| comparison.sign()).collect();
    object(&[
        ("threshold", text("The key in [thresholds], as it is written.")),
        ("policy", text("The policy.")),
        ("other", or_null(text("Of a difference, the policy whose figure is taken off."))),
        ("metric", json!({ "enum": names })),
        ("statistic", json!({ "enum": ["value", "low", "high"] })),
        ("comparison", json!({ "enum": signs })),
        ("bound", number("What the figure is held against, in `unit`.")),
        ("unit", text("The figure's unit, or `%` of the other policy's figure.")),
        (
            "measured",
            or_null(number("What was measured; null where it is not known or has no end.")),
        ),
        ("held", json!({ "type": "boolean", "description": "Whether it held." })),
        ("line", or_null(whole("The line of the scenario; null where the command line set it."))),
    ])
}

fn policy() -> Json {
    let metric = |unit: &str| match unit {
        "" => "No unit.".to_owned(),
        unit => format!("Unit: {unit}."),
    };
    let metrics: Map<String, Json> = METRICS
        .iter()
        .map(|measure| (measure.name.to_owned(), or_null(number(&metric(measure.unit)))))
        .collect();
    let names: Vec<&str> = METRICS.iter().map(|measure| measure.name).collect();
    let ends = |count: usize, about: &str| {
        let numbers = json!({
            "type": "array",
            "items": or_null(json!({ "type": "number" })),
            "minItems": count,
            "maxItems": count,
        });
        json!({ "type": "object", "description": about, "additionalProperties": numbers })
    };
    let mut policy = object(&[
        ("name", text("The policy's name.")),
        (
            "baseline",
            json!({ "type": "boolean", "description": "Whether it is one of relogin's own." }),
        ),
        ("metrics", json!({ "type": "object", "properties": metrics, "required": names })),
        ("intervals", ends(2, "By figure: the lower and the upper end of its 95 % interval.")),
        (
            "differences",
            ends(
                3,
                "By figure: its difference from the first policy's, and the ends of the 95 % interval of that, paired user by user.",
            ),
        ),
    ]);
    policy["properties"]["capacity"] = json!({
        "type": "object",
        "description": "The policy's bill: the figures of capacity.csv, and `limits` with those of each limit; absent where the scenario does not ask for it.",
    });
    policy
}

/// An object of these keys, all of which are there.
fn object(properties: &[(&str, Json)]) -> Json {
    let required: Vec<&str> = properties.iter().map(|(key, _)| *key).collect();
    let properties: Map<String, Json> =
        properties.iter().map(|(key, own)| ((*key).to_owned(), own.clone())).collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn text(about: &str) -> Json {
    json!({ "type": "string", "description": about })
}

fn texts(about: &str) -> Json {
    json!({ "type": "array", "items": { "type": "string" }, "description": about })
}

fn whole(about: &str) -> Json {
    json!({ "type": "integer", "minimum": 0, "description": about })
}

fn number(about: &str) -> Json {
    json!({ "type": "number", "description": about })
}

fn instant(about: &str) -> Json {
    json!({ "type": "string", "format": "date-time", "description": about })
}

fn or_null(schema: Json) -> Json {
    json!({ "anyOf": [schema, { "type": "null" }] })
}
