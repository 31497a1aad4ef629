//! `relogin run`: the same bytes whatever the threads, and every file that SPEC 8 names.

use std::path::PathBuf;
use std::process::Stdio;

use relogin::table::METRICS;
use serde_json::Value;

use crate::program::*;

#[test]
fn it_writes_every_file_and_shows_the_policies() {
    let folder = scratch();
    let (scenario, out) = (small(&folder), path(&folder, "out"));
    let run = relogin(&["run", &scenario, "--out", &out]).expect(0);
    for word in ["How often does a small team log in again?", "day", "hour", "never", "always"] {
        assert!(run.stdout.contains(word), "no {word:?} in:\n{}", run.stdout);
    }
    assert!(run.stderr.contains("report.html"), "{}", run.stderr);
    let names: Vec<PathBuf> = files(&folder.path().join("out")).into_keys().collect();
    let charts = ["login-hours", "people", "relogins", "requests", "sessions"];
    let charts = charts.iter().flat_map(|chart| ["png", "svg"].map(|e| format!("{chart}.{e}")));
    let mut expected: Vec<PathBuf> =
        charts.map(|name| PathBuf::from("charts").join(name)).collect();
    let tables = ["load.csv", "relogins.csv", "report.html", "summary.csv", "summary.json"];
    expected.extend(tables.map(PathBuf::from));
    expected.sort();
    assert_eq!(names, expected);
}

#[test]
fn the_figures_are_those_worked_out_by_hand() {
    let folder = scratch();
    let (scenario, out) = (small(&folder), path(&folder, "out"));
    let run = relogin(&["run", &scenario, "--out", &out, "--format", "json"]).expect(0);
    assert_eq!(
        run.stdout.as_bytes(),
        files(&folder.path().join("out"))[&PathBuf::from("summary.json")]
    );
    let summary: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(summary["schema"], "relogin.summary/1");
    let metric = |policy: usize, name: &str| summary["policies"][policy]["metrics"][name].clone();
    // Ann: 0 s login, 300 s valid, 7,200 s: silent under `day`, idle for 2 h under `hour`.
    // Bob: 3,600 s login, a day and a bit later: idle for 24 h under both.
    assert_eq!(metric(0, "login.first"), 2);
    assert_eq!(metric(0, "login.idle"), 1);
    assert_eq!(metric(0, "requests.silent"), 1);
    assert_eq!(metric(1, "login.idle"), 2);
    assert_eq!(metric(1, "active_user_days"), 3);
    assert_eq!(metric(1, "relogins_per_user_day"), 2.0 / 3.0);
    let relogins = &files(&folder.path().join("out"))[&PathBuf::from("relogins.csv")];
    let expected = "policy,class,app,cause,count\nday,,web,idle,1\nhour,,web,idle,2\n";
    assert!(String::from_utf8_lossy(relogins).starts_with(expected));
    let load = &files(&folder.path().join("out"))[&PathBuf::from("load.csv")];
    let load = String::from_utf8_lossy(load);
    let mut rows = load.lines();
    let header = "policy,bucket_start,login,silent,refresh,failed,introspection";
    assert_eq!(rows.next(), Some(header));
    assert_eq!(rows.next(), Some("day,2025-10-09T08:53:00Z,1,0,0,0,0"));
    // 2025-10-09T08:53 to 2025-10-10T09:53, both included, under four policies.
    assert_eq!(rows.count() + 1, 4 * (25 * 60 + 1));
}

#[test]
fn the_same_bytes_whatever_the_jobs_and_again() {
    let folder = scratch();
    let scenario = "scenarios/enterprise-three-zones.toml";
    let users = "workload.users=60";
    for (out, jobs) in [("one", "1"), ("three", "3"), ("again", "3"), ("most", "1000000")] {
        let (dir, log) = (path(&folder, out), path(&folder, &format!("{out}/events.jsonl")));
        let arguments =
            ["run", scenario, "--set", users, "--out", &dir, "--jobs", jobs, "--events", &log];
        relogin(&arguments).expect(0);
    }
    let [one, three, again, most] =
        ["one", "three", "again", "most"].map(|name| folder.path().join(name));
    same_files(&one, &three);
    same_files(&three, &again);
    same_files(&three, &most);
}

#[test]
fn the_order_of_lines_and_the_format_change_nothing_but_the_log() {
    let folder = scratch();
    let scenario = small(&folder);
    let (header, lines) = SMALL_TRACE.split_once('\n').expect("a header");
    let mut lines: Vec<&str> = lines.lines().collect();
    lines.reverse();
    let reversed = write(&folder, "small.reversed", &format!("{header}\n{}", lines.join("\n")));
    let json: Vec<String> = lines
        .iter()
        .map(|line| line.split_once(',').expect("two columns"))
        .map(|(ts, user)| format!("{{\"ts\": {ts}, \"user\": \"{user}\"}}\n"))
        .collect();
    let json = write(&folder, "small.jsonl", &json.concat());
    let summary = |arguments: &[&str]| {
        let out = path(&folder, "out");
        let run = relogin(&[&["run", &scenario, "--out", &out], arguments].concat()).expect(0);
        run.stdout
    };
    let expected = summary(&[]);
    assert_eq!(summary(&["--trace", &reversed]), expected);
    assert_eq!(summary(&["--trace", &json]), expected);
    let half = lines.len() / 2;
    let first = write(&folder, "1.csv", &format!("{header}\n{}", lines[..half].join("\n")));
    let second = write(&folder, "2.csv", &format!("{header}\n{}", lines[half..].join("\n")));
    assert_eq!(summary(&["--trace", &first, "--trace", &second]), expected);
    let fed = relogin_fed(
        &["run", &scenario, "--trace", "-", "--out", &path(&folder, "out")],
        SMALL_TRACE.as_bytes(),
    );
    assert_eq!(fed.expect(0).stdout, expected);
}

#[test]
fn values_can_be_set_on_the_command_line() {
    let folder = scratch();
    let (scenario, out) = (small(&folder), path(&folder, "out"));
    let run = relogin(&[
        "run",
        &scenario,
        "--out",
        &out,
        "--format",
        "json",
        "--set",
        "policy.day.session.idle_timeout=30m",
        "--set",
        "policy.day.api.backend.access_token_lifetime=10m",
        "--seed",
        "99",
        "--bucket",
        "1h",
    ]);
    let summary: Value = serde_json::from_str(&run.expect(0).stdout).expect("JSON");
    assert_eq!(summary["policies"][0]["metrics"]["login.idle"], 2);
    assert_eq!(summary["seed"], 99);
    let load = files(&folder.path().join("out"))[&PathBuf::from("load.csv")].clone();
    assert_eq!(String::from_utf8_lossy(&load).lines().count(), 1 + 4 * 26);
}

#[test]
fn quiet_leaves_only_the_result() {
    let folder = scratch();
    let (scenario, out) = (small(&folder), path(&folder, "out"));
    let quiet = relogin(&["--quiet", "run", &scenario, "--out", &out]).expect(0);
    assert_eq!(quiet.stderr, "");
    let loud = relogin(&["run", &scenario, "--out", &out]).expect(0);
    assert_eq!(quiet.stdout, loud.stdout);
    assert!(!loud.stdout.contains('\u{1b}'), "colours without a terminal");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let folder = scratch();
    let (scenario, out) = (small(&folder), path(&folder, "out"));
    let mut child = command()
        .args(["run", &scenario, "--out", &out])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn by_default_results_lie_below_reports() {
    let folder = scratch();
    small(&folder);
    let mut run = command();
    run.current_dir(folder.path()).args(["run", "small.toml"]);
    finish(&mut run).expect(0);
    assert!(folder.path().join("reports/small/report.html").is_file());
}

#[test]
fn a_user_of_several_devices_is_one_user() {
    let folder = scratch();
    let scenario = small(&folder);
    let trace = write(
        &folder,
        "devices.csv",
        "ts,user,device\n1760000000,ann,phone\n1760000001,ann,laptop\n1760000002,bob,\n",
    );
    let out = path(&folder, "out");
    let arguments = ["run", &scenario, "--trace", &trace, "--out", &out, "--format", "json"];
    let summary: Value = serde_json::from_str(&relogin(&arguments).expect(0).stdout).expect("JSON");
    let metrics = &summary["policies"][0]["metrics"];
    assert_eq!((&metrics["active_users"], &metrics["login.first"]), (&2.into(), &3.into()));
}

#[test]
fn the_plan_is_told_and_nothing_is_written() {
    let folder = scratch();
    let (scenario, out) = (small(&folder), path(&folder, "out"));
    let same = "policy.hour.api.backend.access_token_lifetime=1h";
    let explain = ["run", &scenario, "--out", &out, "--explain-plan", "--set", same];
    let plan = relogin(&explain).expect(0).stdout;
    assert!(plan.contains("user by user"), "{plan}");
    assert!(
        plan.contains("day, hour: uses that find a good access token are passed over"),
        "{plan}"
    );
    let capped = [&explain[..], &["--set", "policy.hour.session.caps_tokens=true"]].concat();
    let plan = relogin(&capped).expect(0).stdout;
    let why = "hour: each use goes through the model: the session caps access tokens";
    assert!(plan.contains(why), "{plan}");
    let log = path(&folder, "log.csv");
    let plan = relogin(&[&explain[..], &["--events", &log]].concat()).expect(0).stdout;
    assert!(plan.contains("in time order (for the event log)"), "{plan}");
    assert!(!folder.path().join("out").exists() && !folder.path().join("log.csv").exists());
}

/// Columns are only ever appended: whoever reads these files by place or by name may go on.
#[test]
fn the_tables_begin_with_the_columns_that_they_always_had() {
    let folder = scratch();
    let (scenario, out) = (small(&folder), path(&folder, "out"));
    relogin(&["run", &scenario, "--out", &out]).expect(0);
    for (file, columns) in [
        ("summary.csv", "policy,metric,value,unit"),
        ("load.csv", "policy,bucket_start,login,silent,refresh,failed,introspection"),
        ("relogins.csv", "policy,class,app,cause,count"),
    ] {
        let text = std::fs::read_to_string(folder.path().join("out").join(file)).expect(file);
        let header = text.lines().next().unwrap_or_default();
        let goes_on = header.strip_prefix(columns);
        assert!(goes_on.is_some_and(|more| more.is_empty() || more.starts_with(',')), "{header}");
    }
    let rows = std::fs::read_to_string(folder.path().join("out/summary.csv")).expect("summary.csv");
    let rows = rows.lines().skip(1).filter_map(|row| row.strip_prefix("day,"));
    let figures = rows.map(|row| row.split(',').collect::<Vec<_>>());
    let figures: Vec<(String, String)> =
        figures.map(|row| (row[0].to_owned(), row[2].to_owned())).collect();
    let known = METRICS.map(|measure| (measure.name.to_owned(), measure.unit.to_owned()));
    assert_eq!(figures, known, "table::METRICS holds every figure of SPEC 7 in its order");
}

#[test]
fn the_figures_that_have_intervals_are_those_that_say_so() {
    let folder = scratch();
    let text = SMALL.replacen(
        "trace = \"small.csv\"",
        "users = 40\nspan = \"4d\"\nstart = \"2026-01-05\"\n[[workload.class]]\npattern = \"office-hours\"",
        1,
    );
    let (scenario, out) = (write(&folder, "people.toml", &text), path(&folder, "out"));
    let run = relogin(&["run", &scenario, "--out", &out, "--format", "json"]).expect(0);
    let summary: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let intervals = summary["policies"][0]["intervals"].as_object().expect("intervals");
    let known: Vec<&str> =
        METRICS.iter().filter(|own| own.has_interval).map(|own| own.name).collect();
    assert_eq!(intervals.keys().collect::<Vec<_>>(), known, "table::Measure::has_interval");
    let high = relogin(&[
        "run",
        &scenario,
        "--out",
        &out,
        "--set",
        "thresholds.\"hour - day: relogins.low\"=< 1",
    ]);
    high.expect(3).says(&["--set: hour - day: relogins.low is ", "must be < 1"]);
    let few = small(&folder);
    let few =
        relogin(&["run", &few, "--out", &out, "--set", "thresholds.\"hour.relogins.high\"=< 9"]);
    few.expect(3)
        .says(&["hour: relogins.high is not known: there are too few users for an interval"]);
}
