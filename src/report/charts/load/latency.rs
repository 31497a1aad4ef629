//! Response times over the test, by quantile.

use super::super::canvas::{self, svg};
use super::super::frame::{legend, nothing, sheet};
use super::super::palette::QUANTILES;
use super::super::{Drawing, canvas::Canvas, frame::LEFT};
use super::LoadChart;
use super::plot::{Plot, Scale, foot, millis};
use crate::measured::{LoadTest, SecondMeasured};
use crate::table::{Column, Table, Value};

pub(super) const CHART: LoadChart = LoadChart {
    name: "latency",
    about: "Response times over the test, from the intended start, by quantile",
    draw,
};

const NAMES: [&str; 4] = ["median", "90%", "99%", "slowest"];
/// So many steps does the chart have at most.
const STEPS: usize = 400;
/// Over all kinds.
const ALL: usize = 6;

fn draw(test: &LoadTest) -> Option<Drawing> {
    let seconds: Vec<&SecondMeasured> = shown(&test.seconds);
    let title = title(test);
    let step = test.seconds.len().div_ceil(STEPS).max(1);
    let mut subtitle = "Milliseconds; of all kinds together, second by second".to_owned();
    if step > 1 {
        subtitle.push_str(&format!("; each step of {step} seconds shows its slowest"));
    }
    subtitle.push('.');
    let svg = svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = sheet(canvas, (&title, &subtitle), &foot(test), test.partial.is_some());
        if seconds.is_empty() {
            nothing(canvas, top, "Nothing came to an answer.");
            return;
        }
        lines(canvas, top, test, &seconds);
    });
    Some(Drawing { title, svg, behind: behind(&seconds) })
}

/// The seconds in which something was over; of several that share a step, the slowest by its 99 %.
fn shown(all: &[SecondMeasured]) -> Vec<&SecondMeasured> {
    let step = all.len().div_ceil(STEPS).max(1);
    let slowest = |seconds: &'_ [SecondMeasured]| {
        let over = seconds.iter().enumerate().filter(|(_, s)| s.response_ms[ALL][3] > 0.0);
        over.max_by(|(_, one), (_, other)| {
            one.response_ms[ALL][2].total_cmp(&other.response_ms[ALL][2])
        })
        .map(|(index, _)| index)
    };
    all.chunks(step).filter_map(|part| slowest(part).map(|index| &part[index])).collect()
}

fn lines(canvas: &mut Canvas<'_>, top: f64, test: &LoadTest, seconds: &[&SecondMeasured]) {
    let all = seconds.iter().map(|second| second.response_ms[ALL]);
    let least = all.clone().map(|q| q[0]).fold(f64::INFINITY, f64::min);
    let greatest = all.map(|q| q[3]).fold(0.0, f64::max);
    legend(canvas, (LEFT, top + 8.0), &[]);
    let last = test.seconds.last().map_or(1, |second| second.second + 1);
    let scales = (Scale::seconds(last), Scale::logarithmic(least, greatest));
    let plot = Plot::draw(canvas, top, scales, ("Time since the begin", "ms"));
    let mut names = Vec::new();
    for quantile in (0..4).rev() {
        let values: Vec<canvas::Point> = seconds
            .iter()
            .map(|second| (second.second as f64 + 0.5, second.response_ms[ALL][quantile]))
            .collect();
        let width = if quantile == 3 { 1.5 } else { 3.0 };
        plot.line(canvas, &values, &QUANTILES[quantile], width);
        let end = values.last().map_or(0.0, |value| value.1);
        names.push((NAMES[quantile].to_owned(), end, QUANTILES[quantile]));
    }
    plot.names(canvas, &names);
}

fn title(test: &LoadTest) -> String {
    match test.all().filter(|all| all.response_ms.count > 0) {
        None => "Nothing came to an answer".to_owned(),
        Some(all) => format!(
            "99% of the requests were answered within {}, half of them within {}",
            millis(all.response_ms.p99),
            millis(all.response_ms.p50)
        ),
    }
}

fn behind(seconds: &[&SecondMeasured]) -> Table {
    let column = |name| Column { name, unit: "ms" };
    let mut columns = vec![Column { name: "second", unit: "s" }];
    columns.extend(NAMES.map(column));
    let row = |second: &&SecondMeasured| {
        let mut row = vec![Value::Count(second.second)];
        row.extend(second.response_ms[ALL].map(Value::Number));
        row
    };
    // A page is no place for hours of seconds; the CSV file has them all.
    Table { columns, rows: seconds.iter().take(STEPS).map(row).collect() }
}
