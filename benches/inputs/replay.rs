//! A run to replay: office workers of two weeks, four classes of policy, and one thread.

use relogin::model::{Fact, Policy};
use relogin::scenario::{Scenario, Source, compile, parse, vocabulary};
use relogin::simulation::{Division, Order, Setting, Simulation, Sink, Who};
use relogin::trace::synthetic::{Generator, Population};
use relogin::trace::{Intake, Trace, Vocabulary};

const SCENARIO: &str = r#"
[workload]
users = 2000
span = "2w"
stay_open = "10m"
[[workload.class]]
name = "office"
pattern = "office-hours"

[[policy]]
name = "session-only"
session = { idle_timeout = "30m", absolute_timeout = "8h" }
api.backend.access_token_lifetime = "15m"
app.web = {}

[[policy]]
name = "refresh-tokens"
session = { idle_timeout = "30m", absolute_timeout = "8h" }
api.backend.access_token_lifetime = "15m"
app.web.refresh_token = { idle_lifetime = "2h", absolute_lifetime = "10h" }

[[policy]]
name = "timers"
session = { idle_timeout = "30m", absolute_timeout = "8h", slides_on = ["login", "silent", "refresh"] }
api.backend.access_token_lifetime = "15m"
app.web = { refresh_token = { idle_lifetime = "2h" }, renew = "while_open", renew_ahead = "1m", keep_alive = "20m" }

[[policy]]
name = "app-session"
session = { idle_timeout = "30m", absolute_timeout = "8h" }
api.backend.access_token_lifetime = "15m"
app.web.session = { idle_timeout = "20m", absolute_timeout = "4h" }
"#;

/// The scenario with as many users.
pub(crate) fn scenario(users: u32) -> Scenario {
    let text = SCENARIO.replace("users = 2000", &format!("users = {users}"));
    parse("bench", &text, &[]).expect("a scenario")
}

/// The names that its records may use.
pub(crate) fn names(scenario: &Scenario) -> Vocabulary {
    vocabulary(&scenario.policies, &scenario.workload)
}

/// Its users.
pub(crate) fn population(scenario: &Scenario) -> &Population {
    let Source::Synthetic(population) = &scenario.workload.source else { unreachable!() };
    population
}

/// What its users do.
pub(crate) fn activity(scenario: &Scenario) -> Trace {
    let generator = Generator::new(population(scenario), scenario.seed).expect("a population");
    let mut intake = Intake::new(names(scenario));
    generator.generate(&mut |activity| intake.take(activity)).expect("good activity");
    intake.finish().expect("in memory")
}

/// Its policy of that name.
pub(crate) fn policy(scenario: &Scenario, name: &str) -> Policy {
    let spec = scenario.policies.iter().find(|spec| spec.name == name).expect("it has it");
    compile(spec, &names(scenario), &scenario.workload)
}

/// Replays a trace under a policy and returns what the sink took.
pub(crate) fn replay<S: Sink + Send>(trace: &Trace, policy: &Policy, sink: impl Fn() -> S) -> S {
    let vocabulary = &trace.vocabulary;
    let setting =
        Setting { names: &trace.names, apps: &vocabulary.apps, apis: &vocabulary.apis, seed: 1 };
    let division = Division::new(&trace.names, 1);
    let policies = std::slice::from_ref(policy);
    let mut simulation = Simulation::in_time_order(setting, policies, &division, |_, _| sink());
    for chunk in trace.chunks() {
        simulation.advance(&chunk.expect("in memory"));
    }
    simulation.into_sinks().into_iter().flatten().next().expect("one policy, one partition")
}

/// Adds up what happened, order and all.
#[derive(Default)]
pub(crate) struct Checksum(pub(crate) u64);

impl Sink for Checksum {
    fn record(&mut self, who: Who, order: Order, fact: &Fact) {
        if let Fact::Access(access) = fact {
            let word = order.at.as_millis() as u64 ^ who.agent.index() as u64;
            self.0 = self.0.wrapping_mul(31).wrapping_add(word ^ access.outcome as u64);
        }
    }
}
