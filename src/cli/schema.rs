//! `relogin schema`: what a scenario file may say, and what a summary says, for editors, programs
//! and people.

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::Failure;
use super::terminal::Terminal;
use crate::report;
use crate::scenario;

/// Print what a scenario file may say, or what summary.json says
///
/// Editors that know JSON Schema for TOML complete and check scenarios with it; the page for
/// people stands in scenarios/REFERENCE.md.
#[derive(Args, Debug)]
pub(super) struct Schema {
    /// Of which file
    #[arg(value_name = "FILE", value_enum, default_value_t = Described::Scenario)]
    file: Described,
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

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Described {
    /// A scenario file
    Scenario,
    /// summary.json of `relogin run`; as JSON Schema only
    Summary,
}

impl Schema {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        match self.format {
            SchemaFormat::Markdown if matches!(self.file, Described::Summary) => {
                let why = "there is no page about summary.json; leave --format out";
                Err(Failure::Usage(why.to_owned()))
            }
            SchemaFormat::Json => {
                let schema = match self.file {
                    Described::Scenario => scenario::schema(),
                    Described::Summary => report::summary_schema(),
                };
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
