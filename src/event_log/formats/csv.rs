//! CSV: RFC 4180 with a header and line feeds.

use std::io::{self, BufRead, Write};

use csv::{ErrorKind, StringRecord};

use super::{Format, Output, Problem, Read, Row, RowSink, RowSource};
use crate::event_log::COLUMNS;
use crate::event_log::error::{AN_INTEGER, excerpt};
use crate::event_log::row::LONGEST_ROW;

pub(super) const FORMAT: Format = Format {
    name: "CSV",
    about: "for spreadsheets and every other tool",
    endings: &[".csv"],
    // A byte order mark is what spreadsheets leave behind.
    recognises: |head| head.starts_with(b"seq,") || head.starts_with(b"\xef\xbb\xbfs"),
    write: |out| Ok(Box::new(Lines::new(out)?)),
    read: Read::Stream(|input| Ok(Box::new(Records::new(input)?))),
};

struct Lines {
    out: Output,
}

/// Records of a CSV file.
struct Records {
    csv: csv::Reader<Bounded>,
    record: StringRecord,
}

/// An input that gives up on endless rows: after damage to a quote, the rest of a log looks like
/// one cell.
struct Bounded {
    input: Box<dyn BufRead + Send>,
    left: usize,
    ended: bool,
}

impl Lines {
    fn new(mut out: Output) -> io::Result<Self> {
        writeln!(out, "{}", COLUMNS.join(","))?;
        Ok(Self { out })
    }
}

impl RowSink for Lines {
    fn put(&mut self, _: &Row<'_>, line: &[u8]) -> io::Result<()> {
        self.out.write_all(line)
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        self.out.finish()
    }
}

impl Records {
    fn new(input: Box<dyn BufRead + Send>) -> Result<Self, Problem> {
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Bounded { input, left: LONGEST_ROW, ended: false });
        let mut records = Self { csv, record: StringRecord::new() };
        records.advance()?;
        if !records.record.iter().eq(COLUMNS) {
            let found = records.record.iter().collect::<Vec<_>>().join(",");
            return Err(Problem::Columns { found: excerpt(&found) });
        }
        Ok(records)
    }

    /// Reads the next record; false if there is none.
    fn advance(&mut self) -> Result<bool, Problem> {
        self.csv.get_mut().left = LONGEST_ROW;
        let there = self.csv.read_record(&mut self.record).map_err(problem)?;
        // A line feed ends a record before the input's end is seen, so this one has lost its own.
        if there && self.csv.get_ref().ended { Err(Problem::Cut) } else { Ok(there) }
    }
}

impl RowSource for Records {
    fn next_row(&mut self) -> Result<Option<Row<'_>>, Problem> {
        if !self.advance()? {
            return Ok(None);
        }
        let mut cells = [""; COLUMNS.len()];
        if self.record.len() != cells.len() {
            return Err(Problem::Width { found: self.record.len() });
        }
        for (cell, found) in cells.iter_mut().zip(&self.record) {
            *cell = found;
        }
        let [
            seq,
            policy,
            ts,
            user,
            device,
            app,
            api,
            event,
            outcome,
            cause,
            refresh_cause,
            background,
            expires_at,
        ] = cells;
        Ok(Some(Row {
            seq: seq.parse().map_err(|_| Problem::cell("seq", seq, "the row's number"))?,
            policy,
            ts: integer("ts", ts)?,
            user,
            device,
            app,
            api,
            event,
            outcome,
            cause,
            refresh_cause,
            background: match background {
                "" => None,
                "true" => Some(true),
                "false" => Some(false),
                _ => return Err(Problem::cell("background", background, "`true` or `false`")),
            },
            expires_at: integer("expires_at", expires_at)?,
        }))
    }
}

fn integer(column: &'static str, cell: &str) -> Result<Option<i64>, Problem> {
    if cell.is_empty() {
        return Ok(None);
    }
    match cell.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(Problem::cell(column, cell, AN_INTEGER)),
    }
}

fn problem(error: csv::Error) -> Problem {
    match error.into_kind() {
        ErrorKind::Io(error) => error.into(),
        ErrorKind::Utf8 { err, .. } => {
            let column = COLUMNS.get(err.field()).copied().unwrap_or("expires_at");
            Problem::cell(column, "", "UTF-8 text")
        }
        // The reader is flexible and never seeks, so that nothing else can happen.
        kind => Problem::Read(io::Error::other(format!("{kind:?}"))),
    }
}

impl io::Read for Bounded {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let most = bytes.len().min(self.left);
        let read = self.input.read(&mut bytes[..most])?;
        self.left -= read;
        self.ended = read == 0;
        Ok(read)
    }
}
