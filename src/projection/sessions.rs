//! IdP sessions: how many, how many at once, and how long nobody was there.

use super::lives::{Life, steps};
use super::pile::Pile;
use super::{Moment, Subject, count, number};
use crate::model::{Access, Fact, Initiator, Instant, SessionChange};
use crate::table::{Metric, SessionsAlive};

#[derive(Clone, Debug)]
pub(super) struct Sessions {
    /// Sessions of which all facts were told, as far as they are over.
    lives: Pile<Life>,
    /// Sessions that were told of as a whole.
    whole: Pile<Life>,
    /// Sessions that were over as they began, as all are under `always`.
    brief: u64,
    most: u64,
    /// By agent.
    open: Vec<Open>,
}

/// A session as a whole.
#[derive(Clone, Copy, Debug)]
pub struct WholeSession {
    /// When its login was.
    pub created: Instant,
    /// When it ends, perhaps after the horizon; under `always` as it begins.
    pub end: Instant,
    /// The agent's last use while it was valid.
    pub attended: Instant,
}

/// An agent's latest session.
#[derive(Clone, Copy, Debug)]
struct Open {
    created: Instant,
    /// When it ends unless something happens; [`Instant::LONG_AGO`] without one.
    expires_at: Instant,
    /// The agent's last use while it was valid.
    attended: Instant,
    /// Whose it is: the user's place and number.
    user: (u32, u32),
}

const NONE: Open = Open {
    created: Instant::LONG_AGO,
    expires_at: Instant::LONG_AGO,
    attended: Instant::LONG_AGO,
    user: (0, 0),
};

impl Sessions {
    pub(super) fn new(agents: usize) -> Self {
        Self { lives: Pile::new(), whole: Pile::new(), brief: 0, most: 0, open: vec![NONE; agents] }
    }

    /// An agent's latest use was at `last`; `last_before` tells the latest before another instant.
    #[inline]
    pub(super) fn seen(
        &mut self,
        agent: usize,
        last: Instant,
        last_before: impl Fn(Instant) -> Option<Instant>,
    ) {
        self.meet(agent);
        let open = &mut self.open[agent];
        if last < open.expires_at {
            open.attended = last;
        } else if let Some(at) = last_before(open.expires_at) {
            open.attended = at;
        }
    }

    #[inline]
    fn meet(&mut self, agent: usize) {
        if agent >= self.open.len() {
            self.open.resize(agent + 1, NONE);
        }
    }

    /// Takes a fact. Gives how long the session was unattended that it ended or found over, in
    /// milliseconds; 0 without one.
    #[inline(always)]
    pub(super) fn record(&mut self, moment: &Moment, fact: &Fact) -> u64 {
        let agent = moment.subject.agent;
        self.meet(agent);
        match fact {
            Fact::Access(access) => self.access(moment, access),
            Fact::LoggedOut { ends_session, .. }
            | Fact::BrowserClosed { ends_session }
            | Fact::Revoked { ends_session } => match *ends_session {
                true => self.end(agent, moment.at, moment.at),
                false => 0,
            },
        }
    }

    #[inline(always)]
    fn access(&mut self, moment: &Moment, access: &Access) -> u64 {
        let (Subject { agent, user, user_number }, at) = (moment.subject, moment.at);
        let mut unattended = 0;
        match access.session {
            SessionChange::None => {}
            SessionChange::Renewed { expires_at } => self.open[agent].expires_at = expires_at,
            SessionChange::Started { expires_at } => {
                // Whatever there was had expired, or a login would not have been needed.
                unattended = self.end(agent, self.open[agent].expires_at, at);
                let user = (user as u32, user_number as u32);
                self.open[agent] = Open { created: at, expires_at, attended: at, user };
            }
        }
        let open = &mut self.open[agent];
        if access.initiator == Initiator::Use && at < open.expires_at {
            open.attended = at;
        }
        unattended
    }

    /// The agent's latest session, if there is one, ends at `end`; it is looked at until `by`. Gives
    /// how long it was unattended.
    fn end(&mut self, agent: usize, end: Instant, by: Instant) -> u64 {
        let Open { created, attended, .. } = std::mem::replace(&mut self.open[agent], NONE);
        if created == end && created != Instant::LONG_AGO {
            self.brief += 1;
        } else if created != Instant::LONG_AGO {
            self.lives.push(Life { created: created.as_millis(), end: end.as_millis() });
            return (end.min(by) - attended).as_millis() as u64;
        }
        0
    }

    /// A session as a whole. Gives how long it was unattended, in milliseconds, if it is kept: those
    /// are not that were over as they began.
    #[inline]
    pub(super) fn whole(&mut self, whole: WholeSession, horizon: Instant) -> Option<u64> {
        let WholeSession { created, end, attended } = whole;
        if created == end {
            self.brief += 1;
            return None;
        }
        self.whole.push(Life { created: created.as_millis(), end: end.as_millis() });
        Some((end.min(horizon) - attended).as_millis() as u64)
    }

    /// When the sessions began that were told of as a whole and are kept.
    pub(super) fn whole_begun(&self) -> impl Iterator<Item = Instant> {
        self.whole.iter().map(|life| Instant::from_millis(life.created))
    }

    /// The run is over: what is still open was looked at until the horizon. Gives the sessions alive
    /// from `start` on; `unattended` is told whose lay unattended, and how long.
    pub(super) fn close(
        &mut self,
        start: Instant,
        horizon: Instant,
        mut unattended: impl FnMut(Subject, u64),
    ) -> Vec<SessionsAlive> {
        for agent in 0..self.open.len() {
            let Open { expires_at, user: (user, user_number), .. } = self.open[agent];
            let (user, user_number) = (user as usize, user_number as usize);
            let length = self.end(agent, expires_at, horizon);
            unattended(Subject { agent, user, user_number }, length);
        }
        let steps = steps([&self.lives, &self.whole], start.as_millis(), horizon.as_millis());
        self.most = steps.iter().map(|step| step.most).max().unwrap_or(0);
        steps
    }

    /// How long sessions were alive, all together and up to the horizon, once they are closed:
    /// milliseconds.
    pub(super) fn alive(&self, horizon: Instant) -> u128 {
        let lives = self.lives.iter().chain(self.whole.iter());
        lives.map(|life| (life.end.min(horizon.as_millis()) - life.created) as u128).sum()
    }

    /// `unattended` is that of all users, milliseconds.
    pub(super) fn metrics(&self, unattended: u128, metrics: &mut Vec<Metric>) {
        let started = (self.lives.len() + self.whole.len()) as u64 + self.brief;
        metrics.push(count("sessions.started", started, "sessions"));
        metrics.push(count("sessions.peak", self.most, "sessions"));
        let hours = unattended as f64 / 3_600_000.0;
        metrics.push(number("sessions.unattended_hours", hours, "h"));
    }

    /// Adds the sessions of users whose places come after `users` others.
    pub(super) fn merge(&mut self, other: Self, users: usize) {
        self.brief += other.brief;
        self.whole.merge(other.whole);
        self.lives.merge(other.lives);
        let later = |mut open: Open| {
            open.user.0 += users as u32;
            open
        };
        self.open.extend(other.open.into_iter().map(later));
    }
}
