//! A row for each policy, its name at the left, baselines below and apart: the ground of charts
//! that lie on their side.

use plotters::style::RGBColor;

use super::canvas::{Anchor, Canvas, Point};
use super::frame::{BOTTOM, LEFT, mark};
use super::palette::{BASELINE, GRID, INK, MUTED, ON_DARK, PAPER};
use super::text::{LABEL, SMALL, SMALL_STRONG, STRONG, Type, fitted, width};
use crate::report::numeral::{decimals, fixed};
use crate::table::PolicyTables;

/// So much room do names have at most.
const ROOM: f64 = 420.0;

/// Where the rows lie.
pub(super) struct Rows {
    /// The middle of each row, from the top.
    pub(super) middles: Vec<f64>,
    /// From one row to the next.
    pub(super) pitch: f64,
    /// Where names end and figures begin.
    pub(super) left: f64,
    /// Above and below all rows.
    pub(super) ends: (f64, f64),
}

/// A scale from the left end of the rows' figures to the right.
pub(super) struct Scale {
    pub(super) left: f64,
    pub(super) right: f64,
    /// What stands at the right end.
    pub(super) end: f64,
}

/// Lays rows out between `top` and the foot and writes the names.
pub(super) fn rows(canvas: &mut Canvas<'_>, top: f64, policies: &[(usize, &PolicyTables)]) -> Rows {
    let bottom = BOTTOM - 44.0;
    let own = policies.iter().filter(|(_, policy)| !policy.baseline).count();
    let gap = if own > 0 && own < policies.len() { 0.5 } else { 0.0 };
    let pitch = ((bottom - top) / (policies.len() as f64 + gap)).min(190.0);
    // A few rows do not stick to the head.
    let free = bottom - top - pitch * (policies.len() as f64 + gap);
    let top = top + free / 4.0;
    let widest =
        |kind| policies.iter().map(|(_, policy)| width(&policy.name, kind)).fold(0.0, f64::max);
    // A name that is whole tells more than a larger one.
    let kind = if widest(name_type(pitch)) > ROOM { SMALL_STRONG } else { name_type(pitch) };
    let room = widest(kind).min(ROOM);
    let mut middles = Vec::new();
    for (place, (_, policy)) in policies.iter().enumerate() {
        let below = if place >= own { gap } else { 0.0 };
        let y = top + pitch * (place as f64 + 0.5 + below);
        let colour = if policy.baseline { &MUTED } else { &INK };
        let kind = Type { bold: kind.bold && !policy.baseline, ..kind };
        canvas.text((LEFT, y), &fitted(&policy.name, kind, room), kind, Anchor::Start, colour);
        middles.push(y);
    }
    let last = middles.last().map_or(top, |y| y + 0.5 * pitch);
    Rows { middles, pitch, left: LEFT + room + 28.0, ends: (top, last) }
}

/// The type that suits rows so far apart.
pub(super) fn name_type(pitch: f64) -> Type {
    if pitch < 34.0 { SMALL } else { STRONG }
}

/// As [`name_type`], for figures.
pub(super) fn figure_type(pitch: f64) -> Type {
    if pitch < 34.0 { SMALL } else { LABEL }
}

impl Scale {
    /// Where a value lies.
    pub(super) fn x(&self, value: f64) -> f64 {
        let share = if self.end > 0.0 { (value / self.end).clamp(0.0, 1.0) } else { 0.0 };
        self.left + share * (self.right - self.left)
    }

    /// Draws the marks of the scale from the first row to the last, numbers below.
    pub(super) fn grid(&self, canvas: &mut Canvas<'_>, (top, bottom): (f64, f64), marks: &[f64]) {
        for value in marks {
            let x = self.x(*value);
            canvas.line(&[(x, top), (x, bottom)], &GRID, if *value == 0.0 { 2.0 } else { 1.0 });
            canvas.text((x, bottom + 22.0), &mark(*value), SMALL, Anchor::Middle, &MUTED);
        }
    }
}

/// A baseline's bar is cut where it would make the policies' bars this much shorter.
const CUT_ABOVE: f64 = 1.25;

/// How long the longest bar is: that of all policies' totals, unless baselines are far off.
pub(super) fn longest(policies: &[(usize, &PolicyTables)], total: fn(&PolicyTables) -> f64) -> f64 {
    let greatest = |baselines: bool| {
        let chosen = policies.iter().filter(|(_, policy)| baselines || !policy.baseline);
        chosen.map(|(_, policy)| total(policy)).fold(0.0, f64::max)
    };
    let (own, all) = (greatest(false), greatest(true));
    if own == 0.0 || all <= own * CUT_ABOVE { all } else { own }
}

/// A part of a bar: how much, its colour, and that of a figure on it.
pub(super) type Part = (f64, RGBColor, RGBColor);

/// A policy's bar, made of parts that come to `total`; a baseline's is grey.
pub(super) fn bar(
    canvas: &mut Canvas<'_>,
    (rows, scale): (&Rows, &Scale),
    index: usize,
    baseline: bool,
    (total, parts): (f64, &[Part]),
) {
    let high = (0.62 * rows.pitch).min(90.0);
    let y = rows.middles[index] - high / 2.0;
    if baseline {
        let size = (scale.x(total) - scale.left, high);
        if total > scale.end {
            cut_bar(canvas, (scale.left, y), size);
        } else {
            canvas.rect((scale.left, y), size, &BASELINE);
        }
        return;
    }
    let mut below = 0.0;
    for (part, colour, on) in parts {
        let (from, to) = (scale.x(below), scale.x(below + part));
        canvas.rect((from, y), (to - from, high), colour);
        if below > 0.0 && *part > 0.0 {
            canvas.rect((from - 1.0, y), (2.0, high), &PAPER);
        }
        let text = fixed(*part, decimals(scale.end).max(1));
        if to - from > width(&text, SMALL) + 24.0 && high >= 26.0 && *part < 0.99 * total {
            canvas.text(((from + to) / 2.0, rows.middles[index]), &text, SMALL, Anchor::Middle, on);
        }
        below += part;
    }
}

/// A bar that goes on beyond the end of its scale: grey, with a cut in it.
fn cut_bar(canvas: &mut Canvas<'_>, (x, y): Point, (long, high): Point) {
    canvas.rect((x, y), (long, high), &BASELINE);
    for at in [0.90, 0.93] {
        let x = x + at * long;
        let slash = [(x, y + high + 4.0), (x + 14.0, y - 4.0)];
        canvas.line(&slash, &PAPER, 5.0);
    }
    let word = "bar cut";
    if high >= 24.0 && long > 200.0 {
        canvas.text((x + 14.0, y + high / 2.0), word, SMALL, Anchor::Start, &ON_DARK);
    }
}
