//! What lines did before: the same app, API and action come again and again.

use super::Record;
use super::word::Word;

/// What was done, by the words of app, API and action. It forgets what another takes the place of.
#[derive(Debug)]
pub(super) struct Deeds {
    places: Box<[(Key, Record); PLACES]>,
}

const PLACES: usize = 256;

/// App, API, and action with the three lengths behind it.
type Key = [u128; 3];

/// How long an action is at most, so that lengths can stand behind it.
const MOST_ACTION: u32 = 12;
/// No text has such a length.
const NOTHING: Key = [u128::MAX; 3];

impl Default for Deeds {
    fn default() -> Self {
        let nothing = Record::from_bytes(&[0; Record::BYTES]);
        Self { places: Box::new([(NOTHING, nothing); PLACES]) }
    }
}

impl Deeds {
    /// A record of what the words say, if one was remembered.
    #[inline]
    pub(super) fn get(&self, words: [Word; 3]) -> Option<Record> {
        let key = key(words)?;
        let (known, deed) = &self.places[home(key)];
        let differs = (known[0] ^ key[0]) | (known[1] ^ key[1]) | (known[2] ^ key[2]);
        (differs == 0).then_some(*deed)
    }

    /// Remembers what the words say, unless one of them is long.
    pub(super) fn remember(&mut self, words: [Word; 3], deed: Record) {
        if let Some(key) = key(words) {
            self.places[home(key)] = (key, deed);
        }
    }
}

/// What tells the words from others, unless one of them is long.
#[inline]
fn key([app, api, action]: [Word; 3]) -> Option<Key> {
    let is_short = !(app.is_digest() | api.is_digest()) & (action.len <= MOST_ACTION);
    let lengths = app.len | api.len << 8 | action.len << 16;
    is_short.then_some([app.bytes, api.bytes, action.bytes | u128::from(lengths) << 96])
}

#[inline]
fn home([app, api, action]: Key) -> usize {
    let folded = |bytes: u128| bytes as u64 ^ ((bytes >> 64) as u64).rotate_left(32);
    let hash = folded(app)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(folded(api).wrapping_mul(0xa076_1d64_78bd_642f))
        .wrapping_add(folded(action).wrapping_mul(0xe703_7ed1_a0b4_28db));
    (hash >> 56) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Instant;

    proptest! {
        #[test]
        fn only_what_was_remembered_is_known(
            texts in proptest::collection::vec(
                ["[ab]{0,2}\0?|a{15,17}", "[ab]{0,2}|a{15,17}", "[ab]{0,2}|a{11,13}"],
                1..200,
            ),
        ) {
            let mut deeds = Deeds::default();
            let mut twin: HashMap<&[String; 3], Record> = HashMap::new();
            for (place, texts) in texts.iter().enumerate() {
                let words = texts.each_ref().map(|text| Word::new(text.as_bytes()));
                if let Some(found) = deeds.get(words) {
                    prop_assert_eq!(Some(&found), twin.get(texts));
                }
                let record = Record::from_bytes(&[0; Record::BYTES])
                    .done_at(Instant::from_millis(place as i64));
                deeds.remember(words, record);
                twin.insert(texts, record);
                let is_short = texts[0].len() < 17 && texts[1].len() < 17 && texts[2].len() < 13;
                prop_assert_eq!(deeds.get(words), is_short.then_some(record));
            }
        }
    }
}
