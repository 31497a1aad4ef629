//! Bad input: what, where, how to mend it, the exit status, and nothing half written.

use crate::program::*;

/// Runs the small scenario with `from` replaced by `to`; no report may come of it.
#[track_caller]
fn check(from: &str, to: &str, status: i32, says: &[&str]) {
    let folder = scratch();
    small(&folder);
    assert!(SMALL.contains(from), "{from}");
    let scenario = write(&folder, "changed.toml", &SMALL.replacen(from, to, 1));
    let out = path(&folder, "out");
    let log = path(&folder, "log.csv");
    let run = relogin(&["run", &scenario, "--out", &out, "--events", &log]).expect(status);
    run.says(says);
    assert!(!folder.path().join("out").exists(), "a report of a failed run");
    assert!(!folder.path().join("log.csv").exists(), "a log of a failed run");
}

#[test]
fn scenario_errors_point_at_the_line_and_say_how_to_mend() {
    check("idle_timeout = \"1d\"", "idle_timout = \"1d\"", 2, &["changed.toml:8", "idle_timeout"]);
    check("\"7d\"", "\"0s\"", 2, &["changed.toml:8"]);
    check("\"10m\"", "\"ten minutes\"", 2, &["changed.toml:14", "ten minutes"]);
    check("[[policy]]", "[[polcy]]", 2, &["polcy", "policy"]);
    check("[workload]", "[workload", 2, &["changed.toml:4"]);
}

#[test]
fn a_missing_or_useless_trace_is_told() {
    check("small.csv", "absent.csv", 2, &["absent.csv"]);
    check("trace = \"small.csv\"\n", "", 2, &["--trace"]);
}

#[test]
fn more_broken_lines_than_allowed_are_an_error_with_examples() {
    let folder = scratch();
    let scenario = small(&folder);
    let trace = write(&folder, "bad.csv", "ts,user\n1760000000,ann\nyesterday,bob\n1760000001,\n");
    let out = path(&folder, "out");
    let run = ["run", &scenario, "--trace", &trace, "--out", &out];
    relogin(&run).expect(4).says(&["2 of 3", "bad.csv:3", "bad.csv:4", "--max-bad"]);
    assert!(!folder.path().join("out").exists());
    let more = [run.as_slice(), &["--max-bad", "70%"]].concat();
    relogin(&more).expect(0).says(&["warning", "2 of 3", "bad.csv:3"]);
    relogin(&[run.as_slice(), &["--max-bad", "many"]].concat()).expect(2).says(&["many"]);
}

#[test]
fn an_empty_trace_is_bad_data() {
    let folder = scratch();
    let scenario = small(&folder);
    let out = path(&folder, "out");
    for (name, text) in
        [("empty.csv", ""), ("header.csv", "ts,user\n"), ("no.csv", "when,who\n1,a\n")]
    {
        let trace = write(&folder, name, text);
        relogin(&["run", &scenario, "--trace", &trace, "--out", &out]).expect(4).says(&[name]);
    }
}

#[test]
fn unknown_keys_of_set_name_the_nearest() {
    let folder = scratch();
    let scenario = small(&folder);
    let set = |value: &str| relogin(&["run", &scenario, "--set", value, "--out", "/nowhere"]);
    set("policy.day.session.idle_timeot=30m").expect(2).says(&["idle_timeot", "idle_timeout"]);
    set("policy.dya.session.idle_timeout=30m").expect(2).says(&["dya", "day"]);
    set("no equals sign").expect(2).says(&["no equals sign"]);
}

#[test]
fn an_unwritable_folder_is_told_and_leaves_nothing() {
    let folder = scratch();
    let scenario = small(&folder);
    let file = write(&folder, "a-file", "in the way");
    let log = path(&folder, "log.csv");
    for out in [file.clone(), format!("{file}/below")] {
        let run = ["run", &scenario, "--out", &out, "--events", &log];
        relogin(&run).expect(2).says(&["a-file", "no folder", "--out"]);
        assert!(!folder.path().join("log.csv").exists(), "a log without its report");
    }
    assert_eq!(std::fs::read_to_string(&file).expect("still there"), "in the way");
}

#[test]
fn an_event_log_needs_an_ending_that_says_its_format() {
    let folder = scratch();
    let scenario = small(&folder);
    let (out, log) = (path(&folder, "out"), path(&folder, "events.txt"));
    relogin(&["run", &scenario, "--out", &out, "--events", &log]).expect(2).says(&["events.txt"]);
}

#[test]
fn bad_arguments_are_refused() {
    for arguments in [
        &["run"][..],
        &["run", "a.toml", "--jobs", "0"],
        &["run", "a.toml", "--bucket", "90s"],
        &["run", "a.toml", "--ts-unit", "fortnight"],
        &["frobnicate"],
        &["run", "absent.toml"],
    ] {
        let run = relogin(arguments).expect(2);
        assert!(run.stdout.is_empty() && !run.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn an_event_log_is_no_trace() {
    let folder = scratch();
    let scenario = small(&folder);
    for format in ["csv", "jsonl", "parquet", "csv.gz"] {
        let log = path(&folder, &format!("log.{format}"));
        let out = path(&folder, "out");
        relogin(&["run", &scenario, "--out", &out, "--events", &log]).expect(0);
        // Nearly every row has a time and a user, so a long log would pass for activity.
        let run = ["run", &scenario, "--out", &out, "--max-bad", "100%", "--trace", &log];
        relogin(&run).expect(4).says(&[&log, "event log", "replay"]);
    }
}

#[test]
fn nothing_that_is_read_or_written_is_overwritten_by_the_log() {
    let folder = scratch();
    let scenario = small(&folder);
    let out = path(&folder, "out");
    let run = |log: &str| relogin(&["run", &scenario, "--out", &out, "--events", log]).expect(2);
    run(&path(&folder, "small.csv")).says(&["small.csv", "overwrite"]);
    run(&path(&folder, "other/../small.csv")).says(&["overwrite"]);
    run(&path(&folder, "out/load.csv")).says(&["load.csv", "table"]);
    assert!(!folder.path().join("out").exists());
    let trace = std::fs::read_to_string(folder.path().join("small.csv")).expect("the trace");
    assert_eq!(trace, SMALL_TRACE);
    let log = path(&folder, "relogins.csv");
    relogin(&["run", &scenario, "--out", &out, "--events", &log]).expect(0);
    let folder = folder.path().display().to_string();
    relogin(&["replay", &log, "--out", &folder]).expect(2).says(&["relogins.csv", "--out"]);
}

#[test]
fn standard_input_is_read_once() {
    let folder = scratch();
    let (scenario, out) = (small(&folder), path(&folder, "out"));
    let twice = ["run", &scenario, "--out", &out, "--trace", "-", "--trace", "-"];
    relogin_fed(&twice, SMALL_TRACE.as_bytes()).expect(2).says(&["standard input", "once"]);
    let both = ["run", "-", "--out", &out, "--trace", "-"];
    relogin_fed(&both, SMALL.as_bytes()).expect(2).says(&["standard input", "once"]);
}

#[test]
fn one_wrong_timestamp_does_not_fill_the_disk() {
    let folder = scratch();
    let (scenario, out) = (small(&folder), path(&folder, "out"));
    let trace = write(&folder, "far.csv", "ts,user\n1760000000,ann\n5001-01-01T00:00:00Z,ann\n");
    let run = ["run", &scenario, "--out", &out, "--trace", &trace];
    relogin(&run).expect(2).says(&["load.csv", "2025-10-09", "5001-01-01", "--bucket"]);
    relogin(&[run.as_slice(), &["--bucket", "365d"]].concat()).expect(0);
}

#[test]
fn a_folder_is_no_place_for_an_event_log() {
    let folder = scratch();
    let scenario = small(&folder);
    std::fs::create_dir(folder.path().join("log.csv")).expect("a new folder");
    let (out, log) = (path(&folder, "out"), path(&folder, "log.csv"));
    let run = relogin(&["run", &scenario, "--out", &out, "--events", &log]).expect(2);
    run.says(&["log.csv is a folder"]);
    assert!(!folder.path().join("out").exists());
}
