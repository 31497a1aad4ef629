//! Many short texts, each held once and known by a small number.

use xxhash_rust::xxh3::xxh3_64;

/// Texts in one arena, numbered in the order in which they were first seen.
///
/// A text costs its bytes, eight for where it ends and eleven to twenty-one in the index: no
/// allocation of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u64>,
    index: Index,
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
        let hash = xxh3_64(text.as_bytes());
        if let Some(id) = self.index.find(hash, |id| self.text(id) == text) {
            return Some((id, false));
        }
        let id = u32::try_from(self.len()).ok().filter(|id| (*id as usize) < MAX_IDS)?;
        self.text.push_str(text);
        self.ends.push(self.text.len() as u64);
        self.index.insert(hash, id);
        Some((id, true))
    }

    /// The text of that number.
    #[inline]
    pub(super) fn text(&self, id: u32) -> &str {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.text[start as usize..self.ends[id] as usize]
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

    /// What stands where looking for `hash` begins, for [`Index::likely`]. Whoever looks for several
    /// asks for that of all of them first: the memory is then waited for once.
    #[inline]
    pub(super) fn first_slot(&self, hash: u64) -> u64 {
        if self.slots.is_empty() { FREE } else { self.slots[self.home(hash)] }
    }

    /// The first id with that hash, of those that its first slot leads to: most likely the right
    /// one, if there is one.
    #[inline]
    pub(super) fn likely(&self, hash: u64, first_slot: u64) -> Option<u32> {
        if first_slot >> 32 == hash >> 32 && first_slot != FREE {
            return Some(first_slot as u32);
        }
        self.find(hash, |_| true)
    }

    /// Makes `id` findable; it must not be already.
    pub(super) fn insert(&mut self, hash: u64, id: u32) {
        if (self.len + 1) * 4 > self.slots.len() * 3 {
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
        assert!(index.likely(7 << 32, index.first_slot(7 << 32)).is_some_and(|id| id < 100));
    }

    #[test]
    fn what_is_likely_is_what_is_found() {
        let mut index = Index::default();
        let hash = |id: u64| id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        assert_eq!(index.likely(u64::MAX, index.first_slot(u64::MAX)), None);
        for id in 0..500 {
            index.insert(hash(id), id as u32);
            assert_eq!(index.likely(u64::MAX, index.first_slot(u64::MAX)), None);
        }
        for id in 0..1_000 {
            let likely = index.likely(hash(id), index.first_slot(hash(id)));
            assert_eq!(likely, index.find(hash(id), |_| true), "{id}");
            assert_eq!(likely, (id < 500).then_some(id as u32));
        }
    }
}
