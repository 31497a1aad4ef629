//! The figures of SPEC 7 for people: every policy's value in one unit, and how far it is from the
//! first policy's.

use super::glossary::{FIRST, Figure, GROUPS};
use super::numeral::{decimals, fixed, relative, signed, unit_of_seconds};
use crate::table::{PolicyTables, Value};

/// The groups of [`FIRST`] with the figures that say something: what no policy has any of is left
/// to the table of every figure, but for re-logins themselves.
pub(super) fn first(policies: &[PolicyTables]) -> Vec<(&'static str, Vec<Line>)> {
    let lines = |keys: &[&str]| {
        let lines = keys.iter().map(|key| line(of(key), policies));
        let said = |line: &Line| !line.is_nothing() || line.figure.key.starts_with("relogins");
        lines.filter(said).collect()
    };
    let groups = FIRST.iter().map(|(name, keys)| (*name, lines(keys)));
    groups.filter(|(_, lines): &(_, Vec<Line>)| !lines.is_empty()).collect()
}

/// The figure of a flat key.
///
/// # Panics
/// If there is none: keys are written in code only.
pub(super) fn of(key: &str) -> &'static Figure {
    let mut all = GROUPS.iter().flat_map(|group| group.figures);
    all.find(|figure| figure.key == key).unwrap_or_else(|| panic!("no figure {key:?}"))
}

/// A policy's figure as it was meant: infinite where access tokens never end, which SPEC 7 leaves
/// out of its mean and maximum.
pub(super) fn value(policy: &PolicyTables, key: &str) -> f64 {
    if key.starts_with("access_token.") && policy.endless_access_tokens > 0 {
        return f64::INFINITY;
    }
    policy.metric(key)
}

/// A figure of every policy, in one unit and with as many decimals, so that they compare.
pub(super) struct Line {
    /// What it is.
    pub(super) figure: &'static Figure,
    /// The unit that suits the policies' values.
    pub(super) unit: &'static str,
    /// By policy: the value in that unit.
    pub(super) values: Vec<f64>,
    decimals: usize,
}

/// The figure for every policy, in the order of the tables.
pub(super) fn line(figure: &'static Figure, policies: &[PolicyTables]) -> Line {
    let raw: Vec<f64> = policies.iter().map(|policy| value(policy, figure.key)).collect();
    let greatest_of = |baselines: bool| {
        let pairs = raw.iter().zip(policies).filter(|(_, p)| baselines || !p.baseline);
        pairs.map(|(value, _)| *value).filter(|value| value.is_finite()).fold(0.0, f64::max)
    };
    // Baselines are far off, and should not take digits from the rest.
    let greatest = if greatest_of(false) > 0.0 { greatest_of(false) } else { greatest_of(true) };
    let seconds = figure.unit == "s";
    let (unit, factor) = if seconds { unit_of_seconds(greatest) } else { (figure.unit, 1.0) };
    let whole = |policy: &PolicyTables| {
        let metric = policy.metrics.iter().find(|metric| metric.name == figure.key);
        matches!(metric.map(|metric| &metric.value), Some(Value::Count(_)))
    };
    let decimals = if policies.iter().all(whole) { 0 } else { decimals(greatest / factor) };
    Line { figure, unit, values: raw.iter().map(|value| value / factor).collect(), decimals }
}

impl Line {
    /// How many decimals its values have.
    pub(super) fn decimals(&self) -> usize {
        self.decimals
    }

    /// Whether no policy has any of it.
    pub(super) fn is_nothing(&self) -> bool {
        self.values.iter().all(|value| *value == 0.0)
    }

    /// A policy's value.
    pub(super) fn text(&self, policy: usize) -> String {
        if self.values[policy].is_infinite() {
            return "no end".to_owned();
        }
        fixed(self.values[policy], self.decimals)
    }

    /// The unit, where it is more than the thing that the label counts.
    pub(super) fn unit_to_tell(&self) -> &'static str {
        let things = ["logins", "uses", "users", "user-days", "sessions", "requests"];
        if things.contains(&self.unit) { "" } else { self.unit }
    }

    /// How far a policy is from the first: absolute, and relative where that has a meaning; empty
    /// where it is the same.
    pub(super) fn difference(&self, policy: usize) -> (String, Option<String>) {
        let (from, to) = (self.values[0], self.values[policy]);
        if from.is_infinite() || to.is_infinite() || from == to {
            return (String::new(), None);
        }
        (signed(to - from, self.decimals), relative(from, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::fixture;

    #[test]
    fn every_figure_of_a_summary_is_explained_once() {
        let policies = fixture::office();
        let known: Vec<&str> = policies[0].metrics.iter().map(|metric| metric.name).collect();
        let mut shown: Vec<&str> =
            GROUPS.iter().flat_map(|group| group.figures).map(|figure| figure.key).collect();
        assert_eq!(shown.len(), known.len(), "a figure is missing, or stands twice");
        shown.retain(|key| !known.contains(key));
        assert!(shown.is_empty(), "no summary has {shown:?}");
    }

    #[test]
    fn seconds_take_a_unit_that_suits_and_baselines_take_no_digits() {
        let mut policies = fixture::office();
        let seconds = line(of("access_token.mean_residual_s"), &policies);
        assert_eq!((seconds.unit, seconds.text(0)), ("h", "12.0".to_owned()));
        let rate = line(of("relogins_per_user_day"), &policies);
        let texts: Vec<String> = (0..policies.len()).map(|index| rate.text(index)).collect();
        assert!(texts.iter().all(|text| text.split_once('.').unwrap().1.len() == 2), "{texts:?}");
        policies[1].endless_access_tokens = 1;
        let seconds = line(of("access_token.mean_residual_s"), &policies);
        assert_eq!((seconds.unit, seconds.text(1)), ("h", "no end".to_owned()));
        assert_eq!(seconds.difference(1), (String::new(), None));
        policies.truncate(1);
        assert_eq!(line(of("uses"), &policies).difference(0), (String::new(), None));
    }
}
