//! The report of a load test: nothing measured, hostile words, and everything at once.

use super::*;
use crate::measured::{
    ErrorCount, KindMeasured, LoadTest, OutcomeCount, Quantiles, RampLimit, SecondMeasured, Step,
    ThresholdChecked, Whole,
};

fn full() -> LoadTest {
    let times = |p50: f64| Quantiles {
        count: 1_000,
        mean: p50,
        p50,
        p90: 2.0 * p50,
        p95: 3.0 * p50,
        p99: 5.0 * p50,
        p999: 8.0 * p50,
        max: 9.0 * p50,
    };
    let kind = |name: &str| KindMeasured {
        kind: name.to_owned(),
        predicted: 1_000,
        measured: 990,
        started: 1_000,
        completed: 990,
        errors: 10,
        dropped: 0,
        response_ms: times(12.0),
        service_ms: times(8.0),
        curve: vec![(0.0, 1.0), (0.5, 12.0), (0.99, 60.0), (1.0, 108.0)],
        service_curve: vec![(0.0, 1.0), (0.5, 8.0), (1.0, 72.0)],
    };
    let second = |second: u64| SecondMeasured {
        second,
        intended: [10, 0, 90, 0, 0, 0],
        started: [10, 0, 90, 0, 0, 0],
        completed: [9, 0, 90, 0, 0, 0],
        errors: [1, 0, 0, 0, 0, 0],
        in_flight: 3,
        response_ms: [[12.0, 24.0, 60.0, 108.0]; 7],
    };
    LoadTest {
        version: "0.1.0".into(),
        scenario: "shop <script>alert(1)</script>".into(),
        policy: "strict & fair".into(),
        target: "http://127.0.0.1:9/\"x".into(),
        mode: "the schedule in real time".into(),
        kinds: vec![kind("login"), kind("refresh"), kind("all")],
        outcomes: vec![OutcomeCount {
            predicted: "refresh".into(),
            came: "silent".into(),
            count: 3,
        }],
        errors: vec![ErrorCount { kind: "login".into(), error: "<b>http_503".into(), count: 10 }],
        whole: Whole { intended: 1_000, completed: 990, intended_rate: 100.0, ..Whole::default() },
        steps: vec![Step { rate: 50.0, p99_ms: 20.0, held: true, ..Step::default() }],
        limit: Some(RampLimit { held: Some(50.0), broke: None }),
        thresholds: vec![ThresholdChecked {
            name: "login.p99".into(),
            limit: "50ms".into(),
            measured: "60ms".into(),
            held: false,
        }],
        seconds: (0..10).map(second).collect(),
        partial: Some("interrupted after 10 s".into()),
        ..LoadTest::default()
    }
}

fn page(test: &LoadTest) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let files = [("response.hlog".to_owned(), b"log".to_vec())];
    let written = write_load(folder.path(), test, &files).unwrap();
    assert!(written.iter().all(|file| file.is_file()));
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    (folder, page)
}

#[test]
fn words_from_outside_are_text() {
    let (folder, page) = page(&full());
    assert!(!page.contains("<script>") && !page.contains("<b>http"));
    assert_eq!(page.matches("<svg class=\"chart\"").count(), 4);
    assert!(page.contains("A threshold broke") && page.contains("Partial result"));
    for svg in ["latency", "percentiles", "rate", "steps"] {
        let text =
            std::fs::read_to_string(folder.path().join(format!("charts/{svg}.svg"))).unwrap();
        resvg::usvg::Tree::from_str(&text, &resvg::usvg::Options::default()).expect(svg);
    }
    let rows = std::fs::read_to_string(folder.path().join("seconds.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 10 * 3);
    assert_eq!(rows.lines().nth(1), Some("0,login,10,10,9,1,,12.000,24.000,60.000,108.000"));
}

#[test]
fn a_test_without_anything_has_a_report_too() {
    let (_folder, page) = page(&LoadTest::default());
    assert!(page.contains("Nothing came to an answer") && page.contains("Nothing was due"));
    assert_eq!(page.matches("<svg class=\"chart\"").count(), 3);
}

#[test]
fn the_table_tells_what_matters() {
    let table = load_table(&full(), false);
    for words in ["predicted", "3 predicted as refresh came as silent", "10 × <b>http_503 (login)"]
    {
        assert!(table.contains(words), "{words} is not in\n{table}");
    }
    assert!(table.contains("threshold login.p99 = 50ms: 60ms, BROKEN"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
    assert!(load_json(&full()).starts_with("{\n  \"schema\": \"relogin.load/1\""));
}
