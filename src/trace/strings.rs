//! Many short texts, each held once and known by a small number.

use std::hint::black_box;

use xxhash_rust::xxh3::xxh3_64;

/// Texts in one arena, numbered in the order in which they were first seen.
///
/// A text costs its bytes, eight for where it ends and sixteen to thirty-two in the index: no
/// allocation of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u64>,
    index: Index,
}

/// Where a text stands in the arena.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) len: u64,
}

/// Finds ids by hash; what they stand for is kept, and compared, by the caller.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// Open addressing with linear probing: the hash's upper half above the id.
    slots: Vec<u64>,
    len: usize,
}

/// Ids stay below this one, so that no slot in use looks like a free one.
pub(super) const MAX_IDS: usize = u32::MAX as usize;
const FREE: u64 = u64::MAX;

impl Strings {
    /// The number of `text`, if it was seen.
    #[inline]
    pub(super) fn get(&self, text: &str) -> Option<u32> {
        self.index.find(xxh3_64(text.as_bytes()), |id| self.text(id) == text)
    }

    /// The number of `text`, and whether it is a new one; `None` if there are too many.
    #[inline]
    pub(super) fn intern(&mut self, text: &str) -> Option<(u32, bool)> {
        self.intern_by(xxh3_64(text.as_bytes()), text)
    }

    /// As [`Strings::intern`], by another hash. Whoever uses it for one text uses it for all.
    #[inline]
    pub(super) fn intern_by(&mut self, hash: u64, text: &str) -> Option<(u32, bool)> {
        if let Some(id) = self.index.find(hash, |id| self.text(id) == text) {
            return Some((id, false));
        }
        let id = u32::try_from(self.len()).ok().filter(|id| (*id as usize) < MAX_IDS)?;
        self.text.push_str(text);
        self.ends.push(self.text.len() as u64);
        self.index.insert(hash, id);
        Some((id, true))
    }

    /// As [`Index::touch`], for [`Strings::intern_by`].
    #[inline]
    pub(super) fn touch(&self, hashes: impl Iterator<Item = u64>) {
        self.index.touch(hashes);
    }

    /// A number that is known once the text's bytes, up to some 64, are in the cache.
    #[inline]
    pub(super) fn touched(&self, Span { start, len }: Span) -> u8 {
        let (first, last) = (start as usize, (start + len) as usize - 1);
        let text = self.text.as_bytes();
        text[first] ^ text[last]
    }

    /// The text of that number.
    #[inline]
    pub(super) fn text(&self, id: u32) -> &str {
        let Span { start, len } = self.span(id);
        &self.text[start as usize..(start + len) as usize]
    }

    /// Where the text of that number stands.
    #[inline]
    pub(super) fn span(&self, id: u32) -> Span {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        Span { start, len: self.ends[id] - start }
    }

    /// The bytes of a text that is known to stand there: its number need not be looked at.
    #[inline]
    pub(super) fn bytes(&self, span: Span) -> &[u8] {
        &self.text.as_bytes()[span.start as usize..(span.start + span.len) as usize]
    }

    /// How many texts there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Every text, in the order of the numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> + '_ {
        (0..self.len() as u32).map(|id| self.text(id))
    }
}

impl Index {
    /// The id with that hash which `is` says is the right one.
    #[inline]
    pub(super) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let mut place = self.home(hash);
        loop {
            let slot = self.slots[place];
            if slot == FREE {
                return None;
            }
            if slot >> 32 == hash >> 32 && is(slot as u32) {
                return Some(slot as u32);
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    /// Asks for the memory where looking for these hashes begins, without waiting for it.
    #[inline]
    pub(super) fn touch(&self, hashes: impl Iterator<Item = u64>) {
        if !self.slots.is_empty() {
            black_box(hashes.fold(0, |all, hash| all ^ self.slots[self.home(hash)]));
        }
    }

    /// The first id with that hash: most likely the right one, if there is one.
    #[inline]
    pub(super) fn likely(&self, hash: u64) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let home = self.home(hash);
        let (first, second) = (self.slots[home], self.slots[(home + 1) & (self.slots.len() - 1)]);
        // Which of them has it cannot be foreseen, so that a branch would often be wrong.
        let is_second = u64::from(second >> 32 == hash >> 32 && first >> 32 != hash >> 32);
        let slot = first ^ (first ^ second) & is_second.wrapping_neg();
        if slot >> 32 == hash >> 32 && slot != FREE {
            return Some(slot as u32);
        }
        self.find(hash, |_| true)
    }

    /// Makes `id` findable; it must not be already.
    pub(super) fn insert(&mut self, hash: u64, id: u32) {
        if (self.len + 1) * 2 > self.slots.len() {
            let larger = vec![FREE; (self.slots.len() * 2).max(16)];
            for slot in std::mem::replace(&mut self.slots, larger) {
                if slot != FREE {
                    self.place(slot);
                }
            }
        }
        self.place(hash >> 32 << 32 | u64::from(id));
        self.len += 1;
    }

    fn place(&mut self, slot: u64) {
        let mut place = self.home(slot);
        while self.slots[place] != FREE {
            place = (place + 1) & (self.slots.len() - 1);
        }
        self.slots[place] = slot;
    }

    /// Only the half of the hash that slots keep decides, so that growing needs no text.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.slots.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn does_what_a_hash_map_does(texts in proptest::collection::vec("[ab]{0,6}|é", 0..300)) {
            let mut strings = Strings::default();
            let mut twin: HashMap<&str, u32> = HashMap::new();
            for text in &texts {
                prop_assert_eq!(strings.get(text), twin.get(text.as_str()).copied());
                let next = twin.len() as u32;
                let new = !twin.contains_key(text.as_str());
                let id = *twin.entry(text).or_insert(next);
                prop_assert_eq!(strings.intern(text), Some((id, new)));
            }
            prop_assert_eq!(strings.len(), twin.len());
            for (id, text) in strings.iter().enumerate() {
                prop_assert_eq!(twin[text], id as u32);
            }
        }
    }

    #[test]
    fn equal_hashes_are_told_apart() {
        let mut index = Index::default();
        for id in 0..100 {
            index.insert(7 << 32, id);
        }
        for id in 0..100 {
            assert_eq!(index.find(7 << 32, |found| found == id), Some(id));
        }
        assert_eq!(index.find(7 << 32, |_| false), None);
        assert!(index.likely(7 << 32).is_some_and(|id| id < 100));
    }

    #[test]
    fn what_is_likely_is_what_is_found() {
        let mut index = Index::default();
        let hash = |id: u64| id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        assert_eq!(index.likely(u64::MAX), None);
        for id in 0..500 {
            index.insert(hash(id), id as u32);
            assert_eq!(index.likely(u64::MAX), None);
        }
        for id in 0..1_000 {
            let likely = index.likely(hash(id));
            assert_eq!(likely, index.find(hash(id), |_| true), "{id}");
            assert_eq!(likely, (id < 500).then_some(id as u32));
        }
    }
}
