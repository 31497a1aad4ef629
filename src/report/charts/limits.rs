//! The limit that is used most, over time: a panel for each policy, with the limit as a line.

use super::canvas::{self, Anchor, Canvas};
use super::frame::{LEFT, frame, legend, mark, more, named, nothing, scale, shown};
use super::palette::{ALERT, GRID, INK, KINDS, MUTED};
use super::panels::{PANELS, Panel, panels, time_axis};
use super::text::{SMALL, SMALL_STRONG, fitted, width};
use super::{Chart, Drawing};
use crate::bill::{LimitUse, Plan, PlanLimit};
use crate::report::Input;
use crate::report::numeral::{brief, counted, measure, percent, short, stretch, times, whole};
use crate::report::timeline::Timeline;
use crate::table::{Column, PolicyTables, Table, Value};

pub(super) const CHART: Chart = Chart {
    name: "limits",
    about: "How the requests stand to the limit that is used most, over time",
    draw,
};

/// A limit, by its place among those of all plans.
struct Tightest<'a> {
    place: usize,
    plan: &'a Plan,
    limit: &'a PlanLimit,
}

fn draw(input: &Input<'_>) -> Drawing {
    let Some(tightest) = tightest(input) else {
        let title = "No limit was given".to_owned();
        let svg = canvas::svg(&title, |canvas| {
            let top = frame(canvas, input, &title, "");
            nothing(canvas, top, "No limit was given.");
        });
        return Drawing { title, svg, behind: behind(input) };
    };
    let title = title(input, &tightest);
    let (policies, left_out) = shown(input, PANELS, false);
    let subtitle = subtitle(input, &tightest, left_out);
    let svg = canvas::svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = frame(canvas, input, &title, &subtitle);
        if policies.iter().all(|(_, policy)| used(policy, &tightest).is_none_or(|u| u.units == 0.0))
        {
            nothing(canvas, top, "Nothing draws on the limit.");
            return;
        }
        let word = tightest.limit.every.word();
        let (within, above) = (format!("fullest {word} within the limit"), "above it");
        legend(canvas, (LEFT, top + 8.0), &[(&within, KINDS[1].1), (above, KINDS[0].1)]);
        let across = match policies.len() {
            0..=4 => 1,
            5..=8 => 2,
            _ => 3,
        };
        let peaks = policies.iter().filter_map(|(_, policy)| used(policy, &tightest));
        let greatest = peaks.map(|used| used.peak).fold(tightest.limit.burst, f64::max);
        let scale = scale(greatest, 3, false);
        let places = panels(policies.len(), across, top + 34.0, 34.0);
        for (place, (_, policy)) in places.into_iter().zip(&policies) {
            panel(canvas, input, place, &scale, (policy, &tightest));
        }
    });
    Drawing { title, svg, behind: behind(input) }
}

/// The limit that policies use most: baselines are not what anybody asks about.
fn tightest<'a>(input: &Input<'a>) -> Option<Tightest<'a>> {
    let plans = &input.description.capacity.as_ref()?.plans;
    let all = plans.iter().flat_map(|plan| plan.limits.iter().map(move |limit| (plan, limit)));
    let (policies, _) = shown(input, usize::MAX, false);
    let most = |place: usize| {
        let bills = policies.iter().filter_map(|(_, policy)| policy.bill.as_ref());
        bills.filter_map(|bill| bill.limits.get(place)).map(|used| used.used).fold(0.0, f64::max)
    };
    let all = all.enumerate().map(|(place, (plan, limit))| Tightest { place, plan, limit });
    // The first of equals.
    all.max_by(|a, b| most(a.place).total_cmp(&most(b.place)).then(b.place.cmp(&a.place)))
}

fn used<'a>(policy: &'a PolicyTables, tightest: &Tightest<'_>) -> Option<&'a LimitUse> {
    policy.bill.as_ref()?.limits.get(tightest.place)
}

fn panel(
    canvas: &mut Canvas<'_>,
    input: &Input<'_>,
    Panel { corner, size, lowest }: Panel,
    (end, marks): &(f64, Vec<f64>),
    (policy, tightest): (&PolicyTables, &Tightest<'_>),
) {
    let (left, right) = (corner.0 + 80.0, corner.0 + size.0 - 14.0);
    let (top, bottom) = (corner.1 + 44.0, corner.1 + size.1 - 10.0);
    let y = |units: f64| bottom - (bottom - top) * (units / end).min(1.0);
    for value in marks {
        let wide = if *value == 0.0 { 2.0 } else { 1.0 };
        canvas.line(&[(left, y(*value)), (right, y(*value))], &GRID, wide);
        let few = bottom - top > 26.0 * marks.len() as f64;
        if few || *value == 0.0 || Some(value) == marks.last() {
            canvas.text((left - 10.0, y(*value)), &mark(*value), SMALL, Anchor::End, &MUTED);
        }
    }
    let Some(used) = used(policy, tightest) else { return };
    let steps = &used.steps;
    let length = steps.values.len() as i64 * steps.width;
    let timeline = Timeline::new(&input.description.workload.timezone);
    let time = (steps.start, steps.start + length);
    time_axis(canvas, &timeline, (left, right, bottom), time, lowest);
    let limit = y(tightest.limit.burst);
    let wide = (right - left) / steps.values.len().max(1) as f64;
    for (place, units) in steps.values.iter().enumerate().filter(|(_, units)| **units > 0.0) {
        let (x, height) = (left + wide * place as f64, y(*units));
        let within = height.max(limit);
        canvas.rect((x, within), (wide, bottom - within), &KINDS[1].1);
        canvas.rect((x, height), (wide, within - height), &KINDS[0].1);
    }
    canvas.line(&[(left, limit), (right, limit)], &ALERT, 2.0);
    let verdict = verdict(used, tightest.limit);
    let room = right - left - width(&verdict, SMALL) - 24.0;
    let name = fitted(&policy.name, SMALL_STRONG, room);
    canvas.text((left, corner.1 + 18.0), &name, SMALL_STRONG, Anchor::Start, &INK);
    let colour = if used.above > 0 { &ALERT } else { &MUTED };
    canvas.text((right, corner.1 + 18.0), &verdict, SMALL, Anchor::End, colour);
}

fn verdict(used: &LimitUse, limit: &PlanLimit) -> String {
    match used.above {
        0 => format!("{} used at most", full(used.used)),
        above => {
            let windows = counted(above, limit.every.word());
            format!("{} at most; above it in {windows}", full(used.used))
        }
    }
}

fn full(used: f64) -> String {
    if used < 10.0 { percent(used) } else { times(used) }
}

fn subtitle(input: &Input<'_>, tightest: &Tightest<'_>, left_out: usize) -> String {
    let Tightest { plan, limit, .. } = tightest;
    let word = limit.every.word();
    let (policies, _) = shown(input, PANELS, false);
    let widths = policies.iter().filter_map(|(_, policy)| used(policy, tightest));
    let step = widths.map(|used| used.steps.width).max().unwrap_or(0);
    let burst = match limit.burst == limit.refill {
        true => String::new(),
        false => format!(", {} at once", measure(limit.burst)),
    };
    format!(
        "Units per {word} that draw on “{}” of {}, {} a {word}{burst}; each step of {} shows its \
         fullest {word}.{}",
        short(&limit.name, 30),
        short(&plan.name, 30),
        measure(limit.refill),
        stretch(step),
        more(left_out)
    )
}

fn title(input: &Input<'_>, tightest: &Tightest<'_>) -> String {
    let (policies, _) = shown(input, usize::MAX, false);
    let uses = policies.iter().filter_map(|(_, policy)| Some((*policy, used(policy, tightest)?)));
    let uses: Vec<_> = uses.collect();
    let plan = short(&tightest.plan.name, 30);
    let above: Vec<_> = uses.iter().filter(|(_, used)| used.above > 0).collect();
    let Some((worst, used)) = uses.iter().max_by(|a, b| a.1.used.total_cmp(&b.1.used)) else {
        return "No policy was run".to_owned();
    };
    if above.is_empty() {
        let most = full(used.used);
        return match uses.len() {
            1 => format!("{} uses {most} of {plan} at most", named(worst)),
            _ => format!("No policy exceeds {plan}; {} uses {most} at most", named(worst)),
        };
    }
    let refused = |used: &LimitUse| {
        let share = if used.units > 0.0 { used.refused / used.units } else { 0.0 };
        format!("{} of its requests", percent(share))
    };
    let (most, used) = above
        .iter()
        .max_by(|a, b| a.1.refused.total_cmp(&b.1.refused))
        .map_or((worst, used), |(policy, used)| (policy, used));
    match above.len() {
        1 => format!("Only {} exceeds {plan}: {} are refused", named(most), refused(used)),
        count if count == uses.len() => {
            format!("Every policy exceeds {plan}: {} loses {}", named(most), refused(used))
        }
        count => format!(
            "{count} of {} policies exceed {plan}: {} loses {}",
            brief(uses.len() as f64),
            named(most),
            refused(used)
        ),
    }
}

fn behind(input: &Input<'_>) -> Table {
    let columns = vec![
        Column { name: "policy", unit: "" },
        Column { name: "plan", unit: "" },
        Column { name: "limit", unit: "" },
        Column { name: "allows", unit: "units" },
        Column { name: "fullest", unit: "units" },
        Column { name: "began at", unit: "UTC" },
        Column { name: "used at most", unit: "share" },
        Column { name: "above", unit: "" },
        Column { name: "refused", unit: "units" },
    ];
    let mut rows = Vec::new();
    let plans = input.description.capacity.as_ref().map_or(&[][..], |capacity| &capacity.plans);
    for policy in input.policies {
        for used in policy.bill.iter().flat_map(|bill| &bill.limits) {
            let plan = &plans[used.plan];
            let limit = &plan.limits[used.limit];
            let word = limit.every.word();
            rows.push(vec![
                Value::Text(policy.name.clone()),
                Value::Text(plan.name.clone()),
                Value::Text(format!("{}, each {word}", limit.name)),
                Value::Number(limit.refill),
                Value::Number(used.peak),
                used.peak_at.map_or(Value::Missing, Value::Instant),
                Value::Number(used.used),
                Value::Text(format!("{} of {} {word}s", whole(used.above), whole(used.windows))),
                Value::Number(used.refused),
            ]);
        }
    }
    Table { columns, rows }
}
