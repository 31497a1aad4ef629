//! What the server remembers: browsers with their sessions, and codes that wait to be exchanged.
//! Both are bounded, and locked in parts.

mod browsers;
mod codes;
mod users;

pub(super) use browsers::{Browser, Browsers, Handle};
pub(super) use codes::{Code, Codes, Redemption};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The store is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

/// How many locks a table has: a power of two.
const SHARDS: usize = 64;

/// A lock is never held over anything that panics; if it were, the state would still be whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
