//! Every figure of a bill, one a row: `capacity.csv`, and `capacity` in `summary.json`.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use crate::bill::{Assumptions, Bill, Fullest, LimitUse, Size};
use crate::report::Input;
use crate::report::rows::cell;
use crate::report::timeline::rfc3339;
use crate::table::{REQUEST_KINDS, Value};

/// A figure of a bill.
struct Figure {
    name: String,
    value: Value,
    unit: &'static str,
}

/// `capacity.csv`: one row a policy, thing (empty, or a plan's limit) and figure. Only ever new
/// columns at the end.
pub(in crate::report) fn csv(input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["policy", "plan", "limit", "window", "figure", "value", "unit"])?;
    let Some(assumptions) = &input.description.capacity else { return csv.flush() };
    for policy in input.policies {
        let Some(bill) = &policy.bill else { continue };
        for Figure { name, value, unit } in figures(bill) {
            csv.write_record([&policy.name, "", "", "", &name, &cell(&value), unit])?;
        }
        for used in &bill.limits {
            let plan = &assumptions.plans[used.plan];
            let limit = &plan.limits[used.limit];
            let window = limit.every.word();
            for Figure { name, value, unit } in limit_figures(used) {
                let value = cell(&value);
                csv.write_record([
                    &policy.name,
                    &plan.name,
                    &limit.name,
                    window,
                    &name,
                    &value,
                    unit,
                ])?;
            }
        }
    }
    csv.flush()
}

/// A policy's bill: figures as flat keys, and a list of limits.
pub(in crate::report) fn json(bill: &Bill, assumptions: &Assumptions) -> Json {
    let limits = bill.limits.iter().map(|used| {
        let plan = &assumptions.plans[used.plan];
        let limit = &plan.limits[used.limit];
        let mut object = Map::new();
        object.insert("plan".to_owned(), json!(plan.name));
        object.insert("limit".to_owned(), json!(limit.name));
        object.insert("window".to_owned(), json!(limit.every.word()));
        object.extend(limit_figures(used).into_iter().map(pair));
        Json::Object(object)
    });
    let limits: Vec<Json> = limits.collect();
    let mut object: Map<String, Json> = figures(bill).into_iter().map(pair).collect();
    object.insert("limits".to_owned(), Json::Array(limits));
    Json::Object(object)
}

fn pair(Figure { name, value, .. }: Figure) -> (String, Json) {
    let value = match value {
        Value::Missing => Json::Null,
        Value::Text(text) => Json::from(text),
        Value::Count(count) => Json::from(count),
        Value::Number(number) => Json::from(number),
        Value::Instant(at) => Json::from(rfc3339(at)),
    };
    (name, value)
}

fn figure(name: impl Into<String>, value: Value, unit: &'static str) -> Figure {
    Figure { name: name.into(), value, unit }
}

fn number(name: impl Into<String>, value: f64, unit: &'static str) -> Figure {
    figure(name, Value::Number(value), unit)
}

fn figures(bill: &Bill) -> Vec<Figure> {
    let mut figures = vec![
        number("active_users", bill.users, "users"),
        number("active_user_days", bill.user_days, "user-days"),
        number("relogins_per_user_day", bill.relogins_per_user_day, "1/user-day"),
        number("sessions.peak", bill.sessions, "sessions"),
        number("requests_per_user_day", bill.requests_per_user_day(), "requests/user-day"),
    ];
    for (kind, requests) in REQUEST_KINDS.iter().zip(bill.requests) {
        figures.push(number(format!("requests.{kind}"), requests, "requests"));
    }
    let peaks = [
        ("peak_second", bill.peak_second, "requests/s"),
        ("peak_minute", bill.peak_minute, "requests/min"),
    ];
    for (name, peak, unit) in peaks {
        figures.push(number(name, peak.as_ref().map_or(0.0, Fullest::all), unit));
        figures.push(figure(format!("{name}.at"), instant(peak.map(|peak| peak.at)), ""));
    }
    figures.extend(bill.size.iter().flat_map(size_figures));
    figures
}

fn size_figures(size: &Size) -> Vec<Figure> {
    let mut figures = vec![figure("sized_for.at", instant(size.at), "")];
    for (kind, rate) in REQUEST_KINDS.iter().zip(size.rates) {
        figures.push(number(format!("sized_for.{kind}"), rate, "requests/s"));
    }
    for (kind, vcpu) in REQUEST_KINDS.iter().zip(size.vcpu) {
        figures.push(number(format!("vcpu.{kind}"), vcpu, "vCPU"));
    }
    figures.extend([
        number("vcpu.besides", size.vcpu_besides, "vCPU"),
        number("vcpu", size.vcpu_total, "vCPU"),
        number("vcpu.with_headroom", size.vcpu_limit, "vCPU"),
        number("vcpu.mean", size.vcpu_mean, "vCPU"),
        number("memory_per_pod.request", size.memory_request_mb, "MB"),
        number("memory_per_pod.limit", size.memory_limit_mb, "MB"),
        number("database.requests", size.database_requests, "requests/s"),
        number("database.write_iops", size.write_iops, "IOPS"),
        number("database.vcpu.low", size.database_vcpu.0, "vCPU"),
        number("database.vcpu.high", size.database_vcpu.1, "vCPU"),
    ]);
    figures
}

fn limit_figures(used: &LimitUse) -> Vec<Figure> {
    vec![
        number("units", used.units, "units"),
        number("units.peak", used.peak, "units"),
        figure("units.peak.at", instant(used.peak_at), ""),
        number("used", used.used, "share"),
        figure("windows", Value::Count(used.windows), "windows"),
        figure("windows.above", Value::Count(used.above), "windows"),
        number("windows.above.share", used.share_above(), "share"),
        figure("windows.above.first", instant(used.first_above), ""),
        number("refused", used.refused, "units"),
        figure("relogin_of_all", used.relogin_of_all.map_or(Value::Missing, Value::Number), "s"),
    ]
}

fn instant(at: Option<i64>) -> Value {
    at.map_or(Value::Missing, Value::Instant)
}
