//! Policies tried on activity: the simulation's facts, folded into what is reported.
//!
//! Here the two meet that know nothing of each other: [`simulation`](crate::simulation) tells what
//! happens, [`projection`](crate::projection) counts it. No rule of either is here, and nothing is
//! read, written or shown.

use crate::model::Fact;
use crate::projection::{Frame, Projection, Subject};
use crate::simulation::{Fold, Order, Sink, Who};
use crate::trace::Record;

/// Folds the facts of one partition under one policy.
#[derive(Debug)]
pub struct Folding<'a> {
    frame: &'a Frame,
    projection: Projection,
}

impl<'a> Folding<'a> {
    /// A fold that will meet this many users and agents.
    pub fn new(frame: &'a Frame, users: usize, agents: usize) -> Self {
        Self { frame, projection: Projection::new(frame, users, agents) }
    }

    /// What the users of several partitions came to under one policy.
    pub fn merged(frame: &'a Frame, partitions: impl IntoIterator<Item = Self>) -> Projection {
        let mut merged = Projection::new(frame, 0, 0);
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
    #[inline]
    fn valid(&mut self, who: Who, uses: &[Record]) {
        self.projection.valid(self.frame, subject(who), uses.len(), |place| uses[place].at());
    }
}

#[inline(always)]
fn subject(who: Who) -> Subject {
    Subject { agent: who.agent_place, user: who.user_place, user_number: who.user.index() }
}
