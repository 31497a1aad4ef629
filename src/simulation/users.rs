//! A run over whole users, one after the other.

use std::ops::Range;

use rayon::prelude::*;

use super::engine::{Engine, Keeps};
use super::passes::Passes;
use super::{Division, Folds, Setting, Share};
use crate::model::{Instant, Policy};

/// A run in which each user is replayed as a whole, under every policy.
pub struct Users<'a, F: Folds> {
    setting: Setting<'a>,
    division: &'a Division,
    partitions: Vec<Partition<'a, F>>,
}

struct Partition<'a, F: Folds> {
    engines: Vec<Engine<'a, F::Fold>>,
    passes: Passes<F>,
}

/// What a run over whole users came to.
pub struct Folded<F: Folds> {
    /// By policy: that of each partition.
    pub folds: Vec<Vec<F::Fold>>,
    /// That of each partition.
    pub crowds: Vec<F::Crowd>,
    /// Policies under which the same uses ask the IdP.
    pub groups: Vec<AskingAlike<F>>,
}

/// Policies under which the same uses ask the IdP.
pub struct AskingAlike<F: Folds> {
    /// Their numbers.
    pub members: Vec<usize>,
    /// That of each partition.
    pub asked: Vec<F::Asked>,
}

impl<'a, F: Folds> Users<'a, F> {
    /// A run of `policies`, folded into what `folds` makes.
    pub fn new(
        setting: Setting<'a>,
        policies: &'a [Policy],
        division: &'a Division,
        folds: &F,
    ) -> Self {
        let partition = |number| {
            let (users, agents) = division.size(number);
            let kept = division.most_agents();
            let fold = || folds.fold(users, agents);
            let engine = |policy| Engine::new(policy, Keeps::OneUser, kept, fold());
            let engines = policies.iter().map(engine).collect();
            Partition { engines, passes: Passes::new(policies, folds, users) }
        };
        let partitions = (0..division.partitions()).map(partition).collect();
        Self { setting, division, partitions }
    }

    /// Replays all that the users at `range` of each share did, up to `horizon`, when the last
    /// timers run. The shares are those of this run's partitions, in their order.
    pub fn replay(&mut self, shares: &[Share], range: Range<usize>, horizon: Instant) {
        let (setting, division) = (self.setting, self.division);
        let both = self.partitions.par_iter_mut().zip(shares);
        both.for_each(|(partition, share)| {
            let Partition { engines, passes } = partition;
            for user in range.start..range.end.min(share.users()) {
                passes.replay(engines, &setting, division, (share, user), horizon);
            }
        });
    }

    /// What it came to.
    pub fn finish(self) -> Folded<F> {
        let mut folded = Folded { folds: Vec::new(), crowds: Vec::new(), groups: Vec::new() };
        for Partition { engines, passes } in self.partitions {
            folded.folds.resize_with(engines.len(), Vec::new);
            for (folds, engine) in folded.folds.iter_mut().zip(engines) {
                folds.push(engine.into_sink());
            }
            let (crowd, groups) = passes.finish();
            folded.crowds.push(crowd);
            // Every partition has the same groups.
            if folded.groups.is_empty() {
                folded.groups = groups;
            } else {
                let more = groups.into_iter().flat_map(|group| group.asked);
                folded.groups.iter_mut().zip(more).for_each(|(all, more)| all.asked.push(more));
            }
        }
        folded
    }
}
