//! What a test will do, known before anything is sent.

use std::time::Duration;

use super::{Apart, Failure, ModeArguments, Stretch, duration, failure};
use crate::load::{
    Action, Ceilings, Held, Kind, LoadError, Mix, Part, Peak, Predicted, Ramp, Spacing, Window,
    fullest_second,
};
use crate::model::{Instant, LogoutScope, Policy, Span};
use crate::oidc::Metadata;

/// What is put on the provider.
#[derive(Clone, Debug)]
pub(super) enum Plan {
    /// The schedule, or a part of it.
    Listed {
        /// For a person.
        mode: String,
        actions: Vec<Action>,
        length: Duration,
    },
    /// A constant rate.
    Held { mode: String, stage: Stage, rate: f64, length: Duration },
    /// The search for the limit.
    Ramp { mode: String, stage: Stage, ramp: Ramp, step: Duration, most: Duration },
}

/// What a constant rate is made of.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub(super) sample: Vec<Action>,
    pub(super) users: usize,
    spacing: Spacing,
    seed: u64,
    jobs: usize,
}

/// The most virtual users that a constant rate has unless told.
const USUAL_USERS: usize = 1_000;

/// Leaves only what is of `kinds`; what is refused before something else goes as `failed`.
pub(super) fn keep(predicted: &mut Predicted, kinds: &[Kind]) {
    predicted.actions.retain(|action| kinds.contains(&action.kind()));
}

impl ModeArguments {
    /// What the command line wants of a prediction, within the ceilings.
    pub(super) fn plan(
        &self,
        predicted: &Predicted,
        warmup: Instant,
        seed: u64,
        jobs: usize,
        ceilings: Ceilings,
    ) -> Result<Plan, Failure> {
        let told = |broken: crate::load::CeilingError| failure(broken.into());
        if self.hold_peak.is_none() && !self.ramp {
            let plan = self.listed(predicted)?;
            let Plan::Listed { actions, length, .. } = &plan else { return Ok(plan) };
            let most = fullest_second(actions.iter().map(|action| action.offset()));
            ceilings.check(most as f64, *length).map_err(told)?;
            return Ok(plan);
        }
        let (peak, sample) = self.sample(predicted, warmup)?;
        let agents =
            predicted.actions.iter().map(|action| action.user()).max().map_or(1, |m| m + 1);
        let rate = self.rate.unwrap_or_else(|| peak.rate().max(1e-3));
        let usual = ((2.0 * rate).ceil() as usize).max(agents.min(USUAL_USERS)).max(1);
        let spacing = match self.spacing {
            Apart::Poisson => Spacing::Poisson,
            Apart::Even => Spacing::Even,
        };
        let users = self.virtual_users.map_or(usual, std::num::NonZeroUsize::get);
        let stage = |users| Stage { sample: sample.clone(), users, spacing, seed, jobs };
        if let Some(length) = self.hold_peak {
            let length = duration(length);
            ceilings.check(rate, length).map_err(told)?;
            let mode = match self.rate {
                None => format!(
                    "{} held for {}",
                    described(&peak),
                    Span::from_millis(length.as_millis() as i64)
                ),
                Some(rate) => {
                    format!("{rate} arrivals a second with the mix of {}", described(&peak))
                }
            };
            return Ok(Plan::Held { mode, stage: stage(users), rate, length });
        }
        let step = duration(self.step);
        ceilings.check(rate, step).map_err(told)?;
        // Users enough for rates far above the first.
        let users = self.virtual_users.map_or(usual.max(USUAL_USERS), std::num::NonZeroUsize::get);
        let mode = format!("search for the limit with the mix of {}", described(&peak));
        let ramp = Ramp::new(rate.max(1.0), 2.0, self.precision / 100.0, ceilings.rate);
        Ok(Plan::Ramp { mode, stage: stage(users), ramp, step, most: ceilings.time })
    }

    fn listed(&self, predicted: &Predicted) -> Result<Plan, Failure> {
        let speed = self.speed.unwrap_or(1.0);
        // The provider's sessions outlive a time that is compressed, if its clock is not.
        let fresh = self.speed.is_some() && !self.provider_clock_goes_along;
        let from = self.from.unwrap_or(Span::ZERO);
        let window = Window { from, length: self.length, speed, fresh };
        let actions = window.actions(predicted);
        if actions.is_empty() {
            return Err(failure(LoadError::Nothing));
        }
        let mut mode = match self.speed {
            None => "the schedule in real time".to_owned(),
            Some(speed) => format!("the schedule {speed} times as fast"),
        };
        if let Some(from) = self.from {
            mode.push_str(&format!(" from {from} on"));
        }
        if let Some(length) = self.length {
            mode.push_str(&format!(" for {length}"));
        }
        Ok(Plan::Listed { mode, actions, length: window.duration(predicted) })
    }

    /// The peak, and its actions.
    fn sample(
        &self,
        predicted: &Predicted,
        warmup: Instant,
    ) -> Result<(Peak, Vec<Action>), Failure> {
        let width = match self.peak {
            Stretch::Second => Span::from_secs(1),
            Stretch::Minute => Span::from_mins(1),
        };
        let peak = predicted.peak(width, warmup).ok_or_else(|| failure(LoadError::Nothing))?;
        let sample = predicted.actions[peak.actions.clone()].to_vec();
        Ok((peak, sample))
    }
}

fn described(peak: &Peak) -> String {
    let stretch = if peak.width == Span::from_secs(1) { "second" } else { "minute" };
    let start = jiff::Timestamp::from_millisecond(peak.start.as_millis());
    let start = start.map(|start| start.to_string()).unwrap_or_default();
    format!("the predicted peak ({:.3} requests a second in the {stretch} of {start})", peak.rate())
}

impl Stage {
    /// One thread's mix.
    pub(super) fn mix(&self) -> Result<Mix, Failure> {
        Mix::of(&self.sample, self.users.div_ceil(self.jobs)).map_err(failure)
    }

    /// The threads' parts of a rate.
    pub(super) fn held(&self, rate: f64, length: Duration) -> Result<Vec<Held>, Failure> {
        let (spacing, seed) = (self.spacing, self.seed);
        let part = |number| {
            Ok(Held::new(self.mix()?, rate, length, spacing, seed, Part { number, of: self.jobs }))
        };
        (0..self.jobs).map(part).collect()
    }
}

impl Plan {
    /// The same without what the provider has no endpoint for, and what to say of it.
    pub(super) fn without_what_is_lacking(
        mut self,
        metadata: &Metadata,
        policy: &Policy,
    ) -> Result<(Self, Vec<String>), Failure> {
        let (actions, stage) = match &mut self {
            Self::Listed { actions, .. } => (actions, false),
            Self::Held { stage, .. } | Self::Ramp { stage, .. } => (&mut stage.sample, true),
        };
        let lacks = |action: &Action| match action.kind() {
            Kind::Introspection => metadata.introspection_endpoint.is_none(),
            Kind::Logout => match policy.app(action.app()).logout {
                LogoutScope::App => metadata.revocation_endpoint.is_none(),
                LogoutScope::Sso | LogoutScope::Everywhere => {
                    metadata.end_session_endpoint.is_none()
                }
            },
            _ => false,
        };
        let mut notes = Vec::new();
        for (kind, what) in [
            (Kind::Introspection, "introspection endpoint: questions about tokens"),
            (Kind::Logout, "endpoint for logouts: they"),
        ] {
            let count = actions.iter().filter(|a| a.kind() == kind && lacks(a)).count();
            if count > 0 {
                let which = if stage { "of the sample" } else { "of the schedule" };
                notes.push(format!("The provider has no {what} are left out, {count} {which}."));
            }
        }
        actions.retain(|action| !lacks(action));
        if actions.is_empty() {
            return Err(failure(LoadError::Nothing));
        }
        Ok((self, notes))
    }
}
