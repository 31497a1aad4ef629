//! `report.html` of a search for a policy, in the style of the simulator's.

use askama::Template;

use super::{RecommendInput, words};
use crate::description::Description;
use crate::recommended::{ConstraintTold, PolicyTold, Recommendation};
use crate::report::charts::Drawing;
use crate::report::charts::recommend::RecommendChart;
use crate::report::numeral::{measure, whole};
use crate::report::page;
use crate::report::page::{Figure, STYLE, STYLE_HASH, Section, figure};
use crate::table::PolicyTables;

#[derive(Template)]
#[template(path = "recommend.html", config = "src/report/askama.toml")]
struct Page<'a> {
    style: &'static str,
    style_hash: &'static str,
    about: &'a Description,
    found: &'a Recommendation,
    story: Vec<String>,
    /// Settings, objectives and regret, a column for each policy told of.
    rows: Vec<(String, Vec<String>)>,
    sections: Vec<Section>,
    constraints: Vec<ConstraintRow<'a>>,
    charts: Vec<Figure<'a>>,
    facts: Vec<(&'static str, String)>,
}

struct ConstraintRow<'a> {
    told: &'a ConstraintTold,
    today: String,
    chosen: String,
    step: String,
}

/// The page, whole.
pub(super) fn html(
    input: &RecommendInput<'_>,
    drawn: &[(&RecommendChart, Drawing)],
) -> Result<String, String> {
    let found = input.found;
    let tables: Vec<PolicyTables> = found.policies.iter().map(|p| p.tables.clone()).collect();
    let page = Page {
        style: STYLE,
        style_hash: STYLE_HASH,
        about: input.description,
        found,
        story: words::paragraph(found),
        rows: rows(found),
        sections: page::first_sections(&tables),
        constraints: found.constraints.iter().map(constraint).collect(),
        charts: drawn.iter().map(|(c, drawing)| figure(c.name, c.about, drawing)).collect(),
        facts: facts(input),
    };
    page.render().map_err(|error| error.to_string())
}

/// What is told of each policy besides its figures: settings, objectives, and the regret.
pub(super) fn rows(found: &Recommendation) -> Vec<(String, Vec<String>)> {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let mut row = |name: String, cell: &dyn Fn(&PolicyTold) -> String| {
        rows.push((name, found.policies.iter().map(cell).collect()));
    };
    let number = |value: f64| if value.is_finite() { measure(value) } else { "no end".to_owned() };
    for (index, axis) in found.axes.iter().enumerate() {
        row(words::setting(&axis.key), &|policy| match words::bare(&policy.at.values[index]) {
            empty if empty.is_empty() => "–".to_owned(),
            value => value,
        });
    }
    let weight = match found.mid_task_weight {
        1.0 => String::new(),
        weight => format!(", mid-task × {}", measure(weight)),
    };
    row(format!("people: re-logins per user-day{weight}"), &|policy| number(policy.at.people));
    row("load: requests per user-day".to_owned(), &|policy| number(policy.at.load));
    row("exposure: hours per user-day".to_owned(), &|policy| number(policy.at.exposure));
    if !["people", "load", "exposure", "knee"].contains(&found.minimise.as_str()) {
        let name = format!("{} (to be least)", found.minimise);
        row(name, &|policy| policy.at.least.map_or("–".to_owned(), number));
    }
    row("re-logins".to_owned(), &|policy| whole(policy.regret.relogins));
    row("the fewest that would do, gaps known".to_owned(), &|policy| whole(policy.regret.fewest));
    rows
}

fn constraint(told: &ConstraintTold) -> ConstraintRow<'_> {
    let cell = |value: f64, held: bool, findings: &[String]| match told.source.is_empty() {
        true if value.is_finite() => measure(value),
        true => "no end".to_owned(),
        false => match (held, findings.is_empty()) {
            (true, true) => "kept".to_owned(),
            (true, false) => format!("kept; {}", findings.join("; ")),
            (false, _) => findings.join("; "),
        },
    };
    let step = told.gain.as_ref().map_or_else(String::new, |gain| {
        let least = format!("{} → {}", measure(gain.from_least), measure(gain.to_least));
        match told.source.is_empty() {
            true => format!("at {}: {least}", measure(gain.to)),
            false => format!("without it: {least}"),
        }
    });
    ConstraintRow {
        told,
        today: cell(told.today, told.today_holds, &told.today_findings),
        chosen: cell(told.chosen, told.chosen_holds, &told.chosen_findings),
        step,
    }
}

fn facts(input: &RecommendInput<'_>) -> Vec<(&'static str, String)> {
    let found = input.found;
    let evaluated = found.evaluated;
    let mut facts = vec![
        ("In the place of", found.policy.clone()),
        ("To be least", found.minimise.clone()),
        ("Policies of the grid", whole(evaluated.grid as u64)),
        ("Policies tried around the best", whole(evaluated.refined as u64)),
        ("Hold every constraint", whole(evaluated.satisfying as u64)),
        ("On the front", whole(found.front.len() as u64)),
    ];
    facts.extend(page::facts(input.description));
    facts
}
