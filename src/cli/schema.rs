//! `relogin schema`: the JSON Schema of scenario files.

use anyhow::Context;
use clap::Args;

use super::Failure;
use super::terminal::Terminal;
use crate::scenario;

/// Print the JSON Schema of scenario files
///
/// Editors that know JSON Schema for TOML complete and check scenarios with it.
#[derive(Args, Debug)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(&scenario::schema()).context("cannot print")?;
        terminal.print(&format!("{text}\n"))
    }
}
