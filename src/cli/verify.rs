//! `relogin verify`: whether a real provider does what its policy says.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::Failure;
use super::activity::{ReadArguments, Records, take};
use super::interrupt::Interrupt;
use super::provider::{Connected, TargetArguments};
use super::scenario::{Loaded, ScenarioArguments};
use super::terminal::Terminal;
use crate::model::{Instant, Lifetime, Policy, Span, UserId};
use crate::oidc::render_clock;
use crate::scenario::{self, PolicySpec, Source, compile, vocabulary};
use crate::simulation::{Division, Setting};
use crate::trace::Vocabulary;
use crate::verify::{
    AccessCheck, Asking, Ended, Lockstep, LockstepError, Names, Predicted, Prediction,
    ProviderClock, Reached, Verdict,
};

/// Compare a real provider with a policy, event by event
///
/// Each event of the simulation is met by the provider: its clock is set, a client does what a real
/// one would with the tokens and cookies that it holds, and what comes of it is compared with the
/// prediction. A difference ends with exit status 3.
#[derive(Args, Debug)]
pub(super) struct Verify {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    target: TargetArguments,
    /// File with the provider's clock (`YYYY-MM-DD hh:mm:ss.mmm` in UTC), which is set before each
    /// event; without it, events wait for their time
    #[arg(long, value_name = "FILE")]
    clock_file: Option<PathBuf>,
    /// Recorded activity instead of the scenario's own; may be given several times
    #[arg(long, value_name = "FILE")]
    trace: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadArguments,
    /// The policy that the provider is said to have, if the scenario has several
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// How many synthetic users, instead of the scenario's
    #[arg(long, value_name = "N")]
    users: Option<u64>,
    /// Seed of every random draw, instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Go on until so many devices met a difference
    #[arg(long, value_name = "N", default_value_t = 1)]
    max_differences: usize,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table, and each difference
    Table,
    /// The same as JSON
    Json,
}

/// The longest activity that is waited for in real time.
const MOST_REAL_TIME: Span = Span::from_mins(15);

impl Verify {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let interrupt = Interrupt::listen()?;
        let mut loaded = self.scenario.load(terminal)?;
        self.adapt(&mut loaded)?;
        for warning in &loaded.scenario.warnings {
            terminal.note(&format!("warning: {warning}"));
        }
        let spec = self.chosen(&loaded)?;
        let vocabulary = vocabulary(std::slice::from_ref(&spec), &loaded.scenario.workload);
        let connected = self.target.connect(&self.scenario, &loaded, &vocabulary)?;
        let policy = compile(&spec, &vocabulary, &loaded.scenario.workload);
        let mut tokens = policy.apps().iter().flat_map(|app| &app.tokens);
        if tokens.any(|token| matches!(token.lifetime, Lifetime::Between { .. })) {
            terminal.note(
                "warning: the policy draws access-token lifetimes from a range, and the provider \
                 draws others: between `min` and `max` they differ by luck",
            );
        }
        let taken = take(
            &self.scenario,
            &self.reading,
            &loaded,
            &self.trace,
            vocabulary.clone(),
            false,
            terminal,
        )?;
        let Records::Held(trace) = taken.records else {
            unreachable!("a stream was not asked for")
        };
        let (first, last) = trace.first().zip(trace.last()).context("an empty trace is refused")?;
        let mut clock = self.clock(first, last)?;
        let events = predict(&trace, &policy, &vocabulary, loaded.scenario.seed)?;
        let check = match loaded.scenario.provider.access_check {
            scenario::AccessCheck::Userinfo => AccessCheck::Userinfo,
            scenario::AccessCheck::Introspection => AccessCheck::Introspection,
        };
        let people = &connected.people;
        let credentials = |user: UserId| people.credentials(trace.names.user(user));
        let asking = Asking {
            policy: &policy,
            clients: &connected.clients,
            password_grants: &connected.password_grants,
            parameters: &connected.parameters,
            access_check: check,
            credentials: &credentials,
        };
        interrupt.finish_first();
        let names = Names { people: &trace.names, apps: &vocabulary.apps, apis: &vocabulary.apis };
        let run = Run { policy: &spec.name, connected: &connected, events: &events, names };
        self.compare(&run, asking, &mut clock, &interrupt, terminal)
    }

    fn compare(
        &self,
        run: &Run<'_>,
        asking: Asking<'_>,
        clock: &mut Clock,
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        let Run { policy, connected, events, names } = *run;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot start a runtime")?;
        let bar = terminal.progress("verifying", events.len() as u64, "events");
        let (issuer, settings) = (&connected.issuer, connected.settings.clone());
        if let (Some(first), Clock::File(_)) = (events.first(), &clock) {
            // The provider's own keys and caches are made at this time, not at one long after.
            clock.bring_to(first.at).map_err(|error| failure(&LockstepError::Clock(error)))?;
        }
        let most = self.max_differences.max(1);
        let compared = runtime.block_on(async {
            let fields = connected.fields.clone();
            let mut lockstep = Lockstep::begin(issuer, settings, fields, asking).await?;
            if let Some(lack) = lockstep.lacks(events) {
                return Ok(Err(Failure::Usage(lack.to_owned())));
            }
            let mut goes_on = || {
                bar.inc(1);
                !interrupt.pressed()
            };
            let ended = lockstep.run(events, most, clock, &mut goes_on).await?;
            Ok(Ok((lockstep.finish(), ended)))
        });
        bar.finish_and_clear();
        let ((tally, differences), ended) =
            compared.map_err(|error: LockstepError| failure(&error))??;
        let (tally, differences) = (&tally, &differences[..]);
        let verdict = Verdict { policy, issuer, tally, differences, ended, names };
        match self.format {
            Format::Table => terminal.print(&verdict.text())?,
            Format::Json => terminal.print(&format!("{:#}\n", verdict.json()))?,
        }
        match (differences.len(), ended) {
            (0, Ended::Interrupted) => Err(Failure::Interrupted { written: true }),
            (0, _) => Ok(()),
            (count, _) => {
                let things = if count == 1 { "difference" } else { "differences" };
                let what = format!("{count} {things}: the provider is not as the policy says");
                Err(Failure::Differs(what))
            }
        }
    }

    /// What the command line sets above the scenario.
    fn adapt(&self, loaded: &mut Loaded) -> Result<(), Failure> {
        loaded.scenario.seed = self.seed.unwrap_or(loaded.scenario.seed);
        let Some(users) = self.users else { return Ok(()) };
        match &mut loaded.scenario.workload.source {
            Source::Synthetic(population) if users > 0 && self.trace.is_empty() => {
                population.users = users;
                Ok(())
            }
            _ => Err(Failure::Usage(
                "--users is for synthetic users, at least 1: this activity is recorded".to_owned(),
            )),
        }
    }

    /// The policy that is verified.
    fn chosen(&self, loaded: &Loaded) -> Result<PolicySpec, Failure> {
        let policies = &loaded.scenario.policies;
        let names: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
        let names = names.join(", ");
        match &self.policy {
            Some(name) => {
                policies.iter().find(|policy| policy.name == *name).cloned().ok_or_else(|| {
                    Failure::Usage(format!("there is no policy {name:?}; the scenario has {names}"))
                })
            }
            None if policies.len() == 1 => Ok(policies[0].clone()),
            None => Err(Failure::Usage(format!(
                "the scenario has several policies, and a provider one: give --policy, one of {names}"
            ))),
        }
    }

    fn clock(&self, first: Instant, last: Instant) -> Result<Clock, Failure> {
        if let Some(path) = &self.clock_file {
            return Ok(Clock::File(path.clone()));
        }
        let span = last - first;
        if span > MOST_REAL_TIME {
            return Err(Failure::Usage(format!(
                "the activity lasts {span}, and without --clock-file every event waits for its time \
                 (at most {MOST_REAL_TIME}): run the provider with its clock in a file, as by \
                 faketime, and give --clock-file FILE"
            )));
        }
        let now =
            SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?;
        // Whole seconds later, so that instants keep their place within a second.
        let behind = i64::try_from(now.as_secs()).unwrap_or(i64::MAX) + 2
            - first.as_millis().div_euclid(1_000);
        Ok(Clock::Real { later: Span::from_secs(behind) })
    }
}

/// What is compared with what.
#[derive(Clone, Copy)]
struct Run<'a> {
    policy: &'a str,
    connected: &'a Connected,
    events: &'a [Predicted],
    names: Names<'a>,
}

/// The provider's time.
#[derive(Debug)]
enum Clock {
    /// In a file, replaced by rename.
    File(PathBuf),
    /// The real time, so much later than the activity's.
    Real { later: Span },
}

impl ProviderClock for Clock {
    fn bring_to(&mut self, at: Instant) -> io::Result<Reached> {
        match self {
            Self::File(path) => {
                replace(path, &render_clock(at))?;
                Ok(Reached { wait: None, seconds: Some(at.as_millis().div_euclid(1_000)) })
            }
            Self::Real { later } => {
                let due = u64::try_from((at + *later).as_millis()).map_err(io::Error::other)?;
                let wait =
                    (UNIX_EPOCH + Duration::from_millis(due)).duration_since(SystemTime::now());
                Ok(Reached { wait: wait.ok(), seconds: None })
            }
        }
    }
}

/// Writes beside and renames: a reader never sees half a line.
fn replace(path: &Path, line: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = fs::File::create(&beside)?;
    file.write_all(line.as_bytes())?;
    drop(file);
    fs::rename(&beside, path)
}

fn predict(
    trace: &crate::trace::Trace,
    policy: &Policy,
    vocabulary: &Vocabulary,
    seed: u64,
) -> Result<Vec<Predicted>, Failure> {
    let setting =
        Setting { names: &trace.names, apps: &vocabulary.apps, apis: &vocabulary.apis, seed };
    let division = Division::new(&trace.names, 1);
    let mut prediction = Prediction::new(setting, policy, &division);
    for chunk in trace.chunks() {
        prediction.advance(&chunk.context("cannot read the sorted trace back")?);
    }
    Ok(prediction.finish(trace.last().context("an empty trace is refused")?))
}

fn failure(error: &LockstepError) -> Failure {
    match error {
        LockstepError::Provider(_) => Failure::Usage(error.to_string()),
        LockstepError::Clock(_) => Failure::Usage(format!("{error}; is --clock-file right?")),
    }
}
