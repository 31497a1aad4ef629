//! `relogin replicate`: the same scenario with other seeds, until its figures are known well enough.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::activity::ReadArguments;
use super::evaluate::{Evaluator, Means, Point};
use super::interrupt::Interrupt;
use super::outcome::default_dir;
use super::scenario::{Loaded, ScenarioArguments};
use super::terminal::Terminal;
use super::{Failure, places};
use crate::experiment;
use crate::report::{self, Replicated, ReportError};
use crate::scenario::{Scenario, Source};
use crate::table::{Measure, PolicyTables};

/// Draw made-up activity anew, with other seeds, until figures are known well enough
///
/// Replays every policy over as many replications as it takes, and writes replications.csv and
/// replications.json: each figure's mean with its 95 % interval, peaks too, and differences from
/// the first policy. The seeds are the scenario's and those that follow it.
#[derive(Args, Debug)]
pub(super) struct Replicate {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// Stop when half the interval of the metric is at most this part of its mean, under every
    /// policy
    #[arg(long, value_name = "SHARE", default_value = "5%", value_parser = share)]
    precision: f64,
    /// The figure that must be known so well
    #[arg(long, value_name = "NAME", default_value = "relogins_per_user_day", value_parser = metric)]
    metric: &'static str,
    /// Replications at least
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(2..))]
    least: u64,
    /// Replications at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(2..=100_000))]
    most: u64,
    /// Folder for the files [default: reports/<scenario>/replications]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = ReplicateFormat::Table)]
    format: ReplicateFormat,
    /// The first seed, instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads; the results do not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ReplicateFormat {
    /// A table of the policies side by side
    Table,
    /// The content of replications.json
    Json,
}

impl Replicate {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let interrupt = Interrupt::listen()?;
        let loaded = self.scenario.load(terminal)?;
        if !matches!(loaded.scenario.workload.source, Source::Synthetic(_)) {
            return Err(Failure::Usage(
                "only made-up activity can be drawn anew, and this scenario has none; of \
                 recorded people `relogin run` gives intervals"
                    .to_owned(),
            ));
        }
        let dir = self.out.clone();
        let dir = dir.unwrap_or_else(|| default_dir(&loaded.scenario.name).join("replications"));
        places::writable(&dir)?;
        interrupt.finish_first();
        let first = self.seed.unwrap_or(loaded.scenario.seed);
        let runs = self.replicate(&loaded, first, &interrupt, terminal)?;
        let is_precise = experiment::is_precise(&runs, self.metric, self.precision);
        let interrupted = interrupt.pressed();
        let replicated = Replicated {
            scenario: loaded.scenario.name.clone(),
            question: loaded.scenario.question.clone(),
            means: experiment::means(&runs),
            runs,
            first_seed: first,
            metric: self.metric,
            precision: self.precision,
            is_precise,
            partial: interrupted.then(|| "interrupted between two replications".to_owned()),
        };
        report::write_replicated(&dir, &replicated).map_err(|error| match error {
            ReportError::Folder { .. } => Failure::Usage(error.to_string()),
            _ => Failure::Unexpected(anyhow::Error::msg(error.to_string())),
        })?;
        match self.format {
            ReplicateFormat::Json => terminal.print(&report::replicated_json(&replicated))?,
            ReplicateFormat::Table => terminal.print(&report::replicated_table(&replicated))?,
        }
        terminal.note(&format!("Wrote {}", dir.join("replications.csv").display()));
        if interrupted { Err(Failure::Interrupted { written: true }) } else { Ok(()) }
    }

    fn replicate(
        &self,
        loaded: &Loaded,
        first_seed: u64,
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<Vec<Vec<PolicyTables>>, Failure> {
        let means = Means {
            arguments: &self.scenario,
            reading: &ReadArguments::default(),
            traces: &[],
            jobs: self.jobs,
            interrupt,
            terminal,
        };
        let mut evaluator = Evaluator::new(means, loaded);
        let bar = terminal.progress("replicating", self.most, "replications");
        let mut runs: Vec<Vec<PolicyTables>> = Vec::new();
        for number in 0..self.most {
            let seed = first_seed.wrapping_add(number) & (u64::MAX >> 1);
            let own = &loaded.scenario;
            let scenario = |policy| Scenario { seed, policies: vec![policy], ..own.clone() };
            let points: Vec<Point> = own
                .policies
                .iter()
                .map(|policy| evaluator.point(scenario(policy.clone())))
                .collect();
            let found = evaluator.evaluate(&points, &mut |_| ())?;
            let named = own.policies.iter().zip(found).map(|(policy, tables)| {
                tables.map(|tables| PolicyTables { name: policy.name.clone(), ..tables })
            });
            // What was cut off in its midst says nothing.
            let Some(run) = named.collect() else { break };
            runs.push(run);
            bar.inc(1);
            let enough = number + 1 >= self.least
                && experiment::is_precise(&runs, self.metric, self.precision);
            if enough || interrupt.pressed() {
                break;
            }
        }
        bar.finish_and_clear();
        if runs.is_empty() { Err(Failure::Interrupted { written: false }) } else { Ok(runs) }
    }
}

fn share(text: &str) -> Result<f64, String> {
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map(|number| number / 100.0),
        None => text.parse::<f64>(),
    };
    number
        .ok()
        .filter(|share| *share > 0.0 && *share < 1.0)
        .ok_or_else(|| "a share between 0 and 1: 5% or 0.05".to_owned())
}

fn metric(text: &str) -> Result<&'static str, String> {
    let known = Measure::named(text).map(|measure| measure.name);
    known.ok_or_else(|| {
        format!("no figure `{text}`; summary.csv lists them: `peak_requests_per_minute`")
    })
}
