//! The percentile curve: how long the slowest ones waited, on a scale that gives each further nine
//! the same room.

use plotters::style::RGBColor;

use super::super::Drawing;
use super::super::canvas::svg;
use super::super::frame::{nothing, sheet};
use super::super::palette::{INK, KINDS, MUTED};
use super::LoadChart;
use super::plot::{Plot, Scale, foot, millis};
use crate::measured::{KindMeasured, LoadTest};
use crate::table::{Column, Table, Value};

pub(super) const CHART: LoadChart = LoadChart {
    name: "percentiles",
    about: "The percentile curve of response times, by kind, with the service time beside it",
    draw,
};

/// The colour of logouts, which no other chart shows.
const LOGOUT: RGBColor = RGBColor(0xe6, 0x9f, 0x00);

struct Line<'a> {
    name: String,
    colour: RGBColor,
    points: &'a [(f64, f64)],
    /// How many times it is of: beyond one of so many there is nothing slower.
    count: f64,
    width: f64,
}

fn draw(test: &LoadTest) -> Option<Drawing> {
    let lines = lines(test);
    let title = title(test);
    let subtitle = "Milliseconds; to the right ever fewer are slower. Service time is from the \
                    send, all others are from the intended start.";
    let svg = svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = sheet(canvas, (&title, subtitle), &foot(test), test.partial.is_some());
        let times = lines.iter().flat_map(|line| line.points.iter().map(|point| point.1));
        let (least, greatest) =
            times.fold((f64::INFINITY, 0.0_f64), |(least, most), t| (least.min(t), most.max(t)));
        if greatest <= 0.0 {
            nothing(canvas, top, "Nothing came to an answer.");
            return;
        }
        let count = test.all().map_or(1, |all| all.response_ms.count) as f64;
        let scales = (Scale::nines(count.max(2.0)), Scale::logarithmic(least, greatest));
        let plot = Plot::draw(canvas, top, scales, ("Share that was not slower", "ms"));
        let mut names = Vec::new();
        for line in &lines {
            let values: Vec<(f64, f64)> = line
                .points
                .iter()
                .map(|(share, time)| (1.0 / (1.0 - share.min(1.0 - 1e-12)), *time))
                .map(|(slower, time)| (slower.min(line.count), time))
                .collect();
            plot.line(canvas, &values, &line.colour, line.width);
            let end = values.last().map_or(0.0, |value| value.1);
            names.push((line.name.clone(), end, line.colour));
        }
        plot.names(canvas, &names);
    });
    Some(Drawing { title, svg, behind: behind(test) })
}

fn lines(test: &LoadTest) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let kinds: Vec<&KindMeasured> =
        test.kinds.iter().filter(|kind| kind.kind != "all" && !kind.curve.is_empty()).collect();
    if kinds.len() > 1 {
        for kind in &kinds {
            let words = ["login", "silent", "refresh", "failed", "introspection"];
            let known = words.iter().position(|word| *word == kind.kind);
            let (name, colour) = known.map_or(("logout", LOGOUT), |index| KINDS[index]);
            let name = if name == "silent authentication" { "silent" } else { name };
            let count = kind.response_ms.count as f64;
            let name = name.to_owned();
            lines.push(Line { name, colour, points: &kind.curve, count, width: 2.5 });
        }
    }
    if let Some(all) = test.all() {
        let (service, count) = (&all.service_curve, all.response_ms.count as f64);
        let name = "service, all".to_owned();
        lines.push(Line { name, colour: MUTED, points: service, count, width: 2.0 });
        let name = "all".to_owned();
        lines.push(Line { name, colour: INK, points: &all.curve, count, width: 3.5 });
    }
    lines
}

fn title(test: &LoadTest) -> String {
    let Some(all) = test.all().filter(|all| all.response_ms.count > 0) else {
        return "Nothing came to an answer".to_owned();
    };
    let (response, service) = (all.response_ms.p99, all.service_ms.p99);
    if response > 1.5 * service && response - service > 1.0 {
        format!(
            "The server took {} for 99%, but with the wait before it was {}",
            millis(service),
            millis(response)
        )
    } else {
        format!(
            "One request in a hundred took longer than {}, the slowest {}",
            millis(response),
            millis(all.response_ms.max)
        )
    }
}

fn behind(test: &LoadTest) -> Table {
    let mut columns = vec![Column { name: "kind", unit: "" }, Column { name: "times", unit: "" }];
    columns.extend(
        ["mean", "p50", "p90", "p95", "p99", "p99.9", "max"]
            .map(|name| Column { name, unit: "ms" }),
    );
    let rows = test.kinds.iter().filter(|kind| kind.response_ms.count > 0).flat_map(|kind| {
        [("response", kind.response_ms), ("service", kind.service_ms)].map(|(times, q)| {
            let mut row = vec![Value::Text(kind.kind.clone()), Value::Text(times.to_owned())];
            row.extend([q.mean, q.p50, q.p90, q.p95, q.p99, q.p999, q.max].map(Value::Number));
            row
        })
    });
    Table { columns, rows: rows.collect() }
}
