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
    let port = free_port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_relogin"));
    command.arg("serve").arg(scenario()).args(["--policy", policy]);
    command.arg("--listen").arg(format!("127.0.0.1:{port}"));
    command.arg("--clock-file").arg(bench.clock()).env("PROOF_SECRET", SECRET);
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
