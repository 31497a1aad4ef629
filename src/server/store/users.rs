//! The users that have browsers here: each name once, and how many browsers it had.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex};

use super::{SHARDS, lock};

/// Users by name.
pub(super) struct Users {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
}

type Shard = HashMap<Arc<str>, Devices>;

#[derive(Clone, Copy, Debug, Default)]
struct Devices {
    /// How many there have been: the next one's number.
    ever: u32,
    /// How many there are.
    now: u32,
}

impl Users {
    pub(super) fn new() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, hasher: RandomState::new() }
    }

    fn shard(&self, name: &str) -> &Mutex<Shard> {
        &self.shards[self.hasher.hash_one(name) as usize % SHARDS]
    }

    /// A user has one browser more: the name, and the browser's number.
    pub(super) fn enter(&self, name: &str) -> (Arc<str>, u32) {
        let mut users = lock(self.shard(name));
        let known = users.get_key_value(name).map(|(known, _)| Arc::clone(known));
        let name = known.unwrap_or_else(|| Arc::from(name));
        let devices = users.entry(Arc::clone(&name)).or_default();
        let number = devices.ever;
        devices.ever = devices.ever.saturating_add(1);
        devices.now += 1;
        (name, number)
    }

    /// A user has one browser less.
    pub(super) fn leave(&self, name: &str) {
        let mut users = lock(self.shard(name));
        let Some(devices) = users.get_mut(name) else { return };
        devices.now -= 1;
        if devices.now == 0 {
            users.remove(name);
        }
    }
}
