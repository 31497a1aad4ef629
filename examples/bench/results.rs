//! What gungraun and criterion left behind.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

/// Instructions by bench: `function/id`.
pub(crate) type Counts = BTreeMap<String, u64>;

/// Wall-clock time by bench: `group/function`.
pub(crate) type Times = BTreeMap<String, Time>;

/// How long an iteration took, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Time {
    pub(crate) mean: f64,
    /// The mean's confidence interval.
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

/// The counts in every `summary.json` below `directory`: what `--save-summary=json` writes.
pub(crate) fn counts(directory: &Path) -> Result<Counts> {
    let files = files_below(directory, "summary.json")?;
    files.iter().map(|file| read(file, count)).collect()
}

/// The times in every `new/estimates.json` below `directory`, criterion's.
pub(crate) fn times(directory: &Path) -> Result<Times> {
    let mut times = Times::new();
    for file in files_below(directory, "estimates.json")? {
        // Beside `new` stand `base`, the run before, and `change`.
        if file.parent().is_some_and(|parent| parent.ends_with("new")) {
            let time = read(&file, time)?;
            times.insert(read(&file.with_file_name("benchmark.json"), full_id)?, time);
        }
    }
    Ok(times)
}

fn read<T>(file: &Path, take: impl Fn(&Value) -> Option<T>) -> Result<T> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let json =
        serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))?;
    take(&json).with_context(|| format!("{} has another form than is known here", file.display()))
}

fn count(summary: &Value) -> Option<(String, u64)> {
    let function = summary["function_name"].as_str()?;
    let name = match summary["id"].as_str() {
        Some(id) => format!("{function}/{id}"),
        None => function.to_owned(),
    };
    let callgrind = summary["profiles"].as_array()?.iter().find(|of| of["tool"] == "Callgrind")?;
    let instructions = &callgrind["data"]["total"]["metrics"]["Ir"]["values"]["new"];
    Some((name, instructions.as_u64()?))
}

fn time(estimates: &Value) -> Option<Time> {
    let mean = &estimates["mean"];
    let interval = &mean["confidence_interval"];
    Some(Time {
        mean: mean["point_estimate"].as_f64()?,
        lower: interval["lower_bound"].as_f64()?,
        upper: interval["upper_bound"].as_f64()?,
    })
}

fn full_id(benchmark: &Value) -> Option<String> {
    benchmark["full_id"].as_str().map(str::to_owned)
}

fn files_below(directory: &Path, name: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if !directory.exists() {
        return Ok(files);
    }
    let entries = fs::read_dir(directory)
        .with_context(|| format!("cannot look into {}", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path, name)?);
        } else if path.file_name().is_some_and(|own| own == name) {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(folder: &Path, file: &str, text: &str) {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, text).expect("written");
    }

    /// A `summary.json`, cut to what is read and what could be mistaken for it.
    fn summary(id: &str, values: &str) -> String {
        format!(
            r#"{{"function_name": "trace_csv", "id": {id}, "profiles": [
                {{"tool": "DHAT", "data": {{"total": {{"metrics": {{}}}}}}}},
                {{"tool": "Callgrind", "data": {{
                    "parts": [{{"metrics": {{"Ir": {{"values": {{"new": 3}}}}}}}}],
                    "total": {{"metrics": {{"Ir": {{"values": {values}}}, "Dr": {{}}}}}}
                }}}}
            ]}}"#
        )
    }

    #[test]
    fn counts_are_the_new_totals_of_instructions() {
        let folder = tempfile::tempdir().expect("a folder");
        put(folder.path(), "a/b/summary.json", &summary(r#""plain""#, r#"{"new": 7, "old": 9}"#));
        put(folder.path(), "a/c/summary.json", &summary("null", r#"{"new": 8}"#));
        put(folder.path(), "a/c/other.json", "{}");
        let expected = [("trace_csv", 8), ("trace_csv/plain", 7)];
        let expected = expected.map(|(name, count)| (name.to_owned(), count)).into();
        assert_eq!(counts(folder.path()).expect("counts"), expected);
    }

    #[test]
    fn a_summary_of_another_form_is_an_error_that_names_it() {
        for malformed in ["", "{}", "[]", &summary("1", r#"{"old": 9}"#), &summary("1", "7")] {
            let folder = tempfile::tempdir().expect("a folder");
            put(folder.path(), "a/summary.json", malformed);
            let error = format!("{:#}", counts(folder.path()).expect_err(malformed));
            assert!(error.contains("summary.json"), "{error}");
        }
    }

    #[test]
    fn times_are_criterions_last_means() {
        let folder = tempfile::tempdir().expect("a folder");
        let estimates = |mean: f64| {
            format!(
                r#"{{"mean": {{"confidence_interval": {{"confidence_level": 0.95,
                "lower_bound": 1.5, "upper_bound": 2.5}}, "point_estimate": {mean}}}}}"#
            )
        };
        put(folder.path(), "check/one/new/estimates.json", &estimates(2.0));
        put(folder.path(), "check/one/new/benchmark.json", r#"{"full_id": "check/one"}"#);
        put(folder.path(), "check/one/base/estimates.json", &estimates(9.0));
        put(folder.path(), "check/one/change/estimates.json", "{}");
        let time = Time { mean: 2.0, lower: 1.5, upper: 2.5 };
        let expected = [("check/one".to_owned(), time)].into();
        assert_eq!(times(folder.path()).expect("times"), expected);
    }

    #[test]
    fn nothing_there_is_no_figures() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(counts(&folder.path().join("none")).expect("none").is_empty());
        assert!(times(&folder.path().join("none")).expect("none").is_empty());
    }
}
