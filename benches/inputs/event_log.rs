//! An event log to write: the facts of a run, in their order.

use std::io;

use relogin::description::Description;
use relogin::event_log::{Encoding, End, Entry, Writer};
use relogin::model::{AgentId, Fact, Instant};
use relogin::simulation::{Order, Sink, Who};
use relogin::trace::Trace;

use crate::replay::{activity, description, in_time_order, policy, scenario};

/// Facts on their way to a log.
pub(crate) struct Log {
    trace: Trace,
    description: Description,
    facts: Vec<(Instant, AgentId, Fact)>,
}

#[derive(Default)]
struct Facts(Vec<(Instant, AgentId, Fact)>);

impl Sink for Facts {
    fn record(&mut self, who: Who, order: Order, fact: &Fact) {
        self.0.push((order.at, who.agent, *fact));
    }
}

impl Log {
    /// What so many users come to under a policy of the scenario.
    pub(crate) fn of(policy_name: &str, users: u32) -> Self {
        let scenario = scenario(users);
        let trace = activity(&scenario);
        let policy = policy(&scenario, policy_name);
        let Facts(facts) = in_time_order(&trace, &policy, Facts::default);
        let description = description(&scenario, &trace);
        Self { trace, description, facts }
    }

    /// How many events it will have.
    #[allow(dead_code, reason = "each bench takes what it needs")]
    pub(crate) fn events(&self) -> usize {
        self.facts.len()
    }

    /// Writes all of it, encoded as the ending of `file` says.
    pub(crate) fn write(&self, file: &str, to: impl io::Write + Send + 'static) {
        let encoding = Encoding::from_path_ending(file).expect("a known ending");
        let mut writer = Writer::new(encoding, Box::new(to), &self.description)
            .expect("a description with clear names");
        for (at, agent, fact) in &self.facts {
            let user = self.trace.names.user_of(*agent);
            let entry = Entry {
                policy: 0,
                user: self.trace.names.user(user),
                device: self.trace.names.device(*agent),
                at: *at,
                fact,
            };
            writer.write(&entry).expect("a sink takes all");
        }
        writer.close(End::Complete, self.trace.last().expect("records")).expect("a sink takes all");
    }
}
