//! `relogin sweep` from outside.

use std::fs;

use serde_json::Value;

use crate::program::*;

const USES_RENEW: &str = r#"# How short may it be?
[scenario]
name = "uses"
[workload]
trace = "small.csv"
[[policy]]
name = "today"
session = { idle_timeout = "2h", slides_on = ["login", "use"] }
api.backend.access_token_lifetime = "1m"
app.web = {}
[sweep]
where = ["session.idle_timeout <= session.absolute_timeout"]
[sweep.axes]
"session.idle_timeout" = ["1h", "30m", "120m", "2d"]
session.absolute_timeout = ["1d", "none"]
"#;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn a_sweep_writes_points_curve_charts_and_page() {
    let folder = scratch();
    write(&folder, "small.csv", SMALL_TRACE);
    let scenario = write(&folder, "uses.toml", USES_RENEW);
    let out = path(&folder, "out");
    let run = relogin(&["sweep", &scenario, "--out", &out, "--format", "json"]).expect(0);
    let sweep = json(&run.stdout);
    assert_eq!(sweep["schema"], "relogin.sweep/1");
    // 120m is the current value, which no axis has twice; 2d by 1d is left out.
    assert_eq!(sweep["axes"][0]["values"], serde_json::json!(["30m", "1h", "2h", "2d"]));
    assert_eq!(sweep["axes"][0]["current"], "2h");
    assert_eq!(sweep["left_out"], 1);
    let points = sweep["points"].as_array().expect("points");
    assert_eq!(points.len(), 7);
    assert_eq!(points[0]["current"], true);
    // Ann is away for 6,900 s, Bob for a day.
    let relogins = |idle: &str| {
        let own = points.iter().find(|point| {
            let settings = &point["settings"];
            settings["session.idle_timeout"] == idle
                && settings["session.absolute_timeout"] == "none"
        });
        own.expect("a point")["metrics"]["relogins"].as_u64()
    };
    assert_eq!(["30m", "1h", "2h", "2d"].map(relogins), [2, 2, 1, 0].map(Some));
    let found: Vec<String> = files(&folder.path().join("out"))
        .into_keys()
        .map(|file| file.display().to_string())
        .collect();
    for file in [
        "charts/curves-session-absolute_timeout.svg",
        "charts/curves-session-idle_timeout.png",
        "charts/heat-session-idle_timeout-session-absolute_timeout.png",
        "idle-curve.csv",
        "report.html",
        "sweep.csv",
        "sweep.json",
    ] {
        assert!(found.iter().any(|own| own == file), "no {file} in {found:?}");
    }
    let written = fs::read_to_string(folder.path().join("out/sweep.json")).expect("sweep.json");
    assert_eq!(written, run.stdout);
    // Where each use renews it and nothing else ends it, the count of gaps is the curve.
    assert_eq!(sweep["idle_curve"]["exact_from_s"], 60.0);
    let curve = fs::read_to_string(folder.path().join("out/idle-curve.csv")).expect("the curve");
    for (seconds, relogins) in [(1_800, 2), (3_600, 2), (7_200, 1), (172_800, 0)] {
        let row = format!("\n{seconds},{relogins},");
        assert!(curve.contains(&row), "no {row:?} in {curve}");
    }
}

#[test]
fn the_current_setting_is_what_a_run_of_it_comes_to() {
    let folder = scratch();
    let scenario = small(&folder);
    let axis = ["--axis", "session.idle_timeout=30m,1d", "--axis", "workload.stay_open=0s,1h"];
    let out = path(&folder, "sweep");
    let arguments = ["sweep", &scenario, "--policy", "hour", "--out", &out, "--format", "json"];
    let sweep = relogin(&[&arguments[..], &axis].concat()).expect(0);
    let run = relogin(&["run", &scenario, "--out", &path(&folder, "run"), "--format", "json"]);
    let run = run.expect(0);
    assert_eq!(
        json(&sweep.stdout)["points"][0]["metrics"],
        json(&run.stdout)["policies"][1]["metrics"]
    );
}

#[test]
fn threads_and_streams_make_no_difference() {
    let folder = scratch();
    let sweep = |jobs: &str, name: &str| {
        let out = path(&folder, name);
        let scenario = "scenarios/idle-timeout-sweep.toml";
        let small = ["--set", "workload.users=23", "--set", "workload.span=6d"];
        let axis = ["--axis", "session.idle_timeout=auto/5", "--axis", "workload.users=23,40"];
        let arguments = ["sweep", scenario, "--jobs", jobs, "--out", &out];
        relogin(&[&arguments[..], &small, &axis].concat()).expect(0).stdout
    };
    assert_eq!(sweep("1", "one"), sweep("3", "three"));
    same_files(&folder.path().join("one"), &folder.path().join("three"));
}

#[test]
fn what_is_wrong_with_a_sweep_is_told() {
    let folder = scratch();
    let scenario = small(&folder);
    let out = path(&folder, "out");
    let check = |arguments: &[&str], words: &[&str]| {
        let all = [&["sweep", &scenario, "--out", &out][..], arguments].concat();
        relogin(&all).expect(2).says(words);
        assert!(!folder.path().join("out").exists());
    };
    check(&[], &["nothing to vary", "--axis session.idle_timeout=15m,30m,1h"]);
    check(&["--axis", "session.idle_timeout"], &["write KEY=VALUES"]);
    check(&["--axis", "session.idle_timeout=8h..1h"], &["does not go up"]);
    check(
        &["--axis", "session.idle_timeot=1h"],
        &["unknown key `idle_timeot`", "policy.day.session.idle_timeout", "This is the point"],
    );
    check(&["--axis", "session.idle_timeout=1h,15x"], &["15x", "unknown unit `x`"]);
    check(&["--axis", "a.b=1h", "--where", "a.b"], &["compares nothing"]);
    check(&["--axis", "session.idle_timeout=1h", "--policy", "dy"], &["no policy `dy`", "`day`"]);
    check(
        &["--axis", "app.web.renew_ahead=1m,2h"],
        &["renew_ahead", "This is the point app.web.renew_ahead = 2h", "--where"],
    );
    let many: Vec<String> = (1..=400).map(|seconds| format!("{seconds}s")).collect();
    let many = ["session.idle_timeout", "session.absolute_timeout"]
        .map(|key| format!("{key}={}", many.join(",")));
    check(&["--axis", &many[0], "--axis", &many[1]], &["401 × 401 points are more than 100000"]);
}

#[test]
fn constraints_leave_out_what_would_be_refused() {
    let folder = scratch();
    let scenario = small(&folder);
    let out = path(&folder, "out");
    let run = relogin(&[
        "sweep",
        &scenario,
        "--out",
        &out,
        "--axis",
        "app.web.renew_ahead=1m,2h",
        "--where",
        "app.web.renew_ahead < api.backend.access_token_lifetime",
    ]);
    let run = run.expect(0);
    assert!(run.stdout.contains("1 points left out"), "{}", run.stdout);
}

#[test]
fn standard_input_is_read_once() {
    let folder = scratch();
    let scenario = small(&folder);
    let out = path(&folder, "out");
    let arguments = ["sweep", &scenario, "--out", &out, "--trace", "-", "--axis"];
    let idle = [&arguments[..], &["session.idle_timeout=1h,2h"]].concat();
    relogin_fed(&idle, SMALL_TRACE.as_bytes()).expect(0);
    let app = [&arguments[..], &["workload.default_app=web"]].concat();
    relogin_fed(&app, SMALL_TRACE.as_bytes()).expect(2).says(&["can be read only once"]);
}
