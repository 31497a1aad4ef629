//! What a server does at each request to learn whether a session is good, each way once.
//!
//! The peers meet friendly conditions: the cache never misses, and the token is always the same.

use std::hint::black_box;
use std::time::Duration;

use dashmap::DashMap;
use moka::sync::Cache;
use relogin::model::{IdpSession, LoginCause, SessionCheck};
use relogin::seed::Key;

use super::json_web_token;
use super::sessions::{NOW, POLICY, sessions, shuffled};

/// Measures something under a name: it does `count` checks and returns their checksum.
pub(crate) trait Measure {
    fn measure(&mut self, name: &str, count: usize, measured: impl FnMut() -> u64);
}

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

/// relogin's own check of one of `count` sessions, of each in a random order, and of all in a row.
pub(crate) fn relogin(measure: &mut impl Measure, count: usize) {
    let sessions = sessions(count);
    let order = shuffled(count);
    // A server's policy is no constant.
    let policy = black_box(&POLICY);
    measure.measure("one", 1, || {
        word(black_box(policy).check(black_box(&sessions[0]), black_box(NOW)))
    });
    measure.measure("random", count, || {
        let (policy, now) = (black_box(POLICY), black_box(NOW));
        sum(order.iter().map(|&place| word(policy.check(&sessions[place as usize], now))))
    });
    let mut checks = vec![SessionCheck::Ended(LoginCause::First); count];
    measure.measure("batch", count, || {
        policy.check_batch(&sessions, black_box(NOW), &mut checks);
        // Reading every answer would be measured too; the last one stands for them.
        word(black_box(&checks)[count - 1])
    });
}

/// What servers do instead with `count` sessions: look each up in a concurrent map first, let a
/// cache expire it, validate a signed token.
pub(crate) fn peers(measure: &mut impl Measure, count: usize) {
    let sessions = sessions(count);
    let keys: Vec<u64> = shuffled(count).into_iter().map(|place| id(place as usize)).collect();
    let stored = || sessions.iter().enumerate().map(|(place, session)| (id(place), *session));

    let map: DashMap<u64, IdpSession> = stored().collect();
    measure.measure("dashmap", count, || {
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
    measure.measure("moka", count, || {
        let get = |key| cache.get(key).expect("it has not expired").slid.as_millis() as u64;
        sum(keys.iter().map(get))
    });

    let token = json_web_token::Token::signed();
    measure.measure("jsonwebtoken", 1, || black_box(&token).validated());
}
