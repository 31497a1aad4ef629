//! `[sweep]`: what `relogin sweep` varies.

use super::{Fallback, Group, Kind, Setting};

/// `[sweep]`.
pub(in crate::scenario) const SWEEP_TABLE: Setting = Setting::new(
    "sweep",
    Kind::Table(&SWEEP),
    Fallback::Nothing,
    "Settings that `relogin sweep` varies, and which of their values go together.",
);

/// What `[sweep]` holds.
pub(in crate::scenario) static SWEEP: Group =
    Group { header: "[sweep]", settings: &[SWEEP_POLICY, AXES, CONSTRAINTS] };

/// `sweep.policy`.
pub(in crate::scenario) const SWEEP_POLICY: Setting = Setting::new(
    "policy",
    Kind::Name,
    Fallback::Derived("the scenario's first policy"),
    "The policy whose settings are varied; as it stands it is the current setting.",
)
.such_as(r#""today""#);
/// `[sweep.axes]`.
pub(in crate::scenario) const AXES: Setting = Setting::new(
    "axes",
    Kind::Axes,
    Fallback::Nothing,
    "Values by setting: a key below the policy (`\"session.idle_timeout\"`), or one that begins \
     with `workload.` or `scenario.`. An array lists them; a range has so many `steps` (10), `log` \
     (the default) or `linear`, rounded to readable values; `\"auto\"` (12 values) or \
     `{ auto = 20 }` takes quantiles of the activity's own gaps of a minute or longer, so that \
     each step loses equally many re-logins. The setting's current value is always among them.",
);
/// `sweep.where`.
pub(in crate::scenario) const CONSTRAINTS: Setting = Setting::new(
    "where",
    Kind::Constraints,
    Fallback::Nothing,
    "What must hold between settings and constants (`<`, `<=`, `>`, `>=`, `=`; `none` is the \
     longest, and a setting that is not given is `none`); points where it does not are left out.",
);
