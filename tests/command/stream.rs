//! Parquet as a stream: every file is the same, byte for byte, as when the trace is held.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use tempfile::TempDir;

use crate::program::*;

const SCENARIO: &str = r#"# How often do people log in again?
[scenario]
name = "streamed"
[workload]
default_app = "mail"
stay_open = "5m"
[[policy]]
name = "day"
session = { idle_timeout = "1d", absolute_timeout = "7d" }
api.backend.access_token_lifetime = "1h"
api.orders.access_token_lifetime = { min = "10m", max = "20m" }
app.mail = { apis = ["backend"] }
app.web = { apis = ["backend", "orders"], renew = "while_open" }
[[policy]]
name = "hour"
session = { idle_timeout = "1h", absolute_timeout = "8h" }
api.backend.access_token_lifetime = "10m"
api.orders.access_token_lifetime = "10m"
app.mail = { apis = ["backend"] }
app.web = { apis = ["backend", "orders"] }
"#;

/// `ts`, user, device, app, API and action.
type Row = (i64, [Option<String>; 5]);

/// Some hundred users with one or two devices, each with some hundred uses and now and then
/// something rarer, in the order of time.
fn rows() -> Vec<Row> {
    let mut state = 7_u64;
    let mut next = move |most: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let mut at = 1_767_571_200_000;
    let row = |_| {
        at += next(90_000) as i64;
        let user = next(150);
        let device = ["phone", "laptop"][usize::from(next(9) < user % 7)];
        let app = [None, Some("mail"), Some("web")][next(3) as usize];
        let api = if app == Some("web") { [None, Some("orders")][next(2) as usize] } else { None };
        let action = match next(200) {
            0 => Some("logout"),
            1 => Some("close"),
            2 => Some("background"),
            3 if user % 10 == 0 => Some("revoke"),
            _ => None,
        };
        let user = format!("user {user}");
        let texts = [Some(&*user), Some(device), app, api, action];
        (at, texts.map(|text| text.map(str::to_owned)))
    };
    (0..30_000).map(row).collect()
}

fn written(folder: &TempDir, name: &str, rows: &[Row]) -> String {
    let texts = ["user", "device", "app", "api", "action"];
    let columns = texts.map(|name| format!("optional binary {name} (UTF8);")).concat();
    let schema = format!("message t {{ optional int64 ts (TIMESTAMP(MILLIS,true)); {columns} }}");
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let properties = WriterProperties::builder().set_dictionary_page_size_limit(900).build();
    let file = fs::File::create(folder.path().join(name)).expect("a new file");
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).expect("begun");
    for rows in rows.chunks(11_000) {
        let mut group = writer.next_row_group().expect("a row group");
        let mut column = group.next_column().expect("a column").expect("ts");
        let ts: Vec<i64> = rows.iter().map(|(at, _)| *at).collect();
        let levels = vec![1; ts.len()];
        column.typed::<Int64Type>().write_batch(&ts, Some(&levels), None).expect("written");
        column.close().expect("closed");
        for place in 0..texts.len() {
            let own: Vec<_> = rows.iter().map(|(_, texts)| texts[place].as_deref()).collect();
            let levels: Vec<i16> = own.iter().map(|text| i16::from(text.is_some())).collect();
            let own: Vec<ByteArray> = own.into_iter().flatten().map(ByteArray::from).collect();
            let mut column = group.next_column().expect("a column").expect("texts");
            column
                .typed::<ByteArrayType>()
                .write_batch(&own, Some(&levels), None)
                .expect("written");
            column.close().expect("closed");
        }
        group.close().expect("closed");
    }
    writer.close().expect("closed");
    path(folder, name)
}

fn by_user(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| a.1[0].cmp(&b.1[0]));
    rows
}

/// Replays the trace with and without an event log, for which it is held, and compares the files.
/// Gives the plan.
fn check(folder: &TempDir, name: &str, rows: &[Row]) -> String {
    let scenario = write(folder, "streamed.toml", SCENARIO);
    let trace = written(folder, name, rows);
    let [held, streamed, alone, log] =
        ["held", "streamed", "alone", "log.csv"].map(|out| path(folder, out));
    let run = |more: &[&str]| {
        let run = relogin(&[&["run", &scenario, "--trace", &trace], more].concat()).expect(0);
        (run.stdout, run.stderr)
    };
    let (expected, told) = run(&["--out", &held, "--events", &log, "-q"]);
    assert_eq!(run(&["--out", &streamed, "-q"]), (expected.clone(), told));
    assert_eq!(run(&["--out", &alone, "-q", "--jobs", "1"]).0, expected);
    same_files(Path::new(&held), Path::new(&streamed));
    same_files(Path::new(&held), Path::new(&alone));
    run(&["--explain-plan"]).0
}

#[test]
fn files_are_the_same_in_whatever_order_the_trace_is() {
    let folder = scratch();
    let plan = check(&folder, "by-user.parquet", &by_user(rows()));
    assert!(plan.contains("user by user in a stream, as the file has them"), "{plan}");
    let put_together = "in a stream, put together by user in a first pass";
    let plan = check(&folder, "by-time.parquet", &rows());
    assert!(plan.contains(put_together), "{plan}");
    let mut backwards = rows();
    backwards.reverse();
    let plan = check(&folder, "backwards.parquet", &backwards);
    assert!(plan.contains(put_together), "{plan}");
    let plan = check(&folder, "one.parquet", &rows()[..1]);
    assert!(plan.contains("1 records of 1 users, user by user in a stream"), "{plan}");
}

#[test]
fn a_trace_with_a_broken_row_is_held() {
    let folder = scratch();
    for (name, order) in [("by-user.parquet", by_user as fn(_) -> _), ("by-time.parquet", |r| r)] {
        let mut rows = order(rows());
        let last = rows.last_mut().expect("rows");
        last.1[2] = Some("unknown".to_owned());
        let plan = check(&folder, name, &rows);
        assert!(plan.contains("29999 records"), "{plan}");
        assert!(!plan.contains("stream"), "{plan}");
        let (scenario, out) = (path(&folder, "streamed.toml"), path(&folder, "bad"));
        let run = ["run", &scenario, "--trace", &path(&folder, name), "--out", &out];
        relogin(&run).expect(0).says(&["1 of 30000 lines are broken", "unknown"]);
        relogin(&[&run[..], &["--max-bad", "0"]].concat()).expect(4).says(&["1 of 30000 lines"]);
    }
}

#[test]
fn a_trace_without_rows_is_refused() {
    let folder = scratch();
    let scenario = write(&folder, "streamed.toml", SCENARIO);
    let trace = written(&folder, "none.parquet", &[]);
    let run = relogin(&["run", &scenario, "--trace", &trace, "--out", &path(&folder, "out")]);
    run.expect(4).says(&["no record to replay"]);
}
