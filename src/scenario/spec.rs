//! What a scenario says, every value given and checked.

use std::collections::BTreeMap;
use std::fmt;

use super::load::LoadSpec;
use super::provider::ProviderSpec;
use super::recommend::RecommendSpec;
use super::sweep::SweepSpec;
use crate::bill::Assumptions;
use crate::gate::Threshold;
use crate::model::{
    AppSession, Clock, Lifetime, Limit, LogoutScope, RefreshToken, Renew, SessionPolicy, Span,
    TokenStorage,
};
use crate::trace::synthetic::Population;

/// A whole scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// `scenario.name`, or the file's name.
    pub name: String,
    /// `scenario.question`, or the file's first comment line.
    pub question: String,
    /// `scenario.seed`.
    pub seed: u64,
    /// Whether `never` and `always` stand beside the policies.
    pub baselines: bool,
    /// Whose activity, and how it is counted.
    pub workload: WorkloadSpec,
    /// The provider that is asked over HTTP, and its clients.
    pub provider: ProviderSpec,
    /// What a load test is about.
    pub load: LoadSpec,
    /// What `relogin sweep` varies.
    pub sweep: SweepSpec,
    /// What a run must hold, in the file's order, then the command line's.
    pub thresholds: Vec<Threshold>,
    /// What capacity is reckoned with, where the file asks for it.
    pub capacity: Option<Assumptions>,
    /// What a recommended policy must hold.
    pub recommend: RecommendSpec,
    /// In the file's order.
    pub policies: Vec<PolicySpec>,
    /// Settings that cannot have an effect, told with file and line.
    pub warnings: Vec<String>,
}

/// `[workload]`.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkloadSpec {
    /// Where activity comes from.
    pub source: Source,
    /// How long an app stays open after a use.
    pub stay_open: Span,
    /// Simulated, not counted.
    pub warmup: Span,
    /// Shorter gaps mean that a person was in the middle of something.
    pub task_gap: Span,
    /// The IANA time zone of calendar days.
    pub timezone: String,
    /// The app of records that name none.
    pub default_app: Option<String>,
}

/// Where activity comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Recorded: files relative to the scenario's folder (`-` is standard input).
    Trace(Vec<String>),
    /// Made up: classes of synthetic users.
    Synthetic(Population),
    /// Neither stands in the file: `--trace` must say.
    None,
}

/// One `[[policy]]`, effective values.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicySpec {
    /// Its name.
    pub name: String,
    /// Whether it is one of relogin's own.
    pub baseline: bool,
    /// `[policy.clock]`.
    pub clock: Clock,
    /// `[policy.session]`, its limits as they are written.
    pub session: SessionPolicy,
    /// `session.clock_tolerance`.
    pub session_clock_tolerance: Span,
    /// `[policy.api.*]`, by name.
    pub apis: BTreeMap<String, ApiSpec>,
    /// `[policy.app.*]`, by name.
    pub apps: BTreeMap<String, AppSpec>,
    /// Every effective value in SPEC 3's order: key below the policy, value as a scenario would
    /// write it, where it comes from.
    pub settings: Vec<(String, String, Origin)>,
}

/// `[policy.api.*]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiSpec {
    /// `access_token_lifetime`.
    pub access_token_lifetime: Lifetime,
    /// `access_token_lifetime_browser`.
    pub access_token_lifetime_browser: Lifetime,
    /// `clock_tolerance`.
    pub clock_tolerance: Span,
}

/// `[policy.app.*]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSpec {
    /// `flow = "browser"`: tokens come through the browser.
    pub browser_flow: bool,
    /// `apis`, the first being the one used when a record names none.
    pub apis: Vec<String>,
    /// `id_token_lifetime`.
    pub id_token_lifetime: Limit,
    /// `session`.
    pub session: AppSession,
    /// `refresh_token`.
    pub refresh_token: Option<RefreshToken>,
    /// `refresh_token.clock_tolerance`.
    pub refresh_token_clock_tolerance: Span,
    /// `renew`.
    pub renew: Renew,
    /// `renew_ahead`.
    pub renew_ahead: Span,
    /// `keep_alive`.
    pub keep_alive: Option<Span>,
    /// `token_storage`.
    pub token_storage: TokenStorage,
    /// `logout`.
    pub logout: LogoutScope,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// SPEC 3's default.
    Default,
    /// A provider's preset, and the source that it names for the value.
    Preset {
        /// `auth0`.
        name: &'static str,
        /// The page or file that says so.
        source: String,
    },
    /// The scenario file's line.
    Line(usize),
    /// `--set` on the command line.
    CommandLine,
}

/// `default`, `preset auth0 (SOURCE)`, `scenario line 12` or `--set`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Preset { name, source } => write!(f, "preset {name} ({source})"),
            Self::Line(line) => write!(f, "scenario line {line}"),
            Self::CommandLine => f.write_str("--set"),
        }
    }
}
