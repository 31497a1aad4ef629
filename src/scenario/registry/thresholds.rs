//! `[thresholds]`: what a run must hold.

use super::{Fallback, Kind, Setting};

/// `[thresholds]`.
pub(in crate::scenario) const GATE_TABLE: Setting = Setting::new(
    "thresholds",
    Kind::Bounds,
    Fallback::Nothing,
    "What a run must hold, as bounds by figure; one that breaks is exit status 3, after every file \
     is written. A key is a figure of `summary.json` (then of every policy that is no baseline), \
     `POLICY.FIGURE`, or `POLICY - POLICY: FIGURE` for a difference; names with other signs stand \
     in quotes of their own: `'\"v1.2\".relogins' = \"< 100\"`. `.mean` may end a figure that has \
     quantiles, and `.low` or `.high` mean the ends of its 95 % interval. A bound is one of `<`, \
     `<=`, `>`, `>=` and `=` with a number in the figure's unit, with a duration where that is a \
     time, or, of a difference, with percent of the other policy's figure: `\"< 10 %\"`.",
)
.such_as(r#"{ "strict.relogins_per_user_day.mean" = "< 0.3", "strict - today: requests.login" = "< 10 %" }"#);

/// The bound itself, as each entry of the table holds it between reading and checking.
pub(in crate::scenario) const BOUND: Setting =
    Setting::new("bound", Kind::Text, Fallback::Required, "The comparison and its number.");
