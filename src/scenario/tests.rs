//! The corpus of scenario files, the vectors, and what the registry promises.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::*;

mod classes;
mod presets;
pub(crate) mod schema;
mod values;

const ROOM: &str = env!("CARGO_MANIFEST_DIR");

/// What stands in the corpus beside a scenario: its errors, or its warnings and effective values.
fn told(name: &str, text: &str) -> String {
    let overrides: Vec<String> =
        text.lines().filter_map(|line| line.strip_prefix("#--set ")).map(str::to_owned).collect();
    let scenario = match parse(name, text, &overrides) {
        Ok(scenario) => scenario,
        Err(errors) => return errors.render(false),
    };
    let mut told = String::new();
    for warning in &scenario.warnings {
        let _ = writeln!(told, "warning: {warning}");
    }
    let _ = writeln!(told, "{} (seed {}): {}", scenario.name, scenario.seed, scenario.question);
    told.push_str(&told_workload(&scenario.workload));
    if text.contains("[provider") {
        told.push_str(&format!("{:#?}\n", scenario.provider));
    }
    for axis in &scenario.sweep.axes {
        let _ = writeln!(told, "axis {} = {:?}", axis.key, axis.grid);
    }
    for constraint in &scenario.sweep.constraints {
        let _ = writeln!(told, "where {constraint}");
    }
    for threshold in &scenario.thresholds {
        let (name, place) = (&threshold.name, threshold.line);
        let (whose, figure) = (&threshold.whose, threshold.measure.name);
        let (end, wanted) = (threshold.statistic.ending(), threshold.wanted());
        let _ = writeln!(told, "threshold {name}: {whose:?} {figure}{end} {wanted} # {place:?}");
    }
    if let Some(capacity) = &scenario.capacity {
        told.push_str(&format!("{capacity:#?}\n"));
    }
    if text.contains("[recommend") {
        told.push_str(&told_recommend(&scenario.recommend));
    }
    for policy in &scenario.policies {
        let _ = writeln!(told, "policy {}", policy.name);
        for (key, value, origin) in &policy.settings {
            let _ = writeln!(told, "  {key} = {value} # {origin}");
        }
    }
    told
}

/// The workload; of classes only the names, since patterns are not this room's.
fn told_workload(workload: &WorkloadSpec) -> String {
    let source = match &workload.source {
        Source::Synthetic(people) => {
            let names: Vec<&str> = people.classes.iter().map(|class| class.name.as_str()).collect();
            let start = people.start.as_millis();
            format!("{} of {names:?} from {start} for {}", people.users, people.span)
        }
        other => format!("{other:?}"),
    };
    let WorkloadSpec { stay_open, warmup, task_gap, timezone, default_app, .. } = workload;
    format!(
        "workload {source}\n  stay_open {stay_open}, warmup {warmup}, task_gap {task_gap}, \
         timezone {timezone}, default_app {default_app:?}\n"
    )
}

fn told_recommend(recommend: &RecommendSpec) -> String {
    let RecommendSpec { policy, axes, minimise, mid_task_weight, cost, .. } = recommend;
    let constraints: Vec<String> = recommend.constraints.iter().map(|c| c.to_string()).collect();
    let profiles: Vec<&str> = recommend.profiles.iter().map(|profile| profile.name).collect();
    let axes: Vec<String> =
        axes.iter().map(|axis| format!("{} = {:?}", axis.key, axis.grid)).collect();
    format!(
        "recommend {policy:?} {minimise:?} weight {mid_task_weight} {cost:?}\n  {axes:?}\n  \
         {constraints:?} {profiles:?}\n"
    )
}

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(ROOM).join("tests/scenario");
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    files.sort();
    files
}

/// Drop a scenario into `tests/scenario`, run with `UPDATE=1`, and look at what came out.
#[test]
fn the_corpus_is_told_as_recorded() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for path in corpus() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let found = told(name, &std::fs::read_to_string(&path).unwrap());
        let beside = path.with_extension("txt");
        if update {
            std::fs::write(&beside, &found).unwrap();
        } else if std::fs::read_to_string(&beside).ok().as_deref() != Some(found.as_str()) {
            wrong.push(format!("{name}:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "run with UPDATE=1 if this is right:\n{}", wrong.join("\n"));
}

#[test]
fn the_corpus_has_both_kinds() {
    let files = corpus();
    let parses = |path: &&PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        !told("x.toml", &text).starts_with("error")
    };
    let good = files.iter().filter(parses).count();
    assert!(good >= 6 && files.len() - good >= 25, "{good} good ones of {}", files.len());
}
