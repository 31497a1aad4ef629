//! A scenario file, checked: TOML to a [`Scenario`], with the place of every error.
//!
//! Text becomes a tree of checked values (`read`, by the rows of `registry`), `--set` is laid over
//! it (`overrides`), each policy's layers over one another (`policy`, `auth0`, `presets`), what
//! belongs together is checked, and a whole scenario is built; then come `warnings`.
//!
//! No file is opened here: a `&str` comes in. No record of a trace is known here either.

mod amount;
mod auth0;
mod axis;
mod baselines;
mod capacity;
mod compile;
mod condition;
mod constraint;
mod duration;
mod load;
mod nearest;
mod overrides;
mod parse;
mod policy;
mod presets;
mod problem;
mod profiles;
mod provider;
mod read;
mod recommend;
mod reference;
mod registry;
mod schema;
mod spec;
mod sweep;
mod thresholds;
mod tree;
mod value;
mod variants;
mod warnings;
mod workload;
mod write;

#[cfg(test)]
pub(crate) mod tests;

pub use amount::Amount;
pub use axis::{AxisSpec, Grid, readable_grid};
pub use baselines::baselines;
pub use compile::{compile, vocabulary};
pub use condition::{Condition, Flaw};
pub use constraint::Constraint;
pub use load::LoadSpec;
pub use parse::parse;
pub use presets::{PRESETS, Preset};
pub use problem::ScenarioErrors;
pub use profiles::PROFILES;
pub use profiles::Profile;
pub use profiles::Rule;
pub use profiles::Severity;
pub use provider::{AccessCheck, ClientAuthSpec, ClientSpec, ProviderSpec, SecretPlace};
pub use recommend::{Minimise, PricesSpec, RecommendSpec, find_profile};
pub use reference::reference;
pub use schema::schema;
pub use spec::{ApiSpec, AppSpec, Origin, PolicySpec, Scenario, Source, WorkloadSpec};
pub use sweep::SweepSpec;
pub use variants::{Variant, Variants};
pub use write::policy_toml;

/// The span that `text` says, for values that stand outside a scenario.
///
/// # Errors
/// What is wrong with it and how to mend it, in a sentence.
pub fn parse_duration(text: &str) -> Result<crate::model::Span, String> {
    duration::parse(text).map_err(|error| format!("{error}: {}", error.mend()))
}
