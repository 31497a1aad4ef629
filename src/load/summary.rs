//! What was measured, as the plain figures that reports read.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::kind::{ByKind, KINDS};
use super::{Check, Kind, Recorded, Second, curve};
use crate::load::Endpoint;
use crate::measured::{
    EndpointMeasured, ErrorCount, KindMeasured, LoadTest, OutcomeCount, Quantiles, SecondMeasured,
    StartError, ThresholdChecked, Whole,
};

/// What a test was asked for, and how it went.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What the simulation says, by kind.
    pub predicted: ByKind<u64>,
    /// How long it was to take.
    pub planned: Duration,
    /// How long it took, with the wait for the last answers.
    pub took: Duration,
    /// Starts later than this count as late.
    pub late_after: Duration,
    /// Thresholds against what was measured.
    pub checks: Vec<Check>,
}

/// The figures of a test; who asked whom for what is left for the caller to say.
pub fn summarize(recorded: &Recorded, asked: &Asked) -> LoadTest {
    let totals = &recorded.totals;
    let intended: u64 = recorded.seconds.iter().flat_map(|second| second.intended).sum();
    let sum = |of: fn(&super::Counts) -> u64| totals.counts.iter().map(of).sum::<u64>();
    let (started, completed, errors) =
        (sum(|c| c.started), sum(|c| c.completed), sum(|c| c.errors));
    // An interrupted test did not get to the end of what was planned.
    let sent = asked.planned.min(asked.took).as_secs_f64().max(1e-3);
    let micros = |quantile| totals.starts.value_at_quantile(quantile) as f64 / 1_000.0;
    LoadTest {
        planned_s: asked.planned.as_secs_f64(),
        took_s: asked.took.as_secs_f64(),
        kinds: kinds(recorded, asked),
        endpoints: endpoints(&totals.endpoints),
        outcomes: outcomes(&totals.outcomes),
        errors: totals
            .errors
            .iter()
            .map(|((kind, error), count)| ErrorCount {
                kind: kind.word().to_owned(),
                error: error.clone(),
                count: *count,
            })
            .collect(),
        start_error: StartError {
            p50_us: micros(0.5),
            p99_us: micros(0.99),
            max_us: totals.starts.max() as f64 / 1_000.0,
            late: totals.late,
            bound_us: asked.late_after.as_secs_f64() * 1e6,
        },
        whole: Whole {
            intended_rate: intended as f64 / sent,
            achieved_rate: completed as f64
                / asked.took.max(asked.planned.min(asked.took)).as_secs_f64().max(1e-3),
            intended,
            started,
            completed,
            errors,
            dropped: totals.dropped.iter().sum(),
            in_flight_at_end: totals.in_flight,
        },
        thresholds: asked.checks.iter().map(checked).collect(),
        seconds: recorded.seconds.iter().map(second).collect(),
        ..LoadTest::default()
    }
}

fn kinds(recorded: &Recorded, asked: &Asked) -> Vec<KindMeasured> {
    let totals = &recorded.totals;
    let came = |kind: Kind| {
        let came: u64 = totals.outcomes.iter().map(|row| row[kind.index()]).sum();
        came + if kind == Kind::Failed { totals.refusals } else { 0 }
    };
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        let (counts, times) = (totals.counts[kind.index()], &totals.times[kind.index()]);
        let (predicted, measured) = (asked.predicted[kind.index()], came(kind));
        if predicted == 0 && measured == 0 && counts.started == 0 {
            continue;
        }
        kinds.push(KindMeasured {
            kind: kind.word().to_owned(),
            predicted,
            measured,
            started: counts.started,
            completed: counts.completed,
            errors: counts.errors,
            dropped: totals.dropped[kind.index()],
            response_ms: quantiles(&times.response),
            service_ms: quantiles(&times.service),
            curve: curve(&times.response),
            service_curve: curve(&times.service),
        });
    }
    let sum = |of: fn(&KindMeasured) -> u64| kinds.iter().map(of).sum();
    let all = KindMeasured {
        kind: "all".to_owned(),
        predicted: sum(|kind| kind.predicted),
        measured: sum(|kind| kind.measured),
        started: sum(|kind| kind.started),
        completed: sum(|kind| kind.completed),
        errors: sum(|kind| kind.errors),
        dropped: sum(|kind| kind.dropped),
        response_ms: quantiles(&totals.all.response),
        service_ms: quantiles(&totals.all.service),
        curve: curve(&totals.all.response),
        service_curve: curve(&totals.all.service),
    };
    kinds.push(all);
    kinds
}

fn endpoints(all: &[Histogram<u32>]) -> Vec<EndpointMeasured> {
    let all = Endpoint::ALL.into_iter().zip(all).filter(|(_, times)| !times.is_empty());
    let measured = |(endpoint, times): (Endpoint, &Histogram<u32>)| EndpointMeasured {
        endpoint: endpoint.word().to_owned(),
        service_ms: quantiles(times),
    };
    all.map(measured).collect()
}

fn outcomes(all: &[ByKind<u64>; KINDS]) -> Vec<OutcomeCount> {
    let mut rows = Vec::new();
    for (predicted, row) in Kind::ALL.into_iter().zip(all) {
        for (came, count) in Kind::ALL.into_iter().zip(row) {
            if *count > 0 {
                let [predicted, came] = [predicted, came].map(|kind| kind.word().to_owned());
                rows.push(OutcomeCount { predicted, came, count: *count });
            }
        }
    }
    rows
}

/// Microseconds as milliseconds.
fn quantiles(times: &Histogram<u32>) -> Quantiles {
    let at = |quantile| times.value_at_quantile(quantile) as f64 / 1_000.0;
    if times.is_empty() {
        return Quantiles::default();
    }
    Quantiles {
        count: times.len(),
        mean: times.mean() / 1_000.0,
        p50: at(0.5),
        p90: at(0.9),
        p95: at(0.95),
        p99: at(0.99),
        p999: at(0.999),
        max: times.max() as f64 / 1_000.0,
    }
}

fn second(second: &Second) -> SecondMeasured {
    SecondMeasured {
        second: second.second,
        intended: second.intended,
        started: second.counts.map(|counts| counts.started),
        completed: second.counts.map(|counts| counts.completed),
        errors: second.counts.map(|counts| counts.errors),
        in_flight: second.in_flight,
        response_ms: second.response.map(|row| row.map(|micros| micros as f64 / 1_000.0)),
    }
}

fn checked(check: &Check) -> ThresholdChecked {
    let told = |value: f64| match check.in_millis {
        true => format!("{}ms", rounded(value)),
        false => format!("{}%", rounded(value * 100.0)),
    };
    ThresholdChecked {
        name: check.name.clone(),
        limit: told(check.limit),
        measured: check.measured.map_or_else(String::new, told),
        held: check.held,
    }
}

/// Three decimals, without idle zeros.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
