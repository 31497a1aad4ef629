//! Two stored summaries, figure by figure: what changed, and whether for the worse.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;

use crate::table::Better;
use crate::table::Measure;

/// `summary.json` as far as it is compared. What later versions add is passed over.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Stored {
    /// Which relogin wrote it.
    pub version: String,
    /// The scenario's name.
    pub scenario: String,
    /// The seed of every random draw.
    pub seed: u64,
    /// Why it is not whole; `None` if it is.
    pub partial: Option<String>,
    /// What was set on the command line.
    #[serde(default)]
    pub overrides: Vec<String>,
    /// The activity, as it was told.
    pub activity: Map<String, Value>,
    /// How activity was counted.
    pub workload: Map<String, Value>,
    /// In the order of the run.
    pub policies: Vec<StoredPolicy>,
}

/// A policy of a stored summary.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct StoredPolicy {
    /// Its name.
    pub name: String,
    /// Whether it is one of relogin's own.
    pub baseline: bool,
    /// SPEC 7's figures by flat key; `None` where there is no number.
    pub metrics: Map<String, Value>,
    /// The ends of 95 % intervals.
    #[serde(default)]
    pub intervals: BTreeMap<String, [Option<f64>; 2]>,
}

/// How much a figure may change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tolerances {
    /// Of every figure, as a share of the old one.
    pub share: f64,
    /// Of single figures, instead.
    pub own: BTreeMap<String, Tolerance>,
}

/// How much a figure may change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// As a share of the old one.
    Share(f64),
    /// In its unit.
    Absolute(f64),
}

/// What became of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same number.
    Same,
    /// Another one, within the tolerance.
    Tolerated,
    /// Less of what costs.
    Better,
    /// More of what costs.
    Worse,
    /// Another number, of which neither way is better.
    Changed,
    /// Only the old summary has it.
    Vanished,
    /// Only the new one has it.
    Appeared,
}

/// A figure of a policy that both summaries have.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The policy.
    pub policy: String,
    /// Whether it is one of relogin's own.
    pub baseline: bool,
    /// The figure's flat key.
    pub metric: String,
    /// Its unit; empty where this version does not know the figure.
    pub unit: &'static str,
    /// What it was.
    pub old: Option<f64>,
    /// What it is.
    pub new: Option<f64>,
    /// What became of it.
    pub verdict: Verdict,
    /// Whether the 95 % intervals of both overlap; `None` where one is not known.
    pub intervals_overlap: Option<bool>,
}

/// Everything that two summaries differ in.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What the two runs were, where that differs: a sentence each.
    pub notes: Vec<String>,
    /// Policies that only one of both has: a sentence each.
    pub missing: Vec<String>,
    /// Every figure of every policy in both, in the order of the old one.
    pub changes: Vec<Change>,
}

/// Compares every figure of every policy that both have.
pub fn compare(old: &Stored, new: &Stored, tolerances: &Tolerances) -> Comparison {
    let find = |of: &Stored, name: &str| of.policies.iter().find(|own| own.name == name).cloned();
    let mut missing = Vec::new();
    let mut changes = Vec::new();
    for own in &old.policies {
        match find(new, &own.name) {
            Some(other) => changes.extend(policy(own, &other, tolerances)),
            None => missing.push(format!("policy {} is only in the old summary", own.name)),
        }
    }
    let added = new.policies.iter().filter(|own| find(old, &own.name).is_none());
    missing.extend(added.map(|own| format!("policy {} is only in the new summary", own.name)));
    Comparison { notes: notes(old, new), missing, changes }
}

fn policy(old: &StoredPolicy, new: &StoredPolicy, tolerances: &Tolerances) -> Vec<Change> {
    let added = new.metrics.keys().filter(|key| !old.metrics.contains_key(*key));
    let change = |key: &String| {
        let number = |of: &StoredPolicy| of.metrics.get(key).and_then(Value::as_f64);
        let (was, is) = (number(old), number(new));
        let measure = Measure::named(key);
        let tolerance = tolerances.own.get(key).copied();
        let tolerance = tolerance.unwrap_or(Tolerance::Share(tolerances.share));
        let verdict = match (was, is) {
            (Some(was), Some(is)) => verdict(was, is, measure, tolerance),
            (Some(_), None) => Verdict::Vanished,
            (None, Some(_)) => Verdict::Appeared,
            (None, None) => Verdict::Same,
        };
        Change {
            policy: old.name.clone(),
            baseline: old.baseline && new.baseline,
            metric: key.clone(),
            unit: measure.map_or("", |measure| measure.unit),
            old: was,
            new: is,
            verdict,
            intervals_overlap: overlap(old.intervals.get(key), new.intervals.get(key)),
        }
    };
    old.metrics.keys().chain(added).map(change).collect()
}

fn verdict(old: f64, new: f64, measure: Option<&Measure>, tolerance: Tolerance) -> Verdict {
    let most = match tolerance {
        Tolerance::Share(share) => share * old.abs(),
        Tolerance::Absolute(most) => most,
    };
    let less_is_better = measure.is_some_and(|measure| measure.better == Better::Less);
    match new - old {
        0.0 => Verdict::Same,
        change if change.abs() <= most => Verdict::Tolerated,
        _ if !less_is_better => Verdict::Changed,
        change if change < 0.0 => Verdict::Better,
        _ => Verdict::Worse,
    }
}

fn overlap(old: Option<&[Option<f64>; 2]>, new: Option<&[Option<f64>; 2]>) -> Option<bool> {
    let [[old_low, old_high], [new_low, new_high]] = [*old?, *new?];
    Some(old_low? <= new_high? && new_low? <= old_high?)
}

/// What makes two runs differ before any policy does.
fn notes(old: &Stored, new: &Stored) -> Vec<String> {
    let mut notes = Vec::new();
    for (which, own) in [("old", old), ("new", new)] {
        if let Some(why) = &own.partial {
            notes.push(format!("the {which} result is partial: {why}"));
        }
    }
    let mut tell = |what: &str, old: String, new: String| {
        if old != new {
            notes.push(format!("{what}: {old} before, {new} now"));
        }
    };
    tell("scenario", old.scenario.clone(), new.scenario.clone());
    tell("version of relogin", old.version.clone(), new.version.clone());
    tell("seed", old.seed.to_string(), new.seed.to_string());
    for (what, old, new) in
        [("activity", &old.activity, &new.activity), ("workload", &old.workload, &new.workload)]
    {
        for (key, was) in old {
            let is = new.get(key).map_or_else(|| "nothing".to_owned(), Value::to_string);
            tell(&format!("{what}.{key}"), was.to_string(), is);
        }
    }
    let set = |of: &Stored| match of.overrides.is_empty() {
        true => "nothing".to_owned(),
        false => of.overrides.join(", "),
    };
    tell("--set", set(old), set(new));
    notes
}

impl Change {
    /// The new figure less the old one.
    pub fn difference(&self) -> Option<f64> {
        Some(self.new? - self.old?)
    }

    /// The same as a share of the old one; `None` where that is zero.
    pub fn share(&self) -> Option<f64> {
        let old = self.old.filter(|old| *old != 0.0)?;
        Some(self.difference()? / old.abs())
    }

    /// Whether it fails a comparison: what got worse under a policy that is no baseline, or with
    /// `any` whatever changed beyond its tolerance; but not, with `beyond_noise`, where intervals
    /// overlap.
    pub fn fails(&self, any: bool, beyond_noise: bool) -> bool {
        let counts = match self.verdict {
            Verdict::Same | Verdict::Tolerated => false,
            Verdict::Worse => any || !self.baseline,
            _ => any,
        };
        counts && !(beyond_noise && self.intervals_overlap == Some(true))
    }
}

impl Verdict {
    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Tolerated => "tolerated",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Changed => "changed",
            Self::Vanished => "vanished",
            Self::Appeared => "appeared",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(metric: &str, old: f64, new: f64, tolerance: Tolerance, expected: Verdict) {
        assert_eq!(verdict(old, new, Measure::named(metric), tolerance), expected, "{metric}");
    }

    #[test]
    fn more_of_what_costs_is_worse() {
        let exact = Tolerance::Share(0.0);
        check("relogins", 10.0, 11.0, exact, Verdict::Worse);
        check("relogins", 10.0, 9.0, exact, Verdict::Better);
        check("relogins", 10.0, 10.0, exact, Verdict::Same);
        check("uses", 10.0, 11.0, exact, Verdict::Changed);
        check("of.the.future", 10.0, 11.0, exact, Verdict::Changed);
    }

    #[test]
    fn a_tolerance_includes_its_bound() {
        check("relogins", 100.0, 105.0, Tolerance::Share(0.05), Verdict::Tolerated);
        check("relogins", 100.0, 106.0, Tolerance::Share(0.05), Verdict::Worse);
        check("relogins", 100.0, 94.0, Tolerance::Share(0.05), Verdict::Better);
        check("relogins", 0.0, 1.0, Tolerance::Share(0.05), Verdict::Worse);
        check("relogins", 0.0, 1.0, Tolerance::Absolute(1.0), Verdict::Tolerated);
    }
}
