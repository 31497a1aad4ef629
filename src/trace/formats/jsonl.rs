//! JSON Lines: one object a line.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::trace::flaw::Flaw;
use crate::trace::lines::{Lines, Step};
use crate::trace::read::{COLUMNS, activity};
use crate::trace::{Format, Intake, Source, TraceError, timestamp};

pub(super) const FORMAT: Format = Format {
    name: "JSON Lines",
    about: "one JSON object a line",
    endings: &["jsonl", "ndjson", "json"],
    recognises: |head| {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        head.trim_ascii_start().first() == Some(&b'{')
    },
    read,
    rows: None,
};

/// The members that count, as text: a number keeps the decimals that it is written with.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    ts: Option<&'a RawValue>,
    #[serde(borrow)]
    user: Option<&'a RawValue>,
    #[serde(borrow)]
    device: Option<&'a RawValue>,
    #[serde(borrow)]
    app: Option<&'a RawValue>,
    #[serde(borrow)]
    api: Option<&'a RawValue>,
    #[serde(borrow)]
    action: Option<&'a RawValue>,
}

fn read(source: Source<'_>, intake: &mut Intake) -> Result<(), TraceError> {
    let name = source.name;
    let cant_read = |source| TraceError::Read { file: name.to_owned(), source };
    let mut lines = Lines::new(source.input.into_read()).map_err(cant_read)?;
    let mut is_first = true;
    loop {
        let number = match lines.advance().map_err(cant_read)? {
            Step::End => return Ok(()),
            Step::TooLong => {
                intake.take_line(lines.number(), Err(Flaw::TooLong))?;
                continue;
            }
            Step::Line => lines.number(),
        };
        let line = lines.piece().trim_ascii();
        if line.is_empty() {
            continue;
        }
        if std::mem::take(&mut is_first) && opens_event_log(line) {
            return Err(TraceError::EventLog { file: format!("{name}:{number}") });
        }
        // A derived struct would take an array as well.
        let parsed = if line[0] == b'{' { parse(line) } else { Err(not_an_object()) };
        let members = match &parsed {
            Ok(members) => text_of(members),
            Err(error) => Err(Flaw::Json(error)),
        };
        let members = match &members {
            Ok(members) => members,
            Err(flaw) => {
                intake.take_line(number, Err(*flaw))?;
                continue;
            }
        };
        let [ts, rest @ ..] = members.each_ref().map(|text| text.as_bytes());
        let at = timestamp::parse(ts, source.options.ts_unit);
        let at = at.map_err(|error| Flaw::Timestamp(error, ts));
        intake.take_line(number, activity(at, rest))?;
    }
}

/// Whether `line` is the first of an event log.
fn opens_event_log(line: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct First<'a> {
        seq: u64,
        event: &'a str,
    }
    serde_json::from_slice(line).is_ok_and(|First { seq, event }| seq == 0 && event == "log_opened")
}

fn parse(line: &[u8]) -> serde_json::Result<Line<'_>> {
    serde_json::from_slice(line)
}

fn not_an_object() -> serde_json::Error {
    serde::de::Error::custom("the line does not begin with {")
}

/// Strings without their quotes and escapes, numbers as they stand, and nothing for null.
fn text_of<'a>(line: &Line<'a>) -> Result<[Cow<'a, str>; COLUMNS.len()], Flaw<'static>> {
    let members = [line.ts, line.user, line.device, line.app, line.api, line.action];
    let mut text = [const { Cow::Borrowed("") }; COLUMNS.len()];
    for ((member, text), name) in members.into_iter().zip(&mut text).zip(COLUMNS) {
        let Some(member) = member.map(RawValue::get) else { continue };
        *text = match member.as_bytes() {
            [b'"', inside @ .., b'"'] if !inside.contains(&b'\\') => {
                Cow::Borrowed(&member[1..member.len() - 1])
            }
            [b'"', ..] => serde_json::from_str::<String>(member)
                .map(Cow::Owned)
                .map_err(|_| Flaw::NotUtf8(name))?,
            [b'-' | b'0'..=b'9', ..] => Cow::Borrowed(member),
            _ => return Err(Flaw::JsonType(name)),
        };
    }
    Ok(text)
}
