//! Histograms of fixed size.

use std::time::Duration;

use hdrhistogram::Histogram;

/// The longest time that is told apart: an hour, in microseconds.
const LONGEST: u64 = 3_600_000_000;
/// The longest lateness of a start that is told apart: a minute, in nanoseconds.
const LATEST: u64 = 60_000_000_000;
/// How many decimal digits of a value are kept.
const DIGITS: u8 = 3;

/// Response and service times of one kind, microseconds.
#[derive(Clone, Debug)]
pub struct Times {
    /// From the intended start to the end of the last answer.
    pub response: Histogram<u32>,
    /// From the send of the first request to the end of the last answer.
    pub service: Histogram<u32>,
}

/// A histogram of microseconds up to an hour; longer times count as an hour.
pub(super) fn histogram() -> Histogram<u32> {
    Histogram::new_with_bounds(1, LONGEST, DIGITS).expect("the bounds are valid")
}

/// A histogram of nanoseconds up to a minute: how far starts are from where they were meant.
pub(super) fn starts() -> Histogram<u32> {
    Histogram::new_with_bounds(1, LATEST, DIGITS).expect("the bounds are valid")
}

/// A time as histograms of microseconds take it; less than one counts as one.
pub(super) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}

impl Times {
    /// None yet.
    pub fn new() -> Self {
        Self { response: histogram(), service: histogram() }
    }

    /// Takes one.
    pub fn record(&mut self, response: Duration, service: Duration) {
        self.response.saturating_record(micros(response));
        self.service.saturating_record(micros(service));
    }

    /// Adds those of others, exactly.
    pub fn add(&mut self, other: &Self) {
        self.response.add(&other.response).expect("all have the same bounds");
        self.service.add(&other.service).expect("all have the same bounds");
    }

    /// Forgets all.
    pub fn reset(&mut self) {
        self.response.reset();
        self.service.reset();
    }
}

impl Default for Times {
    fn default() -> Self {
        Self::new()
    }
}
