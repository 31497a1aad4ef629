//! How fast recorded traces are read: records and bytes per second by format, one thread, and one
//! more where something is decompressed.
//!
//! Each bench prints a checksum of what it read, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{Cursor, Write as _};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use relogin::input::Input;
use relogin::model::AppId;
use relogin::trace::{Intake, ReadOptions, Trace, Vocabulary, read};

const APPS: [&str; 8] = ["calendar", "crm", "mail", "payroll", "shop", "tickets", "web", "wiki"];
const DEVICES: [&str; 2] = ["laptop", "phone"];
const USERS: u64 = 100_000;

/// A line of every trace, before it is written down.
struct Line {
    millis: i64,
    user: u64,
    device: &'static str,
    app: &'static str,
}

/// Lines in the order of time, by users in no order.
fn lines(count: usize) -> impl Iterator<Item = Line> {
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

fn rfc_3339(millis: i64) -> String {
    // jiff leaves zeros at the end out, as many programs that write traces do.
    jiff::Timestamp::from_millisecond(millis).expect("this century").to_string()
}

fn csv(count: usize, write: impl Fn(&mut String, Line)) -> Vec<u8> {
    let mut csv = "ts,user,device,app\n".to_owned();
    lines(count).for_each(|line| write(&mut csv, line));
    csv.into_bytes()
}

fn numeric(csv: &mut String, Line { millis, user, device, app }: Line) {
    writeln!(csv, "{millis},user{user:06},{device},{app}").expect("memory");
}

fn dated(csv: &mut String, Line { millis, user, device, app }: Line) {
    writeln!(csv, "{},user{user:06},{device},{app}", rfc_3339(millis)).expect("memory");
}

fn quoted(csv: &mut String, Line { millis, user, device, app }: Line) {
    let at = rfc_3339(millis);
    writeln!(csv, "\"{at}\",\"user{user:06}\",\"{device}\",\"{app}\"").expect("memory");
}

fn json_lines(count: usize) -> Vec<u8> {
    let mut json = String::new();
    for Line { millis, user, device, app } in lines(count) {
        let members =
            format!("\"user\":\"user{user:06}\",\"device\":\"{device}\",\"app\":\"{app}\"");
        writeln!(json, "{{\"ts\":{millis},{members}}}").expect("memory");
    }
    json.into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn read_all(name: &str, bytes: &[u8]) -> Trace {
    let vocabulary = Vocabulary {
        apps: APPS.map(str::to_owned).to_vec(),
        apis: Vec::new(),
        uses: vec![Vec::new(); APPS.len()],
        default_app: Some(AppId::new(0)),
        open: false,
    };
    let mut intake = Intake::new(vocabulary);
    let input = Input::File(Box::new(Cursor::new(bytes.to_vec())));
    read(&mut intake, name, input, &ReadOptions::default()).expect("a good trace");
    intake.finish().expect("in memory")
}

/// Of all records in their order.
fn checksum(trace: &Trace) -> u64 {
    let mut sum = 0_u64;
    for chunk in trace.chunks() {
        for record in chunk.expect("in memory").iter() {
            let app = record.app().map_or(0, |app| app.index() as u64);
            let word = record.at().as_millis() as u64 ^ (record.agent().index() as u64) << 42;
            sum = sum.wrapping_mul(31).wrapping_add(word ^ app << 60);
        }
    }
    sum
}

fn benches(criterion: &mut Criterion) {
    // Cargo's test command does not say `--bench`, and only looks whether all of this works.
    let count = if std::env::args().any(|word| word == "--bench") { 1_000_000 } else { 2_000 };
    let numeric = csv(count, numeric);
    let traces = [
        ("csv-rfc-3339", "t.csv", csv(count, dated)),
        ("csv-quoted", "t.csv", csv(count, quoted)),
        ("json-lines", "t.jsonl", json_lines(count)),
        ("csv-gzip", "t.csv.gz", gzip(&numeric)),
        ("csv-zstd", "t.csv.zst", zstd::encode_all(&numeric[..], 3).expect("memory")),
        ("csv-numeric", "t.csv", numeric),
    ];
    let mut sums = Vec::new();
    for (label, name, bytes) in &traces {
        let trace = read_all(name, bytes);
        assert_eq!((trace.counts.records, trace.counts.broken), (count as u64, 0));
        let sum = checksum(&trace);
        println!("{label}: {count} records, {} bytes, checksum {sum:016x}", bytes.len());
        sums.push(sum);
        let mut group = criterion.benchmark_group("reading");
        group.throughput(Throughput::ElementsAndBytes {
            elements: count as u64,
            bytes: bytes.len() as u64,
        });
        group.sample_size(10);
        group.bench_with_input(BenchmarkId::from_parameter(label), bytes, |bench, bytes| {
            bench.iter(|| read_all(name, black_box(bytes)).counts.records);
        });
        group.finish();
    }
    assert!(sums.iter().all(|sum| *sum == sums[0]), "the same records, however written");
}

criterion_group!(all, benches);
criterion_main!(all);
