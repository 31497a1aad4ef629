//! The users and agents of a trace, by name and by id.

use super::TraceError;
use super::strings::{Index, MAX_IDS, Strings};
use super::word::{Word, mixed};
use crate::model::{AgentId, UserId};

/// Users and agents in the order of their first appearance.
///
/// Beside the names, which stand once in an arena, a user costs about 25 bytes and an agent 60:
/// the memory that a trace needs follows its users.
#[derive(Clone, Debug, Default)]
pub struct Names {
    users: Strings,
    /// Every device but the one without a name.
    devices: Strings,
    agents: Vec<AgentName>,
    /// By user: its agent that appeared last.
    newest: Vec<u32>,
    /// By agent: what it is found by.
    pairs: Vec<Pair>,
    /// The agents, by their pairs.
    by_pair: Index,
}

#[derive(Clone, Copy, Debug)]
struct AgentName {
    user: u32,
    /// 0 has no name; any other stands one place earlier in `devices`.
    device: u32,
    /// The user's agent that appeared next; after the newest comes the first again.
    next: u32,
}

/// A user and a device as an agent is found by: equal where both are, and only there, unless one
/// of them is so long that its digest stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(32))]
pub(super) struct Pair {
    user: u128,
    /// Fourteen bytes of device, and the lengths of both.
    rest: u128,
}

/// In place of a length: what stands there is a digest.
const DIGEST: u128 = 0xff;
/// How long a device may be that is no digest.
const MOST_DEVICE: u32 = 14;

impl Pair {
    #[inline]
    pub(super) fn new(user: Word, device: Word) -> Self {
        let user_length = if user.is_digest() { DIGEST } else { u128::from(user.len) };
        let (device, device_length) = match device.len {
            ..=MOST_DEVICE => (device.bytes, u128::from(device.len)),
            _ => (mixed(device.bytes).into(), DIGEST),
        };
        Self { user: user.bytes, rest: device | user_length << 112 | device_length << 120 }
    }

    #[inline]
    fn has_digest(self) -> bool {
        // Lengths are below 32.
        self.rest >> 112 & 0x8080 != 0
    }

    #[inline]
    fn hash(self) -> u64 {
        mixed(self.rest ^ u128::from(mixed(self.user)))
    }
}

impl Names {
    /// The agent of that user and device, new or known.
    ///
    /// # Errors
    /// If there are more of them than ids can count.
    pub fn agent(&mut self, user: &str, device: &str) -> Result<AgentId, TraceError> {
        let pair = Pair::new(Word::new(user.as_bytes()), Word::new(device.as_bytes()));
        if let Some(known) = self.known(pair, || (user.as_bytes(), device.as_bytes())) {
            return Ok(known);
        }
        let (user, is_new) = self.users.intern(user).ok_or(too_many("users"))?;
        let device = self.device_id(device)?;
        let id = self.agents.len();
        if id >= MAX_IDS {
            return Err(too_many("agents"));
        }
        let next = if is_new {
            self.newest.push(id as u32);
            id as u32
        } else {
            let before = std::mem::replace(&mut self.newest[user as usize], id as u32);
            std::mem::replace(&mut self.agents[before as usize].next, id as u32)
        };
        self.agents.push(AgentName { user, device, next });
        self.pairs.push(pair);
        self.by_pair.insert(pair.hash(), id as u32);
        Ok(AgentId::new(id))
    }

    /// The agent of that user and device, if it is known. What they are called is only asked where
    /// digests do not tell.
    #[inline]
    pub(super) fn known<'a>(
        &self,
        pair: Pair,
        called: impl Fn() -> (&'a [u8], &'a [u8]),
    ) -> Option<AgentId> {
        let is = |id: u32| {
            self.pairs[id as usize] == pair && (!pair.has_digest() || self.is_called(id, called()))
        };
        self.by_pair.find(pair.hash(), is).map(|id| AgentId::new(id as usize))
    }

    /// As [`Names::known`] for several agents, so that the memory in which they stand is waited for
    /// together. `found` is `None` for one that is not known, and for some that are.
    #[inline]
    pub(super) fn most_known(&self, pairs: &[Pair], found: &mut Vec<Option<AgentId>>) {
        const TOGETHER: usize = 16;
        found.clear();
        for pairs in pairs.chunks(TOGETHER) {
            let mut slots = [(0, 0); TOGETHER];
            for (place, pair) in pairs.iter().enumerate() {
                let hash = pair.hash();
                slots[place % TOGETHER] = (hash, self.by_pair.first_slot(hash));
            }
            for (place, pair) in pairs.iter().enumerate() {
                let (hash, slot) = slots[place % TOGETHER];
                let likely = self.by_pair.likely(hash, slot);
                let is_it = |id: &u32| self.pairs[*id as usize] == *pair && !pair.has_digest();
                found.push(likely.filter(is_it).map(|id| AgentId::new(id as usize)));
            }
        }
    }

    fn is_called(&self, agent: u32, (user, device): (&[u8], &[u8])) -> bool {
        let name = &self.agents[agent as usize];
        self.users.text(name.user).as_bytes() == user
            && self.device_name(name.device).as_bytes() == device
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agents_are_pairs_in_order(
            pairs in proptest::collection::vec(
                ("[abc]|a{15,18}", "[xyz]?|x{13,18}|phone of somebody with a long name [xy]"),
                1..60,
            ),
        ) {
            let mut names = Names::default();
            let mut twin: Vec<(&str, &str)> = Vec::new();
            for (user, device) in &pairs {
                let pair = (user.as_str(), device.as_str());
                let place = twin.iter().position(|known| *known == pair).unwrap_or(twin.len());
                if place == twin.len() {
                    twin.push(pair);
                }
                let words = [user, device].map(|name| Word::new(name.as_bytes()));
                let wanted = Pair::new(words[0], words[1]);
                let mut found = Vec::new();
                names.most_known(&[wanted; 20], &mut found);
                let may_be_found = place < names.agents() && !wanted.has_digest();
                prop_assert_eq!(found, [may_be_found.then(|| AgentId::new(place)); 20]);
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
