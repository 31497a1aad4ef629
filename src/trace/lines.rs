//! Lines of bytes with their numbers, from a window that can look ahead and come back.

use std::io::{self, Read};

use memchr::memchr;

use super::word::MARGIN;

/// Longer lines are broken: memory must not follow a file without line ends.
pub(super) const MAX_LINE: usize = 16 << 20;
const WINDOW: usize = 1 << 18;
/// How long a [`Chunk`] is that has a margin.
const REACH: usize = 1 << 16;

/// A stretch of the window: whatever place in it sixteen bits tell, [`MARGIN`] bytes follow.
pub(super) type Chunk = [u8; REACH + MARGIN];

/// Walks over the lines of an input.
pub(super) struct Lines {
    input: Box<dyn Read + Send>,
    at_end: bool,
    /// What was read and is still needed stands in `start..filled`; a [`Chunk`] follows that means
    /// nothing.
    window: Vec<u8>,
    /// How many bytes stood before the window.
    dropped: u64,
    start: usize,
    filled: usize,
    /// The length of the current piece: one line, or several after [`Lines::extend`].
    piece: usize,
    /// The length of the piece's first line.
    first_line: usize,
    number: u64,
    /// How many lines the piece has.
    count: u64,
}

/// What [`Lines::advance`] came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Line,
    TooLong,
    End,
}

impl Lines {
    /// The lines of `input`, without a byte-order mark before the first.
    pub(super) fn new(input: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut lines = Self {
            input,
            at_end: false,
            window: vec![0; WINDOW + size_of::<Chunk>()],
            dropped: 0,
            start: 0,
            filled: 0,
            piece: 0,
            first_line: 0,
            number: 0,
            count: 1,
        };
        while lines.filled < 3 && !lines.at_end {
            lines.fill()?;
        }
        if lines.window[..lines.filled].starts_with(b"\xef\xbb\xbf") {
            lines.start = 3;
        }
        Ok(lines)
    }

    /// Goes on to the line after the current piece.
    #[inline]
    pub(super) fn advance(&mut self) -> io::Result<Step> {
        self.start += self.piece;
        self.number += self.count;
        self.count = 1;
        self.piece = self.line_length(0)?;
        self.first_line = self.piece;
        if self.piece > MAX_LINE {
            self.skip_line()?;
            return Ok(Step::TooLong);
        }
        Ok(if self.piece == 0 { Step::End } else { Step::Line })
    }

    /// How many bytes stand before the line after the current piece, which is no longer current.
    #[inline]
    pub(super) fn offset(&mut self) -> u64 {
        self.start += std::mem::take(&mut self.piece);
        self.first_line = 0;
        self.dropped + self.start as u64
    }

    /// What was read behind the first `origin` bytes, and how much of that means something; `None`
    /// if it is no longer there.
    #[inline]
    pub(super) fn chunk(&self, origin: u64) -> Option<(&Chunk, usize)> {
        let place = usize::try_from(origin.checked_sub(self.dropped)?).ok()?;
        let chunk = self.window.get(place..)?.first_chunk()?;
        Some((chunk, self.filled.checked_sub(place)?.min(REACH)))
    }

    /// Goes over the first `count` lines of what is ahead, which are `bytes` long.
    #[inline]
    pub(super) fn skip(&mut self, bytes: usize, count: u64) {
        debug_assert!(self.piece == 0 && self.start + bytes <= self.filled);
        self.start += bytes;
        self.count += count;
    }

    /// The number of the piece's first line, from 1.
    #[inline]
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The piece without its last line's end.
    #[inline]
    pub(super) fn piece(&self) -> &[u8] {
        let piece = &self.window[self.start..self.start + self.piece];
        let piece = piece.strip_suffix(b"\n").unwrap_or(piece);
        piece.strip_suffix(b"\r").unwrap_or(piece)
    }

    /// Adds the next line to the piece; `false` if there is none, or none of bearable length.
    pub(super) fn extend(&mut self) -> io::Result<bool> {
        let length = self.line_length(self.piece)?;
        if length == 0 || length > MAX_LINE {
            return Ok(false);
        }
        self.piece += length;
        self.count += 1;
        Ok(true)
    }

    /// Gives all lines but the piece's first back.
    pub(super) fn retract(&mut self) {
        self.piece = self.first_line;
        self.count = 1;
    }

    /// The length, line end included, of the line `from` bytes after the piece's start; 0 at the
    /// end, and more than [`MAX_LINE`] for a line that is too long.
    #[inline]
    fn line_length(&mut self, from: usize) -> io::Result<usize> {
        let mut searched = from;
        loop {
            let unsearched = &self.window[self.start + searched..self.filled];
            if let Some(end) = memchr(b'\n', unsearched) {
                return Ok(searched + end + 1 - from);
            }
            searched = self.filled - self.start;
            if self.at_end || searched - from > MAX_LINE {
                return Ok(searched - from);
            }
            self.fill()?;
        }
    }

    /// Reads on behind `filled`, making room first.
    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.window.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.dropped += self.start as u64;
            self.start = 0;
        }
        if self.filled + size_of::<Chunk>() == self.window.len() {
            self.window.resize(self.window.len() * 2, 0);
        }
        loop {
            let end = self.window.len() - size_of::<Chunk>();
            match self.input.read(&mut self.window[self.filled..end]) {
                Ok(count) => {
                    self.filled += count;
                    self.at_end = count == 0;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Drops the rest of a line without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        (self.piece, self.first_line) = (0, 0);
        loop {
            let rest = &self.window[self.start..self.filled];
            if let Some(end) = memchr(b'\n', rest) {
                self.start += end + 1;
                return Ok(());
            }
            self.start = self.filled;
            if self.at_end {
                return Ok(());
            }
            self.fill()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time, as pipes do.
    struct Trickle(io::Cursor<Vec<u8>>, usize);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn lines(text: &[u8], step: usize) -> Lines {
        Lines::new(Box::new(Trickle(io::Cursor::new(text.to_vec()), step))).unwrap()
    }

    proptest! {
        #[test]
        fn pieces_are_the_lines(text in "[ab\n\r]{0,60}", step in 1_usize..9, ahead in 0_usize..4) {
            let mut lines = lines(text.as_bytes(), step);
            let mut expected = text.split_inclusive('\n').enumerate();
            while lines.advance().unwrap() == Step::Line {
                let (place, line) = expected.next().unwrap();
                prop_assert_eq!(lines.number(), place as u64 + 1);
                for _ in 0..ahead {
                    lines.extend().unwrap();
                }
                lines.retract();
                let line = line.strip_suffix('\n').unwrap_or(line);
                let line = line.strip_suffix('\r').unwrap_or(line);
                prop_assert_eq!(lines.piece(), line.as_bytes());
            }
            prop_assert!(expected.next().is_none());
        }
    }

    proptest! {
        /// Some lines are gone over in the window, others one by one, and none twice.
        #[test]
        fn what_is_ahead_follows_the_piece(
            text in "[ab\n\r]{0,60}",
            step in 1_usize..9,
            skipped in proptest::collection::vec(0_usize..4, 60),
        ) {
            let mut lines = lines(text.as_bytes(), step);
            let expected: Vec<&str> = text.split_inclusive('\n').collect();
            let mut passed = 0;
            for most in skipped {
                let offset = lines.offset();
                let before: usize = expected[..passed].iter().map(|line| line.len()).sum();
                prop_assert_eq!(offset, before as u64);
                let (chunk, len) = lines.chunk(offset).expect("just read");
                let ahead = &chunk[..len];
                prop_assert!(text.as_bytes()[before..].starts_with(ahead));
                let whole = ahead.split_inclusive(|byte| *byte == b'\n').filter(|l| l.ends_with(b"\n"));
                let whole: Vec<_> = whole.take(most).collect();
                let (bytes, count) = (whole.concat().len(), whole.len());
                lines.skip(bytes, count as u64);
                passed += count;
                if lines.advance().unwrap() == Step::End {
                    prop_assert_eq!(passed, expected.len());
                    return Ok(());
                }
                prop_assert_eq!(lines.number(), passed as u64 + 1);
                prop_assert_eq!(lines.piece(), expected[passed].trim_end_matches('\n')
                    .strip_suffix('\r').unwrap_or(expected[passed].trim_end_matches('\n')).as_bytes());
                passed += 1;
            }
        }
    }

    #[test]
    fn a_kept_extension_is_one_piece() {
        let mut lines = lines(b"\xef\xbb\xbfa\nb\r\nc", 2);
        assert_eq!(lines.advance().unwrap(), Step::Line);
        assert!(lines.extend().unwrap());
        assert_eq!((lines.piece(), lines.number()), (&b"a\nb"[..], 1));
        assert_eq!(lines.advance().unwrap(), Step::Line);
        assert_eq!((lines.piece(), lines.number()), (&b"c"[..], 3));
        assert!(!lines.extend().unwrap());
        assert_eq!(lines.advance().unwrap(), Step::End);
        assert_eq!(lines.advance().unwrap(), Step::End);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut text = b"a\n".to_vec();
        text.resize(text.len() + MAX_LINE + 5, b'x');
        text.extend_from_slice(b"\nb\n");
        let mut lines = lines(&text, usize::MAX);
        assert_eq!(lines.advance().unwrap(), Step::Line);
        assert!(!lines.extend().unwrap());
        lines.retract();
        assert_eq!(lines.advance().unwrap(), Step::TooLong);
        assert_eq!(lines.number(), 2);
        assert_eq!(lines.advance().unwrap(), Step::Line);
        assert_eq!((lines.piece(), lines.number()), (&b"b"[..], 3));
        assert!(lines.window.len() < 3 * MAX_LINE);
    }
}
