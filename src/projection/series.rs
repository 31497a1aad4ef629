//! Counts by number of a second or of a bucket: dense where the time is short, else sparse.

use super::load::{Peak, gathered, united};
use super::tally::Tally;

/// How often something was added to each key of a stretch of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    first: i64,
    length: usize,
    /// From `first` on; made with the first addition. A byte each, so that the seconds of some
    /// weeks stay in a near cache.
    dense: Vec<u8>,
    /// What lies outside, and what goes beyond a byte.
    sparse: Tally,
}

/// 8 MB, of which only the pages are real that something was added to. Longer stretches, such as
/// the seconds of a year, are likely to be nearly empty.
pub(super) const LONGEST: i64 = 1 << 23;

const BLOCK: usize = 64;

impl Series {
    /// Counts over keys that are expected from `first` to `last`.
    pub(super) fn new(first: i64, last: i64) -> Self {
        Self::dense_up_to(LONGEST, first, last)
    }

    /// The same, dense for `longest` keys at most.
    pub(super) fn dense_up_to(longest: i64, first: i64, last: i64) -> Self {
        let length = last.saturating_sub(first).saturating_add(1);
        let length = if (0..=longest).contains(&length) { length as usize } else { 0 };
        Self { first, length, ..Self::default() }
    }

    /// Adds one to `key`.
    #[inline]
    pub(super) fn add(&mut self, key: i64) {
        match self.dense.get_mut(key.wrapping_sub(self.first) as usize) {
            Some(count) => {
                *count = count.wrapping_add(1);
                if *count == 0 {
                    self.carry(key);
                }
            }
            None => self.add_outside(key),
        }
    }

    #[cold]
    fn carry(&mut self, key: i64) {
        self.sparse.add(key, 1 << u8::BITS);
    }

    #[cold]
    fn add_outside(&mut self, key: i64) {
        if self.dense.is_empty() && self.length > 0 {
            self.dense = vec![0; self.length];
            self.add(key);
        } else {
            self.sparse.add(key, 1);
        }
    }

    /// Adds all that `other`, which is over the same stretch, has.
    pub(super) fn merge(&mut self, other: Self) {
        if self.dense.is_empty() {
            self.dense = other.dense;
        } else {
            for ((own, more), key) in self.dense.iter_mut().zip(other.dense).zip(self.first..) {
                let (sum, carries) = own.overflowing_add(more);
                *own = sum;
                if carries {
                    self.sparse.add(key, 1 << u8::BITS);
                }
            }
        }
        self.sparse.merge(other.sparse);
    }

    /// Nothing more will be added: from now on keys can be looked up.
    pub(super) fn settle(&mut self) {
        self.sparse.settle();
    }

    /// What was added to `key` before it was settled.
    pub(super) fn get(&self, key: i64) -> i64 {
        let inside = self.dense.get(key.wrapping_sub(self.first) as usize);
        inside.map_or(0, |count| i64::from(*count)) + self.sparse.get(key)
    }

    /// How much was added to each stretch of `width` keys (aligned to 0) to which anything was:
    /// the number of the stretch and its sum, ascending.
    pub(super) fn by_stretch(&mut self, width: i64) -> Vec<(i64, i64)> {
        let (mut sums, mut rest, mut key) = (Vec::new(), &self.dense[..], self.first);
        while !rest.is_empty() {
            let stretch = key.div_euclid(width);
            let inside = ((stretch + 1) * width - key) as usize;
            let own;
            (own, rest) = rest.split_at(inside.min(rest.len()));
            let sum: u32 = own.iter().map(|count| u32::from(*count)).sum();
            if sum > 0 {
                sums.push((stretch, i64::from(sum)));
            }
            key += own.len() as i64;
        }
        let others = gathered(self.sparse.entries().iter().copied(), |key| key.div_euclid(width));
        united(sums, others, |sum, more| *sum += more)
    }

    /// The key to which most was added.
    pub(super) fn peak(&mut self) -> Peak {
        let Self { first, dense, sparse, .. } = self;
        let most = dense.chunks(BLOCK).map(|block| block.iter().fold(0, |most, c| most.max(*c)));
        let most: Vec<u8> = most.collect();
        let mut peak = Peak::default();
        let full = most.iter().copied().max().unwrap_or(0);
        if let Some(block) = most.iter().position(|most| *most == full).filter(|_| full > 0) {
            let start = block * BLOCK;
            let inside = dense[start..].iter().position(|count| *count == full).unwrap_or(0);
            peak.consider(*first + (start + inside) as i64, i64::from(full));
        }
        for &(key, more) in sparse.entries() {
            // What such a key has in its byte alone was less than this.
            let inside = dense.get(key.wrapping_sub(*first) as usize).copied().unwrap_or(0);
            peak.consider(key, more + i64::from(inside));
        }
        peak
    }

    /// Takes every key with what was added to it, if anything was, ascending.
    pub(super) fn each(&mut self, mut take: impl FnMut(i64, i64)) {
        let Self { first, dense, sparse, .. } = self;
        let mut sparse = sparse.entries().iter().copied().peekable();
        let blocks = dense.chunks(BLOCK).zip((*first..).step_by(BLOCK));
        // Most stretches of a quiet time are empty, and seen to be so as a whole.
        for (block, start) in blocks.filter(|(block, _)| block.iter().any(|count| *count > 0)) {
            for (&count, key) in block.iter().zip(start..) {
                while let Some((key, count)) = sparse.next_if(|(other, _)| *other < key) {
                    take(key, count);
                }
                let more = sparse.next_if(|(other, _)| *other == key).map_or(0, |(_, more)| more);
                let count = i64::from(count) + more;
                if count > 0 {
                    take(key, count);
                }
            }
        }
        sparse.for_each(|(key, count)| take(key, count));
    }

    /// The same as a list.
    pub(super) fn entries(&mut self) -> Vec<(i64, i64)> {
        let mut entries = Vec::new();
        self.each(|key, count| entries.push((key, count)));
        entries
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_counts_as_a_map_does(
            (first, last) in prop_oneof![Just((-5, 200)), Just((3, 2)), Just((0, i64::MAX))],
            left in prop::collection::vec(prop_oneof![-50_i64..250, 3_i64..5], 0..3_000),
            right in prop::collection::vec(prop_oneof![-10_i64..30, 3_i64..5], 0..1_000),
        ) {
            let mut map = BTreeMap::new();
            let [mut own, mut other] = [Series::new(first, last), Series::new(first, last)];
            for (series, keys) in [(&mut own, left), (&mut other, right)] {
                for key in keys {
                    *map.entry(key).or_insert(0) += 1;
                    series.add(key);
                }
            }
            own.merge(other);
            let stretches = gathered(map.clone().into_iter(), |key| key.div_euclid(60));
            prop_assert_eq!(own.by_stretch(60), stretches);
            prop_assert_eq!(own.peak(), Peak::of(map.clone().into_iter()));
            own.settle();
            for key in -60..260 {
                prop_assert_eq!(own.get(key), map.get(&key).copied().unwrap_or(0));
            }
            prop_assert_eq!(own.entries(), map.into_iter().collect::<Vec<_>>());
        }
    }
}
