//! `relogin run`: activity, policies, report.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::Failure;
use super::activity::{ReadArguments, Taken, take};
use super::describe::describe;
use super::explain::explain;
use super::files::NewFile;
use super::gates::{GateFiles, SarifArguments};
use super::interrupt::Interrupt;
use super::outcome::{Held, OutcomeArguments};
use super::places;
use super::scenario::{Loaded, ScenarioArguments};
use super::simulate::Prepared;
use super::terminal::Terminal;
use crate::calendar::UnknownTimeZone;
use crate::event_log::{Encoding, Writer};
use crate::model::{Instant, Policy, Span, UserId};
use crate::projection::Frame;
use crate::scenario::{PolicySpec, compile, parse_duration, vocabulary};
use crate::trace::Vocabulary;

/// Replay activity against policies and write a report
///
/// Writes summary.json, summary.csv, load.csv, relogins.csv, charts and report.html, and prints
/// the policies side by side.
#[derive(Args, Debug)]
pub(super) struct Run {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// Recorded activity instead of the scenario's own; `-` is standard input; may be given several
    /// times, and is then read as one
    #[arg(long, value_name = "FILE")]
    trace: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadArguments,
    #[command(flatten)]
    outcome: OutcomeArguments,
    #[command(flatten)]
    sarif: SarifArguments,
    /// Seed of every random draw, instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads; the results do not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Width of a row of load.csv
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = bucket)]
    bucket: Span,
    /// Write the event log: .csv, .jsonl or .parquet (also .csv.gz, .jsonl.zst…)
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Tell which way the policies go over the records, and replay nothing
    #[arg(long)]
    explain_plan: bool,
}

/// What a run is asked for, but for its activity.
struct Asked {
    loaded: Loaded,
    specs: Vec<PolicySpec>,
    vocabulary: Vocabulary,
    policies: Vec<Policy>,
}

/// About five gigabytes of load.csv.
const MOST_LOAD_ROWS: i64 = 100_000_000;

impl Run {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let interrupt = Interrupt::listen()?;
        let log = self.events.as_deref().map(log_encoding).transpose()?;
        let mut loaded = self.scenario.load(terminal)?;
        loaded.scenario.seed = self.seed.unwrap_or(loaded.scenario.seed);
        for warning in &loaded.scenario.warnings {
            terminal.note(&format!("warning: {warning}"));
        }
        let specs = loaded.policies();
        let workload = &loaded.scenario.workload;
        let vocabulary = vocabulary(&specs, workload);
        let policies: Vec<Policy> =
            specs.iter().map(|policy| compile(policy, &vocabulary, workload)).collect();
        let asked = Asked { loaded, specs, vocabulary, policies };
        // The log holds the whole run in time order.
        if log.is_none() && self.attempt(&asked, None, true, &interrupt, terminal)? {
            return Ok(());
        }
        self.attempt(&asked, log, false, &interrupt, terminal)?;
        Ok(())
    }

    /// Takes the activity in, as a stream if that can be and `may_stream`, and does the rest. Gives
    /// whether it could: a stream may turn out to be none before anything is written.
    fn attempt(
        &self,
        asked: &Asked,
        log: Option<Encoding>,
        may_stream: bool,
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<bool, Failure> {
        let Asked { loaded, specs, vocabulary, policies } = asked;
        let vocabulary = vocabulary.clone();
        let mut taken = take(
            &self.scenario,
            &self.reading,
            loaded,
            &self.trace,
            vocabulary.clone(),
            may_stream,
            terminal,
        )?;
        if self.explain_plan {
            let Some(plan) = explain(policies, specs, &mut taken.records, log.is_some()) else {
                return Ok(false);
            };
            terminal.print(&plan)?;
            return Ok(true);
        }
        let mut description =
            describe(loaded, &self.scenario.set, specs, &vocabulary, &taken, self.bucket);
        description.capacity.clone_from(&loaded.scenario.capacity);
        self.check_places(&loaded.scenario.name, &taken)?;
        self.check_load(policies.len(), taken.records.ends())?;
        let files = self.gate_files(&taken)?;
        let names = taken.records.names();
        let users = (0..names.users()).map(|user| names.user(UserId::new(user)));
        let frame = Frame::new(&description, users)
            .map_err(|error: UnknownTimeZone| Failure::Usage(error.to_string()))?;

        interrupt.finish_first();
        let mut file = None;
        let writer = match (&self.events, log) {
            (Some(path), Some(encoding)) => {
                let begun = NewFile::begin(path)?;
                let writer = Writer::new(encoding, begun.writer()?, &description)
                    .context("cannot write the event log")?;
                file = Some(begun);
                Some(writer)
            }
            _ => None,
        };
        let run = Prepared {
            apps: &vocabulary.apps,
            apis: &vocabulary.apis,
            seed: loaded.scenario.seed,
            policies,
            frame: &frame,
        };
        let happened = run.simulate(&mut taken.records, writer, self.jobs, interrupt, terminal)?;
        let Some(happened) = happened else { return Ok(false) };
        if let Some(file) = file {
            file.keep()?;
        }
        let interrupted = happened.partial.is_some();
        self.outcome.present(
            &description,
            &frame,
            happened,
            Held {
                thresholds: &loaded.scenario.thresholds,
                files,
                scenario: self.scenario.path.display().to_string(),
            },
            terminal,
        )?;
        if interrupted { Err(Failure::Interrupted { written: true }) } else { Ok(true) }
    }

    /// Nothing may be overwritten that is still needed, and nothing fail at the end that can be
    /// told now.
    fn check_places(&self, scenario: &str, taken: &Taken) -> Result<(), Failure> {
        let dir = self.outcome.dir(scenario);
        places::writable(&dir)?;
        if let Some(log) = &self.events {
            let traces = taken.files.iter().map(PathBuf::as_path);
            places::spare_inputs(log, "--events", traces.chain([self.scenario.path.as_path()]))?;
            places::spare_log("--events", log, &dir)?;
        }
        Ok(())
    }

    /// Begins the files about thresholds.
    fn gate_files(&self, taken: &Taken) -> Result<GateFiles, Failure> {
        let traces = taken.files.iter().map(PathBuf::as_path);
        let inputs: Vec<&Path> = traces.chain([self.scenario.path.as_path()]).collect();
        let mut files = self.outcome.gates.begin(&inputs)?;
        self.sarif.begin(&mut files, &self.scenario.path)?;
        Ok(files)
    }

    /// One wrong timestamp far away must not fill the disk with empty rows.
    fn check_load(&self, policies: usize, ends: Option<(Instant, Instant)>) -> Result<(), Failure> {
        let Some((first, last)) = ends else { return Ok(()) };
        let buckets = (last - first).as_millis() / self.bucket.as_millis() + 1;
        let rows = buckets.saturating_mul(policies as i64);
        if rows <= MOST_LOAD_ROWS {
            return Ok(());
        }
        let day = |at: Instant| {
            let at = jiff::Timestamp::from_millisecond(at.as_millis());
            at.map_or_else(|_| "?".to_owned(), |at| at.strftime("%F").to_string())
        };
        Err(Failure::Usage(format!(
            "load.csv would have {rows} rows: the activity reaches from {} to {}; \
             look for a wrong ts (relogin trace stats shows the span), or choose a coarser \
             --bucket, such as 1d",
            day(first),
            day(last)
        )))
    }
}

fn bucket(text: &str) -> Result<Span, String> {
    let span = parse_duration(text)?;
    if span < Span::from_mins(1) || span.as_millis() % 60_000 != 0 {
        return Err("a bucket is a whole number of minutes: 1m, 15m, 1h, 1d".to_owned());
    }
    Ok(span)
}

fn log_encoding(path: &Path) -> Result<Encoding, Failure> {
    Encoding::from_path_ending(&path.display().to_string()).ok_or_else(|| {
        Failure::Usage(format!(
            "{}: the ending of an event log chooses its format: .csv, .jsonl or .parquet",
            path.display()
        ))
    })
}
