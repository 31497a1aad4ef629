//! `relogin schema`: what a scenario file may say, for editors and for people.

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::Failure;
use super::terminal::Terminal;
use crate::scenario;

/// Print what a scenario file may say
///
/// Editors that know JSON Schema for TOML complete and check scenarios with it; the page for
/// people stands in scenarios/REFERENCE.md.
#[derive(Args, Debug)]
pub(super) struct Schema {
    /// What to print
    #[arg(long, value_enum, default_value_t = SchemaFormat::Json)]
    format: SchemaFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemaFormat {
    /// JSON Schema, draft 2020-12
    Json,
    /// A page for people: every key, its value and its default
    Markdown,
}

impl Schema {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        match self.format {
            SchemaFormat::Json => {
                let schema = scenario::schema();
                let text = serde_json::to_string_pretty(&schema).context("cannot print")?;
                terminal.print(&format!("{text}\n"))
            }
            SchemaFormat::Markdown => terminal.print(&format!("{TITLE}{}", scenario::reference())),
        }
    }
}

const TITLE: &str = "# What a scenario file may say

Made by `relogin schema --format markdown > scenarios/REFERENCE.md`; a test holds it true.

";
