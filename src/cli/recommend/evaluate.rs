//! What a policy comes to on the activity of a run, held against what is wanted.

use super::space;
use crate::cli::Failure;
use crate::cli::evaluate;
use crate::cli::terminal::Terminal;
use crate::experiment::recommend::decide::Candidate;
use crate::experiment::recommend::decide::Check;
use crate::experiment::recommend::hazard::Prices;
use crate::experiment::recommend::objective;
use crate::experiment::recommend::profile;
use crate::experiment::recommend::search::Choice;
use crate::experiment::recommend::search::Point;
use crate::gate::Statistic;
use crate::model::Span;
use crate::scenario::{PolicySpec, RecommendSpec, Variants};
use crate::table::PolicyTables;

/// Evaluates points of a search.
pub(super) struct Judge<'a, 'b> {
    pub(super) evaluator: &'a mut evaluate::Evaluator<'b>,
    pub(super) variants: &'a Variants,
    pub(super) wanted: &'a RecommendSpec,
    /// The settings that may change.
    pub(super) axes: Vec<String>,
    pub(super) today: &'a PolicySpec,
    pub(super) stay_open: Span,
    pub(super) terminal: &'a Terminal,
    /// Points that are no policy, and why.
    pub(super) refused: Vec<String>,
}

/// A policy, and how it is replayed.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub(super) policy: PolicySpec,
    pub(super) point: evaluate::Point,
}

/// So many points have intervals at a time: for these every person is kept.
const BATCH: usize = 64;

impl Judge<'_, '_> {
    /// What each point comes to; nothing for one that is no policy.
    pub(super) fn evaluate(
        &mut self,
        points: &[Point],
    ) -> Result<Vec<Option<(Variant, Candidate)>>, Failure> {
        let variants: Vec<Option<Variant>> =
            points.iter().map(|point| self.variant(point)).collect();
        let good: Vec<evaluate::Point> =
            variants.iter().flatten().map(|variant| variant.point.clone()).collect();
        let mut tables = self.tables(&good)?.into_iter();
        let told = points.iter().zip(variants).map(|(point, variant)| {
            let variant = variant?;
            let tables = tables.next().expect("one for each policy");
            let candidate = self.candidate(point, &variant.policy, &tables);
            Some((variant, candidate))
        });
        Ok(told.collect())
    }

    /// The policy at a point, if it is one.
    fn variant(&mut self, point: &Point) -> Option<Variant> {
        let changed = self.axes.iter().zip(point);
        let changed = changed.filter(|(_, choice)| !space::is_unchanged(choice));
        let set: Vec<String> =
            changed.map(|(key, choice)| self.variants.setting(key, &choice.toml())).collect();
        match self.variants.with(&set).and_then(crate::scenario::Variant::scenario) {
            Ok(scenario) => {
                let policy = scenario.policies[0].clone();
                Some(Variant { policy, point: self.evaluator.point(scenario) })
            }
            Err(errors) => {
                self.refused.push(errors.to_string());
                None
            }
        }
    }

    /// The figures of policies, with their intervals if a constraint asks for one.
    fn tables(&mut self, points: &[evaluate::Point]) -> Result<Vec<PolicyTables>, Failure> {
        let bar = self.terminal.progress("trying", points.len() as u64, "policies");
        let mut conditions = self.wanted.constraints.iter();
        let mut found = Vec::with_capacity(points.len());
        if conditions.any(|own| own.statistic != Statistic::Value) {
            for batch in points.chunks(BATCH) {
                found.extend(self.evaluator.weighed(batch)?);
                bar.inc(batch.len() as u64);
            }
        } else {
            let tables = self.evaluator.evaluate(points, &mut |done| bar.inc(done as u64))?;
            found.extend(tables.into_iter().flatten());
        }
        bar.finish_and_clear();
        match found.len() == points.len() {
            true => Ok(found),
            false => Err(Failure::Interrupted { written: false }),
        }
    }

    fn candidate(&self, point: &Point, policy: &PolicySpec, tables: &PolicyTables) -> Candidate {
        let wanted = self.wanted;
        let objectives = objective::objectives(tables, wanted.mid_task_weight);
        let minimise = wanted.minimise.expect("chosen before");
        let mut checks: Vec<Check> =
            wanted.constraints.iter().map(|own| objective::check(tables, own)).collect();
        let stay_open = self.stay_open;
        checks.extend(wanted.profiles.iter().map(|own| profile::check(own, policy, stay_open)));
        let distances = self.axes.iter().zip(point).map(|(key, choice)| {
            let own = self.today.settings.iter().find(|(own, ..)| own == key);
            own.map_or(0.0, |(_, value, _)| distance(&space::choice(value), choice))
        });
        Candidate {
            objectives,
            least: objective::least(tables, &objectives, minimise, prices(wanted)),
            change: distances.sum(),
            checks,
        }
    }
}

/// How far a choice is from today's: nothing if it is left alone or the same, else one and the
/// doublings between.
fn distance(today: &Choice, choice: &Choice) -> f64 {
    if space::is_unchanged(choice) || today == choice {
        return 0.0;
    }
    let span = |choice: &Choice| choice.limit()?.span();
    match span(today).zip(span(choice)) {
        Some((one, other)) => 1.0 + libm::log2(one.as_secs_f64() / other.as_secs_f64()).abs(),
        // What never ends is farther than what does.
        None => 100.0,
    }
}

/// The scenario's prices.
pub(super) fn prices(wanted: &RecommendSpec) -> Option<Prices> {
    wanted.cost.map(|cost| Prices { relogin: cost.relogin, unattended_hour: cost.unattended_hour })
}
