//! What a load test measured, as plain figures: the only thing that its report reads.
//!
//! Times are milliseconds unless a name says otherwise. Response time is from the intended start,
//! service time from the send.

use serde::Serialize;

/// A load test, measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LoadTest {
    /// The version of relogin that ran.
    pub version: String,
    /// The scenario's name.
    pub scenario: String,
    /// The policy whose requests were sent.
    pub policy: String,
    /// The issuer that was asked.
    pub target: String,
    /// What was put on it, for a person: `the schedule in real time`, `the predicted peak held`…
    pub mode: String,
    /// The seed of every random draw.
    pub seed: u64,
    /// When it began: milliseconds since the Unix epoch.
    pub began: i64,
    /// How long it was to take, seconds.
    pub planned_s: f64,
    /// How long it took, seconds, with the wait for the last answers.
    pub took_s: f64,
    /// Why it is not whole, for a person; `None` if it is.
    pub partial: Option<String>,
    /// Virtual users.
    pub users: u64,
    /// Threads that sent.
    pub jobs: u64,
    /// What was prepared before the test.
    pub setup: Option<Setup>,
    /// The kinds that were predicted or came, in the order of the tables; last over all kinds.
    pub kinds: Vec<KindMeasured>,
    /// HTTP requests by endpoint; none that got no request.
    pub endpoints: Vec<EndpointMeasured>,
    /// What was predicted, what came, and how often.
    pub outcomes: Vec<OutcomeCount>,
    /// What went wrong, by the kind that was predicted.
    pub errors: Vec<ErrorCount>,
    /// How late starts were.
    pub start_error: StartError,
    /// Figures of the whole test.
    pub whole: Whole,
    /// Steps of the search for the limit, in their order.
    pub steps: Vec<Step>,
    /// What the search came to.
    pub limit: Option<RampLimit>,
    /// Thresholds, and whether they held.
    pub thresholds: Vec<ThresholdChecked>,
    /// Second by second.
    #[serde(skip)]
    pub seconds: Vec<SecondMeasured>,
    /// What a reader should know: what could not be asked, and why.
    pub notes: Vec<String>,
}

/// What was prepared before the test, measured apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Setup {
    /// How long it took, seconds.
    pub took_s: f64,
    /// Logins and silent authentications that came to tokens.
    pub prepared: u64,
    /// Those that did not.
    pub failed: u64,
}

/// What was measured of one kind, or of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct KindMeasured {
    /// `login`, `silent`…, or `all`.
    pub kind: String,
    /// What the simulation says the server is asked.
    pub predicted: u64,
    /// What the server was asked and answered, by what it came to.
    pub measured: u64,
    /// Begun.
    pub started: u64,
    /// Came to an answer.
    pub completed: u64,
    /// Failed.
    pub errors: u64,
    /// Due, and not begun for want of room.
    pub dropped: u64,
    /// From the intended start.
    pub response_ms: Quantiles,
    /// From the send.
    pub service_ms: Quantiles,
    /// The percentile curve of response times: share of what was not slower, milliseconds.
    #[serde(skip)]
    pub curve: Vec<(f64, f64)>,
    /// The same of service times.
    #[serde(skip)]
    pub service_curve: Vec<(f64, f64)>,
}

/// How times are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quantiles {
    /// How many there are.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Their median.
    pub p50: f64,
    /// 90 % are not above it.
    pub p90: f64,
    /// 95 % are not above it.
    pub p95: f64,
    /// 99 % are not above it.
    pub p99: f64,
    /// 99.9 % are not above it.
    pub p999: f64,
    /// The slowest.
    pub max: f64,
}

/// HTTP requests to one endpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EndpointMeasured {
    /// `token`, `authorization`…
    pub endpoint: String,
    /// From the send.
    pub service_ms: Quantiles,
}

/// What was predicted, and what it came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OutcomeCount {
    /// The kind that was predicted.
    pub predicted: String,
    /// The kind that came.
    pub came: String,
    /// How often.
    pub count: u64,
}

/// One kind of error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ErrorCount {
    /// The kind that was predicted.
    pub kind: String,
    /// An OAuth error code, `http_503`, `timeout`, `reset`, `connect`…
    pub error: String,
    /// How often.
    pub count: u64,
}

/// How late starts were, microseconds after the intended instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StartError {
    /// The median.
    pub p50_us: f64,
    /// 99 % are not above it.
    pub p99_us: f64,
    /// The latest.
    pub max_us: f64,
    /// How many were later than the bound.
    pub late: u64,
    /// The bound, microseconds.
    pub bound_us: f64,
}

/// Figures of the whole test; rates are a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Whole {
    /// Due a second, on average over the time planned or done.
    pub intended_rate: f64,
    /// Came to an answer a second.
    pub achieved_rate: f64,
    /// Due.
    pub intended: u64,
    /// Begun.
    pub started: u64,
    /// Came to an answer.
    pub completed: u64,
    /// Failed.
    pub errors: u64,
    /// Due, and not begun for want of room.
    pub dropped: u64,
    /// Begun, and still without an answer when the test ended.
    pub in_flight_at_end: u64,
}

/// One step of the search for the limit.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Step {
    /// The rate that was held, actions a second.
    pub rate: f64,
    /// What came to an answer a second.
    pub achieved: f64,
    /// The 99th percentile of response times, milliseconds.
    pub p99_ms: f64,
    /// The share that failed.
    pub errors: f64,
    /// Whether every threshold held.
    pub held: bool,
    /// Which did not.
    pub broke: Vec<String>,
}

/// What the search for the limit came to, actions a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct RampLimit {
    /// The highest rate that was held.
    pub held: Option<f64>,
    /// The lowest that was not; `None` if even the ceiling was held.
    pub broke: Option<f64>,
}

/// One threshold.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ThresholdChecked {
    /// `login.p99`, `errors`, `achieved`.
    pub name: String,
    /// The limit as it was written: `500ms`, `1%`.
    pub limit: String,
    /// What was measured, in the same way; empty where nothing was.
    pub measured: String,
    /// Whether it held.
    pub held: bool,
}

/// One second; by kind in the order of [`SecondMeasured::KINDS`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecondMeasured {
    /// Seconds after the begin.
    pub second: u64,
    /// By kind: due.
    pub intended: [u64; 6],
    /// By kind: begun.
    pub started: [u64; 6],
    /// By kind: came to an answer.
    pub completed: [u64; 6],
    /// By kind: failed.
    pub errors: [u64; 6],
    /// Begun, and not over at its end.
    pub in_flight: u64,
    /// By kind, and last over all: median, 90 %, 99 % and slowest response time of what was over.
    pub response_ms: [[f64; 4]; 7],
}

impl SecondMeasured {
    /// The kinds, in the order of their columns.
    pub const KINDS: [&'static str; 6] =
        ["login", "silent", "refresh", "failed", "introspection", "logout"];
}

impl LoadTest {
    /// The figures over all kinds.
    pub fn all(&self) -> Option<&KindMeasured> {
        self.kinds.iter().find(|kind| kind.kind == "all")
    }

    /// Whether every threshold held.
    pub fn held(&self) -> bool {
        self.thresholds.iter().all(|threshold| threshold.held)
    }
}
