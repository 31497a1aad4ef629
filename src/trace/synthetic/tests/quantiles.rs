//! Whether a draw from a table is one from the law itself, out to the last of the tails.

use super::super::distribution::{Law, exponential_table};
use super::super::normal::normal_quantile;
use super::super::quantiles::{Quantiles, Tail};
use super::{HOUR, log_normal, log_normal_cdf};
use crate::seed::Key;
use crate::trace::synthetic::{Component, Distribution};

/// The tail that bits stand for; the last of them counts for 2^-65.
fn tail_of(bits: u64) -> Tail {
    Tail { beyond: (bits | 1) as f64 / (1_u128 << 65) as f64, upper: bits & 1 == 1 }
}

/// Bits whose tails go through every octave, at both ends of its cells and in their midst.
fn all_cells() -> impl Iterator<Item = u64> {
    let in_octave = |octave: u32| {
        (0..128).map(move |eighth: u64| ((1 << 63) | eighth << 56) >> octave).flat_map(|tail| {
            // Just before the next one begins, too: the last bit tells the side.
            [tail & !1, tail | 1, tail.wrapping_sub(2) & !1, tail.wrapping_sub(2) | 1]
        })
    };
    (0..64).flat_map(in_octave)
}

/// Holds a table against the exact quantiles: the largest error, relative to the quantile.
#[track_caller]
fn check(what: &str, table: &Quantiles, exact: impl Fn(Tail) -> f64, most: f64) {
    for bits in all_cells() {
        let tail = tail_of(bits);
        let (found, exact) = (table.at(bits), exact(tail));
        let error = (found - exact).abs();
        assert!(error <= most * exact, "{what}: {found:e}, not {exact:e} at {tail:?}");
    }
}

fn log_normal_quantile(component: Component, tail: Tail) -> f64 {
    let z = normal_quantile(tail.beyond);
    component.median * libm::exp(component.sigma * if tail.upper { -z } else { z })
}

#[test]
fn quantiles_are_the_exact_ones_in_every_octave_of_both_tails() {
    // A wider law bends more within a cell.
    for (sigma, most) in [(0.0, 0.0), (0.1, 1e-7), (1.0, 1e-6), (2.0, 3e-6), (3.0, 1e-5)] {
        let component = Component { weight: 1.0, median: 60_000.0, sigma };
        let exact = |tail| log_normal_quantile(component, tail);
        check(&format!("sigma {sigma}"), &component.table(), exact, most);
    }
    let exact = |Tail { beyond, upper }| {
        HOUR * if upper { -libm::log(beyond) } else { -libm::log1p(-beyond) }
    };
    check("exponential", &exponential_table(HOUR), exact, 1e-6);
}

#[test]
fn bits_count_from_both_ends_and_never_reach_them() {
    let tails = [0, 1, u64::MAX - 1, u64::MAX].map(tail_of);
    assert!(tails.map(|tail| tail.upper) == [false, true, false, true]);
    let last = f64::powi(2.0, -65);
    assert_eq!(tails.map(|tail| tail.beyond), [last, last, 0.5, 0.5]);
    // The two halves meet in the middle.
    let table = Component { weight: 1.0, median: 7.0, sigma: 1.0 }.table();
    assert!([u64::MAX - 1, u64::MAX].iter().all(|bits| (table.at(*bits) - 7.0).abs() < 1e-6));
    let table = exponential_table(1.0);
    assert!(table.at(0) > 0.0 && table.at(0) < 1e-19);
    assert!((table.at(1) - 65.0 * std::f64::consts::LN_2).abs() < 1e-6);
}

#[test]
fn quantiles_rise_in_every_cell() {
    for sigma in [0.01, 1.0, 3.0, 10.0, 37.0] {
        let table = Component { weight: 1.0, median: 1.0, sigma }.table();
        let mut lower: Vec<u64> = all_cells().filter(|bits| bits & 1 == 0).collect();
        lower.sort_unstable();
        let upper = lower.iter().rev().map(|bits| bits | 1);
        let rising: Vec<f64> =
            lower.iter().copied().chain(upper).map(|bits| table.at(bits)).collect();
        assert!(rising[0] > 0.0, "sigma {sigma}");
        // But for the last digit.
        let rises = |pair: &[f64]| pair[1] >= pair[0] * (1.0 - 1e-12);
        assert!(rising.windows(2).all(rises), "sigma {sigma}");
    }
}

/// Means over all cells: of the quantile, and of its square over it, the length-biased mean.
fn means(table: &Quantiles) -> (f64, f64) {
    // Simpson's rule over an eighth of a cell, octave by octave, from the far tails on.
    let (mut first, mut second) = (0.0, 0.0);
    for side in [0, 1] {
        for octave in (0..60).rev() {
            let steps: u64 = 1 << 10;
            let width = f64::powi(2.0, -2 - octave) / steps as f64;
            for step in 0..steps {
                let bits = (((1 << 63) | (step << 53)) >> octave) & !1 | side;
                let next = bits + (((1_u64 << 53) - 2) >> octave & !1);
                let middle = bits + ((1_u64 << 52) >> octave & !1);
                let [a, b, c] = [bits, middle, next].map(|bits| table.at(bits));
                first += width / 6.0 * (a + 4.0 * b + c);
                second += width / 6.0 * (a * a + 4.0 * b * b + c * c);
            }
        }
    }
    (first, second / first)
}

#[test]
fn means_and_length_biased_means_are_those_of_the_law() {
    for sigma in [0.2, 1.0, 1.4] {
        let component = Component { weight: 1.0, median: 500.0, sigma };
        let (mean, biased) = means(&component.table());
        assert!((mean / component.mean() - 1.0).abs() < 1e-6, "sigma {sigma}: mean {mean}");
        // Weighted by length, a log-normal's median is multiplied by exp(sigma^2).
        let expected = component.mean() * libm::exp(sigma * sigma);
        assert!((biased / expected - 1.0).abs() < 1e-5, "sigma {sigma}: {biased}, not {expected}");
    }
    let (mean, biased) = means(&exponential_table(500.0));
    assert!((mean / 500.0 - 1.0).abs() < 1e-6, "exponential: mean {mean}");
    assert!((biased / 1_000.0 - 1.0).abs() < 1e-6, "exponential: {biased}");
}

#[test]
fn tails_of_drawn_lengths_are_as_heavy_as_the_law_s() {
    // Rare lengths, told by how many of many draws lie beyond: four standard deviations.
    const DRAWS: u32 = 4_000_000;
    let parts = [(9.0, 30_000.0, 1.0), (1.0, 300_000.0, 1.5)];
    let law = Law::new(&log_normal(parts), 1.0);
    let mut stream = Key::new(3, "test").with("tails").stream();
    let marks = [3.0, 30.0, 300.0, 1e6, 1e7, 3e7];
    let below = marks.map(|mark| log_normal_cdf(&parts, mark));
    let mut counts = [0.0; 6];
    for _ in 0..DRAWS {
        let length = law.draw(&mut stream);
        for (count, mark) in counts.iter_mut().zip(marks) {
            *count += f64::from(u8::from(length < mark));
        }
    }
    for ((mark, below), count) in marks.iter().zip(below).zip(counts) {
        let (expected, draws) = (below * f64::from(DRAWS), f64::from(DRAWS));
        let spread = (expected * (1.0 - below)).sqrt().max(1.0);
        assert!((count - expected).abs() < 4.0 * spread, "{mark}: {count} below, not {expected}");
        assert!(count <= draws);
    }
}

#[test]
fn lengths_beyond_all_runs_stay_numbers() {
    let huge = [
        log_normal([(1.0, 1e300, 5.0)]),
        log_normal([(1.0, 1.0, 37.0)]),
        Distribution::Exponential { mean: 1e300 },
    ];
    for distribution in huge {
        let law = Law::new(&distribution, 1.0);
        let mut stream = Key::new(3, "test").with("huge").stream();
        assert!((0..100_000).map(|_| law.draw(&mut stream)).all(|x| x >= 0.0 && x.is_finite()));
    }
}
