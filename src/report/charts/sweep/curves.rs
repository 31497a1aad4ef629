//! Along one axis, all else being as it is now: what it costs people, how long sessions lie
//! unattended, and what the identity provider has to answer.

use plotters::style::RGBColor;

use super::super::Drawing;
use super::super::canvas::{Anchor, Canvas, svg};
use super::super::frame::{foot_words, legend, mark, scale, sheet};
use super::super::palette::{BASELINE, GRID, INK, MUTED, QUANTILES_OF_PEOPLE};
use super::super::panels::{Panel, panels};
use super::super::text::{SMALL, SMALL_STRONG, fitted};
use super::scale::Across;
use crate::report::numeral::{brief, short};
use crate::swept::{Axis, Point, Sweep};
use crate::table::{Column, Table, Value};

/// What the panels show: a heading, and the lines.
const PANELS: [(&str, &[&str]); 4] = [
    ("Re-logins per user-day", &["relogins_per_user_day", "relogins_per_user_day.p95"]),
    ("Of these in the middle of a task, per user-day", &[MID_TASK]),
    ("Hours that sessions lie unattended, in all", &["sessions.unattended_hours"]),
    ("Requests in the fullest minute", &["peak_requests_per_minute"]),
];

/// No figure of SPEC 7: mid-task re-logins over user-days.
const MID_TASK: &str = "relogins.mid_task/user-day";

pub(super) fn draw(sweep: &Sweep, axis: usize) -> Drawing {
    let own = &sweep.axes[axis];
    let mut along = sweep.along(&[axis]);
    along.sort_by_key(|point| point.place[axis]);
    let title = title(sweep, own, &along, axis);
    let others = if sweep.axes.len() > 1 { "; the other settings as they are now" } else { "" };
    let subtitle = format!("Across: {}{others}. The upright line is the current value.", own.key);
    let svg = svg(&format!("{title}. {subtitle}"), |canvas| {
        let words = foot_words(&sweep.about);
        let top = sheet(canvas, (&title, &subtitle), &words, sweep.partial.is_some());
        let across = Across::of(own);
        let has_curve = curve(sweep, own, PANELS[0].1[0]).is_some();
        let mut rows = vec![
            ("mean", QUANTILES_OF_PEOPLE[0]),
            ("95% of users at most", QUANTILES_OF_PEOPLE[1]),
        ];
        if has_curve {
            rows.push(("if every use renewed the idle window", BASELINE));
        }
        legend(canvas, (super::super::frame::LEFT, top + 6.0), &rows);
        for (place, (head, figures)) in panels(4, 2, top + 26.0, 0.0).into_iter().zip(PANELS) {
            panel(canvas, place, (sweep, own, axis), (&along, &across), (head, figures));
        }
    });
    Drawing { title, svg, behind: behind(sweep, own, axis, &along) }
}

fn value(sweep: &Sweep, point: &Point, figure: &str) -> f64 {
    let of = |name| sweep.figure(name).map_or(f64::NAN, |place| point.values[place]);
    match figure {
        MID_TASK => {
            let share = of("relogins.mid_task") / of("active_user_days");
            if share.is_nan() { 0.0 } else { share }
        }
        name => of(name),
    }
}

/// The line of gaps beside a figure, by amount, where there is one.
fn curve(sweep: &Sweep, axis: &Axis, figure: &str) -> Option<Vec<(f64, f64)>> {
    let curve = sweep.curve.as_ref().filter(|_| axis.key == "session.idle_timeout")?;
    let days = sweep.current().map_or(0.0, |point| value(sweep, point, "active_user_days"));
    let steps = curve.steps.iter();
    let up = |step: &crate::swept::CurveStep| match figure {
        "relogins_per_user_day" => Some(step.relogins_per_user_day),
        MID_TASK => (days > 0.0).then_some(step.mid_task as f64 / days),
        "sessions.unattended_hours" => Some(step.unattended_hours),
        _ => None,
    };
    steps.map(|step| Some((step.timeout as f64, up(step)?))).collect()
}

fn panel(
    canvas: &mut Canvas<'_>,
    Panel { corner, size, .. }: Panel,
    (sweep, axis, number): (&Sweep, &Axis, usize),
    (along, across): (&[&Point], &Across),
    (head, figures): (&str, &[&str]),
) {
    let (left, right) = (corner.0 + 74.0, corner.0 + size.0 - 44.0);
    let (top, bottom) = (corner.1 + 46.0, corner.1 + size.1 - 46.0);
    let head = fitted(head, SMALL_STRONG, size.0 - 20.0);
    canvas.text((corner.0, corner.1 + 20.0), &head, SMALL_STRONG, Anchor::Start, &INK);
    let gaps = curve(sweep, axis, figures[0]).unwrap_or_default();
    let gaps: Vec<(f64, f64)> =
        gaps.into_iter().filter_map(|(amount, up)| Some((across.place(amount)?, up))).collect();
    let all = along.iter().flat_map(|point| figures.iter().map(|own| value(sweep, point, own)));
    let all = all.chain(gaps.iter().map(|(_, up)| *up)).filter(|up| up.is_finite());
    let (end, marks) = scale(all.fold(0.0, f64::max), 4, false);
    let x = |part: f64| left + (right - left) * part;
    let y = |up: f64| bottom - (bottom - top) * (up / end).clamp(0.0, 1.0);
    for own in marks {
        canvas.line(&[(left, y(own)), (right, y(own))], &GRID, 1.0);
        canvas.text((left - 10.0, y(own)), &mark(own), SMALL, Anchor::End, &MUTED);
    }
    let now = x(across.of_value(axis.current));
    canvas.line(&[(now, top - 8.0), (now, bottom)], &MUTED, 2.0);
    for (value, name) in across.marks(axis, right - left) {
        let is_now = value == axis.current;
        let (kind, colour) = if is_now { (SMALL_STRONG, &INK) } else { (SMALL, &MUTED) };
        let at = x(across.of_value(value));
        canvas.line(&[(at, bottom), (at, bottom + 6.0)], &MUTED, 1.0);
        canvas.text((at, bottom + 22.0), &name, kind, Anchor::Middle, colour);
    }
    let line: Vec<_> = gaps.iter().map(|(part, up)| (x(*part), y(*up))).collect();
    if line.len() > 1 {
        // Wide enough to be seen behind the points that lie on it.
        canvas.line(&line, &BASELINE, 7.0);
    }
    for (figure, colour) in figures.iter().zip(&QUANTILES_OF_PEOPLE).rev() {
        let up = |point: &&&Point| value(sweep, point, figure).is_finite();
        let place = |point: &&Point| {
            let part = across.of_value(point.place[number]);
            (x(part), y(value(sweep, point, figure)))
        };
        let line: Vec<_> = along.iter().filter(up).map(place).collect();
        dots(canvas, &line, colour);
        let current = along.iter().find(|point| point.place[number] == axis.current);
        if let Some(point) = current.filter(|point| value(sweep, point, figure).is_finite()) {
            canvas.disc(place(point), 8.0, colour);
        }
    }
}

/// A line with a dot at each point that was replayed, while dots can be told apart.
fn dots(canvas: &mut Canvas<'_>, line: &[(f64, f64)], colour: &RGBColor) {
    if line.len() > 1 {
        canvas.line(line, colour, 2.5);
    }
    if line.len() <= 40 {
        line.iter().for_each(|point| canvas.disc(*point, 4.0, colour));
    }
}

/// `With session.idle_timeout from 15m to 7d, re-logins fall from 1.9 to 0.11 per user-day`.
fn title(sweep: &Sweep, axis: &Axis, along: &[&Point], number: usize) -> String {
    let key = short(&axis.key, 50);
    let (Some(first), Some(last)) = (along.first(), along.last()) else {
        return format!("{key}: nothing was replayed");
    };
    let rate = |point: &Point| brief(value(sweep, point, "relogins_per_user_day"));
    let text = |point: &Point| short(&axis.values[point.place[number]].text, 24);
    let number_of = |point: &Point| value(sweep, point, "relogins_per_user_day");
    let from_to = format!("With {key} from {} to {}, re-logins", text(first), text(last));
    match (rate(first), rate(last)) {
        (one, other) if one == other => format!("{from_to} stay at {one} per user-day"),
        (one, other) => {
            let verb = if number_of(last) > number_of(first) { "rise" } else { "fall" };
            format!("{from_to} {verb} from {one} to {other} per user-day")
        }
    }
}

fn behind(sweep: &Sweep, axis: &Axis, number: usize, along: &[&Point]) -> Table {
    let mut columns = vec![Column { name: "value", unit: "" }];
    let figures = [
        "relogins_per_user_day",
        "relogins_per_user_day.p95",
        "relogins.mid_task",
        "sessions.unattended_hours",
        "peak_requests_per_minute",
    ];
    let unit = |name| sweep.figure(name).map_or("", |place| sweep.metrics[place].unit);
    columns.extend(figures.map(|name| Column { name, unit: unit(name) }));
    let row = |point: &&Point| {
        let mut row = vec![Value::Text(axis.values[point.place[number]].text.clone())];
        row.extend(figures.map(|name| Value::Number(value(sweep, point, name))));
        row
    };
    Table { columns, rows: along.iter().map(row).collect() }
}
