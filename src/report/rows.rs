//! The CSV files, a row at a time: a load of millions of rows never stands in memory.

use std::io::{self, Write};

use super::Input;
use super::timeline::rfc3339;
use crate::table::{Interval, REQUEST_KINDS, Value};

/// `summary.csv`: one row a policy and figure, with its 95 % interval where it has one. Columns are
/// only ever appended.
pub(super) fn summary(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["policy", "metric", "value", "unit", "low", "high"])?;
    for policy in input.policies {
        for metric in &policy.metrics {
            let interval = policy.intervals.iter().find(|own| own.metric == metric.name);
            let end = |of: fn(&Interval) -> f64| {
                interval.map_or(Value::Missing, |own| Value::Number(of(own)))
            };
            csv.write_record([
                &policy.name,
                metric.name,
                &cell(&metric.value),
                metric.unit,
                &cell(&end(|own| own.low)),
                &cell(&end(|own| own.high)),
            ])?;
        }
    }
    csv.flush()
}

/// `load.csv`: one row a policy and bucket, empty ones too.
pub(super) fn load(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["policy", "bucket_start"].into_iter().chain(REQUEST_KINDS))?;
    for policy in input.policies {
        for (start, counts) in policy.load.rows() {
            csv.write_field(&policy.name)?;
            csv.write_field(rfc3339(start))?;
            for count in counts {
                csv.write_field(count.to_string())?;
            }
            csv.write_record(None::<&[u8]>)?;
        }
    }
    csv.flush()
}

/// `relogins.csv`: one row a policy, class, app and cause.
pub(super) fn relogins(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["policy", "class", "app", "cause", "count"])?;
    for policy in input.policies {
        for row in &policy.relogins {
            let count = row.count.to_string();
            csv.write_record([&policy.name, &row.class, &row.app, row.cause, &count])?;
        }
    }
    csv.flush()
}

/// A value for a machine: integers as integers, other numbers in the fewest digits that give the
/// same number again.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Missing => String::new(),
        Value::Text(text) => text.clone(),
        Value::Count(count) => count.to_string(),
        Value::Number(number) if number.is_finite() => number.to_string(),
        Value::Number(_) => String::new(),
        Value::Instant(at) => rfc3339(*at),
    }
}
