//! Reads every sample in `tests/trace/` and compares what it gives with `NAME.expected` beside
//! it. A new case is a new file; `RELOGIN_BLESS=1 cargo test --test trace` writes what it gives.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use relogin::input::Input;
use relogin::model::{ApiId, AppId};
use relogin::trace::{self, FORMATS, Intake, ReadOptions, Trace, TraceError, Vocabulary};

fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trace");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.collect();
    paths.sort();
    paths
}

/// Two apps: `shop`, the default one, uses the APIs `orders` and `stock`, `admin` only `orders`.
fn vocabulary() -> Vocabulary {
    let [orders, stock] = [0, 1].map(ApiId::new);
    Vocabulary {
        apps: ["admin", "shop"].map(str::to_owned).to_vec(),
        apis: ["orders", "stock"].map(str::to_owned).to_vec(),
        uses: vec![vec![orders], vec![orders, stock]],
        default_app: Some(AppId::new(1)),
        open: false,
    }
}

fn read(name: &str, input: Input) -> Result<Trace, TraceError> {
    let mut intake = Intake::new(vocabulary());
    trace::read(&mut intake, name, input, &ReadOptions::default())?;
    intake.finish()
}

fn told(result: &Result<Trace, TraceError>) -> String {
    let trace = match result {
        Ok(trace) => trace,
        Err(error) => return format!("error: {error}\n"),
    };
    let mut text = String::new();
    for chunk in trace.chunks() {
        for record in chunk.unwrap().iter() {
            let (at, agent) = (record.at().as_millis(), record.agent());
            let (user, device) = (trace.names.user_of(agent), trace.names.device(agent));
            let app = record.app().map_or("-", |app| &trace.vocabulary.apps[app.index()]);
            let api = record.api().map_or("-", |api| &trace.vocabulary.apis[api.index()]);
            let (user, action) = (trace.names.user(user), record.action().word());
            writeln!(text, "{at} {user:?} {device:?} {app} {api} {action}").unwrap();
        }
    }
    let counts = &trace.counts;
    writeln!(
        text,
        "{} records of {} lines, {} broken, {} out of order",
        counts.records, counts.lines, counts.broken, counts.out_of_order
    )
    .unwrap();
    for example in &counts.examples {
        writeln!(text, "{example}").unwrap();
    }
    text
}

#[test]
fn samples_give_what_is_expected() {
    let mut wrong = Vec::new();
    for path in samples() {
        if path.extension().is_some_and(|ending| ending == "expected") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".parquet") && cfg!(not(feature = "parquet")) {
            continue;
        }
        let file = || File::open(&path).unwrap();
        let found = told(&read(name, Input::File(Box::new(file()))));
        let streamed = told(&read(name, Input::Stream(Box::new(file()))));
        assert_eq!(found, streamed, "{name}: a stream is read as a file is");
        let expected_path = path.with_file_name(format!("{name}.expected"));
        if std::env::var_os("RELOGIN_BLESS").is_some() {
            fs::write(expected_path, &found).unwrap();
        } else if fs::read_to_string(&expected_path).unwrap_or_default() != found {
            wrong.push(format!("{name} gives\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "not as in NAME.expected:\n{}", wrong.join("\n"));
}

#[test]
fn every_format_has_samples_and_every_expectation_a_sample() {
    let samples = samples();
    let names: BTreeSet<_> =
        samples.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    for format in FORMATS {
        let has_ending = |name: &&str| format.endings.iter().any(|e| name.ends_with(e));
        assert!(
            names.iter().any(has_ending),
            "the format {} has no sample in tests/trace/",
            format.name
        );
    }
    for name in &names {
        let sample = name.strip_suffix(".expected").unwrap_or(name);
        assert!(names.contains(sample), "tests/trace/{name} stands without its sample {sample}");
    }
}
