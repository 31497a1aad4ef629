//! Counts against the baseline.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::results::Counts;

/// What a hot path may rise before the gate shuts, in percent; what it may fall before the
/// baseline is too generous.
const TOLERANCE: u128 = 3;

const ACCEPT: &str = "cargo run --example bench -- accept";

/// `benches/instructions.json`: how many instructions each hot path took when it was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Baseline {
    /// With which compiler and which valgrind they were counted.
    pub(crate) tools: String,
    /// By bench.
    pub(crate) instructions: Counts,
}

impl Baseline {
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file)
            .with_context(|| format!("cannot read {}; `{ACCEPT}` makes it", file.display()))?;
        Self::parse(&text)
            .with_context(|| format!("{} is no baseline; `{ACCEPT}` makes it", file.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        Ok(serde_json::from_str(text)?)
    }

    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
    }
}

/// How a hot path fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Unchanged,
    Risen,
    Fallen,
    /// It has no baseline.
    New,
    /// It was not counted.
    Missing,
}

/// A hot path, then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: String,
    before: Option<u64>,
    now: Option<u64>,
}

/// Every hot path, then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comparison(Vec<Line>);

impl Comparison {
    pub(crate) fn new(baseline: &Baseline, counts: &Counts) -> Self {
        let names: BTreeSet<&String> = baseline.instructions.keys().chain(counts.keys()).collect();
        let line = |name: &String| Line {
            name: name.clone(),
            before: baseline.instructions.get(name).copied(),
            now: counts.get(name).copied(),
        };
        Self(names.into_iter().map(line).collect())
    }

    /// Whether every hot path was counted and none rose too far.
    pub(crate) fn passes(&self) -> bool {
        let good = |line: &Line| matches!(line.verdict(), Verdict::Unchanged | Verdict::Fallen);
        // Nothing compared is nothing guarded.
        !self.0.is_empty() && self.0.iter().all(good)
    }

    /// The hot paths of one verdict, as a list in a sentence.
    fn named(&self, verdict: Verdict) -> Option<String> {
        let lines = self.0.iter().filter(|line| line.verdict() == verdict);
        let named: Vec<String> = lines
            .map(|line| match line.change() {
                Some(change) => format!("{} ({change:+.1} %)", line.name),
                None => line.name.clone(),
            })
            .collect();
        (!named.is_empty()).then(|| named.join(", "))
    }
}

impl Line {
    fn verdict(&self) -> Verdict {
        let (Some(before), Some(now)) = (self.before, self.now) else {
            return if self.before.is_none() { Verdict::New } else { Verdict::Missing };
        };
        // In whole numbers, so that the limit itself is exact.
        let (before, now) = (u128::from(before), u128::from(now));
        if now * 100 > before * (100 + TOLERANCE) {
            Verdict::Risen
        } else if now * 100 < before * (100 - TOLERANCE) {
            Verdict::Fallen
        } else {
            Verdict::Unchanged
        }
    }

    /// In percent.
    fn change(&self) -> Option<f64> {
        let (before, now) = (self.before? as f64, self.now? as f64);
        Some(if before == now { 0.0 } else { (now / before - 1.0) * 100.0 })
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name_width = self.0.iter().map(|line| line.name.len()).max().unwrap_or(0);
        let number = |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
        writeln!(f, "{:name_width$}  {:>12}  {:>12}  change", "instructions", "baseline", "now")?;
        for line in &self.0 {
            let (before, now) = (number(line.before), number(line.now));
            write!(f, "{:name_width$}  {before:>12}  {now:>12}", line.name)?;
            match line.change() {
                Some(change) => writeln!(f, "  {change:+.2} %")?,
                None => writeln!(f)?,
            }
        }
        if let Some(named) = self.named(Verdict::Risen) {
            writeln!(f, "error: more than {TOLERANCE} % above the baseline: {named}")?;
            writeln!(
                f,
                "  = help: where that is worth it: `{ACCEPT}`, and commit with the reason"
            )?;
        }
        if let Some(named) = self.named(Verdict::Missing) {
            writeln!(f, "error: in the baseline but not counted: {named}")?;
            writeln!(f, "  = help: if the bench was taken out on purpose: `{ACCEPT}`")?;
        }
        if let Some(named) = self.named(Verdict::New) {
            writeln!(f, "error: not in the baseline yet: {named}")?;
            writeln!(f, "  = help: `{ACCEPT}` puts it there")?;
        }
        if let Some(named) = self.named(Verdict::Fallen) {
            writeln!(f, "note: more than {TOLERANCE} % below the baseline: {named}")?;
            writeln!(f, "  = help: `{ACCEPT}` lowers the baseline, so that the gain is kept")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(counts: &[(&str, u64)]) -> Counts {
        counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    }

    fn compare(before: &[(&str, u64)], now: &[(&str, u64)]) -> Comparison {
        let baseline = Baseline { tools: "rustc".to_owned(), instructions: counts(before) };
        Comparison::new(&baseline, &counts(now))
    }

    /// The verdict on one hot path, and whether the gate is open.
    fn check(before: u64, now: u64) -> (Verdict, bool) {
        let comparison = compare(&[("path", before)], &[("path", now)]);
        (comparison.0[0].verdict(), comparison.passes())
    }

    #[test]
    fn a_rise_of_more_than_the_tolerance_shuts_the_gate() {
        assert_eq!(check(1_000, 1_030), (Verdict::Unchanged, true));
        assert_eq!(check(1_000, 1_031), (Verdict::Risen, false));
        assert_eq!(check(33, 33), (Verdict::Unchanged, true));
        assert_eq!(check(33, 34), (Verdict::Risen, false));
        assert_eq!(check(34, 35), (Verdict::Unchanged, true));
        assert_eq!(check(0, 1), (Verdict::Risen, false));
        assert_eq!(check(u64::MAX - 1, u64::MAX), (Verdict::Unchanged, true));
    }

    #[test]
    fn a_fall_is_told_and_the_gate_stays_open() {
        assert_eq!(check(1_000, 970), (Verdict::Unchanged, true));
        assert_eq!(check(1_000, 969), (Verdict::Fallen, true));
        assert_eq!(check(0, 0), (Verdict::Unchanged, true));
    }

    #[test]
    fn a_path_that_is_not_guarded_shuts_the_gate() {
        let new = compare(&[("old", 5)], &[("old", 5), ("young", 7)]);
        assert_eq!((new.0[1].verdict(), new.passes()), (Verdict::New, false));
        let missing = compare(&[("old", 5), ("young", 7)], &[("old", 5)]);
        assert_eq!((missing.0[1].verdict(), missing.passes()), (Verdict::Missing, false));
        assert!(!compare(&[], &[]).passes());
    }

    #[test]
    fn it_says_which_and_by_how_much_and_what_to_do() {
        let told = compare(
            &[("gone", 7), ("high", 1_000), ("low", 1_000), ("same", 10)],
            &[("high", 1_053), ("low", 900), ("same", 10), ("young", 1)],
        )
        .to_string();
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(
            lines,
            [
                "instructions      baseline           now  change",
                "gone              7             -",
                "high           1000          1053  +5.30 %",
                "low            1000           900  -10.00 %",
                "same             10            10  +0.00 %",
                "young             -             1",
                "error: more than 3 % above the baseline: high (+5.3 %)",
                "  = help: where that is worth it: `cargo run --example bench -- accept`, and \
                 commit with the reason",
                "error: in the baseline but not counted: gone",
                "  = help: if the bench was taken out on purpose: \
                 `cargo run --example bench -- accept`",
                "error: not in the baseline yet: young",
                "  = help: `cargo run --example bench -- accept` puts it there",
                "note: more than 3 % below the baseline: low (-10.0 %)",
                "  = help: `cargo run --example bench -- accept` lowers the baseline, so that the \
                 gain is kept",
            ]
        );
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written_and_nothing_else_is() {
        let baseline =
            Baseline { tools: "rustc, valgrind".to_owned(), instructions: counts(&[("a/b", 3)]) };
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("instructions.json");
        baseline.write(&file).expect("written");
        assert_eq!(Baseline::read(&file).expect("read"), baseline);
        for malformed in [
            "",
            "[]",
            r#"{"tools": "rustc"}"#,
            r#"{"tools": "rustc", "instructions": {"a": -1}}"#,
            r#"{"tools": "rustc", "instructions": {"a": 1.5}}"#,
            r#"{"tools": "rustc", "instructions": {"a": 1}, "b": 2}"#,
        ] {
            fs::write(&file, malformed).expect("written");
            let error = format!("{:#}", Baseline::read(&file).expect_err(malformed));
            assert!(error.contains("is no baseline") && error.contains(ACCEPT), "{error}");
        }
        let missing =
            Baseline::read(&folder.path().join("none.json")).expect_err("it is not there");
        assert!(missing.to_string().contains("cannot read"), "{missing}");
    }

    #[test]
    fn the_committed_baseline_is_one() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.json");
        assert!(!Baseline::read(&file).expect("it is committed").instructions.is_empty());
    }
}
