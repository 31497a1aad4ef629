//! What a search for a policy found, as plain figures: the only thing that its report reads.
//!
//! People's cost is in re-logins per user-day, load in requests per user-day, exposure in hours per
//! user-day.

use serde::Serialize;

use crate::table::PolicyTables;

/// A search for a policy, and what it found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Recommendation {
    /// Today's policy.
    pub policy: String,
    /// What was to be least: `people`, `load`, `exposure`, `cost`, `knee` or a metric.
    pub minimise: String,
    /// The unit of what was to be least; empty for the knee.
    pub minimise_unit: String,
    /// How many re-logins one in the middle of a task counts for.
    pub mid_task_weight: f64,
    /// Prices, where the scenario gives them.
    pub cost: Option<Prices>,
    /// The settings that could change, with every value that was tried.
    pub axes: Vec<AxisTried>,
    /// Policies of the grid, and those tried around the best of them.
    pub evaluated: Evaluated,
    /// Whether some policy holds every constraint.
    pub satisfied: bool,
    /// What had to hold.
    pub constraints: Vec<ConstraintTold>,
    /// Today's policy: its number in `points`.
    pub today: usize,
    /// The recommended one: its number in `points`.
    pub recommended: Option<usize>,
    /// The knee of the front: its number in `points`.
    pub knee: Option<usize>,
    /// Where nothing holds every constraint: the policy that is nearest to it.
    pub nearest: Option<usize>,
    /// What changes from today to the recommended policy, or to the nearest one.
    pub changes: Vec<Change>,
    /// Numbers of the front, by ascending cost for people.
    pub front: Vec<usize>,
    /// Today's, the recommended (or nearest) and the knee's figures, as far as they are there.
    pub policies: Vec<PolicyTold>,
    /// Where nothing holds every constraint: those that could give way alone.
    pub relax: Vec<Relaxed>,
    /// The idle timeouts that cost least, where there are prices.
    pub idle_timeout: Option<IdleTimeout>,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// The policy as TOML, where one is recommended.
    pub toml: Option<String>,
    /// Every policy that was tried.
    #[serde(skip)]
    pub points: Vec<PointTold>,
}

/// `[recommend.cost]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Prices {
    /// Of a re-login.
    pub relogin: f64,
    /// Of an hour in which a session is alive and nobody there.
    pub unattended_hour: f64,
}

/// A setting that could change.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AxisTried {
    /// Below the policy: `session.idle_timeout`.
    pub key: String,
    /// As TOML.
    pub values: Vec<String>,
}

/// How many policies were tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Evaluated {
    /// In the grid.
    pub grid: usize,
    /// Around the best.
    pub refined: usize,
    /// Of all of them, those that hold every constraint.
    pub satisfying: usize,
}

/// A constraint, and how the policies stand to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ConstraintTold {
    /// As it is written.
    pub text: String,
    /// A profile's document and section; empty for a condition.
    pub source: String,
    /// Today's value; of a profile how many of its rules are broken.
    pub today: f64,
    /// Whether today's policy holds it.
    pub today_holds: bool,
    /// The same of the recommended or the nearest policy.
    pub chosen: f64,
    /// Whether that holds it.
    pub chosen_holds: bool,
    /// What the smallest step of giving way would bring, if that is anything.
    pub gain: Option<Gain>,
    /// What of a profile today's policy does not keep.
    pub today_findings: Vec<String>,
    /// What of a profile the recommended or the nearest policy does not keep, and warnings.
    pub chosen_findings: Vec<String>,
}

/// What giving way a little would bring.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Gain {
    /// What the constraint would have to allow; for a profile how many broken rules.
    pub to: f64,
    /// What is to be least, now and then.
    pub from_least: f64,
    /// The same, then.
    pub to_least: f64,
    /// What it would let be: `idle timeout 2h`.
    pub settings: Vec<String>,
    /// What of a profile would be broken then.
    pub findings: Vec<String>,
}

/// A constraint that could give way alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Relaxed {
    /// As it is written.
    pub constraint: String,
    /// What it would have to allow; for a profile how many broken rules.
    pub to: f64,
    /// How much more that is, as a share of the limit.
    pub excess: f64,
    /// The settings of the policy that it would let in.
    pub settings: Vec<String>,
    /// What of a profile would be broken then.
    pub findings: Vec<String>,
}

/// A setting that changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Change {
    /// Below the policy.
    pub key: String,
    /// As TOML.
    pub from: String,
    /// As TOML.
    pub to: String,
}

/// A policy that was tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PointTold {
    /// By axis, as TOML.
    pub values: Vec<String>,
    /// People's cost.
    pub people: f64,
    /// Load.
    pub load: f64,
    /// Exposure.
    pub exposure: f64,
    /// What is to be least; `None` for the knee.
    pub least: Option<f64>,
    /// By constraint: what it comes to.
    pub checked: Vec<f64>,
    /// Whether it holds every constraint.
    pub holds: bool,
    /// Whether it is on the front of those that do.
    pub on_front: bool,
}

/// A policy that the report speaks of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyTold {
    /// `today`, `recommended`, `nearest` or `knee`.
    pub role: &'static str,
    /// Its number in `points`.
    pub point: usize,
    /// Its place among the objectives.
    pub at: PointTold,
    /// Beside whoever knows how long everybody stays away.
    pub regret: Regret,
    /// Its figures.
    #[serde(skip)]
    pub tables: PolicyTables,
}

/// A policy beside the clairvoyant bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Regret {
    /// Re-logins that the policy forces.
    pub relogins: u64,
    /// The fewest that leave access open for no longer.
    pub fewest: u64,
    /// Hours that access was open with nobody there, between one use of an agent and the next.
    pub open_hours: f64,
}

/// Idle timeouts that every use renews, over the gaps of the activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct IdleTimeout {
    /// The gaps.
    pub gaps: u64,
    /// The one that costs least.
    pub best: PricedTimeout,
    /// The one that needs no knowledge of the gaps: the price of a re-login over that of an hour.
    pub blind: PricedTimeout,
    /// Today's, as if every use renewed it.
    pub today: PricedTimeout,
    /// The greatest stay up to which coming back is likely enough to wait for, by the hazard in
    /// stretches that double; milliseconds, `None` if it never is.
    pub hazard_until: Option<i64>,
}

/// An idle timeout, and what it costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct PricedTimeout {
    /// Milliseconds; `None` if it never ends.
    pub timeout_ms: Option<i64>,
    /// In the currency of the prices.
    pub cost: f64,
    /// Gaps that reach it.
    pub relogins: u64,
    /// Hours in which a session is alive and nobody there.
    pub unattended_hours: f64,
}
