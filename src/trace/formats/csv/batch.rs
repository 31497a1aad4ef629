//! Lines of CSV whose fields are known to stand somewhere, read column by column.
//!
//! Each column is read in a loop of its own, short enough that all it needs stays in registers.

use crate::trace::deeds::Key;
use crate::trace::lines::Chunk;
use crate::trace::names::Wanted;
use crate::trace::stamps::Stamps;
use crate::trace::timestamp::{self, TsUnit};
use crate::trace::word::Word;
use crate::trace::{Intake, Record, TraceError};

/// How many lines are read before their agents are looked up.
pub(super) const BATCH: usize = 64;

/// Where a field begins and ends in the chunk.
pub(super) type Span = (u16, u16);

/// Where a column's fields stand, line by line.
type Column = [Span; BATCH];

/// Lines whose agents are not looked up yet, in columns.
pub(super) struct Batch {
    /// How many of them can be taken.
    pub(super) len: usize,
    /// By [`crate::trace::read::COLUMNS`]: where the fields stand, nowhere if there are none. Those
    /// of no interest come behind. A power of two.
    pub(super) spans: [Column; 8],
    /// The mark that the line after it begins at.
    pub(super) next: [usize; BATCH],
    /// When it was, and then what was done, by anybody.
    records: [Record; BATCH],
    wanted: [Wanted; BATCH],
    found: [u32; BATCH],
}

#[inline]
fn text(chunk: &Chunk, (start, end): Span) -> &[u8] {
    &chunk[usize::from(start)..usize::from(end)]
}

#[inline]
fn word(chunk: &Chunk, (start, end): Span) -> Word {
    Word::within(chunk, start.into(), end.into())
}

impl Batch {
    pub(super) fn new() -> Self {
        Self {
            len: 0,
            spans: [[(0, 0); BATCH]; 8],
            next: [0; BATCH],
            records: [Record::from_bytes(&[0; Record::BYTES]); BATCH],
            wanted: [Wanted::new(Word::EMPTY, Word::EMPTY); BATCH],
            found: [0; BATCH],
        }
    }

    /// Reads when each was, up to one whose `ts` can't be read.
    #[inline(never)]
    pub(super) fn read_stamps(&mut self, chunk: &Chunk, stamps: &mut Stamps, unit: Option<TsUnit>) {
        for (place, span) in self.spans[0][..self.len].iter().enumerate() {
            let read = stamps.read(chunk, span.0.into(), span.1.into());
            match read.or_else(|| timestamp::parse(text(chunk, *span), unit).ok()) {
                Some(at) => self.records[place] = self.records[place].done_at(at),
                None => {
                    self.len = place;
                    return;
                }
            }
        }
    }

    /// Reads who did each, up to one that was nobody.
    #[inline(never)]
    pub(super) fn read_agents(&mut self, chunk: &Chunk) {
        for place in 0..self.len.min(BATCH) {
            let user = word(chunk, self.spans[1][place]);
            if user.len == 0 {
                self.len = place;
                return;
            }
            self.wanted[place] = Wanted::new(user, word(chunk, self.spans[2][place]));
        }
    }

    /// Reads what was done, up to one whose names are not known.
    #[inline(never)]
    pub(super) fn read_deeds<const HAS_ALL: bool>(&mut self, chunk: &Chunk, intake: &mut Intake) {
        for place in 0..self.len.min(BATCH) {
            let [_, _, _, apps, apis, actions, ..] = &self.spans;
            let (app, api, action) = (apps[place], apis[place], actions[place]);
            // Where one comma stands between them, they are written as they are meant.
            let key = if !HAS_ALL {
                Key::of_words([word(chunk, app), Word::EMPTY, Word::EMPTY])
            } else if api.0 == app.1 + 1 && action.0 == api.1 + 1 {
                Key::of_text(chunk, app.0.into(), action.1.into())
            } else {
                Key::of_words([word(chunk, app), word(chunk, api), word(chunk, action)])
            };
            match intake.pend(key, |field| text(chunk, [app, api, action][field])) {
                Some(deed) => self.records[place] = deed.done_at(self.records[place].at()),
                None => {
                    self.len = place;
                    return;
                }
            }
        }
    }

    /// Gives them to the intake, and tells how many it took.
    #[inline(never)]
    pub(super) fn take(&mut self, chunk: &Chunk, intake: &mut Intake) -> Result<usize, TraceError> {
        let [_, users, devices, ..] = &self.spans;
        let called = |place: usize| (text(chunk, users[place]), text(chunk, devices[place]));
        let (records, found) = (&mut self.records[..self.len], &mut self.found[..self.len]);
        intake.take_pending(records, &self.wanted[..self.len], found, called)
    }
}
