//! Where activity comes in: names become ids, broken lines are counted, and records come out as
//! a trace in time order.

use std::io;

use super::{Action, Names, Record, Vocabulary};
use crate::model::Instant;

/// One line of a trace as a reader or a generator gives it: text that nobody has checked yet.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    /// When.
    pub at: Instant,
    /// By whom; must not be empty.
    pub user: &'a str,
    /// On which device; may be empty.
    pub device: &'a str,
    /// In which app; empty for the default one.
    pub app: &'a str,
    /// For which API; empty for the app's first.
    pub api: &'a str,
    /// What.
    pub action: Action,
}

/// Why a line was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenLine {
    /// The file as the user named it.
    pub file: String,
    /// Its line, from 1; for Parquet its row.
    pub line: u64,
    /// What is wrong, for a person.
    pub why: String,
}

/// What came in, and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records taken.
    pub records: u64,
    /// Lines that are not blank, headers apart.
    pub lines: u64,
    /// Of these, broken ones.
    pub broken: u64,
    /// Records earlier than the one before them.
    pub out_of_order: u64,
    /// The first broken lines.
    pub examples: Vec<BrokenLine>,
}

/// A whole trace, in time order; records of the same instant in the order they came.
#[derive(Debug)]
pub struct Trace {
    /// Its users and agents.
    pub names: Names,
    /// What came in.
    pub counts: Counts,
    records: Vec<Record>,
}

/// Takes activity in.
#[derive(Debug)]
pub struct Intake {
    vocabulary: Vocabulary,
    names: Names,
    counts: Counts,
    records: Vec<Record>,
}

impl Trace {
    /// The first record's instant, or `None` if there is no record.
    pub fn first(&self) -> Option<Instant> {
        self.records.first().map(Record::at)
    }

    /// The last record's instant: the horizon.
    pub fn last(&self) -> Option<Instant> {
        self.records.last().map(Record::at)
    }

    /// The records in time order, some at a time.
    pub fn chunks(&self) -> impl Iterator<Item = io::Result<Vec<Record>>> + '_ {
        self.records.chunks(1 << 16).map(|chunk| Ok(chunk.to_vec()))
    }
}

impl Intake {
    /// Takes in activity that names what `vocabulary` knows.
    pub fn new(vocabulary: Vocabulary) -> Self {
        Self { vocabulary, names: Names::default(), counts: Counts::default(), records: Vec::new() }
    }

    /// Takes one activity, or tells why it can't be taken.
    ///
    /// # Errors
    /// A sentence for a person.
    pub fn take(&mut self, activity: &Activity<'_>) -> Result<(), String> {
        let app = if !activity.action.needs_app() {
            None
        } else if activity.app.is_empty() {
            Some(self.vocabulary.default_app.ok_or("names no app")?)
        } else {
            Some(self.vocabulary.app(activity.app).ok_or("names an unknown app")?)
        };
        let api = match app {
            Some(app) if !activity.api.is_empty() => {
                let api = self.vocabulary.api(activity.api);
                let used = api.filter(|api| self.vocabulary.uses[app.index()].contains(api));
                Some(used.ok_or("names an API that the app does not use")?)
            }
            _ => None,
        };
        let agent = self.names.agent(activity.user, activity.device);
        self.records.push(Record::new(activity.at, agent, activity.action, app, api));
        self.counts.records += 1;
        self.counts.lines += 1;
        Ok(())
    }

    /// The whole trace.
    pub fn finish(mut self) -> Trace {
        self.records.sort_by_key(Record::at);
        Trace { names: self.names, counts: self.counts, records: self.records }
    }
}
