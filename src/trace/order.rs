//! Records in time order, whatever order they came in and however many there are.
//!
//! Up to a budget they stay in memory as they came, and are put into time order once somebody asks
//! for it. Beyond it, sorted runs go to a spool file that the caller gives, and are merged each
//! time they are read. Records of the same instant keep the order in which they came: runs are
//! sorted stably, and of equal instants the earlier run's come first.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::Record;
use crate::model::Instant;

/// A temporary file: what is written can be read again from any place.
pub trait Spool: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> Spool for T {}

/// Opens a spool file.
pub type OpenSpool = Box<dyn Fn() -> io::Result<Box<dyn Spool>> + Send>;

/// How many records come at a time.
const CHUNK: usize = 1 << 16;
/// The most records that a run holds in memory while it is merged.
const BLOCK: usize = 1 << 14;

/// Takes records in any order.
pub(super) struct Sorter {
    run: Vec<Record>,
    run_is_sorted: bool,
    latest: Instant,
    budget: usize,
    open_spool: Option<OpenSpool>,
    spooled: Option<(Box<dyn Spool>, Vec<Run>)>,
}

/// Gives records in time order, as often as asked.
pub(super) struct Records {
    first_last: Option<(Instant, Instant)>,
    kept: Kept,
}

enum Kept {
    /// As they came, and in time order where that is another one and was asked for.
    InMemory {
        arrived: Vec<Record>,
        is_sorted: bool,
        sorted: OnceLock<Vec<Record>>,
    },
    Spooled {
        spool: Mutex<Box<dyn Spool>>,
        runs: Vec<Run>,
        block: usize,
    },
}

/// A sorted stretch of the spool file: its first record's place, how many there are, and the
/// instants of the first and the last.
#[derive(Clone, Copy)]
struct Run {
    start: u64,
    len: usize,
    first: Instant,
    last: Instant,
}

impl Sorter {
    /// Keeps at most `budget` records in memory if there is a spool file for the others.
    pub(super) fn new(budget: usize, open_spool: Option<OpenSpool>) -> Self {
        let budget = budget.max(1);
        Self {
            run: Vec::new(),
            run_is_sorted: true,
            latest: Instant::LONG_AGO,
            budget,
            open_spool,
            spooled: None,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, record: Record) -> io::Result<()> {
        if self.run.len() >= self.budget && self.open_spool.is_some() {
            self.spill()?;
        }
        self.run_is_sorted &= self.latest <= record.at();
        self.latest = record.at();
        self.run.push(record);
        Ok(())
    }

    /// As [`Sorter::push`] for several. `in_order` says that each is at least as late as the one
    /// before it, and the first one as the last one of all that came before.
    #[inline]
    pub(super) fn extend(&mut self, records: &[Record], in_order: bool) -> io::Result<()> {
        if records.len() > self.budget.saturating_sub(self.run.len()) && self.open_spool.is_some() {
            return records.iter().try_for_each(|record| self.push(*record));
        }
        self.run_is_sorted &= in_order;
        self.latest = records.last().map_or(self.latest, Record::at);
        self.run.extend_from_slice(records);
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<Records> {
        if self.spooled.is_some() {
            self.spill()?;
        }
        let Some((spool, runs)) = self.spooled else {
            let (arrived, is_sorted) = (self.run, self.run_is_sorted);
            let instants = || arrived.iter().map(Record::at);
            let first_last = match is_sorted {
                true => arrived.first().map(Record::at).zip(arrived.last().map(Record::at)),
                false => instants().min().zip(instants().max()),
            };
            let kept = Kept::InMemory { arrived, is_sorted, sorted: OnceLock::new() };
            return Ok(Records { first_last, kept });
        };
        let first = runs.iter().map(|run| run.first).min();
        let last = runs.iter().map(|run| run.last).max();
        let block = (self.budget / runs.len()).clamp(1, BLOCK);
        let kept = Kept::Spooled { spool: Mutex::new(spool), runs, block };
        Ok(Records { first_last: first.zip(last), kept })
    }

    fn sort_run(&mut self) {
        if !self.run_is_sorted {
            self.run.sort_by_key(Record::at);
        }
        self.run_is_sorted = true;
        self.latest = Instant::LONG_AGO;
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort_run();
        let (Some(first), Some(last)) = (self.run.first(), self.run.last()) else {
            return Ok(());
        };
        if self.spooled.is_none() {
            let open = self.open_spool.as_ref().expect("asked before spilling");
            self.spooled = Some((open()?, Vec::new()));
        }
        let (spool, runs) = self.spooled.as_mut().expect("just opened");
        let start = runs.last().map_or(0, |run| run.start + run.len as u64);
        runs.push(Run { start, len: self.run.len(), first: first.at(), last: last.at() });
        let mut bytes = Vec::with_capacity(BLOCK.min(self.run.len()) * Record::BYTES);
        for block in self.run.chunks(BLOCK) {
            bytes.clear();
            bytes.extend(block.iter().flat_map(|record| record.to_bytes()));
            spool.write_all(&bytes)?;
        }
        self.run.clear();
        Ok(())
    }
}

impl Records {
    /// The instants of the first and the last record.
    pub(super) fn first_last(&self) -> Option<(Instant, Instant)> {
        self.first_last
    }

    /// The records as they came, if they are in memory.
    pub(super) fn arrived(&self) -> Option<&[Record]> {
        match &self.kept {
            Kept::InMemory { arrived, .. } => Some(arrived),
            Kept::Spooled { .. } => None,
        }
    }

    /// The records in time order, some at a time: borrowed from memory, or read and merged.
    pub(super) fn chunks(&self) -> Box<dyn Iterator<Item = io::Result<Cow<'_, [Record]>>> + '_> {
        match &self.kept {
            Kept::InMemory { arrived, is_sorted, sorted } => {
                let in_order = || {
                    let mut records = arrived.clone();
                    records.sort_by_key(Record::at);
                    records
                };
                let records = if *is_sorted { arrived } else { sorted.get_or_init(in_order) };
                Box::new(records.chunks(CHUNK).map(|chunk| Ok(Cow::Borrowed(chunk))))
            }
            Kept::Spooled { spool, runs, block } => match Merge::new(spool, runs, *block) {
                Ok(merge) => Box::new(merge.map(|chunk| chunk.map(Cow::Owned))),
                Err(error) => Box::new(std::iter::once(Err(error))),
            },
        }
    }
}

/// The runs of a spool file, merged.
struct Merge<'a> {
    spool: &'a Mutex<Box<dyn Spool>>,
    runs: Vec<RunReader>,
    /// Of each run that has records left: its next instant, and its number.
    next: BinaryHeap<Reverse<(Instant, usize)>>,
    block: usize,
}

struct RunReader {
    rest: Run,
    block: Vec<Record>,
    taken: usize,
}

impl<'a> Merge<'a> {
    fn new(spool: &'a Mutex<Box<dyn Spool>>, runs: &[Run], block: usize) -> io::Result<Self> {
        let reader = |run: &Run| RunReader { rest: *run, block: Vec::new(), taken: 0 };
        let runs: Vec<_> = runs.iter().map(reader).collect();
        let mut merge = Self { spool, runs, next: BinaryHeap::new(), block };
        for number in 0..merge.runs.len() {
            merge.queue(number)?;
        }
        Ok(merge)
    }

    /// Puts a run back in the queue, unless it is used up.
    fn queue(&mut self, number: usize) -> io::Result<()> {
        let run = &mut self.runs[number];
        if run.taken == run.block.len() {
            run.read(self.spool, self.block)?;
        }
        if let Some(record) = run.block.get(run.taken) {
            self.next.push(Reverse((record.at(), number)));
        }
        Ok(())
    }

    fn chunk(&mut self) -> io::Result<Vec<Record>> {
        let mut chunk = Vec::with_capacity(CHUNK);
        while chunk.len() < CHUNK
            && let Some(Reverse((_, number))) = self.next.pop()
        {
            let run = &mut self.runs[number];
            let ready = &run.block[run.taken..];
            let ready = &ready[..ready.len().min(CHUNK - chunk.len())];
            // All that come before the next run's first: whole blocks where runs do not overlap.
            let count = match self.next.peek() {
                Some(Reverse(other)) => {
                    ready.iter().take_while(|record| (record.at(), number) < *other).count()
                }
                None => ready.len(),
            };
            chunk.extend_from_slice(&ready[..count]);
            run.taken += count;
            self.queue(number)?;
        }
        Ok(chunk)
    }
}

impl Iterator for Merge<'_> {
    type Item = io::Result<Vec<Record>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.chunk() {
            Ok(chunk) if chunk.is_empty() => None,
            Ok(chunk) => Some(Ok(chunk)),
            Err(error) => {
                self.next.clear();
                Some(Err(error))
            }
        }
    }
}

impl RunReader {
    /// Reads the run's next block.
    fn read(&mut self, spool: &Mutex<Box<dyn Spool>>, block: usize) -> io::Result<()> {
        let count = block.min(self.rest.len);
        let mut bytes = vec![0; count * Record::BYTES];
        {
            // Every read seeks first, so nothing is lost with a thread that panicked.
            let mut spool = spool.lock().unwrap_or_else(PoisonError::into_inner);
            spool.seek(SeekFrom::Start(self.rest.start * Record::BYTES as u64))?;
            spool.read_exact(&mut bytes)?;
        }
        self.rest.start += count as u64;
        self.rest.len -= count;
        self.taken = 0;
        self.block.clear();
        let (records, _) = bytes.as_chunks();
        self.block.extend(records.iter().map(Record::from_bytes));
        Ok(())
    }
}

impl fmt::Debug for Sorter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = self.spooled.as_ref().map_or(0, |(_, runs)| runs.len());
        f.debug_struct("Sorter").field("in_memory", &self.run.len()).field("runs", &runs).finish()
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (in_memory, runs) = match &self.kept {
            Kept::InMemory { arrived, .. } => (arrived.len(), 0),
            Kept::Spooled { runs, .. } => (0, runs.len()),
        };
        f.debug_struct("Records").field("in_memory", &in_memory).field("runs", &runs).finish()
    }
}
