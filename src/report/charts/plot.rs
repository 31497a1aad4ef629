//! A field with two scales, and lines in it.

#[cfg(feature = "http")]
use plotters::style::RGBColor;

use super::canvas::{Anchor, Canvas, Point};
use super::frame::{self, BOTTOM, LEFT, RIGHT};
#[cfg(feature = "http")]
use super::palette::INK;
use super::palette::{GRID, MUTED};
use super::text::SMALL;
#[cfg(feature = "http")]
use super::text::spread;

/// Free room right of the field, for names of lines.
const NAMES: f64 = 210.0;
/// The smallest height between two names.
#[cfg(feature = "http")]
const GAP: f64 = 27.0;

/// A scale: how a value becomes a place.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    first: f64,
    last: f64,
    is_log: bool,
    marks: Vec<(f64, String)>,
}

/// A field between two scales.
pub(super) struct Plot {
    corner: Point,
    end: Point,
    pub(super) across: Scale,
    pub(super) up: Scale,
}

impl Scale {
    /// From zero to a little above `greatest`.
    pub(super) fn linear(greatest: f64, most: usize) -> Self {
        let (last, marks) = frame::scale(greatest, most, false);
        let marks = marks.into_iter().map(|value| (value, frame::mark(value))).collect();
        Self { first: 0.0, last, is_log: false, marks }
    }

    /// Over the powers of ten that hold both, with marks at 1, 2 and 5 where few powers are.
    pub(super) fn logarithmic(least: f64, greatest: f64) -> Self {
        let least = least.max(1e-3);
        let greatest = greatest.max(least * 1.5);
        let first = below(least);
        let last = above(greatest);
        let decades = libm::log10(last / first);
        let digits: &[f64] = match decades {
            few if few <= 2.1 => &[1.0, 2.0, 5.0],
            some if some <= 3.1 => &[1.0, 3.0],
            _ => &[1.0],
        };
        let mut marks = Vec::new();
        let mut power = libm::pow(10.0, libm::floor(libm::log10(first)));
        while power <= last * 1.001 {
            for value in digits.iter().map(|digit| digit * power) {
                if value >= first * 0.999 && value <= last * 1.001 {
                    marks.push((value, frame::mark(value)));
                }
            }
            power *= 10.0;
        }
        Self { first, last, is_log: true, marks }
    }

    /// The halvings of what is slower, in nines: 0 % to the share that leaves one in `most`.
    #[cfg(feature = "http")]
    pub(super) fn nines(most: f64) -> Self {
        let names = ["0%", "90%", "99%", "99.9%", "99.99%", "99.999%", "99.9999%"];
        let mut marks: Vec<(f64, String)> = Vec::new();
        let mut value = 1.0;
        for name in names {
            if value <= most {
                marks.push((value, name.to_owned()));
            }
            value *= 10.0;
        }
        if most >= 2.0 {
            marks.push((2.0, "50%".to_owned()));
        }
        Self { first: 1.0, last: most.max(2.0), is_log: true, marks }
    }

    /// Seconds from the begin, marked as people count them.
    #[cfg(feature = "http")]
    pub(super) fn seconds(last: u64) -> Self {
        let steps =
            [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400];
        let step = steps.into_iter().find(|step| last / step <= 10).unwrap_or(86_400 * 7);
        let mark = |number: u64| (number as f64, clock(number));
        let marks = (0..=last / step).map(|number| mark(number * step)).collect();
        Self { first: 0.0, last: last.max(1) as f64, is_log: false, marks }
    }

    /// Where a value is, 0 at the begin and 1 at the end.
    fn part(&self, value: f64) -> f64 {
        let part = if self.is_log {
            libm::log10(value.max(self.first) / self.first) / libm::log10(self.last / self.first)
        } else {
            (value - self.first) / (self.last - self.first)
        };
        part.clamp(0.0, 1.0)
    }
}

/// Seconds after the begin: `90s`, `5m`, `1h30m`.
#[cfg(feature = "http")]
fn clock(seconds: u64) -> String {
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, 0) => format!("{minutes}m"),
        (0, minutes, seconds) => format!("{minutes}m{seconds:02}s"),
        (hours, 0, _) => format!("{hours}h"),
        (hours, minutes, _) => format!("{hours}h{minutes:02}m"),
    }
}

fn below(value: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    [5.0, 2.0, 1.0].map(|digit| digit * power).into_iter().find(|v| *v <= value).unwrap_or(power)
}

fn above(value: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    let digits = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    digits.into_iter().find(|v| *v >= value).unwrap_or(10.0 * power)
}

impl Plot {
    /// A field below `top`, with its grid and marks; `unit` stands above the upward scale.
    pub(super) fn draw(
        canvas: &mut Canvas<'_>,
        top: f64,
        (across, up): (Scale, Scale),
        (under, unit): (&str, &str),
    ) -> Self {
        let corner = (LEFT + 80.0, top + 40.0);
        let end = (RIGHT - NAMES, BOTTOM - 76.0);
        let plot = Self { corner, end, across, up };
        for (value, label) in &plot.up.marks {
            let y = plot.y(*value);
            canvas.line(&[(corner.0, y), (end.0, y)], &GRID, 1.0);
            canvas.text((corner.0 - 12.0, y), label, SMALL, Anchor::End, &MUTED);
        }
        for (value, label) in &plot.across.marks {
            let x = plot.x(*value);
            canvas.line(&[(x, end.1), (x, end.1 + 8.0)], &MUTED, 1.0);
            canvas.text((x, end.1 + 26.0), label, SMALL, Anchor::Middle, &MUTED);
        }
        canvas.line(&[(corner.0, end.1), end], &MUTED, 1.5);
        canvas.text((corner.0 - 12.0, top + 8.0), unit, SMALL, Anchor::Start, &MUTED);
        let middle = (corner.0 + end.0) / 2.0;
        canvas.text((middle, end.1 + 58.0), under, SMALL, Anchor::Middle, &MUTED);
        plot
    }

    pub(super) fn x(&self, value: f64) -> f64 {
        self.corner.0 + (self.end.0 - self.corner.0) * self.across.part(value)
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        self.end.1 - (self.end.1 - self.corner.1) * self.up.part(value)
    }

    /// A line through values.
    #[cfg(feature = "http")]
    pub(super) fn line(
        &self,
        canvas: &mut Canvas<'_>,
        values: &[(f64, f64)],
        colour: &RGBColor,
        width: f64,
    ) {
        let points: Vec<Point> = values.iter().map(|(x, y)| (self.x(*x), self.y(*y))).collect();
        match &points[..] {
            [] => {}
            [point] => canvas.disc(*point, width + 1.5, colour),
            points => canvas.line(points, colour, width),
        }
    }

    /// Names of lines at their ends, moved apart where they would touch.
    #[cfg(feature = "http")]
    pub(super) fn names(&self, canvas: &mut Canvas<'_>, names: &[(String, f64, RGBColor)]) {
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by(|one, other| self.y(names[*one].1).total_cmp(&self.y(names[*other].1)));
        let wanted: Vec<f64> = order.iter().map(|index| self.y(names[*index].1)).collect();
        let bounds = (self.corner.1, self.end.1);
        for (index, y) in order.into_iter().zip(spread(&wanted, GAP, bounds)) {
            let (name, value, colour) = &names[index];
            let from = (self.end.0 + 4.0, self.y(*value));
            canvas.line(&[from, (self.end.0 + 22.0, y)], colour, 2.0);
            canvas.text((self.end.0 + 30.0, y), name, SMALL, Anchor::Start, &INK);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_hold_their_values_and_have_a_few_marks() {
        for (least, greatest) in [(0.3, 0.9), (1.0, 1.0), (0.02, 30_000.0), (4.0, 70.0)] {
            let scale = Scale::logarithmic(least, greatest);
            assert!(scale.first <= least && scale.last >= greatest, "{scale:?}");
            assert!((2..=9).contains(&scale.marks.len()), "{scale:?}");
        }
    }

    #[cfg(feature = "http")]
    #[test]
    fn nines_and_seconds_are_marked_as_people_say_them() {
        let nines: Vec<_> = Scale::nines(1_000.0).marks.into_iter().map(|mark| mark.1).collect();
        assert_eq!(nines, ["0%", "90%", "99%", "99.9%", "50%"]);
        let seconds =
            |last| Scale::seconds(last).marks.into_iter().map(|mark| mark.1).collect::<Vec<_>>();
        assert_eq!(seconds(3), ["0s", "1s", "2s", "3s"]);
        assert_eq!(
            seconds(150),
            ["0s", "15s", "30s", "45s", "1m", "1m15s", "1m30s", "1m45s", "2m", "2m15s", "2m30s"]
        );
        assert_eq!(seconds(3_600 * 5).last().map(String::as_str), Some("5h"));
    }
}
