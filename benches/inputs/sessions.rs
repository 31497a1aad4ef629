//! A store of sessions to check.

use relogin::model::{IdpSession, Instant, Limit, LoginCause, SessionPolicy, Span};
use relogin::seed::Key;

/// When the sessions of [`sessions`] are asked about.
pub(crate) const NOW: Instant = Instant::from_millis(1_772_442_000_000);

/// Half an hour idle, eight hours at most.
pub(crate) const POLICY: SessionPolicy =
    SessionPolicy::new(Limit::of(Span::from_mins(30)), Limit::of(Span::from_hours(8)));

/// What a server's store holds at [`NOW`] under [`POLICY`]: most sessions are valid, one in
/// twelve is idle, one in seventeen has reached its eight hours, one in sixteen was logged out,
/// in no order that a branch predictor could learn.
pub(crate) fn sessions(count: usize) -> Vec<IdpSession> {
    let mut stream = Key::new(1, "sessions").stream();
    let session = |_| {
        let created = NOW - Span::from_millis((stream.unit() * 8.5 * 3_600_000.0) as i64);
        let last = NOW - Span::from_millis((stream.unit() * 33.0 * 60_000.0) as i64);
        let ended = stream.bits().is_multiple_of(16).then_some(LoginCause::Logout);
        IdpSession { created, slid: created.max(last), ended, number: 1 }
    };
    (0..count).map(session).collect()
}

/// Every place among `count` once, in a random order (Fisher and Yates): as a server's handles
/// of sessions, they are no wider than they need to be.
pub(crate) fn shuffled(count: usize) -> Vec<u32> {
    let mut stream = Key::new(1, "shuffled").stream();
    let mut order: Vec<u32> = (0..count as u32).collect();
    for last in (1..count).rev() {
        order.swap(last, (stream.unit() * (last + 1) as f64) as usize);
    }
    order
}
