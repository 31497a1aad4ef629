//! One policy over the agents of one partition.

use super::{Division, Order, Setting, Sink, Who};
use crate::model::{
    AccessToken, AgentMut, ApiId, AppId, AppState, IdpSession, Instant, Policy, Request, apply,
    decide, next_timer,
};
use crate::seed::Key;
use crate::trace::{Action, Record};

/// The state of every agent, part by part in tables: nothing is allocated per use.
#[derive(Debug)]
pub(super) struct Engine<'a, S> {
    policy: &'a Policy,
    has_timers: bool,
    sessions: Vec<IdpSession>,
    apps: Vec<AppState>,
    tokens: Vec<AccessToken>,
    sink: S,
}

impl<'a, S: Sink> Engine<'a, S> {
    pub(super) fn new(policy: &'a Policy, agents: usize, sink: S) -> Self {
        let apps: Vec<AppState> =
            policy.apps().iter().map(|app| AppState::new(app.token_storage)).collect();
        Self {
            policy,
            has_timers: policy.has_timers(),
            sessions: vec![IdpSession::NONE; agents],
            apps: apps.repeat(agents),
            tokens: vec![AccessToken::NONE; policy.layout().slots() * agents],
            sink,
        }
    }

    pub(super) fn has_timers(&self) -> bool {
        self.has_timers
    }

    pub(super) fn sink_mut(&mut self) -> &mut S {
        &mut self.sink
    }

    pub(super) fn into_sink(self) -> S {
        self.sink
    }

    /// One record of an agent of this partition, after every timer due by then.
    #[inline]
    pub(super) fn replay(
        &mut self,
        setting: &Setting<'_>,
        division: &Division,
        record: &Record,
        number: u64,
    ) {
        let who = division.who(setting.names, record.agent());
        let order = Order { at: record.at(), by_record: true, number };
        let app = || record.app().expect("an intake lets no use in without an app");
        let request = match record.action() {
            Action::Use => Request::Use(app(), record.api()),
            Action::Background => Request::Background(app(), record.api()),
            Action::Logout => Request::Logout(app()),
            Action::Close => Request::Close,
            Action::Revoke => return self.revoke(setting, division, who, order),
        };
        self.run_timers(setting, who, order.at);
        self.happen(setting, who, order, request);
    }

    /// Runs the agent's timers due at or before `until`, in their order; each answer may bring
    /// new timers about.
    #[inline]
    pub(super) fn run_timers(&mut self, setting: &Setting<'_>, who: Who, until: Instant) {
        if !self.has_timers {
            return;
        }
        let policy = self.policy;
        while let Some(timer) = next_timer(self.agent(who).as_ref(), policy)
            && timer.due <= until
        {
            let number = who.agent.index() as u64;
            let order = Order { at: timer.due, by_record: false, number };
            self.happen(setting, who, order, Request::Timer(timer));
        }
    }

    /// A revocation meets all of the user's devices. Those that never logged in have nothing to
    /// take back.
    fn revoke(&mut self, setting: &Setting<'_>, division: &Division, who: Who, order: Order) {
        for agent in setting.names.agents_of(who.user) {
            let other = division.who(setting.names, agent);
            self.run_timers(setting, other, order.at);
            if agent == who.agent || self.sessions[other.agent_place].number > 0 {
                self.happen(setting, other, order, Request::Revoke);
            }
        }
    }

    #[inline]
    fn happen(&mut self, setting: &Setting<'_>, who: Who, order: Order, request: Request) {
        let policy = self.policy;
        let draw = |app: AppId, api: ApiId, number: u32| {
            // The policy is no part of the key: every policy meets the same luck.
            Key::new(setting.seed, "access_token_lifetime")
                .with(setting.names.user(who.user))
                .with(setting.names.device(who.agent))
                .with(&setting.apps[app.index()])
                .with(&setting.apis[api.index()])
                .bits(u64::from(number))
        };
        let mut agent = self.agent(who);
        let fact = decide(agent.as_ref(), policy, order.at, request, &draw);
        apply(&mut agent, policy.layout(), order.at, &fact);
        self.sink.record(who, order, &fact);
    }

    #[inline]
    fn agent(&mut self, who: Who) -> AgentMut<'_> {
        let (apps, slots) = (self.policy.apps().len(), self.policy.layout().slots());
        let place = who.agent_place;
        AgentMut {
            session: &mut self.sessions[place],
            apps: &mut self.apps[place * apps..][..apps],
            tokens: &mut self.tokens[place * slots..][..slots],
        }
    }
}
