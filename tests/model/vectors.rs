//! What an independent program computed for `tests/vectors`: every access, every metric.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use relogin::input::Input;
use relogin::scenario::{self, Source, vocabulary};
use relogin::trace::{self, Intake, ReadOptions};

use crate::engine;
use crate::twin::Row;

#[test]
fn every_vector_comes_out_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut checked = 0;
    for entry in fs::read_dir(folder).expect("tests/vectors") {
        let vector = entry.expect("an entry").path();
        if vector.is_dir() {
            check(&vector);
            checked += 1;
        }
    }
    assert_eq!(checked, 22, "vectors in tests/vectors");
}

fn check(vector: &Path) {
    let name = vector.display().to_string();
    let text = fs::read_to_string(vector.join("scenario.toml")).expect("scenario.toml");
    let scenario = scenario::parse(&name, &text, &[])
        .unwrap_or_else(|errors| panic!("{name}: {}", errors.render(false)));
    let Source::Trace(files) = &scenario.workload.source else { panic!("{name}: no trace") };
    let vocabulary = vocabulary(&scenario.policies, &scenario.workload);
    let mut intake = Intake::new(vocabulary);
    let input = File::open(vector.join(&files[0])).expect("the trace");
    trace::read(&mut intake, "trace.csv", Input::File(Box::new(input)), &ReadOptions::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let trace = intake.finish().expect("in memory");
    for partitions in [1, 3] {
        let (policies, seed) = (&scenario.policies, scenario.seed);
        let outcomes = engine::run(policies, &scenario.workload, seed, &trace, partitions);
        for (policy, outcome) in policies.iter().zip(outcomes) {
            let expected = vector.join("expected").join(&policy.name);
            let name = format!("{name}, policy {}, {partitions} partitions", policy.name);
            engine::compare_rows(&name, &outcome.rows, &rows(&expected.join("accesses.csv")));
            let summary = fs::read_to_string(expected.join("summary.json")).expect("summary");
            let summary: BTreeMap<String, f64> = serde_json::from_str(&summary).expect("figures");
            engine::compare(&name, &engine::metrics(&outcome.tables), &summary);
        }
    }
}

fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).expect("accesses.csv");
    let columns = ["ts", "user", "device", "app", "api", "outcome", "cause", "refresh_cause"];
    assert_eq!(reader.headers().expect("a header"), columns.as_slice());
    let row = |record: csv::StringRecord| {
        let cell = |column: usize| record[column].to_owned();
        Row {
            at: record[0].parse().expect("milliseconds"),
            user: cell(1),
            device: cell(2),
            app: cell(3),
            api: cell(4),
            outcome: cell(5),
            cause: cell(6),
            refresh_cause: cell(7),
        }
    };
    reader.records().map(|record| row(record.expect("a row"))).collect()
}
