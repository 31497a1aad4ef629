//! How fast users go through the model: uses per second by class of policy, one thread.
//!
//! Each bench prints a checksum of what it found out, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use relogin::model::{Fact, Policy};
use relogin::scenario::{Scenario, Source, compile, parse, vocabulary};
use relogin::simulation::{Division, Order, Setting, Simulation, Sink, Who};
use relogin::trace::synthetic::Generator;
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

/// Adds up what happened, order and all.
#[derive(Default)]
struct Checksum(u64);

impl Sink for Checksum {
    fn record(&mut self, who: Who, order: Order, fact: &Fact) {
        if let Fact::Access(access) = fact {
            let word = order.at.as_millis() as u64 ^ who.agent.index() as u64;
            self.0 = self.0.wrapping_mul(31).wrapping_add(word ^ access.outcome as u64);
        }
    }
}

fn activity(scenario: &Scenario, vocabulary: &Vocabulary) -> Trace {
    let Source::Synthetic(population) = &scenario.workload.source else { unreachable!() };
    let generator = Generator::new(population, scenario.seed).expect("a population");
    let mut intake = Intake::new(vocabulary.clone());
    generator.generate(&mut |activity| intake.take(activity)).expect("good activity");
    intake.finish().expect("in memory")
}

fn replay(trace: &Trace, vocabulary: &Vocabulary, policy: &Policy) -> u64 {
    let setting =
        Setting { names: &trace.names, apps: &vocabulary.apps, apis: &vocabulary.apis, seed: 1 };
    let division = Division::new(&trace.names, 1);
    let policies = std::slice::from_ref(policy);
    let mut simulation =
        Simulation::in_time_order(setting, policies, &division, |_, _| Checksum::default());
    for chunk in trace.chunks() {
        simulation.advance(&chunk.expect("in memory"));
    }
    simulation.into_sinks().iter().flatten().fold(0, |sum, sink| sum ^ sink.0)
}

fn benches(criterion: &mut Criterion) {
    let scenario = parse("bench", SCENARIO, &[]).expect("a scenario");
    let vocabulary = vocabulary(&scenario.policies, &scenario.workload);
    let trace = activity(&scenario, &vocabulary);
    let mut group = criterion.benchmark_group("replay");
    group.throughput(Throughput::Elements(trace.counts.records));
    group.sample_size(10);
    for spec in &scenario.policies {
        let policy = compile(spec, &vocabulary, &scenario.workload);
        let checksum = replay(&trace, &vocabulary, &policy);
        println!("{}: {} records, checksum {checksum:016x}", spec.name, trace.counts.records);
        group.bench_with_input(
            BenchmarkId::from_parameter(&spec.name),
            &policy,
            |bench, policy| {
                bench.iter(|| replay(black_box(&trace), &vocabulary, black_box(policy)));
            },
        );
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
