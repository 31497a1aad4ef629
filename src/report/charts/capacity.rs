//! vCPU for the requests that are sized for, by policy and kind of request.

use super::canvas::{self, Anchor, Canvas};
use super::frame::{LEFT, RIGHT, frame, legend, mark, more, named, nothing, scale, shown};
use super::palette::{BASELINE, GRID, INK, KINDS, MACHINES, MUTED, ON_LIGHT, PAPER};
use super::rows::{Rows, Scale, cut_bar, figure_type, rows};
use super::text::{SMALL, Type, width};
use super::{Chart, Drawing};
use crate::bill::Size;
use crate::report::Input;
use crate::report::numeral::{brief, compared, decimals, fixed, measure, percent};
use crate::table::{Column, PolicyTables, REQUEST_KINDS, Table, Value};

pub(super) const CHART: Chart = Chart {
    name: "capacity",
    about: "What each policy's requests need of a provider that is run by oneself",
    draw,
};

/// A baseline's bar is cut where it would make the policies' bars this much shorter.
const CUT_ABOVE: f64 = 1.25;
/// Room beside a bar for its figures.
const FIGURE_ROOM: f64 = 330.0;

fn draw(input: &Input<'_>) -> Drawing {
    let title = title(input);
    let (policies, left_out) = shown(input, 20, true);
    let subtitle = subtitle(input) + &more(left_out);
    let svg = canvas::svg(&format!("{title}. {subtitle}"), |canvas| {
        let top = frame(canvas, input, &title, &subtitle);
        if policies.iter().all(|(_, policy)| total(policy) == 0.0) {
            nothing(canvas, top, "Nothing was asked of the identity provider.");
            return;
        }
        let own = || policies.iter().filter(|(_, policy)| !policy.baseline);
        let occurs = |part: usize| own().any(|(_, policy)| parts(policy)[part] > 0.0);
        let occurring: Vec<_> =
            (0..6).filter(|part| occurs(*part)).map(|part| PARTS[part]).collect();
        legend(canvas, (LEFT, top + 8.0), &occurring);
        bars(canvas, top + if occurring.is_empty() { 0.0 } else { 38.0 }, &policies);
    });
    Drawing { title, svg, behind: behind(input) }
}

/// What a bar is made of: the kinds of requests, and what is asked besides.
const PARTS: [(&str, plotters::style::RGBColor); 6] =
    [KINDS[0], KINDS[1], KINDS[2], KINDS[3], KINDS[4], ("machines besides", MACHINES)];

fn size(policy: &PolicyTables) -> Option<&Size> {
    policy.bill.as_ref().and_then(|bill| bill.size.as_ref())
}

fn total(policy: &PolicyTables) -> f64 {
    size(policy).map_or(0.0, |size| size.vcpu_total)
}

fn parts(policy: &PolicyTables) -> [f64; 6] {
    let Some(Size { vcpu: [a, b, c, d, e], vcpu_besides, .. }) = size(policy) else {
        return [0.0; 6];
    };
    [*a, *b, *c, *d, *e, *vcpu_besides]
}

fn bars(canvas: &mut Canvas<'_>, top: f64, policies: &[(usize, &PolicyTables)]) {
    let rows = rows(canvas, top, policies);
    let own = policies.iter().filter(|(_, policy)| !policy.baseline);
    let greatest = own.map(|(_, policy)| total(policy)).fold(0.0, f64::max);
    let all = policies.iter().map(|(_, policy)| total(policy)).fold(0.0, f64::max);
    let longest = if greatest == 0.0 || all <= greatest * CUT_ABOVE { all } else { greatest };
    let (end, marks) = scale(longest, 6, false);
    let scale = Scale { left: rows.left, right: RIGHT - FIGURE_ROOM, end };
    scale.grid(canvas, rows.ends, &marks);
    let places = decimals(longest);
    for (index, (_, policy)) in policies.iter().enumerate() {
        bar(canvas, &rows, &scale, index, policy);
        let Some(size) = size(policy) else { continue };
        let kind = Type { bold: !policy.baseline, ..figure_type(rows.pitch) };
        let colour = if policy.baseline { &MUTED } else { &INK };
        let at = (scale.x(size.vcpu_total) + 14.0, rows.middles[index]);
        let text = format!("{} vCPU", figure(size.vcpu_total, places));
        canvas.text(at, &text, kind, Anchor::Start, colour);
        let beside = (at.0 + width(&text, kind) + 14.0, at.1);
        let limit = format!("limit {}", figure(size.vcpu_limit, places));
        canvas.text(beside, &limit, SMALL, Anchor::Start, &MUTED);
    }
}

/// As short as there is room for where it is huge.
fn figure(vcpu: f64, places: usize) -> String {
    if vcpu < 1e4 { fixed(vcpu, places) } else { mark(vcpu) }
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
    for (part, (_, colour)) in parts(policy).into_iter().zip(PARTS) {
        let (from, to) = (scale.x(below), scale.x(below + part));
        canvas.rect((from, y), (to - from, high), &colour);
        if below > 0.0 && part > 0.0 {
            canvas.rect((from - 1.0, y), (2.0, high), &PAPER);
        }
        let text = fixed(part, decimals(scale.end).max(1));
        if to - from > width(&text, SMALL) + 24.0 && high >= 26.0 && part < 0.99 * total(policy) {
            let middle = ((from + to) / 2.0, rows.middles[index]);
            canvas.text(middle, &text, SMALL, Anchor::Middle, &ON_LIGHT);
        }
        below += part;
    }
    // Where there is nothing there still is a policy.
    if below == 0.0 {
        canvas.line(&[(scale.left, y), (scale.left, y + high)], &GRID, 2.0);
    }
}

fn subtitle(input: &Input<'_>) -> String {
    let Some(assumptions) = &input.description.capacity else { return String::new() };
    let Some(sizing) = &assumptions.sizing else { return String::new() };
    let whose =
        if sizing.source.is_empty() { "one’s own constants" } else { "Keycloak’s guide" };
    let scale = match assumptions.scale {
        1.0 => String::new(),
        scale => format!("; each user stands for {}", measure(scale)),
    };
    format!(
        "vCPU for the {} that asks for most, by {whose}; the limit has {} headroom{scale}.",
        assumptions.basis.word(),
        percent(sizing.headroom)
    )
}

fn title(input: &Input<'_>) -> String {
    let (policies, _) = shown(input, usize::MAX, false);
    let Some((_, first)) = policies.first() else { return "No policy was run".to_owned() };
    let by_total = |a: &&(usize, &PolicyTables), b: &&(usize, &PolicyTables)| {
        // The first of equals.
        total(a.1).total_cmp(&total(b.1)).then(b.0.cmp(&a.0))
    };
    let most = policies.iter().max_by(by_total).map_or(*first, |(_, policy)| *policy);
    let vcpu = |policy| match total(policy) {
        0.0 => "no vCPU".to_owned(),
        total => format!("{} vCPU", brief(total)),
    };
    if policies.len() == 1 || total(most) == total(first) {
        let least = policies.iter().min_by(by_total).map_or(*first, |(_, policy)| *policy);
        return match total(least) < total(most) {
            true => {
                format!("{} needs {}, {} {}", named(most), vcpu(most), named(least), vcpu(least))
            }
            false if policies.len() > 1 => format!("Every policy needs {}", vcpu(most)),
            false => format!("{} needs {}", named(first), vcpu(first)),
        };
    }
    match total(first) {
        0.0 => format!("{} needs {}, {} none", named(most), vcpu(most), named(first)),
        was => {
            let change = compared(was, total(most), ["more than", "less than", "as much as"]);
            format!("{} needs {}, {change} {}", named(most), vcpu(most), named(first))
        }
    }
}

fn behind(input: &Input<'_>) -> Table {
    let mut columns = vec![Column { name: "policy", unit: "" }];
    columns.push(Column { name: "began at", unit: "UTC" });
    columns.extend(REQUEST_KINDS.map(|name| Column { name, unit: "requests/s" }));
    columns.extend(REQUEST_KINDS.map(|name| Column { name, unit: "vCPU" }));
    columns.extend([
        Column { name: "machines besides", unit: "vCPU" },
        Column { name: "in all", unit: "vCPU" },
        Column { name: "with headroom", unit: "vCPU" },
    ]);
    let row = |policy: &PolicyTables| {
        let mut row = vec![Value::Text(policy.name.clone())];
        let Some(size) = size(policy) else {
            row.resize(columns.len(), Value::Missing);
            return row;
        };
        row.push(size.at.map_or(Value::Missing, Value::Instant));
        row.extend(size.rates.map(Value::Number));
        row.extend(size.vcpu.map(Value::Number));
        row.extend([size.vcpu_besides, size.vcpu_total, size.vcpu_limit].map(Value::Number));
        row
    };
    let rows = input.policies.iter().map(row).collect();
    Table { columns, rows }
}
