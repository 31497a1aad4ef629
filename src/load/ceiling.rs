//! How much may be sent at most: a slip of a finger must not become an attack.

use std::time::Duration;

/// The most that a test may do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ceilings {
    /// Requests a second, over any second.
    pub rate: f64,
    /// How long it may take, without its set-up.
    pub time: Duration,
}

/// A test would do more than it may.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum CeilingError {
    /// Too much at once.
    #[error(
        "the test would send up to {planned:.0} requests a second, above the ceiling of {most:.0}: \
         raise it with --max-rate {planned:.0}, if the server may be asked so much, or lower --speed \
         or --rate"
    )]
    Rate {
        /// What was asked for.
        planned: f64,
        /// The ceiling.
        most: f64,
    },
    /// Too long.
    #[error(
        "the test would take {}, longer than the ceiling of {}: raise it with --max-time {}, or \
         choose a part with --from and --for, or a higher --speed",
        told(*planned), told(*most), told(*planned)
    )]
    Time {
        /// What was asked for.
        planned: Duration,
        /// The ceiling.
        most: Duration,
    },
}

impl Ceilings {
    /// Whether so much may be done.
    ///
    /// # Errors
    /// Which ceiling it would break, and how to raise it.
    pub fn check(self, rate: f64, time: Duration) -> Result<(), CeilingError> {
        if rate > self.rate {
            return Err(CeilingError::Rate { planned: rate.ceil(), most: self.rate });
        }
        if time > self.time {
            return Err(CeilingError::Time { planned: time, most: self.time });
        }
        Ok(())
    }
}

/// Whole seconds, rounded up, as a duration that a command line takes.
fn told(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    crate::model::Span::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX / 1_000)).to_string()
}

/// The fullest second of actions in the order of their offsets: requests begun in it.
pub fn fullest_second(offsets: impl Iterator<Item = u64>) -> u64 {
    let (mut most, mut count, mut second) = (0, 0, u64::MAX);
    for offset in offsets {
        let own = offset / 1_000_000;
        count = if own == second { count + 1 } else { 1 };
        second = own;
        most = most.max(count);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_above_a_ceiling_is_told_with_what_raises_it() {
        let ceilings = Ceilings { rate: 1_000.0, time: Duration::from_secs(600) };
        assert_eq!(ceilings.check(1_000.0, Duration::from_secs(600)), Ok(()));
        let rate = ceilings.check(1_000.5, Duration::ZERO).unwrap_err().to_string();
        assert!(rate.contains("--max-rate 1001"), "{rate}");
        let time = ceilings.check(1.0, Duration::from_millis(5_400_001)).unwrap_err().to_string();
        assert!(time.contains("--max-time 1h30m1s"), "{time}");
    }

    #[test]
    fn the_fullest_second_counts_what_begins_in_it() {
        let offsets = [0, 999_999, 1_000_000, 5_000_000, 5_000_001, 5_999_999];
        assert_eq!(fullest_second(offsets.into_iter()), 3);
        assert_eq!(fullest_second(std::iter::empty()), 0);
    }
}
