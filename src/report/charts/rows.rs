//! A row for each policy, its name at the left, baselines below and apart: the ground of charts
//! that lie on their side.

use super::canvas::{Anchor, Canvas, Point};
use super::frame::{BOTTOM, LEFT, mark};
use super::palette::{BASELINE, GRID, INK, MUTED, ON_DARK, PAPER};
use super::text::{LABEL, SMALL, SMALL_STRONG, STRONG, Type, fitted, width};
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

/// A bar that goes on beyond the end of its scale: grey, with a cut in it.
pub(super) fn cut_bar(canvas: &mut Canvas<'_>, (x, y): Point, (long, high): Point) {
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
