//! The gate: how many instructions the hot paths take, counted by valgrind, so that the figures
//! are the same on a busy machine and an idle one. `.ci/run` compares them with
//! `benches/instructions.json` by `cargo run --example bench -- gate`.
//!
//! To add one: a function with the attributes below, its name in the group at the end, and
//! `cargo run --example bench -- accept`. Its argument is made before counting begins, and what
//! it returns is dropped after counting ended.

#![allow(missing_docs, reason = "gungraun's macros make items without")]

#[path = "inputs/event_log.rs"]
mod event_log;
#[path = "inputs/replay.rs"]
mod replay;
#[path = "inputs/sessions.rs"]
mod sessions;

use std::hint::black_box;
use std::io;

use event_log::Log;
use gungraun::prelude::*;
use gungraun::{Callgrind, main};
use relogin::input::Input;
use relogin::model::{IdpSession, LoginCause, Policy, SessionCheck};
use relogin::projection::Projection;
use relogin::trace::synthetic::{Generator, write_csv};
use relogin::trace::{Intake, ReadOptions, read};
use replay::{Gathered, activity, grid, grid_scenario, names, policy, population, scenario};
use sessions::{NOW, POLICY, sessions, shuffled};

const SESSIONS: usize = 1_000;
const USERS: u32 = 20;
/// So many that what each use costs outweighs what a run costs in any case.
const REPLAYED: u32 = 200;

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
#[bench::grid_silent(grid_run("silent"))]
#[bench::grid_limits(grid_run("limits"))]
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
#[bench::csv(Log::of("refresh-tokens", USERS), "log.csv")]
#[bench::json_lines(Log::of("refresh-tokens", USERS), "log.jsonl")]
fn event_log_write(log: Log, file: &str) -> Log {
    log.write(file, io::sink());
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
    policies: Vec<Policy>,
}

fn run(policy_name: &str) -> Run {
    one_thread();
    let scenario = scenario(REPLAYED);
    let gathered = Gathered::new(&scenario, activity(&scenario), 1);
    Run { gathered, policies: vec![policy(&scenario, policy_name)] }
}

/// Policies that go through the lanes together: more than one vector, and not all lanes full.
fn grid_run(policy_name: &str) -> Run {
    one_thread();
    let scenario = grid_scenario(USERS);
    let gathered = Gathered::new(&scenario, activity(&scenario), 1);
    Run { gathered, policies: grid(&scenario, policy_name, 4, 3) }
}

fn one_thread() {
    // Other threads would not be counted: this one is made the only worker.
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .expect("nothing asked for threads before");
}

fn folded(policy_name: &str) -> (Run, Projection) {
    let run = run(policy_name);
    let projection = run.gathered.fold(&run.policies).remove(0);
    (run, projection)
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
