//! Lines over two logarithmic axes, with head and foot.

use plotters::style::RGBColor;

use super::Drawing;
use super::canvas::{self, Anchor, Canvas, HEIGHT, Point, WIDTH};
use super::palette::{GRID, INK, MUTED, PAPER};
use super::text::{LABEL, SMALL, STRONG, SUBTITLE, TITLE, fitted, spread, width, wrapped};
use crate::machine::Machine;

const LEFT: f64 = 60.0;
const RIGHT: f64 = WIDTH - 60.0;

/// What is drawn.
pub(super) struct Plot {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) across: Axis,
    pub(super) up: Axis,
    pub(super) lines: Vec<Line>,
    /// What the values ought to be: a height, and what to call it.
    pub(super) wanted: Vec<(f64, String)>,
    /// Dashed from corner to corner, in these words.
    pub(super) diagonal: Option<String>,
}

/// A logarithmic axis.
pub(super) struct Axis {
    /// What it counts.
    pub(super) words: &'static str,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) marks: Vec<(f64, String)>,
}

/// Points that belong together, from left to right.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) colour: RGBColor,
    pub(super) points: Vec<Mark>,
}

/// A point, and what stands beside it, if anything.
pub(super) struct Mark {
    pub(super) at: Point,
    pub(super) label: Option<(Side, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Above,
    Below,
}

/// Where the axes lie on the sheet.
struct Room {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Axis {
    /// A place on it, from 0 to 1.
    fn share(&self, value: f64) -> f64 {
        (value / self.from).ln() / (self.to / self.from).ln()
    }
}

impl Plot {
    pub(super) fn draw(self, machine: &Machine) -> Drawing {
        let svg = canvas::svg(&format!("{}. {}", self.title, self.subtitle), |canvas| {
            canvas.rect((0.0, 0.0), (WIDTH, HEIGHT), &PAPER);
            let top = self.head(canvas);
            foot(canvas, machine);
            // Names stand at the right of their lines, within the sheet.
            let names = self.lines.iter().map(|line| width(&line.name, STRONG));
            let names = names.chain(self.wanted.iter().map(|(_, words)| width(words, LABEL)));
            let right = RIGHT - names.fold(0.0, f64::max) - 24.0;
            let room = Room { left: LEFT + 80.0, right, top, bottom: HEIGHT - 130.0 };
            self.axes(canvas, &room);
            self.references(canvas, &room);
            // The first line lies on top.
            for line in self.lines.iter().rev() {
                self.line(canvas, &room, line);
            }
            self.names(canvas, &room);
        });
        Drawing { title: self.title, svg }
    }

    /// Returns where it ends.
    fn head(&self, canvas: &mut Canvas<'_>) -> f64 {
        let mut y = 64.0;
        for line in wrapped(&self.title, TITLE, RIGHT - LEFT).iter().take(2) {
            canvas.text((LEFT, y), line, TITLE, Anchor::Start, &INK);
            y += 1.2 * TITLE.size;
        }
        y += 4.0;
        for line in wrapped(&self.subtitle, SUBTITLE, RIGHT - LEFT).iter().take(2) {
            canvas.text((LEFT, y), line, SUBTITLE, Anchor::Start, &MUTED);
            y += 1.3 * SUBTITLE.size;
        }
        y + 44.0
    }

    fn place(&self, room: &Room, (x, y): Point) -> Point {
        let across = room.left + self.across.share(x) * (room.right - room.left);
        (across, room.bottom - self.up.share(y) * (room.bottom - room.top))
    }

    fn axes(&self, canvas: &mut Canvas<'_>, room: &Room) {
        for (value, words) in &self.up.marks {
            let (_, y) = self.place(room, (self.across.from, *value));
            canvas.line(&[(room.left, y), (room.right, y)], &GRID, 1.5);
            canvas.text((room.left - 16.0, y), words, SMALL, Anchor::End, &MUTED);
        }
        for (value, words) in &self.across.marks {
            let (x, _) = self.place(room, (*value, self.up.from));
            canvas.line(&[(x, room.top), (x, room.bottom)], &GRID, 1.5);
            canvas.text((x, room.bottom + 24.0), words, SMALL, Anchor::Middle, &MUTED);
        }
        let (left, right) = (room.left, room.right);
        canvas.text((left, room.top - 24.0), self.up.words, SMALL, Anchor::Start, &MUTED);
        canvas.text((right, room.bottom + 54.0), self.across.words, SMALL, Anchor::End, &MUTED);
    }

    fn references(&self, canvas: &mut Canvas<'_>, room: &Room) {
        for (value, _) in &self.wanted {
            let (_, y) = self.place(room, (self.across.from, *value));
            dashed(canvas, (room.left, y), (room.right, y), &MUTED);
        }
        if let Some(words) = &self.diagonal {
            let first = self.across.from.max(self.up.from);
            let last = self.across.to.min(self.up.to);
            let (from, to) = (self.place(room, (first, first)), self.place(room, (last, last)));
            dashed(canvas, from, to, &MUTED);
            let (x, y) = (0.6 * to.0 + 0.4 * from.0, 0.6 * to.1 + 0.4 * from.1);
            canvas.text((x - 20.0, y - 8.0), words, SMALL, Anchor::End, &MUTED);
        }
    }

    fn line(&self, canvas: &mut Canvas<'_>, room: &Room, line: &Line) {
        let places: Vec<Point> = line.points.iter().map(|mark| self.place(room, mark.at)).collect();
        canvas.line(&places, &line.colour, 4.0);
        for (mark, &(x, y)) in line.points.iter().zip(&places) {
            canvas.disc((x, y), 11.0, &PAPER);
            canvas.disc((x, y), 9.0, &line.colour);
            if let Some((side, label)) = &mark.label {
                let y = if *side == Side::Above { y - 32.0 } else { y + 32.0 };
                canvas.text((x, y), label, LABEL, Anchor::Middle, &line.colour);
            }
        }
    }

    /// At the right: each line's name beside its end, and what the values ought to be.
    fn names(&self, canvas: &mut Canvas<'_>, room: &Room) {
        let lines = self.lines.iter().filter_map(|line| {
            let (_, y) = self.place(room, line.points.last()?.at);
            Some((y, &line.name, STRONG, line.colour))
        });
        let wanted = self.wanted.iter().map(|(value, words)| {
            let (_, y) = self.place(room, (self.across.to, *value));
            (y, words, LABEL, MUTED)
        });
        let mut all: Vec<_> = lines.chain(wanted).collect();
        all.retain(|(_, words, ..)| !words.is_empty());
        all.sort_by(|one, other| one.0.total_cmp(&other.0));
        let heights: Vec<f64> = all.iter().map(|(y, ..)| *y).collect();
        let heights = spread(&heights, 32.0, (room.top, room.bottom));
        for ((_, words, kind, colour), y) in all.into_iter().zip(heights) {
            canvas.text((room.right + 20.0, y), words, kind, Anchor::Start, &colour);
        }
    }
}

fn dashed(canvas: &mut Canvas<'_>, from: Point, to: Point, colour: &RGBColor) {
    const DASH: f64 = 9.0;
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let dashes = (dx.hypot(dy) / DASH) as usize;
    let at = |dash: usize| {
        let share = dash as f64 / dashes as f64;
        (from.0 + share * dx, from.1 + share * dy)
    };
    for dash in (0..dashes).step_by(2) {
        canvas.line(&[at(dash), at(dash + 1)], colour, 2.0);
    }
}

fn foot(canvas: &mut Canvas<'_>, machine: &Machine) {
    let text = format!(
        "{}, {} cores, {} · {} · relogin {}",
        machine.processor,
        machine.cores,
        machine.memory,
        machine.rustc.split(" (").next().unwrap_or_default(),
        env!("CARGO_PKG_VERSION")
    );
    let text = fitted(&text, SMALL, RIGHT - LEFT);
    canvas.text((LEFT, HEIGHT - 30.0), &text, SMALL, Anchor::Start, &MUTED);
}
