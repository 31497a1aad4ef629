//! A row of the log, and the line of CSV that checksums are made of.

use super::event::Event;
use crate::model::Instant;

/// The columns of SPEC 8, in their order.
pub const COLUMNS: [&str; 13] = [
    "seq",
    "policy",
    "ts",
    "user",
    "device",
    "app",
    "api",
    "event",
    "outcome",
    "cause",
    "refresh_cause",
    "background",
    "expires_at",
];

/// A longer row is refused: damage can make the rest of a log look like one row. Tests take less.
pub(super) const LONGEST_ROW: usize = if cfg!(test) { 1 << 20 } else { 64 << 20 };

/// One row. An empty text is an empty cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) seq: u64,
    pub(super) policy: &'a str,
    pub(super) ts: Option<i64>,
    pub(super) user: &'a str,
    pub(super) device: &'a str,
    pub(super) app: &'a str,
    pub(super) api: &'a str,
    pub(super) event: &'a str,
    pub(super) outcome: &'a str,
    pub(super) cause: &'a str,
    pub(super) refresh_cause: &'a str,
    pub(super) background: Option<bool>,
    pub(super) expires_at: Option<i64>,
}

/// One cell of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    Text(&'a str),
    Integer(Option<i64>),
    Truth(Option<bool>),
}

impl<'a> Row<'a> {
    /// This row with another event, and nothing in `expires_at`.
    pub(super) fn of(self, event: Event) -> Self {
        Self { event: event.word(), expires_at: None, ..self }
    }

    /// This row with another event, and the end of what it names.
    pub(super) fn until(self, event: Event, end: Instant) -> Self {
        Self { expires_at: end.finite().map(Instant::as_millis), ..self.of(event) }
    }

    /// When what the row names ends: never, if it does not say.
    pub(super) fn end(&self) -> Instant {
        self.expires_at.map_or(Instant::NEVER, Instant::from_millis)
    }

    /// Its cells in the order of [`COLUMNS`].
    pub(super) fn cells(&self) -> [Cell<'a>; COLUMNS.len()] {
        [
            // More rows than an i64 can count don't fit on any disk.
            Cell::Integer(Some(self.seq as i64)),
            Cell::Text(self.policy),
            Cell::Integer(self.ts),
            Cell::Text(self.user),
            Cell::Text(self.device),
            Cell::Text(self.app),
            Cell::Text(self.api),
            Cell::Text(self.event),
            Cell::Text(self.outcome),
            Cell::Text(self.cause),
            Cell::Text(self.refresh_cause),
            Cell::Truth(self.background),
            Cell::Integer(self.expires_at),
        ]
    }

    /// Appends the row as a line of CSV (RFC 4180, but with a bare line feed at its end).
    pub(super) fn push_line(&self, line: &mut Vec<u8>) {
        for (index, cell) in self.cells().into_iter().enumerate() {
            if index > 0 {
                line.push(b',');
            }
            match cell {
                Cell::Text(text) => push_text(line, text),
                Cell::Integer(Some(number)) => push_integer(line, number),
                Cell::Truth(Some(truth)) => line.extend_from_slice(truth_word(truth).as_bytes()),
                Cell::Integer(None) | Cell::Truth(None) => {}
            }
        }
        line.push(b'\n');
    }
}

pub(super) const fn truth_word(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

/// Appends the decimal digits of `number`.
pub(super) fn push_integer(line: &mut Vec<u8>, number: i64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        line.push(b'-');
    }
    line.extend_from_slice(&digits[first..]);
}

fn push_text(line: &mut Vec<u8>, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')) {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    line.push(b'"');
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            line.extend_from_slice(b"\"\"");
        }
        line.extend_from_slice(part.as_bytes());
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_written_whole() {
        for number in [0, 7, -1, 10, 1_700_000_000_123, i64::MAX, i64::MIN] {
            let mut line = Vec::new();
            push_integer(&mut line, number);
            assert_eq!(String::from_utf8(line).unwrap(), number.to_string());
        }
    }

    #[test]
    fn a_line_quotes_what_needs_it() {
        let row = Row {
            seq: 3,
            user: "O\"Hara, Ann",
            device: "a b",
            event: "accessed",
            background: Some(false),
            ..Row::default()
        };
        let mut line = Vec::new();
        row.push_line(&mut line);
        let expected = "3,,,\"O\"\"Hara, Ann\",a b,,,accessed,,,,false,\n";
        assert_eq!(String::from_utf8(line).unwrap(), expected);
    }
}
