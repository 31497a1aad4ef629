use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};

use super::fixture;
use crate::description::Description;
use crate::report::charts::CHARTS;
use crate::report::page::html;
use crate::report::{Input, story};
use crate::table::PolicyTables;

fn page(description: &Description, policies: &[PolicyTables], partial: Option<&str>) -> String {
    let input = Input { description, policies, partial: partial.map(str::to_owned) };
    let drawn: Vec<_> = CHARTS.iter().map(|chart| (*chart, (chart.draw)(&input))).collect();
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
        assert_eq!(all(document, "svg").len(), CHARTS.len());
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
    assert_eq!(page.matches("http").count(), 1 + CHARTS.len(), "http-equiv, and the name of SVG");
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
        story::paragraph(&Input { description: &description, policies, partial: None })
    };
    insta::assert_snapshot!(told(&fixture::office()), @"Under today, people log in again 0.23 times per day of use; for 19 users in 20 it is at most 0.49 times, and 20% of these re-logins interrupt a task. strict makes it 2.2 times (9.4× as many); unattended session hours −50%, access after a revocation −96%, the fullest minute at the identity provider +42%. relaxed makes it 0.053 times (−77%); unattended session hours +16%, access after a revocation +100%, the fullest minute at the identity provider −41%. If nothing ever expired (never), nobody would log in again, and sessions would lie open unattended for 70,438 hours. If every use were a login (always), it would be 22 times.");
    let mut empty = fixture::office();
    fixture::empty(&mut empty);
    insta::assert_snapshot!(told(&empty), @"No use counts, so there is nothing to compare: the trace is empty, or the warm-up covers all of it.");
    insta::assert_snapshot!(told(&fixture::many(8)), @"Under idle 192h, people log in again 0.072 times per day of use; for 19 users in 20 it is at most 0.15 times, and 20% of these re-logins interrupt a task. idle 168h makes it 0.17 times (2.4× as many); unattended session hours −4%, access after a revocation −41%, the fullest minute at the identity provider −31%. idle 24h makes it 0.9 times (12× as many); unattended session hours −31%, access after a revocation −83%, the fullest minute at the identity provider −24%. The other policies lie between these two. If nothing ever expired (never), nobody would log in again, and sessions would lie open unattended for 70,438 hours. If every use were a login (always), it would be 22 times.");
}
