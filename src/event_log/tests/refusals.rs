//! What is said of logs that cannot be taken: the record, and what is wrong with it.

use std::io::{self, Cursor, Read};

use super::driver::{Told, sample};
use super::{Sink, encoding, file, read, write};
use crate::event_log::{Encoding, End, Mode, Reader, Writer};
use crate::input::Input;
use crate::model::{ApiId, AppId, Fact, Instant, Span};

/// The sample's log without the user whose name has a line feed, so that record n is line n + 1.
fn csv() -> String {
    let mut run = sample();
    run.told.retain(|told| !told.user.contains('\n'));
    String::from_utf8(write(encoding("x.csv"), &run, run.horizon)).unwrap()
}

/// That log with its lines changed.
fn edit(change: impl FnOnce(&mut Vec<String>)) -> String {
    let log = csv();
    let mut lines: Vec<String> = log.lines().map(str::to_owned).collect();
    change(&mut lines);
    lines.join("\n") + "\n"
}

fn renumber(lines: &mut [String]) {
    for (seq, line) in lines[1..].iter_mut().enumerate() {
        let rest = line.split_once(',').unwrap().1;
        *line = format!("{seq},{rest}");
    }
}

/// The log is refused at that record, in those words.
fn check(log: impl AsRef<[u8]>, record: u64, words: &str) {
    let (_, ending) = read(file(log.as_ref()), Mode::Whole);
    let message = ending.expect_err(words).to_string();
    let place = format!("the event log breaks at record {record}: ");
    assert!(message.starts_with(&place) && message.contains(words), "{message}");
}

/// The log is refused when one text of a line is another.
fn check_change(record: usize, from: &str, to: &str, words: &str) {
    let log = edit(|lines| {
        let line = &mut lines[record + 1];
        assert!(line.contains(from), "{line}");
        *line = line.replacen(from, to, 1);
    });
    check(log, record as u64, words);
}

#[test]
fn what_is_no_log() {
    check("", 0, "the file is empty");
    check("ts,user\n1,ann\n", 0, "this is no event log");
    check("seq,user\n1,ann\n", 0, "its columns are `seq,user`, not `seq,policy,ts,");
    check("{\"level\":\"info\"}\n", 0, "unknown field `level`");
    check("{\"seq\":0,\"event\":\"login\"}\n", 0, "the log begins with `login`");
    let parquet = if cfg!(feature = "parquet") { "has lost its end" } else { "--features parquet" };
    check("PAR1 but not really", 0, parquet);
}

#[test]
fn what_is_missing_or_too_much() {
    check(edit(|lines| drop(lines.remove(0))), 0, "this is no event log");
    check(edit(|lines| drop(lines.remove(1))), 0, "the log begins with `accessed`");
    check(edit(|lines| drop(lines.remove(5))), 4, "its `seq` is 5: rows are missing");
    check(edit(|lines| lines.insert(6, lines[5].clone())), 5, "its `seq` is 4");
    let orphan = edit(|lines| {
        lines.remove(2);
        renumber(lines);
    });
    check(orphan, 1, "`app_opened` does not belong to the fact above it");
    let last = csv().lines().last().unwrap().split(',').next().unwrap().parse::<u64>().unwrap();
    check(edit(|lines| drop(lines.pop())), last, "without `log_closed`");
    check(csv().trim_end(), last, "cut in the middle");
    check(csv() + "1,x\n", last + 1, "something follows `log_closed`");
    check(csv() + &csv(), last + 1, "something follows `log_closed`");
}

#[test]
fn what_cannot_be_understood() {
    check_change(0, "relogin.events/1", "relogin.events/2", "`relogin.events/2`, and this relogin");
    check_change(0, "\"\"seed\"\"", "\"\"sead\"\"", "unknown field `sead`");
    check_change(0, "\"\"web\"\"", "\"\"back,office\"\"", "app \"back,office\" stands twice");
    check_change(1, ",1700000000000,", ",17e11,", "`ts` holds \"17e11\", where a whole number");
    check_change(1, ",1700000000000,", ",,", "`ts` holds \"\"");
    check_change(1, "policy \"\"0", "policy \"\"7", "the name of a policy of the run");
    check_change(1, "back,office", "back office", "the name of an app of the run");
    check_change(1, "orders", "order", "the name of an API of the run");
    check_change(1, "accessed", "acessed", "`event` holds \"acessed\"");
    check_change(1, "login", "lock-in", "`outcome` holds \"lock-in\", where `valid`");
    check_change(1, "first", "worst", "`cause` holds \"worst\"");
    check_change(1, "none", "nun", "`refresh_cause` holds \"nun\"");
    check_change(1, "false", "maybe", "`background` holds \"maybe\"");
    check_change(1, "false", "", "`background` holds \"\", where `true` or `false`");
    check_change(1, ",ann,", ",,", "`user` holds \"\"");
    check_change(1, ",orders", "", "the row has 12 cells, not 13");
    check_change(2, "app_opened", "session_ended", "`session_ended` does not belong");
    check_change(2, "ann", "bob", "`app_opened` does not belong");
    check_change(3, "session_started", "accessed", "`outcome` holds \"\"");
}

#[test]
fn what_was_changed_unseen() {
    let log = csv();
    let block = log.lines().position(|line| line.contains(",block_closed,")).unwrap();
    let closing = log.lines().last().unwrap().split(',').next().unwrap().parse::<u64>().unwrap();
    let words = format!("the checksum of records 0 to {}", block - 1);
    let changed = edit(|lines| lines[2] = lines[2].replace(",1700000600000", ",1700000600001"));
    let seq = |log: &str| {
        let line = log.lines().find(|line| line.contains(",block_closed,")).unwrap();
        line.split(',').next().unwrap().parse::<u64>().unwrap()
    };
    check(&changed, seq(&changed), &words);
    let horizon = sample().horizon.as_millis();
    let later =
        log.replace(&format!("{closing},,{horizon},"), &format!("{closing},,{},", horizon + 1));
    check(later, closing, &format!("to {closing} is "));
}

#[test]
fn a_killed_run_is_read_up_to_its_last_whole_fact() {
    let run = sample();
    for path in ["x.csv", "x.jsonl"] {
        let sink = Sink::default();
        let out = Box::new(sink.clone());
        let mut writer = Writer::new(encoding(path), out, &run.description).unwrap();
        run.told.iter().for_each(|told| writer.write(&told.entry()).unwrap());
        writer.close(End::Complete, run.horizon).unwrap();
        let whole = sink.0.lock().unwrap().clone();
        let without_closing =
            whole[..whole.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
        for (cut, words) in
            [(without_closing, "without `log_closed`"), (without_closing + 9, "cut in")]
        {
            let (told, ending) = read(file(&whole[..cut]), Mode::UpToBreak);
            let ending = ending.unwrap();
            // Nothing says that the last fact has all its rows.
            assert_eq!(told, run.told[..run.told.len() - 1]);
            assert_eq!((ending.end, ending.unverified), (End::Partial, told.len() as u64));
            assert_eq!(Some(ending.horizon), told.iter().map(|told| told.at).max());
            let broke = ending.broke.unwrap().to_string();
            assert!(broke.contains(words), "{broke}");
        }
    }
}

#[test]
fn an_interrupted_run_says_so() {
    let run = sample();
    let sink = Sink::default();
    let out = Box::new(sink.clone());
    let mut writer = Writer::new(encoding("x.jsonl.zst"), out, &run.description).unwrap();
    writer.write(&run.told[0].entry()).unwrap();
    writer.close(End::Partial, run.told[0].at).unwrap();
    let (told, ending) = read(file(&sink.0.lock().unwrap()), Mode::Whole);
    assert_eq!(told, run.told[..1]);
    let ending = ending.unwrap();
    assert_eq!((ending.end, ending.horizon), (End::Partial, run.told[0].at));
    assert!(ending.broke.is_none());
}

#[test]
fn what_cannot_be_written_leaves_no_trace() {
    let run = sample();
    let told = &run.told[0];
    let Fact::Access(access) = told.fact else { panic!("the sample begins with a use") };
    let later = access.open_until + Span::from_millis(1);
    let wrong = [
        (Told { policy: 9, ..told.clone() }, "its policy is none of the run's"),
        (Told { user: String::new(), ..told.clone() }, "it has no user"),
        (
            Told {
                fact: Fact::LoggedOut { app: AppId::new(2), everywhere: true, ends_session: true },
                ..told.clone()
            },
            "its app is none of the run's",
        ),
        (
            Told {
                fact: Fact::Access(crate::model::Access { api: ApiId::new(2), ..access }),
                ..told.clone()
            },
            "its API is none of the run's",
        ),
        (
            Told {
                fact: Fact::Access(crate::model::Access { open_until: later, ..access }),
                ..told.clone()
            },
            "its app stays open for another time",
        ),
    ];
    let sink = Sink::default();
    let out = Box::new(sink.clone());
    let mut writer = Writer::new(encoding("x.csv"), out, &run.description).unwrap();
    for (told, words) in wrong {
        let error = writer.write(&told.entry()).expect_err(words);
        assert!(error.to_string().contains(words), "{error}");
    }
    writer.close(End::Complete, Instant::from_millis(0)).unwrap();
    assert_eq!(sink.0.lock().unwrap().iter().filter(|byte| **byte == b'\n').count(), 3);

    let mut twice = run.description;
    twice.policies.push(twice.policies[0].clone());
    let error = Writer::new(encoding("x.csv"), Box::new(Sink::default()), &twice).err().unwrap();
    assert!(error.to_string().contains("stands twice"), "{error}");
}

#[test]
fn an_endless_row_is_refused_before_it_fills_the_memory() {
    for path in ["x.csv", "x.jsonl"] {
        let run = sample();
        let whole = write(encoding(path), &run, run.horizon);
        let first_row = whole.iter().position(|byte| *byte == b'\n').unwrap();
        let endless = Cursor::new(whole[..first_row + 1].to_vec()).chain(io::repeat(b'x'));
        let (told, ending) = read(Input::Stream(Box::new(endless)), Mode::Whole);
        assert!(told.is_empty());
        let error = ending.unwrap_err().to_string();
        assert!(error.contains("longer than 1048576 bytes"), "{error}");
    }
}

#[test]
fn every_format_is_registered() {
    let registry = include_str!("../formats/mod.rs");
    let files = registry.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    for file in files {
        let registered = registry.contains(&format!("&{file}::FORMAT"));
        assert!(registered, "formats/{file}.rs stands in no row of FORMATS");
    }
}

#[test]
fn logs_can_be_written_and_read_on_any_thread() {
    fn check<T: Send>() {}
    check::<Writer>();
    check::<Reader>();
}

#[test]
fn formats_are_found_by_ending_and_by_content() {
    let endings: Vec<&str> = crate::event_log::FORMATS
        .iter()
        .flat_map(|format| format.endings.iter().copied())
        .collect();
    assert_eq!(endings, [".csv", ".jsonl", ".ndjson", ".parquet"]);
    assert!(Encoding::from_path_ending("x.parquet.gz").is_none(), "Parquet compresses itself");
    assert!(Encoding::from_path_ending("csv").is_none());
    let run = sample();
    let with_mark = [b"\xef\xbb\xbf", &*write(encoding("x.csv"), &run, run.horizon)].concat();
    assert!(Reader::new(file(&with_mark), Mode::Whole).is_ok());
}
