//! `relogin load`: the predicted requests, put on a real provider.

mod plan;
mod test;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::Failure;
use super::activity::{ReadArguments, Records, take};
use super::interrupt::Interrupt;
use super::outcome::default_dir;
use super::places;
use super::provider::{Connected, TargetArguments};
use super::scenario::{Loaded, ScenarioArguments};
use super::terminal::Terminal;
use crate::client::flows::discover;
use crate::client::transport::Transport;
use crate::load::{
    AppClient, Ceilings, Kind, LoadError, Parties, Predicted, Thresholds, TimeThreshold,
};
use crate::measured::LoadTest;
use crate::model::{Policy, Span};
use crate::oidc::Metadata;
use crate::report::{self, ReportError};
use crate::scenario::{LoadSpec, PolicySpec, compile, parse_duration, vocabulary};
use crate::simulation::Setting;
use crate::trace::{Names, Trace, Vocabulary};

/// Put the predicted requests on a real provider and measure it
///
/// Virtual users do what the simulation says, when it says it: they log in through the provider's
/// form, exchange codes, refresh, authenticate silently and log out. The schedule runs in real time
/// unless --speed, --hold-peak or --ramp say otherwise. Nothing waits for the server: response times
/// are from the intended start. Writes load.json, seconds.csv, HdrHistogram's files, charts and
/// report.html. A broken threshold ends with exit status 3.
#[derive(Args, Debug)]
pub(super) struct Load {
    #[command(flatten)]
    scenario: ScenarioArguments,
    #[command(flatten)]
    target: TargetArguments,
    #[command(flatten)]
    mode: ModeArguments,
    #[command(flatten)]
    limits: LimitArguments,
    /// The policy whose requests are sent [default: `load.policy`, or the scenario's only one]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Recorded activity instead of the scenario's own; may be given several times
    #[arg(long, value_name = "FILE")]
    trace: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadArguments,
    /// Folder for the report [default: reports/<scenario>-load]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Seed of every random draw, instead of the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads that send; one sends more than ten thousand requests a second
    #[arg(long, value_name = "N", default_value = "1")]
    jobs: NonZeroUsize,
}

/// What is put on the provider.
#[derive(Args, Debug)]
#[group(skip)]
struct ModeArguments {
    /// How many simulated seconds pass in one
    #[arg(long, value_name = "N", value_parser = factor, conflicts_with_all = ["hold_peak", "ramp"])]
    speed: Option<f64>,
    /// The provider's clock goes as fast as --speed: sessions and tokens end as predicted, and
    /// virtual users keep theirs until then
    #[arg(long, requires = "speed")]
    provider_clock_goes_along: bool,
    /// How much of the beginning is left out
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    from: Option<Span>,
    /// How much simulated time the test covers
    #[arg(long = "for", value_name = "DURATION", value_parser = positive)]
    length: Option<Span>,
    /// Hold the predicted peak so long, at a constant arrival rate and with its mix
    #[arg(long, value_name = "DURATION", value_parser = positive, conflicts_with = "ramp")]
    hold_peak: Option<Span>,
    /// Look for the highest rate that is held: up until a threshold breaks, then halving
    #[arg(long)]
    ramp: bool,
    /// Arrivals a second, instead of the peak's; with --ramp where it begins
    #[arg(long, value_name = "N", value_parser = factor)]
    rate: Option<f64>,
    /// Which stretch of the prediction is its peak
    #[arg(long, value_enum, default_value_t = Stretch::Minute)]
    peak: Stretch,
    /// How arrivals of a constant rate are apart
    #[arg(long, value_enum, default_value_t = Apart::Poisson)]
    spacing: Apart,
    /// Send only this kind; may be given several times
    #[arg(long, value_enum, value_name = "KIND")]
    only: Vec<OnlyKind>,
    /// How many virtual users a constant rate has [default: two for each arrival a second, at least
    /// as many as the scenario has, up to 1000]
    #[arg(long, value_name = "N")]
    virtual_users: Option<NonZeroUsize>,
    /// How long each step of --ramp takes
    #[arg(long, value_name = "DURATION", value_parser = positive, default_value = "10s")]
    step: Span,
    /// How near to each other the two rates must be between which --ramp finds the limit, percent
    #[arg(long, value_name = "PERCENT", value_parser = factor, default_value = "5")]
    precision: f64,
}

/// How much is sent at most.
#[derive(Args, Debug)]
#[group(skip)]
struct LimitArguments {
    /// Ceiling of requests a second [default: 1000; 20000 on this machine]
    #[arg(long, value_name = "N", value_parser = factor)]
    max_rate: Option<f64>,
    /// Ceiling of the test's length
    #[arg(long, value_name = "DURATION", value_parser = positive, default_value = "10m")]
    max_time: Span,
    /// So many may be under way at once; what is due beyond is dropped and counted
    #[arg(long, value_name = "N", default_value = "10000")]
    max_in_flight: NonZeroUsize,
    /// Connections to the provider at most
    #[arg(long, value_name = "N", default_value = "256")]
    connections: NonZeroUsize,
    /// So long may one HTTP request take
    #[arg(long, value_name = "DURATION", value_parser = positive, default_value = "30s")]
    timeout: Span,
    /// Starts later than this are counted as late
    #[arg(long, value_name = "DURATION", value_parser = positive, default_value = "10ms")]
    late_after: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table of the kinds, and what went wrong
    Table,
    /// The content of load.json
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Stretch {
    /// The fullest second
    Second,
    /// The fullest minute
    Minute,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Apart {
    /// Independent of each other, as many people are
    Poisson,
    /// All alike
    Even,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OnlyKind {
    Login,
    Silent,
    Refresh,
    Failed,
    Introspection,
    Logout,
}

/// The ceiling on another machine, and on this one.
const MAX_RATES: [f64; 2] = [1_000.0, 20_000.0];

impl Load {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let interrupt = Interrupt::listen()?;
        let mut loaded = self.scenario.load(terminal)?;
        loaded.scenario.seed = self.seed.unwrap_or(loaded.scenario.seed);
        for warning in &loaded.scenario.warnings {
            terminal.note(&format!("warning: {warning}"));
        }
        let spec = self.chosen(&loaded)?;
        let vocabulary = vocabulary(std::slice::from_ref(&spec), &loaded.scenario.workload);
        let mut connected = self.target.connect(&self.scenario, &loaded, &vocabulary)?;
        connected.settings.request_timeout = duration(self.limits.timeout);
        let connections = self.limits.connections.get().div_ceil(self.jobs.get());
        connected.settings.connections = connections;
        let policy = compile(&spec, &vocabulary, &loaded.scenario.workload);
        let dir = self.out.clone().unwrap_or_else(|| {
            let name = format!("{}-load", loaded.scenario.name);
            default_dir(&name)
        });
        places::writable(&dir)?;
        let trace = self.activity(&loaded, &vocabulary, terminal)?;
        let seed = loaded.scenario.seed;
        let setting =
            Setting { names: &trace.names, apps: &vocabulary.apps, apis: &vocabulary.apis, seed };
        let mut predicted = Predicted::of(&trace, &policy, setting).map_err(failure)?;
        let warmup = predicted.start + loaded.scenario.workload.warmup;
        plan::keep(&mut predicted, &self.kinds());
        // What would be too much is told before anything is sent.
        let plan =
            self.mode.plan(&predicted, warmup, seed, self.jobs.get(), self.ceilings(&connected))?;
        let metadata = metadata(&connected)?;
        let (plan, notes) = plan.without_what_is_lacking(&metadata, &policy)?;
        let parties = parties(&connected, &policy, &trace.names);
        // The test itself needs neither, and memory is what virtual users take.
        drop((predicted, trace));
        interrupt.finish_first();
        let thresholds = thresholds(&loaded.scenario.load);
        let made = test::Test {
            arguments: self,
            connected: &connected,
            metadata,
            parties: Arc::new(parties),
            thresholds,
            interrupt: &interrupt,
            terminal,
        };
        let (mut test, histograms) = made.run(plan)?;
        test.version = env!("CARGO_PKG_VERSION").to_owned();
        test.scenario.clone_from(&loaded.scenario.name);
        test.policy.clone_from(&spec.name);
        test.target.clone_from(&connected.issuer);
        test.seed = seed;
        test.notes.extend(notes);
        self.present(&dir, &test, &histograms, terminal)
    }

    /// Writes every file, shows the result, and tells whether it is as it should be.
    fn present(
        &self,
        dir: &std::path::Path,
        test: &LoadTest,
        histograms: &[(String, Vec<u8>)],
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        report::write_load(dir, test, histograms).map_err(|error| match error {
            ReportError::Folder { .. } => Failure::Usage(error.to_string()),
            _ => Failure::Unexpected(anyhow::Error::msg(error.to_string())),
        })?;
        match self.format {
            Format::Json => terminal.print(&report::load_json(test))?,
            Format::Table => {
                terminal.print(&report::load_table(test, terminal.colors_results()))?
            }
        }
        terminal.note(&format!("Wrote {}", dir.join("report.html").display()));
        if test.partial.is_some() {
            return Err(Failure::Interrupted { written: true });
        }
        let broken = test.thresholds.iter().filter(|threshold| !threshold.held);
        let told = broken.map(|broken| {
            let sign = if broken.name == "achieved" { ">=" } else { "<=" };
            format!("{} is {}, and must be {sign} {}", broken.name, broken.measured, broken.limit)
        });
        Failure::broken(&told.collect::<Vec<_>>(), test.thresholds.len())
    }

    fn activity(
        &self,
        loaded: &Loaded,
        vocabulary: &Vocabulary,
        terminal: &Terminal,
    ) -> Result<Trace, Failure> {
        let (scenario, vocabulary) = (&self.scenario, vocabulary.clone());
        let taken =
            take(scenario, &self.reading, loaded, &self.trace, vocabulary, false, terminal)?;
        match taken.records {
            Records::Held(trace) => Ok(trace),
            Records::Streamed(_) => unreachable!("a stream was not asked for"),
        }
    }

    /// The policy whose requests are sent.
    fn chosen(&self, loaded: &Loaded) -> Result<PolicySpec, Failure> {
        let policies = &loaded.scenario.policies;
        let names: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
        let names = names.join(", ");
        match self.policy.as_ref().or(loaded.scenario.load.policy.as_ref()) {
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

    fn kinds(&self) -> Vec<Kind> {
        let kind = |only: &OnlyKind| Kind::ALL[*only as usize];
        match self.mode.only.is_empty() {
            true => Kind::ALL.to_vec(),
            false => self.mode.only.iter().map(kind).collect(),
        }
    }

    fn ceilings(&self, connected: &Connected) -> Ceilings {
        let usual = MAX_RATES[usize::from(connected.is_here)];
        let rate = self.limits.max_rate.unwrap_or(usual);
        Ceilings { rate, time: duration(self.limits.max_time) }
    }
}

/// What the provider says of itself.
fn metadata(connected: &Connected) -> Result<Metadata, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot start a runtime")?;
    runtime.block_on(async {
        let transport = Transport::new(connected.settings.clone());
        let metadata = discover(&transport, &connected.issuer).await;
        metadata.map_err(|error| Failure::Usage(error.to_string()))
    })
}

fn parties(connected: &Connected, policy: &Policy, names: &Names) -> Parties {
    let clients = connected.clients.iter().zip(&connected.password_grants).zip(policy.apps());
    let clients = clients.map(|((client, password_grant), app)| AppClient {
        client: client.clone(),
        password_grant: *password_grant,
        logout: app.logout,
    });
    let agents = (0..names.agents()).map(crate::model::AgentId::new);
    // The template itself, with the place for the name still in it.
    let template = connected.people.credentials("{user}");
    Parties {
        clients: clients.collect(),
        apis: connected.parameters.clone(),
        names: agents.map(|agent| names.user(names.user_of(agent)).into()).collect(),
        user: template.user,
        password: template.password,
    }
}

fn thresholds(spec: &LoadSpec) -> Thresholds {
    let quantile = |name: &str| match name {
        "p50" => 0.5,
        "p90" => 0.9,
        "p95" => 0.95,
        "p99" => 0.99,
        "p999" => 0.999,
        _ => 1.0,
    };
    let times = spec.times.iter().map(|(kind, name, limit)| TimeThreshold {
        kind: Kind::from_word(kind),
        name,
        quantile: quantile(name),
        limit: duration(*limit),
    });
    Thresholds { errors: spec.errors, achieved: spec.achieved, times: times.collect() }
}

/// Whose fault it is that there is no test.
fn failure(error: LoadError) -> Failure {
    match error {
        LoadError::Nothing | LoadError::Ceiling(_) => Failure::Usage(error.to_string()),
        LoadError::Trace(_) | LoadError::System(_) => Failure::Unexpected(error.into()),
    }
}

fn duration(span: Span) -> Duration {
    Duration::from_millis(span.as_millis().max(0) as u64)
}

fn positive(text: &str) -> Result<Span, String> {
    let span = parse_duration(text)?;
    if span > Span::ZERO {
        Ok(span)
    } else {
        Err("write a duration above zero: 30s, 5m".to_owned())
    }
}

fn factor(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("{text:?} is not a number"))?;
    match number.is_finite() && number > 0.0 && number <= 1e9 {
        true => Ok(number),
        false => Err("write a number above 0, at most 1e9".to_owned()),
    }
}
