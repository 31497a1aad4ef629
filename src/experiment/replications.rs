//! Made-up activity drawn anew, with other seeds: how far any figure moves, peaks too.
//!
//! Each replication is a run of its own, so a figure's mean over them has Student's interval; and
//! as every policy of a replication meets the same people, so has the difference between two.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::table::Difference;
use crate::table::Interval;
use crate::table::Metric;
use crate::table::PolicyTables;
use crate::table::Value;

/// Means over replications, by policy: `runs` are the replications, each with every policy in the
/// same order. Fewer than two have no intervals.
pub fn means(runs: &[Vec<PolicyTables>]) -> Vec<PolicyTables> {
    let Some(first) = runs.first() else { return Vec::new() };
    let all = |policy: usize, name: &str| -> Vec<f64> {
        runs.iter().map(|run| run[policy].metric(name)).collect()
    };
    let policy = |(number, tables): (usize, &PolicyTables)| {
        let mut own = tables.clone();
        own.metrics.clear();
        for metric in &tables.metrics {
            let (name, values) = (metric.name, all(number, metric.name));
            own.metrics.push(Metric { value: Value::Number(mean(&values)), ..metric.clone() });
            let Some((low, high)) = interval(&values) else { continue };
            own.intervals.push(Interval { metric: name, low, high });
            if number > 0 {
                let pairs = values.iter().zip(all(0, name));
                let differences: Vec<f64> = pairs.map(|(own, first)| own - first).collect();
                let value = mean(&differences);
                let (low, high) = interval(&differences).unwrap_or((value, value));
                own.differences.push(Difference { metric: name, value, low, high });
            }
        }
        own
    };
    first.iter().enumerate().map(policy).collect()
}

/// Whether a figure's mean is known to this share of itself under every policy; one that is zero
/// throughout is known.
pub fn is_precise(runs: &[Vec<PolicyTables>], metric: &str, share: f64) -> bool {
    let policies = runs.first().map_or(0, Vec::len);
    (0..policies).all(|policy| {
        let values: Vec<f64> = runs.iter().map(|run| run[policy].metric(metric)).collect();
        let Some((low, high)) = interval(&values) else { return false };
        (high - low) / 2.0 <= share * mean(&values).abs()
    })
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The ends of the mean's 95 % interval, of at least two values.
fn interval(values: &[f64]) -> Option<(f64, f64)> {
    let freedom = values.len().checked_sub(1).filter(|freedom| *freedom > 0)? as f64;
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let error = (squares / freedom / values.len() as f64).sqrt();
    let quantile = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.975);
    Some((mean - quantile * error, mean + quantile * error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Key;

    #[test]
    fn students_interval_is_the_textbooks() {
        // Mean 5, standard deviation 1.5811, five values: t = 2.7764 with four degrees of freedom.
        let (low, high) = interval(&[3.0, 4.0, 5.0, 6.0, 7.0]).expect("five values");
        assert!((low - 3.0368).abs() < 1e-3 && (high - 6.9632).abs() < 1e-3, "{low} {high}");
        assert_eq!(interval(&[1.0]), None);
        assert_eq!(interval(&[2.0, 2.0]), Some((2.0, 2.0)));
    }

    #[test]
    fn it_covers_the_mean_as_often_as_it_says() {
        let mut covered = 0;
        for trial in 0..2_000 {
            let mut stream = Key::new(5, "replications").numbered(trial).stream();
            // Sums of uniform draws, nearly normal: the mean is 6.
            let value = |_| (0..12).map(|_| stream.unit()).sum::<f64>();
            let (low, high) = interval(&(0..8).map(value).collect::<Vec<_>>()).expect("eight");
            covered += u32::from((low..=high).contains(&6.0));
        }
        let share = f64::from(covered) / 2_000.0;
        assert!((0.93..=0.97).contains(&share), "{share}");
    }
}
