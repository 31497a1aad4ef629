//! Thresholds: exit status 3 after every file is written, and the files for continuous integration.

use std::fs;

use serde_json::Value;

use crate::program::*;

/// The small scenario with thresholds; gives its path.
fn gated(folder: &tempfile::TempDir, thresholds: &str) -> String {
    small(folder);
    let text = SMALL.replacen("[workload]", &format!("[thresholds]\n{thresholds}\n[workload]"), 1);
    write(folder, "gated.toml", &text)
}

const BOTH: &str = r#""day.relogins" = "<= 1"
"hour - day: relogins" = "< 50 %"
"hour.login.idle" = "< 2""#;

#[test]
fn a_broken_threshold_is_status_3_after_every_file_is_written() {
    let folder = scratch();
    let scenario = gated(&folder, BOTH);
    let (out, junit) = (path(&folder, "out"), path(&folder, "deep/junit.xml"));
    let (github, sarif) = (path(&folder, "summary.md"), path(&folder, "out.sarif"));
    let run = [
        "run",
        &scenario,
        "--out",
        &out,
        "--junit",
        &junit,
        "--github-summary",
        &github,
        "--sarif",
        &sarif,
    ];
    let finished = relogin(&run).expect(3);
    assert!(finished.stdout.contains("BROKEN") && finished.stdout.contains("never"));
    let finished =
        finished.says(&["2 of 3 thresholds broke", "gated.toml:6: hour - day: relogins is"]);
    assert!(!finished.stderr.contains("day.relogins"), "{}", finished.stderr);

    let written = files(&folder.path().join("out"));
    assert_eq!(written.len(), 15, "{:?}", written.keys());
    let page = fs::read_to_string(folder.path().join("out/report.html")).expect("a page");
    assert!(page.contains("2 of 3 thresholds broke:") && page.contains("id=\"thresholds\""));
    let summary: Value =
        serde_json::from_slice(&written[std::path::Path::new("summary.json")]).expect("JSON");
    let gates = summary["gates"].as_array().expect("gates");
    let held: Vec<bool> =
        gates.iter().map(|gate| gate["held"].as_bool().expect("a verdict")).collect();
    assert_eq!(held, [true, false, false]);
    assert_eq!((&gates[1]["unit"], &gates[1]["other"]), (&"%".into(), &"day".into()));

    let log: Value =
        serde_json::from_str(&fs::read_to_string(&sarif).expect("SARIF")).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!((log["version"].as_str(), results.len()), (Some("2.1.0"), 2));
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], 6);
    assert!(place["artifactLocation"]["uri"].as_str().expect("a URI").ends_with("gated.toml"));

    let text = fs::read_to_string(&junit).expect("JUnit");
    let document = roxmltree::Document::parse(&text).expect("XML");
    let all = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!((all("testsuite"), all("testcase"), all("failure")), (1, 3, 2));
    let suite = document.root_element();
    assert_eq!((suite.attribute("tests"), suite.attribute("failures")), (Some("3"), Some("2")));
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).expect("one");
    let message = failure.attribute("message").expect("a message");
    assert!(message.contains("hour - day: relogins is") && message.contains("< 50 %"), "{message}");

    let markdown = fs::read_to_string(&github).expect("Markdown");
    assert!(markdown.contains("2 of 3 thresholds broken") && markdown.contains("| day | hour |"));
    relogin(&run).expect(3);
    let appended = fs::read_to_string(&github).expect("Markdown");
    assert_eq!(appended, markdown.repeat(2), "the summary is appended to");
}

#[test]
fn thresholds_that_hold_are_status_0() {
    let folder = scratch();
    let scenario = gated(&folder, "relogins = \"< 100\"\nday.uses = \"= 5\"");
    let (out, junit) = (path(&folder, "out"), path(&folder, "junit.xml"));
    let run = relogin(&["run", &scenario, "--out", &out, "--junit", &junit]).expect(0);
    assert!(run.stdout.contains("held    day: uses is 5 uses, and must be = 5"), "{}", run.stdout);
    // Without a policy's name, every one that is no baseline is meant.
    let text = fs::read_to_string(&junit).expect("JUnit");
    assert!(text.contains("tests=\"3\" failures=\"0\"") && !text.contains("never"), "{text}");
    let set = "thresholds.\"day.uses\"=> 5";
    let run = relogin(&["run", &scenario, "--out", &out, "--set", set]).expect(3);
    run.says(&["1 of 3 thresholds broke", "--set: day: uses is 5 uses, and must be > 5"]);
}

#[test]
fn a_scenario_without_thresholds_has_an_empty_suite() {
    let folder = scratch();
    let (scenario, junit) = (small(&folder), path(&folder, "junit.xml"));
    let out = path(&folder, "out");
    relogin(&["run", &scenario, "--out", &out, "--junit", &junit]).expect(0);
    let text = fs::read_to_string(&junit).expect("JUnit");
    roxmltree::Document::parse(&text).expect("XML");
    assert!(text.contains("tests=\"0\""), "{text}");
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).expect("a summary");
    assert!(!summary.contains("gates"));
}

#[test]
fn a_replay_judges_what_the_run_had_to_hold() {
    let folder = scratch();
    let scenario = gated(&folder, BOTH);
    let (out, again, log) =
        (path(&folder, "out"), path(&folder, "again"), path(&folder, "log.csv"));
    relogin(&["run", &scenario, "--out", &out, "--events", &log]).expect(3);
    let junit = path(&folder, "junit.xml");
    relogin(&["replay", &log, "--out", &again, "--junit", &junit])
        .expect(3)
        .says(&["2 of 3 thresholds broke"]);
    same_files(&folder.path().join("out"), &folder.path().join("again"));
    assert!(folder.path().join("junit.xml").exists());
}

#[test]
fn the_step_summary_stays_below_what_github_takes() {
    let folder = scratch();
    let scenario = gated(&folder, BOTH);
    let out = path(&folder, "out");
    let github = write(&folder, "summary.md", &"x".repeat(1024 * 1024 - 1_000));
    relogin(&["run", &scenario, "--out", &out, "--github-summary", &github]).expect(3);
    let text = fs::read_to_string(&github).expect("Markdown");
    assert!(text.len() < 1024 * 1024 && text.contains("Cut here"), "{}", text.len());
    let github = write(&folder, "full.md", &"x".repeat(1024 * 1024));
    relogin(&["run", &scenario, "--out", &out, "--github-summary", &github]).expect(3);
    assert_eq!(fs::read_to_string(&github).expect("Markdown").len(), 1024 * 1024);
}

#[test]
fn places_that_cannot_be_are_told_before_the_run() {
    let folder = scratch();
    let scenario = gated(&folder, BOTH);
    let out = path(&folder, "out");
    let run = |more: &[&str]| relogin(&[&["run", &scenario, "--out", &out], more].concat());
    run(&["--junit", &scenario]).expect(2).says(&["--junit", "overwrite"]);
    run(&["--sarif", &scenario]).expect(2).says(&["--sarif", "overwrite"]);
    run(&["--github-summary", &scenario]).expect(2).says(&["--github-summary", "overwrite"]);
    let beside = folder.path().display().to_string();
    run(&["--junit", &beside]).expect(2).says(&["is a folder"]);
    run(&["--github-summary", &beside]).expect(2).says(&["cannot append"]);
    assert!(!folder.path().join("out").exists());
    let text = fs::read(&scenario).expect("a scenario");
    let sarif = path(&folder, "a.sarif");
    let from_pipe =
        ["run", "-", "--trace", &path(&folder, "small.csv"), "--out", &out, "--sarif", &sarif];
    relogin_fed(&from_pipe, &text).expect(2).says(&["--sarif", "standard input"]);
}

#[test]
fn what_a_threshold_cannot_mean_is_told_with_its_line() {
    for (threshold, says) in [
        ("\"dya.relogins\" = \"< 1\"", ["gated.toml:5", "no policy `dya`", "`day`"]),
        ("day.relogin = \"< 1\"", ["gated.toml:5", "no figure `relogin`", "`relogins`"]),
        ("relogins = 1", ["gated.toml:5", "compared with nothing", "<= 0.2"]),
        ("relogins = \"< 1 %\"", ["gated.toml:5", "percent of what", "differences"]),
        ("relogins = [1]", ["gated.toml:5", "expected a bound", "<= 0.2"]),
    ] {
        let folder = scratch();
        let scenario = gated(&folder, threshold);
        let out = path(&folder, "out");
        relogin(&["run", &scenario, "--out", &out]).expect(2).says(&says);
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn the_schema_of_a_summary_is_published() {
    let printed = relogin(&["schema", "summary"]).expect(0).stdout;
    let published = fs::read_to_string(root().join("schemas/summary.schema.json")).expect("it");
    assert_eq!(printed, published, "relogin schema summary > schemas/summary.schema.json");
    let schema: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(schema["properties"]["schema"]["const"], "relogin.summary/1");
    let scenario = relogin(&["schema", "scenario"]).expect(0).stdout;
    assert_eq!(scenario, relogin(&["schema"]).expect(0).stdout);
    relogin(&["schema", "summary", "--format", "markdown"]).expect(2).says(&["--format"]);
}
