//! What a policy's figures come to for those who weigh it: for people, for the identity provider,
//! for whoever answers for what is left open, and against what must hold.

use super::decide::Check;
use super::hazard::Prices;
use crate::gate::Comparison;
use crate::gate::Statistic;
use crate::scenario::{Condition, Minimise};
use crate::table::Interval;
use crate::table::METRICS;
use crate::table::PolicyTables;

/// The names and units of the objectives, in their order.
pub const OBJECTIVES: [(&str, &str); 3] =
    [("people", "logins/user-day"), ("load", "requests/user-day"), ("exposure", "h/user-day")];

/// A metric as it is meant: infinite where access tokens never end, which SPEC 7 leaves out of its
/// mean and its maximum.
pub fn value(tables: &PolicyTables, metric: &str) -> f64 {
    if metric.starts_with("access_token.") && tables.endless_access_tokens > 0 {
        return f64::INFINITY;
    }
    tables.metric(metric)
}

/// People's cost, load and exposure, each per user-day.
///
/// - People: re-logins, one in the middle of a task counting for `mid_task_weight`.
/// - Load: requests of all kinds.
/// - Exposure: hours in which somebody else could go on where a user left off: those in which a
///   session is alive, and from the end of each the mean residual life of an access token. A use is
///   but a moment, so that a session is hardly ever attended; `sessions.unattended_hours` would not
///   do, for it leaves out the nights after which the person came back in time.
pub fn objectives(tables: &PolicyTables, mid_task_weight: f64) -> [f64; 3] {
    let of = |metric| value(tables, metric);
    let mid_task = of("relogins.mid_task");
    let people = of("relogins") - mid_task + mid_task_weight * mid_task;
    let requests = METRICS.iter().filter(|metric| metric.name.starts_with("requests."));
    let load = requests.map(|metric| of(metric.name)).sum();
    let residual = of("access_token.mean_residual_s") / 3_600.0;
    let tokens = if residual > 0.0 { of("sessions.started") * residual } else { 0.0 };
    let exposure = tables.session_hours + tokens;
    [people, load, exposure].map(|sum: f64| per_day(tables, sum))
}

fn per_day(tables: &PolicyTables, sum: f64) -> f64 {
    let days = value(tables, "active_user_days");
    if days > 0.0 { sum / days } else { 0.0 }
}

/// What is to be least; `None` for the balance of the three.
pub fn least(
    tables: &PolicyTables,
    objectives: &[f64; 3],
    minimise: Minimise,
    prices: Option<Prices>,
) -> Option<f64> {
    match minimise {
        Minimise::People => Some(objectives[0]),
        Minimise::Load => Some(objectives[1]),
        Minimise::Exposure => Some(objectives[2]),
        Minimise::Cost => prices.map(|prices| cost(tables, prices)),
        Minimise::Knee => None,
        Minimise::Metric(metric) => Some(value(tables, metric)),
    }
}

/// What re-logins and hours with a session alive cost, per user-day.
pub fn cost(tables: &PolicyTables, prices: Prices) -> f64 {
    let relogins = prices.relogin * value(tables, "relogins");
    let hours = prices.unattended_hour * tables.session_hours;
    per_day(tables, relogins + hours)
}

/// How a policy's figures stand to a condition.
pub fn check(tables: &PolicyTables, condition: &Condition) -> Check {
    let value = match condition.statistic {
        Statistic::Value => value(tables, condition.measure.name),
        end => {
            let own = |interval: &&Interval| interval.metric == condition.measure.name;
            let interval = tables.intervals.iter().find(own);
            let number = |own: &Interval| if end == Statistic::Low { own.low } else { own.high };
            interval.map_or(f64::NAN, number)
        }
    };
    if condition.holds(value) {
        return Check { held: true, value, excess: 0.0 };
    }
    let bound = condition.bound;
    let over = match condition.comparison {
        Comparison::Less | Comparison::AtMost => value - bound,
        Comparison::Greater | Comparison::AtLeast => bound - value,
        Comparison::Equal => (value - bound).abs(),
    };
    let share = if bound == 0.0 { over } else { over / bound.abs() };
    if share.is_nan() {
        return Check { held: false, value, excess: f64::INFINITY };
    }
    // On a limit that must not be reached there is still something to give.
    Check { held: false, value, excess: share.max(f64::MIN_POSITIVE) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Load, Metric, Value};

    fn tables(figures: &[(&str, f64)]) -> PolicyTables {
        let metrics = METRICS.iter().map(|metric| {
            let own = figures.iter().find(|(name, _)| *name == metric.name);
            let value = Value::Number(own.map_or(0.0, |(_, value)| *value));
            Metric { name: metric.name, value, unit: metric.unit }
        });
        let load = Load {
            width: 60_000,
            first: 0,
            last: -1,
            buckets: Vec::new(),
            peak_second: None,
            peak_minute: None,
        };
        PolicyTables {
            name: "p".to_owned(),
            baseline: false,
            metrics: metrics.collect(),
            endless_access_tokens: 0,
            relogins: Vec::new(),
            load,
            people: Vec::new(),
            logins_by_hour: Vec::new(),
            sessions: Vec::new(),
            session_hours: 20.0,
            bill: None,
            intervals: Vec::new(),
            differences: Vec::new(),
        }
    }

    #[test]
    fn objectives_are_per_user_day() {
        let mut tables = tables(&[
            ("active_user_days", 10.0),
            ("relogins", 5.0),
            ("relogins.mid_task", 2.0),
            ("requests.login", 6.0),
            ("requests.silent", 14.0),
            ("sessions.started", 6.0),
            ("access_token.mean_residual_s", 1_800.0),
        ]);
        assert_eq!(objectives(&tables, 3.0), [0.9, 2.0, 2.3]);
        assert_eq!(objectives(&tables, 1.0)[0], 0.5);
        let prices = Prices { relogin: 2.0, unattended_hour: 0.5 };
        assert_eq!(least(&tables, &[0.0; 3], Minimise::Cost, Some(prices)), Some(2.0));
        tables.endless_access_tokens = 1;
        assert_eq!(objectives(&tables, 3.0)[2], f64::INFINITY);
    }

    #[test]
    fn a_condition_tells_how_far_it_is_from_holding() {
        let tables = tables(&[("relogins", 5.0)]);
        let told = |text: &str| check(&tables, &Condition::parse(text).unwrap());
        assert_eq!(told("relogins <= 5"), Check { held: true, value: 5.0, excess: 0.0 });
        assert_eq!(told("relogins <= 4"), Check { held: false, value: 5.0, excess: 0.25 });
        assert_eq!(told("relogins >= 10").excess, 0.5);
        assert_eq!(told("relogins.high <= 4").excess, f64::INFINITY);
        assert!(told("relogins < 5").excess > 0.0);
    }
}
