//! `[load]`: what a load test is about, and what it must hold.

use super::{Fallback, Group, Kind, Setting};

/// `[load]`.
pub(in crate::scenario) const LOAD_TABLE: Setting = Setting::new(
    "load",
    Kind::Table(&LOAD),
    Fallback::Nothing,
    "What `relogin load` puts on a provider, and what must hold then.",
);

/// What `[load]` holds.
pub(in crate::scenario) static LOAD: Group =
    Group { header: "[load]", settings: &[LOAD_POLICY, THRESHOLDS_TABLE] };

/// `load.policy`.
pub(in crate::scenario) const LOAD_POLICY: Setting = Setting::new(
    "policy",
    Kind::Name,
    Fallback::Derived("the scenario's only policy"),
    "The policy whose requests are sent.",
)
.such_as(r#""strict""#);
/// `[load.thresholds]`.
pub(in crate::scenario) const THRESHOLDS_TABLE: Setting = Setting::new(
    "thresholds",
    Kind::Table(&THRESHOLDS),
    Fallback::Nothing,
    "What a load test must hold; one that breaks is exit status 3, after every file is written.",
);

/// What `[load.thresholds]` holds.
pub(in crate::scenario) static THRESHOLDS: Group = Group {
    header: "[load.thresholds]",
    settings: &[
        MOST_ERRORS,
        LEAST_ACHIEVED,
        ALL_TIMES,
        LOGIN_TIMES,
        SILENT_TIMES,
        REFRESH_TIMES,
        FAILED_TIMES,
        INTROSPECTION_TIMES,
        LOGOUT_TIMES,
    ],
};

/// `thresholds.errors`.
pub(in crate::scenario) const MOST_ERRORS: Setting = Setting::new(
    "errors",
    Kind::Number(0.0, 1.0),
    Fallback::Nothing,
    "The most that may fail, as a share of what came to an end.",
)
.such_as(r#"0.001"#);
/// `thresholds.achieved`.
pub(in crate::scenario) const LEAST_ACHIEVED: Setting = Setting::new(
    "achieved",
    Kind::Number(0.0, 1.0),
    Fallback::Nothing,
    "The least that must come to an answer, as a share of what was due.",
)
.such_as(r#"0.99"#);

/// Limits of the response times of one kind.
const fn times(key: &'static str, about: &'static str) -> Setting {
    Setting::new(key, Kind::Table(&TIMES), Fallback::Nothing, about)
}

/// `thresholds.all`.
pub(in crate::scenario) const ALL_TIMES: Setting =
    times("all", "Response times of all kinds together.");
/// `thresholds.login`.
pub(in crate::scenario) const LOGIN_TIMES: Setting =
    times("login", "Response times of interactive logins.");
/// `thresholds.silent`.
pub(in crate::scenario) const SILENT_TIMES: Setting =
    times("silent", "Response times of silent authentications.");
/// `thresholds.refresh`.
pub(in crate::scenario) const REFRESH_TIMES: Setting =
    times("refresh", "Response times of refresh grants.");
/// `thresholds.failed`.
pub(in crate::scenario) const FAILED_TIMES: Setting =
    times("failed", "Response times of requests that are refused.");
/// `thresholds.introspection`.
pub(in crate::scenario) const INTROSPECTION_TIMES: Setting =
    times("introspection", "Response times of questions about tokens.");
/// `thresholds.logout`.
pub(in crate::scenario) const LOGOUT_TIMES: Setting = times("logout", "Response times of logouts.");

/// What `[load.thresholds.KIND]` holds.
pub(in crate::scenario) static TIMES: Group =
    Group { header: "[load.thresholds.KIND]", settings: &[P50, P90, P95, P99, P999, SLOWEST] };

/// A limit of one quantile.
const fn quantile(key: &'static str, about: &'static str) -> Setting {
    Setting::new(key, Kind::PositiveSpan, Fallback::Nothing, about)
}

/// `KIND.p50`.
pub(in crate::scenario) const P50: Setting = quantile("p50", "Half are not slower.");
/// `KIND.p90`.
pub(in crate::scenario) const P90: Setting = quantile("p90", "90 % are not slower.");
/// `KIND.p95`.
pub(in crate::scenario) const P95: Setting = quantile("p95", "95 % are not slower.");
/// `KIND.p99`.
pub(in crate::scenario) const P99: Setting = quantile("p99", "99 % are not slower.");
/// `KIND.p999`.
pub(in crate::scenario) const P999: Setting = quantile("p999", "99.9 % are not slower.");
/// `KIND.max`.
pub(in crate::scenario) const SLOWEST: Setting = quantile("max", "None is slower.");
