//! Lines of CSV taken in by the thousand: whole ones whose names are known, in the window that
//! they were read into.
//!
//! Several lines are read before the first one's agent is looked up, so that the memory in which
//! agents stand is waited for once for all of them. Whatever is unusual is left to the reader's
//! plain way, one line at a time.

use crate::model::AgentId;
use crate::trace::lines::{Ahead, Lines, MAX_LINE};
use crate::trace::marks;
use crate::trace::names::Pair;
use crate::trace::read::COLUMNS;
use crate::trace::stamps::Stamps;
use crate::trace::timestamp;
use crate::trace::word::{MARGIN, Word};
use crate::trace::{Intake, ReadOptions, Record, TraceError};

/// How many lines are read before their agents are looked up.
const BATCH: usize = 32;
/// How many marks are found in one go; twice as much as a first-level cache holds is too many.
const MOST_MARKS: usize = 2048;
/// With more columns than this, lines are not read here. A power of two.
const MOST_COLUMNS: usize = 128;

/// Takes usual lines in, up to the next one that is not.
pub(super) struct Quick {
    /// How many columns the file has.
    columns: usize,
    /// By column of the file: its place in [`COLUMNS`], or one past them.
    places: [u8; MOST_COLUMNS],
    /// Whether there may be an API and an action.
    has_all: bool,
    options: ReadOptions,
    stamps: Stamps,
    /// How many bytes of the input stood before those that marks are counted from.
    origin: u64,
    /// Where fields begin: one behind each comma, quote and line feed, and the first one's line.
    marks: Vec<u32>,
    /// Which mark the next line begins at.
    next: usize,
    /// How far marks were looked for.
    looked_at: u32,
    /// Where the fields of a line with quotes stand.
    unquoted: Vec<Span>,
    batch: Vec<Line>,
    /// Who did what stands in the batch, and who of them was found.
    pairs: Vec<Pair>,
    found: Vec<Option<AgentId>>,
}

/// Where a field begins and ends in the window.
type Span = (u32, u32);

/// By [`COLUMNS`]: where the fields of a line stand, nowhere if there are none. A power of two.
type Spans = [Span; 8];

/// A line whose agent is not looked up yet.
struct Line {
    record: Record,
    user: Span,
    device: Span,
    /// The mark that the line after it begins at.
    next: usize,
}

#[inline]
fn text(window: &[u8], (start, end): Span) -> &[u8] {
    &window[start as usize..end as usize]
}

impl Quick {
    /// For lines whose columns stand in these `places` of [`COLUMNS`].
    pub(super) fn new(places: &[u8], options: ReadOptions) -> Self {
        Self {
            columns: places.len(),
            places: std::array::from_fn(|column| places.get(column).copied().unwrap_or(6)),
            has_all: places.iter().any(|place| (4..COLUMNS.len() as u8).contains(place)),
            options,
            stamps: Stamps::new(options.ts_unit),
            origin: 0,
            marks: vec![0],
            next: 0,
            looked_at: 0,
            unquoted: Vec::new(),
            batch: Vec::with_capacity(BATCH),
            pairs: Vec::with_capacity(BATCH),
            found: Vec::with_capacity(BATCH),
        }
    }

    /// Takes the next lines in, up to one that is not usual or not whole yet.
    ///
    /// # Errors
    /// As for [`Intake::take_line`].
    pub(super) fn take(
        &mut self,
        lines: &mut Lines,
        intake: &mut Intake,
    ) -> Result<(), TraceError> {
        if self.columns > MOST_COLUMNS {
            return Ok(());
        }
        self.catch_up(lines.ahead().offset);
        loop {
            let ahead = lines.ahead();
            if self.marks.len() - self.next < BATCH * self.columns + 1 {
                self.look_on(&ahead);
            }
            let (start, is_stopped) = (self.marks[self.next], self.read_batch(&ahead, intake));
            let taken = self.take_batch(&ahead, intake)?;
            if let Some(last) = taken.checked_sub(1) {
                self.next = self.batch[last].next;
                lines.skip((self.marks[self.next] - start) as usize, taken as u64);
            }
            if is_stopped || taken < self.batch.len() {
                return Ok(());
            }
        }
    }

    /// Forgets the marks of lines that were taken otherwise.
    fn catch_up(&mut self, offset: u64) {
        let passed = u32::try_from(offset - self.origin).unwrap_or(u32::MAX);
        while self.marks.get(self.next).is_some_and(|mark| *mark < passed) {
            self.next += 1;
        }
        if self.marks.get(self.next) != Some(&passed) {
            self.origin = offset;
            self.marks.clear();
            self.marks.push(0);
            (self.next, self.looked_at) = (0, 0);
        }
    }

    /// Finds more marks, from the beginning of the next line.
    fn look_on(&mut self, ahead: &Ahead<'_>) {
        self.marks.drain(..self.next);
        self.next = 0;
        let passed = self.marks[0];
        self.marks.iter_mut().for_each(|mark| *mark -= passed);
        self.origin += u64::from(passed);
        self.looked_at -= passed;
        let rest = &ahead.window[self.looked_at as usize..ahead.window.len() - MARGIN];
        let count = marks::find(rest, self.looked_at, MOST_MARKS, &mut self.marks);
        self.looked_at += count as u32;
    }

    /// Reads lines up to the batch's end, and tells whether it stopped at an unusual one before.
    #[inline]
    fn read_batch(&mut self, ahead: &Ahead<'_>, intake: &Intake) -> bool {
        self.batch.clear();
        self.pairs.clear();
        let (window, base) = (ahead.window, self.marks[self.next]);
        let mut from = self.next;
        while self.batch.len() < BATCH {
            match self.read_line(window, base, from, intake) {
                Some(next) => from = next,
                None => return true,
            }
        }
        false
    }

    /// Gives what was read to the intake, and tells how many lines it took.
    #[inline]
    fn take_batch(&mut self, ahead: &Ahead<'_>, intake: &mut Intake) -> Result<usize, TraceError> {
        intake.look_up(&self.pairs, &mut self.found);
        for (place, line) in self.batch.iter().enumerate() {
            let called = || (text(ahead.window, line.user), text(ahead.window, line.device));
            let (pair, found) = (self.pairs[place], self.found[place]);
            if !intake.take_pending(line.record, pair, found, called)? {
                return Ok(place);
            }
        }
        Ok(self.batch.len())
    }

    /// Reads the line that begins at the mark `from`, if it is whole and usual, and gives the mark
    /// behind it. Marks are `base` more than places in the window.
    #[inline]
    fn read_line(
        &mut self,
        window: &[u8],
        base: u32,
        from: usize,
        intake: &Intake,
    ) -> Option<usize> {
        let marks = self.marks.get(from..=from + self.columns)?;
        let mut spans = Spans::default();
        let mut commas = 0;
        let mut last = Span::default();
        let mut start = marks[0] - base;
        for (column, mark) in marks[1..].iter().enumerate() {
            let next = mark - base;
            last = (start, next - 1);
            start = next;
            commas += usize::from(window[last.1 as usize] == b',');
            spans[usize::from(self.places[column % MOST_COLUMNS] % 8)] = last;
        }
        if commas + 1 != self.columns || window[last.1 as usize] != b'\n' {
            return self.read_quoted(window, base, from, intake);
        }
        if (last.1 + base - marks[0]) as usize >= MAX_LINE {
            return None;
        }
        let cut = u32::from(ends_in_return(window, last));
        spans[usize::from(self.places[(self.columns - 1) % MOST_COLUMNS] % 8)].1 -= cut;
        self.read_fields(window, &spans, from + self.columns, intake)
    }

    /// As [`Quick::read_line`], for a line with quotes that has none within quotes.
    fn read_quoted(
        &mut self,
        window: &[u8],
        base: u32,
        from: usize,
        intake: &Intake,
    ) -> Option<usize> {
        self.unquoted.clear();
        let mut at = from;
        let is_line_end = loop {
            let start = self.marks[at] - base;
            let mut span = (start, 0);
            if window[start as usize] == b'"' {
                // The first mark is that quote's own.
                at += 1;
                span.0 += 1;
                loop {
                    at += 1;
                    match window[(*self.marks.get(at)? - base) as usize - 1] {
                        b'"' => break,
                        b',' => {}
                        _ => return None,
                    }
                }
                span.1 = self.marks[at] - base - 1;
            }
            at += 1;
            let end = self.marks.get(at)? - base - 1;
            let separator = window[end as usize];
            let cut = separator == b'\n' && ends_in_return(window, (start, end));
            let end = end - u32::from(cut);
            if span.1 == 0 {
                span.1 = end;
            } else if span.1 + 1 != end {
                return None;
            }
            self.unquoted.push(span);
            if separator != b',' {
                break separator == b'\n';
            }
        };
        let is_right = is_line_end
            && self.unquoted.len() == self.columns
            && (self.marks[at] - self.marks[from]) as usize <= MAX_LINE;
        if !is_right {
            return None;
        }
        let mut spans = Spans::default();
        for (span, place) in self.unquoted.iter().zip(&self.places) {
            spans[usize::from(place % 8)] = *span;
        }
        self.read_fields(window, &spans, at, intake)
    }

    /// Adds a line to the batch, if its `ts` can be read and its names are known. The next one
    /// begins at the mark `next`, which it gives back.
    #[inline]
    fn read_fields(
        &mut self,
        window: &[u8],
        spans: &Spans,
        next: usize,
        intake: &Intake,
    ) -> Option<usize> {
        let (start, end) = spans[0];
        let at = match self.stamps.read(window, start as usize, end as usize) {
            Some(at) => at,
            None => timestamp::parse(text(window, spans[0]), self.options.ts_unit).ok()?,
        };
        let word = |(start, end): Span| Word::within(window, start as usize, end as usize);
        let (api, action) = match self.has_all {
            true => (word(spans[4]), word(spans[5])),
            false => (Word::EMPTY, Word::EMPTY),
        };
        let words = [word(spans[1]), word(spans[2]), word(spans[3]), api, action];
        let (record, pair) = intake.pend(at, words, |place| text(window, spans[place + 1]))?;
        self.batch.push(Line { record, user: spans[1], device: spans[2], next });
        self.pairs.push(pair);
        Some(next)
    }
}

#[inline]
fn ends_in_return(window: &[u8], (start, end): Span) -> bool {
    end > start && window[end as usize - 1] == b'\r'
}
