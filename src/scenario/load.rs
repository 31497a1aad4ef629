//! `[load]`: what it says, checked against the policies.

use super::nearest::suggest;
use super::problem::Problem;
use super::registry::{
    ALL_TIMES, FAILED_TIMES, INTROSPECTION_TIMES, LEAST_ACHIEVED, LOAD_POLICY, LOGIN_TIMES,
    LOGOUT_TIMES, MOST_ERRORS, P50, P90, P95, P99, P999, POLICY_NAME, REFRESH_TIMES, SILENT_TIMES,
    SLOWEST, Setting, THRESHOLDS_TABLE,
};
use super::tree::Table;
use crate::model::Span;

/// `[load]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadSpec {
    /// `policy`, where the file gives it.
    pub policy: Option<String>,
    /// `thresholds.errors`.
    pub errors: Option<f64>,
    /// `thresholds.achieved`.
    pub achieved: Option<f64>,
    /// `[load.thresholds.KIND]`: the kind (or `all`), the quantile's key and the limit.
    pub times: Vec<(&'static str, &'static str, Span)>,
}

const KINDS: [&Setting; 7] = [
    &ALL_TIMES,
    &LOGIN_TIMES,
    &SILENT_TIMES,
    &REFRESH_TIMES,
    &FAILED_TIMES,
    &INTROSPECTION_TIMES,
    &LOGOUT_TIMES,
];

/// What is wrong with a load test that its values do not show one by one; `policies` are resolved.
pub(super) fn check(load: &Table, policies: &[Table], problems: &mut Vec<Problem>) {
    let Some(name) = load.get::<String>(&LOAD_POLICY) else { return };
    let names: Vec<String> =
        policies.iter().filter_map(|policy| policy.get(&POLICY_NAME)).collect();
    if !names.is_empty() && !names.contains(&name) {
        let problem = Problem::new(load.place_of(&LOAD_POLICY), format!("no policy `{name}`"));
        problems.push(problem.mend(suggest(&name, names.iter().map(String::as_str))));
    }
}

/// A completed and checked load test as a spec.
pub(super) fn build(load: &Table) -> LoadSpec {
    let policy = load.get(&LOAD_POLICY);
    let Some(thresholds) = load.table(&THRESHOLDS_TABLE) else {
        return LoadSpec { policy, ..LoadSpec::default() };
    };
    let mut times = Vec::new();
    for kind in KINDS {
        let Some(table) = thresholds.table(kind) else { continue };
        for quantile in [&P50, &P90, &P95, &P99, &P999, &SLOWEST] {
            let limit = table.get::<Span>(quantile);
            times.extend(limit.map(|limit| (kind.key, quantile.key, limit)));
        }
    }
    let (errors, achieved) = (thresholds.get(&MOST_ERRORS), thresholds.get(&LEAST_ACHIEVED));
    LoadSpec { policy, errors, achieved, times }
}
