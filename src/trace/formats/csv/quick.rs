//! Lines of CSV taken in by the thousand: whole ones whose names are known, in the chunk that
//! they were read into.
//!
//! Several lines are read before the first one's agent is looked up, so that the memory in which
//! agents stand is waited for once for all of them. Whatever is unusual is left to the reader's
//! plain way, one line at a time.

use super::batch::{BATCH, Batch, Span};
use crate::trace::lines::{Chunk, Lines};
use crate::trace::marks;
use crate::trace::read::COLUMNS;
use crate::trace::stamps::Stamps;
use crate::trace::{Intake, ReadOptions, TraceError};

/// How many marks are found in one go; twice as much as a first-level cache holds is too many.
const MOST_MARKS: usize = 2048;
/// With more columns than this, lines are not read here.
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
    /// How many bytes of the input stood before the chunk.
    origin: u64,
    /// Where fields begin: one behind each comma, quote and line feed, and the first one's line.
    /// The others mean nothing.
    marks: Box<[u16; MOST_MARKS]>,
    /// How many marks there are.
    marked: usize,
    /// Which mark the next line begins at.
    next: usize,
    /// How far marks were looked for in the chunk.
    looked_at: usize,
    /// Where the fields of a line with quotes stand.
    unquoted: Vec<Span>,
    batch: Batch,
}

#[inline]
fn ends_in_return(chunk: &Chunk, (start, end): Span) -> bool {
    end > start && chunk[usize::from(end) - 1] == b'\r'
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
            marks: Box::new([0; MOST_MARKS]),
            marked: 1,
            next: 0,
            looked_at: 0,
            unquoted: Vec::new(),
            batch: Batch::new(),
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
        let mut offset = lines.offset();
        self.catch_up(offset, lines);
        while let Some((chunk, len)) = lines.chunk(self.origin) {
            if self.marked - self.next < BATCH * self.columns + 1 {
                self.look_on(chunk, len);
            }
            let taken = self.take_batch(chunk, intake)?;
            let is_odd = taken < BATCH && (taken < self.batch.len || self.has_whole_line(chunk));
            let passed = self.origin + u64::from(self.marks[self.next]) - offset;
            lines.skip(passed as usize, taken as u64);
            offset += passed;
            if is_odd || taken < BATCH && self.origin == offset {
                return Ok(());
            }
            if taken < BATCH {
                self.begin_chunk(offset);
            }
        }
        Ok(())
    }

    /// Forgets the marks of lines that were taken otherwise.
    fn catch_up(&mut self, offset: u64, lines: &Lines) {
        let marks = &self.marks[..self.marked];
        let passed = |mark: &&u16| self.origin + u64::from(**mark) < offset;
        self.next += marks[self.next..].iter().take_while(passed).count();
        let is_there = lines.chunk(self.origin).is_some();
        let next = marks.get(self.next).map(|mark| self.origin + u64::from(*mark));
        if !is_there || next != Some(offset) {
            self.begin_chunk(offset);
        }
    }

    /// Lets the chunk begin with the line that has so many bytes before it.
    fn begin_chunk(&mut self, offset: u64) {
        self.origin = offset;
        self.marks[0] = 0;
        (self.marked, self.next, self.looked_at) = (1, 0, 0);
    }

    /// Finds more marks in the chunk, of which `len` bytes mean something.
    fn look_on(&mut self, chunk: &Chunk, len: usize) {
        self.marks.copy_within(self.next..self.marked, 0);
        self.marked -= self.next;
        self.next = 0;
        // A mark behind the very last block would have too high a number.
        let end = len.min(usize::from(u16::MAX) / marks::BLOCK * marks::BLOCK);
        let Some(rest) = chunk.get(self.looked_at..end) else { return };
        let from = self.looked_at as u16;
        let (marked, count) = marks::find(rest, from, &mut self.marks[..], self.marked);
        self.marked = marked;
        self.looked_at += count;
    }

    /// Whether the next line ends within what was looked at.
    #[cold]
    fn has_whole_line(&self, chunk: &Chunk) -> bool {
        let ends = &self.marks[self.next..self.marked][1..];
        ends.iter().any(|mark| chunk[usize::from(*mark) - 1] == b'\n')
    }

    /// Reads lines up to the batch's end, or to an unusual one before, and gives them to the
    /// intake. Tells how many it took.
    #[inline]
    fn take_batch(&mut self, chunk: &Chunk, intake: &mut Intake) -> Result<usize, TraceError> {
        let is_cut = match self.columns {
            2 => self.cut_plain::<2>(chunk),
            3 => self.cut_plain::<3>(chunk),
            4 => self.cut_plain::<4>(chunk),
            5 => self.cut_plain::<5>(chunk),
            6 => self.cut_plain::<6>(chunk),
            7 => self.cut_plain::<7>(chunk),
            8 => self.cut_plain::<8>(chunk),
            _ => false,
        };
        if !is_cut {
            self.cut_lines(chunk);
        }
        self.batch.read_stamps(chunk, &mut self.stamps, self.options.ts_unit);
        self.batch.read_agents(chunk);
        match self.has_all {
            true => self.batch.read_deeds::<true>(chunk, intake),
            false => self.batch.read_deeds::<false>(chunk, intake),
        }
        let taken = self.batch.take(chunk, intake)?;
        if let Some(last) = taken.checked_sub(1) {
            self.next = self.batch.next[last];
        }
        Ok(taken)
    }

    /// Finds the fields of a whole batch, if it is there, has no quotes and the right number of
    /// `COLUMNS`; otherwise nothing comes of it.
    #[inline(never)]
    fn cut_plain<const COLUMNS: usize>(&mut self, chunk: &Chunk) -> bool {
        let marks = &self.marks[self.next..self.marked];
        let starts = marks.as_chunks::<COLUMNS>().0.first_chunk::<BATCH>();
        let nexts = marks[1..].as_chunks::<COLUMNS>().0.first_chunk::<BATCH>();
        let (Some(starts), Some(nexts)) = (starts, nexts) else { return false };
        let mut odd = 0;
        for column in 0..COLUMNS {
            let spans = &mut self.batch.spans[usize::from(self.places[column] % 8)];
            let is_last = column == COLUMNS - 1;
            let separator = if is_last { b'\n' } else { b',' };
            for place in 0..BATCH {
                let end = nexts[place][column].wrapping_sub(1);
                odd |= chunk[usize::from(end)] ^ separator;
                // More than one column ends before the line does, so there is a byte before.
                let before = chunk[usize::from(end.wrapping_sub(1))];
                let cut = u16::from(is_last && before == b'\r');
                spans[place] = (starts[place][column], end.wrapping_sub(cut));
            }
        }
        for (place, next) in self.batch.next.iter_mut().enumerate() {
            *next = self.next + (place + 1) * COLUMNS;
        }
        self.batch.len = BATCH;
        odd == 0
    }

    /// Finds the fields of the next lines, up to one that is not whole or not usual.
    #[inline(never)]
    fn cut_lines(&mut self, chunk: &Chunk) {
        let mut from = self.next;
        for place in 0..BATCH {
            let next = match self.cut_line(chunk, from, place) {
                Some(next) => Some(next),
                None => self.cut_quoted(chunk, from, place),
            };
            let Some(next) = next else {
                self.batch.len = place;
                return;
            };
            self.batch.next[place] = next;
            from = next;
        }
        self.batch.len = BATCH;
    }

    /// Finds the fields of the line that begins at the mark `from`, if it is whole and has no
    /// quotes, and gives the mark behind it.
    #[inline]
    fn cut_line(&mut self, chunk: &Chunk, from: usize, place: usize) -> Option<usize> {
        let next = from + self.columns;
        let (first, marks) = self.marks[..self.marked].get(from..=next)?.split_first()?;
        let (last, marks) = marks.split_last()?;
        let (last_place, places) = self.places.get(..self.columns)?.split_last()?;
        let spans = &mut self.batch.spans;
        let mut start = *first;
        let mut odd = 0;
        for (mark, to) in marks.iter().zip(places) {
            let end = mark.wrapping_sub(1);
            odd |= chunk[usize::from(end)] ^ b',';
            spans[usize::from(to % 8)][place] = (start, end);
            start = *mark;
        }
        let end = last.wrapping_sub(1);
        if odd | chunk[usize::from(end)] ^ b'\n' != 0 {
            return None;
        }
        let cut = u16::from(ends_in_return(chunk, (start, end)));
        spans[usize::from(last_place % 8)][place] = (start, end - cut);
        Some(next)
    }

    /// As [`Quick::cut_line`], for a line with quotes that has none within quotes.
    fn cut_quoted(&mut self, chunk: &Chunk, from: usize, place: usize) -> Option<usize> {
        let marks = &self.marks[..self.marked];
        self.unquoted.clear();
        let mut at = from;
        let is_line_end = loop {
            let start = marks[at];
            let mut span = (start, 0);
            if chunk[usize::from(start)] == b'"' {
                // The first mark is that quote's own.
                at += 1;
                span.0 += 1;
                loop {
                    at += 1;
                    match chunk[usize::from(*marks.get(at)?) - 1] {
                        b'"' => break,
                        b',' => {}
                        _ => return None,
                    }
                }
                span.1 = marks[at] - 1;
            }
            at += 1;
            let end = marks.get(at)? - 1;
            let separator = chunk[usize::from(end)];
            let cut = separator == b'\n' && ends_in_return(chunk, (start, end));
            let end = end - u16::from(cut);
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
        if !is_line_end || self.unquoted.len() != self.columns {
            return None;
        }
        for (span, to) in self.unquoted.iter().zip(&self.places) {
            self.batch.spans[usize::from(to % 8)][place] = *span;
        }
        Some(at)
    }
}
