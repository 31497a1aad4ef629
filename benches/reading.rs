//! How fast recorded traces are read: records and bytes per second by format, one thread, and one
//! more where something is decompressed.
//!
//! Each bench prints a checksum of what it read, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

#[path = "inputs/traces.rs"]
mod traces;

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use relogin::input::Input;
use relogin::trace::{Intake, ReadOptions, read};
use traces::{Line, count, lines, measure, vocabulary};

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

/// Reads a trace: how many records it has, and their checksum in their order.
fn read_all(name: &str, bytes: Arc<[u8]>) -> (u64, u64) {
    let mut intake = Intake::new(vocabulary());
    let input = Input::File(Box::new(Cursor::new(bytes)));
    read(&mut intake, name, input, &ReadOptions::default()).expect("a good trace");
    let trace = intake.finish().expect("in memory");
    assert_eq!(trace.counts.broken, 0);
    let mut sum = 0_u64;
    for chunk in trace.chunks() {
        for record in chunk.expect("in memory").iter() {
            let app = record.app().map_or(0, |app| app.index() as u64);
            let word = record.at().as_millis() as u64 ^ (record.agent().index() as u64) << 42;
            sum = sum.wrapping_mul(31).wrapping_add(word ^ app << 60);
        }
    }
    (trace.counts.records, sum)
}

fn benches(criterion: &mut Criterion) {
    let count = count(1_000_000);
    let numeric = csv(count, numeric);
    let traces = vec![
        ("csv-rfc-3339", "t.csv", csv(count, dated)),
        ("csv-quoted", "t.csv", csv(count, quoted)),
        ("json-lines", "t.jsonl", json_lines(count)),
        ("csv-gzip", "t.csv.gz", gzip(&numeric)),
        ("csv-zstd", "t.csv.zst", zstd::encode_all(&numeric[..], 3).expect("memory")),
        ("csv-numeric", "t.csv", numeric),
    ];
    measure(criterion, "reading", count, traces, read_all);
}

criterion_group!(all, benches);
criterion_main!(all);
