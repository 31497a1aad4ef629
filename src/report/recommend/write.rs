//! The files of a search's report.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Map;
use serde_json::Value as Json;

use super::{RecommendInput, page, rows, words};
use crate::recommended::{PolicyTold, Recommendation};
use crate::report::charts::recommend::CHARTS;
use crate::report::staging::Staging;
use crate::report::summary::metrics_json;
use crate::report::write::ReportError;

#[derive(Serialize)]
struct Whole<'a> {
    schema: &'static str,
    version: &'a str,
    scenario: &'a str,
    question: &'a str,
    seed: u64,
    answer: String,
    #[serde(flatten)]
    found: &'a Recommendation,
    metrics: Map<String, Json>,
}

/// Writes the whole report into `dir`, which is made if missing, and tells which files it wrote.
///
/// Files appear together when all are complete, as those of [`write`](crate::report::write) do.
///
/// # Errors
/// If a file or the folder can't be written; then no file of this report is there.
pub fn write_recommendation(
    dir: &Path,
    input: &RecommendInput<'_>,
) -> Result<Vec<PathBuf>, ReportError> {
    let mut staging = Staging::open(dir, &["charts"])?;
    let found = input.found;
    staging.put("recommend.json", |out| out.write_all(recommend_json(input).as_bytes()))?;
    staging.put("front.csv", |out| rows::points(found, true, out))?;
    staging.put("points.csv", |out| rows::points(found, false, out))?;
    staging.put("recommended.toml", |out| out.write_all(toml(input).as_bytes()))?;
    let mut drawn = Vec::new();
    for chart in CHARTS {
        let Some(drawing) = (chart.draw)(input) else { continue };
        staging.put_chart(chart.name, &drawing.svg)?;
        drawn.push((chart, drawing));
    }
    let page = page::html(input, &drawn).map_err(|why| ReportError::Page { why })?;
    staging.put("report.html", |out| out.write_all(page.as_bytes()))?;
    staging.publish()
}

/// The recommended policy or, where there is none, why.
fn toml(input: &RecommendInput<'_>) -> String {
    match &input.found.toml {
        Some(toml) => toml.clone(),
        // An earlier search's policy must not stay behind.
        None => {
            let why = words::paragraph(input.found);
            why.iter().map(|sentence| format!("# {sentence}\n")).collect()
        }
    }
}

/// The content of `recommend.json`, schema `relogin.recommend/1`. Numbers that have no end are
/// `null`. Ends with a newline.
pub fn recommend_json(input: &RecommendInput<'_>) -> String {
    let about = input.description;
    let metrics = |policy: &PolicyTold| {
        (policy.role.to_owned(), Json::Object(metrics_json(&policy.tables.metrics)))
    };
    let whole = Whole {
        schema: "relogin.recommend/1",
        version: &about.version,
        scenario: &about.scenario,
        question: &about.question,
        seed: about.seed,
        answer: words::paragraph(input.found).join(" "),
        found: input.found,
        metrics: input.found.policies.iter().map(metrics).collect(),
    };
    let text = serde_json::to_string_pretty(&whole).expect("only strings, numbers and lists");
    text + "\n"
}
