//! The gate: how many instructions the hot paths take, counted by valgrind, so that the figures
//! are the same on a busy machine and an idle one. `.ci/run` compares them with
//! `benches/instructions.json` by `cargo run --example bench -- gate`.
//!
//! To add one: a function with the attributes below, its name in the group at the end, and
//! `cargo run --example bench -- accept`. Its argument is made before counting begins, and what
//! it returns is dropped after counting ended.

#![allow(missing_docs, reason = "gungraun's macros make items without")]

#[path = "inputs/replay.rs"]
mod replay;
#[path = "inputs/sessions.rs"]
mod sessions;

use std::hint::black_box;
use std::io;

use gungraun::prelude::*;
use gungraun::{Callgrind, main};
use relogin::description::Description;
use relogin::event_log::{Encoding, End, Entry, Writer};
use relogin::input::Input;
use relogin::model::{AgentId, Fact, IdpSession, Instant, LoginCause, Policy, SessionCheck};
use relogin::projection::Projection;
use relogin::simulation::{Order, Sink, Who};
use relogin::trace::synthetic::{Generator, write_csv};
use relogin::trace::{Intake, ReadOptions, read};
use replay::{Gathered, activity, description, in_time_order, names, policy, population, scenario};
use sessions::{NOW, POLICY, sessions, shuffled};

const SESSIONS: usize = 1_000;
const USERS: u32 = 20;

#[library_benchmark]
#[bench::one(sessions(1)[0])]
fn session_check(session: IdpSession) -> SessionCheck {
    black_box(&POLICY).check(black_box(&session), black_box(NOW))
}

#[library_benchmark]
#[bench::of_1000(sessions(SESSIONS), shuffled(SESSIONS))]
fn session_check_random(sessions: Vec<IdpSession>, order: Vec<u32>) -> (impl Sized, i64) {
    let (policy, now) = (black_box(POLICY), black_box(NOW));
    let word = |check| match check {
        SessionCheck::Valid { expires_at } => expires_at.as_millis(),
        SessionCheck::Ended(cause) => cause as i64,
    };
    let words = order.iter().map(|&place| word(policy.check(&sessions[place as usize], now)));
    let sum = words.fold(0, i64::wrapping_add);
    ((sessions, order), sum)
}

#[library_benchmark]
#[bench::of_1000(sessions(SESSIONS), vec![SessionCheck::Ended(LoginCause::First); SESSIONS])]
fn session_check_batch(sessions: Vec<IdpSession>, mut checks: Vec<SessionCheck>) -> impl Sized {
    black_box(&POLICY).check_batch(&sessions, black_box(NOW), &mut checks);
    (sessions, checks)
}

#[library_benchmark]
#[bench::office_hours(csv(), Intake::new(names(&scenario(USERS))))]
fn trace_csv(csv: Input, mut intake: Intake) -> Intake {
    read(&mut intake, "trace.csv", csv, &ReadOptions::default()).expect("a good trace");
    intake
}

#[library_benchmark]
#[bench::office_hours(generator())]
fn synthetic_users(generator: Generator<'static>) -> (impl Sized, i64) {
    let mut sum = 0_i64;
    let taken: Result<(), ()> = generator.generate(&mut |activity| {
        sum = sum.wrapping_mul(31).wrapping_add(activity.at.as_millis());
        Ok(())
    });
    taken.expect("nothing refuses it");
    (generator, sum)
}

#[library_benchmark]
#[bench::session_only(run("session-only"))]
#[bench::refresh_tokens(run("refresh-tokens"))]
#[bench::timers(run("timers"))]
#[bench::app_session(run("app-session"))]
fn replay_policy(run: Run) -> (Run, impl Sized) {
    let projections = run.gathered.fold(&run.policies);
    (run, projections)
}

#[library_benchmark]
#[bench::session_only(folded("session-only"))]
fn tables((run, projection): (Run, Projection)) -> (Run, impl Sized) {
    let tables = run.gathered.tables(projection);
    (run, tables)
}

#[library_benchmark]
#[bench::csv(Log::of("refresh-tokens", "log.csv"))]
#[bench::json_lines(Log::of("refresh-tokens", "log.jsonl"))]
fn event_log_write(log: Log) -> Log {
    let mut writer = Writer::new(log.encoding, Box::new(io::sink()), &log.description)
        .expect("a description with clear names");
    let trace = &log.run.gathered.trace;
    for (at, agent, fact) in &log.facts {
        let user = trace.names.user_of(*agent);
        let entry = Entry {
            policy: 0,
            user: trace.names.user(user),
            device: trace.names.device(*agent),
            at: *at,
            fact,
        };
        writer.write(&entry).expect("a sink takes all");
    }
    writer.close(End::Complete, trace.last().expect("records")).expect("a sink takes all");
    log
}

fn generator() -> Generator<'static> {
    let scenario = Box::leak(Box::new(scenario(USERS)));
    Generator::new(population(scenario), scenario.seed).expect("a population")
}

fn csv() -> Input {
    let mut bytes = Vec::new();
    write_csv(&mut bytes, &generator()).expect("memory takes all");
    Input::File(Box::new(io::Cursor::new(bytes)))
}

struct Run {
    gathered: Gathered,
    policies: [Policy; 1],
}

fn run(policy_name: &str) -> Run {
    // Other threads would not be counted: this one is made the only worker.
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .expect("nothing asked for threads before");
    let scenario = scenario(USERS);
    let gathered = Gathered::new(&scenario, activity(&scenario), 1);
    Run { gathered, policies: [policy(&scenario, policy_name)] }
}

fn folded(policy_name: &str) -> (Run, Projection) {
    let run = run(policy_name);
    let projection = run.gathered.fold(&run.policies).remove(0);
    (run, projection)
}

/// Facts on their way to a log.
struct Log {
    encoding: Encoding,
    description: Description,
    run: Run,
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
    fn of(policy_name: &str, file: &str) -> Self {
        let run = run(policy_name);
        let Facts(facts) = in_time_order(&run.gathered.trace, &run.policies[0], Facts::default);
        let description = description(&scenario(USERS), &run.gathered.trace);
        let encoding = Encoding::from_path_ending(file).expect("a known ending");
        Self { encoding, description, run, facts }
    }
}

library_benchmark_group!(
    name = hot_paths,
    benchmarks = [
        session_check,
        session_check_random,
        session_check_batch,
        trace_csv,
        synthetic_users,
        replay_policy,
        tables,
        event_log_write,
    ]
);

main!(
    // Instructions alone are compared, so the caches need not be simulated.
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = hot_paths
);
