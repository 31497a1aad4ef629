//! The files of a sweep's report.

use std::path::{Path, PathBuf};

use super::{json, page, rows};
use crate::report::charts::sweep::charts;
use crate::report::staging::Staging;
use crate::report::write::ReportError;
use crate::swept::Sweep;

/// Writes the whole report into `dir`, which is made if missing, and tells which files it wrote.
///
/// Files appear together when all are complete, as those of [`write`](crate::report::write()) do.
///
/// # Errors
/// If a file or the folder can't be written; then no file of this report is there.
pub fn write_sweep(dir: &Path, sweep: &Sweep) -> Result<Vec<PathBuf>, ReportError> {
    let mut staging = Staging::open(dir, &["charts"])?;
    staging.put("sweep.csv", |out| rows::points(sweep, out))?;
    staging.put("sweep.json", |out| out.write_all(json::sweep_json(sweep).as_bytes()))?;
    if let Some(curve) = &sweep.curve {
        staging.put("idle-curve.csv", |out| rows::curve(curve, out))?;
    }
    let drawn = charts(sweep);
    for chart in &drawn {
        staging.put_chart(&chart.name, &chart.drawing.svg)?;
    }
    let page = page::html(sweep, &drawn).map_err(|why| ReportError::Page { why })?;
    staging.put("report.html", |out| out.write_all(page.as_bytes()))?;
    staging.publish()
}
