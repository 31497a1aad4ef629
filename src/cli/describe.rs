//! A run, described for its log and its reports.

use super::activity::Taken;
use super::scenario::Loaded;
use crate::description::{Activity, Description, PolicyDescription, Setting, Workload};
use crate::model::Span;
use crate::scenario::PolicySpec;
use crate::trace::Vocabulary;

/// Describes the run of a scenario's policies over the activity taken in.
pub(super) fn describe(
    loaded: &Loaded,
    overrides: &[String],
    policies: &[PolicySpec],
    vocabulary: &Vocabulary,
    taken: &Taken,
    bucket: Span,
) -> Description {
    let scenario = &loaded.scenario;
    let (names, workload) = (taken.records.names(), &scenario.workload);
    let (records, broken) = taken.records.counts();
    let ends = taken.records.ends();
    let (start, horizon) = ends.map_or((0, 0), |(a, b)| (a.as_millis(), b.as_millis()));
    Description {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario.name.clone(),
        question: scenario.question.clone(),
        source: loaded.text.clone(),
        overrides: overrides.to_vec(),
        seed: scenario.seed,
        activity: Activity {
            source: taken.source.clone(),
            classes: taken.classes.clone(),
            records,
            broken,
            users: names.users() as u64,
            agents: names.agents() as u64,
            start,
            horizon,
        },
        workload: Workload {
            stay_open: workload.stay_open.as_millis(),
            warmup: workload.warmup.as_millis(),
            task_gap: workload.task_gap.as_millis(),
            timezone: workload.timezone.clone(),
            bucket: bucket.as_millis(),
        },
        policies: policies.iter().map(describe_policy).collect(),
        apps: vocabulary.apps.clone(),
        apis: vocabulary.apis.clone(),
        warnings: scenario.warnings.clone(),
        // Only `run` reckons with it.
        capacity: None,
    }
}

/// A policy, described.
pub(super) fn describe_policy(policy: &PolicySpec) -> PolicyDescription {
    let setting = |(key, value, origin): &(String, String, crate::scenario::Origin)| Setting {
        key: key.clone(),
        value: value.clone(),
        origin: origin.to_string(),
    };
    PolicyDescription {
        name: policy.name.clone(),
        baseline: policy.baseline,
        settings: policy.settings.iter().map(setting).collect(),
    }
}
