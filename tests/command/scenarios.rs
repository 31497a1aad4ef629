//! Every scenario asks a question in its first line, and runs; what `reports/` holds is what they
//! give.

use std::fs;
use std::path::PathBuf;

use crate::program::*;

/// The scenarios whose reports are kept.
const KEPT: [&str; 2] = ["quickstart", "bank"];

fn scenarios() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("scenarios")).expect("scenarios");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut scenarios: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    scenarios.sort();
    scenarios
}

#[test]
fn every_scenario_asks_a_question_and_runs() {
    let folder = scratch();
    assert!(scenarios().len() >= 8);
    for scenario in scenarios() {
        let text = fs::read_to_string(&scenario).expect("a scenario");
        let first = text.lines().next().unwrap_or_default();
        let name = scenario.display().to_string();
        assert!(first.starts_with("# ") && first.ends_with('?'), "{name} asks no question");
        let run = relogin(&["run", &name, "--out", &path(&folder, "out")]).expect(0);
        assert!(!run.stderr.contains("warning"), "{name}: {}", run.stderr);
        // The question is wrapped to the screen's width, so only its first words stand together.
        let start: String = first[2..].split_inclusive(' ').take(5).collect();
        assert!(run.stdout.contains(start.trim()), "{name}: {}", run.stdout);
    }
}

#[test]
fn the_kept_reports_are_what_their_scenarios_give() {
    let folder = scratch();
    for name in KEPT {
        let scenario = format!("scenarios/{name}.toml");
        let out = path(&folder, name);
        relogin(&["run", &scenario, "--out", &out]).expect(0);
        same_files(&folder.path().join(name), &root().join("reports").join(name));
    }
}
