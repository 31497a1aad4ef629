//! npm's `oidc-provider`, certified by the OpenID Foundation.

use std::path::PathBuf;
use std::process::Command;

use super::activity::Plan;
use super::root;
use super::run::{Bench, SECRET};
use super::server::{Server, free_port, skip};

const INSTALLED: &str = "tests/proof/oidc-provider/node_modules/oidc-provider/package.json";

/// A provider with that policy, or nothing where it is not installed.
fn start(bench: &Bench, policy: &str) -> Option<Server> {
    let clock = root().join("../shared/realservers/clock.cjs");
    if !root().join(INSTALLED).is_file() || !clock.is_file() {
        skip("npm's oidc-provider is not installed: run `npm ci` in tests/proof/oidc-provider");
        return None;
    }
    let port = free_port();
    let mut command = Command::new("node");
    command.arg("--require").arg(&clock).arg(root().join("tests/proof/oidc-provider/op.mjs"));
    command.env("POLICY", policy).env("PORT", port.to_string());
    command.env("CLOCK_FILE", bench.clock()).env("PROOF_SECRET", SECRET);
    match Server::start(command, port, &bench.folder().join("server.log")) {
        Ok(server) => Some(server),
        Err(why) => {
            skip(&format!("oidc-provider does not start: {why}"));
            None
        }
    }
}

fn scenario() -> PathBuf {
    root().join("tests/proof/oidc-provider.toml")
}

fn prove(name: &str, policy: &str, options: &str, plan: Plan, seed: u64) -> u64 {
    let bench = Bench::new();
    let Some(server) = start(&bench, options) else { return plan.uses as u64 };
    let on_boundaries = bench.plan(&scenario(), policy, plan, seed);
    let issuer = format!("http://127.0.0.1:{}", server.port);
    let verified = bench.verify(&scenario(), policy, &issuer, &["--format", "json"]);
    verified.is_zero(name, policy, on_boundaries)
}

/// Whoever logs in there exists.
const PEOPLE: &[&str] = &["ann", "bob", "chloé", "d+e@example.test", "eve"];

const MIXED: Plan =
    Plan { logouts: 15, closes: 15, revokes: 0, polls: 60, ..Plan::of(2_000, PEOPLE, 70_000) };

#[test]
fn independent_refresh_tokens() {
    let name = "oidc-provider, independent";
    let uses = prove(name, "independent", r#"{"at":10,"rt":45,"session":30}"#, MIXED, 1);
    let limited = r#"{"at":10,"rt":30,"session":60,"sessionMax":150}"#;
    let uses = uses + prove(name, "limited", limited, Plan::of(2_000, PEOPLE, 80_000), 2);
    let tolerant = r#"{"at":10,"rt":30,"session":40,"tolerance":15}"#;
    let plan =
        Plan { logouts: 10, closes: 0, revokes: 0, polls: 0, ..Plan::of(1_000, PEOPLE, 90_000) };
    assert_eq!(uses + prove(name, "tolerant", tolerant, plan, 3), 5_000);
}

#[test]
fn refresh_tokens_bound_to_the_session() {
    let name = "oidc-provider, session-bound";
    let bound = r#"{"at":10,"rt":45,"session":30,"bound":true}"#;
    let uses = prove(name, "bound", bound, MIXED, 4);
    let pages = r#"{"at":20,"rt":100,"session":60,"sessionMax":150,"bound":true,"pages":3}"#;
    let uses = uses + prove(name, "bound-pages", pages, Plan::of(2_000, PEOPLE, 80_000), 5);
    let open = r#"{"at":10,"rt":25,"session":40,"bound":true}"#;
    assert_eq!(uses + prove(name, "bound-open", open, Plan::of(1_000, PEOPLE, 90_000), 6), 5_000);
}

#[test]
fn a_policy_that_is_wrong_by_a_second_is_found_out() {
    let bench = Bench::new();
    let Some(server) = start(&bench, r#"{"at":10,"rt":45,"session":30}"#) else { return };
    bench.plan(&scenario(), "independent", Plan::of(600, PEOPLE, 70_000), 7);
    let issuer = format!("http://127.0.0.1:{}", server.port);
    for (wrong, words) in [
        (
            "policy.independent.api.account.access_token_lifetime=11s",
            "no longer accepts the access token",
        ),
        ("policy.independent.session.idle_timeout=29s", "session is still good"),
        ("policy.independent.app.spa.refresh_token.idle_lifetime=46s", "refuses the refresh token"),
        ("policy.independent.clock.expires=after", "of [policy.clock]"),
    ] {
        let verified = bench.verify(&scenario(), "independent", &issuer, &["--set", wrong]);
        assert_eq!(verified.status, Some(3), "{wrong}:\n{}\n{}", verified.stdout, verified.stderr);
        for word in
            [words, "difference at 2023-", "record    user", "predicted", "observed", "believed"]
        {
            assert!(verified.stdout.contains(word), "no {word:?} in:\n{}", verified.stdout);
        }
        assert!(verified.stderr.contains("not as the policy says"), "{}", verified.stderr);
        let everything = format!("{}{}", verified.stdout, verified.stderr);
        assert!(!everything.contains(SECRET) && !everything.contains("pw-"), "a secret is told");
    }
}

#[test]
fn a_wrong_password_is_said() {
    let bench = Bench::new();
    let Some(server) = start(&bench, "{}") else { return };
    bench.plan(&scenario(), "independent", Plan::of(10, PEOPLE, 70_000), 8);
    let issuer = format!("http://127.0.0.1:{}", server.port);
    let wrong = ["--set", "provider.user={user}x", "--set", "provider.password_env=PATH"];
    let verified = bench.verify(&scenario(), "independent", &issuer, &wrong);
    assert_eq!(verified.status, Some(3), "{}\n{}", verified.stdout, verified.stderr);
    assert!(
        verified.stdout.contains("does not accept this user or password"),
        "{}",
        verified.stdout
    );
}
