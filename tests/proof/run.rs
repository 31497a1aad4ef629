//! One run of `relogin verify` against a server that stands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use relogin::model::{Instant, Policy};
use relogin::scenario::{Scenario, compile, parse, vocabulary};
use serde_json::Value;

use super::activity::{Plan, trace};

/// Where a run keeps its files.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
    /// What the last run was asked, for another with something changed.
    trace: PathBuf,
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The first instant of every activity: long ago, so that nothing takes the real clock by mistake.
pub(crate) const START: i64 = 1_700_000_000_000;

impl Bench {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let trace = folder.path().join("trace.csv");
        let bench = Self { folder, trace };
        // Servers start with a clock that stands where the activity begins.
        fs::write(bench.clock(), "2023-11-14 22:13:20.000\n").expect("a clock");
        bench
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn clock(&self) -> PathBuf {
        self.folder.path().join("clock")
    }

    /// Makes up activity for a policy of `scenario`.
    pub(crate) fn plan(&self, scenario: &Path, policy: &str, plan: Plan, seed: u64) -> usize {
        let (compiled, apps) = compiled(scenario, policy);
        let start = Instant::from_millis(START);
        let (csv, on_boundaries) = trace(plan, &compiled, &apps, start, seed);
        fs::write(&self.trace, csv).expect("a trace");
        on_boundaries
    }

    /// Uses an activity of one's own.
    pub(crate) fn record(&self, csv: &str) {
        fs::write(&self.trace, csv).expect("a trace");
    }

    /// Verifies the planned activity.
    pub(crate) fn verify(
        &self,
        scenario: &Path,
        policy: &str,
        issuer: &str,
        more: &[&str],
    ) -> Verified {
        let clock = self.clock();
        let clock = clock.to_str().expect("UTF-8");
        self.verify_by(scenario, policy, issuer, &[&["--clock-file", clock], more].concat())
    }

    /// The same by the clock that `more` says, or else the real one.
    pub(crate) fn verify_by(
        &self,
        scenario: &Path,
        policy: &str,
        issuer: &str,
        more: &[&str],
    ) -> Verified {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relogin"));
        command.arg("verify").arg(scenario).args(["--policy", policy, "--target", issuer]);
        command.arg("--trace").arg(&self.trace).args(more);
        command.env("PROOF_SECRET", SECRET).env("PROOF_PASSWORD", "pw-{user}");
        command.env("PROOF_NAME_AS_PASSWORD", "{user}");
        let output = command.stdin(Stdio::null()).output().expect("the program starts");
        if output.status.code() != Some(0) {
            // Shown where the test fails: what the server had to say.
            let said = fs::read_to_string(self.folder.path().join("server.log"));
            let said = said.unwrap_or_default();
            let last = said.len().saturating_sub(4_000);
            eprintln!("the server said at last: {}", said.get(last..).unwrap_or_default());
        }
        Verified {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// The secret of the servers' confidential clients.
pub(crate) const SECRET: &str = "proof-of-a-client-that-is-confidential";

/// A policy of a scenario, compiled, and its apps.
pub(crate) fn compiled(path: &Path, policy: &str) -> (Policy, Vec<String>) {
    let scenario = read(path);
    let spec = scenario.policies.iter().find(|spec| spec.name == policy).expect(policy).clone();
    let names = vocabulary(std::slice::from_ref(&spec), &scenario.workload);
    (compile(&spec, &names, &scenario.workload), names.apps)
}

fn read(path: &Path) -> Scenario {
    let text = fs::read_to_string(path).expect("a scenario");
    parse(&path.display().to_string(), &text, &[])
        .unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

impl Verified {
    /// Fails unless nothing differed; prints a row of the table.
    #[track_caller]
    #[allow(clippy::print_stdout, reason = "the table is what a proof is run for")]
    pub(crate) fn is_zero(&self, server: &str, policy: &str, on_boundaries: usize) -> u64 {
        assert_eq!(self.status, Some(0), "{server}, {policy}:\n{}\n{}", self.stdout, self.stderr);
        let told: Value = serde_json::from_str(&self.stdout).expect("JSON");
        let row = |name: &str| {
            let counts = &told["rows"][name];
            assert_eq!(counts["predicted"], counts["observed"], "{name}");
            assert_eq!(counts["differences"].as_u64().unwrap_or(0), 0, "{name}");
            counts["observed"].as_u64().unwrap_or(0)
        };
        let uses = row("uses");
        let kinds = [
            "outcome.valid",
            "outcome.refresh",
            "outcome.silent",
            "outcome.login",
            "requests.failed",
        ];
        let counts: Vec<String> = kinds.iter().map(|kind| row(kind).to_string()).collect();
        for kind in ["outcome.valid", "outcome.silent", "outcome.login"] {
            assert!(row(kind) > 20, "{server}, {policy}: hardly any {kind}: {}", self.stdout);
        }
        println!("| {server} | {policy} | {uses} | {on_boundaries} | {} | 0 |", counts.join(" | "));
        uses
    }
}
