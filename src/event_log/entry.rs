//! What goes into a log and comes out of it.

use super::LogError;
use crate::model::{Fact, Instant};

/// One fact, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Under which policy: where it stands in the description.
    pub policy: usize,
    /// The person.
    pub user: &'a str,
    /// The person's device; empty when the trace does not tell.
    pub device: &'a str,
    /// When it happened.
    pub at: Instant,
    /// What happened.
    pub fact: &'a Fact,
}

/// Whether a log tells a whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It does.
    Complete,
    /// The run was interrupted, or the log is cut or damaged.
    Partial,
}

/// How a log ended.
#[derive(Debug)]
pub struct Ending {
    /// Whether it tells a whole run.
    pub end: End,
    /// Until when it tells what happened; for a log that breaks off, the latest instant read.
    pub horizon: Instant,
    /// Where it breaks off and why, if it does: everything before was read.
    pub broke: Option<LogError>,
    /// How many of the facts read stand behind the last checksum, so that nothing vouches for them.
    pub unverified: u64,
}

impl End {
    /// Its word in the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
        }
    }

    /// The one that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Complete, Self::Partial].into_iter().find(|end| end.word() == word)
    }
}
