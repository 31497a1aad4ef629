//! What the simulation says the authorization server will be asked, in its order.

use std::ops::Range;

use super::Action;
use crate::load::kind::{ByKind, KINDS};
use crate::load::{Kind, LoadError};
use crate::model::{Access, ApiId, Fact, Initiator, Instant, LoginCause, Outcome, Policy, Span};
use crate::simulation::{Division, Order, Setting, Simulation, Sink, Who};
use crate::trace::{Record, Trace};

/// Every request that one policy brings about, with offsets in microseconds of simulated time
/// from the first record on.
#[derive(Clone, Debug)]
pub struct Predicted {
    /// When the activity begins.
    pub start: Instant,
    /// Its last record.
    pub horizon: Instant,
    /// In the order of their offsets; an agent's in their own order.
    pub actions: Vec<Action>,
}

/// The fullest stretch of a prediction.
#[derive(Clone, Debug)]
pub struct Peak {
    /// When it begins.
    pub start: Instant,
    /// Its length.
    pub width: Span,
    /// Requests by kind in it; those refused before something else count as failed.
    pub requests: ByKind<u64>,
    /// Where its actions stand among all.
    pub actions: Range<usize>,
}

/// Keeps what reaches the authorization server.
#[derive(Debug)]
struct Requests {
    start: Instant,
    /// The apps whose logout ends no session.
    actions: Vec<(Order, Action)>,
}

impl Sink for Requests {
    fn record(&mut self, who: Who, order: Order, fact: &Fact) {
        let millis = (order.at - self.start).as_millis().max(0) as u64;
        let (offset, user) = (millis.saturating_mul(1_000), who.agent.index());
        match fact {
            Fact::Access(access) => {
                if let Some(action) = request(access, offset, user) {
                    self.actions.push((order, action));
                }
                if access.introspected {
                    let (app, api) = (access.app, access.api);
                    let asked = Action::new(offset, user, Kind::Introspection, app, api);
                    self.actions.push((order, asked));
                }
            }
            Fact::LoggedOut { app, .. } => {
                let logout = Action::new(offset, user, Kind::Logout, *app, ApiId::new(0));
                self.actions.push((order, logout));
            }
            // The browser closes without a word, and an administrator is no virtual user.
            Fact::BrowserClosed { .. } | Fact::Revoked { .. } => {}
        }
    }
}

/// What an access asks of the authorization server, if anything.
fn request(access: &Access, offset: u64, user: usize) -> Option<Action> {
    let kind = match access.outcome {
        Outcome::Valid => return None,
        Outcome::Refresh => Kind::Refresh,
        Outcome::Silent => Kind::Silent,
        Outcome::Login => Kind::Login,
        Outcome::Denied => Kind::Failed,
    };
    let mut action = Action::new(offset, user, kind, access.app, access.api);
    if access.refresh_refused {
        action = action.refused_before();
    }
    let gone = [LoginCause::First, LoginCause::Closed].map(Some);
    if kind == Kind::Login && gone.contains(&access.cause) && access.initiator == Initiator::Use {
        action = action.in_fresh_browser();
    }
    Some(action)
}

impl Predicted {
    /// Replays `trace` under `policy`, and keeps what reaches the authorization server: 16 bytes
    /// for each of it. Agents become virtual users of the same numbers.
    ///
    /// # Errors
    /// If the sorted trace can't be read back, or has no record.
    pub fn of(trace: &Trace, policy: &Policy, setting: Setting<'_>) -> Result<Self, LoadError> {
        let (Some(start), Some(horizon)) = (trace.first(), trace.last()) else {
            return Err(LoadError::Nothing);
        };
        let division = Division::new(&trace.names, 1);
        let policies = std::slice::from_ref(policy);
        let sink = |_, _| Requests { start, actions: Vec::new() };
        let mut simulation = Simulation::in_time_order(setting, policies, &division, sink);
        for chunk in trace.chunks() {
            let chunk: std::borrow::Cow<'_, [Record]> = chunk.map_err(LoadError::Trace)?;
            simulation.advance(&chunk);
        }
        simulation.settle(horizon);
        let sinks = simulation.into_sinks().into_iter().flatten();
        let mut actions: Vec<(Order, Action)> = sinks.flat_map(|sink| sink.actions).collect();
        // Stable: what one fact asks, and an agent's facts of one instant, keep their order.
        actions.sort_by_key(|(order, _)| *order);
        let actions = actions.into_iter().map(|(_, action)| action).collect();
        Ok(Self { start, horizon, actions })
    }

    /// The fullest second or minute (any `width`), aligned to the epoch, of the five kinds that
    /// SPEC 7 counts; the first of equals. `from` leaves out what is before (a warm-up).
    pub fn peak(&self, width: Span, from: Instant) -> Option<Peak> {
        let bucket =
            |action: &Action| self.instant(*action).as_millis().div_euclid(width.as_millis());
        let counted = self.actions.partition_point(|action| self.instant(*action) < from);
        let mut fullest: Option<(u64, Range<usize>)> = None;
        let mut begin = counted;
        for run in self.actions[counted..].chunk_by(|one, next| bucket(one) == bucket(next)) {
            let count = requests(run)[..Kind::Logout.index()].iter().sum();
            if fullest.as_ref().is_none_or(|(most, _)| count > *most) {
                fullest = Some((count, begin..begin + run.len()));
            }
            begin += run.len();
        }
        let (_, actions) = fullest.filter(|(count, _)| *count > 0)?;
        let start = bucket(&self.actions[actions.start]) * width.as_millis();
        let requests = requests(&self.actions[actions.clone()]);
        Some(Peak { start: Instant::from_millis(start), width, requests, actions })
    }

    /// When an action happens in simulated time.
    fn instant(&self, action: Action) -> Instant {
        self.start + Span::from_millis((action.offset() / 1_000) as i64)
    }
}

impl Peak {
    /// Requests a second, of every kind but logouts.
    pub fn rate(&self) -> f64 {
        let requests: u64 = self.requests[..Kind::Logout.index()].iter().sum();
        requests as f64 / self.width.as_secs_f64()
    }
}

/// How many requests `actions` come to, by kind: what is refused before something else is one
/// more that failed.
pub fn requests(actions: &[Action]) -> ByKind<u64> {
    let mut counts = [0; KINDS];
    for action in actions {
        counts[action.kind().index()] += 1;
        counts[Kind::Failed.index()] += u64::from(action.is_refused_before());
    }
    counts
}
