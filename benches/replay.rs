//! How fast users go through the model and every fold: uses per second by class of policy, one
//! thread.
//!
//! Each bench prints a checksum of what it found out, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

#[path = "inputs/replay.rs"]
mod replay;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use replay::{Gathered, activity, checksum, grid, grid_scenario, policy, scenario};

fn benches(criterion: &mut Criterion) {
    let scenario = scenario(2_000);
    let trace = activity(&scenario);
    let gathered = Gathered::new(&scenario, trace, 1);
    let records = gathered.trace.counts.records;
    let mut group = criterion.benchmark_group("replay");
    group.throughput(Throughput::Elements(records));
    group.sample_size(10);
    for spec in &scenario.policies {
        let policies = [policy(&scenario, &spec.name)];
        let sum = checksum(&gathered.replay(&policies));
        println!("{}: {records} records, checksum {sum:016x}", spec.name);
        group.bench_with_input(
            BenchmarkId::from_parameter(&spec.name),
            &policies,
            |bench, policies| {
                bench.iter(|| black_box(&gathered).replay(black_box(policies)));
            },
        );
    }
    group.finish();
}

/// How much more many policies cost than one.
fn grids(criterion: &mut Criterion) {
    let scenario = grid_scenario(2_000);
    let trace = activity(&scenario);
    let gathered = Gathered::new(&scenario, trace, 1);
    let records = gathered.trace.counts.records;
    let mut group = criterion.benchmark_group("grid");
    group.throughput(Throughput::Elements(records));
    group.sample_size(10);
    for name in ["silent", "limits"] {
        for (idle, absolute) in [(1, 1), (4, 4), (16, 16)] {
            let policies = match idle * absolute {
                1 => vec![policy(&scenario, name)],
                _ => grid(&scenario, name, idle, absolute),
            };
            let (count, sum) = (policies.len(), checksum(&gathered.replay(&policies)));
            println!("{name}, {count} policies: {records} records, checksum {sum:016x}");
            group.bench_with_input(BenchmarkId::new(name, count), &policies, |bench, policies| {
                bench.iter(|| black_box(&gathered).replay(black_box(policies)));
            });
        }
    }
    group.finish();
}

criterion_group!(all, benches, grids);
criterion_main!(all);
