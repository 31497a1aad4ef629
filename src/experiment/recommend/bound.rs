//! What somebody could reach who knew how long everybody stays away: the measure of what a policy
//! loses by not knowing.
//!
//! A policy that keeps the access of an agent over a gap leaves it open for as long as the gap
//! lasts, and one that ends it asks for a re-login. Whoever knows the gaps keeps the shortest ones
//! until the budget of unattended time is spent and ends the others at once; as every policy with
//! that budget keeps some set of gaps whose sum is within it, none keeps more of them.

use super::hazard::Gaps;
use crate::model::Span;

/// What a policy came to over the gaps between an agent's uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Gaps that ended without a re-login.
    pub gaps: u64,
    /// Gaps that ended with one.
    pub relogins: u64,
    /// How long access was open with nobody there: all of the gaps that ended without one, and of
    /// the others as long as the session lived on.
    pub open: i128,
}

/// The fewest re-logins that leave access open for at most `budget` milliseconds, over gaps that
/// are ascending.
pub fn fewest_relogins(gaps: &Gaps, budget: i128) -> u64 {
    let mut left = budget.max(0);
    let mut relogins: u64 = gaps.iter().map(|(_, count)| count).sum();
    for (gap, count) in gaps {
        let length = i128::from(gap.as_millis());
        let affordable = if length == 0 { i128::MAX } else { left / length };
        let kept = u64::try_from(affordable).unwrap_or(u64::MAX).min(*count);
        relogins -= kept;
        left -= length * i128::from(kept);
        if kept < *count {
            break;
        }
    }
    relogins
}

/// A policy beside whoever knows the gaps and leaves access open for no longer than it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regret {
    /// Re-logins that the policy forces.
    pub relogins: u64,
    /// The fewest that would do.
    pub fewest: u64,
    /// How long access was open with nobody there, between one use of an agent and the next. What
    /// stays open after the last use of all is no choice between two uses, and left out.
    pub open: Span,
}

/// The regret of a policy.
pub fn regret(gaps: &Gaps, kept: Kept) -> Regret {
    let fewest = fewest_relogins(gaps, kept.open);
    let open = Span::from_millis(i64::try_from(kept.open).unwrap_or(i64::MAX));
    Regret { relogins: kept.relogins, fewest, open }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(mut gaps: Vec<i64>) -> Vec<(Span, u64)> {
        gaps.sort_unstable();
        let runs = gaps.chunk_by(|one, other| one == other);
        runs.map(|run| (Span::from_millis(run[0]), run.len() as u64)).collect()
    }

    #[test]
    fn the_shortest_gaps_are_kept_first() {
        let gaps = counted(vec![1, 2, 2, 4, 10]);
        let fewest: Vec<u64> =
            [0, 1, 2, 3, 5, 8, 9, 18, 19].map(|budget| fewest_relogins(&gaps, budget)).into();
        assert_eq!(fewest, [5, 4, 4, 3, 2, 2, 1, 1, 0]);
        assert_eq!(fewest_relogins(&counted(vec![0, 0, 7]), 0), 1);
        assert_eq!(fewest_relogins(&[], 100), 0);
    }

    proptest! {
        /// Every set of gaps is what some policy keeps.
        #[test]
        fn no_set_of_gaps_within_the_budget_is_larger(
            gaps in prop::collection::vec((0_i64..1_000, any::<bool>()), 0..40),
            after in 0_i64..500,
        ) {
            let open: i128 =
                gaps.iter().filter(|(_, kept)| *kept).map(|(gap, _)| i128::from(*gap)).sum();
            let kept = Kept {
                gaps: gaps.iter().filter(|(_, kept)| *kept).count() as u64,
                relogins: gaps.iter().filter(|(_, kept)| !kept).count() as u64,
                open: open + i128::from(after),
            };
            let all = counted(gaps.iter().map(|(gap, _)| *gap).collect());
            let regret = regret(&all, kept);
            prop_assert!(regret.fewest <= regret.relogins, "{regret:?}");
        }

        /// Whoever spends more needs no more re-logins, and the spending is within the budget.
        #[test]
        fn the_bound_falls_with_the_budget(
            gaps in prop::collection::vec(0_i64..1_000, 0..40),
            budget in 0_i64..20_000,
        ) {
            let all = counted(gaps.clone());
            let fewest = fewest_relogins(&all, i128::from(budget));
            prop_assert!(fewest_relogins(&all, i128::from(budget) + 1) <= fewest);
            let mut sorted = gaps;
            sorted.sort_unstable();
            let kept = sorted.len() - fewest as usize;
            prop_assert!(sorted[..kept].iter().sum::<i64>() <= budget);
            prop_assert!(kept == sorted.len() || sorted[..=kept].iter().sum::<i64>() > budget);
        }
    }
}
