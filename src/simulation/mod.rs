//! Users through the model: records and timers of every agent, under every policy at once.
//!
//! Users are independent, so there is no global heap of events: each partition walks the records
//! of one user after the other ([`Share`]), and runs an agent's timers when that agent is next
//! looked at. Records come either in pieces of the time order, and then the state of every agent is
//! kept between them ([`Simulation::advance`]), or as a whole ([`Simulation::replay`]), and then
//! only that of one user at a time. What happened goes to [`Sink`]s, one for each partition and
//! policy. Nothing is counted here, nothing is read or written, and nothing can fail.

mod division;
mod engine;
mod passes;
mod plan;
mod share;

use std::ops::Range;

use rayon::prelude::*;

use crate::model::{AgentId, Fact, Instant, Policy, UserId};
use crate::trace::{Names, Record};

pub use division::Division;
use engine::{Engine, Keeps};
use passes::Passes;
pub use plan::{AccessTokens, Plan, Why};
pub use share::Share;

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

/// Takes what happened to whole users, and uses that found a good access token many at a time.
pub trait Fold: Sink {
    /// Takes uses of one agent that found a good access token, each less than a fact: nothing but
    /// the use happened.
    fn valid(&mut self, who: Who, uses: &[Record]);
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

/// A run in progress.
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
    passes: Passes,
    share: Share,
}

impl<'a, S: Sink + Send> Simulation<'a, S> {
    /// A run of `policies` over pieces of the time order, whose facts go to sinks:
    /// `sink(users, agents)` makes one for each partition and policy, given how many it will meet.
    pub fn in_time_order(
        setting: Setting<'a>,
        policies: &'a [Policy],
        division: &'a Division,
        sink: impl FnMut(usize, usize) -> S,
    ) -> Self {
        Self::new(setting, policies, division, Keeps::EveryAgent, sink)
    }

    fn new(
        setting: Setting<'a>,
        policies: &'a [Policy],
        division: &'a Division,
        keeps: Keeps,
        mut sink: impl FnMut(usize, usize) -> S,
    ) -> Self {
        let partitions = (0..division.partitions())
            .map(|number| {
                let (users, agents) = division.size(number);
                let kept = match keeps {
                    Keeps::EveryAgent => agents,
                    Keeps::OneUser => division.most_agents(),
                };
                let engine = |policy| Engine::new(policy, keeps, kept, sink(users, agents));
                let engines = policies.iter().map(engine).collect();
                let passes = Passes::new(policies);
                Partition { number, engines, passes, share: Share::default() }
            })
            .collect();
        Self { setting, division, partitions, records: 0 }
    }

    /// Replays the next records, in time order.
    pub fn advance(&mut self, records: &[Record]) {
        let (setting, division, first) = (self.setting, self.division, self.records);
        self.partitions.par_iter_mut().for_each(|partition| {
            let Partition { number, engines, share, .. } = partition;
            share.gather(records, division, *number);
            for user in 0..share.users() {
                for engine in &mut *engines {
                    engine.replay(&setting, division, share.user(user), first);
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

impl<'a, S: Fold + Send> Simulation<'a, S> {
    /// A run of `policies` over whole users.
    pub fn user_by_user(
        setting: Setting<'a>,
        policies: &'a [Policy],
        division: &'a Division,
        sink: impl FnMut(usize, usize) -> S,
    ) -> Self {
        Self::new(setting, policies, division, Keeps::OneUser, sink)
    }

    /// Replays all that the users at `range` of each share did, up to `horizon`, when the last
    /// timers run. The shares are those of this run's partitions, in their order.
    pub fn replay(&mut self, shares: &[Share], range: Range<usize>, horizon: Instant) {
        let (setting, division) = (self.setting, self.division);
        let both = self.partitions.par_iter_mut().zip(shares);
        both.for_each(|(partition, share)| {
            let Partition { engines, passes, .. } = partition;
            for user in range.start..range.end.min(share.users()) {
                passes.replay(engines, &setting, division, (share, user), horizon);
            }
        });
    }
}
