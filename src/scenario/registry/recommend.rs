//! `[recommend]`: what a recommended policy must hold, and what it is to be best at.

use super::{Fallback, Group, Kind, Setting};

/// `[recommend]`.
pub(in crate::scenario) const RECOMMEND_TABLE: Setting = Setting::new(
    "recommend",
    Kind::Table(&RECOMMEND),
    Fallback::Nothing,
    "What `relogin recommend` looks for.",
);

/// What `[recommend]` holds.
pub(in crate::scenario) static RECOMMEND: Group = Group {
    header: "[recommend]",
    settings: &[
        RECOMMEND_POLICY,
        RECOMMEND_AXES,
        RECOMMEND_CONSTRAINTS,
        PROFILE,
        MINIMISE,
        MID_TASK_WEIGHT,
        COST_TABLE,
    ],
};

/// `recommend.policy`.
pub(in crate::scenario) const RECOMMEND_POLICY: Setting = Setting::new(
    "policy",
    Kind::Name,
    Fallback::Derived("the first"),
    "Today's policy, which the search starts from.",
)
.such_as(r#""today""#);
/// `recommend.axes`.
pub(in crate::scenario) const RECOMMEND_AXES: Setting = Setting::new(
    "axes",
    Kind::Axes,
    Fallback::Derived("the session's idle and absolute timeout and the first API's token lifetime"),
    "The settings of that policy that may change, each with the values to try first, written as in \
     `[sweep.axes]`; between durations the search goes on.",
);
/// `recommend.constraints`.
pub(in crate::scenario) const RECOMMEND_CONSTRAINTS: Setting = Setting::new(
    "constraints",
    Kind::Conditions,
    Fallback::Nothing,
    "What must hold: metrics of SPEC 7, compared with a number.",
);
/// `recommend.profile`.
pub(in crate::scenario) const PROFILE: Setting = Setting::new(
    "profile",
    Kind::Profiles,
    Fallback::Nothing,
    "Compliance profiles that must be kept, what they say should be as well as what must be.",
);
/// `recommend.minimise`.
pub(in crate::scenario) const MINIMISE: Setting = Setting::new(
    "minimise",
    Kind::Objective,
    Fallback::Derived("`\"people\"`, or `\"knee\"` where nothing is constrained"),
    "What is to be least: `people` (re-logins per user-day, weighted), `load` (requests per \
     user-day), `exposure` (hours per user-day that somebody else could go on), `cost`, a metric, or \
     `knee`, the balance of the first three.",
);
/// `recommend.mid_task_weight`.
pub(in crate::scenario) const MID_TASK_WEIGHT: Setting = Setting::new(
    "mid_task_weight",
    Kind::Number(0.0, 1e6),
    Fallback::Value("3"),
    "How many re-logins one in the middle of a task counts for.",
);
/// `[recommend.cost]`.
pub(in crate::scenario) const COST_TABLE: Setting = Setting::new(
    "cost",
    Kind::Table(&COST),
    Fallback::Nothing,
    "Prices in one currency, for `minimise = \"cost\"` and the idle timeout that costs least.",
);

/// What `[recommend.cost]` holds.
pub(in crate::scenario) static COST: Group =
    Group { header: "[recommend.cost]", settings: &[RELOGIN_PRICE, UNATTENDED_HOUR_PRICE] };

/// `cost.relogin`.
pub(in crate::scenario) const RELOGIN_PRICE: Setting = Setting::new(
    "relogin",
    Kind::Number(0.0, 1e12),
    Fallback::Nothing,
    "What a re-login costs; above zero.",
);
/// `cost.unattended_hour`.
pub(in crate::scenario) const UNATTENDED_HOUR_PRICE: Setting = Setting::new(
    "unattended_hour",
    Kind::Number(0.0, 1e12),
    Fallback::Nothing,
    "What an hour costs in which a session is alive and nobody there; above zero.",
);
