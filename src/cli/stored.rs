//! Results that earlier runs stored: `summary.json`, or the folder that holds it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Failure;
use super::files;
use crate::change::Stored;

/// The version of `summary.json` that this relogin reads.
const SCHEMA: &str = "relogin.summary/";
const VERSION: u64 = 1;

/// The summary of a folder, or the file itself.
pub(super) fn summary(path: &Path) -> PathBuf {
    if path.is_dir() { path.join("summary.json") } else { path.to_owned() }
}

/// What a stored summary says.
pub(super) fn read(path: &Path) -> Result<Stored, Failure> {
    let text = files::read_text(path)?;
    let name = path.display();
    let json: Value = serde_json::from_str(&text).map_err(|error| {
        Failure::Data(format!("{name}:{}:{}: not JSON: {error}", error.line(), error.column()))
    })?;
    let schema = json["schema"].as_str().unwrap_or_default();
    match schema.strip_prefix(SCHEMA).map(str::parse::<u64>) {
        Some(Ok(VERSION)) => {}
        Some(Ok(newer)) if newer > VERSION => {
            return Err(Failure::Data(format!(
                "{name}: its schema {schema} is newer than {SCHEMA}{VERSION}, which this relogin \
                 reads; update relogin, or make both results with this one"
            )));
        }
        _ => {
            return Err(Failure::Data(format!(
                "{name}: no summary of relogin run (schema {SCHEMA}{VERSION}); name its \
                 summary.json or its folder"
            )));
        }
    }
    serde_json::from_value(json).map_err(|error| {
        Failure::Data(format!("{name}: not as {SCHEMA}{VERSION} says: {error}; run relogin again"))
    })
}
