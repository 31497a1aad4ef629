//! How fast users go through the model and every fold: uses per second by class of policy, one
//! thread.
//!
//! Each bench prints a checksum of what it found out, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

#[path = "inputs/replay.rs"]
mod replay;

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use relogin::model::Policy;
use relogin::scenario::Scenario;
use replay::{Gathered, activity, checksum, grid, grid_scenario, policy, scenario};

fn classes(criterion: &mut Criterion) {
    let scenario = scenario(users());
    in_group(criterion, "replay", &scenario, |group, gathered| {
        for spec in &scenario.policies {
            let id = BenchmarkId::from_parameter(&spec.name);
            measure(group, id, gathered, &[policy(&scenario, &spec.name)]);
        }
    });
}

/// How much more many policies cost than one.
fn grids(criterion: &mut Criterion) {
    let scenario = grid_scenario(users());
    in_group(criterion, "grid", &scenario, |group, gathered| {
        for name in ["silent", "limits"] {
            measure(group, BenchmarkId::new(name, 1), gathered, &[policy(&scenario, name)]);
            for width in [4, 16] {
                let policies = grid(&scenario, name, width, width);
                measure(group, BenchmarkId::new(name, policies.len()), gathered, &policies);
            }
        }
    });
}

/// Cargo's test command does not say `--bench`, and only looks whether all of this works.
fn users() -> u32 {
    if std::env::args().any(|word| word == "--bench") { 2_000 } else { 20 }
}

fn in_group(
    criterion: &mut Criterion,
    name: &str,
    scenario: &Scenario,
    measure: impl FnOnce(&mut BenchmarkGroup<'_, WallTime>, &Gathered),
) {
    let gathered = Gathered::new(scenario, activity(scenario), 1);
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(gathered.trace.counts.records));
    group.sample_size(10);
    measure(&mut group, &gathered);
    group.finish();
}

fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    gathered: &Gathered,
    policies: &[Policy],
) {
    let sum = checksum(&gathered.replay(policies));
    let (records, count) = (gathered.trace.counts.records, policies.len());
    println!("{records} records, {count} policies, checksum {sum:016x}");
    group.bench_function(id, |bench| {
        bench.iter(|| black_box(gathered).replay(black_box(policies)));
    });
}

criterion_group!(all, classes, grids);
criterion_main!(all);
