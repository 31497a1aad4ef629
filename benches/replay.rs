//! How fast users go through the model: uses per second by class of policy, one thread.
//!
//! Each bench prints a checksum of what it found out, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

#[path = "inputs/replay.rs"]
mod replay;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use replay::{Checksum, activity, policy, replay, scenario};

fn benches(criterion: &mut Criterion) {
    let scenario = scenario(2_000);
    let trace = activity(&scenario);
    let mut group = criterion.benchmark_group("replay");
    group.throughput(Throughput::Elements(trace.counts.records));
    group.sample_size(10);
    for spec in &scenario.policies {
        let policy = policy(&scenario, &spec.name);
        let Checksum(checksum) = replay(&trace, &policy, Checksum::default);
        println!("{}: {} records, checksum {checksum:016x}", spec.name, trace.counts.records);
        group.bench_with_input(
            BenchmarkId::from_parameter(&spec.name),
            &policy,
            |bench, policy| {
                bench.iter(|| replay(black_box(&trace), black_box(policy), Checksum::default).0);
            },
        );
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
