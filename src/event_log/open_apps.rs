//! Until when the apps of each agent are open, which rows of timers do not say.

use std::collections::HashMap;

use crate::model::{AppId, Instant};

/// `open_until` by agent, policy and app. Agents are looked up, never listed, so that the order
/// of the map reaches nothing.
#[derive(Debug)]
pub(super) struct OpenApps {
    policies: usize,
    apps: usize,
    agents: HashMap<Box<[u8]>, usize>,
    key: Vec<u8>,
    until: Vec<Instant>,
}

/// Where the apps of an agent under a policy stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(usize);

impl OpenApps {
    pub(super) fn new(policies: usize, apps: usize) -> Self {
        Self { policies, apps, agents: HashMap::new(), key: Vec::new(), until: Vec::new() }
    }

    /// Where the apps of this agent stand; all of a new one's are closed.
    pub(super) fn place(&mut self, policy: usize, user: &str, device: &str) -> Place {
        // The length keeps `a`, `bc` apart from `ab`, `c`.
        self.key.clear();
        self.key.extend_from_slice(&user.len().to_le_bytes());
        self.key.extend_from_slice(user.as_bytes());
        self.key.extend_from_slice(device.as_bytes());
        let agent = match self.agents.get(self.key.as_slice()) {
            Some(&agent) => agent,
            None => {
                let agent = self.agents.len();
                self.agents.insert(self.key.as_slice().into(), agent);
                let slots = self.policies * self.apps;
                self.until.resize(self.until.len() + slots, Instant::LONG_AGO);
                agent
            }
        };
        Place((agent * self.policies + policy) * self.apps)
    }

    /// Until when the app is open.
    pub(super) fn until(&self, place: Place, app: AppId) -> Instant {
        self.until[place.0 + app.index()]
    }

    /// The app is open until then.
    pub(super) fn open(&mut self, place: Place, app: AppId, until: Instant) {
        self.until[place.0 + app.index()] = until;
    }

    /// All apps of the agent are closed.
    pub(super) fn close_all(&mut self, place: Place) {
        self.until[place.0..place.0 + self.apps].fill(Instant::LONG_AGO);
    }
}
