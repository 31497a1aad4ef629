//! The quick way takes the same from a file as the plain one, broken lines and all.

use std::io::{Cursor, Read};

use proptest::prelude::*;

use super::read_either_way;
use crate::input::Input;
use crate::model::{ApiId, AppId};
use crate::trace::{Intake, ReadOptions, Record, Source, Vocabulary};

/// Gives a few bytes at a time, as pipes do.
struct Trickle(Cursor<Vec<u8>>, usize);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}

/// All that reading comes to: the records, who they are by, what they name, and the counts.
fn told(csv: &[u8], step: usize, vocabulary: &Vocabulary, is_quick: bool) -> String {
    let input = Input::Stream(Box::new(Trickle(Cursor::new(csv.to_vec()), step)));
    let source = Source { name: "t.csv", input, options: ReadOptions::default() };
    let mut intake = Intake::new(vocabulary.clone());
    if let Err(error) = read_either_way(source, &mut intake, is_quick) {
        return error.to_string();
    }
    let trace = intake.finish().unwrap();
    let records: Vec<Record> =
        trace.chunks().flat_map(|chunk| chunk.unwrap().into_owned()).collect();
    let names = &trace.names;
    let agent = |record: &Record| {
        let agent = record.agent();
        format!("{:?} {:?}", names.user(names.user_of(agent)), names.device(agent))
    };
    let agents: Vec<_> = records.iter().map(agent).collect();
    format!("{records:#?}\n{agents:#?}\n{:#?}\n{:#?}", trace.counts, trace.vocabulary)
}

fn vocabularies() -> [Vocabulary; 3] {
    let closed = Vocabulary {
        apps: ["an app with a name of some length", "mail", "web"].map(str::to_owned).to_vec(),
        apis: ["a", "b"].map(str::to_owned).to_vec(),
        uses: vec![vec![], vec![ApiId::new(0)], vec![ApiId::new(0), ApiId::new(1)]],
        default_app: Some(AppId::new(1)),
        open: false,
    };
    [Vocabulary { default_app: None, ..closed.clone() }, closed, Vocabulary::open()]
}

fn check(csv: &[u8], step: usize) {
    for vocabulary in vocabularies() {
        let plain = told(csv, usize::MAX, &vocabulary, false);
        let quick = told(csv, step, &vocabulary, true);
        assert!(plain == quick, "{}:\n{plain}\n{quick}", csv.escape_ascii());
    }
}

fn field(kinds: &'static [&'static str], rare: &'static str) -> impl Strategy<Value = String> {
    let plain = proptest::sample::select(kinds).prop_map(str::to_owned);
    let quoted = proptest::sample::select(kinds).prop_map(|field| format!("\"{field}\""));
    prop_oneof![12 => plain, 3 => quoted, 1 => rare]
}

fn line() -> impl Strategy<Value = String> {
    let ts = &[
        "1769850000",
        "1769850000.25",
        "1769850000123",
        "-5",
        "2026-01-31T09:00:00Z",
        "2026-01-31T09:00:00.5Z",
        "2026-02-01T09:00:00+01:00",
        "2026-02-30T09:00:00Z",
    ][..];
    let user = &["anna", "anna", "bert", "0123456789abcdef", "0123456789abcdefg", "é", "a,b"][..];
    let device =
        &["", "phone", "laptop", "fourteen bytes", "fifteen bytes..", "sixteen bytes..."][..];
    let app = &["web", "mail", "", "an app with a name of some length", "other"][..];
    let api = &["", "", "a", "b", "c"][..];
    let action = &["", "use", "background", "logout", "close", "revoke", "what"][..];
    let fields = (
        field(ts, "[0-9:TZ.-]{0,24}"),
        field(user, "[a\"\u{0}\r\n]{0,4}"),
        field(device, "[a\",\r\n ]{0,5}"),
        field(app, "[a\", ]{0,3}"),
        field(api, "[ab]{0,2}"),
        field(action, "[use]{0,4}"),
        proptest::sample::select(&["\n", "\n", "\n", "\n", "\r\n", "", ",\n", "\n\n", " \r\n"][..]),
    );
    fields.prop_map(|(ts, user, device, app, api, action, end)| {
        format!("{user},{ts},{device},x,{app},{api},{action}{end}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn both_ways_take_the_same(
        lines in proptest::collection::vec(line(), 0..60),
        step in prop_oneof![1_usize..200, Just(usize::MAX)],
        spoilt in proptest::option::of((any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let mut csv = format!("user,ts,device,x,app,api,action\n{}", lines.concat()).into_bytes();
        if let Some((place, byte)) = spoilt {
            let place = place.index(csv.len());
            csv[place] = byte;
        }
        check(&csv, step);
    }
}

#[test]
fn whole_windows_are_taken_the_same() {
    // Long enough for several windows and many rounds of marks, with something odd now and then.
    let mut csv = b"ts,user,app\n".to_vec();
    for place in 0..60_000_u64 {
        let line = match place % 997 {
            0 => format!("{place},\"user \"\"{place}\"\"\",web\n"),
            1 => format!("{place},\"user\n{place}\",web\n"),
            2 => "\n".to_owned(),
            3 => format!("\"{place}\",\"user {place}\",\"web\"\r\n"),
            4 => format!("{place},{},web\n", "long".repeat(place as usize % 5_000)),
            5 => format!("{place},user,web,\n"),
            _ => format!("{place},user{},mail\n", place % 1_000),
        };
        csv.extend_from_slice(line.as_bytes());
    }
    check(&csv, usize::MAX);
    check(&csv, 65_536);
}
