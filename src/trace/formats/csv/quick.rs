//! Lines of CSV taken in by the thousand: whole ones whose names are known, in the window that
//! they were read into.
//!
//! Several lines are read before the first one's agent is looked up, so that the memory in which
//! agents stand is waited for once for all of them. Whatever is unusual is left to the reader's
//! plain way, one line at a time.

use crate::trace::lines::{Ahead, Lines, MAX_LINE};
use crate::trace::marks;
use crate::trace::names::Wanted;
use crate::trace::read::COLUMNS;
use crate::trace::stamps::Stamps;
use crate::trace::timestamp::{self, TsUnit};
use crate::trace::word::{MARGIN, Word};
use crate::trace::{Intake, ReadOptions, Record, TraceError};

/// How many lines are read before their agents are looked up.
const BATCH: usize = 32;
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
    /// How many bytes of the input stood before those that marks are counted from.
    origin: u64,
    /// Where fields begin: one behind each comma, quote and line feed, and the first one's line.
    /// The others mean nothing.
    marks: Box<[u32; MOST_MARKS]>,
    /// How many marks there are.
    marked: usize,
    /// Which mark the next line begins at.
    next: usize,
    /// How far marks were looked for.
    looked_at: u32,
    /// Where the fields of a line with quotes stand.
    unquoted: Vec<Span>,
    batch: Batch,
}

/// Where a field begins and ends in the window.
type Span = (u32, u32);

/// By [`COLUMNS`]: where the fields of a line stand, nowhere if there are none. Those of no interest
/// come behind. A power of two.
type Spans = [Span; 8];

/// Lines whose agents are not looked up yet, in columns.
struct Batch {
    /// How many of them can be taken.
    len: usize,
    spans: [Spans; BATCH],
    /// The mark that the line after it begins at.
    next: [usize; BATCH],
    /// When it was, and then what was done, by anybody.
    records: [Record; BATCH],
    wanted: [Wanted; BATCH],
    found: [u32; BATCH],
}

#[inline]
fn text(window: &[u8], (start, end): Span) -> &[u8] {
    &window[start as usize..end as usize]
}

impl Batch {
    fn new() -> Self {
        Self {
            len: 0,
            spans: [Spans::default(); BATCH],
            next: [0; BATCH],
            records: [Record::from_bytes(&[0; Record::BYTES]); BATCH],
            wanted: [Wanted::new(Word::EMPTY, Word::EMPTY); BATCH],
            found: [0; BATCH],
        }
    }

    /// Reads when each was, up to one whose `ts` can't be read.
    #[inline]
    fn read_stamps(&mut self, window: &[u8], stamps: &mut Stamps, unit: Option<TsUnit>) {
        for (place, spans) in self.spans[..self.len].iter().enumerate() {
            let (start, end) = spans[0];
            let read = stamps.read(window, start as usize, end as usize);
            match read.or_else(|| timestamp::parse(text(window, spans[0]), unit).ok()) {
                Some(at) => self.records[place] = self.records[place].done_at(at),
                None => {
                    self.len = place;
                    return;
                }
            }
        }
    }

    /// Reads who did each, up to one that was nobody.
    #[inline]
    fn read_agents(&mut self, window: &[u8]) {
        for (place, spans) in self.spans[..self.len].iter().enumerate() {
            let user = word(window, spans[1]);
            if user.len == 0 {
                self.len = place;
                return;
            }
            self.wanted[place] = Wanted::new(user, word(window, spans[2]));
        }
    }

    /// Reads what was done, up to one whose names are not known.
    #[inline]
    fn read_deeds<const HAS_ALL: bool>(&mut self, window: &[u8], intake: &mut Intake) {
        for (place, spans) in self.spans[..self.len].iter().enumerate() {
            let (api, action) = match HAS_ALL {
                true => (word(window, spans[4]), word(window, spans[5])),
                false => (Word::EMPTY, Word::EMPTY),
            };
            let words = [word(window, spans[3]), api, action];
            match intake.pend(words, |field| text(window, spans[field + 3])) {
                Some(deed) => self.records[place] = deed.done_at(self.records[place].at()),
                None => {
                    self.len = place;
                    return;
                }
            }
        }
    }

    /// Gives them to the intake, and tells how many it took.
    #[inline]
    fn take(&mut self, window: &[u8], intake: &mut Intake) -> Result<usize, TraceError> {
        let called = |place: usize| {
            let spans = &self.spans[place];
            (text(window, spans[1]), text(window, spans[2]))
        };
        let (records, found) = (&mut self.records[..self.len], &mut self.found[..self.len]);
        intake.take_pending(records, &self.wanted[..self.len], found, called)
    }
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
        self.catch_up(lines.ahead().offset);
        loop {
            let ahead = lines.ahead();
            if self.marked - self.next < BATCH * self.columns + 1 {
                self.look_on(&ahead);
            }
            let start = self.marks[self.next];
            self.cut_lines(ahead.window);
            self.batch.read_stamps(ahead.window, &mut self.stamps, self.options.ts_unit);
            self.batch.read_agents(ahead.window);
            match self.has_all {
                true => self.batch.read_deeds::<true>(ahead.window, intake),
                false => self.batch.read_deeds::<false>(ahead.window, intake),
            }
            let taken = self.batch.take(ahead.window, intake)?;
            if let Some(last) = taken.checked_sub(1) {
                self.next = self.batch.next[last];
                lines.skip((self.marks[self.next] - start) as usize, taken as u64);
            }
            if taken < BATCH {
                return Ok(());
            }
        }
    }

    /// Forgets the marks of lines that were taken otherwise.
    fn catch_up(&mut self, offset: u64) {
        let passed = u32::try_from(offset - self.origin).unwrap_or(u32::MAX);
        let marks = &self.marks[..self.marked];
        while marks.get(self.next).is_some_and(|mark| *mark < passed) {
            self.next += 1;
        }
        if marks.get(self.next) != Some(&passed) {
            self.origin = offset;
            self.marks[0] = 0;
            (self.marked, self.next, self.looked_at) = (1, 0, 0);
        }
    }

    /// Finds more marks, from the beginning of the next line.
    fn look_on(&mut self, ahead: &Ahead<'_>) {
        self.marks.copy_within(self.next..self.marked, 0);
        self.marked -= self.next;
        self.next = 0;
        let passed = self.marks[0];
        self.marks[..self.marked].iter_mut().for_each(|mark| *mark -= passed);
        self.origin += u64::from(passed);
        self.looked_at -= passed;
        let rest = &ahead.window[self.looked_at as usize..ahead.window.len() - MARGIN];
        let (marked, count) = marks::find(rest, self.looked_at, &mut self.marks[..], self.marked);
        self.marked = marked;
        self.looked_at += count as u32;
    }

    /// Finds the fields of the next lines, up to one that is not whole or not usual.
    #[inline]
    fn cut_lines(&mut self, window: &[u8]) {
        let base = self.marks[self.next];
        let mut from = self.next;
        for place in 0..BATCH {
            let next = match self.cut_line(window, base, from, place) {
                Some(next) => Some(next),
                None => self.cut_quoted(window, base, from, place),
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
    /// quotes, and gives the mark behind it. Marks are `base` more than places in the window.
    #[inline]
    fn cut_line(&mut self, window: &[u8], base: u32, from: usize, place: usize) -> Option<usize> {
        let next = from + self.columns;
        let (first, marks) = self.marks[..self.marked].get(from..=next)?.split_first()?;
        let (last, marks) = marks.split_last()?;
        let (last_place, places) = self.places.get(..self.columns)?.split_last()?;
        let spans = &mut self.batch.spans[place];
        let mut start = first - base;
        let mut odd = 0;
        for (mark, place) in marks.iter().zip(places) {
            let next = mark - base;
            odd |= window[next as usize - 1] ^ b',';
            spans[usize::from(place % 8)] = (start, next - 1);
            start = next;
        }
        let end = last - base - 1;
        if odd | window[end as usize] ^ b'\n' != 0 || (last - first) as usize > MAX_LINE {
            return None;
        }
        let cut = u32::from(ends_in_return(window, (start, end)));
        spans[usize::from(last_place % 8)] = (start, end - cut);
        Some(next)
    }

    /// As [`Quick::cut_line`], for a line with quotes that has none within quotes.
    fn cut_quoted(&mut self, window: &[u8], base: u32, from: usize, place: usize) -> Option<usize> {
        let marks = &self.marks[..self.marked];
        self.unquoted.clear();
        let mut at = from;
        let is_line_end = loop {
            let start = marks[at] - base;
            let mut span = (start, 0);
            if window[start as usize] == b'"' {
                // The first mark is that quote's own.
                at += 1;
                span.0 += 1;
                loop {
                    at += 1;
                    match window[(*marks.get(at)? - base) as usize - 1] {
                        b'"' => break,
                        b',' => {}
                        _ => return None,
                    }
                }
                span.1 = marks[at] - base - 1;
            }
            at += 1;
            let end = marks.get(at)? - base - 1;
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
            && (marks[at] - marks[from]) as usize <= MAX_LINE;
        if !is_right {
            return None;
        }
        for (span, to) in self.unquoted.iter().zip(&self.places) {
            self.batch.spans[place][usize::from(to % 8)] = *span;
        }
        Some(at)
    }
}

#[inline]
fn word(window: &[u8], (start, end): Span) -> Word {
    Word::within(window, start as usize, end as usize)
}

#[inline]
fn ends_in_return(window: &[u8], (start, end): Span) -> bool {
    end > start && window[end as usize - 1] == b'\r'
}
