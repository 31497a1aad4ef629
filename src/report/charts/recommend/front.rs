//! What people pay against what is left open, for every policy that was tried.

use plotters::style::RGBColor;

use super::super::Drawing;
use super::super::canvas::{Anchor, Canvas, Point, svg};
use super::super::frame::{BOTTOM, LEFT, nothing, sheet};
use super::super::palette::{GRID, HEAT, INK, MUTED, PAPER, policy};
use super::super::plot::{Plot, Scale};
use super::super::text::{SMALL, SMALL_STRONG, spread, width};
use super::RecommendChart;
use crate::recommended::{PointTold, PolicyTold, Recommendation};
use crate::report::numeral::{brief, measure};
use crate::report::recommend::{RecommendInput, words};
use crate::table::{Column, Table, Value};

pub(super) const CHART: RecommendChart = RecommendChart {
    name: "front",
    about: "What people pay against what is left open, for every policy that was tried",
    draw,
};

/// A quotient of the greatest and the least from which on a scale is logarithmic.
const WIDE: f64 = 8.0;
/// What is less than this share of the greatest has no place of its own on such a scale.
const LEAST: f64 = 1e-4;
/// Height between two names.
const GAP: f64 = 58.0;

fn draw(input: &RecommendInput<'_>) -> Option<Drawing> {
    let found = input.found;
    let title = words::headline(found);
    let subtitle = "Each dot is a policy, coloured by its requests; pale ones break a constraint, \
                    ringed ones are on the front of all three. Down and to the left is better; the \
                    line is the front of these two.";
    let svg = svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = sheet(canvas, (&title, subtitle), &input.foot(), false);
        let finite: Vec<&PointTold> = found.points.iter().filter(|p| drawable(p)).collect();
        if finite.is_empty() {
            nothing(canvas, top, "Under every policy access is open for good.");
            return;
        }
        scatter(canvas, top, found, &finite);
    });
    Some(Drawing { title, svg, behind: behind(found) })
}

fn drawable(point: &PointTold) -> bool {
    point.people.is_finite() && point.exposure.is_finite()
}

fn scatter(canvas: &mut Canvas<'_>, top: f64, found: &Recommendation, finite: &[&PointTold]) {
    let across = scale(finite.iter().map(|point| point.people), 7);
    let up = scale(finite.iter().map(|point| point.exposure), 6);
    ramp(canvas, top + 8.0, finite);
    let weight = match found.mid_task_weight {
        1.0 => String::new(),
        weight => format!(", one in the middle of a task counted {}×", measure(weight)),
    };
    let under = format!("Re-logins per user-day{weight}");
    let above = "hours per user-day that somebody else could go on";
    let plot = Plot::draw(canvas, top + 34.0, (across, up), (&under, above));
    let place = |point: &PointTold| (plot.x(point.people), plot.y(point.exposure));
    let names = names((top + 100.0, BOTTOM - 106.0), found, place);
    names.iter().for_each(|name| name.clear(canvas));
    for point in finite.iter().filter(|point| !point.holds) {
        canvas.disc(place(point), 4.0, &GRID);
    }
    let front: Vec<Point> = envelope(found).into_iter().map(place).collect();
    if front.len() > 1 {
        canvas.line(&front, &MUTED, 2.0);
    }
    for point in finite.iter().filter(|point| point.holds) {
        let radius = if point.on_front { 7.5 } else { 5.0 };
        canvas.disc(place(point), radius + 1.5, if point.on_front { &INK } else { &PAPER });
        canvas.disc(place(point), radius, &colour(point.load, finite));
    }
    // No name may hide what another is for.
    names.iter().for_each(|name| name.write(canvas));
    names.iter().for_each(|name| name.ring(canvas));
}

/// From zero, or over powers of ten where values lie far apart.
fn scale(values: impl Iterator<Item = f64> + Clone, most: usize) -> Scale {
    let greatest = values.clone().fold(0.0, f64::max);
    let seen = values.filter(|value| *value > greatest * LEAST);
    let least = seen.fold(f64::INFINITY, f64::min);
    if greatest > least * WIDE {
        Scale::logarithmic(least, greatest)
    } else {
        Scale::linear(greatest, most)
    }
}

/// Of the front the points that are best when only these two objectives count.
fn envelope(found: &Recommendation) -> Vec<&PointTold> {
    let mut points: Vec<&PointTold> =
        found.front.iter().map(|&index| &found.points[index]).filter(|p| drawable(p)).collect();
    points.sort_by(|one, other| {
        one.people.total_cmp(&other.people).then(one.exposure.total_cmp(&other.exposure))
    });
    let mut least = f64::INFINITY;
    points.retain(|point| {
        let better = point.exposure < least;
        least = least.min(point.exposure);
        better
    });
    points
}

/// The load's colour: by its place between the least and the greatest, by their quotient.
fn colour(load: f64, points: &[&PointTold]) -> RGBColor {
    let (least, greatest) = ends(points);
    if load <= 0.0 || greatest <= least {
        return HEAT[3];
    }
    let part = libm::log(load / least) / libm::log(greatest / least);
    // The lightest would not stand out from the paper.
    let steps = (HEAT.len() - 2) as f64;
    HEAT[1 + (part * steps).round().clamp(0.0, steps) as usize]
}

fn ends(points: &[&PointTold]) -> (f64, f64) {
    let loads = points.iter().map(|point| point.load).filter(|load| *load > 0.0);
    (loads.clone().fold(f64::INFINITY, f64::min), loads.fold(0.0, f64::max))
}

/// What the colours mean.
fn ramp(canvas: &mut Canvas<'_>, y: f64, points: &[&PointTold]) {
    let (least, greatest) = ends(points);
    if greatest <= 0.0 {
        return;
    }
    let mut x = LEFT;
    let from = format!("Requests per user-day: {}", measure(least));
    canvas.text((x, y), &from, SMALL, Anchor::Start, &INK);
    x += width(&from, SMALL) + 14.0;
    for colour in &HEAT[1..] {
        canvas.rect((x, y - 10.0), (30.0, 20.0), colour);
        x += 30.0;
    }
    canvas.text((x + 14.0, y), &measure(greatest), SMALL, Anchor::Start, &INK);
    x += 14.0 + width(&measure(greatest), SMALL) + 40.0;
    canvas.disc((x, y), 4.0, &GRID);
    canvas.text((x + 14.0, y), "breaks a constraint", SMALL, Anchor::Start, &INK);
}

/// The name of a policy that the report speaks of.
struct Name<'a> {
    told: &'a PolicyTold,
    figures: String,
    /// Where the policy is, and where its name begins or ends.
    at: Point,
    to: Point,
    anchor: Anchor,
    wide: f64,
}

/// The policies that the report speaks of, with a place for each name.
fn names(
    bounds: (f64, f64),
    found: &Recommendation,
    place: impl Fn(&PointTold) -> Point,
) -> Vec<Name<'_>> {
    let mut shown: Vec<&PolicyTold> = found.policies.iter().filter(|p| drawable(&p.at)).collect();
    shown.sort_by(|one, other| place(&one.at).1.total_cmp(&place(&other.at).1));
    // Below and to the left of the front there is nothing.
    let wanted: Vec<f64> = shown.iter().map(|policy| place(&policy.at).1 + 56.0).collect();
    let names = shown.into_iter().zip(spread(&wanted, GAP, bounds)).map(|(told, y)| {
        let at = place(&told.at);
        let figures = format!("{} · {} h", brief(told.at.people), brief(told.at.exposure));
        let wide = width(told.role, SMALL_STRONG).max(width(&figures, SMALL));
        let (x, anchor) = match at.0 - wide - 52.0 > LEFT + 90.0 {
            true => (at.0 - 40.0, Anchor::End),
            false => (at.0 + 40.0, Anchor::Start),
        };
        Name { told, figures, at, to: (x, y), anchor, wide }
    });
    names.collect()
}

impl Name<'_> {
    /// Room without the lines of the grid.
    fn clear(&self, canvas: &mut Canvas<'_>) {
        let (x, y) = self.to;
        let left = if self.anchor == Anchor::End { x - self.wide - 6.0 } else { x - 6.0 };
        canvas.rect((left, y - 25.0), (self.wide + 12.0, 50.0), &PAPER);
    }

    fn hue(&self) -> RGBColor {
        match self.told.role {
            "today" => INK,
            "knee" => policy(2, false),
            _ => policy(1, false),
        }
    }

    fn write(&self, canvas: &mut Canvas<'_>) {
        let (x, y) = self.to;
        canvas.line(&[self.at, self.to], &self.hue(), 1.5);
        canvas.text((x, y - 11.0), self.told.role, SMALL_STRONG, self.anchor, &INK);
        canvas.text((x, y + 13.0), &self.figures, SMALL, self.anchor, &MUTED);
    }

    fn ring(&self, canvas: &mut Canvas<'_>) {
        canvas.disc(self.at, 13.0, &self.hue());
        canvas.disc(self.at, 9.5, &PAPER);
        canvas.disc(self.at, 7.0, &self.hue());
    }
}

fn behind(found: &Recommendation) -> Table {
    let mut columns = vec![Column { name: "policy", unit: "" }];
    columns.extend([
        Column { name: "settings", unit: "" },
        Column { name: "people", unit: "logins/user-day" },
        Column { name: "load", unit: "requests/user-day" },
        Column { name: "exposure", unit: "h/user-day" },
    ]);
    let told = found.policies.iter().map(|policy| (policy.role, &policy.at));
    let front = found.front.iter().map(|&index| ("front", &found.points[index]));
    let row = |(role, point): (&str, &PointTold)| {
        vec![
            Value::Text(role.to_owned()),
            Value::Text(words::settings(found, &point.values)),
            Value::Number(point.people),
            Value::Number(point.load),
            Value::Number(point.exposure),
        ]
    };
    Table { columns, rows: told.chain(front).map(row).collect() }
}
