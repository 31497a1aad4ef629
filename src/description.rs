//! What a run was: the part of its results that no fact tells. It opens the event log and stands
//! in every report, so that a log alone rebuilds them all.

use serde::{Deserialize, Serialize};

use crate::bill::Assumptions;

/// A run, described. Instants and spans are integer milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// The version of relogin that ran.
    pub version: String,
    /// The scenario's name.
    pub scenario: String,
    /// The question that the scenario asks.
    pub question: String,
    /// The scenario file as it stood, and what was set on the command line.
    pub source: String,
    /// `KEY=VALUE` of the command line, in order.
    pub overrides: Vec<String>,
    /// The seed of every random draw.
    pub seed: u64,
    /// Where the activity came from.
    pub activity: Activity,
    /// How activity is counted.
    pub workload: Workload,
    /// Every policy, in the order of the tables; baselines last.
    pub policies: Vec<PolicyDescription>,
    /// The apps that records may name, in byte order.
    pub apps: Vec<String>,
    /// The APIs that records may name, in byte order.
    pub apis: Vec<String>,
    /// Warnings that the run gave.
    pub warnings: Vec<String>,
    /// What capacity is reckoned with, where the scenario asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Assumptions>,
}

/// The activity that was replayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// For a person: the file's name, or how many synthetic users of which classes.
    pub source: String,
    /// The classes of synthetic users; empty for a recorded trace. A user `office-17` is of the
    /// class `office`.
    pub classes: Vec<String>,
    /// Records replayed.
    pub records: u64,
    /// Lines left out because they were broken.
    pub broken: u64,
    /// Distinct users.
    pub users: u64,
    /// Distinct (user, device) pairs.
    pub agents: u64,
    /// The first record of any action.
    pub start: i64,
    /// The last record of the trace.
    pub horizon: i64,
}

/// How activity is counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// How long an app stays open after a use.
    pub stay_open: i64,
    /// Simulated, not counted.
    pub warmup: i64,
    /// Shorter gaps mean that a person was in the middle of something.
    pub task_gap: i64,
    /// The IANA time zone of calendar days.
    pub timezone: String,
    /// The width of a row of `load.csv`.
    pub bucket: i64,
}

/// A policy, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDescription {
    /// Its name.
    pub name: String,
    /// Whether it is one of relogin's own (`never`, `always`).
    pub baseline: bool,
    /// Its effective values, in the order of SPEC 3.
    pub settings: Vec<Setting>,
}

/// One effective value of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Its key below the policy: `session.idle_timeout`.
    pub key: String,
    /// Its value as a scenario would write it.
    pub value: String,
    /// Where it comes from: `default`, `preset auth0`, `scenario line 12`, `--set`.
    pub origin: String,
}

impl Description {
    /// From when on uses, logins, requests and tokens count (SPEC 7).
    pub fn counted_from(&self) -> i64 {
        self.activity.start.saturating_add(self.workload.warmup)
    }

    /// The class of a user, or `""` in a recorded trace.
    pub fn class_of(&self, user: &str) -> &str {
        let class = user.rsplit_once('-').map_or("", |(class, _)| class);
        self.activity.classes.iter().find(|known| *known == class).map_or("", |known| known)
    }
}
