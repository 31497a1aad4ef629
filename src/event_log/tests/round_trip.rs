//! What was written is read back, and what was so is rebuilt.

use std::io::Cursor;

use proptest::prelude::*;

use super::driver::{AGENTS, Run, runs, sample};
use super::{encoding, encodings, file, read, write};
use crate::event_log::{Encoding, End, Mode, Reader};
use crate::input::Input;
use crate::model::{Agent, Fact, Initiator, Instant, apply};

/// What a log of `run` in `encoding` gives back.
fn check(encoding: Encoding, run: &Run) {
    let bytes = write(encoding, run, run.horizon);
    for mode in [Mode::Whole, Mode::UpToBreak] {
        let (told, ending) = read(file(&bytes), mode);
        assert_eq!(told, run.told, "{encoding:?} gives other facts back");
        let ending = ending.unwrap();
        assert_eq!((ending.end, ending.horizon), (End::Complete, run.horizon));
        assert!(ending.broke.is_none() && ending.unverified == 0);
    }
    let stream = Input::Stream(Box::new(Cursor::new(bytes)));
    let mut reader = Reader::new(stream, Mode::Whole).unwrap();
    assert_eq!(reader.description(), &run.description);
    let fresh = |policy| vec![Agent::new(policy); AGENTS.len()];
    let mut agents: Vec<Vec<Agent>> = run.policies.iter().map(fresh).collect();
    while let Some(entry) = reader.next_entry() {
        let entry = entry.unwrap();
        let agent = AGENTS.iter().position(|agent| *agent == (entry.user, entry.device)).unwrap();
        let state = &mut agents[entry.policy][agent];
        let layout = run.policies[entry.policy].layout();
        apply(&mut state.as_mut(), layout, entry.at, entry.fact);
    }
    assert_eq!(agents, run.agents, "{encoding:?} rebuilds other states");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_format_gives_every_fact_back(run in runs(60)) {
        for encoding in encodings() {
            check(encoding, &run);
        }
    }
}

#[test]
fn every_kind_of_fact_is_met_by_the_sample() {
    let run = sample();
    let initiator = |wanted| move |fact: &Fact| matches!(fact, Fact::Access(access) if access.initiator == wanted);
    let met = |what: &dyn Fn(&Fact) -> bool| run.told.iter().any(|told| what(&told.fact));
    assert!(met(&initiator(Initiator::Use)));
    assert!(met(&initiator(Initiator::Background)));
    assert!(met(&initiator(Initiator::Renewal)));
    assert!(met(&initiator(Initiator::KeepAlive)));
    assert!(met(&|fact| matches!(fact, Fact::LoggedOut { everywhere: true, .. })));
    assert!(met(&|fact| matches!(fact, Fact::BrowserClosed { ends_session: true })));
    assert!(met(&|fact| matches!(fact, Fact::Revoked { ends_session: true })));
    for encoding in encodings() {
        check(encoding, &run);
    }
}

#[test]
fn an_empty_run_has_a_log() {
    let mut run = sample();
    run.told.clear();
    for encoding in encodings() {
        let bytes = write(encoding, &run, Instant::from_millis(-1));
        let (told, ending) = read(file(&bytes), Mode::Whole);
        assert!(told.is_empty());
        assert_eq!(ending.unwrap().horizon, Instant::from_millis(-1));
    }
}

#[test]
fn same_facts_same_bytes() {
    let run = sample();
    for encoding in encodings() {
        let logs = [(); 2].map(|()| write(encoding, &run, run.horizon));
        assert_eq!(logs[0], logs[1], "{encoding:?}");
    }
}

#[test]
fn rows_are_pinned() {
    let run = sample();
    let log = String::from_utf8(write(encoding("x.csv"), &run, run.horizon)).unwrap();
    insta::assert_snapshot!(log);
}

#[test]
fn keys_are_pinned() {
    let run = sample();
    let log = String::from_utf8(write(encoding("x.jsonl"), &run, run.horizon)).unwrap();
    let lines: Vec<&str> = log.lines().skip(1).take(4).collect();
    let expected = [
        r#"{"seq":1,"policy":"policy \"0\"","ts":1700000000000,"user":"ann","app":"back,office","api":"orders","event":"accessed","outcome":"login","cause":"first","refresh_cause":"none","background":false,"expires_at":1700000600000}"#,
        r#"{"seq":2,"policy":"policy \"0\"","ts":1700000000000,"user":"ann","app":"back,office","event":"app_opened","background":false,"expires_at":1700000660000}"#,
        r#"{"seq":3,"policy":"policy \"0\"","ts":1700000000000,"user":"ann","app":"back,office","event":"session_started","background":false,"expires_at":1700001800000}"#,
        r#"{"seq":4,"policy":"policy \"0\"","ts":1700000000000,"user":"ann","app":"back,office","event":"id_token_issued","background":false}"#,
    ];
    assert_eq!(lines, expected);
}

#[test]
fn checksums_can_be_made_by_hand() {
    let run = sample();
    let log = String::from_utf8(write(encoding("x.csv"), &run, run.horizon)).unwrap();
    let (_, rows) = log.split_once('\n').unwrap();
    let start = rows.find(",block_closed,").unwrap();
    let start = rows[..start].rfind('\n').unwrap() + 1;
    let end = start + rows[start..].find('\n').unwrap() + 1;
    let seq = rows[start..end].split(',').next().unwrap();
    let summed = format!("{}{seq},,,,,,,block_closed,,,,,\n", &rows[..start]);
    let checksum = crc32fast::hash(summed.as_bytes());
    assert_eq!(rows[start..end], format!("{seq},,,,,,,block_closed,,{checksum:08x},,,\n"));
}

#[cfg(feature = "parquet")]
#[test]
fn other_readers_of_parquet_skip_the_seal() {
    use parquet::file::reader::{FileReader, SerializedFileReader};

    let run = sample();
    let rows = write(encoding("x.jsonl"), &run, run.horizon);
    let rows = rows.iter().filter(|byte| **byte == b'\n').count();
    let bytes = bytes::Bytes::from(write(encoding("x.parquet"), &run, run.horizon));
    let file = SerializedFileReader::new(bytes).unwrap();
    let read: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(read.len(), rows);
    let first_use = concat!(
        r#"{seq: 1, policy: "policy "0"", ts: 1700000000000, user: "ann", device: null, "#,
        r#"app: "back,office", api: "orders", event: "accessed", outcome: "login", "#,
        r#"cause: "first", refresh_cause: "none", background: false, expires_at: 1700000600000}"#,
    );
    assert_eq!(read[1].to_string(), first_use);
}

#[cfg(not(feature = "parquet"))]
#[test]
fn without_parquet_the_error_says_so() {
    let run = sample();
    let out = Box::new(super::Sink::default());
    let error = crate::event_log::Writer::new(encoding("x.parquet"), out, &run.description);
    assert!(error.err().unwrap().to_string().contains("built without Parquet"));
}
