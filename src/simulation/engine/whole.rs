//! All that one user did, with uses that find good access tokens passed over many at a time.

use super::Engine;
use crate::model::{Access, ApiId, AppId, Fact, Initiator, Instant, Request, apply, asking_access};
use crate::simulation::{Division, Fold, Order, Setting, Who};
use crate::trace::Record;

impl<S: Fold> Engine<'_, S> {
    /// Every record of one user in time order, and the timers up to `horizon`.
    pub(in crate::simulation) fn replay_whole(
        &mut self,
        setting: &Setting<'_>,
        division: &Division,
        (records, numbers): (&[Record], &[u32]),
        horizon: Instant,
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
        let mut agents = 0;
        for agent in setting.names.agents_of(who.user) {
            self.run_timers(setting, division.who(agent), horizon);
            agents += 1;
        }
        self.forget(agents);
    }

    #[inline(always)]
    fn take_quickly(&mut self, place: usize, record: &Record) -> bool {
        let apps = self.blank.len();
        let due = if self.has_timers { self.due[place] } else { Instant::NEVER };
        self.quick.take(place, record, &mut self.apps[place * apps..][..apps], due)
    }

    /// All that one user did. Of the records the model decides on those `asking`; the others are
    /// uses that find good access tokens. `agents` is above each agent's ordinal.
    pub(in crate::simulation) fn replay_asking(
        &mut self,
        setting: &Setting<'_>,
        division: &Division,
        (records, agents): (&[Record], usize),
        asking: &[u32],
    ) {
        let mut who = division.who(records[0].agent());
        let mut start = 0;
        for &place in asking {
            let place = place as usize;
            self.pass_over(division, &mut who, &records[start..place]);
            start = place + 1;
            let record = &records[place];
            if record.agent() != who.agent {
                who = division.who(record.agent());
            }
            let order = Order { at: record.at(), by_record: true, number: place as u64 };
            match Self::request(record) {
                Request::Use(app, api) => self.ask(who, order, app, api),
                request => self.decide(setting, who, order, request),
            }
        }
        self.pass_over(division, &mut who, &records[start..]);
        self.forget(agents);
    }

    /// A use that asks the IdP, under a policy that such uses can be found out for beforehand.
    #[inline(always)]
    fn ask(&mut self, who: Who, order: Order, app: AppId, api: Option<ApiId>) {
        let policy = self.policy;
        let api = api.unwrap_or(policy.app(app).default_api);
        let begun = Access::begun(app, api, Initiator::Use);
        let mut agent = self.agent(who.ordinal);
        let never_drawn = |_: AppId, _: ApiId, _: u32| 0;
        let access = asking_access(agent.as_ref(), policy, order.at, begun, &never_drawn);
        let fact = Fact::Access(access);
        apply(&mut agent, policy.layout(), order.at, &fact);
        self.sink.record(who, order, &fact);
    }

    /// Uses that find good access tokens, each agent's in a row at once; `who` was the agent before
    /// and becomes the last.
    #[inline]
    fn pass_over(&mut self, division: &Division, who: &mut Who, uses: &[Record]) {
        for own in uses.chunk_by(|a, b| a.agent() == b.agent()) {
            if own[0].agent() != who.agent {
                *who = division.who(own[0].agent());
            }
            self.sink.valid(*who, own);
        }
    }
}
