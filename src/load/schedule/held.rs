//! A constant arrival rate with the mix of a predicted peak.

use std::time::Duration;

use super::Action;
use crate::load::{Kind, LoadError};
use crate::seed::Key;

/// How arrivals of a constant rate are apart from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Independent of each other, as those of many people are: a Poisson process.
    Poisson,
    /// All alike.
    Even,
}

/// Actions like those of a sample, each by the virtual user that waited longest.
#[derive(Clone, Debug)]
pub struct Mix {
    /// What is asked, each as likely as it is often here; the user is left open.
    sample: Vec<Action>,
    /// By app: the first of its virtual users, and how many it has.
    users: Vec<(usize, usize)>,
}

impl Mix {
    /// The mix of `sample` for `users` virtual users, of whom every app of the sample gets as many
    /// as its part of the sample, and at least one.
    ///
    /// # Errors
    /// If the sample is empty.
    pub fn of(sample: &[Action], users: usize) -> Result<Self, LoadError> {
        let apps = sample.iter().map(|action| action.app().index() + 1).max();
        let apps = apps.ok_or(LoadError::Nothing)?;
        let mut parts = vec![(0, 0); apps];
        let mut first = 0;
        for (app, part) in parts.iter_mut().enumerate() {
            let own = sample.iter().filter(|action| action.app().index() == app).count();
            if own > 0 {
                let share = (own as f64 / sample.len() as f64 * users as f64).round() as usize;
                *part = (first, share.max(1));
                first += share.max(1);
            }
        }
        let sample = sample.iter().map(|action| action.in_fresh_browser()).collect();
        Ok(Self { sample, users: parts })
    }

    /// How many virtual users a thread has.
    pub fn users(&self) -> usize {
        self.users.iter().map(|(_, count)| count).sum()
    }

    /// The share of actions that are of `kind`.
    pub fn share(&self, kind: Kind) -> f64 {
        let own = self.sample.iter().filter(|action| action.kind() == kind).count();
        own as f64 / self.sample.len() as f64
    }

    /// The virtual users of each app of the mix with an action of it, and whether they need
    /// tokens before they begin.
    pub fn apps(&self) -> impl Iterator<Item = (std::ops::Range<usize>, Action, bool)> + '_ {
        let all = self.users.iter().enumerate().filter(|(_, (_, count))| *count > 0);
        all.filter_map(|(app, (first, count))| {
            let mut own = self.sample.iter().filter(|action| action.app().index() == app);
            let action = *own.clone().next()?;
            let needs = own.any(|action| !matches!(action.kind(), Kind::Login | Kind::Failed));
            Some((*first..first + count, action, needs))
        })
    }
}

/// Which of the threads that share a rate evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 0.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

/// Arrivals at a constant rate: an open model, which knows nothing of answers.
#[derive(Clone, Debug)]
pub struct Held {
    mix: Mix,
    part: Part,
    spacing: Spacing,
    /// Mean microseconds between two arrivals.
    gap: f64,
    /// Microseconds after the begin where it ends.
    end: f64,
    /// The next arrival.
    next: f64,
    /// How many there were.
    count: u64,
    /// By app: how many actions its users got.
    turns: Vec<usize>,
    draws: Key,
}

impl Held {
    /// One thread's part of `rate` arrivals a second for `length`, drawn with `seed`, by users of
    /// its own: `mix` is of as many as the thread has.
    pub fn new(
        mix: Mix,
        rate: f64,
        length: Duration,
        spacing: Spacing,
        seed: u64,
        part: Part,
    ) -> Self {
        let turns = vec![0; mix.users.len()];
        let draws = Key::new(seed, "held_load").with(&part.number.to_string());
        let (gap, end) = (1e6 * part.of as f64 / rate, length.as_secs_f64() * 1e6);
        let mut held = Self { mix, part, spacing, gap, end, next: 0.0, count: 0, turns, draws };
        held.next = match spacing {
            Spacing::Poisson => held.wait(),
            // Threads take turns.
            Spacing::Even => held.at(0),
        };
        held
    }

    /// When the evenly spaced arrival of that number is: not summed up, so that no error is either.
    fn at(&self, number: u64) -> f64 {
        (number as f64 + self.part.number as f64 / self.part.of as f64) * self.gap
    }

    /// The time from one arrival to the next.
    fn wait(&self) -> f64 {
        match self.spacing {
            Spacing::Even => self.gap,
            // The inverse of the exponential distribution's tail; never the logarithm of zero.
            Spacing::Poisson => -libm::log(self.draw(0)) * self.gap,
        }
    }

    /// A number above 0 and at most 1, keyed by the arrival's number.
    fn draw(&self, purpose: u64) -> f64 {
        let bits = self.draws.bits(self.count << 1 | purpose);
        ((bits >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }
}

impl Iterator for Held {
    type Item = Action;

    fn next(&mut self) -> Option<Action> {
        if self.next >= self.end {
            return None;
        }
        let sample = &self.mix.sample;
        let drawn = ((1.0 - self.draw(1)) * sample.len() as f64) as usize;
        let action = sample[drawn.min(sample.len() - 1)];
        let app = action.app().index();
        let (first, count) = self.mix.users[app];
        let user = first + self.turns[app] % count;
        self.turns[app] += 1;
        let offset = self.next;
        self.count += 1;
        self.next = match self.spacing {
            Spacing::Even => self.at(self.count),
            Spacing::Poisson => offset + self.wait(),
        };
        let user = user * self.part.of + self.part.number;
        Some(action.at(offset.round() as u64).by(user))
    }
}
