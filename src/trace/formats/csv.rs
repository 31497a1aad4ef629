//! CSV with a header: columns in any order, quotes as in RFC 4180.

mod batch;
mod quick;
#[cfg(test)]
mod tests;

use crate::trace::error::is_event_log;
use crate::trace::flaw::Flaw;
use crate::trace::lines::{Lines, Step};
use crate::trace::read::{COLUMNS, activity};
use crate::trace::{Format, Intake, ReadOptions, Source, TraceError, timestamp};
use quick::Quick;

pub(super) const FORMAT: Format = Format {
    name: "CSV",
    about: "comma-separated lines below a header",
    endings: &["csv"],
    recognises: |_| false,
    read,
    rows: None,
};

/// A quote that has not closed by then never will: it must not swallow the file.
const MAX_QUOTED: usize = 64 << 10;

/// The place of each column of the file in [`COLUMNS`]; one past them if it is of no interest.
struct Header {
    places: Vec<u8>,
}

/// The fields of a line by [`COLUMNS`]; the last place takes those of no interest.
type Fields<'a> = [&'a [u8]; COLUMNS.len() + 1];

/// A record with quotes, unquoted; its buffers are used again and again.
#[derive(Default)]
struct Unquoted {
    text: Vec<u8>,
    ends: Vec<usize>,
    state: State,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    FieldStart,
    Plain,
    Quoted,
    /// After a quote within quotes: it closes them, or it is the first of two.
    Quote,
}

fn read(source: Source<'_>, intake: &mut Intake) -> Result<(), TraceError> {
    read_either_way(source, intake, true)
}

/// Reads usual lines the quick way if `is_quick`, and all others plainly.
fn read_either_way(
    source: Source<'_>,
    intake: &mut Intake,
    is_quick: bool,
) -> Result<(), TraceError> {
    let name = source.name;
    let cant_read = |source| TraceError::Read { file: name.to_owned(), source };
    let mut lines = Lines::new(source.input.into_read()).map_err(cant_read)?;
    let mut unquoted = Unquoted::default();
    let header = loop {
        match lines.advance().map_err(cant_read)? {
            Step::End => return Err(TraceError::Empty { file: name.to_owned() }),
            Step::Line if is_blank(lines.piece()) => {}
            Step::Line => {
                let place = format!("{name}:{}", lines.number());
                break Header::read(&mut lines, &mut unquoted, place, cant_read)?;
            }
            Step::TooLong => {
                let file = format!("{name}:{}", lines.number());
                return Err(TraceError::Header { file, why: "it is too long".to_owned() });
            }
        }
    };
    let mut quick = Quick::new(&header.places, source.options);
    loop {
        if is_quick {
            quick.take(&mut lines, intake)?;
        }
        match lines.advance().map_err(cant_read)? {
            Step::End => return Ok(()),
            Step::TooLong => intake.take_line(lines.number(), Err(Flaw::TooLong))?,
            Step::Line => {
                if is_blank(lines.piece()) {
                    continue;
                }
                let number = lines.number();
                if memchr::memchr(b'"', lines.piece()).is_none() {
                    let fields = header.split(lines.piece());
                    intake.take_line(number, read_fields(fields, source.options))?;
                } else {
                    let fields = header.unquote(&mut lines, &mut unquoted).map_err(cant_read)?;
                    intake.take_line(number, read_fields(fields, source.options))?;
                }
            }
        }
    }
}

#[inline]
fn is_blank(line: &[u8]) -> bool {
    line.first().is_none_or(u8::is_ascii_whitespace) && line.trim_ascii().is_empty()
}

#[inline]
fn read_fields<'a>(
    fields: Result<Fields<'a>, Flaw<'a>>,
    options: ReadOptions,
) -> Result<crate::trace::Activity<'a>, Flaw<'a>> {
    let [ts, user, device, app, api, action, _] = fields?;
    let at = timestamp::parse(ts, options.ts_unit).map_err(|error| Flaw::Timestamp(error, ts));
    activity(at, [user, device, app, api, action])
}

impl Header {
    fn read(
        lines: &mut Lines,
        unquoted: &mut Unquoted,
        place: String,
        cant_read: impl Fn(std::io::Error) -> TraceError,
    ) -> Result<Self, TraceError> {
        if let Err(flaw) = unquoted.read(lines, |_| true).map_err(cant_read)? {
            let why = match flaw {
                Flaw::AfterQuote => "it has text between a closing quote and the next comma",
                _ => "it opens a quote that does not close",
            };
            return Err(TraceError::Header { file: place, why: why.to_owned() });
        }
        let names: Vec<String> = unquoted
            .fields()
            .map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned())
            .collect();
        if is_event_log(names.iter().map(String::as_str)) {
            return Err(TraceError::EventLog { file: place });
        }
        for name in COLUMNS {
            if names.iter().filter(|other| *other == name).count() > 1 {
                return Err(TraceError::ColumnTwice { file: place, name });
            }
        }
        if let Some(missing) = COLUMNS[..2].iter().find(|name| !names.iter().any(|n| n == *name)) {
            return Err(TraceError::NoColumn { file: place, missing, has: names });
        }
        let place_of = |name: &String| COLUMNS.iter().position(|known| known == name);
        let places = names.iter().map(|name| place_of(name).unwrap_or(COLUMNS.len()) as u8);
        Ok(Self { places: places.collect() })
    }

    /// The fields of a line without quotes.
    #[inline]
    fn split<'a>(&self, line: &'a [u8]) -> Result<Fields<'a>, Flaw<'a>> {
        let commas = memchr::memchr_iter(b',', line);
        let mut start = 0;
        self.arrange(commas.chain([line.len()]).map(|end| {
            let field = &line[start..end];
            start = end + 1;
            field
        }))
    }

    /// The fields of a line with quotes, and of the lines on which it goes on. If they do not
    /// make a record, the first line is broken and the others are lines of their own.
    fn unquote<'a>(
        &self,
        lines: &mut Lines,
        unquoted: &'a mut Unquoted,
    ) -> std::io::Result<Result<Fields<'a>, Flaw<'a>>> {
        if let Err(flaw) = unquoted.read(lines, |count| count == self.places.len())? {
            return Ok(Err(flaw));
        }
        Ok(self.arrange(unquoted.fields()))
    }

    #[inline]
    fn arrange<'a>(&self, fields: impl Iterator<Item = &'a [u8]>) -> Result<Fields<'a>, Flaw<'a>> {
        let mut arranged: Fields<'a> = [b""; _];
        let mut found = 0;
        for field in fields {
            if let Some(&place) = self.places.get(found) {
                arranged[usize::from(place)] = field;
            }
            found += 1;
        }
        let expected = self.places.len();
        if found == expected { Ok(arranged) } else { Err(Flaw::FieldCount { found, expected }) }
    }
}

impl Unquoted {
    /// Reads the record that begins with the current line, with as many of the following ones
    /// as its quotes reach over. Unless that gives a number of fields that is right, it is the
    /// current line alone that is broken.
    fn read(
        &mut self,
        lines: &mut Lines,
        is_right: impl Fn(usize) -> bool,
    ) -> std::io::Result<Result<(), Flaw<'static>>> {
        self.text.clear();
        self.ends.clear();
        self.state = State::FieldStart;
        let mut fed = 0;
        let mut is_first = true;
        let flaw = loop {
            if let Err(flaw) = self.feed(&lines.piece()[fed..]) {
                break flaw;
            }
            if self.state != State::Quoted {
                self.ends.push(self.text.len());
                if is_first || is_right(self.ends.len()) {
                    return Ok(Ok(()));
                }
                break Flaw::OpenQuote;
            }
            // The line's end, which is part of the field, comes with the next line.
            fed = lines.piece().len();
            if !lines.extend()? || lines.piece().len() > MAX_QUOTED {
                break Flaw::OpenQuote;
            }
            is_first = false;
        };
        lines.retract();
        Ok(Err(flaw))
    }

    /// Stricter than most readers after a closing quote: where text follows, it was another
    /// line's opening quote, and lines would be lost between them.
    fn feed(&mut self, bytes: &[u8]) -> Result<(), Flaw<'static>> {
        for &byte in bytes {
            self.state = match (self.state, byte) {
                (State::Quoted, b'"') => State::Quote,
                (State::FieldStart, b'"') => State::Quoted,
                (State::FieldStart | State::Plain | State::Quote, b',') => {
                    self.ends.push(self.text.len());
                    State::FieldStart
                }
                (State::Quote, byte) if byte != b'"' => return Err(Flaw::AfterQuote),
                (State::Quoted | State::Quote, byte) => {
                    self.text.push(byte);
                    State::Quoted
                }
                (State::FieldStart | State::Plain, byte) => {
                    self.text.push(byte);
                    State::Plain
                }
            };
        }
        Ok(())
    }

    fn fields(&self) -> impl Iterator<Item = &[u8]> + '_ {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let field = &self.text[start..end];
            start = end;
            field
        })
    }
}
