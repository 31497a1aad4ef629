//! What holds for every reader and for the way from bytes to a trace.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::input::Input;
use crate::model::{ApiId, AppId, Instant};

/// One app with two APIs.
fn vocabulary() -> Vocabulary {
    Vocabulary {
        apps: vec!["shop".to_owned()],
        apis: vec!["orders".to_owned(), "stock".to_owned()],
        uses: vec![vec![ApiId::new(0), ApiId::new(1)]],
        default_app: Some(AppId::new(0)),
        open: false,
    }
}

fn spooling(records_in_memory: usize) -> IntakeOptions {
    let options = IntakeOptions::spooling(|| Ok(Cursor::new(Vec::new())));
    IntakeOptions { records_in_memory, ..options }
}

fn read_bytes(
    mut intake: Intake,
    name: &str,
    bytes: &[u8],
    options: &ReadOptions,
) -> Result<Trace, TraceError> {
    let input = Input::Stream(Box::new(Cursor::new(bytes.to_vec())));
    read(&mut intake, name, input, options)?;
    intake.finish()
}

/// The records by name, in their order.
fn told(trace: &Trace) -> Vec<String> {
    let mut told = Vec::new();
    for chunk in trace.chunks() {
        for record in chunk.unwrap().iter() {
            let agent = record.agent();
            let (user, device) =
                (trace.names.user(trace.names.user_of(agent)), trace.names.device(agent));
            let api = record.api().map_or("", |api| &trace.vocabulary.apis[api.index()]);
            let (at, action) = (record.at().as_millis(), record.action().word());
            told.push(format!("{at},{user},{device},{api},{action}"));
        }
    }
    told
}

fn csv_of(lines: &[(i64, u8, u8, Action)]) -> String {
    let mut csv = "ts,user,device,app,api,action\n".to_owned();
    for (at, user, device, action) in lines {
        let device = ["", "phone", "laptop"][usize::from(*device)];
        csv +=
            &format!("{}.{:03},u{user},{device},shop,,{}\n", at / 1_000, at % 1_000, action.word());
    }
    csv
}

fn lines() -> impl Strategy<Value = Vec<(i64, u8, u8, Action)>> {
    let action = proptest::sample::select(&Action::ALL[..]);
    proptest::collection::btree_map(0_i64..50_000, (0_u8..5, 0_u8..3, action), 0..120)
        .prop_map(|lines| lines.into_iter().map(|(at, (u, d, a))| (at, u, d, a)).collect())
}

proptest! {
    #[test]
    fn any_order_of_lines_gives_the_same_records(
        (sorted, shuffled) in lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        records_in_memory in 1_usize..50,
    ) {
        let trace = |lines: &[_], intake| {
            read_bytes(intake, "t.csv", csv_of(lines).as_bytes(), &ReadOptions::default()).unwrap()
        };
        let in_order = trace(&sorted, Intake::new(vocabulary()));
        let in_disorder = trace(&shuffled, Intake::new(vocabulary()));
        let spilled = trace(
            &shuffled,
            Intake::with_options(vocabulary(), spooling(records_in_memory)),
        );
        let expected = told(&in_order);
        prop_assert_eq!(expected.len(), sorted.len());
        prop_assert_eq!(&told(&in_disorder), &expected);
        prop_assert_eq!(&told(&spilled), &expected);
        prop_assert_eq!((spilled.first(), spilled.last()), (in_order.first(), in_order.last()));
        let earlier = shuffled.windows(2).filter(|pair| pair[1].0 < pair[0].0).count() as u64;
        prop_assert_eq!(in_disorder.counts.out_of_order, earlier);
        prop_assert_eq!(in_order.counts.out_of_order, 0);
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        start in proptest::sample::select(&[
            "", "ts,user\n", "ts,user,device\n1,\"a", "{", "{\"ts\":1,\"user\":", "PAR1",
            "\x1f", "(", "\u{feff}ts,user\r\n",
        ][..]),
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        text in "[\\PC\n\r\",{}:0-9]{0,200}",
    ) {
        for rest in [&bytes[..], text.as_bytes()] {
            let whole = [start.as_bytes(), rest].concat();
            for name in ["t.csv", "t.jsonl", "t.parquet", "-"] {
                let _ = read_bytes(
                    Intake::new(Vocabulary::open()), name, &whole, &ReadOptions::default(),
                );
            }
        }
    }

    /// Fields that need quotes survive them, whatever lines stand around.
    #[test]
    fn quoted_fields_come_back(
        fields in proptest::collection::vec(("[a,\"\r\n é]{1,12}", "[b,\" ]{0,5}"), 0..20),
    ) {
        let quoted = |field: &str| format!("\"{}\"", field.replace('"', "\"\""));
        let mut csv = "device,ts,user\n".to_owned();
        for (at, (user, device)) in fields.iter().enumerate() {
            csv += &format!("{},{at},{}\n", quoted(device), quoted(user));
        }
        let intake = Intake::new(vocabulary());
        let trace = read_bytes(intake, "t.csv", csv.as_bytes(), &ReadOptions::default()).unwrap();
        let expected = fields.iter().enumerate();
        let expected: Vec<_> =
            expected.map(|(at, (u, d))| format!("{},{u},{d},,use", at * 1_000)).collect();
        prop_assert_eq!(told(&trace), expected);
    }
}

#[test]
fn a_gap_in_memory_is_no_gap_in_time() {
    // The input is sorted, so its runs follow each other and nothing is out of order.
    let lines: Vec<_> = (0..1_000).map(|at| (at, 0, 0, Action::Use)).collect();
    let intake = Intake::with_options(vocabulary(), spooling(64));
    let trace =
        read_bytes(intake, "t.csv", csv_of(&lines).as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(trace.counts.out_of_order, 0);
    assert_eq!(told(&trace).len(), 1_000);
}

#[test]
fn several_files_are_one_trace() {
    let mut intake = Intake::new(vocabulary());
    for (name, text) in [("b.csv", "ts,user\n5,b\n6,\n"), ("a.csv", "user,ts\na,1\n")] {
        let input = Input::Stream(Box::new(text.as_bytes()));
        read(&mut intake, name, input, &ReadOptions::default()).unwrap();
    }
    let trace = intake.finish().unwrap();
    assert_eq!(told(&trace), ["1000,a,,,use", "5000,b,,,use"]);
    let counts = &trace.counts;
    assert_eq!((counts.lines, counts.broken, counts.out_of_order), (3, 1, 1));
    assert_eq!(counts.examples[0].to_string(), "b.csv:3: names no user");
}

#[test]
fn a_unit_may_be_given() {
    let options = ReadOptions { ts_unit: Some(TsUnit::Milliseconds) };
    let intake = Intake::new(vocabulary());
    let trace = read_bytes(intake, "t.csv", b"ts,user\n1000,a\n", &options).unwrap();
    assert_eq!(trace.first(), Some(Instant::from_millis(1_000)));
}

#[test]
fn an_open_vocabulary_learns() {
    let csv = b"ts,user,app,api\n1,a,web,x\n2,a,,\n3,a,chat,y\n4,a,web,y\n5,a,,x\n";
    let intake = Intake::new(Vocabulary::open());
    let trace = read_bytes(intake, "t.csv", csv, &ReadOptions::default()).unwrap();
    assert_eq!(trace.counts.broken, 0);
    assert_eq!(trace.vocabulary.apps, ["", "web", "chat"]);
    assert_eq!(trace.vocabulary.apis, ["x", "y"]);
    assert_eq!(trace.vocabulary.app("chat"), Some(AppId::new(2)));
    let apps: Vec<_> = trace.chunks().flat_map(|chunk| chunk.unwrap().to_vec()).collect();
    let apps: Vec<_> = apps.iter().map(|record| record.app().unwrap().index()).collect();
    assert_eq!(apps, [1, 0, 2, 1, 0]);
}

#[test]
fn more_names_than_ids_are_an_error() {
    for (column, most) in [("app", Record::MAX_APPS), ("api", Record::MAX_APIS)] {
        let csv_with = |names: usize| {
            let line = |number| format!("1,a,n{number}\n");
            format!("ts,user,{column}\n") + &(0..names).map(line).collect::<String>()
        };
        let result = |names| {
            let intake = Intake::new(Vocabulary::open());
            read_bytes(intake, "t.csv", csv_with(names).as_bytes(), &ReadOptions::default())
        };
        // An open vocabulary knows one app from the beginning: that without a name.
        let known = usize::from(column == "app");
        assert!(result(most - known).is_ok());
        let error = result(most - known + 1).unwrap_err().to_string();
        assert!(error.contains(&format!("at most {most}")), "{error}");
    }
}

#[test]
fn a_generators_activity_is_checked_too() {
    let mut intake = Intake::new(Vocabulary { default_app: None, ..vocabulary() });
    let at = Instant::from_millis(0);
    let activity = Activity { at, user: "a", device: "", app: "", api: "", action: Action::Use };
    let mut check = |activity: Activity<'_>, expected: &str| {
        let error = intake.take(&activity).unwrap_err().to_string();
        assert!(error.contains(expected), "{error:?}");
    };
    check(activity, "names no app");
    check(Activity { user: "", ..activity }, "names no user");
    check(Activity { app: "shpo", ..activity }, "the nearest is \"shop\"");
    check(Activity { app: "shop", api: "stok", ..activity }, "the nearest is \"stock\"");
    // A close needs no app, but it must not name one that does not exist either.
    check(Activity { app: "shpo", action: Action::Close, ..activity }, "shpo");
    intake.take(&Activity { action: Action::Close, ..activity }).unwrap();
    let counts = intake.finish().unwrap().counts;
    assert_eq!((counts.records, counts.lines, counts.broken), (1, 1, 0));
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    let mut csv = "ts,user\n1,a\n2,\"b\n".to_owned();
    for at in 3..100_000 {
        csv += &format!("{at},c\n");
    }
    let intake = Intake::new(vocabulary());
    let trace = read_bytes(intake, "t.csv", csv.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!((trace.counts.records, trace.counts.broken), (99_998, 1));
    assert_eq!(trace.counts.examples[0].line, 3);
}
