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
    relogin(&["run", &scenario, "--out", &file]).says(&["a-file"]);
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
