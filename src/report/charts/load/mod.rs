//! Charts of a load test: each is one file here with its row in the registry below.
//!
//! Reading order: `plot`, then any chart.

mod latency;
mod percentiles;
mod plot;
mod rate;
mod steps;

use super::Drawing;
use crate::measured::LoadTest;

/// A chart that a load test's report holds.
pub(in crate::report) struct LoadChart {
    /// The name of its files.
    pub(in crate::report) name: &'static str,
    /// One line for people: what it shows.
    pub(in crate::report) about: &'static str,
    /// Draws it, if the test has what it shows.
    pub(in crate::report) draw: fn(&LoadTest) -> Option<Drawing>,
}

/// Every chart, in the order of a report.
pub(in crate::report) const CHARTS: [&LoadChart; 4] =
    [&latency::CHART, &percentiles::CHART, &rate::CHART, &steps::CHART];
