//! `sweep.json`: every point with every figure.

use serde::Serialize;
use serde_json::{Map, Number, Value as Json};

use crate::report::timeline::rfc3339;
use crate::swept::{Axis, IdleCurve, Point, Sweep};

#[derive(Serialize)]
struct Whole<'a> {
    schema: &'static str,
    version: &'a str,
    scenario: &'a str,
    question: &'a str,
    policy: &'a str,
    seed: u64,
    partial: Option<&'a str>,
    overrides: &'a [String],
    activity: Activity<'a>,
    axes: Vec<AxisOf<'a>>,
    constraints: &'a [String],
    left_out: u64,
    unfinished: u64,
    units: Map<String, Json>,
    points: Vec<PointOf>,
    idle_curve: Option<CurveOf<'a>>,
}

#[derive(Serialize)]
struct Activity<'a> {
    source: &'a str,
    records: u64,
    users: u64,
    agents: u64,
    start: String,
    horizon: String,
}

#[derive(Serialize)]
struct AxisOf<'a> {
    key: &'a str,
    current: &'a str,
    values: Vec<&'a str>,
}

#[derive(Serialize)]
struct PointOf {
    point: usize,
    current: bool,
    settings: Map<String, Json>,
    metrics: Map<String, Json>,
}

#[derive(Serialize)]
struct CurveOf<'a> {
    exact_from_s: Option<f64>,
    not_exact: Option<&'a str>,
    steps: usize,
    file: &'static str,
}

/// The content of `sweep.json`, schema `relogin.sweep/1`: SPEC 7's names are flat keys of each
/// point's `metrics`, as they are in `summary.json`; what never ends is `null`. Ends with a newline.
pub fn sweep_json(sweep: &Sweep) -> String {
    let about = &sweep.about;
    let units = sweep.metrics.iter().map(|own| (own.name.to_owned(), Json::from(own.unit)));
    let whole = Whole {
        schema: "relogin.sweep/1",
        version: &about.version,
        scenario: &about.scenario,
        question: &about.question,
        policy: about.policies.first().map_or("", |policy| &policy.name),
        seed: about.seed,
        partial: sweep.partial.as_deref(),
        overrides: &about.overrides,
        activity: Activity {
            source: &about.activity.source,
            records: about.activity.records,
            users: about.activity.users,
            agents: about.activity.agents,
            start: rfc3339(about.activity.start),
            horizon: rfc3339(about.activity.horizon),
        },
        axes: sweep.axes.iter().map(axis).collect(),
        constraints: &sweep.constraints,
        left_out: sweep.left_out,
        unfinished: sweep.unfinished,
        units: units.collect(),
        points: sweep.points.iter().enumerate().map(|(n, own)| point(sweep, n, own)).collect(),
        idle_curve: sweep.curve.as_ref().map(curve),
    };
    let text = serde_json::to_string_pretty(&whole).expect("only strings, numbers and lists");
    text + "\n"
}

fn axis(axis: &Axis) -> AxisOf<'_> {
    AxisOf {
        key: &axis.key,
        current: &axis.values[axis.current].text,
        values: axis.values.iter().map(|value| value.text.as_str()).collect(),
    }
}

fn point(sweep: &Sweep, number: usize, point: &Point) -> PointOf {
    let axes = sweep.axes.iter().zip(&point.place);
    let settings =
        axes.map(|(axis, own)| (axis.key.clone(), Json::from(axis.values[*own].text.as_str())));
    let metrics = sweep.metrics.iter().zip(&point.values).map(|(metric, value)| {
        let value = match metric.is_count {
            true => Json::from(*value as u64),
            false => Number::from_f64(*value).map_or(Json::Null, Json::Number),
        };
        (metric.name.to_owned(), value)
    });
    PointOf {
        point: number + 1,
        current: sweep.is_current(point),
        settings: settings.collect(),
        metrics: metrics.collect(),
    }
}

fn curve(curve: &IdleCurve) -> CurveOf<'_> {
    CurveOf {
        exact_from_s: curve.exact_from.as_ref().ok().map(|from| *from as f64 / 1_000.0),
        not_exact: curve.exact_from.as_ref().err().map(String::as_str),
        steps: curve.steps.len(),
        file: "idle-curve.csv",
    }
}
