//! When sessions began and ended, and how many were alive at once.
//!
//! The greatest number can stand between any two instants, yet putting all of them in order would
//! cost more than everything else that is found out about sessions. So they are counted in narrow
//! bins first. In a bin no more can be alive than were at its start and begun in it, which is
//! seldom more than are known to be alive nearby: only the few bins where it is are looked into.

use super::pile::Pile;
use crate::table::SessionsAlive;

/// From when to when a session lived, milliseconds: from `created` on, no more at `end`, which is
/// later and may lie beyond the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) created: i64,
    pub(super) end: i64,
}

/// A picture shows this many steps of time at most.
const STEPS: i64 = 600;

/// Widths of a step that people read easily, in minutes; longer ones are whole weeks.
const WIDTHS: [i64; 13] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880];
const WEEK: i64 = 7 * 1_440;

/// How many bins a step has, by how many instants there are. Both divide the milliseconds of a
/// minute, and so every step.
const FEW_BINS: usize = 32;
const MANY_BINS: usize = 120;
const MANY: usize = 1 << 16;

/// What is known of a bin.
#[derive(Clone, Copy, Default)]
struct Bin {
    begun: u32,
    ended: u32,
    /// How many were alive just before it.
    before: i64,
}

/// Sessions alive from `start` to `horizon`, between which all were created, in steps aligned to
/// the epoch: the most and the fewest at any instant of each.
pub(super) fn steps(lives: [&Pile<Life>; 2], start: i64, horizon: i64) -> Vec<SessionsAlive> {
    let width = step_width(horizon - start);
    let start = start.div_euclid(width) * width;
    let count = ((horizon - start) / width + 1) as usize;
    let many = lives.iter().map(|lives| lives.len()).sum::<usize>() > MANY;
    let per_step = if many { MANY_BINS } else { FEW_BINS };
    let axis = Axis { start, horizon, bins: Divider::new(width as u64 / per_step as u64) };
    let bins = axis.count(lives, count * per_step);

    let step = |(index, bins): (usize, &[Bin])| {
        let (most, fewest) = bounds(bins);
        SessionsAlive { start: start + index as i64 * width, most, fewest }
    };
    let mut steps: Vec<_> = bins.chunks(per_step).enumerate().map(step).collect();
    let mut open = vec![false; bins.len()];
    let of_steps = steps.iter().zip(bins.chunks(per_step)).zip(open.chunks_mut(per_step));
    for ((step, bins), open) in of_steps {
        for (index, (bin, open)) in bins.iter().zip(open).enumerate() {
            let (highest, lowest) = bin.reach();
            // What was alive before the step counts only if nothing changes as it begins.
            let first = index == 0 && bin.begun + bin.ended > 0;
            *open = first || highest > step.most as i64 || lowest < step.fewest as i64;
        }
    }
    for (at, alive) in axis.look_into(lives, &open, &bins) {
        let step = &mut steps[axis.bin_of(at) / per_step];
        step.most = step.most.max(alive);
        step.fewest = step.fewest.min(alive);
    }
    steps
}

/// The time that is looked at, in bins of equal width.
#[derive(Clone, Copy)]
struct Axis {
    start: i64,
    horizon: i64,
    bins: Divider,
}

impl Axis {
    #[inline]
    fn bin_of(&self, at: i64) -> usize {
        self.bins.divide((at - self.start) as u64)
    }

    fn count(&self, lives: [&Pile<Life>; 2], length: usize) -> Vec<Bin> {
        let mut bins = vec![Bin::default(); length];
        for life in lives.into_iter().flat_map(Pile::iter) {
            bins[self.bin_of(life.created)].begun += 1;
            if life.end <= self.horizon {
                bins[self.bin_of(life.end)].ended += 1;
            }
        }
        let mut alive = 0;
        for bin in &mut bins {
            bin.before = alive;
            alive = bin.after();
        }
        bins
    }

    /// Each instant of the open bins from which on another number is alive, with that number; and
    /// the number before a step's first instant, where nothing changes at that.
    fn look_into(&self, lives: [&Pile<Life>; 2], open: &[bool], bins: &[Bin]) -> Vec<(i64, u64)> {
        let mut changes = Vec::new();
        for life in lives.into_iter().flat_map(Pile::iter) {
            // The lowest bit tells a beginning.
            if open[self.bin_of(life.created)] {
                changes.push((life.created - self.start) << 1 | 1);
            }
            if life.end <= self.horizon && open[self.bin_of(life.end)] {
                changes.push((life.end - self.start) << 1);
            }
        }
        changes.sort_unstable();
        let at = |change: i64| (change >> 1) + self.start;
        let mut found = Vec::new();
        for of_bin in changes.chunk_by(|a, b| self.bin_of(at(*a)) == self.bin_of(at(*b))) {
            let first = at(of_bin[0]);
            let bin = self.bin_of(first);
            let mut alive = bins[bin].before;
            if first > self.start && self.bin_of(first - 1) == bin {
                // Some instant of the bin still had what was before.
                found.push((first - 1, alive as u64));
            }
            for at_once in of_bin.chunk_by(|a, b| a >> 1 == b >> 1) {
                alive += at_once.iter().map(|change| (change & 1) * 2 - 1).sum::<i64>();
                found.push((at(at_once[0]), alive as u64));
            }
        }
        found
    }
}

/// Divides many numbers by one.
#[derive(Clone, Copy)]
struct Divider {
    by: u64,
    /// 2^64 divided by it, rounded up.
    inverse: u64,
    /// The product with a number below this is the exact quotient.
    limit: u64,
}

impl Divider {
    fn new(by: u64) -> Self {
        // Rounding adds less than `by / 2^64` to what a number is multiplied with: less than what
        // its quotient lacks to the next, as long as the number times `by` is below 2^64.
        match by {
            0 | 1 => Self { by: 1, inverse: 0, limit: 0 },
            _ => Self { by, inverse: u64::MAX / by + 1, limit: u64::MAX / by },
        }
    }

    /// The whole quotient. A multiplication takes a tenth of the time of a division.
    #[inline]
    fn divide(self, number: u64) -> usize {
        match number < self.limit {
            true => ((u128::from(number) * u128::from(self.inverse)) >> 64) as usize,
            false => (number / self.by) as usize,
        }
    }
}

impl Bin {
    fn after(&self) -> i64 {
        self.before + i64::from(self.begun) - i64::from(self.ended)
    }

    /// Between how many sessions can have been alive within it.
    fn reach(&self) -> (i64, i64) {
        (self.before + i64::from(self.begun), self.before - i64::from(self.ended))
    }
}

/// The most and the fewest that are known to be alive at some instant of a step, without a look
/// into its bins: those at each bin's end.
fn bounds(bins: &[Bin]) -> (u64, u64) {
    let ends = || bins.iter().map(|bin| bin.after() as u64);
    (ends().max().unwrap_or(0), ends().min().unwrap_or(0))
}

/// The easily read width, in milliseconds, of which few enough cover `length`.
fn step_width(length: i64) -> i64 {
    let least = length / (STEPS - 1) / 60_000;
    let weeks = (least / WEEK + 1) * WEEK;
    WIDTHS.into_iter().find(|minutes| *minutes > least).unwrap_or(weeks) * 60_000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn few_steps_of_a_readable_width_cover_any_length() {
        let check = |days: i64, minutes: i64| {
            assert_eq!(step_width(days * 86_400_000), minutes * 60_000, "{days} days");
        };
        check(0, 1);
        check(1, 5);
        check(14, 60);
        check(365, 1_440);
        check(4_270, 2 * WEEK);
        for hours in 0..50_000 {
            let length = hours * 3_600_000;
            assert!(length / step_width(length) + 2 <= STEPS, "{hours} hours");
        }
    }

    #[test]
    fn bins_fill_steps() {
        for width in WIDTHS.map(|minutes| minutes * 60_000) {
            assert_eq!((width % FEW_BINS as i64, width % MANY_BINS as i64), (0, 0));
        }
    }

    proptest! {
        #[test]
        fn quotients_are_whole(by in 1_u64..1 << 31, times in 0_u64..1 << 33, off in -1_i64..2) {
            let number = (by * times).saturating_add_signed(off);
            prop_assert_eq!(Divider::new(by).divide(number), (number / by) as usize);
        }
    }

    fn pile(lives: &[Life]) -> Pile<Life> {
        let mut pile = Pile::new();
        lives.iter().for_each(|life| pile.push(*life));
        pile
    }

    /// The slow twin: how many are alive at each instant at which something changes, and at the
    /// first of each step.
    fn by_looking_at_all(lives: &[Life], start: i64, horizon: i64) -> Vec<SessionsAlive> {
        let width = step_width(horizon - start);
        let start = start.div_euclid(width) * width;
        let alive = |at: i64| {
            lives.iter().filter(|life| life.created <= at && at < life.end).count() as u64
        };
        (0..=(horizon - start) / width)
            .map(|step| {
                let from = start + step * width;
                let changes = lives.iter().flat_map(|life| [life.created, life.end]);
                let changes = changes.filter(|at| *at <= horizon);
                let inside = changes.filter(|at| (from..from + width).contains(at));
                let alive: Vec<u64> = inside.chain([from]).map(alive).collect();
                let (most, fewest) = (alive.iter().max(), alive.iter().min());
                SessionsAlive { start: from, most: *most.unwrap(), fewest: *fewest.unwrap() }
            })
            .collect()
    }

    proptest! {
        #[test]
        fn it_is_what_looking_at_all_finds(
            lives in prop::collection::vec((0_i64..40_000, 1_i64..30_000), 0..60),
            scale in prop_oneof![Just(1), Just(1_875), Just(60_000), Just(1_000_000)],
            origin in prop_oneof![Just(0_i64), Just(-7_000_003), Just(1_761_393_600_000)],
            beyond in 0_i64..20_000,
        ) {
            let life = |(begin, length): &(i64, i64)| Life {
                created: origin + begin * scale,
                end: origin + (begin + length) * scale,
            };
            let lives: Vec<Life> = lives.iter().map(life).collect();
            let start = lives.iter().map(|life| life.created).min().unwrap_or(origin);
            let last = lives.iter().map(|life| life.created).max().unwrap_or(origin);
            let horizon = last + beyond * scale;
            let (left, right) = lives.split_at(lives.len() / 3);
            let found = steps([&pile(left), &pile(right)], start, horizon);
            prop_assert_eq!(found, by_looking_at_all(&lives, start, horizon));
        }
    }

    #[test]
    fn so_it_is_with_many() {
        let mut lives = Vec::new();
        let mut state = 1_u64;
        for _ in 0..2 * MANY {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let created = (state >> 34) as i64 % 600_000;
            lives.push(Life { created, end: created + 1 + (state >> 20) as i64 % 50_000 });
        }
        let steps = steps([&pile(&lives), &Pile::new()], 0, 700_000);
        // At every instant, by counting.
        let mut changes = vec![0_i64; 700_001];
        for life in &lives {
            changes[life.created as usize] += 1;
            changes[life.end as usize] -= 1;
        }
        let running = changes.iter().scan(0, |alive, change| {
            *alive += change;
            Some(*alive as u64)
        });
        let running: Vec<u64> = running.collect();
        for (step, alive) in steps.iter().zip(running.chunks(60_000)) {
            assert_eq!(step.most, *alive.iter().max().unwrap());
            // Beyond the horizon nothing is.
            assert_eq!(step.fewest, *alive.iter().min().unwrap());
        }
    }
}
