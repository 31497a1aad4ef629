//! Cut and changed logs: the same facts, or an error that names a record; never other facts.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::driver::{Run, runs};
use super::{encoding, encodings, file, read, write};
use crate::event_log::{Encoding, End, Mode, Reader};

fn any_encoding() -> impl Strategy<Value = Encoding> {
    select(encodings().collect::<Vec<_>>())
}

/// Whether what comes out of `bytes` is true to `run`, of whose log they are what is left.
fn check(run: &Run, bytes: &[u8], whole: &[u8]) {
    let rows = String::from_utf8(write(encoding("x.csv"), run, run.horizon)).unwrap();
    let rows = rows.lines().count() as u64;
    let (told, ending) = read(file(bytes), Mode::Whole);
    assert_eq!(told, run.told[..told.len()], "other facts than were written");
    match ending {
        Ok(ending) => {
            assert_eq!(told.len(), run.told.len(), "facts are missing and nothing says so");
            assert_eq!((ending.end, ending.horizon), (End::Complete, run.horizon));
            let reader = Reader::new(file(bytes), Mode::Whole).unwrap();
            assert_eq!(reader.description(), &run.description);
        }
        Err(error) => assert!(error.seq <= rows, "no such record: {error}"),
    }
    let strict = told.len();
    let (told, ending) = read(file(bytes), Mode::UpToBreak);
    let Ok(ending) = ending else {
        assert!(told.is_empty());
        return;
    };
    assert!(told.len() >= strict, "reading up to the break gives less than refusing it");
    let vouched = told.len() - ending.unverified as usize;
    assert_eq!(told[..vouched], run.told[..vouched], "other facts than were written");
    let is_cut = whole.starts_with(bytes);
    if is_cut {
        assert_eq!(told, run.told[..told.len()], "other facts than were written");
    }
    if ending.broke.is_none() {
        assert_eq!((ending.end, told.len()), (End::Complete, run.told.len()));
    } else {
        assert_eq!(ending.end, End::Partial);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cut_log_is_told(run in runs(40), encoding in any_encoding(), at in any::<Index>()) {
        let whole = write(encoding, &run, run.horizon);
        let cut = &whole[..at.index(whole.len())];
        check(&run, cut, &whole);
        prop_assert!(read(file(cut), Mode::Whole).1.is_err(), "a cut log was taken for a whole one");
    }

    #[test]
    fn a_changed_byte_is_told(
        run in runs(40),
        encoding in any_encoding(),
        at in any::<Index>(),
        change in 1..=u8::MAX,
    ) {
        let whole = write(encoding, &run, run.horizon);
        let mut changed = whole.clone();
        changed[at.index(whole.len())] ^= change;
        check(&run, &changed, &whole);
    }

    #[test]
    fn changed_bytes_are_told(
        run in runs(40),
        encoding in any_encoding(),
        at in any::<Index>(),
        bytes in vec(any::<u8>(), 1..40),
    ) {
        let whole = write(encoding, &run, run.horizon);
        let mut changed = whole.clone();
        let at = at.index(whole.len());
        changed.splice(at..(at + bytes.len()).min(whole.len()), bytes);
        check(&run, &changed, &whole);
    }

    #[test]
    fn no_bytes_are_a_log_by_chance(
        head in select(vec![&b""[..], b"seq,", b"{", b"PAR1", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"]),
        mut bytes in vec(any::<u8>(), 0..200),
        tail in select(vec![&b""[..], b"\n", b"relogin\x01\x08\0\0\0PAR1", b"\x08\0\0\0PAR1"]),
    ) {
        bytes.splice(..0, head.iter().copied());
        bytes.extend_from_slice(tail);
        for mode in [Mode::Whole, Mode::UpToBreak] {
            prop_assert!(Reader::new(file(&bytes), mode).is_err());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cut_log_gives_every_whole_fact(run in runs(40), at in any::<Index>()) {
        let whole = write(encoding("x.jsonl"), &run, run.horizon);
        let cut = &whole[..at.index(whole.len())];
        let lines = cut.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
        let mut facts = 0_usize;
        let mut whole_facts = None;
        for line in lines {
            let row: serde_json::Value = serde_json::from_slice(line).unwrap();
            let event = row["event"].as_str().unwrap();
            if event == "block_closed" {
                whole_facts = Some(facts);
            } else if PRIMARY.contains(&event) {
                whole_facts = Some(facts);
                facts += 1;
            }
        }
        let (told, _) = read(file(cut), Mode::UpToBreak);
        prop_assert_eq!(told.len(), whole_facts.unwrap_or(0));
    }
}

const PRIMARY: [&str; 6] =
    ["accessed", "renewed", "kept_alive", "logged_out", "browser_closed", "access_revoked"];

#[test]
fn each_byte_of_a_log_matters_or_means_the_same() {
    let mut run = super::driver::sample();
    run.told.truncate(3);
    for encoding in encodings() {
        let whole = write(encoding, &run, run.horizon);
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            check(&run, &changed, &whole);
        }
    }
}
