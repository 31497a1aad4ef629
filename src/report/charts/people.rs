//! How re-logins are spread over people: a strip for each policy.

use super::canvas::{self, Anchor, Canvas, Point};
use super::frame::{LEFT, RIGHT, frame, more, named, nothing, scale, shown};
use super::palette::{self, BASELINE, INK, MUTED, PAPER};
use super::rows::{Rows, Scale, figure_type, rows};
use super::text::{SMALL, Type, width};
use super::{Chart, Drawing};
use crate::report::Input;
use crate::report::numeral::{alike, brief, decimals, fixed, measure, often, percent};
use crate::table::{Column, PolicyTables, Table, Value};
use plotters::style::Color;

pub(super) const CHART: Chart = Chart {
    name: "people",
    about: "How unevenly re-logins fall on people: most users, and the unlucky ones",
    draw,
};

/// The columns of figures at the right: their heads, and where each ends.
const COLUMNS: [(&str, f64); 3] =
    [("none at all", RIGHT - 300.0), ("half ≤", RIGHT - 150.0), ("95% ≤", RIGHT)];

fn draw(input: &Input<'_>) -> Drawing {
    let title = title(input);
    let (policies, left_out) = shown(input, 20, true);
    let subtitle = format!("Each user’s re-logins per own day of use.{}", more(left_out));
    let svg = canvas::svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = frame(canvas, input, &title, &subtitle);
        if policies.iter().all(|(_, policy)| policy.people.is_empty()) {
            nothing(canvas, top, "No user was active.");
            return;
        }
        strips(canvas, top, &policies);
    });
    Drawing { title, svg, behind: behind(input) }
}

fn strips(canvas: &mut Canvas<'_>, top: f64, policies: &[(usize, &PolicyTables)]) {
    key(canvas, (LEFT, top + 10.0));
    for (head, x) in COLUMNS {
        canvas.text((x, top + 10.0), head, SMALL, Anchor::End, &MUTED);
    }
    let rows = rows(canvas, top + 40.0, policies);
    let reach = |wanted: bool| {
        let some = policies.iter().filter(move |(_, policy)| policy.baseline == wanted);
        some.map(|(_, policy)| quantile(policy, 99)).fold(0.0, f64::max)
    };
    // Baselines go beyond the end rather than press the policies together.
    let reach = if reach(false) > 0.0 { reach(false) } else { reach(true) };
    let (end, marks) = scale(reach, 6, false);
    let scale = Scale { left: rows.left, right: COLUMNS[0].1 - 190.0, end };
    scale.grid(canvas, rows.ends, &marks);
    let own = policies.iter().filter(|(_, policy)| !policy.baseline);
    let least = own.map(|(_, policy)| quantile(policy, 95)).filter(|far| *far > 0.0);
    // One more digit where the least would have none left.
    let places = decimals(end.max(0.1));
    let places = places.max(decimals(least.fold(end, f64::min)).min(places + 1));
    for (place, (index, policy)) in policies.iter().enumerate() {
        strip(canvas, (&rows, &scale), place, (*index, policy));
        let kind = figure_type(rows.pitch);
        let greatest = [50, 95].map(|share| quantile(policy, share));
        let figure = |value: f64| match policy.baseline {
            _ if value == 0.0 => "0".to_owned(),
            true => measure(value),
            false => fixed(value, places),
        };
        let texts = [
            if policy.people.is_empty() { "–".to_owned() } else { percent(spared(policy)) },
            figure(greatest[0]),
            figure(greatest[1]),
        ];
        for (text, (_, x)) in texts.iter().zip(COLUMNS) {
            let colour = if policy.baseline { &MUTED } else { &INK };
            let kind = Type { bold: x == RIGHT && !policy.baseline, ..kind };
            canvas.text((x, rows.middles[place]), text, kind, Anchor::End, colour);
        }
    }
}

fn strip(
    canvas: &mut Canvas<'_>,
    (rows, scale): (&Rows, &Scale),
    place: usize,
    (index, policy): (usize, &PolicyTables),
) {
    if policy.people.is_empty() {
        return;
    }
    let y = rows.middles[place];
    let high = (0.46 * rows.pitch).min(64.0);
    let colour = palette::policy(index, policy.baseline);
    let x = |share: u64| scale.x(quantile(policy, share));
    let mut band = |from: u64, to: u64, high: f64, strength: f64| {
        if quantile(policy, from) > scale.end {
            return;
        }
        // Where all are the same there is still something to see.
        let (from, to) = (x(from), x(to).max(x(from) + 3.0));
        canvas.rect((from, y - high / 2.0), (to - from, high), &colour.mix(strength));
    };
    band(5, 95, high, 0.28);
    band(25, 75, high, 1.0);
    let (middle, far) = (x(50), x(95));
    let ink = if policy.baseline { &MUTED } else { &INK };
    if quantile(policy, 50) <= scale.end {
        middle_line(canvas, (middle, y), high, ink);
    }
    if quantile(policy, 95) > scale.end {
        arrow(canvas, (scale.right, y), &BASELINE);
    } else {
        dot(canvas, (far, y), high, ink);
    }
}

fn middle_line(canvas: &mut Canvas<'_>, (x, y): Point, high: f64, ink: &impl Color) {
    canvas.rect((x - 4.0, y - high * 0.75), (8.0, high * 1.5), &PAPER);
    canvas.rect((x - 2.5, y - high * 0.75), (5.0, high * 1.5), ink);
}

fn dot(canvas: &mut Canvas<'_>, at: Point, high: f64, ink: &impl Color) {
    let radius = (0.3 * high).max(6.0);
    canvas.disc(at, radius + 2.0, &PAPER);
    canvas.disc(at, radius, ink);
}

/// What the parts of a strip stand for.
fn key(canvas: &mut Canvas<'_>, (left, y): Point) {
    let mut x = left;
    for (part, words) in ["90% of users", "the middle half", "middle user", "95% at or below"]
        .into_iter()
        .enumerate()
    {
        let middle = (x + 15.0, y);
        match part {
            0 => canvas.rect((x, y - 10.0), (30.0, 20.0), &BASELINE.mix(0.28)),
            1 => canvas.rect((x, y - 10.0), (30.0, 20.0), &BASELINE),
            2 => middle_line(canvas, middle, 20.0, &INK),
            _ => dot(canvas, middle, 24.0, &INK),
        }
        canvas.text((x + 40.0, y), words, SMALL, Anchor::Start, &MUTED);
        x += 40.0 + width(words, SMALL) + 30.0;
    }
}

/// What lies beyond the end of the scale is pointed to; its figure stands at the right.
fn arrow(canvas: &mut Canvas<'_>, (x, y): Point, colour: &impl Color) {
    canvas.area(&[(x + 6.0, y - 12.0), (x + 24.0, y), (x + 6.0, y + 12.0)], colour);
}

/// The value that at least so many percent of the users have at most: nearest rank.
fn quantile(policy: &PolicyTables, percent: u64) -> f64 {
    let users: u64 = policy.people.iter().map(|(_, users)| users).sum();
    let rank = (percent * users).div_ceil(100).max(1);
    let mut passed = 0;
    let found = policy.people.iter().find(|(_, users)| {
        passed += users;
        passed >= rank
    });
    found.or(policy.people.last()).map_or(0.0, |(value, _)| *value)
}

/// The share of users without any re-login.
fn spared(policy: &PolicyTables) -> f64 {
    let all: u64 = policy.people.iter().map(|(_, users)| users).sum();
    let none = policy.people.iter().filter(|(value, _)| *value == 0.0).map(|(_, users)| users);
    if all == 0 { 0.0 } else { none.sum::<u64>() as f64 / all as f64 }
}

fn title(input: &Input<'_>) -> String {
    let (policies, _) = shown(input, usize::MAX, false);
    let far = |policy: &PolicyTables| quantile(policy, 95);
    let by_far =
        |a: &&(usize, &PolicyTables), b: &&(usize, &PolicyTables)| far(a.1).total_cmp(&far(b.1));
    let (Some((_, first)), Some((_, worst))) = (policies.first(), policies.iter().max_by(by_far))
    else {
        return "No policy was run".to_owned();
    };
    if first.people.is_empty() {
        return "No user was active".to_owned();
    }
    if far(worst) == 0.0 {
        return "At least 19 users in 20 never have to log in again".to_owned();
    }
    let best = policies.iter().min_by(by_far).map_or(*first, |(_, policy)| *policy);
    let unlucky = format!("1 user in 20 logs in again {} a day or more", often(far(worst)));
    if alike(far(best), far(worst)) {
        let who = if policies.len() == 1 { named(first) } else { "Every policy".to_owned() };
        let half = match quantile(first, 50) {
            0.0 => "half of all never".to_owned(),
            value => format!("half of all at most {}", often(value)),
        };
        return format!("{who}: {unlucky}, {half}");
    }
    let unlucky = format!("{}: {unlucky}", named(worst));
    // Where the first policy is itself the worst, the best is what to compare it with.
    let other = if alike(far(first), far(worst)) { best } else { *first };
    match far(other) {
        0.0 => format!("{unlucky}; hardly anybody under {}", named(other)),
        value => format!("{unlucky} ({}: {})", named(other), brief(value)),
    }
}

fn behind(input: &Input<'_>) -> Table {
    const SHARES: [(&str, u64); 7] = [
        ("5% at most", 5),
        ("25% at most", 25),
        ("50% at most", 50),
        ("75% at most", 75),
        ("95% at most", 95),
        ("99% at most", 99),
        ("the unluckiest", 100),
    ];
    let mut columns = vec![
        Column { name: "policy", unit: "" },
        Column { name: "active users", unit: "users" },
        Column { name: "without any", unit: "users" },
    ];
    columns.extend(SHARES.map(|(name, _)| Column { name, unit: "1/user-day" }));
    let row = |policy: &PolicyTables| {
        let users = policy.people.iter().map(|(_, users)| users).sum();
        let none = policy.people.iter().filter(|(value, _)| *value == 0.0);
        let none = none.map(|(_, users)| users).sum();
        let mut row =
            vec![Value::Text(policy.name.clone()), Value::Count(users), Value::Count(none)];
        row.extend(SHARES.map(|(_, share)| Value::Number(quantile(policy, share))));
        row
    };
    Table { columns, rows: input.policies.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::fixture;

    #[test]
    fn quantiles_are_of_the_nearest_rank() {
        let mut policy = fixture::office().remove(0);
        policy.people = vec![(0.0, 19), (2.0, 1)];
        assert_eq!([5, 50, 95, 96, 100].map(|s| quantile(&policy, s)), [0.0, 0.0, 0.0, 2.0, 2.0]);
        assert_eq!(spared(&policy), 0.95);
        policy.people.clear();
        assert_eq!((quantile(&policy, 50), spared(&policy)), (0.0, 0.0));
    }
}
