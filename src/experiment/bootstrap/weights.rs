//! How often each person is drawn in each resample.

use crate::seed::Key;

/// Resamples of one crowd.
pub(super) const RESAMPLES: usize = 1_000;

/// More people than this are drawn in so many groups: what a resample costs stays bounded, and
/// groups of people vary as people do.
const MOST_UNITS: usize = 4_096;

/// Who is drawn, and how often: people, or groups of them where there are many.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    /// By person: the unit that they belong to.
    unit_of: Vec<usize>,
    units: usize,
    /// By resample and unit.
    weights: Vec<u8>,
}

/// P(N <= n) for a Poisson variable of mean 1, n = 0, 1, …, as shares of 2^64. Beyond the last
/// entry lies less than one in 10^15.
const POISSON: [u64; 17] = cumulative();

const fn cumulative() -> [u64; 17] {
    let mut table = [0; 17];
    // 2^64 / e, and then by n!.
    let mut term = 6_786_177_901_268_885_274_u64;
    let (mut sum, mut n) = (0_u64, 0);
    while n < table.len() {
        sum += term;
        table[n] = sum;
        n += 1;
        term /= n as u64;
    }
    table
}

/// One draw from a Poisson distribution of mean 1, by inversion.
#[inline]
fn poisson(bits: u64) -> u8 {
    POISSON.iter().take_while(|bound| bits >= **bound).count() as u8
}

impl Weights {
    /// For people with these keys. A person's draws depend on the own key alone, so that they are
    /// the same under every policy, in every run over the same people, and in whatever order these
    /// come.
    pub(super) fn new(keys: &[Key]) -> Self {
        let (unit_of, unit_keys) = match keys.len() <= MOST_UNITS {
            true => ((0..keys.len()).collect(), keys.to_vec()),
            false => {
                let group = |key: &Key| key.bits(0) as usize % MOST_UNITS;
                let of_group =
                    |group: usize| Key::new(0, "people resampled in groups").numbered(group);
                (keys.iter().map(group).collect(), (0..MOST_UNITS).map(of_group).collect())
            }
        };
        let units = unit_keys.len();
        let mut weights = Vec::with_capacity(units * RESAMPLES);
        for resample in 0..RESAMPLES as u64 {
            // The first number of a key chose the group.
            weights.extend(unit_keys.iter().map(|key| poisson(key.bits(resample + 1))));
        }
        Self { unit_of, units, weights }
    }

    /// How many units there are.
    pub(super) fn units(&self) -> usize {
        self.units
    }

    /// The unit of a person.
    #[inline]
    pub(super) fn unit_of(&self, person: usize) -> usize {
        self.unit_of[person]
    }

    /// How often each unit is drawn in a resample.
    #[inline]
    pub(super) fn of(&self, resample: usize) -> &[u8] {
        &self.weights[resample * self.units..][..self.units]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(count: usize) -> Vec<Key> {
        (0..count).map(|user| Key::new(7, "test").numbered(user)).collect()
    }

    #[test]
    fn weights_are_poisson_of_mean_one() {
        let weights = Weights::new(&keys(500));
        let mut seen = [0_u32; 6];
        for resample in 0..RESAMPLES {
            weights.of(resample).iter().for_each(|w| seen[usize::from(*w).min(5)] += 1);
        }
        let all = (500 * RESAMPLES) as f64;
        let mut expected = (-1.0_f64).exp();
        for (n, seen) in seen.iter().take(5).enumerate() {
            let share = f64::from(*seen) / all;
            assert!((share - expected).abs() < 0.003, "{n}: {share} beside {expected}");
            expected /= (n + 1) as f64;
        }
    }

    #[test]
    fn a_persons_draws_do_not_depend_on_the_others() {
        let (few, many) = (Weights::new(&keys(3)), Weights::new(&keys(30)));
        (0..RESAMPLES).for_each(|b| assert_eq!(few.of(b), &many.of(b)[..3]));
    }

    #[test]
    fn many_people_are_drawn_in_groups_of_about_the_same_size() {
        let weights = Weights::new(&keys(40_960));
        let mut sizes = vec![0; weights.units()];
        (0..40_960).for_each(|person| sizes[weights.unit_of(person)] += 1);
        assert_eq!(sizes.len(), MOST_UNITS);
        assert!(*sizes.iter().max().unwrap() < 30, "{:?}", sizes.iter().max());
    }
}
