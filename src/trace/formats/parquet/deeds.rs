//! What the rows of a run can say was done, with its names checked once for all of them.

use super::texts::Texts;
use crate::trace::lookup::Lookup;
use crate::trace::stream::GaveUp;
use crate::trace::word::Word;
use crate::trace::{Action, Intake, Record, Vocabulary};

/// Every deed that app, API and action can make, in a table.
#[derive(Debug)]
pub(super) struct Deeds {
    /// By key: the deed, and whether there is such a one.
    table: Vec<(Record, bool)>,
    /// For the columns app, API and action: what each name adds to the key.
    names: [Names; 3],
}

/// The names that a column may hold. No name adds nothing.
#[derive(Debug)]
struct Names {
    names: Vec<String>,
    by_word: Lookup,
    stride: u32,
}

/// A table of so many deeds takes a megabyte and a half.
const MOST_DEEDS: usize = 1 << 16;

/// What a name that is not known adds to a key; even three of them are far beyond any table.
pub(super) const UNKNOWN: u32 = 1 << 24;

impl Names {
    fn new(names: Vec<String>, stride: usize) -> Self {
        let mut by_word = Lookup::default();
        for (id, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            by_word.insert(Word::new(name.as_bytes()), id as u32);
        }
        Self { names, by_word, stride: stride as u32 }
    }

    fn adds(&self, word: Word, text: &[u8]) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let is = |id: u32| self.names[id as usize].as_bytes() == text;
        self.by_word.find(word, is).map_or(UNKNOWN, |id| (id + 1) * self.stride)
    }
}

impl Deeds {
    /// The deeds that `vocabulary` allows, for a file that has those of the columns app, API and
    /// action that `has` tells.
    pub(super) fn new(vocabulary: &Vocabulary, has: [bool; 3]) -> Result<Self, GaveUp> {
        if vocabulary.open {
            return Err(GaveUp::TOO_MUCH);
        }
        let actions: Vec<String> = Action::ALL.map(|action| action.word().to_owned()).to_vec();
        let lists = [vocabulary.apps.clone(), vocabulary.apis.clone(), actions];
        let mut stride = 1_usize;
        let names = [0, 1, 2].map(|place| {
            let list = if has[place] { lists[place].clone() } else { Vec::new() };
            let own = stride;
            stride = stride.saturating_mul(list.len() + 1);
            Names::new(list, own.min(MOST_DEEDS))
        });
        if stride > MOST_DEEDS {
            return Err(GaveUp::TOO_MUCH);
        }
        let mut intake = Intake::new(vocabulary.clone());
        let table = (0..stride).map(|key| {
            let [app, api, action] = [0, 1, 2].map(|place| {
                let own = &names[place];
                let number = key / own.stride as usize % (own.names.len() + 1);
                if number == 0 { "" } else { &own.names[number - 1] }
            });
            let action = Action::from_word(action).unwrap_or(Action::Use);
            match intake.deed(app, api, action) {
                Ok(deed) => (deed.record(), true),
                Err(_) => (Record::BLANK, false),
            }
        });
        Ok(Self { table: table.collect(), names })
    }

    /// What the texts of a column add to the keys of rows: `adds` has those of the first ones
    /// already.
    pub(super) fn learn(&self, place: usize, texts: &Texts, adds: &mut Vec<u32>) {
        let known = adds.len();
        for (number, word) in (known as u32..).zip(&texts.words()[known..]) {
            adds.push(self.names[place].adds(*word, texts.text(number)));
        }
    }

    /// The deed of a key, and whether there is such a one.
    #[inline(always)]
    pub(super) fn find(&self, key: u32) -> (Record, bool) {
        self.table.get(key as usize).copied().unwrap_or((Record::BLANK, false))
    }
}
