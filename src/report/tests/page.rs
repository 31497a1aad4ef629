use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};

use super::fixture;
use crate::description::Description;
use crate::report::charts::charts;
use crate::report::page::html;
use crate::report::{Input, story};
use crate::table::{PolicyTables, Value};

fn page(description: &Description, policies: &[PolicyTables], partial: Option<&str>) -> String {
    let input = Input { description, policies, partial: partial.map(str::to_owned), gates: &[] };
    let drawn: Vec<_> = charts(&input).iter().map(|c| (*c, (c.draw)(&input))).collect();
    html(&input, &drawn).unwrap()
}

/// Hands the page to `look`, parsed as the XML that it also is: so every element is closed.
fn check(page: &str, look: impl FnOnce(&Document<'_>)) {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    look(&Document::parse_with_options(page, options).unwrap_or_else(|e| panic!("{e}\n{page}")));
}

fn all<'a>(document: &'a Document<'a>, name: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.tag_name().name() == name).collect()
}

fn text(node: &Node<'_, '_>) -> String {
    node.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect()
}

#[test]
fn the_page_holds_everything_and_asks_for_nothing() {
    let policies = fixture::office();
    let page = page(&fixture::description(&policies), &policies, None);
    check(&page, |document| {
        assert_eq!(all(document, "svg").len(), 5);
        for svg in all(document, "svg") {
            assert_eq!(svg.attribute("role"), Some("img"));
            assert!(svg.attribute("aria-label").is_some_and(|label| label.len() > 20));
        }
        for element in ["script", "link", "img", "iframe", "object", "base"] {
            assert_eq!(all(document, element).len(), 0, "{element}");
        }
        for node in document.descendants() {
            assert!(node.attribute("style").is_none(), "the policy forbids style attributes");
            assert!(node.attributes().all(|attribute| !attribute.name().starts_with("on")));
            let target = node.attribute("href").unwrap_or("#");
            assert!(target.starts_with('#'), "{target}");
        }
        assert!(all(document, "th").iter().all(|head| head.has_attribute("scope")));
        assert_eq!(all(document, "h1").len(), 1);
        let ids: Vec<&str> = document.descendants().filter_map(|n| n.attribute("id")).collect();
        for link in all(document, "a") {
            assert!(ids.contains(&&link.attribute("href").unwrap()[1..]), "{link:?}");
        }
        let rows: usize = all(document, "tr")
            .iter()
            .map(|row| text(row))
            .filter(|row| row.starts_with("re-logins per user-day, mean"))
            .count();
        assert_eq!(rows, 2, "in the first table and in that of every figure");
        assert!(all(document, "strong").iter().any(|strong| text(strong) == "30m"));
    });
    assert!(page.contains("policy strict: an idle timeout above the absolute one"));
    assert!(!page.contains("Partial result"));
    assert_eq!(page.matches("http").count(), 1 + 5, "http-equiv, and the name of SVG");
}

#[test]
fn a_page_with_bills_has_them_and_their_charts() {
    let mut policies = fixture::office();
    policies[0].name = "<b>today</b>".to_owned();
    let mut description = fixture::description(&policies);
    fixture::bill(&mut policies, &mut description, 1.0);
    let page = page(&description, &policies, None);
    check(&page, |document| {
        assert_eq!(all(document, "svg").len(), 7);
        assert!(all(document, "h2").iter().any(|head| text(head) == "Capacity"));
        let codes = all(document, "code");
        assert!(codes.iter().any(|code| text(code) == "exports/strict/k6.js"));
        assert!(all(document, "th").iter().any(|head| text(head) == "vCPU requested"));
        assert_eq!(all(document, "b").len(), 0);
        let ids: Vec<&str> = document.descendants().filter_map(|n| n.attribute("id")).collect();
        for link in all(document, "a") {
            assert!(ids.contains(&&link.attribute("href").unwrap()[1..]), "{link:?}");
        }
    });
}

#[test]
fn what_files_name_is_escaped() {
    let evil = "</script><script>alert(1)</script><img src=x onerror='a'>\"&";
    let mut policies = fixture::office();
    policies[0].name = evil.to_owned();
    for row in &mut policies[1].relogins {
        row.app = evil.to_owned();
        row.class = evil.to_owned();
    }
    let mut description = fixture::description(&policies);
    let setting = &mut description.policies[0].settings[0];
    for place in [
        &mut description.scenario,
        &mut description.question,
        &mut description.source,
        &mut description.overrides[0],
        &mut description.warnings[0],
        &mut description.activity.source,
        &mut description.workload.timezone,
        &mut setting.key,
        &mut setting.value,
        &mut setting.origin,
        &mut description.version,
    ] {
        *place = evil.to_owned();
    }
    let page = page(&description, &policies, Some(evil));
    check(&page, |document| {
        assert_eq!((all(document, "script").len(), all(document, "img").len()), (0, 0));
        assert_eq!(text(&all(document, "h1")[0]), evil);
        assert!(all(document, "code").iter().any(|code| text(code) == evil));
    });
}

#[test]
fn a_page_is_made_of_whatever_happened() {
    let mut empty = fixture::office();
    fixture::empty(&mut empty);
    let mut one = fixture::office();
    one.truncate(1);
    for policies in [empty, one, fixture::many(12), Vec::new()] {
        let description = fixture::description(&policies);
        check(&page(&description, &policies, Some("cut at noon")), |document| {
            let banner =
                all(document, "p").into_iter().find(|p| p.attribute("role") == Some("alert"));
            assert_eq!(text(&banner.unwrap()), "Partial result. cut at noon");
        });
    }
}

#[test]
fn the_story_compares_in_plain_language() {
    let told = |policies: &[PolicyTables]| {
        let description = fixture::description(policies);
        story::paragraph(&Input { description: &description, policies, partial: None, gates: &[] })
    };
    insta::assert_snapshot!(told(&fixture::office()), @"Under today, people log in again once in 4.3 days of use on average; for 19 users in 20 it is at most once in 2.1 days, and 20% of these re-logins interrupt a task. Under strict it is 2.2 times a day, 9.4 times as often; sessions lie unattended for 50% fewer hours, a revoked user keeps access for 96% less time, and the identity provider’s fullest minute has 42% more requests. Under relaxed it is once in 19 days, 77% less often; sessions lie unattended for 16% more hours, a revoked user keeps access for twice as long, and the identity provider’s fullest minute has 41% fewer requests. If nothing ever expired (never), nobody would log in again. If every use were a login (always), it would be 22 times a day.");
    let mut empty = fixture::office();
    fixture::empty(&mut empty);
    insta::assert_snapshot!(told(&empty), @"No use counts, so there is nothing to compare: the trace is empty, or the warm-up covers all of it.");
    insta::assert_snapshot!(told(&fixture::many(8)), @"Under idle 192h, people log in again once in 14 days of use on average; for 19 users in 20 it is at most once in 6.6 days, and 20% of these re-logins interrupt a task. Under idle 168h it is once in 5.7 days, 2.4 times as often; sessions lie unattended for 4% fewer hours, a revoked user keeps access for 41% less time, and the identity provider’s fullest minute has 31% fewer requests. Under idle 24h it is 0.9 times a day, 12 times as often; sessions lie unattended for 31% fewer hours, a revoked user keeps access for 83% less time, and the identity provider’s fullest minute has 24% fewer requests. The other policies lie between these two. If nothing ever expired (never), nobody would log in again. If every use were a login (always), it would be 22 times a day.");
}

/// Whatever a policy does beside the first, its sentence is true.
#[test]
fn the_story_is_right_for_milder_equal_and_endless_policies() {
    let check = |change: &dyn Fn(&mut [PolicyTables]), sentence: &str| {
        let mut policies = fixture::office();
        change(&mut policies);
        let description = fixture::description(&policies);
        let input =
            Input { description: &description, policies: &policies, partial: None, gates: &[] };
        let told = story::paragraph(&input);
        assert!(told.contains(sentence), "{sentence:?} is not in {told:?}");
    };
    let set = |policy: &mut PolicyTables, name: &str, value: f64| {
        let metric = policy.metrics.iter_mut().find(|metric| metric.name == name).unwrap();
        metric.value = Value::Number(value);
    };
    let rate = "relogins_per_user_day";
    check(&|p| p[1].metrics = p[0].metrics.clone(), "Under strict it is the same.");
    check(
        &|p| {
            p[1].metrics = p[0].metrics.clone();
            let alike = p[0].metric(rate) * 1.01;
            set(&mut p[1], rate, alike);
        },
        "Under strict it is about the same.",
    );
    check(&|p| set(&mut p[1], rate, 0.0), "Under strict, nobody has to; sessions");
    check(
        &|p| {
            set(&mut p[0], rate, 0.0);
            set(&mut p[0], "relogins", 0.0);
        },
        "Under today, nobody is made to log in again. Under strict, people log in again 2.2 times \
         a day of use;",
    );
    check(&|p| p[1].endless_access_tokens = 1, "a revoked user keeps access for good, and");
    check(&|p| p[0].endless_access_tokens = 1, "a revoked user does not keep access for good");
    check(&|p| set(&mut p[0], "relogins.mid_task", 0.0), "none of these re-logins interrupts");
    check(&|p| set(&mut p[0], "relogins.mid_task", 1.0), "hardly any of these re-logins");
    check(&|p| set(&mut p[0], "relogins_per_user_day.p95", 0.0), "; 19 users in 20 never do,");
}
