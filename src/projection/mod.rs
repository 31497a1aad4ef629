//! Folds from facts to tables: what a run found out about one policy.
//!
//! One file for each family of SPEC 7's metrics, all integers inside, so that every fold merges
//! exactly with that of other users. No rule of the model is here: a fold takes facts as they are.

mod access_tokens;
mod lives;
mod logins;
mod outcomes;
mod people;
mod requests;
mod series;
mod sessions;
mod tally;

use crate::calendar::Calendar;
use crate::description::Description;
use crate::model::{Fact, Instant};
use crate::table::{Metric, PolicyTables, Value};

/// What the folds of a run have to know.
#[derive(Debug)]
pub struct Frame {
    /// From when on uses, logins, requests and tokens count.
    pub counted_from: Instant,
    /// The last record that is expected.
    pub horizon: Instant,
    /// Shorter gaps between an agent's uses mean that a person was in the middle of something.
    pub task_gap: i64,
    /// Local days and hours.
    pub calendar: Calendar,
    /// Milliseconds of a row of `load.csv`.
    pub bucket: i64,
    /// Names of the apps, by id.
    pub apps: Vec<String>,
    /// The classes of synthetic users.
    pub classes: Vec<String>,
    /// By user: the class's number, counted from 1; 0 in a recorded trace.
    pub class_of: Vec<u16>,
}

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

impl Frame {
    /// The frame of a described run, for the users called `users`, by number.
    ///
    /// # Errors
    /// If there is no such time zone.
    pub fn new<'a>(
        description: &Description,
        users: impl Iterator<Item = &'a str>,
    ) -> Result<Self, crate::calendar::UnknownTimeZone> {
        let (activity, workload) = (&description.activity, &description.workload);
        let calendar = Calendar::new(&workload.timezone, activity.start, activity.horizon)?;
        let mut frame = Self {
            counted_from: Instant::from_millis(description.counted_from()),
            horizon: Instant::from_millis(activity.horizon),
            task_gap: workload.task_gap,
            calendar,
            bucket: workload.bucket,
            apps: description.apps.clone(),
            classes: activity.classes.clone(),
            class_of: Vec::new(),
        };
        for user in users {
            frame.meet(description, user);
        }
        Ok(frame)
    }

    /// Takes in the next user.
    pub fn meet(&mut self, description: &Description, user: &str) {
        let class = description.class_of(user);
        let place = self.classes.iter().position(|known| known == class);
        self.class_of.push(place.map_or(0, |place| place as u16 + 1));
    }
}

impl Projection {
    /// A fold that will meet this many users and agents; it grows if there are more.
    pub fn new(frame: &Frame, users: usize, agents: usize) -> Self {
        Self {
            outcomes: outcomes::Outcomes::default(),
            logins: logins::Logins::new(frame, agents),
            people: people::People::new(users),
            requests: requests::Requests::new(frame),
            sessions: sessions::Sessions::new(agents),
            access_tokens: access_tokens::AccessTokens::default(),
        }
    }

    /// Takes a fact; each agent's facts come in their order.
    #[inline(always)]
    pub fn record(&mut self, frame: &Frame, subject: Subject, at: Instant, fact: &Fact) {
        let moment = Moment { subject, at, counted: at >= frame.counted_from };
        self.sessions.record(&moment, fact);
        if let Fact::Access(access) = fact {
            self.logins.record(frame, &moment, access);
            if moment.counted {
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
        let (first, last) = (at(0), at(count - 1));
        let before = match first < frame.counted_from {
            true => partition_point(count, |use_| at(use_) < frame.counted_from),
            false => 0,
        };
        self.outcomes.valid((count - before) as u64);
        self.people.came(frame, subject.user, count - before, |use_| at(before + use_));
        self.logins.seen(subject.agent, last);
        self.sessions.seen(subject.agent, last, |end| {
            let inside = partition_point(count, |use_| at(use_) < end);
            (inside > 0).then(|| at(inside - 1))
        });
    }

    /// Adds what was folded from the facts of other users of the same run.
    pub fn merge(&mut self, other: Self) {
        self.outcomes.merge(&other.outcomes);
        self.logins.merge(&other.logins);
        self.people.merge(other.people);
        self.requests.merge(other.requests);
        self.sessions.merge(other.sessions);
        self.access_tokens.merge(&other.access_tokens);
    }

    /// The tables of the policy called `name`, at the end of the run.
    pub fn tables(
        mut self,
        frame: &Frame,
        name: &str,
        baseline: bool,
        start: Instant,
        horizon: Instant,
    ) -> PolicyTables {
        let alive = self.sessions.close(start, horizon);
        let load = self.requests.load(frame, horizon);
        let people = self.people.distribution();
        let mut metrics = Vec::with_capacity(48);
        self.outcomes.metrics(&mut metrics);
        self.logins.metrics(&mut metrics);
        self.people.metrics(&people, &mut metrics);
        self.requests.metrics(&load, &mut metrics);
        self.sessions.metrics(&mut metrics);
        self.access_tokens.metrics(&mut metrics);
        PolicyTables {
            name: name.to_owned(),
            baseline,
            metrics,
            endless_access_tokens: self.access_tokens.endless(),
            relogins: self.logins.by_class_and_app(frame),
            load,
            people,
            logins_by_hour: self.logins.by_hour(),
            sessions: alive,
        }
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
