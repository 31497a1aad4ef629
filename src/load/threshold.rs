//! What a test must hold, and whether it did.

use std::time::Duration;

use super::{Kind, Recorded};

/// What a test must hold; nothing by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thresholds {
    /// At most this share of what was over failed.
    pub errors: Option<f64>,
    /// At least this share of what was due was begun and came to an answer.
    pub achieved: Option<f64>,
    /// Response times.
    pub times: Vec<TimeThreshold>,
}

/// A quantile of response times that must not be above a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeThreshold {
    /// Of which kind; of all if `None`.
    pub kind: Option<Kind>,
    /// The quantile as it is written: `p99`, `max`.
    pub name: &'static str,
    /// The quantile, 1 for the slowest.
    pub quantile: f64,
    /// The limit.
    pub limit: Duration,
}

/// One threshold against what was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// `login.p99`, `errors`, `achieved`.
    pub name: String,
    /// The limit: milliseconds, or a share.
    pub limit: f64,
    /// What was measured; `None` where nothing of the kind was.
    pub measured: Option<f64>,
    /// Whether these are milliseconds.
    pub in_millis: bool,
    /// Whether it was held. What was not measured breaks nothing.
    pub held: bool,
}

impl Thresholds {
    /// Where none is given and one is needed: 1 % errors, 95 % achieved, a second at p99.
    pub fn usual() -> Self {
        let second = Duration::from_secs(1);
        let p99 = TimeThreshold { kind: None, name: "p99", quantile: 0.99, limit: second };
        Self { errors: Some(0.01), achieved: Some(0.95), times: vec![p99] }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.errors.is_none() && self.achieved.is_none() && self.times.is_empty()
    }

    /// Each threshold against what was measured.
    pub fn check(&self, recorded: &Recorded) -> Vec<Check> {
        let totals = &recorded.totals;
        let sum = |of: fn(&super::Counts) -> u64| totals.counts.iter().map(of).sum::<u64>();
        let (completed, errors) = (sum(|c| c.completed), sum(|c| c.errors));
        let due: u64 = recorded.seconds.iter().flat_map(|second| second.intended).sum();
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        let mut checks = Vec::new();
        if let Some(limit) = self.errors {
            let measured = share(errors, completed + errors);
            let held = measured.is_none_or(|measured| measured <= limit);
            checks.push(Check { name: "errors".into(), limit, measured, in_millis: false, held });
        }
        if let Some(limit) = self.achieved {
            let measured = share(completed, due);
            let held = measured.is_none_or(|measured| measured >= limit);
            checks.push(Check { name: "achieved".into(), limit, measured, in_millis: false, held });
        }
        for time in &self.times {
            let times = time.kind.map_or(&totals.all, |kind| &totals.times[kind.index()]);
            let micros = times.response.value_at_quantile(time.quantile);
            let measured = (!times.response.is_empty()).then_some(micros as f64 / 1_000.0);
            let limit = time.limit.as_secs_f64() * 1_000.0;
            let held = measured.is_none_or(|measured| measured <= limit);
            let name = format!("{}.{}", time.kind.map_or("all", Kind::word), time.name);
            checks.push(Check { name, limit, measured, in_millis: true, held });
        }
        checks
    }
}
