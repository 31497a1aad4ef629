//! Made-up activity straight into an intake.

use super::Generator;
use super::generator::Plan;
use crate::model::AgentId;
use crate::trace::intake;
use crate::trace::{Intake, TraceError};

/// The ids of a class's words, each looked up when it is first needed: ids count by first
/// appearance, and a word that is never used need not be known.
struct Ids {
    deeds: Vec<Option<intake::Deed>>,
    /// Of the user at hand, by device.
    agents: Vec<Option<AgentId>>,
}

impl Generator<'_> {
    /// Takes all activity into `intake`: the same trace as taking in what
    /// [`Generator::generate`] pushes, but names are looked up once for each user, not once for
    /// each use. Calls `each` after every user.
    ///
    /// # Errors
    /// The first of the intake's.
    pub fn take_in(&self, intake: &mut Intake, each: &mut dyn FnMut()) -> Result<(), TraceError> {
        for (plan, size) in self.plans() {
            let devices = plan.class.devices.len().max(1);
            let mut ids = Ids { deeds: vec![None; plan.deeds.len()], agents: vec![None; devices] };
            for number in 1..=size {
                ids.take_user_in(intake, plan, number)?;
                each();
            }
        }
        Ok(())
    }
}

impl Ids {
    fn take_user_in(
        &mut self,
        intake: &mut Intake,
        plan: &Plan<'_>,
        number: u64,
    ) -> Result<(), TraceError> {
        self.agents.fill(None);
        let mut user = plan.user(number);
        let name = user.name();
        while let Some(made) = user.advance() {
            let deed = &mut self.deeds[made.deed as usize];
            let deed = match *deed {
                Some(known) => known,
                None => {
                    let words = plan.deeds[made.deed as usize];
                    *deed.insert(intake.deed(words.app, words.api, words.action)?)
                }
            };
            let agent = &mut self.agents[made.device as usize];
            let agent = match *agent {
                Some(known) => known,
                None => *agent.insert(intake.agent(&name, plan.device(made.device))?),
            };
            intake.act(made.at, agent, deed)?;
        }
        Ok(())
    }
}
