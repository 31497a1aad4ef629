//! Sessions alive over time: a line for each policy, named at its end.

use plotters::style::Color;

use super::canvas::{self, Anchor, Canvas, Point};
use super::frame::{BOTTOM, LEFT, RIGHT, frame, mark, more, named, nothing, scale, shown, step};
use super::palette::{self, BASELINE, GRID, INK, MUTED};
use super::panels::{PANELS, Panel, panels, time_axis};
use super::text::{SMALL, SMALL_STRONG, STRONG, Type, fitted, spread, width};
use super::{Chart, Drawing};
use crate::report::Input;
use crate::report::numeral::{alike, compared, counted, stretch, whole};
use crate::report::timeline::Timeline;
use crate::table::{Column, PolicyTables, SessionsAlive, Table, Value};

pub(super) const CHART: Chart = Chart {
    name: "sessions",
    about: "How many sessions are alive at the identity provider over time",
    draw,
};

/// So many policies can be told apart as lines of one chart; more get a panel each.
const LINES: usize = 6;
/// A baseline that reaches further than so many times the policies' peak is told, not drawn: it
/// would press them to the ground.
const FAR: f64 = 1.5;
/// So much room do names have at most.
const NAME_ROOM: f64 = 420.0;
/// So many steps does the chart have at most, and a panel.
const STEPS: i64 = 300;
const STEPS_OF_A_PANEL: i64 = 100;

/// Where time and sessions lie on the sheet.
struct Ground {
    begin: i64,
    end: i64,
    step: i64,
    corners: (Point, Point),
    most: f64,
}

impl Ground {
    fn x(&self, at: i64) -> f64 {
        let ((left, _), (right, _)) = self.corners;
        left + (right - left) * (at - self.begin) as f64 / (self.end - self.begin) as f64
    }

    fn y(&self, sessions: f64) -> f64 {
        let ((_, top), (_, bottom)) = self.corners;
        bottom - (bottom - top) * sessions / self.most
    }
}

fn draw(input: &Input<'_>) -> Drawing {
    let title = title(input);
    let own = input.policies.iter().filter(|policy| !policy.baseline).count();
    let apart = own > LINES;
    let (mut policies, left_out) = shown(input, PANELS, !apart);
    let far = drop_far(&mut policies);
    let spans = policies.iter().filter_map(|(_, policy)| covered(&policy.sessions));
    let span = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1), a.2.max(b.2)));
    let most = if apart { STEPS_OF_A_PANEL } else { STEPS };
    let time = span
        .map(|(begin, end, width)| (begin, end, width * step((end - begin) / width, width, most)));
    let mut subtitle = "Sessions, warm-up included.".to_owned();
    if let Some((_, _, step)) = time {
        subtitle.push_str(&format!(" Each step of {} shows the most at once.", stretch(step)));
    }
    if !far.is_empty() {
        subtitle.push_str(&format!(" Far above: {}.", far.join(", ")));
    }
    if let (true, Some((_, first))) = (apart, policies.first()) {
        subtitle.push_str(&format!(" Grey: {}.", named(first)));
    }
    subtitle.push_str(&more(left_out));
    let svg = canvas::svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = frame(canvas, input, &title, &subtitle);
        match time {
            Some(time) if apart => multiples(canvas, input, top, &policies, time),
            Some(time) => lines(canvas, input, top, &policies, time),
            None => nothing(canvas, top, "No session was begun."),
        }
    });
    Drawing { title, svg, behind: behind(input) }
}

/// Takes away the baselines that would hide the policies, or that never have a session, and tells
/// how far up the former reach.
fn drop_far(policies: &mut Vec<(usize, &PolicyTables)>) -> Vec<String> {
    let own = policies.iter().filter(|(_, policy)| !policy.baseline);
    let Some(highest) = own.map(|(_, policy)| peak(policy)).max().filter(|most| *most > 0) else {
        return Vec::new();
    };
    let is_far =
        |policy: &PolicyTables| policy.baseline && peak(policy) as f64 > FAR * highest as f64;
    let far = policies.iter().filter(|(_, policy)| is_far(policy));
    let far = far.map(|(_, policy)| format!("{} (max {})", named(policy), whole(peak(policy))));
    let far = far.collect();
    policies.retain(|(_, policy)| !policy.baseline || (peak(policy) > 0 && !is_far(policy)));
    far
}

/// From when to when, and how wide a stretch is.
fn covered(sessions: &[SessionsAlive]) -> Option<(i64, i64, i64)> {
    let (first, last) = (sessions.first()?, sessions.last()?);
    let widths = sessions.windows(2).map(|pair| pair[1].start - pair[0].start);
    let width = widths.filter(|width| *width > 0).min().unwrap_or(60_000);
    Some((first.start, last.start + width, width))
}

fn lines(
    canvas: &mut Canvas<'_>,
    input: &Input<'_>,
    top: f64,
    policies: &[(usize, &PolicyTables)],
    (begin, end, step): (i64, i64, i64),
) {
    let greatest = policies.iter().map(|(_, policy)| peak(policy)).max().unwrap_or(0);
    let widest =
        |kind| policies.iter().map(|(_, policy)| width(&policy.name, kind)).fold(0.0, f64::max);
    let kind = if widest(STRONG) > 300.0 { SMALL_STRONG } else { STRONG };
    let figure = width(&format!("max {}", whole(greatest)), SMALL) + 12.0;
    let room = widest(kind).min(NAME_ROOM) + figure + 34.0;
    let (most, marks) = scale(greatest as f64, 5, true);
    let left = LEFT + marks.iter().map(|value| width(&mark(*value), SMALL)).fold(0.0, f64::max);
    let corners = ((left + 14.0, top + 20.0), (RIGHT - room, BOTTOM - 40.0));
    let ground = Ground { begin, end, step, corners, most };
    axes(canvas, input, &ground, &marks, true);
    let mut ends = Vec::new();
    // Baselines first, so that they lie below the rest.
    for (index, policy) in policies.iter().rev() {
        let colour = palette::policy(*index, policy.baseline);
        let width = if policy.baseline { 3.0 } else { 4.0 };
        if let Some(last) = line(canvas, &ground, policy, &colour, width) {
            ends.push((last, *policy, colour));
        }
    }
    ends.sort_by(|a, b| a.0.1.total_cmp(&b.0.1));
    let wanted: Vec<f64> = ends.iter().map(|(last, ..)| last.1).collect();
    let gap = ((corners.1.1 - corners.0.1) / wanted.len() as f64).min(34.0);
    let heights = spread(&wanted, gap, (corners.0.1, corners.1.1));
    for ((last, policy, colour), height) in ends.into_iter().zip(heights) {
        name(canvas, (last, height), policy, &colour, (kind, room - figure - 32.0));
    }
}

/// Draws a policy's line, and tells where it ends.
fn line(
    canvas: &mut Canvas<'_>,
    ground: &Ground,
    policy: &PolicyTables,
    colour: &impl Color,
    width: f64,
) -> Option<Point> {
    let steps = steps(&policy.sessions, ground);
    let flat = steps.iter().flat_map(|(from, to, most)| {
        let y = ground.y(*most as f64);
        [(ground.x((*from).max(ground.begin)), y), (ground.x(*to), y)]
    });
    let points: Vec<Point> = flat.collect();
    if !points.is_empty() {
        canvas.line(&points, colour, width);
    }
    points.last().copied()
}

/// A panel for each policy, the first one in all of them to compare with.
fn multiples(
    canvas: &mut Canvas<'_>,
    input: &Input<'_>,
    top: f64,
    policies: &[(usize, &PolicyTables)],
    (begin, end, step): (i64, i64, i64),
) {
    let greatest = policies.iter().map(|(_, policy)| peak(policy)).max().unwrap_or(0);
    let (most, marks) = scale(greatest as f64, 3, true);
    let across = if policies.len() > 9 { 4 } else { 3 };
    for (panel, (index, policy)) in
        panels(policies.len(), across, top, 34.0).into_iter().zip(policies)
    {
        let Panel { corner, size, lowest } = panel;
        let corners = (
            (corner.0 + 70.0, corner.1 + 36.0),
            (corner.0 + size.0 - 14.0, corner.1 + size.1 - 16.0),
        );
        let ground = Ground { begin, end, step, corners, most };
        axes(canvas, input, &ground, &marks, lowest);
        let figure = format!("max {}", whole(peak(policy)));
        let room = corners.1.0 - corners.0.0 - width(&figure, SMALL) - 12.0;
        let name = fitted(&policy.name, SMALL_STRONG, room);
        let place = (corners.0.0, corner.1 + 14.0);
        canvas.text(place, &name, SMALL_STRONG, Anchor::Start, &INK);
        let beside = (place.0 + width(&name, SMALL_STRONG) + 12.0, place.1);
        canvas.text(beside, &figure, SMALL, Anchor::Start, &MUTED);
        if *index != policies[0].0 {
            line(canvas, &ground, policies[0].1, &BASELINE, 2.0);
        }
        line(canvas, &ground, policy, &palette::policy(*index, policy.baseline), 3.0);
    }
}

fn name(
    canvas: &mut Canvas<'_>,
    (last, height): (Point, f64),
    policy: &PolicyTables,
    colour: &impl Color,
    (kind, room): (Type, f64),
) {
    let start = (last.0 + 30.0, height);
    canvas.line(&[last, (last.0 + 8.0, last.1), (start.0 - 6.0, height)], colour, 2.0);
    let ink = if policy.baseline { &MUTED } else { &INK };
    let kind = Type { bold: !policy.baseline, ..kind };
    let name = fitted(&policy.name, kind, room);
    canvas.text(start, &name, kind, Anchor::Start, ink);
    let beside = (start.0 + width(&name, kind) + 12.0, height);
    let text = format!("max {}", whole(peak(policy)));
    canvas.text(beside, &text, SMALL, Anchor::Start, &MUTED);
}

fn axes(canvas: &mut Canvas<'_>, input: &Input<'_>, ground: &Ground, marks: &[f64], labels: bool) {
    let ((left, _), (right, bottom)) = ground.corners;
    for value in marks {
        let y = ground.y(*value);
        canvas.line(&[(left, y), (right, y)], &GRID, if *value == 0.0 { 2.0 } else { 1.0 });
        canvas.text((left - 12.0, y), &mark(*value), SMALL, Anchor::End, &MUTED);
    }
    let timeline = Timeline::new(&input.description.workload.timezone);
    time_axis(canvas, &timeline, (left, right, bottom), (ground.begin, ground.end), labels);
}

/// By step, aligned to the epoch: from, to, and the most sessions at once. A stretch without an entry of its own goes
/// on as the one before it.
fn steps(sessions: &[SessionsAlive], ground: &Ground) -> Vec<(i64, i64, u64)> {
    let mut steps: Vec<(i64, i64, u64)> = Vec::new();
    for alive in sessions {
        let start = alive.start.div_euclid(ground.step) * ground.step;
        match steps.last_mut() {
            Some((own, _, most)) if *own == start => *most = (*most).max(alive.most),
            before => {
                if let Some((_, to, _)) = before {
                    *to = start;
                }
                let end = (start + ground.step).min(ground.end);
                steps.push((start, end, alive.most));
            }
        }
    }
    steps
}

fn peak(policy: &PolicyTables) -> u64 {
    policy.sessions.iter().map(|alive| alive.most).max().unwrap_or(0)
}

fn title(input: &Input<'_>) -> String {
    let (policies, _) = shown(input, usize::MAX, false);
    let Some((_, first)) = policies.first() else { return "No policy was run".to_owned() };
    let was = peak(first);
    let furthest = policies
        .iter()
        .max_by_key(|(index, policy)| (peak(policy).abs_diff(was), std::cmp::Reverse(*index)));
    let other = furthest.map_or(*first, |(_, policy)| *policy);
    let is = peak(other);
    let at_once = |sessions: u64| format!("{} at once", counted(sessions, "session"));
    if was == 0 && is == 0 {
        return "No session is ever alive".to_owned();
    }
    if policies.len() == 1 {
        return format!("{}: at most {}", named(first), at_once(was));
    }
    if alike(was as f64, is as f64) {
        let about = if is == was { "" } else { "about " };
        return format!("Every policy peaks at {about}{}", at_once(was));
    }
    let beside = match was {
        0 => format!("{} has none", named(first)),
        was => {
            let words = ["more than", "fewer than", "as many as"];
            format!("{} {}", compared(was as f64, is as f64, words), named(first))
        }
    };
    format!("{}: at most {}, {beside}", named(other), at_once(is))
}

fn behind(input: &Input<'_>) -> Table {
    let columns = vec![
        Column { name: "policy", unit: "" },
        Column { name: "begun", unit: "sessions" },
        Column { name: "most at once", unit: "sessions" },
        Column { name: "reached at", unit: "UTC" },
        Column { name: "alive at the end", unit: "sessions" },
        Column { name: "unattended", unit: "h" },
    ];
    let row = |policy: &PolicyTables| {
        let most = peak(policy);
        let fullest = policy.sessions.iter().find(|alive| alive.most == most);
        vec![
            Value::Text(policy.name.clone()),
            Value::Count(policy.metric("sessions.started") as u64),
            Value::Count(most),
            fullest.map_or(Value::Missing, |alive| Value::Instant(alive.start)),
            policy.sessions.last().map_or(Value::Missing, |alive| Value::Count(alive.fewest)),
            Value::Number(policy.metric("sessions.unattended_hours")),
        ]
    };
    Table { columns, rows: input.policies.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_show_the_most_and_leave_no_gap() {
        let alive = |start: i64, most: u64| SessionsAlive { start, most, fewest: 0 };
        let sessions = [alive(0, 3), alive(10, 7), alive(20, 5), alive(70, 1)];
        let ground =
            Ground { begin: 0, end: 80, step: 20, corners: ((0.0, 0.0), (8.0, 8.0)), most: 8.0 };
        assert_eq!(steps(&sessions, &ground), [(0, 20, 7), (20, 60, 5), (60, 80, 1)]);
        assert_eq!(covered(&sessions), Some((0, 80, 10)));
    }
}
