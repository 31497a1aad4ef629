//! `[recommend]`: what it says, checked against the policies.

use super::axis::AxisSpec;
use super::condition::Condition;
use super::nearest::suggest;
use super::problem::Problem;
use super::profiles::{self, Profile};
use super::registry::{
    COST_TABLE, MID_TASK_WEIGHT, MINIMISE, POLICY_NAME, PROFILE, RECOMMEND_AXES,
    RECOMMEND_CONSTRAINTS, RECOMMEND_POLICY, RELOGIN_PRICE, Setting, UNATTENDED_HOUR_PRICE,
};
use super::sweep;
use super::sweep::WrittenAxis;
use super::tree::Table;
use crate::table::METRICS;

/// `[recommend]`.
#[derive(Clone, Debug, PartialEq)]
pub struct RecommendSpec {
    /// `policy`, where the file gives it.
    pub policy: Option<String>,
    /// `axes`, where the file gives them.
    pub axes: Vec<AxisSpec>,
    /// `constraints`.
    pub constraints: Vec<Condition>,
    /// `profile`.
    pub profiles: Vec<&'static Profile>,
    /// `minimise`, where the file gives it.
    pub minimise: Option<Minimise>,
    /// `mid_task_weight`.
    pub mid_task_weight: f64,
    /// `cost`, where the file gives it.
    pub cost: Option<PricesSpec>,
}

/// `[recommend.cost]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PricesSpec {
    /// `relogin`.
    pub relogin: f64,
    /// `unattended_hour`.
    pub unattended_hour: f64,
}

/// What is to be least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minimise {
    /// Re-logins per user-day, those in the middle of a task weighted.
    People,
    /// Requests per user-day.
    Load,
    /// Hours per user-day in which somebody else could go on.
    Exposure,
    /// The price of re-logins and unattended hours per user-day.
    Cost,
    /// The balance of people, load and exposure.
    Knee,
    /// A metric of SPEC 7.
    Metric(&'static str),
}

const WORDS: [(&str, Minimise); 5] = [
    ("people", Minimise::People),
    ("load", Minimise::Load),
    ("exposure", Minimise::Exposure),
    ("cost", Minimise::Cost),
    ("knee", Minimise::Knee),
];

impl Minimise {
    /// The objective of that name.
    ///
    /// # Errors
    /// What may have been meant.
    pub fn parse(name: &str) -> Result<Self, String> {
        if let Some((_, word)) = WORDS.iter().find(|(word, _)| *word == name) {
            return Ok(*word);
        }
        let metric = METRICS.iter().find(|metric| metric.name == name);
        metric.map(|metric| Self::Metric(metric.name)).ok_or_else(|| suggest(name, objectives()))
    }

    /// As a scenario names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Metric(name) => name,
            word => WORDS.iter().find(|(_, own)| *own == word).map_or("", |(name, _)| name),
        }
    }
}

/// Every objective's name.
pub(super) fn objectives() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|(word, _)| *word).chain(METRICS.iter().map(|metric| metric.name))
}

pub(super) fn is_objective(name: &str) -> bool {
    objectives().any(|known| known == name)
}

/// The profile of that name.
///
/// # Errors
/// What may have been meant.
pub fn find_profile(name: &str) -> Result<&'static Profile, String> {
    let known = profiles::PROFILES.iter().map(|profile| profile.name);
    profiles::find(name).ok_or_else(|| suggest(name, known))
}

/// What is wrong that values do not show one by one; `root` is the file's tree, its policies are
/// resolved in `policies`.
pub(super) fn check(
    recommend: &Table,
    root: &Table,
    policies: &[Table],
    problems: &mut Vec<Problem>,
) {
    let names: Vec<String> =
        policies.iter().filter_map(|policy| policy.get(&POLICY_NAME)).collect();
    let asked = recommend.get::<String>(&RECOMMEND_POLICY);
    let policy = asked.as_ref().or(names.first());
    if let Some(name) = asked.as_ref().filter(|name| !names.contains(name)) {
        let title = format!("no policy `{name}`");
        let problem = Problem::new(recommend.place_of(&RECOMMEND_POLICY), title);
        problems.push(problem.mend(suggest(name, names.iter().map(String::as_str))));
    } else if let Some(policy) = policy {
        let axes: Vec<WrittenAxis> = recommend.get(&RECOMMEND_AXES).unwrap_or_default();
        sweep::check_axes(&axes, root, policy, problems);
        for axis in axes.iter().filter(|axis| axis.is_elsewhere()) {
            let title = "what is recommended is a policy, and this is no setting of it";
            let mend = "name settings below the policy, such as `session.idle_timeout`";
            problems.push(Problem::new(axis.place(), title).mend(mend));
        }
    }
    let prices = recommend.table(&COST_TABLE);
    let price = |setting: &Setting| prices.and_then(|table| table.get::<f64>(setting));
    let both = [&RELOGIN_PRICE, &UNATTENDED_HOUR_PRICE];
    let given = recommend.written(&COST_TABLE);
    if let Some(place) = given {
        for setting in both.into_iter().filter(|setting| price(setting).is_none_or(|p| p == 0.0)) {
            let title = format!("[recommend.cost] wants a `{}` above zero", setting.key);
            let mend = "write `cost = { relogin = 0.5, unattended_hour = 0.02 }`";
            problems.push(Problem::new(place, title).mend(mend));
        }
    }
    if recommend.get::<String>(&MINIMISE).as_deref() == Some("cost") && given.is_none() {
        let problem = Problem::new(recommend.place_of(&MINIMISE), "no prices to minimise");
        let mend = "add `cost = { relogin = 0.5, unattended_hour = 0.02 }`";
        problems.push(problem.mend(mend));
    }
}

/// A completed and checked table as a spec.
pub(super) fn build(recommend: &Table) -> RecommendSpec {
    let prices = recommend.table(&COST_TABLE).and_then(|table| {
        Some(PricesSpec {
            relogin: table.get(&RELOGIN_PRICE)?,
            unattended_hour: table.get(&UNATTENDED_HOUR_PRICE)?,
        })
    });
    let profiles: Vec<String> = recommend.get(&PROFILE).unwrap_or_default();
    RecommendSpec {
        policy: recommend.get(&RECOMMEND_POLICY),
        axes: recommend
            .get::<Vec<WrittenAxis>>(&RECOMMEND_AXES)
            .unwrap_or_default()
            .into_iter()
            .map(WrittenAxis::into_axis)
            .collect(),
        constraints: recommend.get(&RECOMMEND_CONSTRAINTS).unwrap_or_default(),
        profiles: profiles.iter().filter_map(|name| profiles::find(name)).collect(),
        minimise: recommend.get::<String>(&MINIMISE).and_then(|name| Minimise::parse(&name).ok()),
        mid_task_weight: recommend.sure(&MID_TASK_WEIGHT),
        cost: prices,
    }
}
