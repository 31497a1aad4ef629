//! IdP sessions: how many, how many at once, and how long nobody was there.

use super::{Moment, count, number};
use crate::model::{Access, Fact, Initiator, Instant, SessionChange};
use crate::table::{Metric, SessionsAlive};

#[derive(Clone, Debug)]
pub(super) struct Sessions {
    started: u64,
    /// Milliseconds, over sessions that are over.
    unattended: u128,
    /// When each began and when each that is over ended, milliseconds; ascending once closed.
    begun: Vec<i64>,
    ended: Vec<i64>,
    most: u64,
    /// By agent.
    open: Vec<Open>,
}

/// An agent's latest session.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// When it ends unless something happens; [`Instant::LONG_AGO`] without one.
    expires_at: Instant,
    /// The agent's last use while it was valid.
    attended: Instant,
}

const NONE: Open = Open { expires_at: Instant::LONG_AGO, attended: Instant::LONG_AGO };

/// A picture shows this many steps of time at most.
const STEPS: i64 = 600;

/// Widths of a step that people read easily, in minutes; longer ones are whole weeks.
const WIDTHS: [i64; 13] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880];
const WEEK: i64 = 7 * 1_440;

impl Sessions {
    pub(super) fn new(agents: usize) -> Self {
        Self {
            started: 0,
            unattended: 0,
            begun: Vec::new(),
            ended: Vec::new(),
            most: 0,
            open: vec![NONE; agents],
        }
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

    #[inline(always)]
    pub(super) fn record(&mut self, moment: &Moment, fact: &Fact) {
        let agent = moment.subject.agent;
        self.meet(agent);
        match fact {
            Fact::Access(access) => self.access(agent, moment.at, access),
            Fact::LoggedOut { ends_session, .. }
            | Fact::BrowserClosed { ends_session }
            | Fact::Revoked { ends_session } => {
                if *ends_session {
                    self.end(agent, moment.at, moment.at);
                }
            }
        }
    }

    #[inline(always)]
    fn access(&mut self, agent: usize, at: Instant, access: &Access) {
        match access.session {
            SessionChange::None => {}
            SessionChange::Renewed { expires_at } => self.open[agent].expires_at = expires_at,
            SessionChange::Started { expires_at } => {
                // Whatever there was had expired, or a login would not have been needed.
                self.end(agent, self.open[agent].expires_at, at);
                self.started += 1;
                // Under `always` a session is over as it begins.
                if expires_at > at {
                    self.open[agent] = Open { expires_at, attended: at };
                    self.begun.push(at.as_millis());
                }
            }
        }
        let open = &mut self.open[agent];
        if access.initiator == Initiator::Use && at < open.expires_at {
            open.attended = at;
        }
    }

    /// The agent's latest session, if there is one, ends at `end`; it is looked at until `by`.
    fn end(&mut self, agent: usize, end: Instant, by: Instant) {
        let Open { attended, .. } = std::mem::replace(&mut self.open[agent], NONE);
        if attended == Instant::LONG_AGO {
            return;
        }
        self.unattended += u128::from((end.min(by) - attended).as_millis().unsigned_abs());
        if end <= by {
            self.ended.push(end.as_millis());
        }
    }

    /// The run is over: what is still open was looked at until the horizon.
    pub(super) fn close(&mut self, horizon: Instant) {
        for agent in 0..self.open.len() {
            self.end(agent, self.open[agent].expires_at, horizon);
        }
        self.begun.sort_unstable();
        self.ended.sort_unstable();
        self.most = self.changes().map(|(_, alive)| alive).max().unwrap_or(0);
    }

    /// Each instant at which a session began or ended, with how many were alive from then on.
    fn changes(&self) -> impl Iterator<Item = (i64, u64)> + '_ {
        let (mut begun, mut ended) = (self.begun.iter().peekable(), self.ended.iter().peekable());
        let mut alive = 0;
        std::iter::from_fn(move || {
            let next = begun.peek().copied().into_iter().chain(ended.peek().copied()).min();
            let at = *next?;
            while begun.next_if(|begin| **begin == at).is_some() {
                alive += 1;
            }
            while ended.next_if(|end| **end == at).is_some() {
                alive -= 1;
            }
            Some((at, alive))
        })
    }

    /// Sessions alive from `start` to `horizon`, in steps aligned to the epoch.
    pub(super) fn alive(&self, start: Instant, horizon: Instant) -> Vec<SessionsAlive> {
        let (start, horizon) = (start.as_millis(), horizon.as_millis());
        let width = step_width(horizon - start);
        let start = start.div_euclid(width) * width;
        let mut changes = self.changes().peekable();
        let mut alive = 0;
        let step = |from: i64| {
            let (mut most, mut fewest) = (alive, alive);
            let mut first = true;
            while let Some((at, now)) = changes.next_if(|(at, _)| *at < from + width) {
                alive = now;
                if first && at == from {
                    // Nothing was otherwise at any instant of this step.
                    (most, fewest) = (alive, alive);
                }
                first = false;
                (most, fewest) = (most.max(alive), fewest.min(alive));
            }
            SessionsAlive { start: from, most, fewest }
        };
        (0..=(horizon - start) / width).map(|index| start + index * width).map(step).collect()
    }

    pub(super) fn metrics(&self, metrics: &mut Vec<Metric>) {
        metrics.push(count("sessions.started", self.started, "sessions"));
        metrics.push(count("sessions.peak", self.most, "sessions"));
        let hours = self.unattended as f64 / 3_600_000.0;
        metrics.push(number("sessions.unattended_hours", hours, "h"));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.started += other.started;
        self.unattended += other.unattended;
        self.begun.extend(other.begun);
        self.ended.extend(other.ended);
        self.open.extend(other.open);
    }
}

/// The easily read width, in milliseconds, of which few enough cover `length`.
fn step_width(length: i64) -> i64 {
    let least = length / (STEPS - 1) / 60_000;
    let weeks = (least / WEEK + 1) * WEEK;
    WIDTHS.into_iter().find(|minutes| *minutes > least).unwrap_or(weeks) * 60_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_steps_of_a_readable_width_cover_any_length() {
        let check = |days: i64, minutes: i64| {
            assert_eq!(step_width(days * 86_400_000), minutes * 60_000, "{days} days");
        };
        check(0, 1);
        check(1, 5);
        check(14, 60);
        check(365, 1_440);
        check(4_270, 2 * WEEK);
        for hours in 0..50_000 {
            let length = hours * 3_600_000;
            assert!(length / step_width(length) + 2 <= STEPS, "{hours} hours");
        }
    }
}
