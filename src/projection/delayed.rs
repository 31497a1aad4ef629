//! A series that additions wait for.

use super::series::Series;

/// A series whose additions are written down first and made many at once. To write one down takes
/// no time, while the series of each of many policies would be in nobody's cache; and where
/// additions follow each other closely, none waits for the memory of the one before.
#[derive(Clone, Debug)]
pub(super) struct Delayed {
    /// Keys after the first that wait.
    waiting: Vec<u32>,
    first: i64,
    series: Series,
}

/// How many wait.
const MANY: usize = 1 << 12;

impl Delayed {
    /// Counts over keys that are expected from `first` to `last`.
    pub(super) fn new(first: i64, last: i64) -> Self {
        Self { waiting: Vec::new(), first, series: Series::new(first, last) }
    }

    /// Adds one to `key`.
    #[inline]
    pub(super) fn add(&mut self, key: i64) {
        let Ok(after) = u32::try_from(key - self.first) else { return self.add_far(key) };
        if self.waiting.len() == self.waiting.capacity() {
            self.make_room();
        }
        self.waiting.push(after);
    }

    /// A key that is far off, or before the first.
    #[cold]
    fn add_far(&mut self, key: i64) {
        self.series.add(key);
    }

    #[cold]
    fn make_room(&mut self) {
        if self.waiting.len() < MANY {
            self.waiting.reserve(MANY);
        } else {
            self.make();
        }
    }

    #[inline(never)]
    fn make(&mut self) {
        self.waiting.iter().for_each(|after| self.series.add(self.first + i64::from(*after)));
        self.waiting.clear();
    }

    /// Adds all that `other`, which is over the same stretch, has.
    pub(super) fn merge(&mut self, mut other: Self) {
        other.make();
        self.series.merge(other.series);
    }

    /// The series with all additions made.
    pub(super) fn series(&mut self) -> &mut Series {
        self.make();
        &mut self.series
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_as_a_series_does() {
        let [mut delayed, mut other] = [Delayed::new(-3, 500), Delayed::new(-3, 500)];
        let mut series = Series::new(-3, 500);
        for number in 0..3 * MANY as i64 {
            let key = number * 7 % 600 - 50;
            delayed.add(key);
            other.add(key + (1 << 40));
            series.add(key);
            series.add(key + (1 << 40));
        }
        delayed.merge(other);
        assert_eq!(delayed.series().entries(), series.entries());
    }
}
