//! `report.html` of a sweep, in the style of the simulator's.

use askama::Template;

use super::shown::{SHOWN, cells, points, which};
use super::story;
use crate::report::charts::sweep::Drawn;
use crate::report::numeral::{span, whole};
use crate::report::page::{Figure, STYLE, STYLE_HASH, figure};
use crate::report::timeline::Timeline;
use crate::swept::Sweep;

/// Rows of the table of points; sweep.csv has all.
const MOST: usize = 60;

#[derive(Template)]
#[template(path = "sweep.html", config = "src/report/askama.toml")]
struct Page<'a> {
    style: &'static str,
    style_hash: &'static str,
    sweep: &'a Sweep,
    policy: &'a str,
    paragraph: String,
    count: String,
    curve: Option<String>,
    which: String,
    heads: Vec<(&'static str, &'static str)>,
    rows: Vec<Row<'a>>,
    charts: Vec<Figure<'a>>,
    axes: Vec<AxisRow<'a>>,
    facts: Vec<(&'static str, String)>,
}

struct Row<'a> {
    current: bool,
    settings: Vec<&'a str>,
    cells: Vec<String>,
}

struct AxisRow<'a> {
    key: &'a str,
    current: &'a str,
    values: String,
}

/// The page, whole.
pub(super) fn html(sweep: &Sweep, drawn: &[Drawn]) -> Result<String, String> {
    let (shown, is_all) = points(sweep, MOST);
    let figures = cells(sweep, &shown);
    let row = |(point, cells): (&usize, Vec<String>)| {
        let point = &sweep.points[*point];
        let axes = sweep.axes.iter().zip(&point.place);
        Row {
            current: sweep.is_current(point),
            settings: axes.map(|(axis, own)| axis.values[*own].text.as_str()).collect(),
            cells,
        }
    };
    let page = Page {
        style: STYLE,
        style_hash: STYLE_HASH,
        sweep,
        policy: sweep.about.policies.first().map_or("", |policy| &policy.name),
        paragraph: story::paragraph(sweep),
        count: story::count(sweep),
        curve: story::curve(sweep),
        which: which(sweep, shown.len(), is_all),
        heads: SHOWN.iter().map(|(_, label, unit)| (*label, *unit)).collect(),
        rows: shown.iter().zip(figures).map(row).collect(),
        charts: drawn.iter().map(|own| figure(&own.name, &own.about, &own.drawing)).collect(),
        axes: sweep
            .axes
            .iter()
            .map(|axis| AxisRow {
                key: &axis.key,
                current: &axis.values[axis.current].text,
                values: axis
                    .values
                    .iter()
                    .map(|value| value.text.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
            .collect(),
        facts: facts(sweep),
    };
    page.render().map_err(|error| error.to_string())
}

fn facts(sweep: &Sweep) -> Vec<(&'static str, String)> {
    let (activity, workload) = (&sweep.about.activity, &sweep.about.workload);
    let timeline = Timeline::new(&workload.timezone);
    vec![
        ("Activity", activity.source.clone()),
        ("Records", whole(activity.records)),
        ("Users", whole(activity.users)),
        ("First record", timeline.full(activity.start)),
        ("Last record", timeline.full(activity.horizon)),
        ("Warm-up, not counted", span(workload.warmup)),
        ("A task is interrupted within", span(workload.task_gap)),
        ("Time zone", workload.timezone.clone()),
        ("Points", whole(sweep.points.len() as u64)),
        ("Left out", whole(sweep.left_out)),
        ("Seed", sweep.about.seed.to_string()),
        ("Version", format!("relogin {}", sweep.about.version)),
    ]
}
