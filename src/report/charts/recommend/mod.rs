//! Charts of a search for a policy: each is one file here with its row in the registry below.

mod front;

use super::Drawing;
use crate::report::recommend::RecommendInput;

/// A chart that the report of a search holds.
pub(in crate::report) struct RecommendChart {
    /// The name of its files.
    pub(in crate::report) name: &'static str,
    /// One line for people: what it shows.
    pub(in crate::report) about: &'static str,
    /// Draws it, if the search has what it shows.
    pub(in crate::report) draw: fn(&RecommendInput<'_>) -> Option<Drawing>,
}

/// Every chart, in the order of a report.
pub(in crate::report) const CHARTS: [&RecommendChart; 1] = [&front::CHART];
