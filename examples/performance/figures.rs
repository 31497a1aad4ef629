//! What was measured.

use std::fmt::Write as _;

use crate::stopwatch::Times;

/// One number.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) subject: Subject,
    /// What of it was measured.
    pub(crate) measure: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
}

/// What was measured, and how large it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) part: &'static str,
    pub(crate) name: String,
    /// Uses, records, steps or sessions.
    pub(crate) size: u64,
    pub(crate) policies: usize,
    pub(crate) threads: usize,
}

/// All of them, and what could not be measured.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    all: Vec<Figure>,
    missing: Vec<(&'static str, String)>,
    /// Which DuckDB was asked.
    pub(crate) duckdb: Option<String>,
}

impl Subject {
    /// Something of one policy and one thread.
    pub(crate) fn new(part: &'static str, name: &str, size: u64) -> Self {
        Self { part, name: name.to_owned(), size, policies: 1, threads: 1 }
    }

    /// The same on so many threads.
    pub(crate) fn on(self, threads: usize) -> Self {
        Self { threads, ..self }
    }
}

impl Figures {
    pub(crate) fn add(
        &mut self,
        subject: &Subject,
        measure: &'static str,
        value: f64,
        unit: &'static str,
    ) {
        let subject = subject.clone();
        self.all.push(Figure { subject, measure, value, unit });
    }

    /// How long it took, and how many a second that is.
    pub(crate) fn add_times(&mut self, subject: &Subject, times: Times, per_second: &'static str) {
        self.add(subject, "time", times.median, "s");
        self.add(subject, "least time", times.least, "s");
        self.add(subject, "speed", subject.size as f64 / times.median, per_second);
    }

    /// Tells why there is no figure.
    pub(crate) fn add_missing(&mut self, part: &'static str, why: String) {
        eprintln!("   not measured: {why}");
        self.missing.push((part, why));
    }

    pub(crate) fn of(&self, part: &str) -> impl Iterator<Item = &Figure> {
        self.all.iter().filter(move |figure| figure.subject.part == part)
    }

    /// What was measured in a part, each once.
    pub(crate) fn subjects(&self, part: &str) -> Vec<&Subject> {
        let mut subjects: Vec<&Subject> = Vec::new();
        for Figure { subject, .. } in self.of(part) {
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
        subjects
    }

    /// That measure of each subject of a part, in the order in which they were measured.
    pub(crate) fn values(
        &self,
        part: &str,
        measure: &str,
    ) -> impl Iterator<Item = (&Subject, f64)> {
        let of_it = self.of(part).filter(move |figure| figure.measure == measure);
        of_it.map(|figure| (&figure.subject, figure.value))
    }

    pub(crate) fn missing(&self, part: &str) -> Option<&str> {
        let found = self.missing.iter().find(|(other, _)| *other == part);
        found.map(|(_, why)| why.as_str())
    }

    /// One row a figure.
    pub(crate) fn csv(&self) -> String {
        let mut csv = "part,name,measure,size,policies,threads,value,unit\n".to_owned();
        for Figure { subject, measure, value, unit } in &self.all {
            let Subject { part, name, size, policies, threads } = subject;
            // Six digits are more than any of it is sure of.
            let value = six_digits(*value);
            writeln!(csv, "{part},{name},{measure},{size},{policies},{threads},{value},{unit}")
                .expect("memory");
        }
        csv
    }
}

fn six_digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().expect("it was written by us")
}
