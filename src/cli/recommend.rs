//! `relogin recommend`: the policy that holds what must hold and is least in what is to be least.

mod evaluate;
mod space;
mod tell;

use std::num::NonZeroUsize;
use std::path::Path;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use self::evaluate::Judge;
use self::tell::Found;
use super::Failure;
use super::activity::ReadArguments;
use super::evaluate::{Evaluator, Means};
use super::interrupt::Interrupt;
use super::outcome::default_dir;
use super::places;
use super::scenario::{Loaded, ScenarioArguments};
use super::terminal::Terminal;
use crate::description::Description;
use crate::experiment::recommend::explore::Effort;
use crate::experiment::recommend::explore::explore;
use crate::recommended::Recommendation;
use crate::report::{self, ReportError};
use crate::scenario::{
    Condition, Minimise, PolicySpec, RecommendSpec, Variant, Variants, find_profile,
};

/// Search for the policy that holds your constraints and asks least of people
///
/// Tries a grid of policies on the scenario's activity, then finer ones around the best, and shows
/// the front between what people pay, what the provider has to answer and what is left open. Writes
/// recommend.json, front.csv, points.csv, recommended.toml, charts and report.html. If no policy
/// holds every constraint, it says which one to relax, and ends with exit status 3.
#[derive(Args, Debug)]
pub(super) struct Recommend {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// Recorded activity instead of the scenario's own; may be given several times, and is then
    /// read as one
    #[arg(long, value_name = "FILE")]
    trace: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadArguments,
    /// What must hold, instead of the scenario's constraints: 'relogins_per_user_day.p95 <= 0.2';
    /// may be given several times
    #[arg(long, value_name = "CONDITION")]
    constraint: Vec<String>,
    /// A compliance profile to keep, instead of the scenario's: nist-63b-4-aal2; may be given
    /// several times
    #[arg(long, value_name = "NAME")]
    profile: Vec<String>,
    /// What is to be least, instead of the scenario's: people, load, exposure, cost, knee or a
    /// metric
    #[arg(long, value_name = "OBJECTIVE")]
    minimise: Option<String>,
    /// Folder for the report, charts and tables [default: reports/<scenario>/recommend]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    format: OutputFormat,
    /// Seed of every random draw, instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads; the results do not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OutputFormat {
    /// The answer for a person
    Table,
    /// The content of recommend.json
    Json,
}

/// Five rounds bring neighbours of a factor of four within 5 %.
const EFFORT: Effort = Effort { rounds: 5, most: 2_000 };

impl Recommend {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let interrupt = Interrupt::listen()?;
        let mut loaded = self.scenario.load(terminal)?;
        loaded.scenario.seed = self.seed.unwrap_or(loaded.scenario.seed);
        let wanted = self.wanted(&loaded.scenario.recommend)?;
        for warning in &loaded.scenario.warnings {
            terminal.note(&format!("warning: {warning}"));
        }
        let dir = match &self.out {
            Some(dir) => dir.clone(),
            None => default_dir(&loaded.scenario.name).join("recommend"),
        };
        places::writable(&dir)?;
        let today = today(&loaded, &wanted);
        let variants = self.variants(&loaded, &today.name, terminal)?;
        let means = Means {
            arguments: &self.scenario,
            reading: &self.reading,
            traces: &self.trace,
            jobs: self.jobs,
            interrupt: &interrupt,
            terminal,
        };
        let mut evaluator = Evaluator::new(means, &loaded);
        let base = variants.with(&[]).and_then(Variant::scenario);
        let base =
            base.map_err(|errors| Failure::Usage(errors.render(terminal.colors_errors())))?;
        let base = evaluator.point(base);
        let mut search = space::prepare(today, &wanted, || Ok(evaluator.gaps(&base)?.0))?;
        let description = evaluator.describe(&base)?;
        interrupt.finish_first();

        let mut judge = Judge {
            evaluator: &mut evaluator,
            variants: &variants,
            wanted: &wanted,
            axes: search.space.axes().iter().map(|axis| axis.key.clone()).collect(),
            today,
            stay_open: loaded.scenario.workload.stay_open,
            terminal,
            refused: Vec::new(),
        };
        let makes_sense = search.makes_sense.clone();
        let explored = explore(
            &mut search.space,
            search.today.clone(),
            EFFORT,
            |point| makes_sense.holds(point),
            |points| judge.evaluate(points),
        )?;
        let taken = loaded.scenario.policies.iter().map(|policy| policy.name.clone());
        let found = Found {
            wanted: &wanted,
            today,
            search: &search,
            explored: &explored,
            base: &base,
            taken: taken.collect(),
        };
        let recommendation = found.tell(&mut judge)?;
        self.present(&dir, &description, &recommendation, terminal)
    }

    /// Writes every file, and shows the result.
    fn present(
        &self,
        dir: &Path,
        description: &Description,
        found: &Recommendation,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        let input = report::RecommendInput { description, found };
        report::write_recommendation(dir, &input).map_err(|error| match error {
            ReportError::Folder { .. } => Failure::Usage(error.to_string()),
            _ => Failure::Unexpected(anyhow::Error::msg(error.to_string())),
        })?;
        match self.format {
            OutputFormat::Json => terminal.print(&report::recommend_json(&input))?,
            OutputFormat::Table => {
                terminal.print(&report::recommend_text(&input, terminal.colors_results()))?;
            }
        }
        terminal.note(&format!("Wrote {}", dir.join("report.html").display()));
        match found.satisfied {
            true => Ok(()),
            false => Err(Failure::Differs(format!(
                "none of {} policies holds every constraint",
                found.points.len()
            ))),
        }
    }

    fn variants(
        &self,
        loaded: &Loaded,
        policy: &str,
        terminal: &Terminal,
    ) -> Result<Variants, Failure> {
        let mut set = self.scenario.set.clone();
        set.extend(self.seed.map(|seed| format!("scenario.seed={seed}")));
        let name = self.scenario.path.display().to_string();
        Variants::read(&name, &loaded.text, &set, Some(policy))
            .map_err(|errors| Failure::Usage(errors.render(terminal.colors_errors())))
    }

    /// The scenario's `[recommend]`, with what the command line says above it.
    fn wanted(&self, file: &RecommendSpec) -> Result<RecommendSpec, Failure> {
        let mut wanted = file.clone();
        if !self.constraint.is_empty() {
            let read = |text: &String| {
                Condition::parse(text)
                    .map_err(|error| Failure::Usage(format!("--constraint '{text}': {error}")))
            };
            wanted.constraints = self.constraint.iter().map(read).collect::<Result<_, _>>()?;
        }
        if !self.profile.is_empty() {
            let find = |name: &String| {
                find_profile(name).map_err(|mend| {
                    Failure::Usage(format!("--profile {name}: unknown profile; {mend}"))
                })
            };
            wanted.profiles = self.profile.iter().map(find).collect::<Result<_, _>>()?;
        }
        if let Some(name) = &self.minimise {
            let minimise = Minimise::parse(name).map_err(|mend| {
                Failure::Usage(format!("--minimise {name}: unknown objective; {mend}"))
            })?;
            if minimise == Minimise::Cost && wanted.cost.is_none() {
                return Err(Failure::Usage(
                    "--minimise cost wants prices: add `cost = { relogin = 0.5, unattended_hour = \
                     0.02 }` to [recommend], or set recommend.cost.relogin and \
                     recommend.cost.unattended_hour with --set"
                        .to_owned(),
                ));
            }
            wanted.minimise = Some(minimise);
        }
        let free = wanted.constraints.is_empty() && wanted.profiles.is_empty();
        let usual = if free { Minimise::Knee } else { Minimise::People };
        wanted.minimise = wanted.minimise.or(Some(usual));
        Ok(wanted)
    }
}

/// Today's policy.
fn today<'a>(loaded: &'a Loaded, wanted: &RecommendSpec) -> &'a PolicySpec {
    let policies = &loaded.scenario.policies;
    let named = |policy: &&PolicySpec| wanted.policy.as_ref().is_some_and(|n| *n == policy.name);
    policies.iter().find(named).unwrap_or(&policies[0])
}
