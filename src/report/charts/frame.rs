//! What every chart has around it: the sentence that it says, its units, where its figures come
//! from; and the marks of an axis.

use plotters::style::RGBColor;

use super::canvas::{Anchor, Canvas, HEIGHT, Point, WIDTH};
use super::palette::{ALERT, INK, MUTED, PAPER};
use super::text::{SMALL, SUBTITLE, TITLE, Type, fitted, width, wrapped};
use crate::description::Description;
use crate::report::Input;
use crate::report::numeral::{counted, measure, short};
use crate::report::timeline::Timeline;
use crate::table::PolicyTables;

/// The left margin of everything.
pub(super) const LEFT: f64 = 60.0;
/// Where the right margin begins.
pub(super) const RIGHT: f64 = WIDTH - 60.0;
/// Where the room of the chart itself ends; below stands where the figures come from.
pub(super) const BOTTOM: f64 = HEIGHT - 70.0;

/// Draws paper, head and foot, and tells from which height on there is room.
pub(super) fn frame(
    canvas: &mut Canvas<'_>,
    input: &Input<'_>,
    title: &str,
    subtitle: &str,
) -> f64 {
    let words = foot_words(input.description);
    sheet(canvas, (title, subtitle), &words, input.partial.is_some())
}

/// The same with a foot of other words; `partial` says before them that figures are missing.
pub(super) fn sheet(
    canvas: &mut Canvas<'_>,
    (title, subtitle): (&str, &str),
    foot_words: &str,
    partial: bool,
) -> f64 {
    canvas.rect((0.0, 0.0), (WIDTH, HEIGHT), &PAPER);
    let room = RIGHT - LEFT;
    // One line is best, if need be a little smaller; then two.
    let sizes = [(TITLE.size, 1), (35.0, 1), (TITLE.size, 2), (34.0, 2), (28.0, 2)];
    let fits = |(size, lines): &(f64, usize)| {
        wrapped(title, Type { size: *size, ..TITLE }, room).len() <= *lines
    };
    let size = sizes.into_iter().find(fits).map_or(28.0, |(size, _)| size);
    let kind = Type { size, ..TITLE };
    let mut y = 64.0;
    for line in balanced(title, kind, room).iter().take(3) {
        canvas.text((LEFT, y), line, kind, Anchor::Start, &INK);
        y += 1.2 * kind.size;
    }
    y += 4.0;
    for line in wrapped(subtitle, SUBTITLE, room).iter().take(2) {
        canvas.text((LEFT, y), line, SUBTITLE, Anchor::Start, &MUTED);
        y += 1.3 * SUBTITLE.size;
    }
    foot(canvas, foot_words, partial);
    y + 14.0
}

/// Lines of about the same length: a last line of one word reads badly from afar.
fn balanced(title: &str, kind: Type, room: f64) -> Vec<String> {
    let lines = wrapped(title, kind, room);
    let narrower = (10..20).map(|part| wrapped(title, kind, room * f64::from(part) / 20.0));
    narrower.into_iter().find(|narrow| narrow.len() == lines.len()).unwrap_or(lines)
}

/// Where the figures come from.
pub(super) fn foot_words(about: &Description) -> String {
    let timeline = Timeline::new(&about.workload.timezone);
    let activity = &about.activity;
    let mut text = format!("{} · {}", short(&about.scenario, 40), counted(activity.users, "user"));
    if activity.records > 0 {
        let days = (timeline.date(activity.start), timeline.date(activity.horizon));
        text.push_str(&format!(" · {} – {}", days.0, days.1));
    }
    text.push_str(&format!(" · relogin {} · seed {}", about.version, about.seed));
    text
}

fn foot(canvas: &mut Canvas<'_>, text: &str, partial: bool) {
    let y = HEIGHT - 30.0;
    let mut x = LEFT;
    if partial {
        let word = "Partial result";
        canvas.text((x, y), word, Type { bold: true, ..SMALL }, Anchor::Start, &ALERT);
        x += width(word, Type { bold: true, ..SMALL }) + 18.0;
    }
    canvas.text((x, y), &fitted(text, SMALL, RIGHT - x), SMALL, Anchor::Start, &MUTED);
}

/// A sentence in the middle of the room of a chart that has nothing to show.
pub(super) fn nothing(canvas: &mut Canvas<'_>, top: f64, sentence: &str) {
    let place = ((LEFT + RIGHT) / 2.0, (top + BOTTOM) / 2.0);
    canvas.text(place, sentence, SUBTITLE, Anchor::Middle, &MUTED);
}

/// A legend in one line: what each colour stands for. Tells how wide it is.
pub(super) fn legend(canvas: &mut Canvas<'_>, (left, y): Point, rows: &[(&str, RGBColor)]) -> f64 {
    let mut x = left;
    for (name, colour) in rows {
        canvas.rect((x, y - 10.0), (20.0, 20.0), colour);
        canvas.text((x + 30.0, y), name, SMALL, Anchor::Start, &INK);
        x += 30.0 + width(name, SMALL) + 34.0;
    }
    x - left
}

/// The policies of a scenario that a chart shows, with the index that gives each its colour, and
/// how many there was no room for. Baselines come along where `baselines` says so, or where there
/// is nothing else.
pub(super) fn shown<'a>(
    input: &Input<'a>,
    most: usize,
    baselines: bool,
) -> (Vec<(usize, &'a PolicyTables)>, usize) {
    let own = input.policies.iter().filter(|policy| !policy.baseline).count();
    let all = input.policies.iter().enumerate();
    let all: Vec<_> = all.filter(|(_, p)| !p.baseline || baselines || own == 0).collect();
    // Baselines keep their place: they are what the rest is measured by.
    let (fixed, free): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, p)| p.baseline && own > 0);
    let kept = free.len().min(most.saturating_sub(fixed.len()).max(1));
    let left_out = free.len() - kept;
    (free.into_iter().take(kept).chain(fixed).collect(), left_out)
}

/// What a chart says of policies that it had no room for.
pub(super) fn more(left_out: usize) -> String {
    match left_out {
        0 => String::new(),
        1 => " One more policy stands in the table.".to_owned(),
        count => format!(" {count} more policies stand in the table."),
    }
}

/// The scale of an axis from zero: its end, a little above the greatest value, and its marks at
/// 1, 2 or 5 times a power of ten.
pub(super) fn scale(greatest: f64, most: usize, whole: bool) -> (f64, Vec<f64>) {
    let greatest = if greatest > 0.0 { greatest.min(1e18) } else { 1.0 };
    let mut power = if whole { 1.0 } else { 1e-6 };
    let step = loop {
        let steps = [1.0, 2.0, 5.0].map(|digit| digit * power);
        match steps.into_iter().find(|step| greatest / step <= most as f64) {
            Some(step) => break step,
            None => power *= 10.0,
        }
    };
    let end = greatest * 1.04;
    let count = (end / step).floor() as usize;
    (end, (0..=count).map(|index| index as f64 * step).collect())
}

/// How many stretches of `width` milliseconds make a step so that at most `most` steps cover
/// `stretches` of them: a step that people have a word for, where one is near.
pub(super) fn step(stretches: i64, width: i64, most: i64) -> i64 {
    let needed = stretches.div_euclid(most) + i64::from(stretches % most > 0);
    let minutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080];
    let weeks = [2, 4, 12, 24, 52].map(|weeks| weeks * 10_080);
    let mut steps = minutes.into_iter().chain(weeks).map(|minutes| minutes * 60_000);
    let near = |step: i64| needed <= step / width && step / width <= 3 * needed;
    let fitting = steps.find(|step| step % width == 0 && near(*step));
    fitting.map_or(needed.max(1), |step| step / width)
}

/// A mark's number, as short as there is room for beside an axis: `500`, `50k`, `2M`.
pub(super) fn mark(number: f64) -> String {
    let units = [(1e9, "bn"), (1e6, "M"), (1e4, "k")];
    match units.into_iter().find(|(from, _)| number >= *from) {
        Some((_, "k")) => format!("{}k", measure(number / 1e3)),
        Some((unit, name)) => format!("{}{name}", measure(number / unit)),
        None => measure(number),
    }
}

/// A policy's name in a title: long ones give way.
pub(super) fn named(policy: &PolicyTables) -> String {
    short(&policy.name, 36)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_above_the_greatest_and_have_few_marks() {
        assert_eq!(scale(1.8, 5, false).1, [0.0, 0.5, 1.0, 1.5]);
        assert_eq!(scale(0.0, 5, true), (1.04, vec![0.0, 1.0]));
        assert_eq!(scale(3.0, 5, true).1, [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(scale(412.0, 4, true).1, [0.0, 200.0, 400.0]);
        assert!(scale(f64::MAX, 5, false).1.len() <= 6);
    }

    #[test]
    fn marks_are_short() {
        let marks = [0.0, 0.05, 5_000.0, 50_000.0, 2_500_000.0, 4e9].map(mark);
        assert_eq!(marks, ["0", "0.05", "5,000", "50k", "2.5M", "4bn"]);
    }

    #[test]
    fn steps_have_a_word() {
        let (minute, hour) = (60_000, 3_600_000);
        assert_eq!(step(40_320, minute, 300), 180);
        assert_eq!(step(300, minute, 300), 1);
        assert_eq!(step(0, minute, 300), 1);
        assert_eq!(step(26_280, hour, 300), 168);
        assert_eq!(step(3_000, 7 * minute, 300), 10);
    }
}
