//! What takes in what a run comes to: facts one by one, or whole users with little said of each.

use super::Who;
use crate::model::{AppId, Fact, Instant, LoginCause};
use crate::trace::Record;

/// Where a fact stands in the order of a run: by instant, timers before records, timers by agent
/// and records by their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    /// When it happened.
    pub at: Instant,
    /// A record brought it about, not a timer.
    pub by_record: bool,
    /// The record's number in the run or, where users are replayed whole, among those of its
    /// share; of a timer the agent's.
    pub number: u64,
}

/// Takes what happened to the agents of one partition under one policy: each agent's facts in
/// their order, agents interleaved.
pub trait Sink {
    /// Takes one fact.
    fn record(&mut self, who: Who, order: Order, fact: &Fact);
}

/// Takes what happened to whole users under one policy, agent by agent: in facts, or in the few
/// words that are left to say where the rest is known from [`Crowd`] and [`Asked`].
pub trait Fold: Sink {
    /// What every policy wants to know of a use that asks the IdP.
    type Note: Copy + Send;

    /// Takes uses of one agent that found a good access token, each less than a fact: nothing but
    /// the use happened.
    fn valid(&mut self, who: Who, uses: &[Record]);

    /// A use that asks, at `at`, took a login.
    fn login(&mut self, who: Who, at: Instant, app: AppId, cause: LoginCause, note: Self::Note);

    /// A use that asks was answered silently. Under policies without refresh tokens this is not
    /// told: whatever took no login was.
    fn silent(&mut self, who: Who, note: Self::Note);

    /// A use that asks had a refresh token refused before.
    fn refused(&mut self, who: Who, note: Self::Note);

    /// The session that a login began is over, or lasts beyond the run: one for each login.
    fn session(&mut self, who: Who, session: Session);
}

/// An IdP session as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// When its login was.
    pub created: Instant,
    /// When it ends, perhaps after the horizon; as it begins if it has no lifetime at all.
    pub end: Instant,
    /// The agent's last use while it was valid.
    pub attended: Instant,
}

/// Takes what the people of one partition did, which is the same under every policy.
pub trait Crowd {
    /// Takes all records of an agent, in time order; those at the places `others`, ascending, are
    /// logouts and closed browsers, and all the rest are uses. A user's agents come one after the
    /// other.
    fn came(&mut self, who: Who, records: &[Record], others: impl Iterator<Item = usize>);
}

/// Takes which uses ask the IdP: the same under all policies with access tokens that live equally
/// long.
pub trait Asked {
    /// What is kept of it for each of these policies.
    type Note: Copy + Send;

    /// Takes the use of an agent at `at`, which needs the token in `slot`; the agent's use before
    /// was at `previous`, or [`Instant::LONG_AGO`].
    fn ask(&mut self, at: Instant, previous: Instant, slot: usize) -> Self::Note;

    /// The uses since the last call were all that an agent asked.
    fn asked_by(&mut self, who: Who);
}

/// Makes what a run is folded into.
pub trait Folds: Sync {
    /// For each partition and policy.
    type Fold: Fold + Send;
    /// For each partition.
    type Crowd: Crowd + Send;
    /// For each partition and distinct set of access tokens.
    type Asked: Asked<Note = <Self::Fold as Fold>::Note> + Send;

    /// A fold that will meet this many users and agents.
    fn fold(&self, users: usize, agents: usize) -> Self::Fold;

    /// One that will meet this many users.
    fn crowd(&self, users: usize) -> Self::Crowd;

    /// One that will meet this many users, for access tokens in this many slots.
    fn asked(&self, users: usize, slots: usize) -> Self::Asked;
}
