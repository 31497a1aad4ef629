//! How fast a server asks whether a session is good: one, many at random, many in a row; and
//! beside it, in the same run, what servers do instead: look it up in a concurrent map first, let
//! a cache expire it, validate a signed token.
//!
//! Each bench prints a checksum of what it found out, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

#[path = "inputs/checks.rs"]
mod checks;
#[path = "inputs/json_web_token.rs"]
mod json_web_token;
#[path = "inputs/sessions.rs"]
mod sessions;

use std::time::Duration;

use checks::Measure;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const SESSIONS: usize = 100_000;

struct Bench<'a>(&'a mut Criterion);

impl Measure for Bench<'_> {
    /// Runs `measured` once for its checksum and then many times.
    fn measure(&mut self, name: &str, count: usize, mut measured: impl FnMut() -> u64) {
        println!("session_check/{name}: {count} checks, checksum {:016x}", measured());
        let mut group = self.0.benchmark_group("session_check");
        group.throughput(Throughput::Elements(count as u64));
        group.sample_size(20).measurement_time(Duration::from_secs(3));
        group.bench_function(name, |bench| bench.iter(&mut measured));
        group.finish();
    }
}

fn relogin(criterion: &mut Criterion) {
    checks::relogin(&mut Bench(criterion), SESSIONS);
}

fn peers(criterion: &mut Criterion) {
    checks::peers(&mut Bench(criterion), SESSIONS);
}

criterion_group!(all, relogin, peers);
criterion_main!(all);
