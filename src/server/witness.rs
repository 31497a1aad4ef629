//! Who is told what happens: an event log, without this room knowing of one.

use std::sync::Arc;

use crate::model::{ApiId, AppId, Fact, Instant};

/// One fact, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a> {
    /// The person.
    pub user: &'a Arc<str>,
    /// Which of the person's browsers it is; see [`device_name`].
    pub device: u32,
    /// When, by the server's clock.
    pub at: Instant,
    /// What.
    pub fact: &'a Fact,
}

/// Is told every fact as it is made so. Facts of one browser come in their order; those of several
/// come from several threads.
pub trait Witness: Send + Sync {
    /// Called while the browser's state is locked: it must not take long.
    fn happened(&self, happened: Happened<'_>);
}

/// Where drawn lifetimes of access tokens come from: a pure function of its arguments.
pub trait Luck: Send + Sync {
    /// 64 random bits for the `number`th token of a user's browser for an app and an API.
    fn bits(&self, user: &str, device: u32, app: AppId, api: ApiId, number: u32) -> u64;
}

/// The name of a user's `number`th browser (from 0): the first has none, as a trace without devices
/// would have it, the others are `2`, `3`, …
pub fn device_name(number: u32) -> String {
    match number {
        0 => String::new(),
        number => (u64::from(number) + 1).to_string(),
    }
}
