//! `relogin trace`: look at activity, and make some up.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};

use super::Failure;
use super::activity::ReadArguments;
use super::files::NewFile;
use super::interrupt::Interrupt;
use super::places;
use super::scenario::ScenarioArguments;
use super::terminal::Terminal;
use crate::scenario::Source;
use crate::trace::Vocabulary;
use crate::trace::stats::Stats;
use crate::trace::synthetic::{Generator, write_csv};

/// Look at activity, and make some up
#[derive(Debug, Subcommand)]
pub(super) enum Trace {
    Stats(StatsCommand),
    Synth(Synth),
}

/// Tell what is in a trace: gaps, days, hours, broken lines
#[derive(Args, Debug)]
pub(super) struct StatsCommand {
    /// Trace files, read as one; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadArguments,
    /// Time zone of calendar days and hours
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = StatsFormat::Table)]
    format: StatsFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StatsFormat {
    /// A table and a picture of the week
    Table,
    /// relogin.trace-stats/1
    Json,
}

/// Write the activity of a scenario's synthetic users as a trace
#[derive(Args, Debug)]
pub(super) struct Synth {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// The trace (CSV); `-` is standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Seed of every random draw, instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// Endings of traces that are no plain CSV.
const OTHER_ENDINGS: [&str; 6] = ["jsonl", "ndjson", "json", "parquet", "gz", "zst"];

impl Trace {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        match self {
            Self::Stats(command) => command.execute(terminal),
            Self::Synth(command) => command.execute(terminal),
        }
    }
}

impl StatsCommand {
    fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        Interrupt::listen()?;
        let trace = self.reading.read(&self.files, Vocabulary::open(), terminal)?;
        let stats =
            Stats::of(&trace, &self.timezone).map_err(|error| Failure::Usage(error.to_string()))?;
        match self.format {
            StatsFormat::Table => terminal.print(&stats.render()),
            StatsFormat::Json => {
                let json = serde_json::to_string_pretty(&stats).context("cannot print")?;
                terminal.print(&format!("{json}\n"))
            }
        }
    }
}

impl Synth {
    /// An ending that says something else than CSV would mislead whoever reads the trace.
    fn check_out(&self) -> Result<(), Failure> {
        let ending = self.out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if ending.is_some_and(|ending| OTHER_ENDINGS.contains(&ending.as_str())) {
            return Err(Failure::Usage(format!(
                "{}: the trace is written as plain CSV; name a file that ends in .csv",
                self.out.display()
            )));
        }
        places::spare_inputs(&self.out, "--out", [self.scenario.path.as_path()])
    }

    fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let interrupt = Interrupt::listen()?;
        let loaded = self.scenario.load(terminal)?;
        let Source::Synthetic(population) = &loaded.scenario.workload.source else {
            return Err(Failure::Usage(format!(
                "{} has no synthetic users: add [[workload.class]]",
                self.scenario.path.display()
            )));
        };
        let seed = self.seed.unwrap_or(loaded.scenario.seed);
        let generator =
            Generator::new(population, seed).map_err(|error| Failure::Usage(error.to_string()))?;
        if self.out == Path::new("-") {
            return terminal.stream(|out| write_csv(out, &generator).map(drop));
        }
        self.check_out()?;
        interrupt.finish_first();
        let file = NewFile::begin(&self.out)?;
        let written = write_csv(&mut interrupt.watch(file.writer()?), &generator);
        if interrupt.pressed() {
            return Err(Failure::Interrupted { written: false });
        }
        let records = written.with_context(|| format!("cannot write {}", self.out.display()))?;
        file.keep()?;
        terminal.note(&format!("Wrote {records} records to {}", self.out.display()));
        Ok(())
    }
}
