//! Users through the model: records and timers of every agent, under every policy at once.
//!
//! Users are independent, so there is no global heap of events: each partition of users walks the
//! records in time order and runs an agent's timers when that agent is next looked at. What
//! happened goes to [`Sink`]s, one for each partition and policy. Nothing is counted here, nothing
//! is read or written, and nothing can fail.

mod division;
mod engine;

use rayon::prelude::*;

use crate::model::{AgentId, Fact, Instant, Policy, UserId};
use crate::trace::{Names, Record};

pub use division::Division;
use engine::Engine;

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
}

/// Where a fact stands in the order of a run: by instant, timers before records, timers by agent
/// and records by their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    /// When it happened.
    pub at: Instant,
    /// A record brought it about, not a timer.
    pub by_record: bool,
    /// The record's number, or the agent's of a timer.
    pub number: u64,
}

/// Takes what happened to the agents of one partition under one policy: each agent's facts in
/// their order, agents interleaved.
pub trait Sink {
    /// Takes one fact.
    fn record(&mut self, who: Who, order: Order, fact: &Fact);
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
}

impl<'a, S: Sink + Send> Simulation<'a, S> {
    /// A run of `policies` whose facts go to sinks: `sink(users, agents)` makes one for each
    /// partition and policy, given how many it will meet.
    pub fn new(
        setting: Setting<'a>,
        policies: &'a [Policy],
        division: &'a Division,
        mut sink: impl FnMut(usize, usize) -> S,
    ) -> Self {
        let partitions = (0..division.partitions())
            .map(|number| {
                let (users, agents) = division.size(number);
                let engine = |policy| Engine::new(policy, agents, sink(users, agents));
                Partition { number, engines: policies.iter().map(engine).collect() }
            })
            .collect();
        Self { setting, division, partitions, records: 0 }
    }

    /// Replays the next records, in time order.
    pub fn advance(&mut self, records: &[Record]) {
        let (setting, division, first) = (self.setting, self.division, self.records);
        self.partitions.par_iter_mut().for_each(|partition| {
            for engine in &mut partition.engines {
                for (number, record) in (first..).zip(records) {
                    if division.partition_of(setting.names.user_of(record.agent()))
                        == partition.number
                    {
                        engine.replay(&setting, division, record, number);
                    }
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
                        engine.run_timers(&setting, division.who(setting.names, agent), until);
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
