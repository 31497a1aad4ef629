//! What was due beside what came to an answer, second by second.

use super::super::Drawing;
use super::super::canvas::{Anchor, svg};
use super::super::frame::{nothing, sheet};
use super::super::palette::{INK, PAPER, RATES};
use super::super::text::SMALL;
use super::LoadChart;
use super::plot::{Plot, Scale, foot};
use crate::measured::{LoadTest, SecondMeasured};
use crate::report::numeral::{counted, measure, percent, whole};
use crate::table::{Column, Table, Value};

pub(super) const CHART: LoadChart = LoadChart {
    name: "rate",
    about: "What was due each second, what came to an answer, and what failed",
    draw,
};

/// So many steps does the chart have at most.
const STEPS: usize = 400;

/// The means of a step: its first second, and what was due, came and failed a second.
struct Step {
    second: u64,
    rates: [f64; 3],
}

fn draw(test: &LoadTest) -> Option<Drawing> {
    let width = test.seconds.len().div_ceil(STEPS).max(1);
    let steps: Vec<Step> = test.seconds.chunks(width).map(step).collect();
    let title = title(test);
    let mut subtitle = "A second".to_owned();
    if width > 1 {
        subtitle.push_str(&format!("; means over {width} seconds"));
    }
    subtitle.push_str(". Behind stands what was due; what came may lag when the server is slow.");
    let svg = svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = sheet(canvas, (&title, &subtitle), &foot(test), test.partial.is_some());
        let greatest = steps.iter().flat_map(|step| step.rates).fold(0.0, f64::max);
        if greatest <= 0.0 {
            nothing(canvas, top, "Nothing was due.");
            return;
        }
        let last = test.seconds.last().map_or(1, |second| second.second + 1);
        let scales = (Scale::seconds(last), Scale::linear(greatest, 5));
        let plot = Plot::draw(canvas, top, scales, ("Time since the begin", "1/s"));
        // What was due stands as bars behind the lines, which so are seen where both are alike.
        for step in &steps {
            let (left, right) =
                (plot.x(step.second as f64), plot.x((step.second as usize + width) as f64));
            let (upper, lower) = (plot.y(step.rates[0]), plot.y(0.0));
            canvas.rect((left, upper), (right - left, lower - upper), &GREY);
        }
        let middle = |step: &Step| step.second as f64 + width as f64 / 2.0;
        let mut names = vec![("due".to_owned(), steps[steps.len() - 1].rates[0], RATES[0])];
        for (index, name) in [(1, "answered"), (2, "failed")] {
            if index == 2 && steps.iter().all(|step| step.rates[2] == 0.0) {
                continue;
            }
            let values: Vec<_> = steps.iter().map(|s| (middle(s), s.rates[index])).collect();
            plot.line(canvas, &values, &RATES[index], 3.0);
            let end = values.last().map_or(0.0, |value| value.1);
            names.push((name.to_owned(), end, RATES[index]));
        }
        plot.names(canvas, &names);
        let dropped = test.whole.dropped;
        if dropped > 0 {
            let text = format!("{} dropped", whole(dropped));
            let place = (plot.x(0.0) + 12.0, top + 8.0);
            canvas.rect((place.0 - 6.0, place.1 - 14.0), (12.0 * text.len() as f64, 28.0), &PAPER);
            canvas.text(place, &text, SMALL, Anchor::Start, &INK);
        }
    });
    Some(Drawing { title, svg, behind: behind(&test.seconds) })
}

/// Lighter than a line of the same meaning.
const GREY: plotters::style::RGBColor = super::super::palette::GRID;

fn step(seconds: &[SecondMeasured]) -> Step {
    let mean = |of: fn(&SecondMeasured) -> &[u64; 6]| {
        let sum: u64 = seconds.iter().flat_map(of).sum();
        sum as f64 / seconds.len() as f64
    };
    let rates = [mean(|s| &s.intended), mean(|s| &s.completed), mean(|s| &s.errors)];
    Step { second: seconds[0].second, rates }
}

fn title(test: &LoadTest) -> String {
    let all = &test.whole;
    if all.intended == 0 {
        return "Nothing was due".to_owned();
    }
    let share = all.completed as f64 / all.intended as f64;
    if all.completed == all.intended {
        let due = counted(all.intended, "request");
        return format!("Every one of the {due} that were due came to an answer");
    }
    format!(
        "{} of what was due came to an answer: {} of {} a second",
        percent(share),
        measure(all.achieved_rate),
        measure(all.intended_rate)
    )
}

fn behind(seconds: &[SecondMeasured]) -> Table {
    let count = |name| Column { name, unit: "1/s" };
    let mut columns = vec![Column { name: "second", unit: "s" }];
    columns.extend(["due", "begun", "answered", "failed"].map(count));
    columns.push(Column { name: "in flight", unit: "" });
    let row = |second: &SecondMeasured| {
        let sum = |counts: &[u64; 6]| Value::Count(counts.iter().sum());
        vec![
            Value::Count(second.second),
            sum(&second.intended),
            sum(&second.started),
            sum(&second.completed),
            sum(&second.errors),
            Value::Count(second.in_flight),
        ]
    };
    Table { columns, rows: seconds.iter().take(STEPS).map(row).collect() }
}
