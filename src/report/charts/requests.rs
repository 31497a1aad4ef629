//! Requests to the identity provider over time, by kind: a panel for each policy.

use super::canvas::{self, Anchor, Canvas, Point};
use super::frame::{LEFT, frame, legend, mark, more, named, nothing, scale, shown, step};
use super::palette::{GRID, INK, KINDS, MUTED, PAPER};
use super::panels::{PANELS, Panel, panels, time_axis};
use super::text::{SMALL, SMALL_STRONG, fitted, width};
use super::{Chart, Drawing};
use crate::report::Input;
use crate::report::numeral::{compared, per, stretch, whole};
use crate::report::timeline::Timeline;
use crate::table::{Column, Load, PolicyTables, REQUEST_KINDS, Table, Value};

pub(super) const CHART: Chart = Chart {
    name: "requests",
    about: "What the identity provider has to answer over time, by kind",
    draw,
};

/// So many steps does a panel of full width have.
const STEPS: i64 = 300;
/// From so wide buckets on a peak has a date and no time of day.
const DAY: i64 = 86_400_000;

/// The time and the height that all panels share.
struct Shared {
    /// The first bucket and the last.
    first: i64,
    last: i64,
    /// The width of a bucket in milliseconds.
    width: i64,
    /// How many buckets a step has.
    step: i64,
    /// The end of the scale of requests, and its marks.
    end: f64,
    marks: Vec<f64>,
}

fn draw(input: &Input<'_>) -> Drawing {
    let title = title(input);
    let (policies, left_out) = shown(input, PANELS, false);
    let across = columns(policies.len());
    let shared = shared(&policies, STEPS / across as i64);
    let subtitle = subtitle(input, shared.as_ref(), left_out);
    let svg = canvas::svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = frame(canvas, input, &title, &subtitle);
        let Some(shared) = &shared else {
            nothing(canvas, top, "Nothing was asked of the identity provider.");
            return;
        };
        let occurs = |kind: usize| {
            let mut all = policies.iter().flat_map(|(_, policy)| &policy.load.buckets);
            all.any(|(_, counts)| counts[kind] > 0)
        };
        let occurring: Vec<_> = (0..5).filter(|kind| occurs(*kind)).map(|k| KINDS[k]).collect();
        legend(canvas, (LEFT, top + 8.0), &occurring);
        let places = panels(policies.len(), across, top + 34.0, 34.0);
        for (place, (_, policy)) in places.into_iter().zip(&policies) {
            panel(canvas, input, place, shared, policy);
        }
    });
    Drawing { title, svg, behind: behind(input) }
}

fn columns(panels: usize) -> usize {
    match panels {
        0..=4 => 1,
        5..=8 => 2,
        _ => 3,
    }
}

fn shared(policies: &[(usize, &PolicyTables)], steps: i64) -> Option<Shared> {
    let filled = policies.iter().map(|(_, policy)| &policy.load);
    let filled: Vec<&Load> = filled.filter(|load| load.first <= load.last).collect();
    let first = filled.iter().map(|load| load.first).min()?;
    let last = filled.iter().map(|load| load.last).max()?;
    let greatest = filled.iter().filter_map(|load| peak(load)).map(|(_, count)| count).max()?;
    let (end, marks) = scale(greatest as f64, 3, true);
    let width = filled[0].width;
    let step = step(last - first + 1, width, steps);
    Some(Shared { first, last, width, step, end, marks })
}

/// The fullest bucket: its index and its requests.
fn peak(load: &Load) -> Option<(i64, u64)> {
    let sums = load.buckets.iter().map(|(index, counts)| (*index, counts.iter().sum::<u64>()));
    sums.filter(|(_, sum)| *sum > 0).max_by_key(|(index, sum)| (*sum, std::cmp::Reverse(*index)))
}

fn subtitle(input: &Input<'_>, shared: Option<&Shared>, left_out: usize) -> String {
    let Some(shared) = shared else { return "Requests to the identity provider".to_owned() };
    let bucket = per(shared.width);
    let mut text = format!("Requests per {bucket}");
    if shared.step > 1 {
        let step = stretch(shared.step * shared.width);
        text.push_str(&format!("; each step of {step} shows its fullest {bucket}"));
    }
    text.push('.');
    let own = input.policies.iter().any(|policy| !policy.baseline);
    let baselines = input.policies.iter().filter(|policy| policy.baseline && own);
    let peaks = baselines.map(|policy| {
        format!("{} {}", named(policy), whole(peak(&policy.load).map_or(0, |(_, count)| count)))
    });
    let peaks: Vec<String> = peaks.collect();
    if !peaks.is_empty() {
        text.push_str(&format!(" Peaks of the baselines: {}.", peaks.join(", ")));
    }
    text + &more(left_out)
}

fn panel(
    canvas: &mut Canvas<'_>,
    input: &Input<'_>,
    Panel { corner, size, lowest }: Panel,
    shared: &Shared,
    policy: &PolicyTables,
) {
    let (left, right) = (corner.0 + 66.0, corner.0 + size.0 - 14.0);
    let (top, bottom) = (corner.1 + 56.0, corner.1 + size.1 - 10.0);
    let count = (shared.last - shared.first + 1) as f64;
    let x = |index: i64| left + (right - left) * (index - shared.first) as f64 / count;
    let y = |requests: f64| bottom - (bottom - top) * requests / shared.end;
    for value in &shared.marks {
        let width = if *value == 0.0 { 2.0 } else { 1.0 };
        canvas.line(&[(left, y(*value)), (right, y(*value))], &GRID, width);
        let few = bottom - top > 26.0 * shared.marks.len() as f64;
        if few || *value == 0.0 || Some(value) == shared.marks.last() {
            let place = (left - 10.0, y(*value));
            canvas.text(place, &mark(*value), SMALL, Anchor::End, &MUTED);
        }
    }
    let timeline = Timeline::new(&input.description.workload.timezone);
    let (begin, end) = (shared.first * shared.width, (shared.last + 1) * shared.width);
    time_axis(canvas, &timeline, (left, right, bottom), (begin, end), lowest);
    let columns = steps(&policy.load, shared);
    areas(canvas, &columns, shared, (&x, &y));
    let name = fitted(&policy.name, SMALL_STRONG, right - left);
    canvas.text((left, corner.1 + 18.0), &name, SMALL_STRONG, Anchor::Start, &INK);
    if let Some((index, requests)) = peak(&policy.load) {
        let tip = ((x(index) + x(index + 1)) / 2.0, y(requests as f64));
        canvas.disc(tip, 7.0, &PAPER);
        canvas.disc(tip, 5.0, &INK);
        let instant = match index * shared.width {
            day if shared.width >= DAY => timeline.date(day),
            minute => timeline.moment(minute),
        };
        let text = format!("peak {} · {instant}", whole(requests));
        let half = width(&text, SMALL) / 2.0;
        let middle = tip.0.clamp(left + half, (right - half).max(left + half));
        canvas.text((middle, tip.1 - 20.0), &text, SMALL, Anchor::Middle, &INK);
    }
}

/// By step, aligned to the epoch: its first bucket, and the requests by kind in its fullest bucket. Steps without any
/// request are left out.
fn steps(load: &Load, shared: &Shared) -> Vec<(i64, [u64; 5])> {
    let mut steps: Vec<(i64, [u64; 5])> = Vec::new();
    for (index, counts) in &load.buckets {
        let start = index.div_euclid(shared.step) * shared.step;
        match steps.last_mut().filter(|(own, _)| *own == start) {
            Some((_, fullest)) => {
                if fullest.iter().sum::<u64>() < counts.iter().sum() {
                    *fullest = *counts;
                }
            }
            None => steps.push((start, *counts)),
        }
    }
    steps
}

/// Draws the kinds on top of each other, each step flat; gaps where there was no request.
fn areas(
    canvas: &mut Canvas<'_>,
    steps: &[(i64, [u64; 5])],
    shared: &Shared,
    (x, y): (&dyn Fn(i64) -> f64, &dyn Fn(f64) -> f64),
) {
    let runs = steps.chunk_by(|before, after| before.0 + shared.step == after.0);
    for run in runs {
        for (kind, (_, colour)) in KINDS.iter().enumerate() {
            if run.iter().all(|(_, counts)| counts[kind] == 0) {
                continue;
            }
            let outline = |upto: usize| {
                run.iter().flat_map(move |(start, counts)| {
                    let height = y(counts[..upto].iter().sum::<u64>() as f64);
                    let end = (start + shared.step).min(shared.last + 1);
                    [(x((*start).max(shared.first)), height), (x(end), height)]
                })
            };
            let below: Vec<Point> = outline(kind).collect();
            let points: Vec<Point> = outline(kind + 1).chain(below.into_iter().rev()).collect();
            canvas.area(&points, colour);
        }
    }
}

fn title(input: &Input<'_>) -> String {
    let (policies, _) = shown(input, usize::MAX, false);
    let Some((_, first)) = policies.first() else { return "No policy was run".to_owned() };
    let height = |policy: &PolicyTables| peak(&policy.load).map_or(0, |(_, count)| count);
    let by_height = |a: &&(usize, &PolicyTables), b: &&(usize, &PolicyTables)| {
        // The first of equals.
        height(a.1).cmp(&height(b.1)).then(b.0.cmp(&a.0))
    };
    let worst = policies.iter().max_by(by_height).map_or(*first, |(_, policy)| *policy);
    let (was, is) = (height(first), height(worst));
    if is == 0 {
        return "Nothing is asked of the identity provider".to_owned();
    }
    let requests = if is == 1 { "request" } else { "requests" };
    let peak = format!("{} {requests} a {}", whole(is), per(first.load.width));
    if policies.len() == 1 {
        return format!("{}: the identity provider’s peak is {peak}", named(first));
    }
    if is == was {
        let best = policies.iter().min_by_key(|(index, policy)| (height(policy), *index));
        let best = best.map_or(*first, |(_, policy)| *policy);
        return if height(best) == is {
            format!("Every policy peaks at {peak}")
        } else {
            format!("{} peaks at {peak}, {} at {}", named(first), named(best), whole(height(best)))
        };
    }
    match was {
        0 => format!("{} peaks at {peak}; {} asks for nothing", named(worst), named(first)),
        was => {
            let words = ["more than", "fewer than", "as many as"];
            let change = compared(was as f64, is as f64, words);
            format!("{} peaks at {peak}, {change} {}", named(worst), named(first))
        }
    }
}

fn behind(input: &Input<'_>) -> Table {
    let mut columns = vec![Column { name: "policy", unit: "" }];
    columns.extend(REQUEST_KINDS.map(|name| Column { name, unit: "requests" }));
    columns.push(Column { name: "fullest second", unit: "requests" });
    columns.push(Column { name: "began at", unit: "UTC" });
    columns.push(Column { name: "fullest minute", unit: "requests" });
    columns.push(Column { name: "began at", unit: "UTC" });
    let row = |policy: &PolicyTables| {
        let mut row = vec![Value::Text(policy.name.clone())];
        for kind in 0..REQUEST_KINDS.len() {
            let counts = policy.load.buckets.iter().map(|(_, counts)| counts[kind]);
            row.push(Value::Count(counts.sum()));
        }
        for peak in [policy.load.peak_second, policy.load.peak_minute] {
            row.push(peak.map_or(Value::Missing, |(_, count)| Value::Count(count)));
            row.push(peak.map_or(Value::Missing, |(at, _)| Value::Instant(at)));
        }
        row
    };
    Table { columns, rows: input.policies.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_shows_its_fullest_bucket_and_no_sum_of_several() {
        let buckets = vec![
            (10, [1, 0, 0, 0, 0]),
            (12, [0, 0, 5, 0, 0]),
            (13, [4, 0, 0, 0, 0]),
            (17, [0, 2, 0, 0, 0]),
        ];
        let load = Load {
            width: 60_000,
            first: 10,
            last: 19,
            buckets,
            peak_second: None,
            peak_minute: None,
        };
        let shared =
            Shared { first: 10, last: 19, width: 60_000, step: 4, end: 5.0, marks: Vec::new() };
        assert_eq!(
            steps(&load, &shared),
            [(8, [1, 0, 0, 0, 0]), (12, [0, 0, 5, 0, 0]), (16, [0, 2, 0, 0, 0])]
        );
        assert_eq!(peak(&load), Some((12, 5)));
    }
}
