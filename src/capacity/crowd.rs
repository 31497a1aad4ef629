//! A crowd in the place of few: what happens if each user stands for many.
//!
//! These many do the same, but not in the same second: each does it at some second of the same
//! stretch of time, whichever the others take. So a second's requests vary as those of independent
//! people do, while each stretch has exactly its multiple.

use crate::seed::{Key, Stream};

/// Spreads requests over the seconds of stretches of time.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    key: Key,
    scale: f64,
    /// How many seconds a stretch has.
    seconds: usize,
    /// The requests of each second of a stretch.
    spread: Vec<[u64; 5]>,
}

/// From so many requests a second on they are drawn by the second, and not each by itself.
const MANY: u64 = 32;

impl Crowd {
    /// Each user stands for `scale`; stretches have so many seconds.
    pub(super) fn new(seed: u64, scale: f64, seconds: i64) -> Self {
        let seconds = seconds.max(1) as usize;
        let key = Key::new(seed, "capacity crowd");
        Self { key, scale, seconds, spread: vec![[0; 5]; seconds] }
    }

    /// Gives every second of a stretch, by its number since the epoch, in which the crowd asks for
    /// anything, where few made `requests`. The same requests, stretch and seed give the same.
    pub(super) fn each_second(
        &mut self,
        stretch: i64,
        requests: &[u64; 5],
        mut take: impl FnMut(i64, [u64; 5]),
    ) {
        let own = self.key.with(&stretch.to_string());
        for (kind, requests) in requests.iter().enumerate().filter(|(_, count)| **count > 0) {
            let mut draws = own.with(&kind.to_string()).stream();
            // A part of a request is one as often as that.
            let many = (self.scale * *requests as f64 + draws.unit()).floor() as u64;
            if many / self.seconds as u64 >= MANY {
                for (second, count) in in_proportion(many, self.seconds, &mut draws).enumerate() {
                    self.spread[second][kind] = count;
                }
            } else {
                for _ in 0..many {
                    let second = (draws.unit() * self.seconds as f64) as usize;
                    self.spread[second.min(self.seconds - 1)][kind] += 1;
                }
            }
        }
        let first = stretch * self.seconds as i64;
        for (second, counts) in (first..).zip(&mut self.spread) {
            let counts = std::mem::take(counts);
            if counts != [0; 5] {
                take(second, counts);
            }
        }
    }
}

/// `many` requests over so many seconds: each second's number about normal, as it is for many
/// independent people, and all of them together exactly `many`.
fn in_proportion(many: u64, seconds: usize, draws: &mut Stream) -> impl Iterator<Item = u64> {
    let mut left = many;
    (0..seconds).map(move |second| {
        let rest = (seconds - second) as f64;
        if rest == 1.0 {
            return left;
        }
        // Of those left each takes this second with the same chance: a binomial number.
        let mean = left as f64 / rest;
        let spread = (mean * (1.0 - 1.0 / rest)).sqrt();
        // Twelve uniform numbers have variance 1; no function that machines disagree about.
        let normal = (0..12).map(|_| draws.unit()).sum::<f64>() - 6.0;
        let count = (mean + spread * normal).round().clamp(0.0, left as f64) as u64;
        left -= count;
        count
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spread(
        seed: u64,
        scale: f64,
        seconds: i64,
        stretch: i64,
        requests: [u64; 5],
    ) -> Vec<(i64, [u64; 5])> {
        let mut found = Vec::new();
        let mut crowd = Crowd::new(seed, scale, seconds);
        crowd.each_second(stretch, &requests, |second, counts| found.push((second, counts)));
        found
    }

    proptest! {
        #[test]
        fn a_stretch_has_its_multiple(
            requests in prop::array::uniform5(0_u64..300),
            scale in 1_u32..2_000,
            minutes in 1_i64..16,
            stretch in -5_i64..1_000_000,
        ) {
            let seconds = 60 * minutes;
            let found = spread(1, f64::from(scale), seconds, stretch, requests);
            for kind in 0..5 {
                let sum: u64 = found.iter().map(|(_, counts)| counts[kind]).sum();
                prop_assert_eq!(sum, u64::from(scale) * requests[kind]);
            }
            prop_assert!(found.is_sorted_by(|a, b| a.0 < b.0));
            let inside = |second: &i64| second.div_euclid(seconds) == stretch;
            prop_assert!(found.iter().all(|(second, _)| inside(second)));
            prop_assert_eq!(&found, &spread(1, f64::from(scale), seconds, stretch, requests));
        }
    }

    /// As Poisson's numbers do: the variance of a second's requests is about their mean.
    #[test]
    fn seconds_vary_as_those_of_independent_people() {
        for (requests, scale) in [(5, 40.0), (50, 100.0), (100, 400.0)] {
            let mut counts = Vec::new();
            for stretch in 0..200 {
                let found = spread(7, scale, 60, stretch, [0, 0, requests, 0, 0]);
                let mut minute = [0.0; 60];
                for (second, count) in found {
                    minute[(second - 60 * stretch) as usize] = count[2] as f64;
                }
                counts.extend(minute);
            }
            let mean = counts.iter().sum::<f64>() / counts.len() as f64;
            let squares = counts.iter().map(|count| (count - mean).powi(2));
            let variance = squares.sum::<f64>() / counts.len() as f64;
            assert!((mean - scale * requests as f64 / 60.0).abs() < 1e-9);
            assert!((variance / mean - 59.0 / 60.0).abs() < 0.06, "{variance} of {mean}");
        }
    }

    #[test]
    fn fewer_than_few_are_so_on_average() {
        let found = (0..4_000).flat_map(|stretch| spread(3, 0.25, 60, stretch, [1, 0, 0, 0, 0]));
        let share = found.map(|(_, counts)| counts[0]).sum::<u64>() as f64 / 4_000.0;
        assert!((share - 0.25).abs() < 0.03, "{share}");
    }

    #[test]
    fn values_are_pinned() {
        let found = spread(42, 3.0, 60, 28_000_000, [1, 0, 2, 0, 0]);
        insta::assert_snapshot!(format!("{found:?}"));
        let many = spread(42, 3_000.0, 60, 28_000_000, [1, 0, 2, 0, 0]);
        insta::assert_snapshot!(format!("{:?}", &many[..4]));
    }
}
