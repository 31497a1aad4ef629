//! What policies have in common: folded once, and added to each at the end.

use std::sync::Arc;

use super::delayed::Delayed;
use super::load::{Peak, gathered, second};
use super::people::Days;
use super::series::Series;
use super::{Arrival, Frame, Subject};
use crate::model::Instant;

/// What the users of a partition did, whatever the policy.
#[derive(Clone, Debug)]
pub struct Crowd {
    pub(super) days: Days,
    /// Counted uses.
    pub(super) uses: u64,
}

/// Which uses asked the IdP, under policies with access tokens that live equally long.
#[derive(Clone, Debug)]
pub struct Asked {
    by_second: Delayed,
    /// By slot: how many counted uses needed a new token.
    by_slot: Vec<u64>,
    /// By user.
    by_user: Vec<u32>,
    /// Counted uses of the agent at hand.
    latest: u32,
}

/// What each of these policies wants to know of a use that asks.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    /// Its second since the epoch.
    pub(super) second: i64,
    pub(super) is_counted: bool,
    /// Its agent was in the middle of something.
    pub(super) is_mid_task: bool,
}

/// All that asked, as it is added to the policies.
#[derive(Clone, Debug)]
pub(super) struct AllAsked {
    pub(super) uses: u64,
    pub(super) by_slot: Vec<u64>,
    pub(super) by_user: Vec<u32>,
    pub(super) by_second: Series,
    /// Ascending, those that are not empty.
    pub(super) by_minute: Vec<(i64, i64)>,
    /// The same.
    pub(super) by_grain: Vec<(i64, i64)>,
    pub(super) peak_second: Peak,
    pub(super) peak_minute: Peak,
}

/// What a policy has in common with others, to be added to its own folds.
#[derive(Clone, Debug)]
pub struct Common {
    pub(super) crowd: Arc<Crowd>,
    pub(super) asked: Arc<AllAsked>,
}

impl Crowd {
    /// One that will meet this many users.
    pub fn new(users: usize) -> Self {
        Self { days: Days::new(users, Arrival::UserByUser), uses: 0 }
    }

    /// An agent of a user had uses, ascending. A user's agents come one after the other.
    #[inline]
    pub fn came(
        &mut self,
        frame: &Frame,
        subject: Subject,
        uses: impl ExactSizeIterator<Item = Instant> + Clone,
    ) {
        let before = uses.clone().take_while(|at| *at < frame.counted_from).count();
        self.uses += (uses.len() - before) as u64;
        self.days.came(frame, subject, uses.skip(before));
    }

    /// Adds what other users did.
    pub fn merge(&mut self, other: Self) {
        self.uses += other.uses;
        self.days.merge(other.days);
    }
}

impl Asked {
    /// For so many users, and access tokens in so many slots.
    pub fn new(frame: &Frame, users: usize, slots: usize) -> Self {
        let (first, last) = (frame.counted_from.as_millis(), frame.horizon.as_millis());
        Self {
            by_second: Delayed::new(second(first), second(last)),
            by_slot: vec![0; slots],
            by_user: vec![0; users],
            latest: 0,
        }
    }

    /// A use at `at` asked, for the token in `slot`; its agent's use before was at `previous`.
    #[inline]
    pub fn ask(&mut self, frame: &Frame, at: Instant, previous: Instant, slot: usize) -> Note {
        let is_counted = at >= frame.counted_from;
        let second = second(at.as_millis());
        if is_counted {
            self.by_slot[slot] += 1;
            self.latest += 1;
            self.by_second.add(second);
        }
        Note { second, is_counted, is_mid_task: (at - previous).as_millis() < frame.task_gap }
    }

    /// The uses since the last call were all that an agent of the user at that place asked.
    #[inline]
    pub fn asked_by(&mut self, user: usize) {
        self.by_user[user] += std::mem::take(&mut self.latest);
    }

    /// Adds what other users asked.
    pub fn merge(&mut self, other: Self) {
        self.by_user.extend(other.by_user);
        self.by_second.merge(other.by_second);
        for (own, more) in self.by_slot.iter_mut().zip(other.by_slot) {
            *own += more;
        }
    }

    fn all(mut self, frame: &Frame) -> AllAsked {
        let mut by_second = std::mem::take(self.by_second.series());
        let by_minute = by_second.by_stretch(60);
        let by_grain = match frame.grain / 60_000 {
            0 => by_second.entries(),
            // A grain that is no second is a bucket: whole minutes.
            minutes => gathered(by_minute.iter().copied(), |minute| minute.div_euclid(minutes)),
        };
        let peak_second = by_second.peak();
        by_second.settle();
        AllAsked {
            uses: self.by_slot.iter().sum(),
            by_slot: self.by_slot,
            by_user: self.by_user,
            peak_minute: Peak::of(by_minute.iter().copied()),
            by_second,
            by_minute,
            by_grain,
            peak_second,
        }
    }
}

impl Common {
    /// What several policies have in common.
    pub fn new(frame: &Frame, crowd: Arc<Crowd>, asked: Asked) -> Self {
        Self { crowd, asked: Arc::new(asked.all(frame)) }
    }
}
