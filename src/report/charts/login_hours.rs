//! When people log in: the hours of the week, a panel for each policy.

use plotters::style::RGBColor;

use super::canvas::{self, Anchor, Canvas, Point};
use super::frame::{LEFT, frame, more, named, nothing, shown};
use super::palette::{HEAT, INK, MUTED};
use super::panels::{PANELS, Panel, panels};
use super::text::{SMALL, SMALL_STRONG, Type, fitted, width};
use super::{Chart, Drawing};
use crate::report::Input;
use crate::report::numeral::{span, times, whole};
use crate::table::{Column, PolicyTables, Table, Value};

pub(super) const CHART: Chart =
    Chart { name: "login-hours", about: "At which hours of the week people log in", draw };

const HOURS: usize = 24;
const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn draw(input: &Input<'_>) -> Drawing {
    let title = title(input);
    let (policies, left_out) = shown(input, PANELS, false);
    let counted = input.description.activity.horizon - input.description.counted_from();
    let subtitle = format!(
        "Interactive logins by hour of the week ({}), summed over {}.{}",
        input.description.workload.timezone,
        span(counted.max(0)).replace("none", "no time"),
        more(left_out)
    );
    let greatest = policies.iter().flat_map(|(_, policy)| &policy.logins_by_hour).max();
    let greatest = greatest.copied().unwrap_or(0);
    let svg = canvas::svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = frame(canvas, input, &title, &subtitle);
        if greatest == 0 {
            nothing(canvas, top, "Nobody logged in.");
            return;
        }
        key(canvas, (LEFT, top + 8.0), greatest);
        let across = columns(policies.len());
        let places = panels(policies.len(), across, top + 34.0, 0.0);
        for (place, (_, policy)) in places.into_iter().zip(&policies) {
            panel(canvas, place, policy, greatest);
        }
    });
    Drawing { title, svg, behind: behind(input) }
}

fn columns(panels: usize) -> usize {
    match panels {
        0..=1 => 1,
        2..=4 => 2,
        5..=9 => 3,
        _ => 4,
    }
}

/// How many logins each colour but the first stands for, at most.
fn bounds(greatest: u64) -> Vec<u64> {
    let colours = HEAT.len() as u64 - 1;
    if greatest <= colours {
        return (1..=greatest).collect();
    }
    let needed = greatest.div_ceil(colours);
    let mut power = 1;
    let step = loop {
        let round = [10, 15, 20, 25, 30, 40, 50, 60, 80].map(|tenths| tenths * power / 10);
        match round.into_iter().find(|step| *step >= needed) {
            Some(step) => break step,
            None => power *= 10,
        }
    };
    (1..=colours).map(|index| index * step).take_while(|bound| *bound < greatest + step).collect()
}

fn colour(logins: u64, bounds: &[u64]) -> &'static RGBColor {
    let place = bounds.iter().position(|bound| logins <= *bound).unwrap_or(bounds.len() - 1);
    match logins {
        0 => &HEAT[0],
        // Few bounds spread over all colours, so that the most is always dark.
        _ => &HEAT[(place + 1) * (HEAT.len() - 1) / bounds.len()],
    }
}

fn key(canvas: &mut Canvas<'_>, (left, y): Point, greatest: u64) {
    let bounds = bounds(greatest);
    let mut x = left;
    let mut below = 0;
    let zero = std::iter::once((0, "0 logins".to_owned()));
    let others = bounds.iter().map(|bound| {
        let from = std::mem::replace(&mut below, *bound) + 1;
        let to = (*bound).min(greatest);
        let text = if from == to { whole(to) } else { format!("{}–{}", whole(from), whole(to)) };
        (*bound, text)
    });
    for (bound, text) in zero.chain(others) {
        canvas.rect((x, y - 11.0), (30.0, 22.0), colour(bound, &bounds));
        canvas.text((x + 40.0, y), &text, SMALL, Anchor::Start, &MUTED);
        x += 40.0 + width(&text, SMALL) + 26.0;
    }
}

fn panel(
    canvas: &mut Canvas<'_>,
    Panel { corner, size, .. }: Panel,
    policy: &PolicyTables,
    greatest: u64,
) {
    let bounds = bounds(greatest);
    let (left, top) = (corner.0 + 62.0, corner.1 + 38.0);
    let cell = ((size.0 - 62.0 - 22.0) / HOURS as f64, (size.1 - 38.0 - 34.0) / 7.0);
    let name = fitted(&policy.name, SMALL_STRONG, cell.0 * HOURS as f64);
    canvas.text((left, corner.1 + 18.0), &name, SMALL_STRONG, Anchor::Start, &INK);
    // Where rows are low, every other day keeps its letters legible.
    let every = if cell.1 >= 22.0 { 1 } else { 2 };
    let kind = Type { size: 18.0, bold: false };
    for (day, name) in DAYS.iter().enumerate() {
        let y = top + cell.1 * day as f64;
        if day % every == 0 {
            let place = (left - 10.0, y + cell.1 / 2.0);
            canvas.text(place, &name[..3], kind, Anchor::End, &MUTED);
        }
        for hour in 0..HOURS {
            let logins = logins(policy, day, hour);
            let corner = (left + cell.0 * hour as f64, y);
            canvas.rect(corner, (cell.0 - 1.0, cell.1 - 1.0), colour(logins, &bounds));
        }
    }
    for hour in [0, 6, 12, 18] {
        let x = left + cell.0 * f64::from(hour);
        let text = format!("{hour:02}:00");
        canvas.text((x, top + 7.0 * cell.1 + 16.0), &text, kind, Anchor::Start, &MUTED);
    }
}

fn logins(policy: &PolicyTables, day: usize, hour: usize) -> u64 {
    policy.logins_by_hour.get(day * HOURS + hour).copied().unwrap_or(0)
}

fn title(input: &Input<'_>) -> String {
    let (policies, _) = shown(input, usize::MAX, false);
    let hours = policies.iter().flat_map(|(place, policy)| {
        let all = policy.logins_by_hour.iter().take(7 * HOURS).enumerate();
        all.map(move |(hour, logins)| (*logins, *place, hour, *policy))
    });
    let fullest = hours.filter(|(logins, ..)| *logins > 0);
    let order = |hour: &(u64, usize, usize, _)| (hour.0, std::cmp::Reverse((hour.1, hour.2)));
    let Some((logins, _, hour, policy)) = fullest.max_by_key(|hour| order(hour)) else {
        return "Nobody logs in".to_owned();
    };
    let mean = policy.logins_by_hour.iter().sum::<u64>() as f64 / (7 * HOURS) as f64;
    let (day, clock) = (DAYS[hour / HOURS], hour % HOURS);
    let what = if logins == 1 { "login" } else { "logins" };
    format!(
        "{day}s at {clock:02}:00 see the most: {} {what} under {}, {} the mean hour",
        whole(logins),
        named(policy),
        times(logins as f64 / mean)
    )
}

fn behind(input: &Input<'_>) -> Table {
    const NAMES: [&str; HOURS] = [
        "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14",
        "15", "16", "17", "18", "19", "20", "21", "22", "23",
    ];
    let mut columns = vec![Column { name: "policy", unit: "" }, Column { name: "day", unit: "" }];
    columns.extend(NAMES.map(|name| Column { name, unit: "logins" }));
    let row = |policy: &PolicyTables, day: usize| {
        let mut row = vec![Value::Text(policy.name.clone()), Value::Text(DAYS[day].to_owned())];
        row.extend((0..HOURS).map(|hour| Value::Count(logins(policy, day, hour))));
        row
    };
    let rows = input.policies.iter().flat_map(|policy| (0..7).map(move |day| row(policy, day)));
    Table { columns, rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_is_always_the_darkest() {
        for greatest in [1, 2, 5, 6, 7, 9, 13, 100, 1_000_003] {
            let bounds = bounds(greatest);
            assert_eq!(colour(greatest, &bounds), HEAT.last().unwrap(), "{greatest}");
            assert_eq!(colour(0, &bounds), &HEAT[0]);
            assert_ne!(colour(1, &bounds), &HEAT[0]);
            assert!(bounds.len() < HEAT.len());
        }
    }
}
