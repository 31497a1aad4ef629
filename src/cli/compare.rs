//! `relogin compare`: two policies over the same people, or two scenarios.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::Failure;
use super::activity::{ReadArguments, take};
use super::describe::describe;
use super::interrupt::Interrupt;
use super::outcome::default_dir;
use super::places;
use super::scenario::{Loaded, ScenarioArguments};
use super::simulate::Prepared;
use super::terminal::Terminal;
use crate::calendar::UnknownTimeZone;
use crate::compared::{Compared, Pairing, Side};
use crate::description::Description;
use crate::experiment;
use crate::model::{AppSession, Instant, Policy, Span, UserId};
use crate::projection::{Frame, Person};
use crate::report;
use crate::scenario::{PolicySpec, WorkloadSpec, compile, vocabulary};
use crate::table::PolicyTables;

mod stored;

/// Hold one policy against another, person by person
///
/// A and B are scenario files, or policies of them: FILE#POLICY, and #POLICY for B in A's file.
/// Without a name the file's first policy is meant. Or both are results that earlier runs stored
/// (summary.json, or its folder). Differences come with 95 % intervals; where the
/// activity is the same, the people are too, and what they have in common cancels.
#[derive(Args, Debug)]
pub(super) struct Compare {
    /// What is held against: a scenario file, a stored result, or FILE#POLICY
    #[arg(value_name = "A")]
    first: String,
    /// What is held against it: the same, or #POLICY of A's file
    #[arg(value_name = "B")]
    second: String,
    /// Set a value above the files': workload.stay_open=1h
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Recorded activity instead of the scenarios' own; may be given several times
    #[arg(long, value_name = "FILE")]
    trace: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadArguments,
    /// Folder for compare.md, compare.json and compare.csv [default: reports/<scenario>/compare]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Threads; the results do not depend on it [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A table for a terminal
    Table,
    /// The content of compare.md, for a pull request
    Markdown,
    /// The content of compare.json
    Json,
}

/// A policy of a scenario file, chosen.
struct Chosen {
    arguments: ScenarioArguments,
    loaded: Loaded,
    policy: PolicySpec,
}

/// Policies, replayed.
struct Replayed {
    description: Description,
    frame: Frame,
    finished: Vec<(PolicyTables, Vec<Person>)>,
}

impl Compare {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let interrupt = Interrupt::listen()?;
        let (path, first) = split(&self.first);
        let (other_path, second) = split(&self.second);
        let other_path = if other_path.is_empty() { path } else { other_path };
        let compared = match (stored::is_stored(path), stored::is_stored(other_path)) {
            (true, true) => stored::compare([(path, first), (other_path, second)])?,
            (false, false) => {
                let first = self.choose(path, first, terminal)?;
                let second = self.choose(other_path, second, terminal)?;
                differ((path, &first.policy.name), (other_path, &second.policy.name))?;
                self.compare(&first, &second, &interrupt, terminal)?
            }
            _ => {
                return Err(Failure::Usage(
                    "one is a scenario and the other a stored result; name two of a kind, or run \
                     the scenario first"
                        .to_owned(),
                ));
            }
        };
        let dir = self.out.clone();
        let dir = dir.unwrap_or_else(|| default_dir(&compared.scenario).join("compare"));
        places::writable(&dir)?;
        report::write_compared(&dir, &compared)
            .map_err(|error| Failure::Unexpected(anyhow::Error::msg(error.to_string())))?;
        match self.format {
            Format::Table => terminal.print(&report::compared_table(&compared))?,
            Format::Markdown => terminal.print(&report::compared_markdown(&compared))?,
            Format::Json => terminal.print(&report::compared_json(&compared))?,
        }
        terminal.note(&format!("Wrote {}", dir.join("compare.md").display()));
        Ok(())
    }

    fn choose(
        &self,
        path: &str,
        policy: Option<&str>,
        terminal: &Terminal,
    ) -> Result<Chosen, Failure> {
        let arguments =
            ScenarioArguments { path: Path::new(path).to_owned(), set: self.set.clone() };
        let loaded = arguments.load(terminal)?;
        let policies = loaded.policies();
        let found = match policy {
            None => policies.first(),
            Some(name) => policies.iter().find(|policy| policy.name == name),
        };
        let Some(policy) = found.cloned() else {
            let names: Vec<String> = policies.iter().map(|own| format!("`{}`", own.name)).collect();
            return Err(Failure::Usage(format!(
                "{path} has no policy `{}`; it has {}",
                policy.unwrap_or_default(),
                names.join(", ")
            )));
        };
        Ok(Chosen { arguments, loaded, policy })
    }

    /// Replays both, in one run where the activity is the same and counted alike.
    fn compare(
        &self,
        first: &Chosen,
        second: &Chosen,
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<Compared, Failure> {
        let both = [first, second].map(|chosen| chosen.policy.clone());
        let runs = if self.is_same_activity(&first.loaded, &second.loaded) {
            let stays = [first, second].map(|chosen| chosen.loaded.scenario.workload.stay_open);
            vec![self.replay(first, &both, &stays, interrupt, terminal)?]
        } else {
            let alone = |chosen: &Chosen| {
                let stays = [chosen.loaded.scenario.workload.stay_open];
                let own = std::slice::from_ref(&chosen.policy);
                self.replay(chosen, own, &stays, interrupt, terminal)
            };
            vec![alone(first)?, alone(second)?]
        };
        let (one, other) = (&runs[0], &runs[runs.len() - 1]);
        let last = other.finished.len() - 1;
        let contrast = experiment::contrast([
            experiment::Side { persons: &one.finished[0].1, frame: &one.frame },
            experiment::Side { persons: &other.finished[last].1, frame: &other.frame },
        ]);
        Ok(Compared {
            scenario: first.loaded.scenario.name.clone(),
            sides: [side(first, one, 0), side(second, other, last)],
            pairing: if contrast.is_paired { Pairing::Paired } else { Pairing::Apart },
            settings: settings(&both),
            differences: contrast.differences,
            people: contrast.people,
            classes: contrast.classes,
        })
    }

    /// Whether both scenarios have the same activity, counted alike.
    fn is_same_activity(&self, first: &Loaded, second: &Loaded) -> bool {
        let counted = |workload: &WorkloadSpec| {
            let source = self.trace.is_empty().then(|| workload.source.clone());
            (
                source,
                workload.warmup,
                workload.task_gap,
                workload.timezone.clone(),
                workload.default_app.clone(),
            )
        };
        let (one, other) = (&first.scenario, &second.scenario);
        counted(&one.workload) == counted(&other.workload) && one.seed == other.seed
    }

    fn replay(
        &self,
        chosen: &Chosen,
        specs: &[PolicySpec],
        stay_open: &[Span],
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<Replayed, Failure> {
        let loaded = &chosen.loaded;
        let workload = &loaded.scenario.workload;
        let vocabulary = vocabulary(specs, workload);
        let compiled = specs.iter().zip(stay_open).map(|(spec, &stay_open)| {
            compile(spec, &vocabulary, &WorkloadSpec { stay_open, ..workload.clone() })
        });
        let policies: Vec<Policy> = compiled.collect();
        let names = vocabulary.clone();
        let mut taken =
            take(&chosen.arguments, &self.reading, loaded, &self.trace, names, false, terminal)?;
        let description =
            describe(loaded, &self.set, specs, &vocabulary, &taken, Span::from_mins(1));
        let names = taken.records.names();
        let users = (0..names.users()).map(|user| names.user(UserId::new(user)));
        let frame = Frame::new(&description, users)
            .map_err(|error: UnknownTimeZone| Failure::Usage(error.to_string()))?;
        let run = Prepared {
            apps: &vocabulary.apps,
            apis: &vocabulary.apis,
            seed: loaded.scenario.seed,
            policies: &policies,
            frame: &frame,
        };
        let happened = run.simulate(&mut taken.records, None, self.jobs, interrupt, terminal)?;
        let happened = happened.context("activity in memory is a whole")?;
        if happened.partial.is_some() {
            return Err(Failure::Interrupted { written: false });
        }
        let start = Instant::from_millis(description.activity.start);
        let finish = |(spec, projection): (&PolicySpec, crate::projection::Projection)| {
            projection.finish(&frame, &spec.name, spec.baseline, start, happened.horizon)
        };
        let finished = specs.iter().zip(happened.projections).map(finish).collect();
        Ok(Replayed { description, frame, finished })
    }
}

/// Both sides must not be the same.
fn differ(first: (&str, &str), second: (&str, &str)) -> Result<(), Failure> {
    let (path, policy) = first;
    if first != second {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "both are the policy `{policy}` of {path}; name another one: #POLICY"
    )))
}

/// `FILE#POLICY`: the file and the policy, if one is named.
fn split(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once('#') {
        // A file whose own name has the sign.
        Some(_) if Path::new(text).is_file() => (text, None),
        Some((path, policy)) => (path, Some(policy)),
        None => (text, None),
    }
}

fn side(chosen: &Chosen, run: &Replayed, place: usize) -> Side {
    let Description { seed, activity, workload, .. } = &run.description;
    Side {
        scenario: chosen.loaded.scenario.name.clone(),
        activity: activity.source.clone(),
        users: activity.users,
        records: activity.records,
        ends: (activity.start, activity.horizon),
        seed: *seed,
        timezone: workload.timezone.clone(),
        tables: run.finished[place].0.clone(),
    }
}

/// The settings that differ between two policies and have an effect, in the order of the first.
fn settings(both: &[PolicySpec; 2]) -> Vec<(String, [Option<String>; 2])> {
    let mut keys: Vec<&String> = Vec::new();
    for (key, ..) in both.iter().flat_map(|policy| &policy.settings) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let of = |policy: &PolicySpec, key: &String| {
        let found = policy.settings.iter().find(|(own, ..)| own == key);
        found.map(|(_, value, _)| value.clone())
    };
    let effective = keys.into_iter().filter(|key| both.iter().any(|own| has_effect(own, key)));
    let pairs = effective.map(|key| (key.clone(), both.each_ref().map(|own| of(own, key))));
    pairs.filter(|(_, [one, other])| one != other).collect()
}

/// Whether a setting can have an effect under a policy: an ID token's lifetime only where an app
/// ties its session to it (SPEC 2), a browser lifetime only where tokens come through the browser.
fn has_effect(policy: &PolicySpec, key: &str) -> bool {
    let mut apps = policy.apps.values();
    match key.rsplit('.').next() {
        Some("id_token_lifetime") => apps.any(|app| app.session == AppSession::IdToken),
        Some("access_token_lifetime_browser") => apps.any(|app| app.browser_flow),
        _ => true,
    }
}
