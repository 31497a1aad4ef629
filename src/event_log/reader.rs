//! A log to facts.

use crc32fast::Hasher;

use super::error::{AN_INTEGER, excerpt};
use super::event::Event;
use super::formats::{RowSource, open};
use super::names::Names;
use super::restore::Assembly;
use super::row::Row;
use super::writer::digits;
use super::{End, Ending, Entry, LogError, Problem, VERSION};
use crate::description::Description;
use crate::input::Input;
use crate::model::{Instant, Span};

/// What to do with a log that breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is refused.
    Whole,
    /// What stands before the break is read, and [`Ending::broke`] tells where it is: every block
    /// whose checksum holds and, if the log is merely cut, what follows the last of them. The last
    /// fact before a cut may lack rows and is left out; [`Ending::unverified`] counts the others
    /// behind the last checksum.
    UpToBreak,
}

/// Reads the log of one run. It holds one block at a time, and in [`Mode::Whole`] gives no fact
/// before the checksum of its block held.
pub struct Reader {
    rows: Rows,
    description: Description,
    assembly: Assembly,
    /// The next fact of the block to be given.
    next: usize,
    mode: Mode,
    latest: Instant,
    state: State,
}

/// Rows in their order, summed up.
struct Rows {
    source: Box<dyn RowSource>,
    seq: u64,
    block_start: u64,
    checksum: Hasher,
    line: Vec<u8>,
}

/// What comes after the facts at hand.
enum State {
    Reading,
    Ended(Ending),
    Broken(LogError),
    /// The error was given.
    Failed,
}

/// What the last row of a log says.
struct Closing {
    end: End,
    horizon: Instant,
}

/// What a row meant for its block.
enum Step {
    More,
    BlockEnds,
    LogEnds(Closing),
}

impl Reader {
    /// Opens a log, whatever its format, and reads its first block.
    ///
    /// # Errors
    /// If it is no log, or its description cannot be read. With [`Mode::Whole`] also if the first
    /// block is broken.
    pub fn new(input: Input, mode: Mode) -> Result<Self, LogError> {
        let at_start = |problem| LogError { seq: 0, problem };
        let source = open(input).map_err(at_start)?;
        let mut rows =
            Rows { source, seq: 0, block_start: 0, checksum: Hasher::new(), line: Vec::new() };
        let description = rows.take_description().map_err(at_start)?;
        let names =
            Names::new(&description).map_err(|why| at_start(Problem::Description { why }))?;
        let stay_open = Span::from_millis(description.workload.stay_open);
        let latest = Instant::from_millis(description.activity.start);
        let assembly = Assembly::new(names, stay_open);
        let state = State::Reading;
        let mut reader = Self { rows, description, assembly, next: 0, mode, latest, state };
        reader.fill();
        match reader.state {
            State::Broken(error) => Err(error),
            _ => Ok(reader),
        }
    }

    /// The run that the log tells of.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The next fact, or `None` after the last one.
    ///
    /// # Errors
    /// If the log breaks here, once; only with [`Mode::Whole`].
    pub fn next_entry(&mut self) -> Option<Result<Entry<'_>, LogError>> {
        while self.next == self.assembly.len() {
            match self.state {
                State::Reading => self.fill(),
                State::Ended(_) | State::Failed => return None,
                State::Broken(_) => {
                    let broken = std::mem::replace(&mut self.state, State::Failed);
                    let State::Broken(error) = broken else { return None };
                    return Some(Err(error));
                }
            }
        }
        self.next += 1;
        self.assembly.entry(self.next - 1).map(Ok)
    }

    /// How the log ended. There is none before [`Reader::next_entry`] gave `None`, nor after an
    /// error.
    pub fn ending(&self) -> Option<&Ending> {
        match &self.state {
            State::Ended(ending) if self.next == self.assembly.len() => Some(ending),
            _ => None,
        }
    }

    /// Reads the next block.
    fn fill(&mut self) {
        self.next = 0;
        self.assembly.clear();
        let closing = match self.rows.take_block(&mut self.assembly) {
            Ok(None) => {
                self.latest = self.assembly.latest().max(self.latest);
                return;
            }
            Ok(Some(closing)) => closing,
            Err(problem) => return self.break_off(problem),
        };
        let broke = match self.rows.source.next_row() {
            Ok(None) => None,
            Err(problem @ (Problem::Cut | Problem::Read(_))) => Some(problem),
            Ok(Some(_)) | Err(_) => Some(Problem::AfterEnd),
        };
        let broke = broke.map(|problem| self.rows.error(problem));
        self.state = match broke {
            Some(error) if self.mode == Mode::Whole => {
                self.assembly.clear();
                State::Broken(error)
            }
            broke => State::Ended(Ending {
                end: if broke.is_some() { End::Partial } else { closing.end },
                horizon: closing.horizon,
                broke,
                unverified: 0,
            }),
        };
    }

    /// The block at hand breaks off.
    fn break_off(&mut self, problem: Problem) {
        // What was changed somewhere is not to be trusted elsewhere; what is merely cut is.
        if self.mode == Mode::UpToBreak && problem.is_cut() {
            self.assembly.drop_pending();
        } else {
            self.assembly.clear();
        }
        let error = self.rows.error(problem);
        self.state = match self.mode {
            Mode::Whole => State::Broken(error),
            Mode::UpToBreak => State::Ended(Ending {
                end: End::Partial,
                horizon: self.assembly.latest().max(self.latest),
                broke: Some(error),
                unverified: self.assembly.len() as u64,
            }),
        };
    }
}

impl Rows {
    /// A problem of the row that was to come.
    fn error(&self, problem: Problem) -> LogError {
        LogError { seq: self.seq, problem }
    }

    fn take_description(&mut self) -> Result<Description, Problem> {
        let row = self.source.next_row()?.ok_or(Problem::NotClosed)?;
        if row.event != Event::LogOpened.word() {
            return Err(Problem::NotOpened { found: excerpt(row.event) });
        }
        if row.outcome != VERSION {
            return Err(Problem::Version { found: excerpt(row.outcome) });
        }
        if row.seq != self.seq {
            return Err(Problem::Sequence { found: row.seq });
        }
        let description = serde_json::from_str(row.cause)
            .map_err(|error| Problem::Description { why: error.to_string() })?;
        row.push_line(&mut self.line);
        self.checksum.update(&self.line);
        self.seq += 1;
        Ok(description)
    }

    /// Takes rows up to the next checksum, and what the last one of all says.
    fn take_block(&mut self, assembly: &mut Assembly) -> Result<Option<Closing>, Problem> {
        loop {
            let step = self.take_row(assembly)?;
            self.seq += 1;
            let closing = match step {
                Step::More => continue,
                Step::BlockEnds => None,
                Step::LogEnds(closing) => Some(closing),
            };
            self.block_start = self.seq;
            assembly.settle();
            return Ok(closing);
        }
    }

    fn take_row(&mut self, assembly: &mut Assembly) -> Result<Step, Problem> {
        let row = self.source.next_row()?.ok_or(Problem::NotClosed)?;
        if row.seq != self.seq {
            return Err(Problem::Sequence { found: row.seq });
        }
        let event = Event::from_word(row.event)
            .ok_or_else(|| Problem::cell("event", row.event, "an event of a log"))?;
        self.line.clear();
        if !matches!(event, Event::BlockClosed | Event::LogClosed) {
            assembly.take(&row, event)?;
            row.push_line(&mut self.line);
            self.checksum.update(&self.line);
            return Ok(Step::More);
        }
        Row { cause: "", ..row }.push_line(&mut self.line);
        self.checksum.update(&self.line);
        let computed = digits(std::mem::take(&mut self.checksum));
        if row.cause != computed {
            return Err(Problem::Checksum {
                first: self.block_start,
                last: self.seq,
                computed,
                stored: excerpt(row.cause),
            });
        }
        if event == Event::BlockClosed {
            return Ok(Step::BlockEnds);
        }
        let end = End::from_word(row.outcome)
            .ok_or_else(|| Problem::cell("outcome", row.outcome, "`complete` or `partial`"))?;
        let horizon = row.ts.ok_or_else(|| Problem::cell("ts", "", AN_INTEGER))?;
        Ok(Step::LogEnds(Closing { end, horizon: Instant::from_millis(horizon) }))
    }
}
