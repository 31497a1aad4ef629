//! The users and agents of a trace, by name and by id.

use super::TraceError;
use super::strings::{Index, MAX_IDS, Strings};
use crate::model::{AgentId, UserId};

/// Users and agents in the order of their first appearance.
///
/// Beside the names, which stand once in an arena, a user costs about 25 bytes and an agent 12:
/// the memory that a trace needs follows its users.
#[derive(Clone, Debug, Default)]
pub struct Names {
    users: Strings,
    /// Every device but the one without a name.
    devices: Strings,
    agents: Vec<AgentName>,
    /// By user: its agent that appeared last.
    newest: Vec<u32>,
    /// The agents of users that have several, by user and device.
    by_device: Index,
}

#[derive(Clone, Copy, Debug)]
struct AgentName {
    user: u32,
    /// 0 has no name; any other stands one place earlier in `devices`.
    device: u32,
    /// The user's agent that appeared next; after the newest comes the first again.
    next: u32,
}

impl Names {
    /// The agent of that user and device, new or known.
    ///
    /// # Errors
    /// If there are more of them than ids can count.
    #[inline]
    pub fn agent(&mut self, user: &str, device: &str) -> Result<AgentId, TraceError> {
        let (user, is_new) = self.users.intern(user).ok_or(too_many("users"))?;
        if is_new {
            let device = self.device_id(device)?;
            return self.add(AgentName { user, device, next: self.agents.len() as u32 });
        }
        let newest = self.newest[user as usize];
        if self.device_name(self.agents[newest as usize].device) == device {
            return Ok(AgentId::new(newest as usize));
        }
        self.other_agent(user, device)
    }

    /// The agent of a user whose newest one it is not.
    fn other_agent(&mut self, user: u32, device: &str) -> Result<AgentId, TraceError> {
        let device = self.device_id(device)?;
        let newest = self.newest[user as usize];
        let newest_name = self.agents[newest as usize];
        let is_only = newest_name.next == newest;
        if is_only {
            self.by_device.insert(hash(user, newest_name.device), newest);
        }
        let key = hash(user, device);
        let agents = &self.agents;
        let known = self.by_device.find(key, |id| {
            let name = &agents[id as usize];
            (name.user, name.device) == (user, device)
        });
        if let Some(known) = known {
            return Ok(AgentId::new(known as usize));
        }
        let agent = self.add(AgentName { user, device, next: newest_name.next })?;
        let id = agent.index() as u32;
        self.agents[newest as usize].next = id;
        self.by_device.insert(key, id);
        Ok(agent)
    }

    fn add(&mut self, name: AgentName) -> Result<AgentId, TraceError> {
        let id = self.agents.len();
        if id >= MAX_IDS {
            return Err(too_many("agents"));
        }
        self.agents.push(name);
        match self.newest.get_mut(name.user as usize) {
            Some(newest) => *newest = id as u32,
            None => self.newest.push(id as u32),
        }
        Ok(AgentId::new(id))
    }

    fn device_id(&mut self, device: &str) -> Result<u32, TraceError> {
        if device.is_empty() {
            return Ok(0);
        }
        self.devices.intern(device).map(|(id, _)| id + 1).ok_or(too_many("devices"))
    }

    #[inline]
    fn device_name(&self, device: u32) -> &str {
        if device == 0 { "" } else { self.devices.text(device - 1) }
    }

    /// How many users there are.
    pub fn users(&self) -> usize {
        self.users.len()
    }

    /// How many agents there are.
    pub fn agents(&self) -> usize {
        self.agents.len()
    }

    /// A user's name.
    #[inline]
    pub fn user(&self, user: UserId) -> &str {
        self.users.text(user.index() as u32)
    }

    /// Whose agent it is.
    #[inline]
    pub fn user_of(&self, agent: AgentId) -> UserId {
        UserId::new(self.agents[agent.index()].user as usize)
    }

    /// An agent's device; empty when the trace does not tell.
    #[inline]
    pub fn device(&self, agent: AgentId) -> &str {
        self.device_name(self.agents[agent.index()].device)
    }

    /// A user's agents, in the order of their first appearance.
    pub fn agents_of(&self, user: UserId) -> impl Iterator<Item = AgentId> + '_ {
        let newest = self.newest[user.index()];
        let next = move |agent: u32| self.agents[agent as usize].next;
        std::iter::successors(Some(next(newest)), move |agent| {
            (*agent != newest).then(|| next(*agent))
        })
        .map(|agent| AgentId::new(agent as usize))
    }
}

fn too_many(what: &'static str) -> TraceError {
    TraceError::TooMany { what, most: MAX_IDS }
}

/// SplitMix64's finalizer: it spreads pairs of small numbers over all bits.
fn hash(user: u32, device: u32) -> u64 {
    let mut z = u64::from(user) << 32 | u64::from(device);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agents_are_pairs_in_order(
            pairs in proptest::collection::vec(("[abc]", "[xyz]?"), 1..60),
        ) {
            let mut names = Names::default();
            let mut twin: Vec<(&str, &str)> = Vec::new();
            for (user, device) in &pairs {
                let pair = (user.as_str(), device.as_str());
                let place = twin.iter().position(|known| *known == pair).unwrap_or(twin.len());
                if place == twin.len() {
                    twin.push(pair);
                }
                prop_assert_eq!(names.agent(user, device).unwrap().index(), place);
            }
            prop_assert_eq!(names.agents(), twin.len());
            for (place, (user, device)) in twin.iter().enumerate() {
                let agent = AgentId::new(place);
                prop_assert_eq!(names.user(names.user_of(agent)), *user);
                prop_assert_eq!(names.device(agent), *device);
            }
            for user in (0..names.users()).map(UserId::new) {
                let of_user = |place: &usize| twin[*place].0 == names.user(user);
                let expected: Vec<_> = (0..twin.len()).filter(of_user).collect();
                let agents: Vec<_> = names.agents_of(user).map(AgentId::index).collect();
                prop_assert_eq!(agents, expected);
            }
        }
    }

    #[test]
    fn one_user_with_many_devices_stays_fast() {
        let mut names = Names::default();
        for round in 0..2 {
            for device in 0..100_000 {
                let agent = names.agent("kiosk", &device.to_string()).unwrap();
                assert_eq!(agent.index(), device, "round {round}");
            }
        }
        assert_eq!((names.users(), names.agents()), (1, 100_000));
        assert_eq!(names.agents_of(UserId::new(0)).count(), 100_000);
    }
}
