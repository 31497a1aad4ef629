//! What a search found, put into the plain figures of its report.

use super::evaluate::{Judge, Variant, prices};
use super::space::{Search, is_unchanged};
use crate::cli::Failure;
use crate::cli::evaluate::Point;
use crate::experiment::recommend::bound;
use crate::experiment::recommend::decide::Step;
use crate::experiment::recommend::explore::Explored;
use crate::experiment::recommend::hazard::{self, Gaps, Priced, Prices};
use crate::experiment::recommend::objective;
use crate::experiment::recommend::profile;
use crate::experiment::recommend::search::Choice;
use crate::model::Span;
use crate::recommended::{
    AxisTried, Change, ConstraintTold, Evaluated, Gain, IdleTimeout, PointTold, PolicyTold,
    PricedTimeout, Recommendation, Regret, Relaxed,
};
use crate::scenario::{Minimise, Origin, PolicySpec, Profile, RecommendSpec, Severity};
use crate::table::METRICS;

/// A search that is over.
pub(super) struct Found<'a> {
    pub(super) wanted: &'a RecommendSpec,
    pub(super) today: &'a PolicySpec,
    pub(super) search: &'a Search,
    pub(super) explored: &'a Explored<Variant>,
    /// Today's policy, as it is replayed.
    pub(super) base: &'a Point,
    /// The names of the scenario's policies.
    pub(super) taken: Vec<String>,
}

/// Stays up to this length stand in one stretch of the hazard.
const FIRST_STRETCH: Span = Span::from_mins(1);

impl Found<'_> {
    /// The search in plain figures; the policies that the report speaks of are looked at once more.
    pub(super) fn tell(&self, judge: &mut Judge<'_, '_>) -> Result<Recommendation, Failure> {
        let (decision, explored) = (&self.explored.decision, self.explored);
        let chosen = decision.best.or(decision.nearest).unwrap_or(0);
        let minimise = self.wanted.minimise.expect("chosen before");
        let satisfying = explored.candidates.iter().filter(|c| c.checks.iter().all(|k| k.held));
        let evaluated = Evaluated {
            grid: explored.grid,
            refined: explored.points.len() - explored.grid,
            satisfying: satisfying.count(),
        };
        let mut front = decision.front.clone();
        let people = |index: &usize| explored.candidates[*index].objectives[0];
        front.sort_by(|one, other| people(one).total_cmp(&people(other)).then(one.cmp(other)));
        let stay_open = judge.stay_open;
        let mut told = Recommendation {
            policy: self.today.name.clone(),
            minimise: minimise.name().to_owned(),
            minimise_unit: unit(minimise).to_owned(),
            mid_task_weight: self.wanted.mid_task_weight,
            cost: self.wanted.cost.map(|cost| crate::recommended::Prices {
                relogin: cost.relogin,
                unattended_hour: cost.unattended_hour,
            }),
            axes: self.axes(),
            evaluated,
            satisfied: decision.best.is_some(),
            constraints: self.constraints(chosen, stay_open),
            today: 0,
            recommended: decision.best,
            knee: decision.knee,
            nearest: decision.nearest,
            changes: self.changes(chosen),
            front,
            relax: self.relaxed(stay_open),
            points: (0..explored.points.len()).map(|index| self.point(index)).collect(),
            ..Recommendation::default()
        };
        self.look_closer(&mut told, judge)?;
        told.notes = self.notes(judge);
        Ok(told)
    }

    fn axes(&self) -> Vec<AxisTried> {
        let tried = |index: usize| {
            let mut values: Vec<&Choice> =
                self.explored.points.iter().map(|(point, _)| &point[index]).collect();
            values.sort();
            values.dedup();
            values.into_iter().filter(|value| !is_unchanged(value)).map(Choice::toml).collect()
        };
        let axes = self.search.space.axes().iter().enumerate();
        axes.map(|(index, axis)| AxisTried { key: axis.key.clone(), values: tried(index) })
            .collect()
    }

    fn point(&self, index: usize) -> PointTold {
        let candidate = &self.explored.candidates[index];
        let [people, load, exposure] = candidate.objectives;
        PointTold {
            values: self.values(index),
            people,
            load,
            exposure,
            least: candidate.least,
            checked: candidate.checks.iter().map(|check| check.value).collect(),
            holds: candidate.checks.iter().all(|check| check.held),
            on_front: self.explored.decision.front.contains(&index),
        }
    }

    fn values(&self, index: usize) -> Vec<String> {
        self.explored.points[index].0.iter().map(Choice::toml).collect()
    }

    /// The settings at a point for a sentence: `session.idle_timeout = "1h"`.
    fn settings(&self, index: usize) -> Vec<String> {
        let axes = self.search.space.axes().iter().zip(&self.explored.points[index].0);
        let changed = axes.filter(|(_, choice)| !is_unchanged(choice));
        changed.map(|(axis, choice)| format!("{} = {}", axis.key, choice.toml())).collect()
    }

    /// The condition or profile of a check.
    fn constraint(&self, index: usize) -> (String, Option<&'static Profile>) {
        match self.wanted.constraints.get(index) {
            Some(condition) => (condition.to_string(), None),
            None => {
                let profile = self.wanted.profiles[index - self.wanted.constraints.len()];
                (format!("profile {}", profile.name), Some(profile))
            }
        }
    }

    fn findings(&self, profile: Option<&Profile>, index: usize, stay_open: Span) -> Vec<String> {
        let Some(profile) = profile else { return Vec::new() };
        let findings = profile::findings(profile, &self.explored.points[index].1.policy, stay_open);
        let told = findings.into_iter().map(|finding| {
            let word = match finding.severity {
                Some(Severity::Error) => "must not be",
                Some(Severity::Warn) => "should not be",
                None => "worth knowing",
            };
            format!("{word}: {}", finding.what)
        });
        told.collect()
    }

    fn constraints(&self, chosen: usize, stay_open: Span) -> Vec<ConstraintTold> {
        let candidates = &self.explored.candidates;
        let count = candidates.first().map_or(0, |candidate| candidate.checks.len());
        let told = |index: usize| {
            let (text, profile) = self.constraint(index);
            let (today, own) = (candidates[0].checks[index], candidates[chosen].checks[index]);
            let decision = &self.explored.decision;
            // Of a profile nobody gives up a part.
            let given_up = |candidate: usize| Step {
                candidate,
                to: candidates[candidate].checks[index].value,
                excess: candidates[candidate].checks[index].excess,
            };
            let step = match profile {
                Some(_) => decision.without[index].map(given_up),
                None => decision.binding[index],
            };
            ConstraintTold {
                text,
                source: profile.map_or_else(String::new, |profile| profile.source.to_owned()),
                today: today.value,
                today_holds: today.held,
                chosen: own.value,
                chosen_holds: own.held,
                gain: step.map(|step| self.gain(step, chosen, profile, stay_open)),
                today_findings: self.findings(profile, 0, stay_open),
                chosen_findings: self.findings(profile, chosen, stay_open),
            }
        };
        (0..count).map(told).collect()
    }

    fn gain(&self, step: Step, chosen: usize, profile: Option<&Profile>, stay_open: Span) -> Gain {
        let least = |index: usize| self.explored.candidates[index].least.unwrap_or_default();
        Gain {
            to: step.to,
            from_least: least(chosen),
            to_least: least(step.candidate),
            settings: self.settings(step.candidate),
            findings: self.findings(profile, step.candidate, stay_open),
        }
    }

    fn relaxed(&self, stay_open: Span) -> Vec<Relaxed> {
        let told = |(index, step): &(usize, Step)| {
            let (constraint, profile) = self.constraint(*index);
            Relaxed {
                constraint,
                to: step.to,
                excess: step.excess,
                settings: self.settings(step.candidate),
                findings: self.findings(profile, step.candidate, stay_open),
            }
        };
        self.explored.decision.relax.iter().map(told).collect()
    }

    /// Every effective setting that differs from today's.
    fn changes(&self, chosen: usize) -> Vec<Change> {
        let settings = &self.explored.points[chosen].1.policy.settings;
        // What only follows from another value says nothing by itself.
        let written = settings.iter().filter(|(_, _, origin)| *origin != Origin::Default);
        let changed = written.filter_map(|(key, to, _)| {
            let from = self.today.settings.iter().find(|(own, ..)| own == key);
            let from = from.map_or("–", |(_, value, _)| value);
            (from != to).then(|| Change { key: key.clone(), from: from.to_owned(), to: to.clone() })
        });
        changed.collect()
    }

    /// Figures, regret and TOML of the policies that the report speaks of.
    fn look_closer(
        &self,
        told: &mut Recommendation,
        judge: &mut Judge<'_, '_>,
    ) -> Result<(), Failure> {
        let decision = &self.explored.decision;
        let roles = [
            ("today", Some(0)),
            ("recommended", decision.best),
            ("nearest", decision.nearest),
            ("knee", decision.knee.filter(|knee| decision.best != Some(*knee))),
        ];
        let roles: Vec<(&'static str, usize)> =
            roles.into_iter().filter_map(|(role, index)| Some((role, index?))).collect();
        let points: Vec<Point> =
            roles.iter().map(|(_, index)| self.explored.points[*index].1.point.clone()).collect();
        let tables = judge.evaluator.weighed(&points)?;
        let presence = judge.evaluator.presence(&points)?;
        if let Some(prices) = prices(self.wanted) {
            let gaps: Vec<_> = judge.evaluator.gaps(self.base)?.0.lengths().collect();
            told.idle_timeout = Some(self.idle_timeout(&gaps, prices));
        }
        for (((role, point), tables), (gaps, kept)) in roles.iter().zip(tables).zip(presence) {
            let regret = bound::regret(&gaps, kept);
            told.policies.push(PolicyTold {
                role,
                point: *point,
                at: told.points[*point].clone(),
                regret: Regret {
                    relogins: regret.relogins,
                    fewest: regret.fewest,
                    open_hours: regret.open.as_secs_f64() / 3_600.0,
                },
                tables,
            });
        }
        if let Some(best) = decision.best {
            let policy = &self.explored.points[best].1.policy;
            told.toml = Some(self.toml(policy, &self.name(), told));
        }
        Ok(())
    }

    /// A name that no policy of the scenario has.
    fn name(&self) -> String {
        let numbered = (2..).map(|number| format!("recommended-{number}"));
        let mut names = std::iter::once("recommended".to_owned()).chain(numbered);
        names.find(|name| !self.taken.contains(name)).expect("numbers do not end")
    }

    fn toml(&self, spec: &PolicySpec, name: &str, told: &Recommendation) -> String {
        let mut about = vec![format!(
            "Recommended in the place of {:?} by relogin {}, out of {} policies tried: least in {}.",
            self.today.name,
            env!("CARGO_PKG_VERSION"),
            told.points.len(),
            told.minimise
        )];
        about.extend(told.constraints.iter().map(|constraint| {
            // Three decimals are enough for a comment.
            let own = (constraint.chosen * 1_000.0).round() / 1_000.0;
            match constraint.source.as_str() {
                "" => format!("Holds {} (it comes to {own}).", constraint.text),
                source => format!("Keeps {} ({source}).", constraint.text),
            }
        }));
        about.push(
            "It can stand alone, or at the end of the scenario, beside what stands there."
                .to_owned(),
        );
        let changed = |key: &str| {
            let change = told.changes.iter().find(|change| change.key == key)?;
            Some(format!("today {}", change.from))
        };
        crate::scenario::policy_toml(spec, name, &about, changed)
    }

    fn idle_timeout(&self, gaps: &Gaps, prices: Prices) -> IdleTimeout {
        let told = |priced: Priced| PricedTimeout {
            timeout_ms: priced.idle_timeout.span().map(Span::as_millis),
            cost: priced.cost,
            relogins: priced.relogins,
            unattended_hours: priced.unattended_hours,
        };
        let level = prices.unattended_hour / prices.relogin;
        let hazards = hazard::hazards(gaps, FIRST_STRETCH);
        let below = hazards.iter().find(|hazard| hazard.per_hour < level);
        IdleTimeout {
            gaps: gaps.iter().map(|(_, count)| count).sum(),
            best: told(hazard::optimum(gaps, prices)),
            blind: told(hazard::cost(gaps, prices, hazard::competitive(prices))),
            today: told(hazard::cost(gaps, prices, self.today.session.idle_timeout)),
            hazard_until: below.map(|hazard| hazard.from.as_millis()).filter(|from| *from > 0),
        }
    }

    fn notes(&self, judge: &Judge<'_, '_>) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(first) = judge.refused.first() {
            let count = judge.refused.len();
            let first = first.lines().next().unwrap_or_default();
            notes.push(format!("{count} points were no policies and are left out: {first}"));
        }
        let loose = self.today.apps.values().filter_map(|app| app.refresh_token);
        if loose.into_iter().any(|token| !token.bound_to_session) {
            notes.push(
                "Refresh tokens that are not bound to the session outlive it; exposure does not \
                 count them, profiles do."
                    .to_owned(),
            );
        }
        let (_, space) = (&self.explored, &self.search.space);
        let best = self.explored.decision.best;
        for (index, axis) in space.axes().iter().enumerate() {
            let Some(best) = best else { break };
            let own = self.explored.points[best].0[index].limit();
            let limits = axis.values.iter().filter_map(Choice::limit);
            let (least, greatest) = (limits.clone().min(), limits.max());
            if own.is_some() && least != greatest && (own == least || own == greatest) {
                notes.push(format!(
                    "{} stands at the end of what was tried; give `axes` with further values to \
                     look beyond.",
                    axis.key
                ));
            }
        }
        notes
    }
}

fn unit(minimise: Minimise) -> &'static str {
    let [(_, people), (_, load), (_, exposure)] = objective::OBJECTIVES;
    match minimise {
        Minimise::People => people,
        Minimise::Load => load,
        Minimise::Exposure => exposure,
        Minimise::Cost => "per user-day",
        Minimise::Knee => "",
        Minimise::Metric(name) => {
            METRICS.iter().find(|metric| metric.name == name).map_or("", |metric| metric.unit)
        }
    }
}
