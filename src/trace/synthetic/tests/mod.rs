//! Whether made-up activity is what was asked for. Seeds are fixed, so a test that passes once
//! always passes; bounds are those that a right program misses once in a thousand seeds or less.

mod check;
mod clock;
mod distribution;
mod merge;
mod patterns;
mod process;
mod quantiles;
mod start;

use super::{Class, Component, Distribution, Population, patterns::plain};
use crate::model::{Instant, Span};

const SECOND: f64 = 1_000.0;
const HOUR: f64 = 3_600.0 * SECOND;
const DAY: f64 = 24.0 * HOUR;

/// 2026-01-05T00:00:00Z, a Monday.
const MONDAY: i64 = 1_767_571_200_000;

/// One class from a Monday on.
fn population(class: Class, users: u64, days: i64) -> Population {
    let start = Instant::from_millis(MONDAY);
    Population { users, start, span: Span::from_days(days), classes: vec![class] }
}

/// Single actions at random with that mean absence.
fn poisson(mean: f64) -> Class {
    let absence = Distribution::Exponential { mean };
    Class { actions_per_visit: 1.0, absence, ..plain() }
}

fn log_normal<const N: usize>(parts: [(f64, f64, f64); N]) -> Distribution {
    let component = |(weight, median, sigma)| Component { weight, median, sigma };
    Distribution::LogNormal(parts.map(component).to_vec())
}

fn log_normal_cdf(parts: &[(f64, f64, f64)], x: f64) -> f64 {
    let total: f64 = parts.iter().map(|part| part.0).sum();
    let cdf = |&(weight, median, sigma): &(f64, f64, f64)| {
        weight * normal_cdf(libm::log(x / median) / sigma)
    };
    parts.iter().map(cdf).sum::<f64>() / total
}

fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// Holds a sample against a continuous distribution (Kolmogorov and Smirnov): the largest
/// distance between the two stays below what one sample in a thousand exceeds.
#[track_caller]
fn check_sample(what: &str, mut sample: Vec<f64>, cdf: impl Fn(f64) -> f64) {
    assert!(sample.len() >= 1_000, "{what}: only {} values", sample.len());
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let distance = sample.iter().enumerate().map(|(rank, x)| {
        let (expected, rank) = (cdf(*x), rank as f64);
        (expected - rank / n).max((rank + 1.0) / n - expected)
    });
    let distance = distance.fold(0.0, f64::max);
    let limit = 1.95 / n.sqrt();
    assert!(distance < limit, "{what}: off by {distance:.5} of at most {limit:.5}, n = {n}");
}

/// Holds counts against expected ones (Pearson's chi-square), where nothing is expected nothing
/// may be: the sum stays within four standard deviations of its mean.
#[track_caller]
fn check_counts(what: &str, counts: &[f64], expected: &[f64]) {
    let mut sum = 0.0;
    let mut freedom = -1.0;
    for (place, (count, expected)) in counts.iter().zip(expected).enumerate() {
        if *expected == 0.0 {
            assert_eq!(*count, 0.0, "{what}: something at {place}, where nothing should be");
            continue;
        }
        assert!(*expected > 5.0, "{what}: too few expected at {place} to tell");
        sum += (count - expected) * (count - expected) / expected;
        freedom += 1.0;
    }
    let limit = freedom + 4.0 * f64::sqrt(2.0 * freedom);
    assert!(sum < limit, "{what}: chi-square {sum:.1} of at most {limit:.1}");
}

/// Holds a share of so many trials against the chance of each: four standard deviations.
#[track_caller]
fn check_share(what: &str, hits: f64, trials: f64, chance: f64) {
    let limit = 4.0 * (chance * (1.0 - chance) / trials).sqrt();
    let share = hits / trials;
    assert!((share - chance).abs() < limit, "{what}: {share:.4}, not {chance:.4} ± {limit:.4}");
}
