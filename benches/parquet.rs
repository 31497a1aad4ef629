//! How fast Parquet traces are read as streams of whole users: records per second by the order of
//! the file, one thread. A temporary file is kept in memory.
//!
//! Each bench prints a checksum of what it read, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

#[path = "inputs/traces.rs"]
mod traces;

use std::io::Cursor;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use relogin::input::Input;
use relogin::trace::{ReadOptions, Spool, Stream};
use traces::{Line, count, lines, measure, vocabulary};

const ROWS_OF_A_GROUP: usize = 122_880;

fn written(rows: &[Line], has_devices: bool) -> Vec<u8> {
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
        let ts: Vec<i64> = rows.iter().map(|row| row.millis * 1_000).collect();
        column.typed::<Int64Type>().write_batch(&ts, Some(&levels), None).expect("memory");
        column.close().expect("memory");
        let mut texts = vec![
            rows.iter().map(|row| ByteArray::from(&*format!("user{:06}", row.user))).collect(),
            rows.iter().map(|row| ByteArray::from(row.device)).collect(),
            rows.iter().map(|row| ByteArray::from(row.app)).collect::<Vec<_>>(),
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
fn stream(name: &str, bytes: Arc<[u8]>) -> (u64, u64) {
    let input = Input::File(Box::new(Cursor::new(bytes)));
    let spool = || Ok(Box::new(Cursor::new(Vec::new())) as Box<dyn Spool>);
    let (options, vocabulary) = (ReadOptions::default(), vocabulary());
    let mut stream =
        Stream::open((name, input), &options, &vocabulary, Box::new(spool), &mut |_| {})
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
    let by_time: Vec<Line> = lines(count(2_000_000)).collect();
    let mut by_user = by_time.clone();
    by_user.sort_by_key(|row| row.user);
    let traces = vec![
        ("by-user", "t.parquet", written(&by_user, false)),
        ("by-user-and-device", "t.parquet", written(&by_user, true)),
        ("by-time", "t.parquet", written(&by_time, false)),
        ("by-time-and-device", "t.parquet", written(&by_time, true)),
    ];
    measure(criterion, "parquet", by_time.len(), traces, stream);
}

criterion_group!(all, benches);
criterion_main!(all);
