//! From resamples to an interval: bias-corrected and accelerated percentiles (Efron 1987, “Better
//! bootstrap confidence intervals”), which hold their level where what is measured is skewed, as
//! re-logins are.

use statrs::distribution::{ContinuousCDF, Normal};

/// The ends of a 95 % interval of a statistic: `estimate` is that of the people as they are,
/// `resampled` those of the resamples, and `influence` how far each unit pulls it.
pub(super) fn interval(estimate: f64, resampled: &[f64], influence: &[f64]) -> (f64, f64) {
    let mut sorted: Vec<f64> = resampled.iter().copied().filter(|value| !value.is_nan()).collect();
    if sorted.is_empty() || estimate.is_nan() {
        return (f64::NAN, f64::NAN);
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let count = sorted.len() as f64;
    // Of resamples that come out as the estimate itself, half count as below it.
    let below = sorted.partition_point(|value| *value < estimate) as f64;
    let up_to = sorted.partition_point(|value| *value <= estimate) as f64;
    let share = (((below + up_to) / 2.0).clamp(0.5, count - 0.5)) / count;
    let normal = Normal::standard();
    let (bias, acceleration) = (normal.inverse_cdf(share), acceleration(influence));
    let end = |share: f64| {
        let shifted = bias + normal.inverse_cdf(share);
        let share = normal.cdf(bias + shifted / (1.0 - acceleration * shifted));
        let rank = (share * count).ceil().clamp(1.0, count) as usize;
        sorted[rank - 1]
    };
    (end(0.025), end(0.975))
}

/// A sixth of the skewness of the influences.
fn acceleration(influence: &[f64]) -> f64 {
    let squares: f64 = influence.iter().map(|pull| pull * pull).sum();
    let cubes: f64 = influence.iter().map(|pull| pull * pull * pull).sum();
    if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symmetric_resamples_give_their_percentiles() {
        let resampled: Vec<f64> = (1..=999).map(f64::from).collect();
        assert_eq!(interval(500.0, &resampled, &[]), (25.0, 975.0));
    }

    #[test]
    fn bias_and_skewness_shift_the_ends() {
        let resampled: Vec<f64> = (1..=999).map(f64::from).collect();
        let (low, high) = interval(600.0, &resampled, &[]);
        assert!(low > 25.0 && high > 975.0, "{low} {high}");
        let skewed = interval(500.0, &resampled, &[1.0, 1.0, 1.0, -3.0, 8.0, -8.0, 12.0]);
        assert!(skewed.0 > 25.0 && skewed.1 > 975.0, "{skewed:?}");
    }

    #[test]
    fn what_never_varies_is_sure() {
        assert_eq!(interval(0.0, &[0.0; 100], &[0.0; 5]), (0.0, 0.0));
    }
}
