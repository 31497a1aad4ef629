//! Users through the model: records and timers of every agent, under every policy at once.
//!
//! Users are independent, so there is no global heap of events: each partition walks the records
//! of one user after the other ([`Share`]), and runs an agent's timers when that agent is next
//! looked at. Records come either in pieces of the time order, and then the state of every agent is
//! kept between them ([`Simulation`]), or as a whole ([`Users`]), and then only that of one user at
//! a time. What happened goes to [`Sink`]s, one for each partition and policy. Nothing is counted
//! here, nothing is read or written, and nothing can fail.
//!
//! One truth and a fast path beside it: `engine` drives the model, and can do everything. Where a
//! policy allows it ([`Plan`]) and a user does nothing but what is plain ([`PLAIN`]), `passes` finds the uses that
//! ask the IdP once for many policies (`asks`), and answers these for many policies at once
//! (`answers`).

mod answers;
mod asks;
mod division;
mod engine;
mod fold;
mod passes;
mod plan;
mod share;
mod users;

use rayon::prelude::*;

use crate::model::{AgentId, Instant, Policy, UserId};
use crate::trace::{Names, Record};

pub use division::Division;
use engine::{Engine, Keeps};
pub use fold::{Asked, Crowd, Fold, Folds, Order, Session, Sink};
pub use plan::{AccessTokens, PLAIN, Plan, Plans, Why};
use share::Room;
pub use share::Share;
pub use users::{AskingAlike, Folded, Users};

/// Who did something: ids of the whole run, and places within the partition that has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    /// The agent.
    pub agent: AgentId,
    /// Its user.
    pub user: UserId,
    /// The agent's place in its partition: dense from 0.
    pub agent_place: usize,
    /// The user's place in its partition: dense from 0.
    pub user_place: usize,
    /// The agent's number among its user's, in the order of their first appearance.
    pub ordinal: usize,
}

/// What every draw and lookup of a run needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Users and agents.
    pub names: &'a Names,
    /// The apps' names, by id.
    pub apps: &'a [String],
    /// The APIs' names, by id.
    pub apis: &'a [String],
    /// The seed of drawn lifetimes.
    pub seed: u64,
}

/// A run in time order, in progress.
#[derive(Debug)]
pub struct Simulation<'a, S> {
    setting: Setting<'a>,
    division: &'a Division,
    partitions: Vec<Partition<'a, S>>,
    records: u64,
}

/// The users that one thread looks after.
#[derive(Debug)]
struct Partition<'a, S> {
    number: usize,
    engines: Vec<Engine<'a, S>>,
    share: Share,
    room: Room,
}

impl<'a, S: Sink + Send> Simulation<'a, S> {
    /// A run of `policies` over pieces of the time order, whose facts go to sinks:
    /// `sink(users, agents)` makes one for each partition and policy, given how many it will meet.
    pub fn in_time_order(
        setting: Setting<'a>,
        policies: &'a [Policy],
        division: &'a Division,
        mut sink: impl FnMut(usize, usize) -> S,
    ) -> Self {
        let partitions = (0..division.partitions())
            .map(|number| {
                let (users, agents) = division.size(number);
                let mut engine =
                    |policy| Engine::new(policy, Keeps::EveryAgent, agents, sink(users, agents));
                let engines = policies.iter().map(&mut engine).collect();
                Partition { number, engines, share: Share::default(), room: Room::default() }
            })
            .collect();
        Self { setting, division, partitions, records: 0 }
    }

    /// Replays the next records, in time order.
    pub fn advance(&mut self, records: &[Record]) {
        let (setting, division, first) = (self.setting, self.division, self.records);
        self.partitions.par_iter_mut().for_each(|partition| {
            let Partition { number, engines, share, room } = partition;
            share.gather(records, division, *number);
            for user in 0..share.users() {
                let both = share.in_time_order(user, room);
                for engine in &mut *engines {
                    engine.replay(&setting, division, both, first);
                }
            }
        });
        self.records += records.len() as u64;
    }

    /// Runs every timer due at or before `until`: after it, nothing that happened by then is
    /// still to come.
    pub fn settle(&mut self, until: Instant) {
        let (setting, division) = (self.setting, self.division);
        self.partitions.par_iter_mut().for_each(|partition| {
            for engine in &mut partition.engines {
                if engine.has_timers() {
                    for &agent in division.agents(partition.number) {
                        engine.run_timers(&setting, division.who(agent), until);
                    }
                }
            }
        });
    }

    /// Every sink, with the number of its policy.
    pub fn sinks(&mut self) -> impl Iterator<Item = (usize, &mut S)> {
        self.partitions
            .iter_mut()
            .flat_map(|partition| partition.engines.iter_mut().enumerate())
            .map(|(policy, engine)| (policy, engine.sink_mut()))
    }

    /// The sinks of each policy, one for each partition.
    pub fn into_sinks(self) -> Vec<Vec<S>> {
        let mut by_policy: Vec<Vec<S>> = Vec::new();
        for partition in self.partitions {
            by_policy.resize_with(partition.engines.len(), Vec::new);
            for (sinks, engine) in by_policy.iter_mut().zip(partition.engines) {
                sinks.push(engine.into_sink());
            }
        }
        by_policy
    }
}
