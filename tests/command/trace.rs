//! `relogin trace stats` and `relogin trace synth`.

use serde_json::Value;

use crate::program::*;

#[test]
fn stats_tell_what_is_in_a_trace() {
    let folder = scratch();
    let trace = write(&folder, "t.csv", SMALL_TRACE);
    let stats = relogin(&["trace", "stats", &trace, "--format", "json"]).expect(0).stdout;
    let stats: Value = serde_json::from_str(&stats).expect("JSON");
    assert_eq!(stats["schema"], "relogin.trace-stats/1");
    assert_eq!((&stats["records"], &stats["users"]), (&5.into(), &2.into()));
    let table = relogin(&["trace", "stats", &trace]).expect(0).stdout;
    assert!(table.contains("users") && table.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn a_synthetic_trace_says_what_the_scenario_says() {
    let folder = scratch();
    let scenario = "scenarios/saas-three-apps.toml";
    let (trace, users) = (path(&folder, "synth.csv"), "workload.users=40");
    relogin(&["trace", "synth", scenario, "--set", users, "--out", &trace]).expect(0);
    let [direct, read] = ["direct", "read"].map(|name| path(&folder, name));
    let run = |out: &str, more: &[&str]| {
        let arguments = ["run", scenario, "--set", users, "--format", "json", "--out", out];
        let summary = relogin(&[arguments.as_slice(), more].concat()).expect(0).stdout;
        serde_json::from_str::<Value>(&summary).expect("JSON")["policies"].clone()
    };
    assert_eq!(run(&direct, &[]), run(&read, &["--trace", &trace]));
    let shown = relogin(&["trace", "synth", scenario, "--set", users, "--out", "-"]).expect(0);
    assert_eq!(shown.stdout, std::fs::read_to_string(&trace).expect("the trace"));
}

#[test]
fn synth_needs_synthetic_users() {
    let folder = scratch();
    let scenario = small(&folder);
    let synth = relogin(&["trace", "synth", &scenario, "--out", &path(&folder, "t.csv")]).expect(2);
    synth.says(&["[[workload.class]]"]);
}

#[test]
fn synth_writes_csv_and_says_so() {
    let folder = scratch();
    for name in ["t.jsonl", "t.csv.gz", "t.parquet"] {
        let out = path(&folder, name);
        let synth = ["trace", "synth", "scenarios/kiosk.toml", "--out", &out];
        relogin(&synth).expect(2).says(&[name, ".csv"]);
        assert!(!folder.path().join(name).exists());
    }
    let own = write(&folder, "own.toml", &std::fs::read_to_string("scenarios/kiosk.toml").unwrap());
    relogin(&["trace", "synth", &own, "--out", &own]).expect(2).says(&["own.toml", "overwrite"]);
}
