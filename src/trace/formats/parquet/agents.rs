//! Who the rows of a row group are by.

use std::ops::Range;

use super::page::Column;
use super::texts::Texts;
use crate::model::AgentId;
use crate::trace::names::{NOT_FOUND, Wanted};
use crate::trace::stream::{GaveUp, Roll};
use crate::trace::word::Word;

/// The columns that tell users and devices.
pub(super) struct Agents {
    users: Column<Texts>,
    devices: Option<Column<Texts>>,
    /// By text of a user, where there are no devices: the agent, if it is known.
    known: Vec<u32>,
    user_codes: Vec<u32>,
    device_codes: Vec<u32>,
    wanted: Vec<Wanted>,
    found: Vec<u32>,
    /// Who is wanted, by the numbers of their texts.
    missed: Vec<Key>,
    /// Rows that are by the same agent, one after the other.
    runs: Vec<Run>,
    /// Who was found for users and devices: most come again soon.
    recent: Vec<(Key, u32)>,
    /// How many times rows were read.
    batch: u32,
}

#[derive(Clone, Copy)]
struct Run {
    start: u32,
    key: Key,
    agent: u32,
}

/// A user and a device as numbers of texts, in the rows in which these are the texts' numbers; 0
/// are all rows.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    user: u32,
    device: u32,
    batch: u32,
}

const RECENT: usize = 1 << 12;

/// Rows that are looked at together.
const BLOCK: usize = 32;

/// Those who are looked up together: their memory is waited for once.
const TOGETHER: usize = 256;

impl Agents {
    pub(super) fn new(users: Column<Texts>, devices: Option<Column<Texts>>) -> Self {
        Self {
            users,
            devices,
            known: Vec::new(),
            user_codes: Vec::new(),
            device_codes: Vec::new(),
            wanted: Vec::new(),
            found: Vec::new(),
            missed: Vec::new(),
            runs: Vec::new(),
            recent: vec![(Key::NONE, NOT_FOUND); RECENT],
            batch: 0,
        }
    }

    /// Reads who the next `count` rows are by. Who is new is met in the order of the rows.
    pub(super) fn read(
        &mut self,
        count: usize,
        roll: &mut Roll<'_>,
        agents: &mut Vec<u32>,
    ) -> Result<(), GaveUp> {
        self.known.truncate(self.users.values.kept());
        self.users.values.forget_rows();
        self.user_codes.resize(count, 0);
        self.users.read(&mut self.user_codes)?;
        agents.clear();
        match &mut self.devices {
            None => self.by_user(roll, agents),
            Some(devices) => {
                devices.values.forget_rows();
                self.device_codes.resize(count, 0);
                devices.read(&mut self.device_codes)?;
                self.batch += 1;
                for start in (0..count).step_by(BLOCK) {
                    let rows = start..(start + BLOCK).min(count);
                    if !self.by_recent(rows.clone(), agents) {
                        agents.truncate(start);
                        self.by_pair(rows, roll, agents)?;
                    }
                }
                Ok(())
            }
        }
    }

    fn by_user(&mut self, roll: &mut Roll<'_>, agents: &mut Vec<u32>) -> Result<(), GaveUp> {
        let texts = &self.users.values;
        let words = texts.words();
        while self.known.len() < words.len() {
            let first = self.known.len();
            let new = first..words.len().min(first + TOGETHER);
            self.wanted.clear();
            self.wanted
                .extend(words[new.clone()].iter().map(|user| Wanted::new(*user, Word::EMPTY)));
            self.known.resize(new.end, NOT_FOUND);
            let called = |place: usize| (texts.text((first + place) as u32), &b""[..]);
            roll.names().most_known(&self.wanted, &mut self.known[new], called);
        }
        agents.resize(self.user_codes.len(), NOT_FOUND);
        let mut all_known = true;
        for (agent, code) in agents.iter_mut().zip(&self.user_codes) {
            *agent = self.known.get(*code as usize).copied().unwrap_or(NOT_FOUND);
            all_known &= *agent != NOT_FOUND;
        }
        if all_known {
            return Ok(());
        }
        for (agent, code) in agents.iter_mut().zip(&self.user_codes) {
            let known = self.known.get_mut(*code as usize).ok_or(GaveUp::DAMAGED)?;
            if *known == NOT_FOUND {
                *known = number(roll.meet(texts.text(*code), b"")?);
            }
            *agent = *known;
        }
        Ok(())
    }

    /// Whether all of those who the rows are by were just found. Nothing branches on a row.
    fn by_recent(&self, rows: Range<usize>, agents: &mut Vec<u32>) -> bool {
        agents.resize(rows.end, NOT_FOUND);
        let both = self.user_codes[rows.clone()].iter().zip(&self.device_codes[rows.clone()]);
        let mut all = true;
        for (agent, (user, device)) in agents[rows.start..].iter_mut().zip(both) {
            let key = Key { user: *user, device: *device, batch: 0 };
            let recent = &self.recent[key.place()];
            all &= recent.0 == key;
            *agent = recent.1;
        }
        all
    }

    fn by_pair(
        &mut self,
        rows: Range<usize>,
        roll: &mut Roll<'_>,
        agents: &mut Vec<u32>,
    ) -> Result<(), GaveUp> {
        let Some(Column { values: devices, .. }) = &self.devices else { return Ok(()) };
        let users = &self.users.values;
        self.wanted.clear();
        self.missed.clear();
        self.runs.clear();
        let mut last = (NOT_FOUND, NOT_FOUND);
        for row in rows.clone() {
            let both = (self.user_codes[row], self.device_codes[row]);
            if both == last {
                continue;
            }
            last = both;
            // What is not of a dictionary means something else in the next rows.
            let lasts = (both.0 as usize) < users.kept() && (both.1 as usize) < devices.kept();
            let key =
                Key { user: both.0, device: both.1, batch: if lasts { 0 } else { self.batch } };
            let recent = &self.recent[key.place()];
            let agent = if recent.0 == key { recent.1 } else { NOT_FOUND };
            if agent == NOT_FOUND {
                let user = users.words().get(both.0 as usize).ok_or(GaveUp::DAMAGED)?;
                let device = devices.words().get(both.1 as usize).ok_or(GaveUp::DAMAGED)?;
                self.wanted.push(Wanted::new(*user, *device));
                self.missed.push(key);
            }
            self.runs.push(Run { start: row as u32, key, agent });
        }
        self.found.clear();
        self.found.resize(self.wanted.len(), NOT_FOUND);
        let missed = &self.missed;
        let called =
            |place: usize| (users.text(missed[place].user), devices.text(missed[place].device));
        roll.names().most_known(&self.wanted, &mut self.found, called);
        let mut found = self.found.iter();
        for (place, run) in self.runs.iter().enumerate() {
            let next = self.runs.get(place + 1);
            let end = next.map_or(rows.end, |next| next.start as usize);
            let mut agent = run.agent;
            if agent == NOT_FOUND {
                let found = found.next().copied().unwrap_or(NOT_FOUND);
                // An earlier row may have met who was not known then.
                let recent = &mut self.recent[run.key.place()];
                agent = match found {
                    NOT_FOUND if recent.0 == run.key => recent.1,
                    NOT_FOUND => {
                        let (user, device) = (run.key.user, run.key.device);
                        number(roll.meet(users.text(user), devices.text(device))?)
                    }
                    found => found,
                };
                *recent = (run.key, agent);
            }
            agents.resize(end, agent);
        }
        Ok(())
    }
}

impl Key {
    const NONE: Self = Self { user: NOT_FOUND, device: NOT_FOUND, batch: 0 };

    #[inline]
    fn place(self) -> usize {
        self.user.wrapping_mul(7).wrapping_add(self.device) as usize % RECENT
    }
}

fn number(agent: AgentId) -> u32 {
    agent.index() as u32
}
