//! What the simulator says will happen, in time order.

use crate::model::{AgentId, Fact, Instant, Policy, UserId};
use crate::simulation::{Division, Order, Setting, Simulation, Sink, Who};
use crate::trace::Record;

/// One predicted event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Predicted {
    /// When.
    pub at: Instant,
    /// Whose.
    pub agent: AgentId,
    /// The agent's user.
    pub user: UserId,
    /// What.
    pub fact: Fact,
}

/// A prediction in the making.
#[derive(Debug)]
pub struct Prediction<'a> {
    simulation: Simulation<'a, Kept>,
}

/// Facts of one partition, with where they stand in the order.
#[derive(Debug, Default)]
struct Kept(Vec<(Order, Predicted)>);

impl Sink for Kept {
    fn record(&mut self, who: Who, order: Order, fact: &Fact) {
        let predicted = Predicted { at: order.at, agent: who.agent, user: who.user, fact: *fact };
        self.0.push((order, predicted));
    }
}

impl<'a> Prediction<'a> {
    /// The prediction of one policy.
    pub fn new(setting: Setting<'a>, policy: &'a Policy, division: &'a Division) -> Self {
        let policies = std::slice::from_ref(policy);
        let sink = |_, _| Kept::default();
        Self { simulation: Simulation::in_time_order(setting, policies, division, sink) }
    }

    /// Replays the next records, in time order.
    pub fn advance(&mut self, records: &[Record]) {
        self.simulation.advance(records);
    }

    /// Every event up to `horizon`, the last record's instant.
    pub fn finish(mut self, horizon: Instant) -> Vec<Predicted> {
        self.simulation.settle(horizon);
        let sinks = self.simulation.into_sinks().into_iter().flatten();
        let mut facts: Vec<(Order, Predicted)> = sinks.flat_map(|kept| kept.0).collect();
        // Stable: an agent's facts of one instant keep their order.
        facts.sort_by_key(|(order, _)| *order);
        facts.into_iter().map(|(_, predicted)| predicted).collect()
    }
}
