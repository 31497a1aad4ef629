//! Until when the apps of each agent are open, which rows of timers do not say.

use std::collections::HashMap;

use crate::model::{AppId, Instant};

/// `open_until` by policy, agent and app. Agents are looked up, never listed, so that the order of
/// the map reaches nothing.
#[derive(Debug, Default)]
pub(super) struct OpenApps {
    places: HashMap<Box<[u8]>, usize>,
    key: Vec<u8>,
    /// By place: the apps that are not known to be closed.
    open: Vec<Vec<(AppId, Instant)>>,
}

/// Where the apps of an agent under a policy stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(usize);

impl OpenApps {
    /// Where the apps of this agent stand; all of a new one's are closed.
    pub(super) fn place(&mut self, policy: usize, user: &str, device: &str) -> Place {
        self.key.clear();
        self.key.extend_from_slice(&policy.to_le_bytes());
        // The length keeps `a`, `bc` apart from `ab`, `c`.
        self.key.extend_from_slice(&user.len().to_le_bytes());
        self.key.extend_from_slice(user.as_bytes());
        self.key.extend_from_slice(device.as_bytes());
        if let Some(&place) = self.places.get(self.key.as_slice()) {
            return Place(place);
        }
        let place = self.open.len();
        self.places.insert(self.key.as_slice().into(), place);
        self.open.push(Vec::new());
        Place(place)
    }

    /// Until when the app is open; [`Instant::LONG_AGO`] if it is closed.
    pub(super) fn until(&self, place: Place, app: AppId) -> Instant {
        let known = self.open[place.0].iter().find(|(own, _)| *own == app);
        known.map_or(Instant::LONG_AGO, |(_, until)| *until)
    }

    /// The app is open until then.
    pub(super) fn open(&mut self, place: Place, app: AppId, until: Instant) {
        let apps = &mut self.open[place.0];
        match apps.iter_mut().find(|(own, _)| *own == app) {
            Some((_, known)) => *known = until,
            None => apps.push((app, until)),
        }
    }

    /// The app is closed.
    pub(super) fn close(&mut self, place: Place, app: AppId) {
        self.open[place.0].retain(|(own, _)| *own != app);
    }

    /// All apps of the agent are closed.
    pub(super) fn close_all(&mut self, place: Place) {
        self.open[place.0].clear();
    }
}
