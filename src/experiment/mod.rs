//! Policies tried on activity: the simulation's facts, folded into what is reported.
//!
//! Here the two meet that know nothing of each other: [`simulation`] tells what
//! happens, [`projection`] counts it. No rule of either is here, and nothing is
//! read, written or shown.

mod batches;
mod bootstrap;
mod compare;
mod gaps;
mod idle_curve;
pub mod recommend;
mod replications;

use std::sync::Arc;

pub use batches::batches;
pub use gaps::{GapCounter, Gaps};
pub use idle_curve::{NotExact, ends_session, exact_from};

use crate::model::{AppId, Fact, Instant, Limit, LoginCause, Outcome, Policy};
use crate::projection::{self, Arrival, Common, Frame, Note, Projection, Subject, WholeSession};
use crate::simulation::{self, Fold, Folded, Folds, Order, Session, Sink, Who};
use crate::trace::Record;

pub use bootstrap::{Bootstrap, Resampled, weigh};
pub use compare::{Contrast, Side, contrast, differences_apart};
pub use replications::{is_precise, means};

/// Makes the folds of a run within a frame.
#[derive(Clone, Copy, Debug)]
pub struct Foldings<'a> {
    frame: &'a Frame,
}

/// Folds the facts of one partition under one policy.
#[derive(Debug)]
pub struct Folding<'a> {
    frame: &'a Frame,
    projection: Projection,
}

/// Folds what the users of one partition did, whatever the policy.
#[derive(Debug)]
pub struct Crowd<'a> {
    frame: &'a Frame,
    crowd: projection::Crowd,
}

/// Folds which uses of one partition asked the IdP.
#[derive(Debug)]
pub struct Asked<'a> {
    frame: &'a Frame,
    asked: projection::Asked,
}

impl<'a> Foldings<'a> {
    /// Folds within `frame`.
    pub fn new(frame: &'a Frame) -> Self {
        Self { frame }
    }

    /// What a run of `policies` over whole users came to, by policy.
    pub fn projections(&self, folded: Folded<Self>, policies: &[Policy]) -> Vec<Projection> {
        let frame = self.frame;
        let folds = folded.folds.into_iter();
        let mut projections: Vec<Projection> =
            folds.map(|foldings| Folding::merged(frame, foldings)).collect();
        let mut crowd = projection::Crowd::new(0);
        folded.crowds.into_iter().for_each(|more| crowd.merge(more.crowd));
        let crowd = Arc::new(crowd);
        for group in folded.groups {
            let asked = group.asked.into_iter().map(|asked| asked.asked).reduce(|mut all, more| {
                all.merge(more);
                all
            });
            let Some(asked) = asked else { continue };
            let common = Common::new(frame, Arc::clone(&crowd), asked);
            for policy in group.members {
                let rest = match policies[policy].has_refresh_tokens() {
                    true => Outcome::Refresh,
                    false => Outcome::Silent,
                };
                projections[policy].complete(frame, &common, rest, &lifetimes(&policies[policy]));
            }
        }
        projections
    }
}

impl<'a> Folding<'a> {
    /// A fold that will meet this many users and agents.
    pub fn new(frame: &'a Frame, users: usize, agents: usize, arrival: Arrival) -> Self {
        Self { frame, projection: Projection::new(frame, users, agents, arrival) }
    }

    /// What the users of several partitions came to under one policy.
    pub fn merged(frame: &'a Frame, partitions: impl IntoIterator<Item = Self>) -> Projection {
        let mut merged = Projection::new(frame, 0, 0, Arrival::UserByUser);
        partitions.into_iter().for_each(|folding| merged.merge(folding.projection));
        merged
    }
}

impl Sink for Folding<'_> {
    #[inline(always)]
    fn record(&mut self, who: Who, order: Order, fact: &Fact) {
        self.projection.record(self.frame, subject(who), order.at, fact);
    }
}

impl Fold for Folding<'_> {
    type Note = Note;

    #[inline]
    fn valid(&mut self, who: Who, uses: &[Record]) {
        self.projection.valid(self.frame, subject(who), uses.len(), |place| uses[place].at());
    }

    #[inline]
    fn login(&mut self, who: Who, at: Instant, app: AppId, cause: LoginCause, note: Note) {
        self.projection.login(self.frame, subject(who), at, (app, cause), note);
    }

    #[inline]
    fn silent(&mut self, who: Who, note: Note) {
        self.projection.silent(subject(who), note);
    }

    #[inline]
    fn refused(&mut self, who: Who, note: Note) {
        self.projection.refused(subject(who), note);
    }

    #[inline]
    fn session(&mut self, who: Who, session: Session) {
        let Session { created, end, attended } = session;
        let session = WholeSession { created, end, attended };
        self.projection.session(self.frame, subject(who), session);
    }
}

impl simulation::Crowd for Crowd<'_> {
    #[inline]
    fn came(&mut self, who: Who, records: &[Record], others: impl Iterator<Item = usize>) {
        let mut start = 0;
        let ends = others.chain([records.len()]);
        for end in ends {
            let uses = records[start..end].iter().map(Record::at);
            self.crowd.came(self.frame, subject(who), uses);
            start = end + 1;
        }
    }
}

impl simulation::Asked for Asked<'_> {
    type Note = Note;

    #[inline]
    fn ask(&mut self, at: Instant, previous: Instant, slot: usize) -> Note {
        self.asked.ask(self.frame, at, previous, slot)
    }

    #[inline]
    fn asked_by(&mut self, who: Who) {
        self.asked.asked_by(who.user_place);
    }
}

impl<'a> Folds for Foldings<'a> {
    type Fold = Folding<'a>;
    type Crowd = Crowd<'a>;
    type Asked = Asked<'a>;

    fn fold(&self, users: usize, agents: usize) -> Folding<'a> {
        Folding::new(self.frame, users, agents, Arrival::UserByUser)
    }

    fn crowd(&self, users: usize) -> Crowd<'a> {
        Crowd { frame: self.frame, crowd: projection::Crowd::new(users) }
    }

    fn asked(&self, users: usize, slots: usize) -> Asked<'a> {
        Asked { frame: self.frame, asked: projection::Asked::new(self.frame, users, slots) }
    }
}

/// How long access tokens live, by slot; where they are drawn nothing is known apart.
fn lifetimes(policy: &Policy) -> Vec<Limit> {
    let tokens = policy.apps().iter().flat_map(|app| &app.tokens);
    tokens.map(|token| token.lifetime.choose(|| 0)).collect()
}

#[inline(always)]
fn subject(who: Who) -> Subject {
    Subject { agent: who.agent_place, user: who.user_place, user_number: who.user.index() }
}
