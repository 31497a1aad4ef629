//! relogin's own server: the same model behind HTTP, with milliseconds.

use std::path::PathBuf;
use std::process::Command;

use super::activity::Plan;
use super::root;
use super::run::{Bench, SECRET};
use super::server::{Server, free_port};

const PEOPLE: &[&str] = &["ann", "bob", "chloé", "d+e@example.test", "eve"];

fn scenario() -> PathBuf {
    root().join("tests/proof/own.toml")
}

fn start(bench: &Bench, policy: &str) -> Server {
    let clock = bench.clock();
    start_by(bench, policy, &["--clock-file", clock.to_str().expect("UTF-8")])
}

fn start_by(bench: &Bench, policy: &str, clock: &[&str]) -> Server {
    let port = free_port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_relogin"));
    command.arg("serve").arg(scenario()).args(["--policy", policy]);
    command.arg("--listen").arg(format!("127.0.0.1:{port}"));
    command.args(clock).env("PROOF_SECRET", SECRET);
    let log = bench.folder().join("server.log");
    Server::start(command, port, &log).unwrap_or_else(|why| panic!("relogin serve: {why}"))
}

fn prove(policy: &str, plan: Plan, seed: u64) -> u64 {
    let bench = Bench::new();
    let server = start(&bench, policy);
    let on_boundaries = bench.plan(&scenario(), policy, plan, seed);
    let issuer = format!("http://127.0.0.1:{}", server.port);
    let verified = bench.verify(&scenario(), policy, &issuer, &["--format", "json"]);
    verified.is_zero("relogin serve", policy, on_boundaries)
}

#[test]
fn every_rule_of_the_model_behind_http() {
    let plan = Plan { logouts: 15, closes: 15, polls: 40, ..Plan::of(2_000, PEOPLE, 70_000) };
    let uses = prove("milliseconds", plan, 21);
    let plan = Plan { logouts: 15, ..Plan::of(1_500, PEOPLE, 70_000) };
    let uses = uses + prove("seconds", plan, 22);
    let plan = Plan { polls: 40, ..Plan::of(1_500, PEOPLE, 90_000) };
    assert_eq!(uses + prove("asked", plan, 23), 5_000);
}

#[test]
fn a_policy_that_is_wrong_by_a_millisecond_is_found_out() {
    let bench = Bench::new();
    let server = start(&bench, "milliseconds");
    let on_boundaries = bench.plan(&scenario(), "milliseconds", Plan::of(600, PEOPLE, 70_000), 24);
    assert!(on_boundaries > 200, "{on_boundaries}");
    let issuer = format!("http://127.0.0.1:{}", server.port);
    for (wrong, words) in [
        (
            "api.account.access_token_lifetime=10001ms",
            "no longer accepts the access token, 1ms before",
        ),
        ("api.account.access_token_lifetime=9999ms", "still accepts the access token"),
        ("session.idle_timeout=30001ms", "has no session any more, 1ms before its idle timeout"),
        ("session.idle_timeout=29999ms", "session is still good, although it ended"),
        ("app.spa.refresh_token.absolute_lifetime=60s", "still accepts the refresh token"),
        ("app.spa.refresh_token.idle_lifetime=45001ms", "refuses the refresh token, 1ms before"),
    ] {
        let wrong = format!("policy.milliseconds.{wrong}");
        let verified = bench.verify(&scenario(), "milliseconds", &issuer, &["--set", &wrong]);
        let told = &verified.stdout;
        assert_eq!(verified.status, Some(3), "{wrong}:\n{told}\n{}", verified.stderr);
        for word in [words, "difference at 2023-11-", "record    user", "predicted", "observed"] {
            assert!(told.contains(word), "{wrong}: no {word:?} in:\n{told}");
        }
        assert!(verified.stderr.contains("not as the policy says"), "{}", verified.stderr);
        let secrets = [SECRET, "pw-"];
        assert!(!secrets.iter().any(|secret| told.contains(secret)), "a secret is told:\n{told}");
    }
}

#[test]
fn it_goes_on_to_as_many_differences_as_are_asked_for() {
    let bench = Bench::new();
    let server = start(&bench, "milliseconds");
    bench.plan(&scenario(), "milliseconds", Plan::of(600, PEOPLE, 70_000), 25);
    let issuer = format!("http://127.0.0.1:{}", server.port);
    let wrong = ["--set", "policy.milliseconds.session.idle_timeout=29s", "--format", "json"];
    let verified = bench.verify(
        &scenario(),
        "milliseconds",
        &issuer,
        &[&wrong[..], &["--max-differences", "4"]].concat(),
    );
    assert_eq!(verified.status, Some(3), "{}", verified.stderr);
    let told: serde_json::Value = serde_json::from_str(&verified.stdout).expect("JSON");
    assert_eq!(told["differences"].as_array().map(Vec::len), Some(4), "{told:#}");
    assert!(told["left_out"].as_u64() > Some(0), "what comes after a difference is not compared");
}

#[test]
fn a_short_activity_is_waited_for_where_no_clock_can_be_set() {
    let bench = Bench::new();
    let server = start_by(&bench, "short", &[]);
    let issuer = format!("http://127.0.0.1:{}", server.port);
    let uses = [0, 1_500, 2_500, 3_500, 7_000].map(|after| 1_700_000_000_000_u64 + after);
    let records: String = uses.iter().map(|at| format!("{at},ann,spa\n")).collect();
    bench.record(&format!("ts,user,app\n{records}"));
    let more = ["--format", "json"];
    let verified = bench.verify_by(&scenario(), "short", &issuer, &more);
    assert_eq!(verified.status, Some(0), "{}\n{}", verified.stdout, verified.stderr);
    let told: serde_json::Value = serde_json::from_str(&verified.stdout).expect("JSON");
    let count = |outcome: &str| told["rows"][format!("outcome.{outcome}")]["observed"].as_u64();
    let counts = ["valid", "silent", "login"].map(count);
    assert_eq!(counts, [Some(2), Some(1), Some(2)], "{told:#}");
}
