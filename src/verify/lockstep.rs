//! One event after the other.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Observed;
use super::difference::{Difference, explain};
use super::holding::Holding;
use super::prediction::Predicted;
use crate::client::flows::{Client, FlowError, Parameters, Provider, discover};
use crate::client::forms::{Credentials, Fields};
use crate::client::transport::{Settings, Transport};
use crate::model::{AgentId, Fact, Initiator, Instant, Outcome, Policy, UserId, apply};

/// Which endpoint says whether an access token is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessCheck {
    /// Userinfo (OpenID Connect Core §5.3).
    Userinfo,
    /// Introspection (RFC 7662).
    Introspection,
}

/// Who is asked, by whom, and what is believed of it.
pub struct Asking<'a> {
    /// The policy that the provider is said to have.
    pub policy: &'a Policy,
    /// The clients, by `AppId`.
    pub clients: &'a [Client],
    /// Whether users of an app log in by the password grant, by `AppId`.
    pub password_grants: &'a [bool],
    /// What requests for an API say beside, by `ApiId`.
    pub parameters: &'a [Parameters],
    /// Which endpoint says whether an access token is good.
    pub access_check: AccessCheck,
    /// Who a user is at the provider.
    pub credentials: &'a dyn Fn(UserId) -> Credentials,
}

/// A provider and a prediction, in step.
pub struct Lockstep<'a> {
    pub(super) asking: Asking<'a>,
    pub(super) provider: Provider,
    agents: BTreeMap<AgentId, Holding>,
    tally: Tally,
    differences: Vec<Difference>,
}

/// What was predicted and what happened, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events that were compared.
    pub events: u64,
    /// Events of agents that had met a difference before: they are not compared.
    pub left_out: u64,
    /// HTTP requests.
    pub requests: u64,
    /// Rows of (name, predicted, observed, differences).
    pub rows: BTreeMap<Row, [u64; 3]>,
}

/// What is counted, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// Uses.
    Uses,
    /// Accesses of one outcome, by uses or else in the background.
    Outcome(Outcome, bool),
    /// Refused refresh tokens and denied background accesses.
    Failed,
    /// Logouts, closed browsers and revocations.
    Other,
}

/// Why lockstep can't begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum LockstepError {
    /// The provider can't be asked at all.
    #[error(transparent)]
    Provider(#[from] FlowError),
    /// Its clock can't be set.
    #[error("cannot set the provider's clock: {0}")]
    Clock(std::io::Error),
}

/// Why lockstep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// There is no further event.
    Finished,
    /// There were as many differences as were asked for.
    Different,
    /// Somebody interrupted it.
    Interrupted,
}

impl<'a> Lockstep<'a> {
    /// Asks the provider of `issuer` who it is.
    ///
    /// # Errors
    /// If it does not answer, or is another.
    pub async fn begin(
        issuer: &str,
        settings: Settings,
        fields: Fields,
        asking: Asking<'a>,
    ) -> Result<Self, LockstepError> {
        let transport = Rc::new(Transport::new(settings));
        let metadata = discover(&transport, issuer).await?;
        let provider = Provider::new(transport, metadata, fields)?;
        let (agents, tally) = (BTreeMap::new(), Tally::default());
        Ok(Self { asking, provider, agents, tally, differences: Vec::new() })
    }

    /// What the provider cannot do and the events need, as a sentence.
    pub fn lacks(&self, events: &[Predicted]) -> Option<&'static str> {
        let metadata = self.provider.metadata();
        let revokes = events.iter().any(|event| matches!(event.fact, Fact::Revoked { .. }));
        let ends =
            revokes || events.iter().any(|event| matches!(event.fact, Fact::LoggedOut { .. }));
        let check = match self.asking.access_check {
            AccessCheck::Userinfo => &metadata.userinfo_endpoint,
            AccessCheck::Introspection => &metadata.introspection_endpoint,
        };
        if check.is_none() {
            return Some(
                "the provider names no endpoint that says whether an access token is good: choose \
                 the other access_check in [provider]",
            );
        }
        if revokes && metadata.revocation_endpoint.is_none() {
            return Some("the activity has `revoke`, and the provider no revocation endpoint");
        }
        if ends && metadata.end_session_endpoint.is_none() {
            return Some(
                "the activity has `logout` or `revoke`, and the provider no end_session_endpoint",
            );
        }
        None
    }

    /// Goes through `events`, until one of `most` differences is met. `set_clock` brings the
    /// provider to an instant (or waits for it) and gives the provider's time; `goes_on` is asked
    /// before each event.
    ///
    /// # Errors
    /// If the clock can't be set. What the provider refuses is a difference.
    pub async fn run(
        &mut self,
        events: &[Predicted],
        most: usize,
        set_clock: &mut dyn ProviderClock,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Ended, LockstepError> {
        for predicted in events {
            if !goes_on() {
                return Ok(Ended::Interrupted);
            }
            let now = set_clock.bring_to(predicted.at).map_err(LockstepError::Clock)?;
            if let Some(wait) = now.wait {
                tokio::time::sleep(wait).await;
            }
            let policy = self.asking.policy;
            let mut holding =
                self.agents.remove(&predicted.agent).unwrap_or_else(|| Holding::new(policy));
            if holding.is_lost {
                self.tally.left_out += 1;
            } else {
                holding.browser.now = now.seconds;
                let observed = self.act(&mut holding, predicted).await;
                self.compare(&mut holding, predicted, observed);
            }
            self.agents.insert(predicted.agent, holding);
            if self.differences.len() >= most {
                return Ok(Ended::Different);
            }
        }
        Ok(Ended::Finished)
    }

    fn compare(&mut self, holding: &mut Holding, predicted: &Predicted, observed: Observed) {
        self.tally.count(predicted, &observed);
        if !is_as_predicted(&predicted.fact, &observed) {
            let policy = self.asking.policy;
            let difference = explain(policy, &holding.believed, predicted, observed);
            self.differences.push(difference);
            holding.is_lost = true;
        }
        let layout = self.asking.policy.layout();
        apply(&mut holding.believed.as_mut(), layout, predicted.at, &predicted.fact);
    }

    /// What was counted, and what differed.
    pub fn finish(self) -> (Tally, Vec<Difference>) {
        (self.tally, self.differences)
    }
}

/// Brings the provider's time to an instant.
pub trait ProviderClock {
    /// Sets it, or says how long to wait for it.
    ///
    /// # Errors
    /// If it can't be set.
    fn bring_to(&mut self, at: Instant) -> std::io::Result<Reached>;
}

/// How an instant is reached.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reached {
    /// How long to wait for it.
    pub wait: Option<std::time::Duration>,
    /// The provider's time in seconds since the Unix epoch, where it is not the real one.
    pub seconds: Option<i64>,
}

fn is_as_predicted(fact: &Fact, observed: &Observed) -> bool {
    match (fact, &observed.outcome) {
        (Fact::Access(access), Ok(outcome)) => {
            *outcome == Some(access.outcome) && observed.refresh_refused == access.refresh_refused
        }
        (_, Ok(_)) => true,
        (_, Err(_)) => false,
    }
}

impl Tally {
    fn count(&mut self, predicted: &Predicted, observed: &Observed) {
        self.events += 1;
        self.requests += u64::from(observed.requests);
        let Fact::Access(access) = &predicted.fact else {
            let failed = u64::from(observed.outcome.is_err());
            self.add(Row::Other, [1, 1 - failed, failed]);
            return;
        };
        let outcome = *observed.outcome.as_ref().unwrap_or(&None);
        let background = access.initiator != Initiator::Use;
        if !background {
            self.add(Row::Uses, [1, 1, 0]);
        }
        let same = outcome == Some(access.outcome);
        self.add(Row::Outcome(access.outcome, background), [1, 0, u64::from(!same)]);
        if let Some(outcome) = outcome {
            self.add(Row::Outcome(outcome, background), [0, 1, 0]);
        }
        let refused = |refused: bool, outcome: Option<Outcome>| {
            u64::from(refused) + u64::from(outcome == Some(Outcome::Denied))
        };
        let failed = [
            refused(access.refresh_refused, Some(access.outcome)),
            refused(observed.refresh_refused, outcome),
        ];
        let differs = u64::from(access.refresh_refused != observed.refresh_refused);
        self.add(Row::Failed, [failed[0], failed[1], differs]);
    }

    fn add(&mut self, row: Row, counts: [u64; 3]) {
        let own = self.rows.entry(row).or_default();
        own.iter_mut().zip(counts).for_each(|(own, count)| *own += count);
    }
}
