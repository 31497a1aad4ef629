//! Traces to read: the lines that every format writes down, and how reading them is measured.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput};
use relogin::trace::Vocabulary;

const APPS: [&str; 8] = ["calendar", "crm", "mail", "payroll", "shop", "tickets", "web", "wiki"];
const DEVICES: [&str; 2] = ["laptop", "phone"];
const USERS: u64 = 100_000;

/// A line of every trace, before it is written down.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    pub(crate) millis: i64,
    pub(crate) user: u64,
    pub(crate) device: &'static str,
    pub(crate) app: &'static str,
}

/// Lines in the order of time, by users in no order.
pub(crate) fn lines(count: usize) -> impl Iterator<Item = Line> {
    let mut state = 7_u64;
    let mut next = move |most: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let mut millis = 1_767_571_200_000;
    (0..count).map(move |_| {
        millis += next(200) as i64;
        let user = next(USERS);
        let device = DEVICES[usize::from(user % 2 == 0)];
        Line { millis, user, device, app: APPS[next(8) as usize] }
    })
}

/// What they may name.
pub(crate) fn vocabulary() -> Vocabulary {
    Vocabulary {
        apps: APPS.map(str::to_owned).to_vec(),
        apis: Vec::new(),
        uses: vec![Vec::new(); APPS.len()],
        default_app: None,
        open: false,
    }
}

/// How many lines a bench has. Cargo's test command does not say `--bench`, and only looks whether
/// all of this works.
pub(crate) fn count(of_bench: usize) -> usize {
    if std::env::args().any(|word| word == "--bench") { of_bench } else { 2_000 }
}

/// Measures how fast `read` reads each of the traces, which are called by a label and a file's
/// name; it returns how many records it read and their checksum, the same for all.
pub(crate) fn measure(
    criterion: &mut Criterion,
    name: &str,
    count: usize,
    traces: Vec<(&str, &str, Vec<u8>)>,
    read: impl Fn(&str, Arc<[u8]>) -> (u64, u64),
) {
    let mut sums = Vec::new();
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    for (label, file, bytes) in traces {
        let bytes: Arc<[u8]> = bytes.into();
        let (records, sum) = read(file, Arc::clone(&bytes));
        assert_eq!(records, count as u64);
        println!("{label}: {count} records, {} bytes, checksum {sum:016x}", bytes.len());
        sums.push(sum);
        group.throughput(Throughput::ElementsAndBytes {
            elements: count as u64,
            bytes: bytes.len() as u64,
        });
        group.bench_function(BenchmarkId::from_parameter(label), |bench| {
            bench.iter(|| read(file, Arc::clone(black_box(&bytes))));
        });
    }
    group.finish();
    assert!(sums.iter().all(|sum| *sum == sums[0]), "the same records, however written");
}
