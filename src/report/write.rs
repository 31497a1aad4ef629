//! The files of a report.

use std::io;
use std::path::{Path, PathBuf};

use super::charts::charts;
use super::staging::Staging;
use super::{Input, capacity, page, rows, summary};

/// Why a report could not be written. Nothing of it is left behind then.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The folder can't be made, or not be written in.
    #[error("cannot write in the folder {}: {source}; name another one with --out", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file can't be written.
    #[error("cannot write {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A chart can't be made; this is a mistake in relogin.
    #[error("cannot draw the chart {name}: {why}; please report this with the scenario")]
    Chart {
        /// The chart.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// The page can't be made; this is a mistake in relogin.
    #[error("cannot make report.html: {why}; please report this with the scenario")]
    Page {
        /// What is wrong.
        why: String,
    },
}

/// Writes the whole report into `dir`, which is made if missing, and tells which files it wrote.
///
/// Every file is made under a temporary name in its folder; only when all of them are complete do
/// they take the places of an earlier report's. What an interrupted run left is cleared away, so
/// two runs must not write into one folder at a time.
///
/// # Errors
/// If a file or the folder can't be written; then no file of this report is there.
pub fn write(dir: &Path, input: &Input<'_>) -> Result<Vec<PathBuf>, ReportError> {
    let exports: Vec<_> = capacity::exports(input).collect();
    let folders: Vec<&str> = exports.iter().map(|(folder, _)| folder.as_str()).collect();
    let mut staging = Staging::open(dir, &[&["charts"], &folders[..]].concat())?;
    staging.put("summary.json", |out| out.write_all(summary::summary_json(input).as_bytes()))?;
    staging.put("summary.csv", |out| rows::summary(input, out))?;
    staging.put("load.csv", |out| rows::load(input, out))?;
    staging.put("relogins.csv", |out| rows::relogins(input, out))?;
    if input.description.capacity.is_some() {
        staging.put("capacity.csv", |out| capacity::csv(input, out))?;
    }
    for (folder, bill) in &exports {
        for export in &bill.exports {
            let name = format!("{folder}/{}", export.file);
            staging.put(&name, |out| out.write_all(export.text.as_bytes()))?;
        }
    }
    let mut drawn = Vec::new();
    for chart in charts(input) {
        let drawing = (chart.draw)(input);
        staging.put_chart(chart.name, &drawing.svg)?;
        drawn.push((chart, drawing));
    }
    let page = page::html(input, &drawn).map_err(|why| ReportError::Page { why })?;
    staging.put("report.html", |out| out.write_all(page.as_bytes()))?;
    staging.publish()
}
