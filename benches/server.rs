//! How fast the reference server answers, without a network: refresh grants beside the one signature
//! that they cannot do without, silent authentications, userinfo; and what a session takes of memory.
//! With a network: see the README's benches.
//!
//! Each bench prints a checksum of what was answered, so that it cannot measure nothing.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

#[path = "../tests/server/world.rs"]
#[allow(dead_code, reason = "the tests use the rest of it")]
mod world;

use std::time::Duration;

use aws_lc_rs::signature::Ed25519KeyPair;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use world::{Browser, ROTATING, SCENARIO, World, text};

/// Sessions whose memory is weighed.
const SESSIONS: usize = 100_000;

fn measure(criterion: &mut Criterion, name: &str, mut answer: impl FnMut() -> usize) {
    println!("server/{name}: checksum {}", answer());
    let mut group = criterion.benchmark_group("server");
    group.throughput(Throughput::Elements(1));
    group.sample_size(20).measurement_time(Duration::from_secs(3));
    group.bench_function(name, |bench| bench.iter(&mut answer));
    group.finish();
}

/// Tokens of a login with this scope.
fn tokens(world: &World, browser: &mut Browser, scope: &str) -> serde_json::Value {
    browser.tokens(world, "ann");
    let back = browser.authorize(world, &[("scope", scope)]).expect(303);
    world.exchange(&back.returned("code").expect("a code")).expect(200).json()
}

fn answers(criterion: &mut Criterion) {
    let key = Ed25519KeyPair::generate().expect("random bytes");
    let claims = [b'x'; 600];
    measure(criterion, "ed25519_signature", || key.sign(&claims).as_ref().len());

    let world = World::with(SCENARIO, |settings| settings.witness = None);
    let mut browser = Browser::default();
    for (name, scope) in [("refresh_grant", ""), ("refresh_grant_with_id_token", "openid profile")]
    {
        let tokens = tokens(&world, &mut browser, scope);
        let refresh = text(&tokens["refresh_token"]).to_owned();
        measure(criterion, name, || world.refresh(&refresh).expect(200).body.len());
    }
    let access = tokens(&world, &mut browser, "openid");
    let access = text(&access["access_token"]).to_owned();
    measure(criterion, "userinfo", || world.userinfo(&access).expect(200).body.len());

    let world = World::with(ROTATING, |settings| settings.witness = None);
    let mut browser = Browser::default();
    let mut refresh = text(&tokens(&world, &mut browser, "")["refresh_token"]).to_owned();
    measure(criterion, "refresh_grant_rotating", || {
        let answer = world.refresh(&refresh).expect(200);
        refresh = text(&answer.json()["refresh_token"]).to_owned();
        answer.body.len()
    });
}

/// Resident memory in bytes, where the system tells.
fn resident() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    pages.split(' ').nth(1)?.parse::<usize>().ok().map(|pages| pages * 4_096)
}

fn memory(criterion: &mut Criterion) {
    // Criterion says so when it only looks whether benches work.
    let count = if std::env::args().any(|argument| argument == "--bench") { SESSIONS } else { 100 };
    let world = World::with(SCENARIO, |settings| {
        settings.witness = None;
        settings.max_sessions = SESSIONS;
    });
    Browser::default().tokens(&world, "first");
    let before = resident();
    for number in 0..count {
        Browser::default().code(&world, &format!("user-{number:06}"));
    }
    let (known, _, bytes) = world.server.memory();
    println!("server/memory: {known} sessions, said to take {bytes} bytes each");
    if let (Some(before), Some(after)) = (before, resident()) {
        let taken = after.saturating_sub(before) / count;
        println!("server/memory: {taken} bytes each with the codes of the last minute");
    }
    drop(world);
    let _ = criterion;
}

criterion_group!(all, answers, memory);
criterion_main!(all);
