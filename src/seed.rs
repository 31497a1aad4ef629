//! Keyed random streams: each draw comes from a stream named by what it is for.
//!
//! No generator is shared, so a draw never depends on what was drawn before it elsewhere, on
//! the number of threads, or on how users are split over processes (SPEC 9). The algorithms are
//! named and their values pinned by tests: XXH3-64 makes keys, SplitMix64 numbers the draws of a
//! key, xoshiro256++ makes long streams.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The key of a stream: a seed, and the words that say what the stream is for.
///
/// ```
/// use relogin::seed::Key;
///
/// let purpose = Key::new(7, "access_token_lifetime");
/// let [ann, bob] = ["ann", "bob"].map(|user| purpose.with(user));
/// assert_eq!(ann, Key::new(7, "access_token_lifetime").with("ann"));
/// assert_ne!(ann.bits(0), bob.bits(0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(u64);

impl Key {
    /// The key of everything that `seed` gives for one purpose.
    pub fn new(seed: u64, purpose: &str) -> Self {
        Self(seed).with(purpose)
    }

    /// A key below this one. The order of words matters, and where one ends: `a`, `bc` is not
    /// `ab`, `c`.
    #[inline]
    pub fn with(self, word: &str) -> Self {
        Self(xxh3_64_with_seed(word.as_bytes(), self.0))
    }

    /// The key of the `number`th of things below this one.
    #[inline]
    pub fn numbered(self, number: usize) -> Self {
        Self(xxh3_64_with_seed(&(number as u64).to_le_bytes(), self.0))
    }

    /// The `number`th 64 bits of this key: SplitMix64's output of that number.
    #[inline]
    pub fn bits(self, number: u64) -> u64 {
        let mut z = self.0.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A long stream of its own.
    pub fn stream(self) -> Stream {
        Stream(Xoshiro256PlusPlus::seed_from_u64(self.0))
    }
}

/// A long stream of random numbers: xoshiro256++.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// The next number strictly between 0 and 1, one of 2^52 evenly spaced.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_pinned() {
        let key = Key::new(42, "purpose").with("user").with("");
        let pinned =
            (9_890_963_026_629_741_030, 6_670_438_080_414_803_263, 15_260_331_660_827_236_616);
        assert_eq!((key.bits(0), key.bits(1), key.stream().bits()), pinned);
    }

    #[test]
    fn splitmix64_is_the_published_one() {
        // The first outputs for seed 1234567 of the reference program at prng.di.unimi.it.
        let published = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973];
        assert_eq!([0, 1].map(|number| Key(1_234_567).bits(number)), published);
    }

    #[test]
    fn unit_stays_inside() {
        let mut stream = Key::new(1, "unit").stream();
        let mean = (0..10_000).map(|_| stream.unit()).inspect(|u| assert!(*u > 0.0 && *u < 1.0));
        assert!((mean.sum::<f64>() / 10_000.0 - 0.5).abs() < 0.01);
    }
}
