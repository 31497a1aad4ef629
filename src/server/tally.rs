//! What was asked and how it went, counted for `/metrics`.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::endpoints::ENDPOINTS;
use crate::model::{Fact, Outcome};

/// The words under which answers are counted. What is none of them is `other`.
const OUTCOMES: [&str; 20] = [
    "ok",
    "redirect",
    "login_page",
    "login_failed",
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "invalid_scope",
    "invalid_target",
    "invalid_token",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "login_required",
    "insufficient_scope",
    "temporarily_unavailable",
    "method_not_allowed",
    "too_large",
    "preflight",
    "other",
];

/// Upper ends of the latency histogram's buckets, in microseconds.
const BOUNDS: [u64; 12] =
    [25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000];

/// Facts that are counted: what the model decided.
const FACTS: [&str; 7] = ["login", "silent", "refresh", "denied", "valid", "logout", "other"];

/// All counters.
#[derive(Debug)]
pub(super) struct Tally {
    endpoints: Box<[Counters]>,
    facts: [AtomicU64; FACTS.len()],
}

#[derive(Debug, Default)]
struct Counters {
    outcomes: [AtomicU64; OUTCOMES.len()],
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Tally {
    pub(super) fn new() -> Self {
        let endpoints = ENDPOINTS.iter().map(|_| Counters::default()).collect();
        Self { endpoints, facts: Default::default() }
    }

    /// Counts an answer of the endpoint at that place of the registry.
    pub(super) fn answered(&self, endpoint: usize, outcome: &str, took: Duration) {
        let counters = &self.endpoints[endpoint];
        let place = OUTCOMES.iter().position(|word| *word == outcome);
        add(&counters.outcomes[place.unwrap_or(OUTCOMES.len() - 1)], 1);
        let micros = took.as_micros() as u64;
        add(&counters.buckets[BOUNDS.partition_point(|bound| *bound < micros)], 1);
        add(&counters.nanoseconds, took.as_nanos() as u64);
    }

    /// Counts a fact.
    pub(super) fn happened(&self, fact: &Fact) {
        let place = match fact {
            Fact::Access(access) => match access.outcome {
                Outcome::Login => 0,
                Outcome::Silent => 1,
                Outcome::Refresh => 2,
                Outcome::Denied => 3,
                Outcome::Valid => 4,
            },
            Fact::LoggedOut { .. } => 5,
            _ => 6,
        };
        add(&self.facts[place], 1);
    }

    /// Appends all of it in Prometheus' text format.
    pub(super) fn render(&self, out: &mut String) {
        out.push_str("# HELP relogin_requests_total Requests by endpoint and how they went.\n");
        out.push_str("# TYPE relogin_requests_total counter\n");
        for (endpoint, counters) in ENDPOINTS.iter().zip(&self.endpoints) {
            for (outcome, count) in OUTCOMES.iter().zip(&counters.outcomes) {
                let (name, count) = (endpoint.name, get(count));
                if count > 0 {
                    let labels = format!("endpoint=\"{name}\",outcome=\"{outcome}\"");
                    let _ = writeln!(out, "relogin_requests_total{{{labels}}} {count}");
                }
            }
        }
        out.push_str("# HELP relogin_facts_total What the policy decided, by outcome.\n");
        out.push_str("# TYPE relogin_facts_total counter\n");
        for (word, count) in FACTS.iter().zip(&self.facts) {
            let _ = writeln!(out, "relogin_facts_total{{outcome=\"{word}\"}} {}", get(count));
        }
        out.push_str("# HELP relogin_answer_seconds Time to answer, once a request is read.\n");
        out.push_str("# TYPE relogin_answer_seconds histogram\n");
        for (endpoint, counters) in ENDPOINTS.iter().zip(&self.endpoints) {
            let (name, mut below) = (endpoint.name, 0);
            for (place, count) in counters.buckets.iter().enumerate() {
                below += get(count);
                let bound = BOUNDS.get(place).map(|bound| (*bound as f64 / 1e6).to_string());
                let bound = bound.as_deref().unwrap_or("+Inf");
                let labels = format!("endpoint=\"{name}\",le=\"{bound}\"");
                let _ = writeln!(out, "relogin_answer_seconds_bucket{{{labels}}} {below}");
            }
            let sum = get(&counters.nanoseconds) as f64 / 1e9;
            let labels = format!("endpoint=\"{name}\"");
            let _ = writeln!(out, "relogin_answer_seconds_sum{{{labels}}} {sum}");
            let _ = writeln!(out, "relogin_answer_seconds_count{{{labels}}} {below}");
        }
    }
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
