//! What lines did before: the same app, API and action come again and again.

use super::Record;
use super::word::{KEPT, Word, sixteen};

/// What was done, by how it was written. It forgets what another takes the place of.
#[derive(Debug)]
pub(super) struct Deeds {
    places: Box<[(Written, Record)]>,
}

/// How app, API and action were written, told from every other way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    written: Written,
    home: usize,
}

/// App, API, and action with the three lengths behind it; or a text, its length behind it, and
/// [`IS_TEXT`].
type Written = [u128; 3];

/// The logarithm of how many places there are.
const BITS: u32 = 10;
/// How long an action is at most, so that lengths can stand behind it.
const MOST_ACTION: u32 = 12;
/// How long a text is at most, so that its length can stand behind it.
const MOST_TEXT: usize = 31;
/// No lengths are as high, here and below.
const IS_TEXT: u128 = u128::MAX;
/// Something is too long. This is never remembered.
const LONG: Written = [0, 0, IS_TEXT - 1];
/// Where nothing is remembered.
const NOTHING: Written = [0, 0, IS_TEXT - 2];

impl Key {
    const LONG: Self = Self { written: LONG, home: 0 };

    /// For fields that are written one by one.
    #[inline]
    pub(super) fn of_words([app, api, action]: [Word; 3]) -> Self {
        if app.is_digest() | api.is_digest() | (action.len > MOST_ACTION) {
            return Self::LONG;
        }
        let lengths = app.len | api.len << 8 | action.len << 16;
        let third = action.bytes | u128::from(lengths) << 96;
        let hash = folded(app.bytes).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ folded(api.bytes).wrapping_mul(0xa076_1d64_78bd_642f)
            ^ folded(third).wrapping_mul(0xe703_7ed1_a0b4_28db);
        Self { written: [app.bytes, api.bytes, third], home: (hash >> (64 - BITS)) as usize }
    }

    /// For an app, an API and an action that are written as `window[start..end]`, with commas
    /// between them and none in them. A margin follows.
    #[inline]
    pub(super) fn of_text(window: &[u8], start: usize, end: usize) -> Self {
        let len = end - start;
        if len > MOST_TEXT {
            return Self::LONG;
        }
        let first = sixteen(window, start) & KEPT[len.min(16)];
        let second = sixteen(window, start + 16) & KEPT[len.max(16) - 16];
        let hash = folded(first).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ folded(second).wrapping_mul(0xa076_1d64_78bd_642f);
        let second = second | (len as u128) << 120;
        Self { written: [first, second, IS_TEXT], home: (hash >> (64 - BITS)) as usize }
    }
}

/// Half of it, in which nothing is lost where the other half is empty.
#[inline]
fn folded(bytes: u128) -> u64 {
    bytes as u64 ^ ((bytes >> 64) as u64).rotate_left(29)
}

impl Default for Deeds {
    fn default() -> Self {
        let nothing = Record::from_bytes(&[0; Record::BYTES]);
        Self { places: vec![(NOTHING, nothing); 1 << BITS].into() }
    }
}

impl Deeds {
    /// A record of what is written so, if one was remembered.
    #[inline]
    pub(super) fn get(&self, key: Key) -> Option<Record> {
        let ([first, second, third], deed) = self.places.get(key.home)?;
        let [own_first, own_second, own_third] = key.written;
        let differs = (first ^ own_first) | (second ^ own_second) | (third ^ own_third);
        (differs == 0).then_some(*deed)
    }

    /// Remembers what is written so, unless it is long.
    pub(super) fn remember(&mut self, key: Key, deed: Record) {
        if key.written != LONG {
            self.places[key.home] = (key.written, deed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Instant;
    use crate::trace::word::MARGIN;

    fn text_key(text: &str) -> Key {
        let window = [text.as_bytes(), &[b','; MARGIN]].concat();
        Key::of_text(&window, 0, text.len())
    }

    proptest! {
        /// One way of writing says nothing about another one, even of the same names.
        #[test]
        fn only_what_was_remembered_is_known(
            fields in proptest::collection::vec(
                (["[ab]{0,2}\0?|a{15,17}", "[ab]{0,2}|a{12,17}", "[ab]{0,2}|a{11,13}"], any::<bool>()),
                1..200,
            ),
        ) {
            let mut deeds = Deeds::default();
            let mut twin: HashMap<(bool, String), Record> = HashMap::new();
            for (place, (fields, is_text)) in fields.iter().enumerate() {
                let [_, _, action] = fields;
                let words = fields.each_ref().map(|field| Word::new(field.as_bytes()));
                let joined = fields.join(",");
                let is_long = words[0].is_digest() || words[1].is_digest() || action.len() > 12;
                let (key, is_short) = match is_text {
                    true => (text_key(&joined), joined.len() < 32),
                    false => (Key::of_words(words), !is_long),
                };
                let written = (*is_text, joined);
                if let Some(found) = deeds.get(key) {
                    prop_assert_eq!(Some(&found), twin.get(&written));
                }
                let record = Record::from_bytes(&[0; Record::BYTES])
                    .done_at(Instant::from_millis(place as i64));
                deeds.remember(key, record);
                twin.insert(written, record);
                prop_assert_eq!(deeds.get(key), is_short.then_some(record));
            }
        }
    }
}
