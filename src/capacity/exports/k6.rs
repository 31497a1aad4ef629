//! k6 (<https://grafana.com/docs/k6/>): the hour around the fullest minute, by minute, as stages of
//! `ramping-arrival-rate`, and what each virtual user does.

use serde_json::{Map, Value, json};

use super::{Demand, Form, instant};
use crate::table::REQUEST_KINDS;

pub(super) const FORM: Form = Form { file: "k6.js", render };

/// What virtual users do; it holds no figure of any run.
const FLOWS: &str = include_str!("k6_flows.js");

fn render(demand: &Demand<'_>) -> String {
    let what = format!("the hour around the fullest minute, from {}.", instant(demand.hour));
    let head = demand.head("//", &what);
    let options = serde_json::to_string_pretty(&options(demand)).expect("numbers and names");
    // A stage on each line reads better.
    let options = options.replace("{\n          \"duration\"", "{ \"duration\"");
    let options = options.replace(",\n          \"target\"", ", \"target\"");
    let lines: Vec<String> = stages_closed(&options);
    format!("{head}\n{FLOWS}\nexport const options = {};\n", lines.join("\n"))
}

/// Puts the brace that closes a stage onto the stage's line.
fn stages_closed(options: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in options.lines() {
        match lines.last_mut() {
            Some(last)
                if last.trim_start().starts_with("{ \"duration\"") && !last.contains('}') =>
            {
                last.push(' ');
                last.push_str(line.trim_start());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// Scenarios for the kinds that occur. A rate jumps at each full minute and stays until the next,
/// so that each minute has exactly its requests.
fn options(demand: &Demand<'_>) -> Value {
    let mut scenarios = Map::new();
    for (kind, name) in REQUEST_KINDS.iter().enumerate() {
        let targets = demand.minutes.map(|minute| minute[kind].round() as u64);
        let most = targets.iter().copied().max().unwrap_or(0);
        if most == 0 {
            continue;
        }
        let mut stages = Vec::new();
        let mut before = targets[0];
        // Minutes of the same rate make one stage.
        for same in targets.chunk_by(|a, b| a == b) {
            if same[0] != before {
                stages.push(json!({ "duration": "0s", "target": same[0] }));
            }
            before = same[0];
            stages.push(json!({ "duration": format!("{}m", same.len()), "target": same[0] }));
        }
        // A virtual user is busy for a second at most, unless the server is slow.
        let users = most.div_ceil(60).clamp(1, 2_000);
        let scenario = json!({
            "executor": "ramping-arrival-rate",
            "exec": name,
            "startRate": targets[0],
            "timeUnit": "1m",
            "preAllocatedVUs": users,
            "maxVUs": 4 * users,
            "stages": stages,
        });
        scenarios.insert((*name).to_owned(), scenario);
    }
    json!({ "scenarios": scenarios })
}

#[cfg(test)]
mod tests {
    use super::super::tests::demand;
    use super::*;

    /// As k6 starts iterations: at the rate of the moment, which goes in a straight line from one
    /// target to the next.
    #[test]
    fn each_minute_has_its_requests() {
        let demand = demand();
        let options = options(&demand);
        for (kind, name) in [(0, "login"), (1, "silent"), (2, "refresh")] {
            let scenario = &options["scenarios"][name];
            let mut rate = scenario["startRate"].as_f64().unwrap();
            let mut minutes = Vec::new();
            for stage in scenario["stages"].as_array().unwrap() {
                let target = stage["target"].as_f64().unwrap();
                let duration = stage["duration"].as_str().unwrap();
                if duration != "0s" {
                    let length: usize = duration.trim_end_matches('m').parse().unwrap();
                    assert_eq!(rate, target, "a rate is held, not ramped");
                    minutes.extend(std::iter::repeat_n(target, length));
                }
                rate = target;
            }
            let expected: Vec<f64> = demand.minutes.iter().map(|minute| minute[kind]).collect();
            assert_eq!(minutes, expected, "{name}");
        }
        assert_eq!(options["scenarios"].as_object().unwrap().len(), 3);
    }
}
