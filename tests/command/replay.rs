//! `relogin replay`: every report again from the log alone, and what is wrong with a bad log.

use std::fs;

use crate::program::*;

const SCENARIO: &str = "scenarios/bank.toml";

/// A run of the bank with few users, its log in `format` beside its report.
fn run(folder: &tempfile::TempDir, format: &str) -> (String, String) {
    let (log, out) = (path(folder, &format!("log.{format}")), path(folder, "run"));
    let users = "workload.users=12";
    let arguments = ["run", SCENARIO, "--set", users, "--out", &out, "--events", &log];
    let shown = relogin(&arguments).expect(0).stdout;
    (log, shown)
}

#[test]
fn the_log_alone_rebuilds_every_report_byte_for_byte() {
    let folder = scratch();
    for format in ["csv", "jsonl", "parquet", "csv.gz", "jsonl.zst"] {
        let (log, shown) = run(&folder, format);
        let again = path(&folder, "again");
        let replay = relogin(&["replay", &log, "--out", &again]).expect(0);
        assert_eq!(replay.stdout, shown, "{format}");
        same_files(&folder.path().join("run"), &folder.path().join("again"));
    }
}

#[test]
fn a_log_can_come_from_standard_input() {
    let folder = scratch();
    let (log, shown) = run(&folder, "csv");
    let bytes = fs::read(log).expect("the log");
    let replay = relogin_fed(&["replay", "-", "--out", &path(&folder, "again")], &bytes);
    assert_eq!(replay.expect(0).stdout, shown);
}

#[test]
fn a_cut_log_is_refused_with_the_record_where_it_breaks() {
    let folder = scratch();
    let (log, _) = run(&folder, "csv");
    let whole = fs::read_to_string(&log).expect("the log");
    let lines: Vec<&str> = whole.lines().collect();
    let kept = lines.len() / 2;
    let cut = write(&folder, "cut.csv", &format!("{}\n", lines[..kept].join("\n")));
    let out = path(&folder, "partial");
    // The header is no record.
    let record = format!("record {}", kept - 1);
    let refused = relogin(&["replay", &cut, "--out", &out]).expect(4);
    refused.says(&[&cut, &record, "--allow-partial"]);
    assert!(files(&folder.path().join("partial")).is_empty(), "half a report");
    let partial = relogin(&["replay", &cut, "--out", &out, "--allow-partial"]).expect(0);
    let partial = partial.says(&["warning", &record]);
    assert!(partial.stdout.to_lowercase().contains("partial"), "{}", partial.stdout);
    let summary = fs::read_to_string(folder.path().join("partial/summary.json")).expect("summary");
    assert!(summary.contains("partial"), "{summary}");
}

#[test]
fn a_changed_digit_is_found() {
    let folder = scratch();
    let (log, _) = run(&folder, "csv");
    let whole = fs::read_to_string(&log).expect("the log");
    let place = whole.find(",accessed,valid,").expect("a valid access");
    let line = whole[..place].rfind('\n').expect("a line") + 1;
    let ts = whole[line..place].match_indices(",17").next().expect("an instant").0 + line;
    let mut changed = whole.clone().into_bytes();
    changed[ts + 12] = if changed[ts + 12] == b'1' { b'2' } else { b'1' };
    let changed = write(&folder, "changed.csv", &String::from_utf8(changed).expect("UTF-8"));
    let refused = relogin(&["replay", &changed, "--out", &path(&folder, "out")]).expect(4);
    refused.says(&["the event log breaks at record"]);
}

#[test]
fn what_is_no_log_is_told() {
    let folder = scratch();
    let out = path(&folder, "out");
    for (name, text) in [("empty", ""), ("trace.csv", SMALL_TRACE), ("words", "to be\nor not\n")] {
        let file = write(&folder, name, text);
        relogin(&["replay", &file, "--out", &out]).expect(4).says(&[&file]);
    }
    relogin(&["replay", "nowhere.csv", "--out", &out]).expect(2).says(&["nowhere.csv"]);
}
