//! `relogin compare`, from outside.

use std::fs;

use serde_json::Value;

use crate::program::*;

/// Forty people at work under two policies that differ in their idle timeout alone.
const SCENARIO: &str = r#"
# Would half an hour do?
[workload]
users = 40
span = "2w"

[[workload.class]]
name = "office"
pattern = "office-hours"

[[policy]]
name = "day"
session = { idle_timeout = "8h" }
api.orders.access_token_lifetime = "5m"
app.web = {}

[[policy]]
name = "half-hour"
session = { idle_timeout = "30m" }
api.orders.access_token_lifetime = "5m"
app.web = {}
"#;

fn compared(scenario: &str, second: &str, more: &[&str]) -> (Finished, Value, String) {
    let out = scratch();
    let dir = out.path().to_str().expect("UTF-8").to_owned();
    let mut arguments = vec!["compare", scenario, second, "--out", &dir];
    arguments.extend(more);
    let finished = relogin(&arguments).expect(0);
    let read = |name: &str| fs::read_to_string(out.path().join(name)).expect(name);
    let json = serde_json::from_str(&read("compare.json")).expect("JSON");
    assert!(read("compare.csv").starts_with("metric,unit,first,second,difference,low,high\n"));
    (finished, json, read("compare.md"))
}

#[test]
fn a_difference_comes_with_its_interval_and_with_whom_it_hits() {
    let folder = scratch();
    let scenario = write(&folder, "s.toml", SCENARIO);
    let (finished, json, markdown) = compared(&scenario, "#half-hour", &[]);
    let answer = "Shortening the idle timeout from 8 hours to 30 minutes costs the median user ";
    assert!(finished.stdout.starts_with(answer), "{}", finished.stdout);
    assert!(markdown.starts_with("### half-hour instead of day\n\n") && markdown.contains(answer));
    assert_eq!((&json["schema"], &json["paired"]), (&"relogin.compare/1".into(), &true.into()));
    let own = &json["differences"]["relogins_per_user_day"];
    let [value, low, high] = [0, 1, 2].map(|place| own[place].as_f64().expect("a number"));
    assert!(0.0 < low && low < value && value < high, "{own}");
    let metric = |side: usize| {
        json["sides"][side]["metrics"]["relogins_per_user_day"].as_f64().expect("a number")
    };
    assert_eq!(value, metric(1) - metric(0));
    let people = &json["people"];
    assert_eq!((&people["better"], &people["most_hit"]["people"]), (&0.into(), &1.into()));
    assert_eq!(json["classes"][0]["people"], 40);
}

#[test]
fn the_same_in_a_run_of_both_and_with_any_number_of_threads() {
    let folder = scratch();
    let scenario = write(&folder, "s.toml", SCENARIO);
    let one = compared(&scenario, "#half-hour", &["--jobs", "1", "--format", "json"]).0.stdout;
    let three = compared(&scenario, "#half-hour", &["--jobs", "3", "--format", "json"]).0.stdout;
    assert_eq!(one, three);
    let run = scratch();
    let dir = run.path().to_str().expect("UTF-8");
    relogin(&["run", &scenario, "--out", dir]).expect(0);
    let summary = fs::read(run.path().join("summary.json")).expect("summary.json");
    let summary: Value = serde_json::from_slice(&summary).expect("JSON");
    let compared: Value = serde_json::from_str(&one).expect("JSON");
    assert_eq!(summary["policies"][1]["differences"], compared["differences"]);
}

#[test]
fn people_of_two_files_with_the_same_activity_are_the_same() {
    let folder = scratch();
    let first = write(&folder, "one.toml", SCENARIO);
    let second = write(&folder, "two.toml", &SCENARIO.replace("30m", "20m"));
    let (_, json, markdown) = compared(&first, &format!("{second}#half-hour"), &[]);
    assert_eq!(json["paired"], true);
    assert!(markdown.starts_with("### half-hour (two) instead of day (one)\n"), "{markdown}");
}

#[test]
fn people_of_different_activity_are_not_paired_and_intervals_are_wider() {
    let folder = scratch();
    let first = write(&folder, "one.toml", SCENARIO);
    let other = SCENARIO.replace("[workload]", "[scenario]\nseed = 2\n[workload]");
    let second = write(&folder, "two.toml", &other);
    let width = |json: &Value| {
        let own = &json["differences"]["relogins"];
        own[2].as_f64().expect("a number") - own[1].as_f64().expect("a number")
    };
    let (_, paired, _) = compared(&first, "#half-hour", &[]);
    let (_, unpaired, markdown) = compared(&first, &format!("{second}#half-hour"), &[]);
    assert_eq!(unpaired["paired"], false);
    assert!(width(&unpaired) > width(&paired), "{unpaired} {paired}");
    assert!(markdown.contains("The people are not the same on both sides"), "{markdown}");
}

#[test]
fn a_comparison_with_itself_and_with_nothing_are_told() {
    let folder = scratch();
    let scenario = write(&folder, "s.toml", SCENARIO);
    relogin(&["compare", &scenario, "#day"]).expect(2).says(&["both are the policy `day`"]);
    let unknown = relogin(&["compare", &scenario, "#week"]).expect(2);
    unknown.says(&["has no policy `week`", "`day`, `half-hour`"]);
    relogin(&["compare", &scenario, "none.toml"]).expect(2).says(&["none.toml"]);
}

#[test]
fn stored_results_are_held_against_each_other_with_care() {
    let folder = scratch();
    let scenario = write(&folder, "s.toml", SCENARIO);
    let out = scratch();
    let dir = out.path().to_str().expect("UTF-8").to_owned();
    relogin(&["run", &scenario, "--out", &dir]).expect(0);
    let (_, paired, _) = compared(&scenario, "#half-hour", &[]);
    let (_, stored, markdown) = compared(&dir, "#half-hour", &[]);
    assert_eq!(stored["paired"], false);
    let of = |json: &Value, place: usize| {
        json["differences"]["relogins_per_user_day"][place].as_f64().expect("a number")
    };
    assert_eq!(of(&stored, 0), of(&paired, 0));
    assert!(of(&stored, 2) - of(&stored, 1) > of(&paired, 2) - of(&paired, 1));
    assert!(markdown.contains("Stored results tell of no person"), "{markdown}");
    relogin(&["compare", &dir, &scenario]).expect(2).says(&["name two of a kind"]);
    relogin(&["compare", &dir, "#week"]).expect(2).says(&["no policy `week`"]);
}
