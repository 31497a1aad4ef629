//! What `[[workload.class]]` makes of synthetic users.

use super::super::{Source, parse};
use super::values::{LEAST, parsed};
use crate::model::{Instant, Span};
use crate::trace::synthetic::patterns::{self, plain};
use crate::trace::synthetic::{Class, Component, Distribution, Poll};

/// The only class of a scenario whose `[[workload.class]]` holds `text`.
fn class(text: &str) -> Class {
    let text = format!("{LEAST}\n[[workload.class]]\nname = \"x\"\n{text}");
    match parsed(&text, &[]).workload.source {
        Source::Synthetic(people) => people.classes.into_iter().next().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_class_is_the_plain_one_with_what_is_said() {
    let check = |text: &str, expected: Class| {
        let expected = Class { name: "x".to_owned(), ..expected };
        assert_eq!(class(text), expected, "{text}");
    };
    let log_normal = |weight: f64, median: f64, sigma: f64| Component { weight, median, sigma };
    check("", plain());
    check("pattern = \"office-hours\"", (patterns::find("office-hours").unwrap().class)());
    check("share = 2", Class { share: 2.0, ..plain() });
    check("visits_per_active_day = 3.5", Class { visits_per_active_day: Some(3.5), ..plain() });
    check("visits_per_active_day = \"none\"", Class { visits_per_active_day: None, ..plain() });
    let weekend = [false, false, false, false, false, true, true];
    check("active_days = [\"sun\", \"sat\"]", Class { active_days: weekend, ..plain() });
    let zones = vec![("Asia/Tokyo".to_owned(), 1.0), ("Europe/Berlin".to_owned(), 0.6)];
    check(
        "time_zones = { \"Europe/Berlin\" = 0.6, \"Asia/Tokyo\" = 1 }",
        Class { time_zones: zones, ..plain() },
    );
    check("devices = { pc = 1 }", Class { devices: vec![("pc".to_owned(), 1.0)], ..plain() });
    check("apps = { web = 3 }", Class { apps: vec![("web".to_owned(), 3.0)], ..plain() });
    check("stickiness = 1", Class { stickiness: 1.0, ..plain() });
    check("actions_per_visit = 2.5", Class { actions_per_visit: 2.5, ..plain() });
    check("spread = 0.5", Class { spread: 0.5, ..plain() });
    check("logout = 0.25\nclose = 0.75", Class { logout: 0.25, close: 0.75, ..plain() });
    let exponential = Distribution::Exponential { mean: 86_400_000.0 };
    check("absence = { mean = \"1d\" }", Class { absence: exponential, ..plain() });
    let mixture = vec![log_normal(2.0, 1_000.0, 0.5), log_normal(1.0, 60_000.0, 1.0)];
    check(
        "gap = [{ weight = 2, median = \"1s\", sigma = 0.5 }, { median = \"1m\", sigma = 1 }]",
        Class { gap: Distribution::LogNormal(mixture), ..plain() },
    );
    // 2026-01-01 is the day 20454; dates are kept in order, each once.
    check(
        "holidays = [2026-01-02, \"2026-01-01\", \"2026-01-02\"]",
        Class { holidays: vec![20_454, 20_455], ..plain() },
    );
    let poll = Poll {
        app: "web".to_owned(),
        api: "b".to_owned(),
        every: Span::from_mins(5),
        stays: Span::from_hours(1),
    };
    check(
        "poll = { app = \"web\", api = \"b\", every = \"5m\", stays = \"1h\" }",
        Class { polls: vec![poll], ..plain() },
    );
}

#[test]
fn hours_are_of_a_day_of_a_week_or_of_both_halves() {
    let numbers = |of: fn(usize) -> usize, count: usize| {
        let numbers: Vec<String> = (0..count).map(|hour| of(hour).to_string()).collect();
        format!("[{}]", numbers.join(", "))
    };
    let day = numbers(|hour| hour, 24);
    let check = |hours: String, expected: fn(usize) -> f64| {
        let found = class(&format!("hours = {hours}")).hours;
        let expected: [f64; 168] = std::array::from_fn(expected);
        assert_eq!(*found, expected, "{hours}");
    };
    check(day.clone(), |hour| (hour % 24) as f64);
    check(numbers(|hour| hour, 168), |hour| hour as f64);
    let ones = numbers(|_| 1, 24);
    check(format!("{{ weekday = {day}, weekend = {ones} }}"), |hour| {
        if hour < 120 { (hour % 24) as f64 } else { 1.0 }
    });
}

#[test]
fn activity_starts_on_a_date_or_at_an_instant() {
    let check = |start: &str, expected: i64| {
        let text = format!("[workload]\nstart = {start}\nspan = \"1w\"\n{LEAST}");
        let text = format!("{text}\n[[workload.class]]\nname = \"x\"\n");
        let Source::Synthetic(people) = parsed(&text, &[]).workload.source else { panic!() };
        assert_eq!(people.start, Instant::from_millis(expected), "{start}");
        assert_eq!((people.users, people.span), (1_000, Span::from_days(7)));
    };
    check("\"2026-01-05\"", 1_767_571_200_000);
    check("2026-01-05", 1_767_571_200_000);
    check("\"2026-01-05T01:00:00+01:00\"", 1_767_571_200_000);
    check("2026-01-05T00:00:00.250Z", 1_767_571_200_250);
}

#[test]
fn a_pattern_names_its_class() {
    let text = format!("{LEAST}\n[[workload.class]]\npattern = \"office-hours\"\n");
    let name = (patterns::find("office-hours").unwrap().class)().name;
    let share = format!("workload.class.{name}.share=0.25");
    let Source::Synthetic(people) = parsed(&text, &[&share]).workload.source else { panic!() };
    assert_eq!((people.classes[0].name.as_str(), people.classes[0].share), (name.as_str(), 0.25));

    let twice = format!("{text}[[workload.class]]\npattern = \"office-hours\"\n");
    let errors = parse("x.toml", &twice, &[]).unwrap_err().to_string();
    assert!(errors.contains(&format!("two [[workload.class]] are called `{name}`")), "{errors}");
}
