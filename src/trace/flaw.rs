//! What is wrong with a line, told only where somebody will read it.

use std::fmt::Write as _;

use super::strings::Strings;
use super::timestamp::TimestampError;
use super::{Action, TraceError, Vocabulary};
use crate::model::AppId;

/// Why a line is broken. It borrows, because most are counted only.
#[derive(Clone, Copy, Debug)]
pub(super) enum Flaw<'a> {
    Timestamp(TimestampError, &'a [u8]),
    NoUser,
    UnknownAction(&'a [u8]),
    NoApp,
    UnknownApp(&'a str),
    UnusedApi(AppId, &'a str),
    NotUtf8(&'static str),
    FieldCount { found: usize, expected: usize },
    OpenQuote,
    AfterQuote,
    TooLong,
    Json(&'a serde_json::Error),
    JsonType(&'static str),
}

/// Why an activity is not taken.
#[derive(Debug)]
pub(super) enum Refusal<'a> {
    /// Its line is broken.
    Flaw(Flaw<'a>),
    /// The whole trace can't be.
    Error(TraceError),
}

/// The names that a run knows, numbered as its [`Vocabulary`] does.
#[derive(Debug)]
pub(super) struct KnownNames {
    pub(super) apps: Strings,
    pub(super) apis: Strings,
}

/// A value as an error shows it: quoted, escaped, and not longer than a line.
pub(super) fn shown(value: &[u8]) -> String {
    const MOST: usize = 60;
    let text = String::from_utf8_lossy(&value[..value.len().min(4 * MOST)]);
    let mut short: String = text.chars().take(MOST).collect();
    if short.len() < value.len().min(text.len()) {
        short.push('…');
    }
    format!("{short:?}")
}

impl<'a> From<Flaw<'a>> for Refusal<'a> {
    fn from(flaw: Flaw<'a>) -> Self {
        Self::Flaw(flaw)
    }
}

impl From<TraceError> for Refusal<'_> {
    fn from(error: TraceError) -> Self {
        Self::Error(error)
    }
}

impl Flaw<'_> {
    /// For a person: what follows "line 7" and a colon.
    pub(super) fn explain(&self, names: &KnownNames, vocabulary: &Vocabulary) -> String {
        match *self {
            Self::Timestamp(error @ TimestampError::Missing, _) => error.to_string(),
            Self::Timestamp(error, text) => format!("ts {} {error}", shown(text)),
            Self::NoUser => "names no user".to_owned(),
            Self::UnknownAction(word) => {
                let known = Action::ALL.map(Action::word).join(", ");
                format!("has the unknown action {}; the actions are {known}", shown(word))
            }
            Self::NoApp => "names no app, and the run has no default_app for it".to_owned(),
            Self::UnknownApp(app) => {
                let why = format!("names the app {}, which not every policy has", shown_str(app));
                with_nearest(why, app, names.apps.iter())
            }
            Self::UnusedApi(app, api) => {
                let why = format!(
                    "names the API {}, which the app {} does not use under every policy",
                    shown_str(api),
                    shown_str(names.apps.text(app.index() as u32))
                );
                let uses = vocabulary.uses.get(app.index()).into_iter().flatten();
                with_nearest(why, api, uses.map(|id| names.apis.text(id.index() as u32)))
            }
            Self::NotUtf8(field) => format!("its {field} is not UTF-8"),
            Self::FieldCount { found, expected } => {
                format!("has {found} fields where the header has {expected}")
            }
            Self::OpenQuote => "opens a quote that does not close in the next 64 KiB".to_owned(),
            Self::AfterQuote => "has text between a closing quote and the next comma".to_owned(),
            Self::TooLong => "is longer than 16 MiB".to_owned(),
            Self::Json(error) => {
                // It is the only line that the parser saw, so its "line 1" would mislead.
                let error = error.to_string().replace(" at line 1 column ", " at column ");
                format!("is not a JSON object: {error}")
            }
            Self::JsonType(field) => format!("its {field} is neither a string nor a number"),
        }
    }
}

fn shown_str(text: &str) -> String {
    shown(text.as_bytes())
}

fn with_nearest<'a>(mut why: String, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let short: String = name.chars().take(60).collect();
    let distance = |other: &&str| strsim::damerau_levenshtein(other, &short);
    if let Some(nearest) = known.filter(|known| !known.is_empty()).min_by_key(distance) {
        let _ = write!(why, "; the nearest is {}", shown_str(nearest));
    }
    why
}
