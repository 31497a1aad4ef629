//! When people log in: the hours of the week, a panel for each policy.

use super::canvas::{self, Anchor, Canvas, Point};
use super::frame::{LEFT, frame, more, named, nothing, shown};
use super::heat::{bounds, colour};
use super::palette::{INK, MUTED};
use super::panels::{PANELS, Panel, panels};
use super::text::{SMALL, SMALL_STRONG, Type, fitted, width};
use super::{Chart, Drawing};
use crate::report::Input;
use crate::report::numeral::{brief, measure, span, times, whole};
use crate::report::timeline::Timeline;
use crate::table::{Column, PolicyTables, Table, Value};

pub(super) const CHART: Chart =
    Chart { name: "login-hours", about: "At which hours of the week people log in", draw };

const HOURS: usize = 24;
/// Fewer logins than so many in the fullest hour of the week are chance, not a habit.
const HABIT: u64 = 10;
const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn draw(input: &Input<'_>) -> Drawing {
    let title = title(input);
    let (policies, left_out) = shown(input, PANELS, false);
    let length = input.description.activity.horizon - input.description.counted_from();
    let subtitle = format!(
        "Interactive logins within an hour, by hour of the week ({}): the mean over {}.{}",
        input.description.workload.timezone,
        span(length.max(0)).replace("none", "no time"),
        more(left_out)
    );
    let rates: Vec<Rates> = policies.iter().map(|(_, policy)| rates(input, policy)).collect();
    let greatest = rates.iter().flatten().copied().fold(0.0, f64::max);
    let svg = canvas::svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = frame(canvas, input, &title, &subtitle);
        if greatest == 0.0 {
            nothing(canvas, top, "Nobody logged in.");
            return;
        }
        key(canvas, (LEFT, top + 8.0), greatest);
        let across = columns(policies.len());
        let places = panels(policies.len(), across, top + 34.0, 0.0);
        for ((place, (_, policy)), rates) in places.into_iter().zip(&policies).zip(&rates) {
            panel(canvas, place, &policy.name, (rates, greatest));
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

/// Logins within each hour of the week, the mean of all such hours that were counted.
type Rates = [f64; 7 * HOURS];

fn rates(input: &Input<'_>, policy: &PolicyTables) -> Rates {
    let about = input.description;
    let timeline = Timeline::new(&about.workload.timezone);
    let hours = timeline.hours_of_week(about.counted_from(), about.activity.horizon);
    std::array::from_fn(|hour| {
        let logins = policy.logins_by_hour.get(hour).copied().unwrap_or(0);
        logins as f64 / hours[hour].max(1) as f64
    })
}

fn key(canvas: &mut Canvas<'_>, (left, y): Point, greatest: f64) {
    let bounds = bounds(greatest);
    let mut x = left;
    let zero = std::iter::once((0.0, "no login".to_owned()));
    let others = bounds.iter().enumerate().map(|(index, bound)| {
        let text = match index.checked_sub(1) {
            None => format!("up to {}", measure(*bound)),
            Some(below) => format!("{}–{}", measure(bounds[below]), measure(*bound)),
        };
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
    policy: &str,
    (rates, greatest): (&Rates, f64),
) {
    let bounds = bounds(greatest);
    let (left, top) = (corner.0 + 62.0, corner.1 + 38.0);
    let cell = ((size.0 - 62.0 - 22.0) / HOURS as f64, (size.1 - 38.0 - 34.0) / 7.0);
    let name = fitted(policy, SMALL_STRONG, cell.0 * HOURS as f64);
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
            let logins = rates[day * HOURS + hour];
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

fn title(input: &Input<'_>) -> String {
    let (policies, _) = shown(input, usize::MAX, false);
    let mut fullest: Option<(f64, usize, &PolicyTables)> = None;
    for (_, policy) in policies {
        for (hour, rate) in rates(input, policy).into_iter().enumerate() {
            if rate > fullest.map_or(0.0, |(most, ..)| most) {
                fullest = Some((rate, hour, policy));
            }
        }
    }
    let Some((rate, hour, policy)) = fullest else { return "Nobody logs in".to_owned() };
    let all = policy.logins_by_hour.iter().sum::<u64>();
    if policy.logins_by_hour[hour] < HABIT {
        let logins = whole(all);
        return format!("Logins are few: {logins} under {}, no hour stands out", named(policy));
    }
    let about = input.description;
    let timeline = Timeline::new(&about.workload.timezone);
    let hours = timeline.hours_of_week(about.counted_from(), about.activity.horizon);
    let mean = all as f64 / hours.iter().sum::<u64>().max(1) as f64;
    format!(
        "{}s at {:02}:00 see the most logins: {} an hour under {}, {} the mean",
        DAYS[hour / HOURS],
        hour % HOURS,
        brief(rate),
        named(policy),
        times(rate / mean)
    )
}

fn behind(input: &Input<'_>) -> Table {
    const NAMES: [&str; HOURS] = [
        "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14",
        "15", "16", "17", "18", "19", "20", "21", "22", "23",
    ];
    let mut columns = vec![Column { name: "policy", unit: "" }, Column { name: "day", unit: "" }];
    columns.extend(NAMES.map(|name| Column { name, unit: "logins/h" }));
    let row = |policy: &PolicyTables, rates: &Rates, day: usize| {
        let mut row = vec![Value::Text(policy.name.clone()), Value::Text(DAYS[day].to_owned())];
        row.extend((0..HOURS).map(|hour| Value::Number(rates[day * HOURS + hour])));
        row
    };
    let rows = input.policies.iter().flat_map(|policy| {
        let rates = rates(input, policy);
        (0..7).map(move |day| row(policy, &rates, day))
    });
    Table { columns, rows: rows.collect() }
}
