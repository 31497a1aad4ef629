//! Small multiples: a panel for each policy, all of one size, under the same marks of time.

use super::canvas::{Anchor, Canvas, Point};
use super::frame::{BOTTOM, LEFT, RIGHT};
use super::palette::MUTED;
use super::text::{SMALL, width};
use crate::report::timeline::Timeline;

/// So many panels find room.
pub(super) const PANELS: usize = 12;

/// A panel's place.
#[derive(Clone, Copy)]
pub(super) struct Panel {
    /// Its upper left corner.
    pub(super) corner: Point,
    /// Its width and its height.
    pub(super) size: Point,
    /// Whether no panel stands below it.
    pub(super) lowest: bool,
}

/// Panels in rows of `across`, from `top` on; `below` is left free under the last row.
pub(super) fn panels(count: usize, across: usize, top: f64, below: f64) -> Vec<Panel> {
    let down = count.div_ceil(across).max(1);
    let size = ((RIGHT - LEFT) / across as f64, (BOTTOM - top - below) / down as f64);
    let panel = |place: usize| Panel {
        corner: (LEFT + size.0 * (place % across) as f64, top + size.1 * (place / across) as f64),
        size,
        lowest: place + across >= count,
    };
    (0..count).map(panel).collect()
}

/// Marks of time below a panel or a chart: from `left` at `begin` to `right` at `end`.
pub(super) fn time_axis(
    canvas: &mut Canvas<'_>,
    timeline: &Timeline,
    (left, right, y): (f64, f64, f64),
    (begin, end): (i64, i64),
    labels: bool,
) {
    let per_millisecond = (right - left) / (end - begin).max(1) as f64;
    for mark in timeline.marks(begin, end, ((right - left) / 150.0).max(2.0) as usize) {
        let x = left + (mark.at - begin) as f64 * per_millisecond;
        canvas.line(&[(x, y), (x, y + 7.0)], &MUTED, 1.0);
        if labels && x + width(&mark.label, SMALL) / 2.0 < right + 40.0 {
            canvas.text((x, y + 24.0), &mark.label, SMALL, Anchor::Middle, &MUTED);
        }
    }
}
