//! JSON Lines: an object for each row, its keys in the order of the columns, empty ones left out.

use std::io::{self, BufRead, Read as _, Write};

use serde::Deserialize;

use super::{Format, Output, Problem, Read, Row, RowSink, RowSource};
use crate::event_log::COLUMNS;
use crate::event_log::row::{Cell, LONGEST_ROW, push_integer, truth_word};

pub(super) const FORMAT: Format = Format {
    name: "JSON Lines",
    about: "for jq and log pipelines",
    endings: &[".jsonl", ".ndjson"],
    recognises: |head| head.starts_with(b"{"),
    write: |out| Ok(Box::new(Objects { out, text: Vec::new() })),
    read: Read::Stream(|input| {
        Ok(Box::new(Lines { input, text: Vec::new(), line: Line::default() }))
    }),
};

struct Objects {
    out: Output,
    text: Vec<u8>,
}

struct Lines {
    input: Box<dyn BufRead + Send>,
    text: Vec<u8>,
    line: Line,
}

/// What a line may hold.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    seq: u64,
    #[serde(default)]
    policy: String,
    ts: Option<i64>,
    #[serde(default)]
    user: String,
    #[serde(default)]
    device: String,
    #[serde(default)]
    app: String,
    #[serde(default)]
    api: String,
    event: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    cause: String,
    #[serde(default)]
    refresh_cause: String,
    background: Option<bool>,
    expires_at: Option<i64>,
}

impl RowSink for Objects {
    fn put(&mut self, row: &Row<'_>, _: &[u8]) -> io::Result<()> {
        self.text.clear();
        for (name, cell) in COLUMNS.into_iter().zip(row.cells()) {
            if matches!(cell, Cell::Text("") | Cell::Integer(None) | Cell::Truth(None)) {
                continue;
            }
            self.text.push(if self.text.is_empty() { b'{' } else { b',' });
            self.text.push(b'"');
            self.text.extend_from_slice(name.as_bytes());
            self.text.extend_from_slice(b"\":");
            match cell {
                Cell::Text(text) => serde_json::to_writer(&mut self.text, text)?,
                Cell::Integer(number) => {
                    number.into_iter().for_each(|number| push_integer(&mut self.text, number));
                }
                Cell::Truth(truth) => {
                    self.text.extend(truth.into_iter().flat_map(|truth| truth_word(truth).bytes()));
                }
            }
        }
        self.text.extend_from_slice(b"}\n");
        self.out.write_all(&self.text)
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        self.out.finish()
    }
}

impl RowSource for Lines {
    fn next_row(&mut self) -> Result<Option<Row<'_>>, Problem> {
        self.text.clear();
        let most = LONGEST_ROW as u64;
        let read = self.input.by_ref().take(most).read_until(b'\n', &mut self.text)?;
        if read == 0 {
            return Ok(None);
        }
        if !self.text.ends_with(b"\n") {
            return Err(if read as u64 == most { Problem::Endless } else { Problem::Cut });
        }
        self.line = serde_json::from_slice(&self.text)
            .map_err(|error| Problem::Json { why: without_place(&error) })?;
        let line = &self.line;
        Ok(Some(Row {
            seq: line.seq,
            policy: &line.policy,
            ts: line.ts,
            user: &line.user,
            device: &line.device,
            app: &line.app,
            api: &line.api,
            event: &line.event,
            outcome: &line.outcome,
            cause: &line.cause,
            refresh_cause: &line.refresh_cause,
            background: line.background,
            expires_at: line.expires_at,
        }))
    }
}

/// What serde_json says; each text is a line of its own, so its "line 1" would mislead.
fn without_place(error: &serde_json::Error) -> String {
    let why = error.to_string();
    let why = why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why);
    format!("{why} (column {})", error.column())
}
