//! What a run found out, written and shown: the same for `run` and for `replay`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Failure;
use super::gates::{self, GateArguments, GateFiles};
use super::simulate::Happened;
use super::terminal::Terminal;
use crate::capacity::Account;
use crate::description::Description;
use crate::experiment;
use crate::gate::{Threshold, judge};
use crate::model::Instant;
use crate::projection::Frame;
use crate::report::{self, Input, ReportError};

/// Where results go.
#[derive(Args, Debug)]
pub(super) struct OutcomeArguments {
    /// Folder for the report, charts and tables [default: reports/<scenario>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    format: OutputFormat,
    #[command(flatten)]
    pub(super) gates: GateArguments,
}

/// What a run must hold, and the files that tell whether it did.
#[derive(Debug)]
pub(super) struct Held<'a> {
    pub(super) thresholds: &'a [Threshold],
    pub(super) files: GateFiles,
    /// The scenario file, as it is called in messages.
    pub(super) scenario: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OutputFormat {
    /// A table of the policies side by side
    Table,
    /// The content of summary.json
    Json,
}

impl OutcomeArguments {
    /// The folder of the results of a scenario.
    pub(super) fn dir(&self, scenario: &str) -> PathBuf {
        self.out.clone().unwrap_or_else(|| default_dir(scenario))
    }

    /// Writes every file, shows the result, and fails where a threshold broke.
    pub(super) fn present(
        &self,
        description: &Description,
        frame: &Frame,
        happened: Happened,
        held: Held<'_>,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        let Happened { projections, horizon, partial } = happened;
        let start = Instant::from_millis(description.activity.start);
        let mut finished: Vec<_> = description
            .policies
            .iter()
            .zip(projections)
            .map(|(policy, mut projection)| {
                let account = description.capacity.as_ref().map(|assumptions| {
                    let time = (frame.counted_from.as_millis(), horizon.as_millis());
                    let mut account = Account::new(assumptions, description.seed, time);
                    projection.each_second(frame, |second, asked| account.take(second, asked));
                    account
                });
                let (mut tables, persons) =
                    projection.finish(frame, &policy.name, policy.baseline, start, horizon);
                let bill = account.map(|account| account.bill(&tables, &description.scenario));
                tables.bill = bill.map(Box::new);
                (tables, persons)
            })
            .collect();
        experiment::weigh(&frame.keys, &mut finished);
        let tables: Vec<_> = finished.into_iter().map(|(tables, _)| tables).collect();
        let gates = judge(held.thresholds, &tables);
        let input = Input { description, policies: &tables, partial, gates: &gates };
        let dir = self.dir(&description.scenario);
        report::write(&dir, &input).map_err(|error| match error {
            ReportError::Folder { .. } => Failure::Usage(error.to_string()),
            // Its message says already what it comes from.
            _ => Failure::Unexpected(anyhow::Error::msg(error.to_string())),
        })?;
        held.files.write(&input)?;
        match self.format {
            OutputFormat::Json => terminal.print(&report::summary_json(&input))?,
            OutputFormat::Table => {
                let colors = terminal.colors_results();
                terminal.print(&report::console_table(&input, terminal.width(), colors))?;
            }
        }
        terminal.note(&format!("Wrote {}", dir.join("report.html").display()));
        // What was cut short has not been put to the test.
        if input.partial.is_none() { gates::verdict(&gates, &held.scenario) } else { Ok(()) }
    }
}

/// `reports/<scenario>`, whatever characters the scenario's name has.
pub(super) fn default_dir(scenario: &str) -> PathBuf {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = scenario.chars().map(plain).collect();
    let name = name.trim_matches('.');
    Path::new("reports").join(if name.is_empty() { "scenario" } else { name })
}

/// Why the results of an interrupted run are partial: the same words for its replay.
pub(super) fn interrupted_at(horizon: Instant) -> String {
    let instant = jiff::Timestamp::from_millisecond(horizon.as_millis());
    instant.map_or("interrupted".to_owned(), |instant| format!("interrupted at {instant}"))
}
