//! What continuous integration reads: whole, escaped and within its bounds.

use super::*;
use crate::gate::{Comparison, Gate, Statistic, Threshold, Whose};
use crate::report::Input;
use crate::report::tests::fixture;
use crate::table::Measure;

fn gate(policy: &str, bound: f64, measured: f64) -> Gate {
    let measure = Measure::named("relogins_per_user_day").unwrap();
    let threshold = Threshold {
        name: format!("{policy}.relogins_per_user_day"),
        whose: Whose::Policy(policy.to_owned()),
        measure,
        statistic: Statistic::Value,
        comparison: Comparison::Less,
        bound,
        percent: false,
        line: Some(12),
    };
    let held = measured < bound;
    let policy = policy.to_owned();
    Gate { threshold, policy, other: None, measured: Some(measured), held }
}

fn with<T>(gates: &[Gate], look: impl FnOnce(&Input<'_>) -> T) -> T {
    let policies = fixture::office();
    let description = fixture::description(&policies);
    look(&Input { description: &description, policies: &policies, partial: None, gates })
}

#[test]
fn junit_holds_any_name() {
    let cases = [
        Case {
            name: "a<b & \"c\">\u{1}\n".to_owned(),
            class: "relogin.x".to_owned(),
            failure: Some("1 < 2".to_owned()),
            output: None,
        },
        Case {
            name: "ok".to_owned(),
            class: "relogin.x".to_owned(),
            failure: None,
            output: Some("]]>".to_owned()),
        },
    ];
    insta::assert_snapshot!(junit("x & y", &cases));
}

#[test]
fn the_summary_is_told_in_markdown() {
    let gates = [gate("today", 0.9, 0.5), gate("st|rict*", 0.3, 0.41234567)];
    insta::assert_snapshot!(with(&gates, |input| github_summary(input, SUMMARY_BYTES)));
}

#[test]
fn the_summary_stays_below_its_limit_and_says_so() {
    let gates: Vec<Gate> = (0..500).map(|n| gate(&format!("policy {n}"), 0.3, 0.4)).collect();
    with(&gates, |input| {
        for most in [0, 100, 300, 1_000, 5_000, 20_000] {
            let text = github_summary(input, most);
            assert!(text.len() < most.max(1), "{most}");
            assert_eq!(text.contains("Cut here"), most > 256, "{most}: {text}");
        }
        assert!(!github_summary(input, SUMMARY_BYTES).contains("Cut here"));
    });
}

#[test]
fn sarif_points_at_the_lines() {
    let gates = [gate("today", 0.9, 0.5), gate("strict", 0.3, 0.41)];
    let policies = fixture::office();
    let mut description = fixture::description(&policies);
    description.warnings = vec!["dir/a.toml:7: no effect".to_owned(), "--set x=1: none".to_owned()];
    let input =
        Input { description: &description, policies: &policies, partial: None, gates: &gates };
    let log: serde_json::Value =
        serde_json::from_str(&sarif(&input, "dir/a.toml", "dir/a.toml")).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let told: Vec<String> = results
        .iter()
        .map(|result| {
            let region = &result["locations"][0]["physicalLocation"]["region"]["startLine"];
            format!("{} {region} {}", result["level"], result["message"]["text"])
        })
        .collect();
    assert_eq!(
        told,
        [
            "\"error\" 12 \"strict: relogins_per_user_day is 0.41 logins/user-day, and must be < 0.3\"",
            "\"warning\" 7 \"no effect\"",
            "\"warning\" null \"--set x=1: none\"",
        ]
    );
}
