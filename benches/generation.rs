//! How fast users' activity is made up: steps per second by pattern, one thread; and how fast it
//! is taken in as a trace.
//!
//! Each bench prints a checksum of what was made up, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

use std::convert::Infallible;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use relogin::model::{Instant, Span};
use relogin::trace::synthetic::patterns::{PATTERNS, Pattern};
use relogin::trace::synthetic::{Generator, Population};
use relogin::trace::{Intake, Vocabulary};

/// Two weeks from Monday 2026-01-05 on. `cargo test` runs one pass, which takes few users.
fn population(pattern: &Pattern) -> Population {
    let is_measured = std::env::args().any(|argument| argument == "--bench");
    Population {
        users: if is_measured { 20_000 } else { 20 },
        start: Instant::from_millis(1_767_571_200_000),
        span: Span::from_days(14),
        classes: vec![(pattern.class)()],
    }
}

/// How many steps there are, and a checksum of them all, order and all.
fn sum_up(generator: &Generator<'_>) -> (u64, u64) {
    let (mut steps, mut sum) = (0, 0_u64);
    let Ok(()) = generator.generate(&mut |activity| {
        steps += 1;
        let word = activity.at.as_millis() as u64 ^ activity.action as u64;
        sum = sum.wrapping_mul(31).wrapping_add(word);
        Ok::<(), Infallible>(())
    });
    (steps, sum)
}

/// Takes it all in, up to where records are put in order.
fn take_in(generator: &Generator<'_>) -> Intake {
    let mut intake = Intake::new(Vocabulary::open());
    generator.take_in(&mut intake, &mut || ()).expect("an open vocabulary takes every name");
    intake
}

fn benches(criterion: &mut Criterion) {
    for pattern in PATTERNS {
        let population = population(pattern);
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
