//! One user under every policy: what several policies have in common is found out once.

use super::engine::Engine;
use super::plan::{AccessTokens, Plan};
use super::{Division, Fold, Setting, Share};
use crate::model::{Instant, Policy};
use crate::trace::{Action, Record};

/// How the policies of a run go over a user's records.
#[derive(Debug)]
pub(super) struct Passes {
    /// Policies with the same access tokens, which the same uses find good.
    asking: Vec<(AccessTokens, Vec<usize>)>,
    /// Policies under which each use goes through the model.
    each_use: Vec<usize>,
    /// Of a user of several devices: the records of each, and all uses.
    by_agent: Vec<Vec<Record>>,
    uses: Vec<Record>,
    /// Room to find the uses that ask.
    until: Vec<Instant>,
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
        let (by_agent, uses) = (Vec::new(), Vec::new());
        Self { asking, each_use, by_agent, uses, until: Vec::new(), places: Vec::new() }
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
        if self.asking.is_empty() {
            return;
        }
        let records = both.0;
        let who = division.who(records[0].agent());
        if records.iter().all(|record| record.agent() == who.agent) {
            self.replay_agent(engines, setting, division, records);
        } else {
            self.replay_devices(engines, setting, division, records);
        }
    }

    /// A user of several devices: under these policies nothing reaches from one to another.
    fn replay_devices<S: Fold>(
        &mut self,
        engines: &mut [Engine<'_, S>],
        setting: &Setting<'_>,
        division: &Division,
        records: &[Record],
    ) {
        let (mut by_agent, mut uses) =
            (std::mem::take(&mut self.by_agent), std::mem::take(&mut self.uses));
        by_agent.iter_mut().for_each(Vec::clear);
        for record in records {
            let ordinal = division.who(record.agent()).ordinal;
            if by_agent.len() <= ordinal {
                by_agent.resize_with(ordinal + 1, Vec::new);
            }
            by_agent[ordinal].push(*record);
        }
        uses.clear();
        uses.extend(records.iter().filter(|record| record.action() == Action::Use));
        let who = division.who(records[0].agent());
        for &policy in self.asking.iter().flat_map(|(_, members)| members) {
            engines[policy].came(who, &uses);
        }
        for records in by_agent.iter().filter(|records| !records.is_empty()) {
            self.replay_agent(engines, setting, division, records);
        }
        (self.by_agent, self.uses) = (by_agent, uses);
    }

    fn replay_agent<S: Fold>(
        &mut self,
        engines: &mut [Engine<'_, S>],
        setting: &Setting<'_>,
        division: &Division,
        records: &[Record],
    ) {
        let who = division.who(records[0].agent());
        for (tokens, members) in &self.asking {
            tokens.find(records, &mut self.until, &mut self.places);
            for &policy in members {
                engines[policy].replay_asking(setting, who, records, &self.places);
            }
        }
    }
}
