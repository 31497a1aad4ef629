//! How fast Parquet traces are read as streams of whole users: records per second by the order of
//! the file, one thread. A temporary file is kept in memory.
//!
//! Each bench prints a checksum of what it read, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

use std::hint::black_box;
use std::io::Cursor;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use relogin::input::Input;
use relogin::trace::{ReadOptions, Spool, Stream, Vocabulary};

const APPS: [&str; 8] = ["calendar", "crm", "mail", "payroll", "shop", "tickets", "web", "wiki"];
const USERS: u64 = 10_000;
const ROWS_OF_A_GROUP: usize = 122_880;

/// `ts`, user, device and app.
type Row = (i64, u64, &'static str, &'static str);

/// Rows in the order of time, by users in no order.
fn rows(count: usize) -> Vec<Row> {
    let mut state = 7_u64;
    let mut next = move |most: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let mut millis = 1_767_571_200_000;
    let row = |_| {
        millis += next(200) as i64;
        let user = next(USERS);
        (millis, user, ["laptop", "phone"][usize::from(next(4) == 0)], APPS[next(8) as usize])
    };
    (0..count).map(row).collect()
}

fn written(rows: &[Row], has_devices: bool) -> Vec<u8> {
    let device = if has_devices { "optional binary device (UTF8);" } else { "" };
    let schema = format!(
        "message trace {{ optional int64 ts (TIMESTAMP(MICROS,true)); \
         optional binary user (UTF8); {device} optional binary app (UTF8); }}"
    );
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer =
        SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).expect("memory");
    for rows in rows.chunks(ROWS_OF_A_GROUP) {
        let levels = vec![1; rows.len()];
        let mut group = writer.next_row_group().expect("memory");
        let mut column = group.next_column().expect("memory").expect("ts");
        let ts: Vec<i64> = rows.iter().map(|row| row.0 * 1_000).collect();
        column.typed::<Int64Type>().write_batch(&ts, Some(&levels), None).expect("memory");
        column.close().expect("memory");
        let mut texts = vec![
            rows.iter().map(|row| ByteArray::from(&*format!("user{:06}", row.1))).collect(),
            rows.iter().map(|row| ByteArray::from(row.2)).collect(),
            rows.iter().map(|row| ByteArray::from(row.3)).collect::<Vec<_>>(),
        ];
        if !has_devices {
            texts.remove(1);
        }
        for texts in texts {
            let mut column = group.next_column().expect("memory").expect("a column");
            column
                .typed::<ByteArrayType>()
                .write_batch(&texts, Some(&levels), None)
                .expect("memory");
            column.close().expect("memory");
        }
        group.close().expect("memory");
    }
    writer.into_inner().expect("memory")
}

/// Reads a whole stream; gives how many records it has, and a checksum that does not depend on the
/// order of users.
fn stream(bytes: &[u8]) -> (u64, u64) {
    let vocabulary = Vocabulary {
        apps: APPS.map(str::to_owned).to_vec(),
        apis: Vec::new(),
        uses: vec![Vec::new(); APPS.len()],
        default_app: None,
        open: false,
    };
    let input = Input::File(Box::new(Cursor::new(bytes.to_vec())));
    let spool = || Ok(Box::new(Cursor::new(Vec::new())) as Box<dyn Spool>);
    let options = ReadOptions::default();
    let mut stream =
        Stream::open(("t.parquet", input), &options, &vocabulary, Box::new(spool), &mut |_| {})
            .expect("it can be streamed");
    let (mut sum, mut records) = (0_u64, Vec::new());
    while stream.users.next_users(&stream.names, &mut records).expect("it is whole") {
        for record in &records {
            let app = record.app().map_or(0, |app| app.index() as u64);
            sum = sum.wrapping_add((record.at().as_millis() as u64).wrapping_mul(31 + app));
        }
    }
    (stream.records, sum)
}

fn benches(criterion: &mut Criterion) {
    // Cargo's test command does not say `--bench`, and only looks whether all of this works.
    let count = if std::env::args().any(|word| word == "--bench") { 2_000_000 } else { 2_000 };
    let by_time = rows(count);
    let mut by_user = by_time.clone();
    by_user.sort_by_key(|row| row.1);
    let traces = [
        ("by-user", written(&by_user, false)),
        ("by-user-and-device", written(&by_user, true)),
        ("by-time", written(&by_time, false)),
        ("by-time-and-device", written(&by_time, true)),
    ];
    let mut sums = Vec::new();
    for (label, bytes) in &traces {
        let (records, sum) = stream(bytes);
        assert_eq!(records, count as u64);
        println!("{label}: {count} records, {} bytes, checksum {sum:016x}", bytes.len());
        sums.push(sum);
        let mut group = criterion.benchmark_group("parquet");
        group.throughput(Throughput::ElementsAndBytes {
            elements: count as u64,
            bytes: bytes.len() as u64,
        });
        group.sample_size(10);
        group.bench_with_input(BenchmarkId::from_parameter(label), bytes, |bench, bytes| {
            bench.iter(|| stream(black_box(bytes)));
        });
        group.finish();
    }
    assert!(sums.iter().all(|sum| *sum == sums[0]), "the same records, however written");
}

criterion_group!(all, benches);
criterion_main!(all);
