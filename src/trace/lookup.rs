//! A few names with their numbers, found by their words.

use super::word::Word;

/// Names of apps or APIs by their words: one probe finds most.
#[derive(Clone, Debug, Default)]
pub(super) struct Lookup {
    /// Open addressing with linear probing, three quarters and more of it free.
    slots: Vec<Option<(Word, u32)>>,
    len: usize,
}

impl Lookup {
    /// The number of a name. `is` tells whether a number is right, and is only asked where words
    /// do not tell.
    #[inline]
    pub(super) fn find(&self, word: Word, is: impl Fn(u32) -> bool) -> Option<u32> {
        let mut place = self.home(word)?;
        loop {
            let (known, id) = self.slots[place]?;
            if known == word && (!word.is_digest() || is(id)) {
                return Some(id);
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    /// Makes a name findable; it must not be already.
    pub(super) fn insert(&mut self, word: Word, id: u32) {
        if (self.len + 1) * 4 > self.slots.len() {
            let larger = vec![None; (self.slots.len() * 2).max(16)];
            for (word, id) in std::mem::replace(&mut self.slots, larger).into_iter().flatten() {
                self.place(word, id);
            }
        }
        self.place(word, id);
        self.len += 1;
    }

    fn place(&mut self, word: Word, id: u32) {
        let mut place = self.home(word).expect("made larger before");
        while self.slots[place].is_some() {
            place = (place + 1) & (self.slots.len() - 1);
        }
        self.slots[place] = Some((word, id));
    }

    #[inline]
    fn home(&self, word: Word) -> Option<usize> {
        let last = self.slots.len().checked_sub(1)?;
        Some((word.hash() >> 32) as usize & last)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn does_what_a_hash_map_does(texts in proptest::collection::vec("[ab]{0,4}|a{14,19}", 0..200)) {
            let mut lookup = Lookup::default();
            let mut twin: HashMap<&str, u32> = HashMap::new();
            for text in &texts {
                let word = Word::new(text.as_bytes());
                prop_assert_eq!(lookup.find(word, |_| true), twin.get(text.as_str()).copied());
                if !twin.contains_key(text.as_str()) {
                    lookup.insert(word, twin.len() as u32);
                    twin.insert(text, twin.len() as u32);
                }
            }
        }
    }

    #[test]
    fn equal_digests_are_told_apart() {
        let word = Word::new(b"longer than sixteen bytes");
        let mut lookup = Lookup::default();
        (0..20).for_each(|id| lookup.insert(word, id));
        assert_eq!(lookup.find(word, |id| id == 17), Some(17));
        assert_eq!(lookup.find(word, |_| false), None);
    }
}
