//! Figures as CI dashboards read them.

use serde_json::{Map, Value, json};

use crate::results::{Counts, Times};

/// Whose JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// github-action-benchmark's `customSmallerIsBetter`: a list of `name`, `unit`, `value`,
    /// `range`.
    Github,
    /// Bencher Metric Format: measures by benchmark.
    Bencher,
}

impl Format {
    pub(crate) fn json(self, counts: &Counts, times: &Times) -> Value {
        match self {
            Self::Github => github(counts, times),
            Self::Bencher => bencher(counts, times),
        }
    }
}

fn github(counts: &Counts, times: &Times) -> Value {
    // A name stands for one series there, and both kinds of benches have a `session_check`.
    let counts = counts.iter().map(|(name, count)| {
        json!({ "name": format!("{name} (instructions)"), "unit": "instructions", "value": count })
    });
    let times = times.iter().map(|(name, time)| {
        json!({
            "name": format!("{name} (time)"),
            "unit": "ns",
            "value": time.mean,
            "range": format!("± {:.3}", (time.upper - time.lower) / 2.0),
        })
    });
    counts.chain(times).collect()
}

fn bencher(counts: &Counts, times: &Times) -> Value {
    let mut benches: Map<String, Value> = Map::new();
    let mut put = |name: &str, measure: &str, value: Value| {
        benches.entry(name).or_insert_with(|| json!({}))[measure] = value;
    };
    for (name, count) in counts {
        put(name, "instructions", json!({ "value": count }));
    }
    for (name, time) in times {
        let value = json!({
            "value": time.mean, "lower_value": time.lower, "upper_value": time.upper,
        });
        put(name, "latency", value);
    }
    benches.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Time;

    fn figures() -> (Counts, Times) {
        let counts = [("session_check/one", 27), ("trace_csv/office_hours", 9_000)];
        let time = Time { mean: 1.5, lower: 1.25, upper: 1.75 };
        (
            counts.map(|(name, count)| (name.to_owned(), count)).into(),
            [("session_check/one".to_owned(), time)].into(),
        )
    }

    #[test]
    fn github_gets_a_list_of_named_values() {
        let (counts, times) = figures();
        let expected = json!([
            { "name": "session_check/one (instructions)", "unit": "instructions", "value": 27 },
            { "name": "trace_csv/office_hours (instructions)", "unit": "instructions",
              "value": 9_000 },
            { "name": "session_check/one (time)", "unit": "ns", "value": 1.5, "range": "± 0.250" },
        ]);
        assert_eq!(Format::Github.json(&counts, &times), expected);
    }

    #[test]
    fn bencher_gets_measures_by_benchmark() {
        let (counts, times) = figures();
        let expected = json!({
            "session_check/one": {
                "instructions": { "value": 27 },
                "latency": { "value": 1.5, "lower_value": 1.25, "upper_value": 1.75 },
            },
            "trace_csv/office_hours": { "instructions": { "value": 9_000 } },
        });
        assert_eq!(Format::Bencher.json(&counts, &times), expected);
    }
}
