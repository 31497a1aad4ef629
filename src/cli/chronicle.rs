//! The facts of a run in one order, whatever thread they come from: what the event log holds.

use anyhow::Context;

use super::Failure;
use crate::event_log::{End, Entry, Writer};
use crate::model::{AgentId, Fact, Instant};
use crate::projection::{Frame, Projection, Subject};
use crate::simulation::{Order, Simulation, Sink, Who};
use crate::trace::Names;

/// Takes the facts of one partition and policy: folds them, and keeps them for the log where
/// there is one.
#[derive(Debug)]
pub(super) struct Observer<'a> {
    frame: &'a Frame,
    projection: Projection,
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
    pub(super) fn new(frame: &'a Frame, users: usize, agents: usize, keeps: bool) -> Self {
        let kept = keeps.then(Vec::new);
        Self { frame, projection: Projection::new(frame, users, agents), kept }
    }

    pub(super) fn into_projection(self) -> Projection {
        self.projection
    }
}

impl Sink for Observer<'_> {
    #[inline(always)]
    fn record(&mut self, who: Who, order: Order, fact: &Fact) {
        let subject =
            Subject { agent: who.agent_place, user: who.user_place, user_number: who.user.index() };
        self.projection.record(self.frame, subject, order.at, fact);
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
