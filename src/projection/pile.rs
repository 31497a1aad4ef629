//! A list that only grows: in pieces, so that nothing is ever copied to make room, and little is
//! taken that is not used.

/// Things in the order in which they came.
#[derive(Clone, Debug)]
pub(super) struct Pile<T> {
    /// What is full.
    full: Vec<Vec<T>>,
    /// How many things these are.
    settled: usize,
    latest: Vec<T>,
}

/// A piece's least and greatest length.
const LEAST: usize = 64;
const MOST: usize = 1 << 14;

impl<T: Copy> Pile<T> {
    pub(super) const fn new() -> Self {
        Self { full: Vec::new(), settled: 0, latest: Vec::new() }
    }

    #[inline]
    pub(super) fn push(&mut self, one: T) {
        if self.latest.len() == self.latest.capacity() {
            self.grow();
        }
        self.latest.push(one);
    }

    #[cold]
    fn grow(&mut self) {
        let length = (2 * self.latest.len()).clamp(LEAST, MOST);
        let full = std::mem::replace(&mut self.latest, Vec::with_capacity(length));
        self.settle(full);
    }

    fn settle(&mut self, piece: Vec<T>) {
        if !piece.is_empty() {
            self.settled += piece.len();
            self.full.push(piece);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.settled + self.latest.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = T> + Clone {
        self.full.iter().chain([&self.latest]).flatten().copied()
    }

    /// Adds what another has.
    pub(super) fn merge(&mut self, other: Self) {
        let latest = std::mem::take(&mut self.latest);
        [latest].into_iter().chain(other.full).chain([other.latest]).for_each(|p| self.settle(p));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_list() {
        let mut pile = Pile::new();
        (0..100_000).for_each(|one| pile.push(one));
        let mut other = Pile::new();
        (100_000..100_010).for_each(|one| other.push(one));
        pile.merge(other);
        (100_010..100_020).for_each(|one| pile.push(one));
        assert_eq!(pile.len(), 100_020);
        assert!(pile.iter().eq(0..100_020));
    }
}
