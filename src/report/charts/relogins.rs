//! Re-logins per user-day, by policy and cause.

use super::canvas::{self, Anchor, Canvas};
use super::frame::{LEFT, RIGHT, frame, legend, more, named, nothing, scale, shown};
use super::palette::{BASELINE, CAUSES, INK, MUTED, ON_DARK, ON_LIGHT, PAPER};
use super::rows::{Rows, Scale, cut_bar, figure_type, rows};
use super::text::{SMALL, Type, width};
use super::{Chart, Drawing};
use crate::report::Input;
use crate::report::numeral::{alike, brief, compared, decimals, fixed, percent, relative, times};
use crate::table::{Column, PolicyTables, Table, Value};

pub(super) const CHART: Chart = Chart {
    name: "relogins",
    about: "How often each policy makes people log in again, and why",
    draw,
};

/// A baseline's bar is cut where it would make the policies' bars this much shorter.
const CUT_ABOVE: f64 = 1.25;
/// The least part of the longest bar that can be seen.
const SEEN: f64 = 0.002;
/// Room beside a bar for its figure.
const FIGURE_ROOM: f64 = 210.0;

fn draw(input: &Input<'_>) -> Drawing {
    let title = title(input);
    let (policies, left_out) = shown(input, 20, true);
    let subtitle = format!(
        "Re-logins that a policy forced, per user and day of use, by cause.{}{}",
        if has_intervals(&policies) { " Black: 95 % intervals over people." } else { "" },
        more(left_out)
    );
    let svg = canvas::svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = frame(canvas, input, &title, &subtitle);
        if policies.iter().all(|(_, policy)| policy.metric("uses") == 0.0) {
            nothing(canvas, top, "Nothing was counted.");
            return;
        }
        let own = || policies.iter().filter(|(_, policy)| !policy.baseline);
        let greatest = own().map(|(_, policy)| total(policy)).fold(0.0, f64::max);
        // What is too little to be seen is not explained.
        let occurring = CAUSES.iter().filter(|(key, ..)| {
            own().any(|(_, policy)| per_user_day(policy, key) > SEEN * greatest)
        });
        let occurring: Vec<_> = occurring.map(|(_, name, colour)| (*name, *colour)).collect();
        legend(canvas, (LEFT, top + 8.0), &occurring);
        bars(canvas, top + if occurring.is_empty() { 0.0 } else { 38.0 }, &policies);
    });
    Drawing { title, svg, behind: behind(input) }
}

fn bars(canvas: &mut Canvas<'_>, top: f64, policies: &[(usize, &PolicyTables)]) {
    let rows = rows(canvas, top, policies);
    let own = policies.iter().filter(|(_, policy)| !policy.baseline);
    let greatest = own.map(|(_, policy)| total(policy)).fold(0.0, f64::max);
    let all = policies.iter().map(|(_, policy)| total(policy)).fold(0.0, f64::max);
    let longest = if greatest == 0.0 || all <= greatest * CUT_ABOVE { all } else { greatest };
    let (end, marks) = scale(longest, 6, false);
    let scale = Scale { left: rows.left, right: RIGHT - FIGURE_ROOM, end };
    // Without any re-login there is nothing to measure.
    scale.grid(canvas, rows.ends, if longest > 0.0 { &marks } else { &marks[..1] });
    let own = policies.iter().filter(|(_, policy)| !policy.baseline);
    let least = own.map(|(_, policy)| total(policy)).filter(|t| *t > 0.0).fold(longest, f64::min);
    // One more digit where the least would have none left.
    let places = decimals(longest).max(1).max(decimals(least).min(decimals(longest) + 1));
    for (index, (_, policy)) in policies.iter().enumerate() {
        bar(canvas, &rows, &scale, index, policy);
        let total = total(policy);
        let kind = Type { bold: !policy.baseline, ..figure_type(rows.pitch) };
        let colour = if policy.baseline { &MUTED } else { &INK };
        let reach = whisker(canvas, &scale, (rows.middles[index], rows.pitch), policy);
        let at = (scale.x(total).max(reach) + 14.0, rows.middles[index]);
        let text =
            fixed(total, if policy.baseline || total == 0.0 { decimals(total) } else { places });
        canvas.text(at, &text, kind, Anchor::Start, colour);
        let (_, first) = policies[0];
        if index > 0 && !policy.baseline {
            let beside = (at.0 + width(&text, kind) + 14.0, at.1);
            let difference = difference(self::total(first), total);
            canvas.text(beside, &difference, SMALL, Anchor::Start, &MUTED);
        }
    }
}

/// The interval of a policy's figure as a line across the end of its bar. Gives how far it reaches.
fn whisker(
    canvas: &mut Canvas<'_>,
    scale: &Scale,
    (middle, pitch): (f64, f64),
    policy: &PolicyTables,
) -> f64 {
    let own = policy.intervals.iter().find(|own| own.metric == "relogins_per_user_day");
    // What would be no longer than the line is wide says nothing.
    let Some(own) = own.filter(|own| scale.x(own.high) - scale.x(own.low) > 6.0) else {
        return 0.0;
    };
    let (from, to) = (scale.x(own.low), scale.x(own.high).min(scale.right));
    let high = (0.2 * pitch).min(28.0);
    canvas.rect((from, middle - 2.0), (to - from, 4.0), &INK);
    canvas.rect((from - 2.0, middle - high / 2.0), (4.0, high), &INK);
    canvas.rect((to - 2.0, middle - high / 2.0), (4.0, high), &INK);
    to
}

/// How a policy's bar compares with the first: a multiple, or the percentage that it has less.
fn difference(first: f64, total: f64) -> String {
    match total / first {
        _ if first == 0.0 || total == 0.0 || alike(first, total) => String::new(),
        ratio if ratio >= 1.95 => times(ratio),
        _ => relative(first, total).unwrap_or_default(),
    }
}

fn bar(canvas: &mut Canvas<'_>, rows: &Rows, scale: &Scale, index: usize, policy: &PolicyTables) {
    let high = (0.62 * rows.pitch).min(90.0);
    let y = rows.middles[index] - high / 2.0;
    if policy.baseline {
        let size = (scale.x(total(policy)) - scale.left, high);
        if total(policy) > scale.end {
            cut_bar(canvas, (scale.left, y), size);
        } else {
            canvas.rect((scale.left, y), size, &BASELINE);
        }
        return;
    }
    let mut below = 0.0;
    for (key, _, colour) in &CAUSES {
        let part = per_user_day(policy, key);
        let (from, to) = (scale.x(below), scale.x(below + part));
        canvas.rect((from, y), (to - from, high), colour);
        if below > 0.0 && part > 0.0 {
            canvas.rect((from - 1.0, y), (2.0, high), &PAPER);
        }
        let text = fixed(part, decimals(scale.end).max(1));
        if to - from > width(&text, SMALL) + 24.0 && high >= 26.0 && part < 0.99 * total(policy) {
            let on = if *key == "login.idle" { &ON_DARK } else { &ON_LIGHT };
            canvas.text(((from + to) / 2.0, rows.middles[index]), &text, SMALL, Anchor::Middle, on);
        }
        below += part;
    }
}

fn has_intervals(policies: &[(usize, &PolicyTables)]) -> bool {
    policies.iter().any(|(_, policy)| !policy.intervals.is_empty())
}

fn total(policy: &PolicyTables) -> f64 {
    policy.metric("relogins_per_user_day")
}

fn per_user_day(policy: &PolicyTables, key: &str) -> f64 {
    let days = policy.metric("active_user_days");
    if days > 0.0 { policy.metric(key) / days } else { 0.0 }
}

fn title(input: &Input<'_>) -> String {
    let (policies, _) = shown(input, usize::MAX, false);
    let Some((_, first)) = policies.first() else { return "No policy was run".to_owned() };
    let by_total = |a: &&(usize, &PolicyTables), b: &&(usize, &PolicyTables)| {
        total(a.1).total_cmp(&total(b.1))
    };
    let worst = policies.iter().max_by(by_total).map_or(*first, |(_, policy)| *policy);
    let best = policies.iter().min_by(by_total).map_or(*first, |(_, policy)| *policy);
    let rate = |policy| match brief(total(policy)).as_str() {
        "1" => "1 re-login per user-day".to_owned(),
        number => format!("{number} re-logins per user-day"),
    };
    if first.metric("uses") == 0.0 {
        return "No use counts, so nobody logs in".to_owned();
    }
    if total(worst) == 0.0 {
        let who = if policies.len() == 1 { named(first) } else { "no policy".to_owned() };
        return if policies.len() == 1 {
            format!("{who}: nobody is made to log in again")
        } else {
            "No policy makes anybody log in again".to_owned()
        };
    }
    if policies.len() == 1 {
        let share = |key| first.metric(key) / first.metric("relogins");
        let (_, cause, most) = CAUSES
            .map(|(key, name, _)| (key, name, share(key)))
            .into_iter()
            .max_by(|a, b| a.2.total_cmp(&b.2))
            .expect("three causes");
        return format!("{}: {}, {} by {cause}", named(first), rate(first), percent(most));
    }
    if total(first) == 0.0 {
        return format!("{}: {}; {} forces none", named(worst), rate(worst), named(first));
    }
    if alike(total(worst), total(best)) {
        let about = if total(worst) == total(best) { "" } else { "about " };
        return format!("Every policy: {about}{}", rate(first));
    }
    let other = if alike(total(worst), total(first)) { best } else { worst };
    let change = compared(total(first), total(other), ["more than", "fewer than", "as many as"]);
    format!("{}: {}, {change} {}", named(other), rate(other), named(first))
}

fn behind(input: &Input<'_>) -> Table {
    let unit = "1/user-day";
    let names = ["idle timeout", "absolute timeout", "browser closed", "all"];
    let mut columns = vec![Column { name: "policy", unit: "" }];
    columns.extend(names.map(|name| Column { name, unit }));
    columns.push(Column { name: "in the middle of a task", unit: "logins" });
    let row = |policy: &PolicyTables| {
        let mut row = vec![Value::Text(policy.name.clone())];
        row.extend(CAUSES.map(|(key, ..)| Value::Number(per_user_day(policy, key))));
        row.push(Value::Number(total(policy)));
        row.push(Value::Count(policy.metric("relogins.mid_task") as u64));
        row
    };
    Table { columns, rows: input.policies.iter().map(row).collect() }
}
