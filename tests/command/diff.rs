//! `relogin diff`: what changed between two stored results, and the exit status that says so.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::*;

/// Two results of the small scenario, the second with other settings; gives their folders.
fn two(folder: &TempDir, set: &[&str]) -> (String, String) {
    let scenario = small(folder);
    let (old, new) = (path(folder, "old"), path(folder, "new"));
    relogin(&["run", &scenario, "--out", &old]).expect(0);
    let set: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
    relogin(&[&["run", &scenario, "--out", &new], &set[..]].concat()).expect(0);
    (old, new)
}

const STRICTER: &str = "policy.day.session.idle_timeout=30m";

/// Changes one value of a stored summary.
fn edit(file: &str, change: impl FnOnce(&mut Value)) {
    let mut summary: Value =
        serde_json::from_str(&fs::read_to_string(file).expect("a summary")).expect("JSON");
    change(&mut summary);
    fs::write(file, summary.to_string()).expect("a summary");
}

#[test]
fn the_same_is_status_0() {
    let folder = scratch();
    let (old, new) = two(&folder, &[]);
    let diff = relogin(&["diff", &old, &new]).expect(0);
    assert_eq!(diff.stdout, "148 figures compared: all are the same.\n");
    assert_eq!(diff.stderr, "");
    // A file does as well as its folder.
    let file = format!("{new}/summary.json");
    relogin(&["diff", &old, &file, "--any-change"]).expect(0);
}

#[test]
fn worse_is_status_3_and_better_is_not() {
    let folder = scratch();
    let (old, new) = two(&folder, &[STRICTER]);
    let junit = path(&folder, "junit.xml");
    let worse = relogin(&["diff", &old, &new, "--junit", &junit]).expect(3);
    assert!(worse.stdout.contains("day     relogins "), "{}", worse.stdout);
    assert!(!worse.stdout.contains("hour "), "only what changed is told: {}", worse.stdout);
    let worse =
        worse.says(&["it got worse", "day: relogins went from 1 to 2 logins (+100.0 %), worse"]);
    worse.says(&["--set: nothing before, policy.day.session.idle_timeout=30m now"]);
    let text = fs::read_to_string(&junit).expect("JUnit");
    let document = roxmltree::Document::parse(&text).expect("XML");
    let all = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!(all("testcase"), 148);
    assert!(all("failure") > 1);

    // A longer timeout leaves sessions unattended for longer.
    let back = ["diff", &new, &old];
    relogin(&back).expect(3).says(&["day: sessions.unattended_hours went"]);
    let spared = ["requests.silent=1", "sessions.peak=1", "sessions.unattended_hours=50"];
    let spared = spared.iter().flat_map(|own| ["--tolerance", own]);
    let back: Vec<&str> = back.into_iter().chain(spared).collect();
    let better = relogin(&back).expect(0);
    assert!(better.stdout.contains("better") && better.stdout.contains("none fails"));
    relogin(&[&back[..], &["--any-change"]].concat()).expect(3).says(&["it changed", "better"]);
}

#[test]
fn tolerances_are_of_all_or_of_one() {
    let folder = scratch();
    let (old, new) = two(&folder, &[STRICTER]);
    let diff = |more: &[&str]| relogin(&[&["diff", &old, &new], more].concat());
    diff(&["--tolerance", "1000%"]).expect(3).says(&["relogins"]);
    let own = ["--tolerance", "relogins=0%"];
    diff(&own).expect(3).says(&["relogins went"]);
    let out = diff(&["--tolerance", "relogins=2", "--format", "json"]).expect(3).stdout;
    let diffs: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(diffs["schema"], "relogin.diff/1");
    let changes = diffs["changes"].as_array().expect("changes");
    let relogins =
        changes.iter().find(|change| change["metric"] == "relogins").expect("it changed");
    assert_eq!((&relogins["verdict"], &relogins["fails"]), (&"tolerated".into(), &false.into()));
    assert_eq!(
        (&relogins["old"], &relogins["new"], &relogins["relative"]),
        (&1.0.into(), &2.0.into(), &1.0.into())
    );
    diff(&["--tolerance", "relogin=5%"]).expect(2).says(&["no figure `relogin`", "`relogins`"]);
    diff(&["--tolerance", "5"]).expect(2).says(&["5%"]);
    diff(&["--tolerance", "uses=-5%"]).expect(2).says(&["no tolerance"]);
    diff(&["--tolerance", "much%"]).expect(2).says(&["much"]);
}

#[test]
fn markdown_is_for_a_pull_request() {
    let folder = scratch();
    let (old, new) = two(&folder, &[STRICTER]);
    let text = relogin(&["diff", &old, &new, "--format", "markdown"]).expect(3).stdout;
    assert!(text.starts_with("❌ "), "{text}");
    assert!(text.contains("| day | `relogins` | 1 | 2 | +1 | +100.0 % | ❌ worse |"), "{text}");
    assert!(text.contains("\n- --set: nothing before, "), "{text}");
}

#[test]
fn overlapping_intervals_are_noise() {
    let folder = scratch();
    let (old, new) = two(&folder, &[STRICTER]);
    let file = format!("{new}/summary.json");
    edit(&file, |summary| {
        let old: Value = serde_json::from_str(
            &fs::read_to_string(format!("{old}/summary.json")).expect("a summary"),
        )
        .expect("JSON");
        for (policy, was) in
            ["policies"].iter().flat_map(|_| 0..4).map(|index| (index, &old["policies"][index]))
        {
            summary["policies"][policy]["metrics"] = was["metrics"].clone();
        }
        summary["policies"][0]["metrics"]["relogins"] = 2.into();
    });
    for (folder, ends) in [(&old, [0, 5]), (&new, [1, 6])] {
        edit(&format!("{folder}/summary.json"), |summary| {
            summary["policies"][0]["intervals"]["relogins"] = serde_json::json!(ends);
        });
    }
    let diff = relogin(&["diff", &old, &new]).expect(3).says(&["relogins went from 1 to 2"]);
    assert!(diff.stdout.contains("worse, intervals overlap"), "{}", diff.stdout);
    relogin(&["diff", &old, &new, "--beyond-noise"]).expect(0);
    edit(&file, |summary| {
        summary["policies"][0]["intervals"]["relogins"] = serde_json::json!([50, 60])
    });
    let diff = relogin(&["diff", &old, &new, "--beyond-noise"]).expect(3);
    assert!(diff.stdout.contains("worse, intervals apart"), "{}", diff.stdout);
}

#[test]
fn what_only_one_of_both_has_is_told() {
    let folder = scratch();
    let (old, new) = two(&folder, &[]);
    let file = format!("{new}/summary.json");
    edit(&file, |summary| {
        summary["policies"][1]["name"] = "later".into();
        summary["policies"][0]["metrics"].as_object_mut().expect("metrics").shift_remove("uses");
        summary["policies"][0]["metrics"]["of.the.future"] = 7.into();
        summary["seed"] = 9.into();
        summary["activity"]["users"] = 99.into();
        summary["partial"] = "interrupted".into();
    });
    let told = relogin(&["diff", &old, &new]).expect(0).says(&[
        "policy hour is only in the old summary",
        "policy later is only in the new summary",
        "seed: 1 before, 9 now",
        "activity.users: 2 before, 99 now",
        "the new result is partial: interrupted",
    ]);
    assert!(
        told.stdout.contains("vanished") && told.stdout.contains("appeared"),
        "{}",
        told.stdout
    );
    relogin(&["diff", &old, &new, "--any-change"]).expect(3).says(&["policy hour is only"]);
    edit(&file, |summary| summary["policies"] = Value::Array(Vec::new()));
    relogin(&["diff", &old, &new]).expect(4).says(&["no policy in common"]);
}

#[test]
fn what_is_no_summary_is_told() {
    let folder = scratch();
    let (old, new) = two(&folder, &[]);
    let file = format!("{new}/summary.json");
    let diff = |other: &str| relogin(&["diff", &old, other]);
    let absent = path(&folder, "absent");
    diff(&absent).expect(2).says(&["cannot open", "absent"]);
    let empty = folder.path().display().to_string();
    diff(&empty).expect(2).says(&["cannot open", "summary.json"]);
    diff(&write(&folder, "half.json", "{\n \"schema\": "))
        .expect(4)
        .says(&["half.json:2:", "not JSON"]);
    diff(&write(&folder, "other.json", "{\"schema\": \"relogin.load/1\"}"))
        .expect(4)
        .says(&["no summary"]);
    diff(&write(&folder, "list.json", "[1]")).expect(4).says(&["no summary"]);
    edit(&file, |summary| summary["policies"] = 7.into());
    diff(&new).expect(4).says(&["not as relogin.summary/1 says"]);
    edit(&file, |summary| summary["schema"] = "relogin.summary/2".into());
    diff(&new).expect(4).says(&["relogin.summary/2 is newer", "update relogin"]);
    let scenario = path(&folder, "small.toml");
    diff(&scenario).expect(4).says(&["not JSON"]);
    let over = format!("{old}/summary.json");
    relogin(&["diff", &old, &old, "--junit", &over]).expect(2).says(&["overwrite"]);
}
