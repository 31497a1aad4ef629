//! How fast an event log is written: facts per second by encoding, one thread.
//!
//! Each bench prints a checksum of what it wrote, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

#[path = "inputs/event_log.rs"]
mod event_log;
#[path = "inputs/replay.rs"]
mod replay;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use event_log::Log;

const FILES: [&str; 4] = ["log.csv", "log.jsonl", "log.csv.zst", "log.parquet"];

/// Takes bytes, and keeps their checksum.
#[derive(Clone, Default)]
struct Sum(Arc<Mutex<crc32fast::Hasher>>);

impl io::Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn benches(criterion: &mut Criterion) {
    let log = Log::of("refresh-tokens", 100);
    let mut group = criterion.benchmark_group("event_log");
    group.throughput(Throughput::Elements(log.events() as u64));
    group.sample_size(10);
    for file in FILES.into_iter().filter(|file| cfg!(feature = "parquet") || !file.ends_with("et"))
    {
        let sum = Sum::default();
        log.write(file, sum.clone());
        let sum = sum.0.lock().unwrap_or_else(PoisonError::into_inner).clone().finalize();
        println!("{file}: {} events, checksum {sum:08x}", log.events());
        group.bench_function(BenchmarkId::new("write", file), |bench| {
            bench.iter(|| log.write(file, io::sink()));
        });
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
