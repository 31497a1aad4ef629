//! The files of a load test's report.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{page, rows};
use crate::measured::LoadTest;
use crate::report::charts::load::CHARTS;
use crate::report::staging::Staging;
use crate::report::write::ReportError;

#[derive(Serialize)]
struct Json<'a> {
    schema: &'static str,
    #[serde(flatten)]
    test: &'a LoadTest,
}

/// Writes the whole report into `dir`, which is made if missing, and tells which files it wrote.
/// `histograms` are further files of the folder `hdr`: name and content.
///
/// Files appear together when all are complete, as those of [`write`](crate::report::write) do.
///
/// # Errors
/// If a file or the folder can't be written; then no file of this report is there.
pub fn write_load(
    dir: &Path,
    test: &LoadTest,
    histograms: &[(String, Vec<u8>)],
) -> Result<Vec<PathBuf>, ReportError> {
    let mut staging = Staging::open(dir, &["charts", "hdr"])?;
    staging.put("load.json", |out| out.write_all(load_json(test).as_bytes()))?;
    staging.put("seconds.csv", |out| rows::seconds(test, out))?;
    for (name, content) in histograms {
        staging.put(&format!("hdr/{name}"), |out| out.write_all(content))?;
    }
    let mut drawn = Vec::new();
    for chart in CHARTS {
        let Some(drawing) = (chart.draw)(test) else { continue };
        staging.put_chart(chart.name, &drawing.svg)?;
        drawn.push((chart, drawing));
    }
    let page = page::html(test, &drawn).map_err(|why| ReportError::Page { why })?;
    staging.put("report.html", |out| out.write_all(page.as_bytes()))?;
    staging.publish()
}

/// The content of `load.json`, schema `relogin.load/1`: times in milliseconds, rates a second.
/// Ends with a newline.
pub fn load_json(test: &LoadTest) -> String {
    let json = Json { schema: "relogin.load/1", test };
    let text = serde_json::to_string_pretty(&json).expect("only strings, numbers and lists");
    text + "\n"
}
