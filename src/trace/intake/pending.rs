//! The quick way in: lines are pending, many at a time, until it is known who they are by.
//!
//! Names are found by the words of their texts. What is not found says nothing about a line:
//! [`Intake::take_line`] tells whether it is broken.

use super::Intake;
use crate::model::{AgentId, ApiId, AppId, Instant};
use crate::trace::deeds::{Deeds, Key};
use crate::trace::flaw::KnownNames;
use crate::trace::lookup::Lookup;
use crate::trace::names::{NOT_FOUND, Wanted};
use crate::trace::strings::Strings;
use crate::trace::word::Word;
use crate::trace::{Action, Record, TraceError};

/// The apps and APIs that are known, and the actions, to be found by their words.
#[derive(Debug)]
pub(super) struct QuickNames {
    pub(super) apps: Lookup,
    pub(super) apis: Lookup,
    actions: [Word; Action::ALL.len()],
    /// What was found before.
    deeds: Deeds,
}

impl QuickNames {
    pub(super) fn new(known: &KnownNames) -> Self {
        let actions = Action::ALL.map(|action| Word::new(action.word().as_bytes()));
        let (apps, apis) = (by_word(&known.apps), by_word(&known.apis));
        Self { apps, apis, actions, deeds: Deeds::default() }
    }

    /// As [`Action::from_word`]; no action is so long that its word is a digest.
    fn action(&self, word: Word) -> Option<Action> {
        if word.len == 0 {
            return Some(Action::Use);
        }
        self.actions.iter().position(|known| *known == word).map(|place| Action::ALL[place])
    }
}

fn by_word(names: &Strings) -> Lookup {
    let mut lookup = Lookup::default();
    for (id, name) in names.iter().enumerate() {
        lookup.insert(Word::new(name.as_bytes()), id as u32);
    }
    lookup
}

impl Intake {
    /// What a line does, at any time and by anybody, if its app, API and action are known; names
    /// that are were checked when they became so. `key` tells how they are written, and `text` gives
    /// them by their places.
    #[inline]
    pub(in crate::trace) fn pend<'a>(
        &mut self,
        key: Key,
        text: impl Fn(usize) -> &'a [u8],
    ) -> Option<Record> {
        match self.quick.deeds.get(key) {
            Some(deed) => Some(deed),
            None => self.pend_anew(key, text),
        }
    }

    #[cold]
    fn pend_anew<'a>(&mut self, key: Key, text: impl Fn(usize) -> &'a [u8]) -> Option<Record> {
        let words: [Word; 3] = std::array::from_fn(|place| Word::new(text(place)));
        let [app, api, action] = words;
        let action = self.quick.action(action)?;
        let needs_app = action.needs_app();
        if !needs_app && (app.len > 0 || api.len > 0) {
            return None;
        }
        let known = |names: &Lookup, strings: &Strings, place: usize| {
            names.find(words[place], |id| strings.text(id).as_bytes() == text(place))
        };
        let app = match app.len {
            0 if needs_app => Some(self.vocabulary.default_app?),
            0 => None,
            _ => {
                let id = known(&self.quick.apps, &self.known.apps, 0)? as usize;
                Some((id < Record::MAX_APPS).then(|| AppId::new(id))?)
            }
        };
        let api = match (app, api.len) {
            (None, _) | (_, 0) => None,
            (Some(app), _) => {
                let id = known(&self.quick.apis, &self.known.apis, 1)? as usize;
                let api = (id < Record::MAX_APIS).then(|| ApiId::new(id))?;
                Some(self.is_used(app, api).then_some(api)?)
            }
        };
        let deed = Record::new(Instant::from_millis(0), AgentId::new(0), action, app, api);
        self.quick.deeds.remember(key, deed);
        Some(deed)
    }

    /// Takes records that are pending, each by the one who is wanted at its place, and tells how
    /// many it took: the line of the next one is broken. `called` gives the texts of user and device
    /// by place, and `found` is room for as many numbers.
    #[inline]
    pub(in crate::trace) fn take_pending<'a>(
        &mut self,
        records: &mut [Record],
        wanted: &[Wanted],
        found: &mut [u32],
        called: impl Fn(usize) -> (&'a [u8], &'a [u8]),
    ) -> Result<usize, TraceError> {
        self.names.most_known(wanted, found, &called);
        let mut taken = 0;
        for ((record, wanted), found) in records.iter_mut().zip(wanted).zip(found) {
            let agent = match *found {
                NOT_FOUND => match self.seek_agent(*wanted, called(taken))? {
                    Some(agent) => agent,
                    None => break,
                },
                found => AgentId::from_number(found),
            };
            *record = record.by(agent);
            taken += 1;
        }
        self.push_all(&records[..taken])?;
        Ok(taken)
    }

    /// One who is not among those that are found most quickly, and perhaps new.
    fn seek_agent(
        &mut self,
        wanted: Wanted,
        called: (&[u8], &[u8]),
    ) -> Result<Option<AgentId>, TraceError> {
        if let Some(known) = self.names.known(wanted, called) {
            return Ok(Some(known));
        }
        match (std::str::from_utf8(called.0), std::str::from_utf8(called.1)) {
            (Ok(user), Ok(device)) => self.names.add(wanted, user, device).map(Some),
            _ => Ok(None),
        }
    }

    #[inline]
    fn push_all(&mut self, records: &[Record]) -> Result<(), TraceError> {
        let mut out_of_order = 0;
        for record in records {
            out_of_order += u64::from(record.at() < self.last);
            self.last = record.at();
        }
        self.counts.records += records.len() as u64;
        self.counts.lines += records.len() as u64;
        self.counts.out_of_order += out_of_order;
        self.sorter.extend(records, out_of_order == 0).map_err(TraceError::Spool)
    }
}
