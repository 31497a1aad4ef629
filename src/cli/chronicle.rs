//! The facts of a run in one order, whatever thread they come from: what the event log holds.

use anyhow::Context;

use super::Failure;
use crate::event_log::{End, Entry, Writer};
use crate::experiment::Folding;
use crate::model::{AgentId, Fact, Instant};
use crate::simulation::{Order, Simulation, Sink, Who};
use crate::trace::Names;

/// Folds the facts of one partition and policy, and keeps them for the log where there is one.
#[derive(Debug)]
pub(super) struct Observer<'a> {
    folding: Folding<'a>,
    kept: Option<Vec<Kept>>,
}

/// A fact on its way to the log.
#[derive(Clone, Copy, Debug)]
struct Kept {
    order: Order,
    agent: AgentId,
    fact: Fact,
}

impl<'a> Observer<'a> {
    pub(super) fn new(folding: Folding<'a>, keeps: bool) -> Self {
        Self { folding, kept: keeps.then(Vec::new) }
    }

    pub(super) fn into_folding(self) -> Folding<'a> {
        self.folding
    }
}

impl Sink for Observer<'_> {
    fn record(&mut self, who: Who, order: Order, fact: &Fact) {
        self.folding.record(who, order, fact);
        if let Some(kept) = &mut self.kept {
            kept.push(Kept { order, agent: who.agent, fact: *fact });
        }
    }
}

/// Writes facts into an event log as soon as nothing earlier can come any more.
pub(super) struct Chronicle<'a> {
    writer: Writer,
    names: &'a Names,
    /// Facts that something might still come before.
    waiting: Vec<(Order, usize, Kept)>,
}

impl<'a> Chronicle<'a> {
    pub(super) fn new(writer: Writer, names: &'a Names) -> Self {
        Self { writer, names, waiting: Vec::new() }
    }

    /// Writes everything that happened before `until`. Timers due before have run.
    pub(super) fn write(
        &mut self,
        simulation: &mut Simulation<'_, Observer<'_>>,
        until: Instant,
    ) -> Result<(), Failure> {
        for (policy, observer) in simulation.sinks() {
            let kept = observer.kept.iter_mut().flat_map(|kept| kept.drain(..));
            self.waiting.extend(kept.map(|kept| (kept.order, policy, kept)));
        }
        // Stable: an agent's facts of one instant, and a revocation's of several, keep their order.
        self.waiting.sort_by_key(|(order, policy, _)| (*order, *policy));
        let ready = self.waiting.partition_point(|(order, ..)| order.at < until);
        for (order, policy, kept) in self.waiting.drain(..ready) {
            let user = self.names.user_of(kept.agent);
            self.writer
                .write(&Entry {
                    policy,
                    user: self.names.user(user),
                    device: self.names.device(kept.agent),
                    at: order.at,
                    fact: &kept.fact,
                })
                .context("cannot write the event log")?;
        }
        Ok(())
    }

    pub(super) fn close(self, end: End, horizon: Instant) -> Result<(), Failure> {
        Ok(self.writer.close(end, horizon).context("cannot write the event log")?)
    }
}
