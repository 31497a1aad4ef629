//! `relogin diff`: two stored results, figure by figure.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Failure;
use super::files::NewFile;
use super::gates::put;
use super::places;
use super::stored::{read, summary};
use super::terminal::Terminal;
use crate::change::{Tolerance, Tolerances, compare};
use crate::report::{ChangeReport, junit};
use crate::table::METRICS;
use crate::table::Measure;

/// Compare two stored results: what changed, and whether for the worse
///
/// Every figure of every policy in both summaries, with its change, and where both have intervals
/// whether they overlap. Ends with exit status 3 if something got worse under a policy that is no
/// baseline: more re-logins, requests, sessions, unattended hours, or longer-lived tokens. The same
/// scenario, activity and version give the same figures, so that by default nothing is tolerated.
#[derive(Args, Debug)]
pub(super) struct Diff {
    /// The result before: summary.json, or a folder that holds one
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The result now
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// What may change: 5% of any figure, or of one (relogins=5%, relogins=3); may be given several
    /// times [default: 0%]
    #[arg(long, value_name = "[FIGURE=]N%", value_parser = tolerance)]
    tolerance: Vec<(Option<String>, Tolerance)>,
    /// Fail on any change beyond its tolerance, for the better too, and on policies that only one of
    /// both has
    #[arg(long)]
    any_change: bool,
    /// Fail only where the 95 % intervals of both lie apart, as far as there are any; relogin compare,
    /// which pairs people, tells smaller differences apart
    #[arg(long)]
    beyond_noise: bool,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write a JUnit test case for each figure
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A table of what changed
    Text,
    /// The same for a pull request
    Markdown,
    /// The same for a program
    Json,
}

impl Diff {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let (old_path, new_path) = (summary(&self.old), summary(&self.new));
        let (old, new) = (read(&old_path)?, read(&new_path)?);
        let mut tolerances = Tolerances::default();
        for (figure, tolerance) in &self.tolerance {
            match (figure, tolerance) {
                (Some(figure), tolerance) => {
                    tolerances.own.insert(figure.clone(), *tolerance);
                }
                (None, Tolerance::Share(share)) => tolerances.share = *share,
                (None, Tolerance::Absolute(_)) => {}
            }
        }
        let comparison = compare(&old, &new, &tolerances);
        for told in comparison.notes.iter().chain(&comparison.missing) {
            terminal.note(&format!("note: {told}"));
        }
        if comparison.changes.is_empty() {
            return Err(Failure::Data(format!(
                "{} and {} have no policy in common; compare results of one scenario",
                old_path.display(),
                new_path.display()
            )));
        }
        let (any_change, beyond_noise) = (self.any_change, self.beyond_noise);
        let compared = ChangeReport { comparison: &comparison, any_change, beyond_noise };
        if let Some(path) = &self.junit {
            places::spare_inputs(path, "--junit", [old_path.as_path(), new_path.as_path()])?;
            let name = format!("diff of {}", new.scenario);
            put(NewFile::begin(path)?, &junit(&name, &compared.cases()))?;
        }
        terminal.print(&match self.format {
            Format::Text => compared.text(),
            Format::Markdown => compared.markdown(),
            Format::Json => compared.json(),
        })?;
        let failures = compared.failures();
        match (failures.is_empty(), any_change) {
            (true, _) => Ok(()),
            (false, any) => {
                let head = if any { "it changed" } else { "it got worse" };
                Err(Failure::Differs(format!("{head}:\n  {}", failures.join("\n  "))))
            }
        }
    }
}

/// `5%`, `relogins=5%`, `relogins=3`.
fn tolerance(text: &str) -> Result<(Option<String>, Tolerance), String> {
    let (figure, amount) = match text.split_once('=') {
        Some((figure, amount)) => (Some(figure.trim()), amount.trim()),
        None => (None, text.trim()),
    };
    if let Some(figure) = figure.filter(|figure| Measure::named(figure).is_none()) {
        let near = METRICS.iter().min_by_key(|own| strsim::damerau_levenshtein(own.name, figure));
        let near = near.map_or("", |near| near.name);
        return Err(format!("no figure `{figure}`; the nearest is `{near}`"));
    }
    let number = |text: &str| {
        let number = text.trim_end().parse::<f64>().ok();
        number.filter(|number| number.is_finite() && *number >= 0.0)
    };
    let tolerance = match amount.strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| Tolerance::Share(percent / 100.0)),
        None if figure.is_some() => number(amount).map(Tolerance::Absolute),
        None => return Err("a tolerance of every figure is in percent: `5%`".to_owned()),
    };
    let tolerance = tolerance.ok_or_else(|| format!("`{amount}` is no tolerance: write `5%`"))?;
    Ok((figure.map(str::to_owned), tolerance))
}
