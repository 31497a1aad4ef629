//! How fast a server asks whether a session is good: one, many at random, many in a row; and
//! beside it, in the same run, what servers do instead: look it up in a concurrent map first, let
//! a cache expire it, validate a signed token.
//!
//! Each bench prints a checksum of what it found out, so that it cannot measure nothing. The
//! peers meet friendly conditions: the cache never misses, and the token is always the same.

#![allow(clippy::print_stdout, reason = "a bench tells its checksum to a person")]

#[path = "inputs/json_web_token.rs"]
mod json_web_token;
#[path = "inputs/sessions.rs"]
mod sessions;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dashmap::DashMap;
use moka::sync::Cache;
use relogin::model::{IdpSession, LoginCause, SessionCheck};
use relogin::seed::Key;
use sessions::{NOW, POLICY, sessions, shuffled};

const SESSIONS: usize = 100_000;

/// What a check found out, as a word of a checksum: all of it.
fn word(check: SessionCheck) -> u64 {
    match check {
        SessionCheck::Valid { expires_at } => expires_at.as_millis() as u64,
        SessionCheck::Ended(cause) => cause as u64,
    }
}

fn sum(words: impl Iterator<Item = u64>) -> u64 {
    words.fold(0, u64::wrapping_add)
}

/// A session's identifier: what its cookie would hold.
fn id(place: usize) -> u64 {
    Key::new(1, "session id").bits(place as u64)
}

/// Runs `measured` once for its checksum and then many times; it does `count` checks.
fn bench(criterion: &mut Criterion, name: &str, count: usize, mut measured: impl FnMut() -> u64) {
    println!("session_check/{name}: {count} checks, checksum {:016x}", measured());
    let mut group = criterion.benchmark_group("session_check");
    group.throughput(Throughput::Elements(count as u64));
    group.sample_size(20).measurement_time(Duration::from_secs(3));
    group.bench_function(name, |bench| bench.iter(&mut measured));
    group.finish();
}

fn relogin(criterion: &mut Criterion) {
    let sessions = sessions(SESSIONS);
    let order = shuffled(SESSIONS);
    // A server's policy is no constant.
    let policy = black_box(&POLICY);
    bench(criterion, "one", 1, || {
        word(black_box(policy).check(black_box(&sessions[0]), black_box(NOW)))
    });
    bench(criterion, "random", SESSIONS, || {
        let (policy, now) = (black_box(POLICY), black_box(NOW));
        sum(order.iter().map(|&place| word(policy.check(&sessions[place as usize], now))))
    });
    let mut checks = vec![SessionCheck::Ended(LoginCause::First); SESSIONS];
    bench(criterion, "batch", SESSIONS, || {
        policy.check_batch(&sessions, black_box(NOW), &mut checks);
        // Reading every answer would be measured too; the last one stands for them.
        word(black_box(&checks)[SESSIONS - 1])
    });
}

fn peers(criterion: &mut Criterion) {
    let sessions = sessions(SESSIONS);
    let keys: Vec<u64> = shuffled(SESSIONS).into_iter().map(|place| id(place as usize)).collect();
    let stored = || sessions.iter().enumerate().map(|(place, session)| (id(place), *session));

    let map: DashMap<u64, IdpSession> = stored().collect();
    bench(criterion, "dashmap", SESSIONS, || {
        let (policy, now) = (black_box(POLICY), black_box(NOW));
        let check = |key| word(policy.check(&map.get(key).expect("it is stored"), now));
        sum(keys.iter().map(check))
    });

    let cache = Cache::builder()
        .time_to_live(Duration::from_secs(8 * 3_600))
        .time_to_idle(Duration::from_secs(1_800))
        .build();
    for (key, session) in stored() {
        cache.insert(key, session);
    }
    cache.run_pending_tasks();
    bench(criterion, "moka", SESSIONS, || {
        let get = |key| cache.get(key).expect("it has not expired").slid.as_millis() as u64;
        sum(keys.iter().map(get))
    });

    let token = json_web_token::Token::signed();
    bench(criterion, "jsonwebtoken", 1, || black_box(&token).validated());
}

criterion_group!(all, relogin, peers);
criterion_main!(all);
