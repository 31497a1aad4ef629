use std::io::{self, Cursor};
use std::sync::Arc;

use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type, Int96, Int96Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

use crate::input::Input;
use crate::trace::{Intake, ReadOptions, Trace, TraceError, Vocabulary, read};

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// A file with that schema, and a row group for each of `groups`.
fn written(schema: &str, groups: &[&dyn Fn(&mut Group<'_>)]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    for fill in groups {
        let mut group = writer.next_row_group().unwrap();
        fill(&mut group);
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

/// Writes the next column; `None` is null.
fn column<T: DataType>(group: &mut Group<'_>, values: &[Option<T::T>], is_optional: bool) {
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let levels = is_optional.then_some(&levels[..]);
    let values: Vec<T::T> = values.iter().flatten().cloned().collect();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(&values, levels, None).unwrap();
    column.close().unwrap();
}

fn texts(group: &mut Group<'_>, values: &[Option<&str>], is_optional: bool) {
    let values: Vec<_> = values.iter().map(|text| text.map(ByteArray::from)).collect();
    column::<ByteArrayType>(group, &values, is_optional);
}

fn read_bytes(input: Input) -> Result<Trace, TraceError> {
    let mut intake = Intake::new(Vocabulary::open());
    read(&mut intake, "t.parquet", input, &ReadOptions::default())?;
    intake.finish()
}

fn in_memory(bytes: &[u8]) -> Input {
    Input::Stream(Box::new(Cursor::new(bytes.to_vec())))
}

/// Reads `bytes` as a file and as a stream, and tells the records and the broken rows.
fn check(bytes: &[u8], records: &[&str], broken: &[&str]) {
    let file = Input::File(Box::new(Cursor::new(bytes.to_vec())));
    for input in [file, in_memory(bytes)] {
        let trace = read_bytes(input).unwrap();
        let mut told = Vec::new();
        for chunk in trace.chunks() {
            for record in chunk.unwrap().iter() {
                let (names, agent) = (&trace.names, record.agent());
                let app = record.app().map_or("", |app| &trace.vocabulary.apps[app.index()]);
                told.push(format!(
                    "{} {} {} {app} {}",
                    record.at().as_millis(),
                    names.user(names.user_of(agent)),
                    names.device(agent),
                    record.action().word()
                ));
            }
        }
        assert_eq!(told, records);
        let examples: Vec<_> = trace.counts.examples.iter().map(ToString::to_string).collect();
        assert_eq!(examples, broken);
        assert_eq!(trace.counts.lines, (records.len() + broken.len()) as u64);
    }
}

fn every_column() -> Vec<u8> {
    written(
        "message trace {
            optional binary action (UTF8);
            optional binary user (STRING);
            required group nested { required int64 ts; }
            required int64 ts (TIMESTAMP(MICROS,true));
            optional binary app (UTF8);
            optional int32 device;
        }",
        &[
            &|group| {
                texts(group, &[None, Some("logout"), Some("dance")], true);
                texts(group, &[Some("ann"), Some("bob"), Some("cyd")], true);
                column::<Int64Type>(group, &[Some(1), Some(2), Some(3)], false);
                column::<Int64Type>(group, &[Some(1_000), Some(-1), Some(0)], false);
                texts(group, &[Some("shop"), None, None], true);
                column::<Int32Type>(group, &[None, Some(7), None], true);
            },
            &|group| {
                texts(group, &[None], true);
                texts(group, &[None], true);
                column::<Int64Type>(group, &[Some(1)], false);
                column::<Int64Type>(group, &[Some(1)], false);
                texts(group, &[None], true);
                column::<Int32Type>(group, &[None], true);
            },
        ],
    )
}

#[test]
fn columns_in_any_order_with_nulls() {
    check(
        &every_column(),
        &["-1 bob 7  logout", "1 ann  shop use"],
        &[
            "t.parquet:3: has the unknown action \"dance\"; the actions are use, background, logout, \
         close, revoke",
            "t.parquet:4: names no user",
        ],
    );
}

/// Reads two users at two instants of a column `ts` of that type.
fn check_ts<T: DataType>(kind: &str, values: [Option<T::T>; 2], told: &[&str], broken: &[&str]) {
    let schema = format!("message trace {{ optional {kind}; required binary user (UTF8); }}");
    let bytes = written(
        &schema,
        &[&|group| {
            column::<T>(group, &values, true);
            texts(group, &[Some("a"), Some("b")], false);
        }],
    );
    check(&bytes, told, broken);
}

#[test]
fn instants_of_every_type() {
    let both = &["1760000000123 a   use", "1760000000124 b   use"][..];
    let missing = &["t.parquet:2: has no ts"][..];
    let one = &both[..1];
    check_ts::<Int64Type>("int64 ts", [1_760_000_000_123, 1_760_000_000_124].map(Some), both, &[]);
    check_ts::<Int64Type>("int64 ts", [Some(1_760_000_000_123_456), None], one, missing);
    for (kind, factor) in [
        ("int64 ts (TIMESTAMP(MILLIS,true))", 1),
        ("int64 ts (TIMESTAMP(MICROS,false))", 1_000),
        ("int64 ts (TIMESTAMP(NANOS,true))", 1_000_000),
        ("int64 ts (TIMESTAMP_MILLIS)", 1),
        ("int64 ts (TIMESTAMP_MICROS)", 1_000),
    ] {
        check_ts::<Int64Type>(kind, [Some(1_760_000_000_123 * factor), None], one, missing);
        // The unit is the column's, however small the number is.
        check_ts::<Int64Type>(kind, [Some(5 * factor), None], &["5 a   use"], missing);
    }
    check_ts::<Int32Type>(
        "int32 ts",
        [Some(1_760_000_000), Some(-1)],
        &["-1000 b   use", "1760000000000 a   use"],
        &[],
    );
    check_ts::<DoubleType>(
        "double ts",
        [1_760_000_000.123, 1_760_000_000.124].map(Some),
        both,
        &[],
    );
    check_ts::<DoubleType>(
        "double ts",
        [Some(1_760_000_000_123.0), Some(f64::NAN)],
        one,
        &[
            "t.parquet:2: ts \"NaN\" is neither RFC 3339 with an offset, as in 2026-01-31T09:00:00Z, \
         nor a plain number",
        ],
    );
    check_ts::<DoubleType>("double ts", [Some(1_760_000_000.123), None], one, missing);
    check_ts::<ByteArrayType>(
        "binary ts (UTF8)",
        ["2025-10-09T08:53:20.123Z", "1760000000.124"].map(|text| Some(text.into())),
        both,
        &[],
    );
    // 20370 days after 1970-01-01, which is the Julian day 2,440,588.
    let mut int96 = Int96::new();
    let nanos = 32_000_123_000_000_u64;
    int96.set_data(nanos as u32, (nanos >> 32) as u32, 2_440_588 + 20_370);
    check_ts::<Int96Type>("int96 ts", [Some(int96), None], one, missing);
}

#[test]
fn more_rows_than_a_batch() {
    let rows = 20_000;
    let schema = "message t { required int64 ts; optional binary user (UTF8); }";
    let bytes = written(
        schema,
        &[&|group| {
            let ts: Vec<_> = (0..rows).map(Some).collect();
            column::<Int64Type>(group, &ts, false);
            let users: Vec<_> =
                (0..rows).map(|row| (row % 10_000 != 9_999).then_some("ann")).collect();
            texts(group, &users, true);
        }],
    );
    let trace = read_bytes(in_memory(&bytes)).unwrap();
    let lines: Vec<_> = trace.counts.examples.iter().map(|example| example.line).collect();
    assert_eq!((trace.counts.records, lines), (19_998, vec![10_000, 20_000]));
}

#[test]
fn what_can_not_be_a_trace_is_said() {
    let error = |schema: &str, fill: &dyn Fn(&mut Group<'_>)| {
        read_bytes(in_memory(&written(schema, &[fill]))).unwrap_err().to_string()
    };
    let text = error("message t { required int64 ts; required int64 who; }", &|group| {
        column::<Int64Type>(group, &[Some(1)], false);
        column::<Int64Type>(group, &[Some(1)], false);
    });
    assert_eq!(text, r#"t.parquet: has no column "user"; its columns are "ts", "who""#);
    let text = error("message t { required int64 ts; required double user; }", &|group| {
        column::<Int64Type>(group, &[Some(1)], false);
        column::<DoubleType>(group, &[Some(1.0)], false);
    });
    assert!(text.contains("\"user\": it is of the type DOUBLE"), "{text}");
    let text = error("message t { required int64 ts; repeated int64 user; }", &|group| {
        column::<Int64Type>(group, &[Some(1)], false);
        let mut column = group.next_column().unwrap().unwrap();
        let levels = (Some(&[1_i16, 1][..]), Some(&[0_i16, 1][..]));
        column.typed::<Int64Type>().write_batch(&[1, 2], levels.0, levels.1).unwrap();
        column.close().unwrap();
    });
    assert!(text.contains("lists"), "{text}");
}

#[test]
fn a_file_that_fails_is_an_error() {
    struct Failing;
    impl io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    let error = read_bytes(Input::Stream(Box::new(Failing))).unwrap_err().to_string();
    assert_eq!(error, "t.parquet: can't be read: unplugged");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn damaged_files_never_panic(
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let mut bytes = every_column();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            let start = cut.index(bytes.len());
            bytes.drain(start..(start + 7).min(bytes.len()));
        }
        let _ = read_bytes(in_memory(&bytes));
    }
}
