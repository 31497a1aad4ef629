//! One user under every policy: what several policies have in common is found out once.

use pulp::{Arch, Simd, WithSimd};

use super::answers::Lanes;
use super::asks::{Step, Steps};
use super::engine::Engine;
use super::plan::{AccessTokens, PLAIN, Plans};
use super::share::{OfAgent, Room};
use super::{Asked, AskingAlike, Crowd, Division, Fold, Folds, Setting, Share, Who};
use crate::model::{Instant, Policy};
use crate::trace::Record;

/// How the policies of a run go over a user's records.
pub(super) struct Passes<F: Folds> {
    crowd: F::Crowd,
    /// Policies under which the same uses ask the IdP.
    groups: Vec<Group<F>>,
    /// Policies under which each use goes through the model.
    each_use: Vec<usize>,
    room: Room,
}

/// Policies under which the same uses ask the IdP.
struct Group<F: Folds> {
    tokens: AccessTokens,
    members: Vec<usize>,
    steps: Steps<<F::Fold as Fold>::Note>,
    asked: F::Asked,
    lanes: Vec<Width>,
    /// The vectors that this machine has.
    arch: Arch,
}

/// Policies answered at once.
#[derive(Debug)]
enum Width {
    One(Lanes<1>),
    Eight(Box<Lanes<8>>),
}

impl<F: Folds> Passes<F> {
    /// For a partition with as many users.
    pub(super) fn new(policies: &[Policy], folds: &F, users: usize) -> Self {
        let Plans { asking, each_use } = Plans::of(policies);
        let groups = asking.into_iter();
        Self {
            crowd: folds.crowd(users),
            groups: groups
                .map(|(tokens, own)| Group::new(tokens, own, policies, (folds, users)))
                .collect(),
            each_use: each_use.into_iter().map(|(policy, _)| policy).collect(),
            room: Room::default(),
        }
    }

    /// The user at a place of a share, under the policies of `engines`.
    pub(super) fn replay(
        &mut self,
        engines: &mut [Engine<'_, F::Fold>],
        setting: &Setting<'_>,
        division: &Division,
        (share, user): (&Share, usize),
        horizon: Instant,
    ) {
        let is_plain = share.only(user, &PLAIN);
        let plain = self.groups.iter().flat_map(|group| &group.members).filter(|_| !is_plain);
        for &policy in self.each_use.iter().chain(plain) {
            let engine = &mut engines[policy];
            engine.replay_whole(setting, division, (share, user), &mut self.room, horizon);
        }
        if !is_plain || self.groups.is_empty() {
            return;
        }
        for agent in share.agents(user) {
            let who = division.who(agent.records[0].agent());
            self.crowd.came(who, agent.records, agent.others());
            for group in &mut self.groups {
                group.answer(who, agent, engines);
            }
        }
    }

    /// What is known of the crowd and of each group.
    pub(super) fn finish(self) -> (F::Crowd, Vec<AskingAlike<F>>) {
        let alike =
            |group: Group<F>| AskingAlike { members: group.members, asked: vec![group.asked] };
        (self.crowd, self.groups.into_iter().map(alike).collect())
    }
}

impl<F: Folds> Group<F> {
    fn new(
        tokens: AccessTokens,
        members: Vec<usize>,
        policies: &[Policy],
        (folds, users): (&F, usize),
    ) -> Self {
        let mut order = members.clone();
        // Policies without refresh tokens go together: theirs are the simpler rules.
        order.sort_by_key(|&policy| policies[policy].has_refresh_tokens());
        let lanes = order.chunks(8).flat_map(|chunk| match chunk.len() {
            // Vectors pay where enough of their lanes are taken.
            0..=2 => chunk.iter().map(|&one| Width::One(Lanes::new(policies, &[one]))).collect(),
            _ => vec![Width::Eight(Box::new(Lanes::new(policies, chunk)))],
        });
        Self {
            lanes: lanes.collect(),
            arch: Arch::new(),
            steps: Steps::new(policies[members[0]].apps().len(), tokens.slots()),
            asked: folds.asked(users, tokens.slots()),
            tokens,
            members,
        }
    }

    fn answer(&mut self, who: Who, agent: OfAgent<'_>, engines: &mut [Engine<'_, F::Fold>]) {
        let steps = self.steps.of(agent, &self.tokens, &mut self.asked);
        self.asked.asked_by(who);
        let of = (who, agent.records, &self.tokens);
        self.arch.dispatch(Answering { lanes: &mut self.lanes, of, steps, engines });
    }
}

/// An agent's steps on their way through the lanes, once for each instruction set.
struct Answering<'a, 'e, F: Fold> {
    lanes: &'a mut [Width],
    of: (Who, &'a [Record], &'a AccessTokens),
    steps: &'a [Step<F::Note>],
    engines: &'a mut [Engine<'e, F>],
}

impl<F: Fold> WithSimd for Answering<'_, '_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { lanes, of, steps, engines } = self;
        for lanes in lanes {
            match lanes {
                Width::One(lanes) => lanes.answer(of, steps, engines),
                Width::Eight(lanes) => lanes.answer(of, steps, engines),
            }
        }
    }
}
