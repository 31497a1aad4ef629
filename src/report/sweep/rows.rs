//! The CSV files of a sweep.

use std::io::{self, Write};

use crate::swept::{Axis, Counts, IdleCurve, Sweep};

/// `sweep.csv`, tidy: one row a point and figure, so that figures of any unit stand in one column
/// with their unit beside them, and nothing changes for a reader when figures are added. An axis of
/// time has a second column, in seconds; it is empty for `none`.
pub(super) fn points(sweep: &Sweep, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let mut head = vec!["point".to_owned(), "current".to_owned()];
    for axis in &sweep.axes {
        head.push(axis.key.clone());
        if axis.counts == Counts::Time {
            head.push(format!("{}_s", axis.key));
        }
    }
    head.extend(["metric", "value", "unit"].map(str::to_owned));
    csv.write_record(&head)?;
    for (number, point) in sweep.points.iter().enumerate() {
        let current = if sweep.is_current(point) { "true" } else { "false" };
        let mut start = vec![(number + 1).to_string(), current.to_owned()];
        for (axis, place) in sweep.axes.iter().zip(&point.place) {
            start.extend(cells(axis, *place));
        }
        for (metric, value) in sweep.metrics.iter().zip(&point.values) {
            let value = if value.is_finite() { value.to_string() } else { String::new() };
            let end = [metric.name, &value, metric.unit];
            csv.write_record(start.iter().map(String::as_str).chain(end))?;
        }
    }
    csv.flush()
}

/// A value as it was set, and in seconds where it is a time.
fn cells(axis: &Axis, place: usize) -> impl Iterator<Item = String> {
    let value = &axis.values[place];
    let seconds = (axis.counts == Counts::Time).then(|| match value.amount {
        Some(millis) if millis.is_finite() => (millis / 1_000.0).to_string(),
        _ => String::new(),
    });
    std::iter::once(value.text.clone()).chain(seconds)
}

/// `idle-curve.csv`: a row for each idle timeout, and whether the policy that was varied behaves
/// exactly so.
pub(super) fn curve(curve: &IdleCurve, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "idle_timeout_s",
        "relogins",
        "relogins_per_user_day",
        "relogins.mid_task",
        "unattended_hours",
        "exact",
    ])?;
    for step in &curve.steps {
        let exact = curve.exact_from.as_ref().is_ok_and(|from| step.timeout >= *from);
        csv.write_record([
            (step.timeout as f64 / 1_000.0).to_string(),
            step.relogins.to_string(),
            step.relogins_per_user_day.to_string(),
            step.mid_task.to_string(),
            step.unattended_hours.to_string(),
            exact.to_string(),
        ])?;
    }
    csv.flush()
}
