//! A trace that is not held: its records come as whole users, some at a time, in bounded memory.
//!
//! A first pass finds out who there is. If the file holds each user's rows together, a second one
//! reads the records where they are needed; if not, they are put together by user on the way, in a
//! [`Scatter`]. Whatever is unusual makes a stream give up, at the latest where its records are
//! read; then the whole trace has to be [read](super::read), which also tells what is wrong with it.

#![cfg_attr(not(feature = "parquet"), allow(dead_code, reason = "nothing else is streamed"))]

#[cfg(all(test, feature = "parquet"))]
mod tests;

use super::formats::FORMATS;
use super::names::Wanted;
use super::scatter::Scatter;
use super::word::Word;
use super::{Names, OpenSpool, ReadOptions, Record, Source, Vocabulary};
use crate::input::Input;
use crate::model::{AgentId, Instant, UserId};

/// A trace that is read as a stream.
#[derive(Debug)]
pub struct Stream {
    /// Its users and agents.
    pub names: Names,
    /// How many records it has.
    pub records: u64,
    /// The first record's instant.
    pub first: Instant,
    /// The last record's instant.
    pub last: Instant,
    /// Its records.
    pub users: WholeUsers,
}

/// The records of a [`Stream`], whole users at a time.
pub struct WholeUsers(Kind);

enum Kind {
    /// The file holds each user's rows together.
    Together(Together),
    /// They were put together.
    Scattered(Scatter),
}

/// Rows that stand by user.
struct Together {
    rows: Box<dyn Rows>,
    /// The first records of a user who may have more.
    begun: Vec<Record>,
    /// How many records to give at a time, if no user has more.
    chunk: usize,
    /// What the first pass found out, and what was read since.
    told: (u64, Ends),
    read: (u64, Ends),
}

/// Why a trace is not read as a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct GaveUp(&'static str);

/// The first and the last instant of some records, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Rows of a file, in its order and as often as wanted.
pub(super) trait Rows: Send {
    /// How many there are.
    fn rows(&self) -> u64;
    /// The next rows are the first ones again.
    fn rewind(&mut self);
    /// Who the next rows are by; `None` at the end.
    fn next_agents_only(&mut self, roll: &mut Roll<'_>) -> Result<Option<&[u32]>, GaveUp>;
    /// The first and the last instant; `None` without rows. What is told may be wrong.
    fn ends(&mut self) -> Result<Option<Ends>, GaveUp>;
    /// Appends the records of the next rows, and tells their first and last instant; `None` at the
    /// end.
    fn next(
        &mut self,
        roll: &mut Roll<'_>,
        records: &mut Vec<Record>,
    ) -> Result<Option<Ends>, GaveUp>;
}

/// Opens the rows of a file.
pub(super) type OpenRows = fn(Source<'_>, &Vocabulary) -> Result<Box<dyn Rows>, GaveUp>;

/// The names of a trace: all of them, or those met so far.
pub(super) enum Roll<'a> {
    Whole(&'a Names),
    Growing(&'a mut Names),
}

/// Records at a time; a few users more or less.
const CHUNK: usize = 1 << 17;

/// Somebody with more records is not held beside everybody else's.
pub(super) const MOST_TOGETHER: usize = 1 << 24;

impl GaveUp {
    pub(super) const FORMAT: Self = Self("only Parquet in a file of its own is");
    pub(super) const DAMAGED: Self = Self("the file can't be read so");
    pub(super) const ENCODING: Self = Self("a column is of an unusual type or encoding");
    pub(super) const BROKEN: Self = Self("a row is broken");
    pub(super) const TOO_MUCH: Self = Self("there is too much of something");
    pub(super) const SPOOL: Self = Self("the temporary file fails");
}

impl Stream {
    /// Begins to read a trace as a stream. `open_spool` opens the temporary file for a trace whose
    /// users are not together; `progress` is told how many rows were gone through.
    ///
    /// # Errors
    /// If it can't be read so; it may well be read as a whole.
    pub fn open(
        (name, input): (&str, Input),
        options: &ReadOptions,
        vocabulary: &Vocabulary,
        open_spool: OpenSpool,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, GaveUp> {
        let Input::File(_) = input else { return Err(GaveUp::FORMAT) };
        let (head, input) = input.peek(4).map_err(|_| GaveUp::DAMAGED)?;
        let format = FORMATS.iter().find(|format| (format.recognises)(&head));
        let open = format.and_then(|format| format.rows).ok_or(GaveUp::FORMAT)?;
        let rows = open(Source { name, input, options: *options }, vocabulary)?;
        Self::of(rows, open_spool, progress)
    }

    fn of(
        mut rows: Box<dyn Rows>,
        open_spool: OpenSpool,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, GaveUp> {
        if let Some(names) = names_if_together(&mut *rows, progress)? {
            let records = rows.rows();
            let ends = rows.ends()?.ok_or(GaveUp::FORMAT)?;
            rows.rewind();
            let (told, read) = ((records, ends), (0, Ends::NONE));
            let users =
                Kind::Together(Together { rows, begun: Vec::new(), chunk: CHUNK, told, read });
            return Ok(Self::new(names, records, ends, users));
        }
        rows.rewind();
        let mut names = Names::default();
        let mut scatter = Scatter::new(rows.rows(), open_spool);
        let (mut ends, mut records) = (Ends::NONE, Vec::new());
        while let Some(own) = rows.next(&mut Roll::Growing(&mut names), &mut records)? {
            ends = ends.with(own);
            scatter.take(&names, &records)?;
            progress(records.len() as u64);
            records.clear();
        }
        let count = scatter.records();
        Ok(Self::new(names, count, ends, Kind::Scattered(scatter)))
    }

    fn new(names: Names, records: u64, ends: Ends, users: Kind) -> Self {
        let [first, last] = [ends.first, ends.last].map(Instant::from_millis);
        Self { names, records, first, last, users: WholeUsers(users) }
    }
}

/// The names of rows that stand by user; `None` if they do not.
fn names_if_together(
    rows: &mut dyn Rows,
    progress: &mut dyn FnMut(u64),
) -> Result<Option<Names>, GaveUp> {
    let mut names = Names::default();
    // Users are numbered as they appear: one who comes again has a lower number than the latest.
    let mut latest = (u32::MAX, UserId::new(0));
    while let Some(agents) = rows.next_agents_only(&mut Roll::Growing(&mut names))? {
        for &agent in agents {
            if agent == latest.0 {
                continue;
            }
            let user = names.user_of(AgentId::from_number(agent));
            if user < latest.1 {
                return Ok(None);
            }
            latest = (agent, user);
        }
        progress(agents.len() as u64);
    }
    Ok(Some(names))
}

impl WholeUsers {
    /// Whether the users were put together in memory or a temporary file.
    pub fn are_put_together(&self) -> bool {
        matches!(self.0, Kind::Scattered(_))
    }

    /// Puts the records of the next users into `records`, each user's in the order of the file. No
    /// user comes twice. `names` are the stream's. Gives whether there were any.
    ///
    /// # Errors
    /// If the records can't be read as a stream: what came before is not to be used.
    pub fn next_users(&mut self, names: &Names, records: &mut Vec<Record>) -> Result<bool, GaveUp> {
        records.clear();
        match &mut self.0 {
            Kind::Together(together) => together.next_users(names, records),
            Kind::Scattered(scatter) => scatter.next_users(records),
        }
    }
}

impl Together {
    fn next_users(&mut self, names: &Names, records: &mut Vec<Record>) -> Result<bool, GaveUp> {
        records.append(&mut self.begun);
        let by = |record: &Record| names.user_of(record.agent());
        loop {
            let before = records.len();
            let Some(ends) = self.rows.next(&mut Roll::Whole(names), records)? else {
                return self.finish(!records.is_empty());
            };
            let (count, whole) = self.read;
            self.read = (count + (records.len() - before) as u64, whole.with(ends));
            if records.len() < self.chunk {
                continue;
            }
            let latest = records.last().map(by);
            // Whoever began before the latest rows, and goes on, has to be waited for.
            let own =
                records[before..].iter().rev().take_while(|record| Some(by(record)) == latest);
            let start = records.len() - own.count();
            if start > 0 && Some(by(&records[start - 1])) != latest {
                self.begun.extend_from_slice(&records[start..]);
                records.truncate(start);
                return Ok(true);
            }
            if records.len() > MOST_TOGETHER {
                return Err(GaveUp::TOO_MUCH);
            }
        }
    }

    /// At the end, what was read has to be what the first pass found.
    fn finish(&self, any: bool) -> Result<bool, GaveUp> {
        if self.read == self.told { Ok(any) } else { Err(GaveUp::DAMAGED) }
    }
}

impl Ends {
    /// Those of no record.
    pub(super) const NONE: Self = Self { first: i64::MAX, last: i64::MIN };

    /// Those of other records too.
    pub(super) fn with(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

impl Roll<'_> {
    pub(super) fn names(&self) -> &Names {
        match self {
            Self::Whole(names) => names,
            Self::Growing(names) => names,
        }
    }

    /// The agent of that user and device.
    pub(super) fn meet(&mut self, user: &[u8], device: &[u8]) -> Result<AgentId, GaveUp> {
        if user.is_empty() {
            return Err(GaveUp::BROKEN);
        }
        match self {
            Self::Whole(names) => {
                let wanted = Wanted::new(Word::new(user), Word::new(device));
                names.known(wanted, (user, device)).ok_or(GaveUp::DAMAGED)
            }
            Self::Growing(names) => {
                let text = |bytes| std::str::from_utf8(bytes).map_err(|_| GaveUp::BROKEN);
                names.agent(text(user)?, text(device)?).map_err(|_| GaveUp::TOO_MUCH)
            }
        }
    }
}

impl std::fmt::Debug for WholeUsers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WholeUsers").field("are_put_together", &self.are_put_together()).finish()
    }
}
