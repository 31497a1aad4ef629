//! What can go wrong with a trace as a whole; a broken line alone is only counted.

use std::fmt::Write as _;
use std::io;

use super::{Counts, MaxBad};

/// Why there is no trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The bytes do not come, or do not decompress.
    #[error("{file}: can't be read: {source}")]
    Read {
        /// The file as the user named it.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// There is nothing but blanks.
    #[error("{file}: is empty; a trace has at least a header with the columns ts and user")]
    Empty {
        /// The file as the user named it.
        file: String,
    },
    /// Text in UTF-16.
    #[error("{file}: is in UTF-16; save it as UTF-8")]
    Utf16 {
        /// The file as the user named it.
        file: String,
    },
    /// A column that must be there is not.
    #[error("{file}: has no column {missing:?}; its columns are {has}", has = listed(has))]
    NoColumn {
        /// The file, and the line of its header.
        file: String,
        /// `ts` or `user`.
        missing: &'static str,
        /// What is there.
        has: Vec<String>,
    },
    /// An event log of relogin's own: its rows are no activity.
    #[error(
        "{file}: is an event log, not a trace; `relogin replay` reads it, \
         and a trace made from its rows has no column {column:?}",
        column = LOG_COLUMNS[0]
    )]
    EventLog {
        /// The file as the user named it.
        file: String,
    },
    /// A column that counts is there twice.
    #[error("{file}: has the column {name:?} twice; rename or remove one")]
    ColumnTwice {
        /// The file, and the line of its header.
        file: String,
        /// Which.
        name: &'static str,
    },
    /// The header can't be told into columns.
    #[error("{file}: the header can't be read: {why}")]
    Header {
        /// The file, and the line of its header.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// A Parquet file that can't be read.
    #[error("{file}: can't be read as Parquet: {why}")]
    Parquet {
        /// The file as the user named it.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// A Parquet file, and a program that was built without it.
    #[error(
        "{file}: is Parquet, which this build of relogin does not read; \
         build it with `--features parquet`, or convert the file to CSV"
    )]
    NoParquet {
        /// The file as the user named it.
        file: String,
    },
    /// More names than ids can count.
    #[error("the trace has too many {what}: at most {most} can be told apart")]
    TooMany {
        /// `users`, `agents`, `devices`, `apps` or `APIs`.
        what: &'static str,
        /// How many are possible.
        most: usize,
    },
    /// The temporary file for sorting fails.
    #[error("the temporary file for sorting a large trace: {0}")]
    Spool(#[from] io::Error),
    /// An activity that was not read from a line can't be taken.
    #[error("a record {0}")]
    Refused(String),
    /// Too many lines are broken to believe the rest.
    #[error("{}", too_many_broken(counts, *max_bad))]
    TooManyBroken {
        /// What came in.
        counts: Counts,
        /// What `--max-bad` allows.
        max_bad: MaxBad,
    },
}

/// Columns that event logs have, and together nothing else.
const LOG_COLUMNS: [&str; 4] = ["seq", "refresh_cause", "background", "expires_at"];

/// Whether columns of these names make an event log. Most of its rows would pass for uses.
pub(super) fn is_event_log<'a>(names: impl Iterator<Item = &'a str> + Clone) -> bool {
    LOG_COLUMNS.iter().all(|column| names.clone().any(|name| name == *column))
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| super::shown(name.as_bytes())).collect();
    quoted.join(", ")
}

fn too_many_broken(counts: &Counts, max_bad: MaxBad) -> String {
    let Counts { broken, lines, examples, .. } = counts;
    let mut text = format!(
        "{broken} of {lines} lines are broken, more than --max-bad {max_bad} allows; the first:"
    );
    for example in examples {
        let _ = write!(text, "\n  {example}");
    }
    text
}
