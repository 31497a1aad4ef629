//! Sparse counts by key, exact and mergeable: seconds, buckets, instants.

/// How much was added to each key. Keys that come nearly in order, as time does, cost little.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// By key, ascending, each key once.
    settled: Vec<(i64, i64)>,
    /// What was added since, as it came.
    recent: Vec<(i64, i64)>,
}

/// Fewer additions than this are not worth sorting.
const LEAST: usize = 4_096;

impl Tally {
    /// Adds `amount` to `key`.
    #[inline]
    pub(super) fn add(&mut self, key: i64, amount: i64) {
        match self.recent.last_mut() {
            Some((latest, sum)) if *latest == key => *sum += amount,
            _ => {
                // Settling only when there is half as much again keeps the whole near n log n.
                if self.recent.len() >= LEAST.max(self.settled.len() / 2) {
                    self.settle();
                }
                self.recent.push((key, amount));
            }
        }
    }

    /// Adds all that `other` has.
    pub(super) fn merge(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        self.recent = other.settled;
        self.settle();
    }

    /// Every key with what was added to it, ascending.
    pub(super) fn entries(&mut self) -> &[(i64, i64)] {
        self.settle();
        &self.settled
    }

    /// What was added to `key` before it was settled.
    pub(super) fn get(&self, key: i64) -> i64 {
        let found = self.settled.binary_search_by_key(&key, |(key, _)| *key);
        found.map_or(0, |place| self.settled[place].1)
    }

    /// Puts what was added since into its place.
    pub(super) fn settle(&mut self) {
        if self.recent.is_empty() {
            return;
        }
        self.recent.sort_unstable_by_key(|(key, _)| *key);
        let first = self.recent.first().map_or(i64::MAX, |(key, _)| *key);
        // What lies before the first new key stays where it is.
        let kept = self.settled.partition_point(|(key, _)| *key < first);
        let old = self.settled.split_off(kept);
        let mut old = old.into_iter().peekable();
        for (key, amount) in self.recent.drain(..) {
            while let Some(entry) = old.next_if(|(other, _)| *other <= key) {
                self.settled.push(entry);
            }
            match self.settled.last_mut() {
                Some((last, sum)) if *last == key => *sum += amount,
                _ => self.settled.push((key, amount)),
            }
        }
        self.settled.extend(old);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::Tally;

    proptest! {
        #[test]
        fn it_counts_as_a_map_does(
            left in prop::collection::vec((-50_i64..50, -3_i64..4), 0..20_000),
            right in prop::collection::vec((-50_i64..50, 1_i64..3), 0..100),
        ) {
            let mut map = BTreeMap::new();
            let mut tallies = [Tally::default(), Tally::default()];
            for (tally, additions) in tallies.iter_mut().zip([left, right]) {
                for (key, amount) in additions {
                    *map.entry(key).or_insert(0) += amount;
                    tally.add(key, amount);
                }
            }
            let [mut tally, other] = tallies;
            tally.merge(other);
            prop_assert_eq!(tally.entries(), map.into_iter().collect::<Vec<_>>());
        }
    }
}
