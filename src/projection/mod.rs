//! Folds from facts to tables: what a run found out about one policy.
//!
//! One file for each family of SPEC 7's metrics (`outcomes`, `logins`, `people`, `requests`,
//! `sessions`, `access_tokens`), all integers inside, so that every fold merges exactly with that
//! of other users. No rule of the model is here: a fold takes facts as they are. What is the same
//! under several policies is folded once (`common`); how the rest of it is told, `told` keeps. The
//! others count for these: `frame`, `series`, `delayed`, `tally`, `pile`, `load` and `lives`.

mod access_tokens;
mod common;
mod delayed;
mod frame;
mod lives;
mod load;
mod logins;
mod outcomes;
mod people;
mod pile;
mod requests;
mod series;
mod sessions;
mod tally;
mod told;

use crate::model::{AppId, Fact, Initiator, Instant, Limit, LoginCause, Outcome};
use crate::table::{Metric, PolicyTables, Value};

pub use common::{Asked, Common, Crowd, Note};
pub use frame::Frame;
pub use people::{Person, Share};
use requests::Kind;
pub use sessions::WholeSession;

/// Whose fact it is: places dense from 0 among those that a fold meets, and the user's number in
/// the run.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The agent's place.
    pub agent: usize,
    /// The user's place.
    pub user: usize,
    /// The user's number in the run.
    pub user_number: usize,
}

/// When and to whom something happened, as every fold wants to know it.
#[derive(Clone, Copy, Debug)]
struct Moment {
    subject: Subject,
    at: Instant,
    counted: bool,
}

/// Everything that is folded from one policy's facts.
#[derive(Clone, Debug)]
pub struct Projection {
    outcomes: outcomes::Outcomes,
    logins: logins::Logins,
    people: people::People,
    requests: requests::Requests,
    sessions: sessions::Sessions,
    access_tokens: access_tokens::AccessTokens,
}

/// In which order facts arrive. Each agent's come in theirs in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// As they happened.
    InTimeOrder,
    /// User by user, and of each agent by agent.
    UserByUser,
}

impl Projection {
    /// A fold that will meet this many users and agents; it grows if there are more.
    pub fn new(frame: &Frame, users: usize, agents: usize, arrival: Arrival) -> Self {
        Self {
            outcomes: outcomes::Outcomes::default(),
            logins: logins::Logins::new(frame, agents),
            people: people::People::new(users, arrival),
            requests: requests::Requests::new(frame),
            sessions: sessions::Sessions::new(agents),
            access_tokens: access_tokens::AccessTokens::default(),
        }
    }

    /// Takes a fact; each agent's facts come in their order.
    #[inline(always)]
    pub fn record(&mut self, frame: &Frame, subject: Subject, at: Instant, fact: &Fact) {
        let moment = Moment { subject, at, counted: at >= frame.counted_from };
        let unattended = self.sessions.record(&moment, fact);
        self.people.unattended(subject, unattended);
        if let Fact::Access(access) = fact {
            let is_mid_task = self.logins.record(frame, &moment, access);
            if moment.counted {
                if access.cause.is_some_and(LoginCause::is_relogin)
                    && access.initiator == Initiator::Use
                {
                    self.people.relogin(subject, is_mid_task);
                }
                self.outcomes.record(access);
                self.people.record(frame, &moment, access);
                self.requests.record(frame, at, access);
                self.access_tokens.record(at, access);
            }
        }
    }

    /// Takes uses of one agent, ascending and at least one, that found a good access token and
    /// changed nothing; `at(i)` tells when the `i`th of `count` was.
    #[inline]
    pub fn valid(
        &mut self,
        frame: &Frame,
        subject: Subject,
        count: usize,
        at: impl Fn(usize) -> Instant,
    ) {
        let before = match at(0) < frame.counted_from {
            true => partition_point(count, |use_| at(use_) < frame.counted_from),
            false => 0,
        };
        let last = at(count - 1);
        self.outcomes.add(Outcome::Valid, (count - before) as u64);
        self.people.came(frame, subject, (before..count).map(&at));
        self.logins.seen(subject.agent, last);
        self.sessions.seen(subject.agent, last, |end| {
            let inside = partition_point(count, |use_| at(use_) < end);
            (inside > 0).then(|| at(inside - 1))
        });
    }

    /// A use of which it is known apart that it asked ([`Asked`]) took a login.
    #[inline]
    pub fn login(
        &mut self,
        frame: &Frame,
        subject: Subject,
        at: Instant,
        (app, cause): (AppId, LoginCause),
        note: Note,
    ) {
        if !note.is_counted {
            return;
        }
        self.logins.count(frame, subject.user_number, app, cause);
        if !frame.hours_hold_buckets {
            self.logins.at_hour(frame, at.as_millis(), 1);
        }
        self.people.login(subject, cause.is_relogin(), note.is_mid_task);
    }

    /// Such a use was answered silently.
    #[inline]
    pub fn silent(&mut self, subject: Subject, note: Note) {
        if note.is_counted {
            self.people.request(subject, Kind::Silent);
            self.requests.silent(note);
        }
    }

    /// Such a use had a refresh token refused before.
    #[inline]
    pub fn refused(&mut self, subject: Subject, note: Note) {
        if note.is_counted {
            self.people.request(subject, Kind::Failed);
            self.requests.refused(note);
        }
    }

    /// The session that such a login began.
    #[inline]
    pub fn session(&mut self, frame: &Frame, subject: Subject, session: WholeSession) {
        match self.sessions.whole(session, frame.horizon) {
            Some(unattended) => self.people.unattended(subject, unattended),
            None if session.created >= frame.counted_from => self.requests.login(session.created),
            None => {}
        }
    }

    /// Adds what was folded from the facts of other users of the same run.
    pub fn merge(&mut self, other: Self) {
        self.outcomes.merge(&other.outcomes);
        self.logins.merge(&other.logins);
        self.sessions.merge(other.sessions, self.people.users());
        self.people.merge(other.people);
        self.requests.merge(other.requests);
        self.access_tokens.merge(&other.access_tokens);
    }

    /// Adds what is known apart: of the uses that asked, those of which nothing was told turned
    /// into `rest` ([`Outcome::Refresh`] or [`Outcome::Silent`]), and tokens live for `lifetimes`,
    /// by slot.
    pub fn complete(&mut self, frame: &Frame, common: &Common, rest: Outcome, lifetimes: &[Limit]) {
        let asked = &common.asked;
        self.outcomes.add(Outcome::Valid, common.crowd.uses - asked.uses);
        let logins = self.sessions.whole_begun().filter(|at| *at >= frame.counted_from);
        for (outcome, uses) in self.requests.settle(frame, asked, rest, logins) {
            self.outcomes.add(outcome, uses);
        }
        if frame.hours_hold_buckets {
            for (bucket, logins) in self.requests.answered_logins() {
                self.logins.at_hour(frame, bucket * frame.bucket, logins);
            }
        }
        self.people.add(&common.crowd.days);
        self.people.settle(asked, Kind::of_rest(rest));
        self.access_tokens.asked(&asked.by_slot, lifetimes);
    }

    /// Gives each second in which anything was asked of the identity provider, ascending: its number
    /// since the epoch, and its requests by kind. The run's description must ask for capacity.
    ///
    /// # Panics
    /// If it does not: nobody counted by second then.
    pub fn each_second(&mut self, frame: &Frame, take: impl FnMut(i64, [u64; 5])) {
        assert_eq!(frame.grain, 1_000, "requests were counted by bucket");
        self.requests.each_grain(take);
    }

    /// The tables of the policy called `name` at the end of the run, and what each person came to.
    pub fn finish(
        mut self,
        frame: &Frame,
        name: &str,
        baseline: bool,
        start: Instant,
        horizon: Instant,
    ) -> (PolicyTables, Vec<Person>) {
        let Self { sessions, people, .. } = &mut self;
        let alive =
            sessions.close(start, horizon, |subject, length| people.unattended(subject, length));
        let load = self.requests.load(frame, horizon);
        let people = self.people.distribution();
        let mut metrics = Vec::with_capacity(48);
        self.outcomes.metrics(&mut metrics);
        self.logins.metrics(self.people.all_mid_task(), &mut metrics);
        self.people.metrics(&people, &mut metrics);
        self.requests.metrics(&load, &mut metrics);
        self.sessions.metrics(self.people.all_unattended(), &mut metrics);
        self.access_tokens.metrics(&mut metrics);
        let persons = self.people.persons();
        let tables = PolicyTables {
            name: name.to_owned(),
            baseline,
            metrics,
            endless_access_tokens: self.access_tokens.endless(),
            relogins: self.logins.by_class_and_app(frame),
            load,
            people,
            logins_by_hour: self.logins.by_hour(),
            sessions: alive,
            session_hours: self.sessions.alive(horizon) as f64 / 3_600_000.0,
            intervals: Vec::new(),
            differences: Vec::new(),
            bill: None,
        };
        (tables, persons)
    }
}

/// How many of the first of `count` things are so, if none is after one that is not.
fn partition_point(count: usize, is: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if is(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// A whole number of things.
fn count(name: &'static str, value: u64, unit: &'static str) -> Metric {
    Metric { name, value: Value::Count(value), unit }
}

/// A measure or a quotient; what has no denominator is 0 (SPEC 7).
fn number(name: &'static str, value: f64, unit: &'static str) -> Metric {
    Metric { name, value: Value::Number(if value.is_nan() { 0.0 } else { value }), unit }
}
