//! `relogin sweep`: one policy with many values of its settings.

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
use crate::report::{self, ReportError};
use crate::scenario::{AxisSpec, Constraint, Variants};
use crate::swept::{self, Figure};
use crate::table::{PolicyTables, Value};

pub(super) mod axes;
mod curve;

use axes::Axes;

/// Replay one policy with many values of its settings
///
/// Varies the settings that [sweep] in the scenario or --axis names, and writes sweep.csv,
/// sweep.json, charts and report.html: what each value costs people, and what it asks of the
/// identity provider. The current setting is always among the points.
#[derive(Args, Debug)]
pub(super) struct Sweep {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// Vary a setting of the policy, or of the workload, above the file's axes:
    /// session.idle_timeout=15m,30m,1h or =5m..8h/12 (`log` or `linear`) or =auto/12
    #[arg(long, value_name = "KEY=VALUES")]
    axis: Vec<String>,
    /// Leave points out where this does not hold, beside the file's `where`:
    /// "session.idle_timeout <= session.absolute_timeout"
    #[arg(long = "where", value_name = "COMPARISON")]
    constraint: Vec<String>,
    /// The policy to vary, instead of the file's
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Recorded activity instead of the scenario's own; may be given several times, and is then
    /// read as one
    #[arg(long, value_name = "FILE")]
    trace: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadArguments,
    /// Folder for the report, charts and tables [default: reports/<scenario>/sweep]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = SweepFormat::Table)]
    format: SweepFormat,
    /// Seed of every random draw, instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads; the results do not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SweepFormat {
    /// A table of points
    Table,
    /// The content of sweep.json
    Json,
}

/// What is varied, and what must hold.
struct Asked {
    axes: Vec<AxisSpec>,
    constraints: Vec<Constraint>,
}

/// The setting whose whole curve a count of gaps gives.
const IDLE_TIMEOUT: &str = "session.idle_timeout";

impl Sweep {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let interrupt = Interrupt::listen()?;
        let mut loaded = self.scenario.load(terminal)?;
        loaded.scenario.seed = self.seed.unwrap_or(loaded.scenario.seed);
        for warning in &loaded.scenario.warnings {
            terminal.note(&format!("warning: {warning}"));
        }
        let asked = self.asked(&loaded)?;
        let dir = self.out.clone();
        let dir = dir.unwrap_or_else(|| default_dir(&loaded.scenario.name).join("sweep"));
        places::writable(&dir)?;
        let variants = self.variants(&loaded, terminal)?;
        let means = Means {
            arguments: &self.scenario,
            reading: &self.reading,
            traces: &self.trace,
            jobs: self.jobs,
            interrupt: &interrupt,
            terminal,
        };
        let mut evaluator = Evaluator::new(means, &loaded);
        let sweep = replay(&mut evaluator, &variants, asked, &interrupt, terminal)?;
        report::write_sweep(&dir, &sweep).map_err(|error| match error {
            ReportError::Folder { .. } => Failure::Usage(error.to_string()),
            _ => Failure::Unexpected(anyhow::Error::msg(error.to_string())),
        })?;
        match self.format {
            SweepFormat::Json => terminal.print(&report::sweep_json(&sweep))?,
            SweepFormat::Table => {
                let (width, colors) = (terminal.width(), terminal.colors_results());
                terminal.print(&report::sweep_table(&sweep, width, colors))?;
            }
        }
        terminal.note(&format!("Wrote {}", dir.join("report.html").display()));
        match sweep.partial {
            Some(_) => Err(Failure::Interrupted { written: true }),
            None => Ok(()),
        }
    }

    /// The axes and constraints of the file and of the command line, which is above it.
    fn asked(&self, loaded: &Loaded) -> Result<Asked, Failure> {
        let spec = loaded.scenario.sweep.clone();
        let (mut axes, mut constraints) = (spec.axes, spec.constraints);
        for text in &self.axis {
            let axis = AxisSpec::parse(text)
                .map_err(|why| Failure::Usage(format!("--axis {text}: {why}")))?;
            match axes.iter_mut().find(|own| own.key == axis.key) {
                Some(own) => *own = axis,
                None => axes.push(axis),
            }
        }
        for text in &self.constraint {
            constraints.push(
                Constraint::parse(text).map_err(|why| Failure::Usage(format!("--where: {why}")))?,
            );
        }
        if axes.is_empty() {
            return Err(Failure::Usage(
                "nothing to vary: give --axis session.idle_timeout=15m,30m,1h, or [sweep.axes] in \
                 the scenario"
                    .to_owned(),
            ));
        }
        Ok(Asked { axes, constraints })
    }

    fn variants(&self, loaded: &Loaded, terminal: &Terminal) -> Result<Variants, Failure> {
        let mut set = self.scenario.set.clone();
        set.extend(self.seed.map(|seed| format!("scenario.seed={seed}")));
        let policy = self.policy.as_deref().or(loaded.scenario.sweep.policy.as_deref());
        let name = self.scenario.path.display().to_string();
        Variants::read(&name, &loaded.text, &set, policy)
            .map_err(|errors| Failure::Usage(errors.render(terminal.colors_errors())))
    }
}

/// Every point, replayed; the current setting first.
fn replay(
    evaluator: &mut Evaluator<'_>,
    variants: &Variants,
    asked: Asked,
    interrupt: &Interrupt,
    terminal: &Terminal,
) -> Result<swept::Sweep, Failure> {
    let wrong = |errors: crate::scenario::ScenarioErrors| {
        Failure::Usage(errors.render(terminal.colors_errors()))
    };
    let base = variants.with(&[]).map_err(wrong)?;
    let current: Vec<Option<String>> =
        asked.axes.iter().map(|axis| base.value(&axis.key)).collect();
    let base = evaluator.point(base.scenario().map_err(wrong)?);
    let about = evaluator.describe(&base)?;
    let has_idle = asked.axes.iter().any(|axis| axis.key == IDLE_TIMEOUT);
    let gaps = match has_idle || asked.axes.iter().any(axes::is_auto) {
        true => Some(evaluator.gaps(&base)?),
        false => None,
    };
    let axes = Axes::new(asked.axes, &current, gaps.as_ref().map(|(gaps, _)| gaps))?;
    let mut told = axes.points(evaluator, variants, &asked.constraints, base, terminal)?;
    if told.without_effect > 0 {
        let (count, all) = (told.without_effect, told.points.len());
        terminal.note(&format!(
            "warning: {count} of {all} points have settings without an effect, for one:\n  {}",
            told.warning
        ));
    }

    interrupt.finish_first();
    let points: Vec<Point> = told.points.iter_mut().filter_map(|(_, point)| point.take()).collect();
    let bar = terminal.progress("replaying", points.len() as u64, "points");
    let tables = evaluator.evaluate(&points, &mut |done| bar.inc(done as u64))?;
    bar.finish_and_clear();
    let Some(figures) = tables.iter().flatten().next().map(figures) else {
        return Err(Failure::Interrupted { written: false });
    };
    let mut done = Vec::with_capacity(points.len());
    for ((place, _), tables) in told.points.into_iter().zip(&tables) {
        done.extend(tables.as_ref().map(|own| swept::Point { place, values: values(own) }));
    }
    let unfinished = (points.len() - done.len()) as u64;
    let mut sweep = swept::Sweep {
        about,
        axes: axes.told,
        metrics: figures,
        points: done,
        constraints: asked.constraints.iter().map(ToString::to_string).collect(),
        left_out: told.left_out,
        unfinished,
        curve: None,
        partial: (unfinished > 0).then(|| {
            format!(
                "interrupted after {} of {} points",
                points.len() as u64 - unfinished,
                points.len()
            )
        }),
    };
    if let Some((gaps, exact)) = gaps.filter(|_| has_idle) {
        sweep.curve = curve::of(&gaps, exact, &sweep);
    }
    Ok(sweep)
}

fn figures(tables: &PolicyTables) -> Vec<Figure> {
    let figure = |metric: &crate::table::Metric| Figure {
        name: metric.name,
        unit: metric.unit,
        is_count: matches!(metric.value, Value::Count(_)),
    };
    tables.metrics.iter().map(figure).collect()
}

/// By figure; those of access tokens that never end are infinite, which SPEC 7 leaves out of its
/// mean and maximum.
fn values(tables: &PolicyTables) -> Vec<f64> {
    let endless =
        |name: &str| tables.endless_access_tokens > 0 && name.starts_with("access_token.");
    let value = |metric: &crate::table::Metric| match metric.value {
        _ if endless(metric.name) => f64::INFINITY,
        Value::Count(count) => count as f64,
        Value::Number(number) => number,
        _ => f64::NAN,
    };
    tables.metrics.iter().map(value).collect()
}
