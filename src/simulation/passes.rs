//! One user under every policy: what several policies have in common is found out once.

use super::engine::Engine;
use super::plan::{AccessTokens, Plan};
use super::{Division, Fold, Setting, Share};
use crate::model::{Instant, Policy};
use crate::trace::Action;

/// How the policies of a run go over a user's records.
#[derive(Debug)]
pub(super) struct Passes {
    /// Policies with the same access tokens, which the same uses find good.
    asking: Vec<(AccessTokens, Vec<usize>)>,
    /// Policies under which each use goes through the model.
    each_use: Vec<usize>,
    /// Room to find the uses that ask.
    until: Vec<i64>,
    places: Vec<u32>,
}

/// What does not depend on the session, or changes nothing but it. Whether a poll gets a token
/// does, and a revocation meets all agents at once.
const PLAIN: [Action; 3] = [Action::Use, Action::Logout, Action::Close];

impl Passes {
    pub(super) fn new(policies: &[Policy]) -> Self {
        let (mut asking, mut each_use) = (Vec::<(AccessTokens, Vec<usize>)>::new(), Vec::new());
        for (index, policy) in policies.iter().enumerate() {
            match Plan::of(policy) {
                Plan::EachUse(_) => each_use.push(index),
                Plan::Asking(tokens) => match asking.iter_mut().find(|(own, _)| *own == tokens) {
                    Some((_, members)) => members.push(index),
                    None => asking.push((tokens, vec![index])),
                },
            }
        }
        Self { asking, each_use, until: Vec::new(), places: Vec::new() }
    }

    /// The user at a place of a share, under the policies of `engines`.
    pub(super) fn replay<S: Fold>(
        &mut self,
        engines: &mut [Engine<'_, S>],
        setting: &Setting<'_>,
        division: &Division,
        (share, user): (&Share, usize),
        horizon: Instant,
    ) {
        let both = share.user(user);
        let plain = share.only(user, &PLAIN);
        for &policy in &self.each_use {
            engines[policy].replay_whole(setting, division, both, horizon);
        }
        if !plain {
            for &policy in self.asking.iter().flat_map(|(_, members)| members) {
                engines[policy].replay_whole(setting, division, both, horizon);
            }
            return;
        }
        let records = both.0;
        for (tokens, members) in &self.asking {
            let agents = tokens.find(records, division, &mut self.until, &mut self.places);
            for &policy in members {
                let engine = &mut engines[policy];
                engine.replay_asking(setting, division, (records, agents), &self.places);
            }
        }
    }
}
