use std::path::Path;

use resvg::usvg::roxmltree::{Document, Node};

use super::text::{Type, width};
use super::*;
use crate::report::tests::fixture;
use crate::table::{Load, PolicyTables, SessionsAlive, Value};

/// What a chart may be given: how it is called, and the policies.
fn sets() -> Vec<(&'static str, Vec<PolicyTables>)> {
    let mut one = fixture::office();
    one.truncate(1);
    let mut long = fixture::many(12);
    for policy in &mut long {
        policy.name = format!("{:W<52}{}", "a long name <&\"'> \u{1b}[31m", policy.name);
    }
    let mut empty = fixture::office();
    fixture::empty(&mut empty);
    let mut spared = fixture::office();
    for policy in &mut spared {
        spare(policy);
    }
    let mut single = fixture::office();
    for policy in &mut single {
        single_bucket(policy);
    }
    let mut huge = fixture::office();
    for policy in &mut huge {
        grow(policy);
    }
    vec![
        ("office", fixture::office()),
        ("one policy", one),
        ("six policies", fixture::many(6)),
        ("twelve policies", fixture::many(12)),
        ("thirty policies", fixture::many(20)),
        ("long names", long),
        ("nothing happened", empty),
        ("no re-login", spared),
        ("a single bucket", single),
        ("huge numbers", huge),
        ("baselines only", fixture::office().split_off(3)),
        ("no policy", Vec::new()),
    ]
}

fn spare(policy: &mut PolicyTables) {
    for metric in &mut policy.metrics {
        if metric.name.starts_with("relogins") {
            metric.value = Value::Number(0.0);
        }
        if ["login.idle", "login.absolute", "login.closed"].contains(&metric.name) {
            metric.value = Value::Count(0);
        }
    }
    policy.people = vec![(0.0, 1_234)];
}

fn single_bucket(policy: &mut PolicyTables) {
    let (index, counts) = policy.load.buckets[0];
    let load = &policy.load;
    policy.load =
        Load { first: index, last: index, buckets: vec![(index, counts)], ..load.clone() };
    policy.sessions = vec![SessionsAlive { start: fixture::START, most: 1, fewest: 0 }];
    policy.logins_by_hour.truncate(1);
}

fn grow(policy: &mut PolicyTables) {
    for (_, counts) in &mut policy.load.buckets {
        counts[1] = counts[1].saturating_mul(98_765_432_101);
    }
    for alive in &mut policy.sessions {
        alive.most = alive.most.saturating_mul(98_765_432_101);
    }
    for (value, _) in &mut policy.people {
        *value *= 1e5;
    }
    for metric in &mut policy.metrics {
        if let Value::Number(number) = &mut metric.value {
            *number *= 1e5;
        }
    }
}

/// Draws every chart of a set and hands it, parsed, to `look`.
fn check(look: impl Fn(&str, &Drawing, &Document<'_>)) {
    for (set, mut policies) in sets() {
        let mut description = fixture::description(&policies);
        fixture::bill(&mut policies, &mut description, 1.0);
        let partial = (set == "long names").then(|| "interrupted".to_owned());
        let input = Input { description: &description, policies: &policies, partial, gates: &[] };
        for chart in charts(&input) {
            let drawing = (chart.draw)(&input);
            let document = Document::parse(&drawing.svg);
            let document = document.unwrap_or_else(|e| panic!("{}, {set}: {e}", chart.name));
            look(&format!("{}, {set}", chart.name), &drawing, &document);
        }
    }
}

/// A text of a chart and the box that it fills, in units of the sheet.
struct Label {
    text: String,
    left: f64,
    right: f64,
    middle: f64,
    size: f64,
}

fn labels(document: &Document<'_>) -> Vec<Label> {
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    texts.map(|node| label(&node)).collect()
}

fn label(node: &Node<'_, '_>) -> Label {
    let number = |name| node.attribute(name).unwrap().parse::<f64>().unwrap() / 4.0;
    let text = node.text().unwrap().trim().to_owned();
    let (x, size) = (number("x"), number("font-size"));
    let wide = width(&text, Type { size, bold: node.attribute("font-weight") == Some("bold") });
    let left = match node.attribute("text-anchor").unwrap() {
        "start" => x,
        "middle" => x - wide / 2.0,
        _ => x - wide,
    };
    Label { text, left, right: left + wide, middle: number("y") - 0.1 * size, size }
}

#[test]
fn every_chart_is_drawn_from_whatever_it_is_given() {
    check(|what, drawing, document| {
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"), "{what}");
        let said = root.attribute("aria-label").unwrap();
        assert!(said.starts_with(&crate::report::numeral::plain(&drawing.title)), "{what}: {said}");
        assert!(!drawing.title.contains("NaN") && !drawing.title.contains("inf"), "{what}");
        assert!(document.descendants().filter(|node| node.has_tag_name("text")).count() >= 3);
        for row in &drawing.behind.rows {
            assert_eq!(row.len(), drawing.behind.columns.len(), "{what}");
        }
    });
}

#[test]
fn no_label_lies_on_another_or_leaves_the_sheet() {
    check(|what, _, document| {
        let labels = labels(document);
        for (index, label) in labels.iter().enumerate() {
            let text = &label.text;
            assert!(label.left >= 0.0 && label.right <= 1_600.0, "{what}: {text:?} is cut off");
            assert!(label.middle > 0.0 && label.middle < 900.0, "{what}: {text:?} is cut off");
            for other in &labels[index + 1..] {
                let across = label.left < other.right && other.left < label.right;
                // Capitals are 0.73 of the size high; descenders may reach between the lines.
                let high = 0.36 * (label.size + other.size);
                let down = (label.middle - other.middle).abs() < high;
                assert!(!(across && down), "{what}: {text:?} lies on {:?}", other.text);
            }
        }
    });
}

#[test]
fn what_is_drawn_stays_on_the_sheet() {
    check(|what, _, document| {
        for node in document.descendants().filter(|node| node.has_attribute("points")) {
            for pair in node.attribute("points").unwrap().split_whitespace() {
                let (x, y) = pair.split_once(',').unwrap();
                let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
                assert!((0..=6_400).contains(&x) && (0..=3_600).contains(&y), "{what}: {pair}");
            }
        }
    });
}

fn titles(policies: &[PolicyTables]) -> String {
    let description = fixture::description(policies);
    let input = Input { description: &description, policies, partial: None, gates: &[] };
    CHARTS.map(|chart| (chart.draw)(&input).title).join("\n")
}

#[test]
fn titles_say_what_is_seen() {
    insta::assert_snapshot!(titles(&fixture::office()), @r"
strict: 2.2 re-logins per user-day, 9.4× as many as today
strict: 1 user in 20 logs in again 6.1 times a day or more (today: 0.65)
strict peaks at 84 requests a minute, 42% more than today
Wednesdays at 09:00 see the most logins: 381 an hour under strict, 5.8× the mean
strict: at most 403 sessions at once, 50% fewer than today
");
    insta::assert_snapshot!(titles(&fixture::office()[..1]), @r"
today: 0.23 re-logins per user-day, 74% by idle timeout
today: 1 user in 20 logs in again 0.65 times a day or more, half of all at most 0.096 times
today: the identity provider’s peak is 59 requests a minute
Wednesdays at 09:00 see the most logins: 52 an hour under today, 7.2× the mean
today: at most 812 sessions at once
");
}

#[test]
fn titles_are_true_of_policies_that_hardly_differ() {
    let mut policies = fixture::office();
    policies.truncate(2);
    policies[1] = PolicyTables { name: "twin".to_owned(), ..policies[0].clone() };
    insta::assert_snapshot!(titles(&policies), @"
Every policy: 0.23 re-logins per user-day
Every policy: 1 user in 20 logs in again 0.65 times a day or more, half of all at most 0.096 times
Every policy peaks at 59 requests a minute
Wednesdays at 09:00 see the most logins: 52 an hour under today, 7.2× the mean
Every policy peaks at 812 sessions at once
");
    for policy in &mut policies {
        policy.logins_by_hour = vec![0, 3, 0, 1];
    }
    assert!(titles(&policies).contains("Logins are few: 4 under today"));
    let mut milder = fixture::office();
    milder.swap(0, 1);
    insta::assert_snapshot!(titles(&milder), @"
relaxed: 0.053 re-logins per user-day, 98% fewer than strict
strict: 1 user in 20 logs in again 6.1 times a day or more (relaxed: 0.15)
strict peaks at 84 requests a minute, relaxed at 35
Wednesdays at 09:00 see the most logins: 381 an hour under strict, 5.8× the mean
relaxed: at most 940 sessions at once, 2.3× as many as strict
");
}

#[test]
fn titles_of_bills_say_what_is_seen() {
    let titles = |mut policies: Vec<PolicyTables>| {
        let mut description = fixture::description(&policies);
        fixture::bill(&mut policies, &mut description, 1.0);
        let input =
            Input { description: &description, policies: &policies, partial: None, gates: &[] };
        [capacity::CHART, limits::CHART].map(|chart| (chart.draw)(&input).title).join("\n")
    };
    insta::assert_snapshot!(titles(fixture::office()), @r#"
strict needs 0.13 vCPU, 17% more than today
Only strict exceeds auth0-enterprise: 1% of its requests are refused
"#);
    insta::assert_snapshot!(titles(fixture::office().split_off(2)), @r#"
relaxed needs 0.11 vCPU
relaxed uses 39% of auth0-enterprise at most
"#);
    insta::assert_snapshot!(titles(fixture::office().into_iter().take(1).collect()), @r#"
today needs 0.11 vCPU
today uses 71% of auth0-enterprise at most
"#);
    let mut empty = fixture::office();
    fixture::empty(&mut empty);
    insta::assert_snapshot!(titles(empty), @r#"
Every policy needs 0.1 vCPU
No policy exceeds auth0-enterprise; relaxed uses 0% at most
"#);
}

#[test]
fn a_baseline_far_above_the_policies_is_told_and_not_drawn() {
    let check = |factor: u64, far: bool| {
        let mut policies = fixture::office();
        for alive in &mut policies[3].sessions {
            alive.most *= factor;
        }
        let description = fixture::description(&policies);
        let input =
            Input { description: &description, policies: &policies, partial: None, gates: &[] };
        let svg = (sessions::CHART.draw)(&input).svg;
        let document = Document::parse(&svg).unwrap();
        let label = document.root_element().attribute("aria-label").unwrap();
        assert_eq!(label.contains("Far above: never"), far, "{label}");
        let drawn = labels(&document).iter().any(|label| label.text == "never");
        assert_ne!(drawn, far);
    };
    check(1, false);
    check(10, true);
}

#[test]
fn a_png_is_as_large_as_a_slide_and_the_same_each_time() {
    let policies = fixture::office();
    let description = fixture::description(&policies);
    let input = Input { description: &description, policies: &policies, partial: None, gates: &[] };
    let drawing = (CHARTS[0].draw)(&input);
    let bytes = png(&drawing.svg).unwrap();
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    let size = [16, 20].map(|at| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()));
    assert_eq!(size, [1_600, 900]);
    assert!(bytes.len() > 20_000, "text is missing: {} bytes", bytes.len());
    assert_eq!(png(&drawing.svg).unwrap(), bytes);
}

#[test]
fn every_file_with_a_chart_stands_in_the_registry() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/charts");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file()
            && std::fs::read_to_string(&path).unwrap().contains("\npub(super) const CHART: Chart =")
        {
            found.push(path.file_stem().unwrap().to_str().unwrap().replace('_', "-"));
        }
    }
    found.sort();
    let mut registered: Vec<&str> = CHARTS.iter().map(|chart| chart.name).collect();
    registered.extend([capacity::CHART.name, limits::CHART.name]);
    registered.sort_unstable();
    assert_eq!(found, registered, "a chart's name is its file's, and it has a row in CHARTS");
}
