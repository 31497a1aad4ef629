//! `relogin serve`: the reference authorization server.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::Failure;
use super::describe::describe_policy;
use super::live_log::LiveLog;
use super::places;
use super::provider::secret;
use super::scenario::{Loaded, ScenarioArguments};
use super::server_settings::{
    FileClock, TokenLuck, clients, read_key, secret_in_file, without_strategies,
};
use super::terminal::Terminal;
use crate::description::{Activity, Description, Workload};
use crate::model::{Instant, Span};
use crate::scenario::{PolicySpec, SecretPlace, compile, vocabulary};
use crate::server::{
    Clock, RealClock, ScaledClock, Server, Settings, Signing, SigningKey, Witness, is_loopback,
    serve,
};
use crate::trace::Vocabulary;

/// Serve a policy as a real OpenID provider
///
/// Puts the model behind HTTP: discovery, authorization code with PKCE, a login page, refresh,
/// silent authentication, introspection, revocation and logout, with the exact timeouts and
/// lifetimes of one policy of the scenario. The first line on standard output ends with the address
/// that it listens on. It ends gracefully on SIGTERM (status 0) and Ctrl-C (130).
#[derive(Args, Debug)]
pub(super) struct Serve {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// The policy to serve; needed if the scenario has several
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9400")]
    listen: SocketAddr,
    /// Let other machines reach it: without this only loopback addresses can be listened on
    #[arg(long)]
    public: bool,
    /// The issuer: the URL that clients know it by [default: http://ADDRESS:PORT]
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    /// A clock in a file: one line, `YYYY-MM-DD hh:mm:ss[.mmm]` in UTC, read at each request
    #[arg(long, value_name = "FILE", conflicts_with = "clock_scale")]
    clock_file: Option<PathBuf>,
    /// Let so many seconds pass in each second
    #[arg(long, value_name = "N", value_parser = scale)]
    clock_scale: Option<f64>,
    /// Signing key: Ed25519 or RSA, in PKCS #8 (PEM or DER) [default: a new one at each start]
    #[arg(long, value_name = "FILE", conflicts_with = "signing")]
    key: Option<PathBuf>,
    /// How a new key signs
    #[arg(long, value_enum, default_value_t = SigningArgument::Ed25519)]
    signing: SigningArgument,
    /// Browsers remembered at most; when all are in use, logins are refused until one is over
    #[arg(long, value_name = "N", default_value = "100000")]
    max_sessions: NonZeroUsize,
    /// Everybody's password, in an environment variable [default: any password will do]
    #[arg(long, value_name = "NAME", conflicts_with = "password_file")]
    password_env: Option<String>,
    /// Everybody's password, in a file
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Write the event log: .csv, .jsonl or .parquet (also .csv.gz, .jsonl.zst…)
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Threads that answer [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SigningArgument {
    /// Ed25519 (EdDSA): small and fast
    Ed25519,
    /// RSA with SHA-256: what every OpenID client knows
    Rs256,
}

/// How the server came to its end.
enum EndedBy {
    Terminated,
    Interrupted,
}

impl Serve {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let loaded = self.scenario.load(terminal)?;
        for warning in &loaded.scenario.warnings {
            terminal.note(&format!("warning: {warning}"));
        }
        let spec = self.chosen(&loaded)?;
        let mut workload = loaded.scenario.workload.clone();
        workload.stay_open = Span::ZERO;
        let vocabulary = vocabulary(std::slice::from_ref(&spec), &workload);
        let policy = compile(&without_strategies(&spec), &vocabulary, &workload);
        self.check_address()?;

        let runtime = self.runtime()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind(self.listen));
        let listener = listener.map_err(|error| {
            Failure::Usage(format!("cannot listen on {}: {error}; see --listen", self.listen))
        })?;
        let address = listener.local_addr().context("a listener has an address")?;
        let issuer = self.issuer.clone().unwrap_or_else(|| format!("http://{address}"));
        let clock = self.clock()?;
        let begun = clock.now().map_err(Failure::Usage)?;

        let mut log = None;
        let mut witness: Option<Box<dyn Witness>> = None;
        if let Some(path) = &self.events {
            places::spare_inputs(path, "--events", self.files_read())?;
            let description = self.describe(&loaded, &spec, &vocabulary, begun);
            let (live, told) = LiveLog::begin(path, &description)?;
            log = Some(live);
            witness = Some(Box::new(told));
        }
        let seed = loaded.scenario.seed;
        let luck = TokenLuck::new(seed, &vocabulary);
        let server = Server::new(Settings {
            loopback: address.ip().is_loopback() && is_loopback(&issuer),
            issuer: issuer.clone(),
            policy,
            apis: vocabulary.apis.clone(),
            clients: clients(&self.scenario, &loaded, &vocabulary)?,
            key: self.signing_key()?,
            clock,
            max_sessions: self.max_sessions.get(),
            password: self.password()?,
            witness,
            luck: Box::new(luck),
        });
        let server = server.map_err(|error| Failure::Usage(error.to_string()))?;
        self.announce(terminal, &server, (address, &issuer), &spec)?;

        let ended_by = runtime.block_on(run(listener, Arc::clone(&server)))?;
        // Every connection is gone with the runtime, and with the last server the log's witness.
        runtime.shutdown_timeout(std::time::Duration::from_secs(1));
        let now = self.clock()?.now().unwrap_or(begun);
        drop(server);
        if let Some(log) = log {
            log.close(now)?;
        }
        match ended_by {
            EndedBy::Terminated => Ok(()),
            EndedBy::Interrupted => Err(Failure::Interrupted { written: true }),
        }
    }

    fn chosen(&self, loaded: &Loaded) -> Result<PolicySpec, Failure> {
        let policies = loaded.policies();
        let names = || {
            let names = policies.iter().map(|policy| policy.name.as_str());
            names.collect::<Vec<_>>().join(", ")
        };
        match &self.policy {
            Some(name) => policies.iter().find(|policy| policy.name == *name).ok_or_else(|| {
                Failure::Usage(format!("there is no policy {name:?}; the scenario has {}", names()))
            }),
            None if loaded.scenario.policies.len() == 1 => Ok(&policies[0]),
            None => Err(Failure::Usage(format!(
                "the scenario has several policies, and a server has one: name it with --policy \
                 ({})",
                names()
            ))),
        }
        .cloned()
    }

    fn check_address(&self) -> Result<(), Failure> {
        if self.listen.ip().is_loopback() || self.public {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "{} can be reached by other machines, and anybody who knows a user name could log in: \
             listen on 127.0.0.1, or say --public if that is meant",
            self.listen
        )))
    }

    fn runtime(&self) -> Result<tokio::runtime::Runtime, Failure> {
        let mut builder = match self.jobs.map(NonZeroUsize::get) {
            Some(1) => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        if let Some(jobs) = self.jobs {
            builder.worker_threads(jobs.get().min(256));
        }
        Ok(builder.enable_all().build().context("cannot start threads")?)
    }

    fn clock(&self) -> Result<Box<dyn Clock>, Failure> {
        Ok(match (&self.clock_file, self.clock_scale) {
            (Some(path), _) => Box::new(FileClock::new(path)),
            (None, Some(factor)) => Box::new(ScaledClock::new(factor)),
            (None, None) => Box::new(RealClock),
        })
    }

    fn signing_key(&self) -> Result<SigningKey, Failure> {
        match (&self.key, self.signing) {
            (Some(path), _) => read_key(path),
            (None, SigningArgument::Ed25519) => Ok(SigningKey::generate(Signing::Ed25519)),
            (None, SigningArgument::Rs256) => Ok(SigningKey::generate(Signing::Rs256)),
        }
    }

    fn password(&self) -> Result<Option<String>, Failure> {
        let password = match (&self.password_env, &self.password_file) {
            (Some(name), _) => {
                secret(&self.scenario, &SecretPlace::Env(name.clone()))?.expose().to_owned()
            }
            (None, Some(path)) => secret_in_file(path)?,
            (None, None) => return Ok(None),
        };
        Ok(Some(password))
    }

    fn files_read(&self) -> impl Iterator<Item = &Path> {
        let own = [&self.clock_file, &self.key, &self.password_file].into_iter().flatten();
        own.map(PathBuf::as_path).chain([self.scenario.path.as_path()])
    }

    fn describe(
        &self,
        loaded: &Loaded,
        spec: &PolicySpec,
        vocabulary: &Vocabulary,
        begun: Instant,
    ) -> Description {
        let (scenario, workload) = (&loaded.scenario, &loaded.scenario.workload);
        Description {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario: scenario.name.clone(),
            question: scenario.question.clone(),
            source: loaded.text.clone(),
            overrides: self.scenario.set.clone(),
            seed: scenario.seed,
            // How many there will be nobody knows yet; what happened stands in the log itself.
            activity: Activity {
                source: "relogin serve".to_owned(),
                classes: Vec::new(),
                records: 0,
                broken: 0,
                users: 0,
                agents: 0,
                start: begun.as_millis(),
                horizon: begun.as_millis(),
            },
            workload: Workload {
                stay_open: 0,
                warmup: 0,
                task_gap: workload.task_gap.as_millis(),
                timezone: workload.timezone.clone(),
                bucket: 60_000,
            },
            policies: vec![describe_policy(spec)],
            apps: vocabulary.apps.clone(),
            apis: vocabulary.apis.clone(),
            warnings: scenario.warnings.clone(),
            // What is asked of a server while it runs, its metrics tell.
            capacity: None,
        }
    }

    /// Says where it is. Whoever started it waits for the first line.
    fn announce(
        &self,
        terminal: &Terminal,
        server: &Server,
        (address, issuer): (SocketAddr, &str),
        spec: &PolicySpec,
    ) -> Result<(), Failure> {
        terminal.print(&format!("Listening on http://{address}\n"))?;
        let base = issuer.trim_end_matches('/');
        terminal.note(&format!("Issuer {issuer}"));
        terminal.note(&format!("Discovery {base}/.well-known/openid-configuration"));
        let apps: Vec<&str> = spec.apps.keys().map(String::as_str).collect();
        terminal.note(&format!("Policy {:?}, clients {}", spec.name, apps.join(", ")));
        let (_, most, bytes) = server.memory();
        let megabytes = (most * bytes).div_ceil(1_000_000);
        terminal.note(&format!(
            "Room for {most} sessions of about {bytes} bytes: {megabytes} MB when all are in use"
        ));
        if !address.ip().is_loopback() {
            terminal.note(
                "warning: other machines can reach this server, and it is made for tests: put TLS \
                 in front of it, set a password, and name redirect URIs",
            );
        }
        Ok(())
    }
}

/// Answers until a signal ends it.
async fn run(listener: tokio::net::TcpListener, server: Arc<Server>) -> Result<EndedBy, Failure> {
    let (by, ended_by) = tokio::sync::oneshot::channel();
    let signal = signalled().context("cannot listen for signals")?;
    let end = async move {
        let _ = by.send(signal.await);
    };
    serve(listener, server, end).await.context("cannot go on listening")?;
    // A second signal while busy connections are waited for is not needed: that takes seconds.
    Ok(ended_by.await.unwrap_or(EndedBy::Terminated))
}

/// Waits for Ctrl-C or, where there is such a thing, SIGTERM. Listening begins at once.
fn signalled() -> std::io::Result<impl Future<Output = EndedBy>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => EndedBy::Interrupted,
                _ = terminate.recv() => EndedBy::Terminated,
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
        EndedBy::Interrupted
    })
}

fn scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor > 0.0 && factor <= 1e9 => Ok(factor),
        _ => Err("a number above 0, such as 60".to_owned()),
    }
}
