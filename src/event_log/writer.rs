//! Facts to a log.

use std::io::{self, Write};

use crc32fast::Hasher;

use super::event::Event;
use super::formats::RowSink;
use super::names::Names;
use super::row::{LONGEST_ROW, Row};
use super::tell::{block_closed, log_closed, tell};
use super::{Encoding, End, Entry, VERSION};
use crate::description::Description;
use crate::model::{Instant, Span};

/// Rows after which a block ends with its checksum, at the end of the fact at hand.
const BLOCK_ROWS: u64 = 1_000;

/// Writes the log of one run.
///
/// A log that is dropped instead of closed lacks its last row, and readers say so.
pub struct Writer {
    names: Names,
    stay_open: Span,
    rows: Rows,
    block_rows: u64,
}

/// Numbers rows and sums them up.
struct Rows {
    sink: Box<dyn RowSink>,
    seq: u64,
    block_start: u64,
    checksum: Hasher,
    line: Vec<u8>,
}

impl Writer {
    /// Opens a log of the run that `description` tells of.
    ///
    /// # Errors
    /// If the description has no clear names ([`io::ErrorKind::InvalidInput`]), or if `out` fails.
    pub fn new(
        encoding: Encoding,
        out: Box<dyn Write + Send>,
        description: &Description,
    ) -> io::Result<Self> {
        Self::with_blocks(encoding, out, description, BLOCK_ROWS)
    }

    pub(super) fn with_blocks(
        encoding: Encoding,
        out: Box<dyn Write + Send>,
        description: &Description,
        block_rows: u64,
    ) -> io::Result<Self> {
        let names = Names::new(description)
            .map_err(|why| refused(&format!("the run cannot be logged: {why}")))?;
        let mut rows = Rows {
            sink: encoding.sink(out)?,
            seq: 0,
            block_start: 0,
            checksum: Hasher::new(),
            line: Vec::new(),
        };
        let description_json = serde_json::to_string(description)?;
        rows.put(Row {
            ts: Some(description.activity.start),
            outcome: VERSION,
            cause: &description_json,
            ..Row::default().of(Event::LogOpened)
        })?;
        let stay_open = Span::from_millis(description.workload.stay_open);
        Ok(Self { names, stay_open, rows, block_rows })
    }

    /// Writes one fact.
    ///
    /// # Errors
    /// If it does not belong to the described run, in which case nothing was written
    /// ([`io::ErrorKind::InvalidInput`]), or if the output fails; then the log is lost.
    pub fn write(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        tell(&self.names, self.stay_open, entry, &mut |row| self.rows.put(row))?;
        if self.rows.seq - self.rows.block_start >= self.block_rows {
            self.rows.put_checksum(block_closed())?;
        }
        Ok(())
    }

    /// Ends the log at `horizon`.
    ///
    /// # Errors
    /// If the output fails.
    pub fn close(mut self, end: End, horizon: Instant) -> io::Result<()> {
        self.rows.put_checksum(log_closed(end, horizon))?;
        self.rows.sink.close()
    }
}

impl Rows {
    fn put(&mut self, row: Row<'_>) -> io::Result<()> {
        let row = Row { seq: self.seq, ..row };
        self.line.clear();
        row.push_line(&mut self.line);
        if self.line.len() > LONGEST_ROW {
            return Err(refused("a row of the log is too long to be read back"));
        }
        self.checksum.update(&self.line);
        self.sink.put(&row, &self.line)?;
        self.seq += 1;
        Ok(())
    }

    /// Puts a row with the checksum of its block in `cause`. The row itself, still without it, is
    /// the last thing summed up.
    fn put_checksum(&mut self, row: Row<'_>) -> io::Result<()> {
        let row = Row { seq: self.seq, ..row };
        self.line.clear();
        row.push_line(&mut self.line);
        self.checksum.update(&self.line);
        let digits = digits(std::mem::take(&mut self.checksum));
        self.put(Row { cause: &digits, ..row })?;
        self.checksum = Hasher::new();
        self.block_start = self.seq;
        Ok(())
    }
}

/// A checksum as it stands in the log.
pub(super) fn digits(checksum: Hasher) -> String {
    format!("{:08x}", checksum.finalize())
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
