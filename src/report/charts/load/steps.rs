//! The search for the limit: each rate that was tried, how slow it made the server, and whether it
//! was held.

use super::super::Drawing;
use super::super::canvas::{Anchor, svg};
use super::super::frame::{LEFT, legend, sheet};
use super::super::palette::{BASELINE, HELD, INK, PAPER};
use super::super::text::SMALL;
use super::LoadChart;
use super::plot::{Plot, Scale, foot};
use crate::measured::{LoadTest, Step};
use crate::report::numeral::measure;
use crate::table::{Column, Table, Value};

pub(super) const CHART: LoadChart =
    LoadChart { name: "steps", about: "The search for the highest rate that is held", draw };

fn draw(test: &LoadTest) -> Option<Drawing> {
    if test.steps.is_empty() {
        return None;
    }
    let title = title(test);
    let subtitle = "The 99th percentile of response times, milliseconds, at each rate that was \
                    tried; numbers tell their order.";
    let svg = svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = sheet(canvas, (&title, subtitle), &foot(test), test.partial.is_some());
        let times = test.steps.iter().map(|step| step.p99_ms);
        let least = times.clone().filter(|t| *t > 0.0).fold(f64::INFINITY, f64::min);
        let greatest = times.fold(0.0, f64::max);
        let rates = test.steps.iter().map(|step| step.rate);
        let rates = (rates.clone().fold(f64::INFINITY, f64::min), rates.fold(0.0, f64::max));
        legend(
            canvas,
            (LEFT + 80.0, top + 8.0),
            &[("every threshold held", HELD[0]), ("a threshold broke", HELD[1])],
        );
        let least = if least.is_finite() { least } else { 1.0 };
        // Each step upwards doubles the rate.
        let scales = (Scale::logarithmic(rates.0, rates.1), Scale::logarithmic(least, greatest));
        let plot =
            Plot::draw(canvas, top + 30.0, scales, ("Requests a second that were due", "ms"));
        let mut by_rate: Vec<&Step> = test.steps.iter().collect();
        by_rate.sort_by(|one, other| one.rate.total_cmp(&other.rate));
        let line: Vec<_> = by_rate.iter().map(|step| (step.rate, step.p99_ms)).collect();
        plot.line(canvas, &line, &BASELINE, 2.0);
        for (number, step) in test.steps.iter().enumerate() {
            let place = (plot.x(step.rate), plot.y(step.p99_ms));
            canvas.disc(place, 11.0, &PAPER);
            canvas.disc(place, 9.0, &HELD[usize::from(!step.held)]);
            let number = (number + 1).to_string();
            canvas.text((place.0, place.1 - 24.0), &number, SMALL, Anchor::Middle, &INK);
        }
    });
    Some(Drawing { title, svg, behind: behind(test) })
}

fn title(test: &LoadTest) -> String {
    let limit = test.limit.unwrap_or_default();
    match (limit.held, limit.broke) {
        (Some(held), Some(broke)) => format!(
            "The server holds {} requests a second, and no longer {}",
            measure(held),
            measure(broke)
        ),
        (Some(held), None) => {
            format!("The server holds {} requests a second: as much as was tried", measure(held))
        }
        (None, Some(broke)) => format!("The server does not hold even {} a second", measure(broke)),
        (None, None) => "No rate was tried to its end".to_owned(),
    }
}

fn behind(test: &LoadTest) -> Table {
    let columns = vec![
        Column { name: "step", unit: "" },
        Column { name: "rate", unit: "1/s" },
        Column { name: "answered", unit: "1/s" },
        Column { name: "p99", unit: "ms" },
        Column { name: "failed", unit: "share" },
        Column { name: "broke", unit: "" },
    ];
    let row = |(number, step): (usize, &Step)| {
        vec![
            Value::Count(number as u64 + 1),
            Value::Number(step.rate),
            Value::Number(step.achieved),
            Value::Number(step.p99_ms),
            Value::Number(step.errors),
            Value::Text(if step.held { "held".to_owned() } else { step.broke.join(", ") }),
        ]
    };
    Table { columns, rows: test.steps.iter().enumerate().map(row).collect() }
}
