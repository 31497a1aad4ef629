//! What uses turned into.

use super::count;
use crate::model::{Access, Initiator, Outcome};
use crate::table::Metric;

#[derive(Clone, Debug, Default)]
pub(super) struct Outcomes {
    by_outcome: [u64; Outcome::ALL.len()],
}

const NAMES: [(Outcome, &str); 4] = [
    (Outcome::Valid, "outcome.valid"),
    (Outcome::Refresh, "outcome.refresh"),
    (Outcome::Silent, "outcome.silent"),
    (Outcome::Login, "outcome.login"),
];

impl Outcomes {
    #[inline(always)]
    pub(super) fn record(&mut self, access: &Access) {
        if access.initiator == Initiator::Use {
            self.by_outcome[access.outcome as usize] += 1;
        }
    }

    /// So many uses turned into `outcome`.
    #[inline]
    pub(super) fn add(&mut self, outcome: Outcome, uses: u64) {
        self.by_outcome[outcome as usize] += uses;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (own, more) in self.by_outcome.iter_mut().zip(other.by_outcome) {
            *own += more;
        }
    }

    pub(super) fn metrics(&self, metrics: &mut Vec<Metric>) {
        metrics.push(count("uses", self.by_outcome.iter().sum(), "uses"));
        metrics.extend(
            NAMES.map(|(outcome, name)| count(name, self.by_outcome[outcome as usize], "uses")),
        );
    }
}
