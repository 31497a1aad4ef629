//! The users and agents of a trace, by name and by id.

use std::hint::black_box;

use super::TraceError;
use super::strings::{Index, MAX_IDS, Span, Strings};
use super::word::{Word, mixed};
use crate::model::{AgentId, UserId};

/// Users and agents in the order of their first appearance.
///
/// Beside the names, which stand once in an arena, a user costs about 35 bytes and an agent 70:
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
    /// Sixteen bytes of user. Where they are a digest, which takes half of them, the other half of
    /// an agent's pair tells its [`Pair::place`].
    user: u128,
    /// Fourteen bytes of device, and the lengths of both.
    rest: u128,
}

/// In place of a length: what stands there is a digest.
const DIGEST: u128 = 0xff;
/// How long a device may be that is no digest.
const MOST_DEVICE: u32 = 14;

/// Who is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pair: Pair,
    hash: u64,
}

/// In place of an agent's number: it was not found. No agent has it.
pub(super) const NOT_FOUND: u32 = MAX_IDS as u32;

impl Wanted {
    #[inline]
    pub(super) fn new(user: Word, device: Word) -> Self {
        let user_length = if user.is_digest() { DIGEST } else { u128::from(user.len) };
        let (device, device_length) = match device.len {
            ..=MOST_DEVICE => (device.bytes, u128::from(device.len)),
            _ => (mixed(device.bytes).into(), DIGEST),
        };
        let rest = device | user_length << 112 | device_length << 120;
        let hash = mixed(rest ^ u128::from(mixed(user.bytes)));
        Self { pair: Pair { user: user.bytes, rest }, hash }
    }

    /// A hash of the user alone.
    #[inline]
    fn user_hash(self) -> u64 {
        mixed(self.pair.user ^ (self.pair.rest >> 112 & 0xff) << 120)
    }
}

impl Pair {
    #[inline]
    fn has_digest(self) -> bool {
        // Lengths are below 32.
        self.rest >> 112 & 0x8080 != 0
    }

    #[inline]
    fn has_user_digest(self) -> bool {
        self.rest >> 112 & 0x80 != 0
    }

    #[inline]
    fn has_device_digest(self) -> bool {
        self.rest >> 120 & 0x80 != 0
    }

    /// Whether a pair that is looked for may be this agent's, and is unless it has a digest.
    #[inline]
    fn may_be(self, wanted: Self) -> bool {
        let differs = self.user ^ wanted.user;
        self.rest == wanted.rest
            && differs as u64 == 0
            && (differs >> 64 == 0 || self.has_user_digest())
    }

    /// The same, with the place of the user's name if a digest stands for it.
    fn placed(self, Span { start, len }: Span) -> Self {
        if !self.has_user_digest() {
            return self;
        }
        let is_short = len < Self::MOST_PLACED && start >> 48 == 0;
        let place = if is_short { start << 16 | len } else { Self::NO_PLACE };
        Self { user: self.user | u128::from(place) << 64, ..self }
    }

    /// Where the user's name stands, if a digest stands for it and it is not very long.
    #[inline]
    fn place(self) -> Option<Span> {
        let place = (self.user >> 64) as u64;
        let span = Span { start: place >> 16, len: place & Self::MOST_PLACED };
        (self.has_user_digest() && place != Self::NO_PLACE).then_some(span)
    }

    /// Longer than any length that a place tells.
    const MOST_PLACED: u64 = 0xffff;
    /// In place of a place: the name is too long, or stands too far behind.
    const NO_PLACE: u64 = u64::MAX;
}

impl Names {
    /// The agent of that user and device, new or known.
    ///
    /// # Errors
    /// If there are more of them than ids can count.
    pub fn agent(&mut self, user: &str, device: &str) -> Result<AgentId, TraceError> {
        let wanted = Wanted::new(Word::new(user.as_bytes()), Word::new(device.as_bytes()));
        match self.known(wanted, (user.as_bytes(), device.as_bytes())) {
            Some(known) => Ok(known),
            None => self.add(wanted, user, device),
        }
    }

    /// An agent that is not known yet.
    ///
    /// # Errors
    /// As for [`Names::agent`].
    pub(super) fn add(
        &mut self,
        wanted: Wanted,
        user: &str,
        device: &str,
    ) -> Result<AgentId, TraceError> {
        let hash = wanted.user_hash();
        let (user, is_new) = self.users.intern_by(hash, user).ok_or(too_many("users"))?;
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
        self.pairs.push(wanted.pair.placed(self.users.span(user)));
        self.by_pair.insert(wanted.hash, id as u32);
        Ok(AgentId::new(id))
    }

    /// The agent of that user and device, if it is known. What they are called only decides where
    /// digests do not tell.
    #[inline]
    pub(super) fn known(&self, wanted: Wanted, called: (&[u8], &[u8])) -> Option<AgentId> {
        let is = |id: u32| {
            let pair = self.pairs[id as usize];
            pair.may_be(wanted.pair) && (!pair.has_digest() || self.is_called(id, pair, called))
        };
        self.by_pair.find(wanted.hash, is).map(|id| AgentId::new(id as usize))
    }

    /// As [`Names::known`] for several agents, so that the memory in which they stand is waited for
    /// together: it is asked for in loops so short that many answers are under way at a time.
    /// `found` takes as many numbers, [`NOT_FOUND`] for one that is not known, and for some that
    /// are. `called` gives the names of one by its place.
    #[inline]
    pub(super) fn most_known<'a>(
        &self,
        wanted: &[Wanted],
        found: &mut [u32],
        called: impl Fn(usize) -> (&'a [u8], &'a [u8]),
    ) {
        self.by_pair.touch(wanted.iter().map(|one| one.hash));
        let mut have_digests = false;
        for (found, one) in found.iter_mut().zip(wanted) {
            *found = self.by_pair.likely(one.hash).unwrap_or(NOT_FOUND);
            have_digests |= one.pair.has_digest();
        }
        let Some(last) = self.pairs.len().checked_sub(1) else { return };
        let pair = |id: u32| &self.pairs[(id as usize).min(last)];
        black_box(found.iter().fold(0, |all, id| all ^ pair(*id).rest as u64));
        let mut has_new = false;
        for (found, one) in found.iter_mut().zip(wanted) {
            let is_it = pair(*found).may_be(one.pair);
            *found = if is_it { *found } else { NOT_FOUND };
            has_new |= !is_it;
        }
        if have_digests {
            self.tell_apart(found, called);
        }
        if has_new {
            let new = wanted.iter().zip(&*found).filter(|(_, found)| **found == NOT_FOUND);
            self.users.touch(new.map(|(one, _)| one.user_hash()));
        }
    }

    /// Says of agents that have digests whether they are the ones that are looked for.
    fn tell_apart<'a>(&self, found: &mut [u32], called: impl Fn(usize) -> (&'a [u8], &'a [u8])) {
        let pair = |id: u32| self.pairs.get(id as usize).filter(|pair| pair.has_digest());
        let places = found.iter().filter_map(|id| pair(*id)?.place());
        black_box(places.fold(0, |all, span| all ^ self.users.touched(span)));
        for (place, id) in found.iter_mut().enumerate() {
            let is_other = |pair: &Pair| !self.is_called(*id, *pair, called(place));
            if pair(*id).is_some_and(is_other) {
                *id = NOT_FOUND;
            }
        }
    }

    /// Whether an agent that has a digest in its pair is called so.
    #[inline]
    fn is_called(&self, agent: u32, pair: Pair, (user, device): (&[u8], &[u8])) -> bool {
        let name = |place: usize| &self.agents[place];
        let is_user = !pair.has_user_digest()
            || match pair.place() {
                Some(span) => self.users.bytes(span) == user,
                None => self.users.text(name(agent as usize).user).as_bytes() == user,
            };
        is_user
            && (!pair.has_device_digest()
                || self.device_name(name(agent as usize).device).as_bytes() == device)
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
                let wanted = Wanted::new(words[0], words[1]);
                let mut found = [0; 40];
                let called = (user.as_bytes(), device.as_bytes());
                names.most_known(&[wanted; 40], &mut found, |_| called);
                let id = if place < names.agents() { place as u32 } else { NOT_FOUND };
                prop_assert_eq!(found, [id; 40]);
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
    fn very_long_names_are_told_apart_too() {
        let mut names = Names::default();
        let called: Vec<_> = [65_534, 65_535, 65_536].map(|len| "n".repeat(len)).to_vec();
        let words: Vec<_> = called.iter().map(|name| Word::new(name.as_bytes())).collect();
        let wanted: Vec<_> = words.iter().map(|word| Wanted::new(*word, Word::EMPTY)).collect();
        for (place, name) in called.iter().enumerate() {
            assert_eq!(names.agent(name, "").unwrap().index(), place);
        }
        let mut found = [NOT_FOUND; 3];
        names.most_known(&wanted, &mut found, |place| (called[place].as_bytes(), b""));
        assert_eq!(found, [0, 1, 2]);
        // Digests are the same where others are called so.
        names.most_known(&wanted, &mut found, |place| (called[2 - place].as_bytes(), b""));
        assert_eq!(found, [NOT_FOUND, 1, NOT_FOUND]);
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
