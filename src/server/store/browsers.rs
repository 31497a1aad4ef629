//! Browsers: the model's agents, each found by a handle that its artefacts carry.

use std::mem::size_of;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::users::Users;
use super::{Full, SHARDS, lock};
use crate::model::{AccessToken, Agent, AppState, Instant, Policy};

/// Which browser: its place in the table, and which one it is that stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::server) struct Handle(u64);

/// A browser (or a phone) of a user: what the model calls an agent.
#[derive(Debug)]
pub(in crate::server) struct Browser {
    pub(in crate::server) user: Arc<str>,
    /// Which of the user's browsers.
    pub(in crate::server) device: u32,
    /// Session and tokens, as the model has them.
    pub(in crate::server) agent: Agent,
    /// By app: what of its grants is no rule of sessions or lifetimes.
    pub(in crate::server) grants: Box<[Grant]>,
    /// By slot: access tokens with a lower number were revoked (RFC 7009). Mostly none ever was.
    pub(in crate::server) revoked_below: Option<Box<[u32]>>,
}

/// The refresh tokens of one app: which family is in force, and which of it is the newest.
#[derive(Clone, Copy, Debug)]
pub(in crate::server) struct Grant {
    /// Families so far; 0 before any.
    pub(in crate::server) family: u32,
    /// How often the family's token was rotated.
    pub(in crate::server) rotation: u32,
    /// When it last was.
    pub(in crate::server) rotated_at: Instant,
    /// How often the app was signed out: codes and tokens from before are worth nothing.
    pub(in crate::server) sign_outs: u32,
}

/// All of them.
pub(in crate::server) struct Browsers {
    shards: Box<[Mutex<Shard>]>,
    users: Users,
    most: usize,
    count: AtomicUsize,
    next: AtomicUsize,
    /// When nothing could be swept out, so that a full store is not searched at every login.
    full_at: AtomicI64,
}

#[derive(Default)]
struct Shard {
    places: Vec<Place>,
    free: Vec<u32>,
}

struct Place {
    generation: u32,
    browser: Option<Box<Browser>>,
}

/// A full store is searched again for what is over after so many milliseconds.
const SEARCH_AGAIN: i64 = 1_000;

impl Handle {
    fn new(shard: usize, place: u32, generation: u32) -> Self {
        let index = u64::from(place) * SHARDS as u64 + shard as u64;
        Self(u64::from(generation) << 32 | index)
    }

    fn shard(self) -> usize {
        self.0 as u32 as usize % SHARDS
    }

    fn place(self) -> usize {
        self.0 as u32 as usize / SHARDS
    }

    fn generation(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(in crate::server) fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    pub(in crate::server) fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }
}

impl Grant {
    const NONE: Self = Self { family: 0, rotation: 0, rotated_at: Instant::LONG_AGO, sign_outs: 0 };
}

impl Browser {
    /// Bytes that one takes with its share of the tables, for a policy's apps: what `--max-sessions`
    /// has to be multiplied with. The user's name comes on top.
    pub(in crate::server) fn bytes(policy: &Policy) -> usize {
        // The allocator's rounding and headers, for four boxes and the user's entry.
        const ALLOCATIONS: usize = 5 * 16;
        const USER: usize = 56;
        size_of::<Self>()
            + size_of::<Place>()
            + policy.apps().len() * (size_of::<AppState>() + size_of::<Grant>())
            + policy.layout().slots() * size_of::<AccessToken>()
            + USER
            + ALLOCATIONS
    }
}

impl Browsers {
    /// A store for at most `most` browsers.
    pub(in crate::server) fn new(most: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            users: Users::new(),
            most: most.min(u32::MAX as usize - SHARDS),
            count: AtomicUsize::new(0),
            next: AtomicUsize::new(0),
            full_at: AtomicI64::new(i64::MIN),
        }
    }

    /// How many there are.
    pub(in crate::server) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// How many there may be.
    pub(in crate::server) fn most(&self) -> usize {
        self.most
    }

    /// Looks at a browser, or changes it, with its part of the store locked; `None` if it is gone.
    pub(in crate::server) fn with<R>(
        &self,
        handle: Handle,
        work: impl FnOnce(&mut Browser) -> R,
    ) -> Option<R> {
        let mut shard = lock(&self.shards[handle.shard()]);
        let place = shard.places.get_mut(handle.place())?;
        let browser = place.browser.as_deref_mut()?;
        (place.generation == handle.generation()).then(|| work(browser))
    }

    /// A new browser of `user`. Where the store is full, those of which `over` says that nothing of
    /// them can be used any more make room.
    ///
    /// # Errors
    /// If there is no room.
    pub(in crate::server) fn enter(
        &self,
        user: &str,
        now: Instant,
        policy: &Policy,
        over: impl Fn(&Browser) -> bool,
    ) -> Result<Handle, Full> {
        if self.count.fetch_add(1, Ordering::Relaxed) >= self.most && !self.sweep(now, over) {
            self.count.fetch_sub(1, Ordering::Relaxed);
            return Err(Full);
        }
        let (user, device) = self.users.enter(user);
        let browser = Box::new(Browser {
            user,
            device,
            agent: Agent::new(policy),
            grants: vec![Grant::NONE; policy.apps().len()].into(),
            revoked_below: None,
        });
        let at = self.next.fetch_add(1, Ordering::Relaxed) % SHARDS;
        let mut shard = lock(&self.shards[at]);
        let place = match shard.free.pop() {
            Some(place) => place,
            None => {
                shard.places.push(Place { generation: 0, browser: None });
                (shard.places.len() - 1) as u32
            }
        };
        let entry = &mut shard.places[place as usize];
        entry.browser = Some(browser);
        Ok(Handle::new(at, place, entry.generation))
    }

    /// Frees the places of browsers that are over; whether any was.
    fn sweep(&self, now: Instant, over: impl Fn(&Browser) -> bool) -> bool {
        let full_at = self.full_at.load(Ordering::Relaxed);
        if (full_at..full_at.saturating_add(SEARCH_AGAIN)).contains(&now.as_millis()) {
            return false;
        }
        let first = self.next.load(Ordering::Relaxed);
        for at in (0..SHARDS).map(|step| (first + step) % SHARDS) {
            let mut shard = lock(&self.shards[at]);
            let shard = &mut *shard;
            let mut freed = 0;
            for (index, place) in shard.places.iter_mut().enumerate() {
                if place.browser.as_deref().is_some_and(&over) {
                    let gone = place.browser.take();
                    self.users.leave(gone.map_or(Arc::from(""), |gone| gone.user).as_ref());
                    place.generation = place.generation.wrapping_add(1);
                    shard.free.push(index as u32);
                    freed += 1;
                }
            }
            if freed > 0 {
                self.count.fetch_sub(freed, Ordering::Relaxed);
                return true;
            }
        }
        self.full_at.store(now.as_millis(), Ordering::Relaxed);
        false
    }

    /// Folds over every browser, one part of the store after the other.
    pub(in crate::server) fn fold<T>(&self, start: T, mut step: impl FnMut(T, &Browser) -> T) -> T {
        let mut all = start;
        for shard in &self.shards {
            for place in &lock(shard).places {
                if let Some(browser) = &place.browser {
                    all = step(all, browser);
                }
            }
        }
        all
    }
}
