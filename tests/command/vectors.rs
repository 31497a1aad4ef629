//! The vectors through the binary: the accesses of its event log, the metrics of its summary.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::*;

const COLUMNS: [&str; 8] =
    ["ts", "user", "device", "app", "api", "outcome", "cause", "refresh_cause"];

#[test]
fn the_binary_gives_every_vector() {
    let mut checked = 0;
    for entry in fs::read_dir(root().join("tests/vectors")).expect("the vectors") {
        let vector = entry.expect("an entry").path();
        if vector.is_dir() {
            check(&vector);
            checked += 1;
        }
    }
    assert_eq!(checked, 22);
}

fn check(vector: &Path) {
    let folder = scratch();
    let (out, log) = (path(&folder, "out"), path(&folder, "events.csv"));
    let scenario = vector.join("scenario.toml").display().to_string();
    // Some vectors have more broken lines than the default allows.
    let arguments =
        ["run", &scenario, "--out", &out, "--events", &log, "--max-bad", "3%", "--format", "json"];
    let summary = relogin(&arguments).expect(0).stdout;
    let summary: Value = serde_json::from_str(&summary).expect("JSON");
    let accesses = accesses(Path::new(&log));
    let policies = summary["policies"].as_array().expect("policies");
    for policy in policies.iter().filter(|policy| policy["baseline"] == false) {
        let name = policy["name"].as_str().expect("a name");
        let expected = vector.join("expected").join(name);
        assert_eq!(accesses[name], rows(&expected.join("accesses.csv")), "{scenario} {name}");
        let figures = fs::read_to_string(expected.join("summary.json")).expect("figures");
        let figures: BTreeMap<String, f64> = serde_json::from_str(&figures).expect("figures");
        let ours: BTreeMap<String, f64> =
            serde_json::from_value(policy["metrics"].clone()).expect("figures");
        for (metric, own) in &ours {
            let other = figures.get(metric).copied().unwrap_or(0.0);
            let close = (own - other).abs() <= 1e-9 * other.abs().max(1.0);
            assert!(close, "{scenario} {name}: {metric} is {own}, expected {other}");
        }
        assert!(figures.keys().all(|metric| ours.contains_key(metric)), "{scenario} {name}");
    }
}

/// The `accessed` rows of a log by policy, in time order and then the trace's.
fn accesses(log: &Path) -> BTreeMap<String, Vec<Vec<String>>> {
    let mut by_policy: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for row in csv::Reader::from_path(log).expect("a log").deserialize() {
        let row: BTreeMap<String, String> = row.expect("a row");
        if row["event"] == "accessed" {
            let cells = COLUMNS.map(|column| row[column].clone()).to_vec();
            by_policy.entry(row["policy"].clone()).or_default().push(cells);
        }
    }
    by_policy
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).expect("accesses");
    let cells = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    reader.records().map(|row| cells(row.expect("a row"))).collect()
}
