//! How fast users' activity is made up: steps per second by pattern, one thread; and how fast it
//! is taken in as a trace.
//!
//! Each bench prints a checksum of what was made up, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

#[path = "inputs/generation.rs"]
mod generation;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use generation::{population, sum_up, take_in};
use relogin::trace::synthetic::Generator;
use relogin::trace::synthetic::patterns::PATTERNS;

fn benches(criterion: &mut Criterion) {
    // `cargo test` runs one pass, which takes few users.
    let is_measured = std::env::args().any(|argument| argument == "--bench");
    let users = if is_measured { 20_000 } else { 20 };
    for pattern in PATTERNS {
        let population = population(pattern, users);
        let generator = Generator::new(&population, 42).expect("a population");
        let (steps, checksum) = sum_up(&generator);
        println!("{}: {steps} steps, checksum {checksum:016x}", pattern.name);
        let mut group = criterion.benchmark_group(pattern.name);
        group.throughput(Throughput::Elements(steps));
        group.sample_size(10);
        group.bench_function("make up", |bench| bench.iter(|| sum_up(black_box(&generator))));
        group.bench_function("take in", |bench| bench.iter(|| take_in(black_box(&generator))));
        group.finish();
    }
}

criterion_group!(all, benches);
criterion_main!(all);
