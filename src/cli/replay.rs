//! `relogin replay`: every report again, from the event log alone.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::Failure;
use super::files;
use super::interrupt::Interrupt;
use super::outcome::{Held, OutcomeArguments, interrupted_at};
use super::places;
use super::simulate::Happened;
use super::terminal::Terminal;
use crate::description::Description;
use crate::event_log::{End, LogError, Mode, Reader};
use crate::gate::Threshold;
use crate::projection::{Arrival, Frame, Projection, Subject};
use crate::scenario::parse;
use crate::trace::Names;

/// Rebuild every report from an event log alone
///
/// The log holds everything: neither the scenario nor the trace is needed, and the files are the
/// same, byte for byte, as those of the run that wrote it.
#[derive(Args, Debug)]
pub(super) struct Replay {
    /// Event log, as --events wrote it; `-` is standard input
    #[arg(value_name = "LOG")]
    log: PathBuf,
    /// Report a cut or damaged log up to where it breaks
    #[arg(long)]
    allow_partial: bool,
    #[command(flatten)]
    outcome: OutcomeArguments,
}

impl Replay {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let interrupt = Interrupt::listen()?;
        let name = self.log.display().to_string();
        let data = |error: &dyn std::fmt::Display| Failure::Data(format!("{name}: {error}"));
        let mode = if self.allow_partial { Mode::UpToBreak } else { Mode::Whole };
        let input = files::open(&self.log)?;
        let mut reader = Reader::new(input, mode).map_err(|error| self.refuse(&name, &error))?;
        let description = reader.description().clone();
        let dir = self.outcome.dir(&description.scenario);
        places::writable(&dir)?;
        places::spare_log("the log", &self.log, &dir)?;
        let files = self.outcome.gates.begin(&[&self.log])?;
        let mut frame =
            Frame::new(&description, std::iter::empty()).map_err(|error| data(&error))?;
        let mut names = Names::default();
        let mut projections =
            vec![Projection::new(&frame, 0, 0, Arrival::InTimeOrder); description.policies.len()];
        while let Some(entry) = reader.next_entry() {
            let entry = entry.map_err(|error| self.refuse(&name, &error))?;
            let agent = names.agent(entry.user, entry.device).map_err(|error| data(&error))?;
            let user = names.user_of(agent).index();
            if user == frame.class_of.len() {
                frame.meet(&description, entry.user);
            }
            let subject = Subject { agent: agent.index(), user, user_number: user };
            projections[entry.policy].record(&frame, subject, entry.at, entry.fact);
        }
        let ending = reader.ending().context("a log that was read has an ending")?;
        let partial = match (&ending.broke, ending.end) {
            (Some(broke), _) => {
                terminal.note(&format!("warning: {name}: {broke}; reporting up to there"));
                Some(format!("{broke}"))
            }
            (None, End::Partial) => Some(interrupted_at(ending.horizon)),
            (None, End::Complete) => None,
        };
        let horizon = ending.horizon;
        interrupt.finish_first();
        let thresholds = thresholds(&description, terminal);
        let scenario = format!("scenario of {name}");
        let held = Held { thresholds: &thresholds, files, scenario };
        let happened = Happened { projections, horizon, partial };
        self.outcome.present(&description, &frame, happened, held, terminal)
    }

    /// A log that breaks off, with what may still be done about it.
    fn refuse(&self, name: &str, error: &LogError) -> Failure {
        let readable = error.seq > 0;
        let mend = if readable { "\nhelp: --allow-partial reports up to there" } else { "" };
        Failure::Data(format!("{name}: {error}{mend}"))
    }
}

/// What the run had to hold: the log keeps the scenario as it stood.
fn thresholds(description: &Description, terminal: &Terminal) -> Vec<Threshold> {
    let name = format!("{}.toml", description.scenario);
    match parse(&name, &description.source, &description.overrides) {
        Ok(scenario) => scenario.thresholds,
        Err(errors) => {
            terminal.note(&format!(
                "warning: thresholds are not judged: this version of relogin does not read the \
                 log's scenario\n{errors}"
            ));
            Vec::new()
        }
    }
}
