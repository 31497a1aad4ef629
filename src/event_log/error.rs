//! What can be wrong with a log, told with the record where it breaks.

use std::io;

/// A log is cut or damaged, or is none.
#[derive(Debug, thiserror::Error)]
#[error("the event log breaks at record {seq}: {problem}")]
pub struct LogError {
    /// The record that could not be taken: its `seq`, or what that should be.
    pub seq: u64,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a log.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// There is not a byte.
    #[error("the file is empty")]
    Empty,
    /// It is something else.
    #[error(
        "this is no event log: it begins neither with the CSV header `seq,policy,…`, nor with a \
         JSON object, nor as Parquet, nor is it one of the first two in gzip or zstd"
    )]
    Unrecognised,
    /// The columns are not those of a log.
    #[error("this is no event log: its columns are `{found}`, not `{}`", super::COLUMNS.join(","))]
    Columns {
        /// What they are.
        found: String,
    },
    /// The first row is not `log_opened`.
    #[error(
        "the log begins with `{found}`, not with `log_opened`: its beginning is missing; what \
         follows cannot be read without it"
    )]
    NotOpened {
        /// The event of the first row.
        found: String,
    },
    /// It was written by another version.
    #[error(
        "the log's format is `{found}`, and this relogin reads `{}`: read it with the version \
         that wrote it",
        super::VERSION
    )]
    Version {
        /// The format that it says to have.
        found: String,
    },
    /// The description of the run cannot be taken.
    #[error("the description of the run in `cause` cannot be read: {why}")]
    Description {
        /// Why.
        why: String,
    },
    /// A row has too few or too many cells.
    #[error("the row has {found} cells, not {}", super::COLUMNS.len())]
    Width {
        /// How many.
        found: usize,
    },
    /// A cell does not hold what it should.
    #[error("`{column}` holds {found:?}, where {expected} should stand")]
    Cell {
        /// Its column.
        column: &'static str,
        /// The beginning of what it holds.
        found: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// A line is not a JSON object with the keys of a row.
    #[error("the line is not a row: {why}")]
    Json {
        /// What the JSON reader says.
        why: String,
    },
    /// A row is longer than any that relogin writes.
    #[error("the row is longer than {} bytes: it has lost its end", super::row::LONGEST_ROW)]
    Endless,
    /// Rows are missing, repeated or in another order.
    #[error("its `seq` is {found}: rows are missing, repeated or out of order")]
    Sequence {
        /// What `seq` says.
        found: u64,
    },
    /// A row that tells what a fact changed does not belong to the fact above it.
    #[error(
        "`{event}` does not belong to the fact above it: rows between them are missing, or one was changed"
    )]
    Orphan {
        /// The row's event.
        event: &'static str,
    },
    /// A timer ran where none could.
    #[error("a timer of app `{app}` ran while that was closed: rows before it are missing")]
    Closed {
        /// The app.
        app: String,
    },
    /// A row was changed.
    #[error(
        "the checksum of records {first} to {last} is {computed}, and `cause` holds {stored:?}: one \
         of them was changed; the records before can still be read as a partial log"
    )]
    Checksum {
        /// The first record that it vouches for.
        first: u64,
        /// The last record that it vouches for: the one that holds it.
        last: u64,
        /// What it should be.
        computed: String,
        /// What the log says it is.
        stored: String,
    },
    /// The log ends between two rows, without `log_closed`.
    #[error(
        "the log ends without `log_closed`: it is cut, or its run was killed; what is whole can \
         still be read as a partial log"
    )]
    NotClosed,
    /// The log ends inside a row or a compressed frame.
    #[error(
        "the log is cut in the middle of something; what is whole can still be read as a partial log"
    )]
    Cut,
    /// Something follows the last row.
    #[error("something follows `log_closed`: two logs in one file, or a file written over another")]
    AfterEnd,
    /// A Parquet file without its end.
    #[error(
        "the Parquet file has lost its end, without which nothing in it can be found: it is cut, \
         its run was killed, or another program rewrote it"
    )]
    Unsealed,
    /// Bytes of a Parquet file were changed.
    #[error(
        "bytes {start} to {end} of the Parquet file were changed: their checksum does not match"
    )]
    Bytes {
        /// The first of them.
        start: u64,
        /// The one after the last.
        end: u64,
    },
    /// The Parquet file is not built as those that relogin writes.
    #[error("the Parquet file cannot be read: {why}")]
    Parquet {
        /// What the Parquet reader says.
        why: String,
    },
    /// This relogin was built without Parquet.
    #[error("this relogin was built without Parquet: build it with `--features parquet`")]
    NoParquet,
    /// The file could not be read, or not decompressed.
    #[error("it cannot be read: {0}")]
    Read(io::Error),
}

impl Problem {
    /// A cell that does not hold what it should.
    pub(super) fn cell(column: &'static str, found: &str, expected: &'static str) -> Self {
        Self::Cell { column, found: excerpt(found), expected }
    }

    /// Whether the log simply ends too early: what stands before was written as it is.
    pub(super) fn is_cut(&self) -> bool {
        matches!(self, Self::NotClosed | Self::Cut)
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            io::ErrorKind::FileTooLarge => Self::Endless,
            _ => Self::Read(error),
        }
    }
}

/// What a cell with an instant should hold.
pub(super) const AN_INTEGER: &str = "a whole number of milliseconds";

/// The beginning of a text, short enough for a message.
pub(super) fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
