//! Two axes together: a cell for each pair of values, the darker the more; all else as it is now.

use super::super::Drawing;
use super::super::canvas::{Anchor, Canvas, Point as Place, svg};
use super::super::frame::{LEFT, foot_words, mark, sheet};
use super::super::heat::{bounds, colour};
use super::super::palette::{HEAT, INK, MUTED, PAPER};
use super::super::panels::{Panel, panels};
use super::super::text::{SMALL, SMALL_STRONG, Type, fitted, width};
use crate::report::numeral::{brief, measure, short};
use crate::swept::{Axis, Point, Sweep};
use crate::table::{Column, Table, Value};

/// What the two panels of a pair show: the two sides of the trade.
const BOTH: [(&str, &str); 2] = [
    ("relogins_per_user_day", "Re-logins per user-day"),
    ("sessions.unattended_hours", "Hours that sessions lie unattended, in all"),
];

/// Words in cells.
const CELL: Type = Type { size: 18.0, bold: false };
/// So many values of a third axis have a map.
const MAPS: usize = 12;

/// One map: its heading, the points in it and the figure that they show.
struct Map<'a> {
    head: String,
    points: Vec<&'a Point>,
    figure: usize,
    greatest: f64,
    /// Whether the current setting is in it.
    is_current: bool,
}

pub(super) fn pair(sweep: &Sweep, (down, across): (usize, usize)) -> Drawing {
    let axes = [down, across];
    let map = |(key, head): (&str, &str)| {
        let figure = sweep.figure(key).unwrap_or(0);
        let points = sweep.along(&axes);
        let greatest = greatest(&points, figure);
        Map { head: head.to_owned(), points, figure, greatest, is_current: true }
    };
    let maps = BOTH.map(map);
    let title = title(sweep, (down, across), &maps[0]);
    let others = if sweep.axes.len() > 2 { " The other settings as they are now." } else { "" };
    draw(sweep, (down, across), (title, others), &maps)
}

pub(super) fn multiples(sweep: &Sweep, (down, across): (usize, usize), third: usize) -> Drawing {
    let axes = [down, across, third];
    let figure = sweep.figure(BOTH[0].0).unwrap_or(0);
    let all = sweep.along(&axes);
    let greatest = greatest(&all, figure);
    let own = &sweep.axes[third];
    let values = thinned(own, MAPS);
    let map = |value: usize| Map {
        head: format!("{} {}", short(&own.key, 40), short(&own.values[value].text, 20)),
        points: all.iter().copied().filter(|point| point.place[third] == value).collect(),
        figure,
        greatest,
        is_current: value == own.current,
    };
    let maps: Vec<Map<'_>> = values.into_iter().map(map).collect();
    let title = format!("Re-logins per user-day for each {}", short(&own.key, 50));
    let left_out = own.values.len() - maps.len();
    let others = match left_out {
        0 => String::new(),
        count => format!(" {count} more values stand in sweep.csv."),
    };
    draw(sweep, (down, across), (title, &others), &maps)
}

/// At most so many of an axis' values, the current one among them.
fn thinned(axis: &Axis, most: usize) -> Vec<usize> {
    let last = axis.values.len() - 1;
    if last < most {
        return (0..=last).collect();
    }
    let mut values: Vec<usize> = (0..most - 1).map(|index| index * last / (most - 2)).collect();
    values.push(axis.current);
    values.sort_unstable();
    values.dedup();
    values
}

fn greatest(points: &[&Point], figure: usize) -> f64 {
    let values = points.iter().map(|point| point.values[figure]);
    values.filter(|value| value.is_finite()).fold(0.0, f64::max)
}

fn draw(
    sweep: &Sweep,
    (down, across): (usize, usize),
    (title, others): (String, &str),
    maps: &[Map<'_>],
) -> Drawing {
    let (rows, columns) = (&sweep.axes[down], &sweep.axes[across]);
    let blank = if sweep.left_out + sweep.unfinished > 0 { " Blank: left out." } else { "" };
    let subtitle = format!(
        "Down: {}; across: {}. Outlined: the current setting.{blank}{others}",
        short(&rows.key, 40),
        short(&columns.key, 40)
    );
    let svg = svg(&format!("{title}. {subtitle}"), |canvas| {
        let words = foot_words(&sweep.about);
        let top = sheet(canvas, (&title, &subtitle), &words, sweep.partial.is_some());
        let beside = match maps.len() {
            1..=2 => maps.len(),
            3..=4 => 2,
            5..=9 => 3,
            _ => 4,
        };
        let is_one_scale = maps.len() > 2;
        let top = match is_one_scale {
            true => {
                key(canvas, (LEFT, top + 8.0), maps[0].greatest, f64::INFINITY);
                top + 30.0
            }
            false => top,
        };
        for (panel, map) in panels(maps.len(), beside, top, 0.0).into_iter().zip(maps) {
            draw_map(canvas, panel, (sweep, (down, across)), map, !is_one_scale);
        }
    });
    Drawing { title, svg, behind: behind(sweep, (down, across), maps) }
}

fn draw_map(
    canvas: &mut Canvas<'_>,
    Panel { corner, size, .. }: Panel,
    (sweep, (down, across)): (&Sweep, (usize, usize)),
    map: &Map<'_>,
    has_key: bool,
) {
    let (rows, columns) = (&sweep.axes[down], &sweep.axes[across]);
    let names = rows.values.iter().map(|value| width(&short(&value.text, 12), CELL));
    let names = names.fold(30.0, f64::max) + 14.0;
    let room = size.0 - 24.0;
    let head = fitted(&map.head, SMALL_STRONG, room);
    canvas.text((corner.0, corner.1 + 18.0), &head, SMALL_STRONG, Anchor::Start, &INK);
    let mut top = corner.1 + 38.0;
    if has_key {
        key(canvas, (corner.0, top + 12.0), map.greatest, room);
        top += 36.0;
    }
    let left = corner.0 + names;
    let bottom = corner.1 + size.1 - 36.0;
    let cell =
        ((room - names) / columns.values.len() as f64, (bottom - top) / rows.values.len() as f64);
    let bounds = bounds(map.greatest);
    let at = |row: usize, column: usize| {
        // The greatest stands uppermost, as on an axis that goes up.
        let row = rows.values.len() - 1 - row;
        (left + cell.0 * column as f64, top + cell.1 * row as f64)
    };
    for point in &map.points {
        let place = at(point.place[down], point.place[across]);
        let value = point.values[map.figure];
        let paint = match value.is_finite() {
            true => colour(value, &bounds),
            false => &HEAT[HEAT.len() - 1],
        };
        let gap = if cell.0.min(cell.1) > 8.0 { 2.0 } else { 0.0 };
        canvas.rect(place, (cell.0 - gap, cell.1 - gap), paint);
        let text = if value.is_finite() { measure(value) } else { "no end".to_owned() };
        let shorter = if value >= 1e4 { mark(value) } else { brief(value) };
        let text = if width(&text, CELL) > cell.0 - 6.0 { shorter } else { text };
        if cell.1 >= 24.0 && width(&text, CELL) <= cell.0 - 6.0 {
            let is_dark = HEAT.iter().position(|own| own == paint).unwrap_or(0) >= 4;
            let ink = if is_dark { &PAPER } else { &INK };
            let middle = (place.0 + cell.0 / 2.0 - 1.0, place.1 + cell.1 / 2.0 - 1.0);
            canvas.text(middle, &text, CELL, Anchor::Middle, ink);
        }
    }
    if map.is_current {
        outline(canvas, at(rows.current, columns.current), cell);
    }
    let every = (22.0 / cell.1).ceil().max(1.0) as usize;
    for row in 0..rows.values.len() {
        if row % every == 0 || row == rows.current {
            let place = (left - 8.0, at(row, 0).1 + cell.1 / 2.0);
            label(canvas, place, &rows.values[row].text, Anchor::End, row == rows.current);
        }
    }
    let widest = columns.values.iter().map(|value| width(&short(&value.text, 12), CELL));
    let every = ((widest.fold(10.0, f64::max) + 10.0) / cell.0).ceil().max(1.0) as usize;
    for column in 0..columns.values.len() {
        let is_now = column == columns.current;
        let near = column.abs_diff(columns.current) < every;
        if is_now || column % every == 0 && !near {
            let place = (at(0, column).0 + cell.0 / 2.0, bottom + 16.0);
            label(canvas, place, &columns.values[column].text, Anchor::Middle, is_now);
        }
    }
}

fn label(canvas: &mut Canvas<'_>, place: Place, text: &str, anchor: Anchor, is_now: bool) {
    let kind = Type { bold: is_now, ..CELL };
    let colour = if is_now { &INK } else { &MUTED };
    canvas.text(place, &short(text, 12), kind, anchor, colour);
}

/// A frame around a cell.
fn outline(canvas: &mut Canvas<'_>, (x, y): Place, (width, height): Place) {
    let (right, bottom) = (x + width - 2.0, y + height - 2.0);
    let corners = [(x, y), (right, y), (right, bottom), (x, bottom), (x, y), (right, y)];
    canvas.line(&corners, &PAPER, 9.0);
    canvas.line(&corners, &INK, 4.0);
}

/// What the colours stand for, as far as there is room.
fn key(canvas: &mut Canvas<'_>, (left, y): Place, greatest: f64, room: f64) {
    let bounds = bounds(greatest);
    let mut x = left;
    let zero = std::iter::once((0.0, "0".to_owned()));
    let others = bounds.iter().map(|bound| (*bound, format!("to {}", mark(*bound))));
    for (bound, text) in zero.chain(others) {
        let wide = 32.0 + width(&text, SMALL) + 16.0;
        if x + wide - left > room {
            break;
        }
        canvas.rect((x, y - 10.0), (24.0, 20.0), colour(bound, &bounds));
        canvas.text((x + 32.0, y), &text, SMALL, Anchor::Start, &MUTED);
        x += wide;
    }
}

/// `Re-logins per user-day go from 0.04 (7d by 30d) to 2.1 (15m by 8h)`.
fn title(sweep: &Sweep, (down, across): (usize, usize), map: &Map<'_>) -> String {
    let order = |one: &&&Point, other: &&&Point| {
        one.values[map.figure].total_cmp(&other.values[map.figure])
    };
    let (Some(least), Some(most)) =
        (map.points.iter().min_by(order), map.points.iter().max_by(order))
    else {
        return "Nothing was replayed".to_owned();
    };
    let at = |point: &Point| {
        let text = |axis: usize| short(&sweep.axes[axis].values[point.place[axis]].text, 20);
        format!("{} by {}", text(down), text(across))
    };
    format!(
        "Re-logins per user-day go from {} ({}) to {} ({})",
        brief(least.values[map.figure]),
        at(least),
        brief(most.values[map.figure]),
        at(most)
    )
}

fn behind(sweep: &Sweep, (down, across): (usize, usize), maps: &[Map<'_>]) -> Table {
    let columns = vec![
        Column { name: "map", unit: "" },
        Column { name: "down", unit: "" },
        Column { name: "across", unit: "" },
        Column { name: "value", unit: "" },
    ];
    let row = |map: &Map<'_>, point: &Point| {
        let text =
            |axis: usize| Value::Text(sweep.axes[axis].values[point.place[axis]].text.clone());
        let value = Value::Number(point.values[map.figure]);
        vec![Value::Text(map.head.clone()), text(down), text(across), value]
    };
    let rows = maps.iter().flat_map(|map| {
        let mut points = map.points.clone();
        points.sort_by_key(|point| (point.place[down], point.place[across]));
        points.into_iter().map(move |point| row(map, point)).collect::<Vec<_>>()
    });
    Table { columns, rows: rows.collect() }
}
