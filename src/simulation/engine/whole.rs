//! All that one user did, with uses that find good access tokens passed over many at a time.

use super::Engine;
use crate::model::Instant;
use crate::simulation::share::Room;
use crate::simulation::{Division, Fold, Setting, Share};
use crate::trace::{Action, Record};

/// All but a revocation meet one agent alone, whatever the others do.
const OF_ONE_AGENT: [Action; 4] = [Action::Use, Action::Background, Action::Logout, Action::Close];

impl<S: Fold> Engine<'_, S> {
    /// All that one user did, and the timers up to `horizon`.
    pub(in crate::simulation) fn replay_whole(
        &mut self,
        setting: &Setting<'_>,
        division: &Division,
        (share, user): (&Share, usize),
        room: &mut Room,
        horizon: Instant,
    ) {
        if share.only(user, &OF_ONE_AGENT) {
            for agent in share.agents(user) {
                self.replay_quickly(setting, division, (agent.records, agent.numbers));
            }
        } else {
            self.replay_quickly(setting, division, share.in_time_order(user, room));
        }
        let Some(agent) = share.agents(user).next() else { return };
        let mut agents = 0;
        for agent in setting.names.agents_of(division.user_of(agent.records[0].agent())) {
            self.run_timers(setting, division.who(agent), horizon);
            agents += 1;
        }
        self.forget(agents);
    }

    fn replay_quickly(
        &mut self,
        setting: &Setting<'_>,
        division: &Division,
        (records, numbers): (&[Record], &[u32]),
    ) {
        let mut who = division.who(records[0].agent());
        let mut start = 0;
        for place in 0..records.len() {
            let record = &records[place];
            let changes = record.agent() != who.agent;
            if !changes && self.take_quickly(who.ordinal, record) {
                continue;
            }
            if start < place {
                self.sink.valid(who, &records[start..place]);
            }
            start = place + 1;
            if changes {
                who = division.who(record.agent());
            }
            self.replay(setting, division, (&records[place..=place], &numbers[place..=place]), 0);
        }
        if start < records.len() {
            self.sink.valid(who, &records[start..]);
        }
    }

    #[inline(always)]
    fn take_quickly(&mut self, place: usize, record: &Record) -> bool {
        let apps = self.blank.len();
        let due = if self.has_timers { self.due[place] } else { Instant::NEVER };
        self.quick.take(place, record, &mut self.apps[place * apps..][..apps], due)
    }
}
