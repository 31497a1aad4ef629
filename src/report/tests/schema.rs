//! The published schema of `summary.json`: it stands in `schemas`, and says what is written.

use serde_json::Value;

use super::fixture;
use crate::gate::{Comparison, Statistic, Threshold, Whose, judge};
use crate::report::{Input, summary_json, summary_schema};
use crate::scenario::tests::schema::mismatch;
use crate::table::{Difference, Interval, Measure};

/// The same schema without room for keys that it does not know.
fn closed(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            object.values_mut().for_each(closed);
        }
        Value::Array(items) => items.iter_mut().for_each(closed),
        _ => {}
    }
}

#[test]
fn a_summary_is_as_its_schema_says() {
    let mut policies = fixture::office();
    let metric = "relogins";
    policies[1].intervals = vec![Interval { metric, low: 1.0, high: f64::NAN }];
    policies[1].differences = vec![Difference { metric, value: 0.5, low: 0.0, high: 1.0 }];
    let description = fixture::description(&policies);
    let threshold = |whose: Whose, bound: f64, line: Option<usize>| Threshold {
        name: "relogins".to_owned(),
        whose,
        measure: Measure::named(metric).unwrap(),
        statistic: Statistic::Value,
        comparison: Comparison::AtMost,
        bound,
        percent: false,
        line,
    };
    let (policy, other) = ("strict".to_owned(), "today".to_owned());
    let thresholds = [
        threshold(Whose::Every, 3.0, Some(4)),
        threshold(Whose::Difference { policy, other }, 0.5, None),
    ];
    let gates = judge(&thresholds, &policies);
    assert_eq!(gates.len(), 4);
    let mut schema = summary_schema();
    closed(&mut schema);
    for partial in [None, Some("interrupted".to_owned())] {
        for gates in [&gates[..], &[]] {
            let input = Input {
                description: &description,
                policies: &policies,
                partial: partial.clone(),
                gates,
            };
            let mut summary: Value = serde_json::from_str(&summary_json(&input)).unwrap();
            assert_eq!(mismatch(&schema, &schema, &summary, ""), None);
            summary["policies"][0]["metrics"].as_object_mut().unwrap().remove("relogins");
            assert!(mismatch(&schema, &schema, &summary, "").is_some());
        }
    }
}

#[test]
fn the_published_schema_is_the_one_that_holds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/summary.schema.json");
    let text = serde_json::to_string_pretty(&summary_schema()).unwrap() + "\n";
    let published = std::fs::read_to_string(path).unwrap_or_default();
    let mend = "relogin schema summary > schemas/summary.schema.json";
    assert!(published == text, "{mend}");
}
