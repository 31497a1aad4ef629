//! One policy over the agents of one partition.

mod quick;
mod whole;

use super::{Division, Order, Setting, Sink, Who};
use crate::model::{
    Access, AccessToken, AgentMut, AgentRef, ApiId, AppId, AppState, Fact, IdpSession, Initiator,
    Instant, Outcome, Policy, Request, Timer, app_timer, apply, decide, valid_access,
};
use crate::seed::Key;
use crate::trace::{Action, Record};
use quick::Quick;

/// The state of agents, part by part in tables: nothing is allocated per use.
#[derive(Debug)]
pub(super) struct Engine<'a, S> {
    policy: &'a Policy,
    has_timers: bool,
    keeps: Keeps,
    sessions: Vec<IdpSession>,
    apps: Vec<AppState>,
    tokens: Vec<AccessToken>,
    /// By agent and app: the timer that is due first, if the app is open then; empty without timers.
    timers: Vec<Option<Timer>>,
    /// By agent: when its first timer is due.
    due: Vec<Instant>,
    /// The state of an agent that did nothing yet.
    blank: Vec<AppState>,
    quick: Quick,
    sink: S,
}

/// Whose state an engine keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    /// That of every agent of its partition, by place.
    EveryAgent,
    /// That of the agents of one user at a time, by ordinal.
    OneUser,
}

impl<'a, S: Sink> Engine<'a, S> {
    pub(super) fn new(policy: &'a Policy, keeps: Keeps, agents: usize, sink: S) -> Self {
        let blank: Vec<AppState> =
            policy.apps().iter().map(|app| AppState::new(app.token_storage)).collect();
        let has_timers = policy.has_timers();
        let timed = if has_timers { agents } else { 0 };
        Self {
            policy,
            has_timers,
            keeps,
            sessions: vec![IdpSession::NONE; agents],
            apps: blank.repeat(agents),
            tokens: vec![AccessToken::NONE; policy.layout().slots() * agents],
            timers: vec![None; timed * blank.len()],
            due: vec![Instant::NEVER; timed],
            quick: Quick::new(policy, if keeps == Keeps::OneUser { agents } else { 0 }),
            blank,
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

    /// Forgets the first `agents` agents, so that another user's may come.
    fn forget(&mut self, agents: usize) {
        self.sessions[..agents].fill(IdpSession::NONE);
        for apps in self.apps.chunks_exact_mut(self.blank.len()).take(agents) {
            apps.copy_from_slice(&self.blank);
        }
        self.tokens[..agents * self.policy.layout().slots()].fill(AccessToken::NONE);
        self.quick.forget(agents);
        if self.has_timers {
            self.timers[..agents * self.blank.len()].fill(None);
            self.due[..agents].fill(Instant::NEVER);
        }
    }

    /// Records of one user of this partition in time order, each after every timer due by then.
    /// `first` and `numbers` tell their places in the run's order.
    #[inline]
    pub(super) fn replay(
        &mut self,
        setting: &Setting<'_>,
        division: &Division,
        (records, numbers): (&[Record], &[u32]),
        first: u64,
    ) {
        let mut who = division.who(records[0].agent());
        for (record, number) in records.iter().zip(numbers) {
            if record.agent() != who.agent {
                who = division.who(record.agent());
            }
            let order =
                Order { at: record.at(), by_record: true, number: first + u64::from(*number) };
            let request = Self::request(record);
            if request == Request::Revoke {
                self.revoke(setting, division, who, order);
            } else {
                self.run_timers(setting, who, order.at);
                self.happen(setting, who, order, request);
            }
        }
    }

    /// Runs the agent's timers due at or before `until`, in their order; each answer may bring
    /// new timers about.
    #[inline]
    pub(super) fn run_timers(&mut self, setting: &Setting<'_>, who: Who, until: Instant) {
        if !self.has_timers {
            return;
        }
        let place = self.place(who);
        while self.due[place] <= until {
            let apps = self.blank.len();
            let timers = &self.timers[place * apps..][..apps];
            let first = timers.iter().flatten().min().copied();
            let Some(timer) = first else { break };
            if timer.due >= self.apps[place * apps + timer.app.index()].open_until {
                // The app was closed by then: nothing is due before a use opens it again.
                self.timers[place * apps + timer.app.index()] = None;
                self.set_due(place);
                continue;
            }
            let number = who.agent.index() as u64;
            let order = Order { at: timer.due, by_record: false, number };
            self.decide(setting, who, order, Request::Timer(timer));
        }
    }

    /// What a record asks for; a revocation asks it of every agent.
    #[inline]
    fn request(record: &Record) -> Request {
        let app = || record.app().expect("an intake lets no use in without an app");
        match record.action() {
            Action::Use => Request::Use(app(), record.api()),
            Action::Background => Request::Background(app(), record.api()),
            Action::Logout => Request::Logout(app()),
            Action::Close => Request::Close,
            Action::Revoke => Request::Revoke,
        }
    }

    /// A revocation meets all of the user's devices. Those that never logged in have nothing to
    /// take back.
    fn revoke(&mut self, setting: &Setting<'_>, division: &Division, who: Who, order: Order) {
        for agent in setting.names.agents_of(who.user) {
            let other = division.who(agent);
            self.run_timers(setting, other, order.at);
            if agent == who.agent || self.sessions[self.place(other)].number > 0 {
                self.decide(setting, other, order, Request::Revoke);
            }
        }
    }

    #[inline(always)]
    fn happen(&mut self, setting: &Setting<'_>, who: Who, order: Order, request: Request) {
        let (place, policy) = (self.place(who), self.policy);
        // Most uses come to this; asked first, it keeps everything rarer out of the way.
        let plain = match request {
            Request::Use(app, api) => Some((app, api, Initiator::Use)),
            Request::Background(app, api) => Some((app, api, Initiator::Background)),
            _ => None,
        };
        if let Some(plain) = plain
            && let Ok(access) = valid_access(self.agent(place).as_ref(), policy, order.at, plain)
        {
            self.take(who, place, order, Fact::Access(access));
        } else {
            self.decide(setting, who, order, request);
        }
    }

    #[inline(never)]
    fn decide(&mut self, setting: &Setting<'_>, who: Who, order: Order, request: Request) {
        let draw = |app: AppId, api: ApiId, number: u32| {
            // The policy is no part of the key: every policy meets the same luck.
            Key::new(setting.seed, "access_token_lifetime")
                .with(setting.names.user(who.user))
                .with(setting.names.device(who.agent))
                .with(&setting.apps[app.index()])
                .with(&setting.apis[api.index()])
                .bits(u64::from(number))
        };
        let (place, policy) = (self.place(who), self.policy);
        let fact = decide(self.agent(place).as_ref(), policy, order.at, request, &draw);
        self.take(who, place, order, fact);
    }

    /// Makes `fact` so, and hands it on.
    #[inline(always)]
    fn take(&mut self, who: Who, place: usize, order: Order, fact: Fact) {
        let layout = self.policy.layout();
        apply(&mut self.agent(place), layout, order.at, &fact);
        if self.keeps == Keeps::OneUser {
            let (apps, slots) = (self.blank.len(), layout.slots());
            let apps = &self.apps[place * apps..][..apps];
            let tokens = &self.tokens[place * slots..][..slots];
            self.quick.learn(place, &fact, self.policy, (apps, tokens));
        }
        if self.has_timers {
            self.reset_timers(place, &fact);
        }
        self.sink.record(who, order, &fact);
    }

    /// Looks at the timers anew that `fact` may have changed.
    #[inline]
    fn reset_timers(&mut self, place: usize, fact: &Fact) {
        if let Fact::Access(Access { outcome: Outcome::Valid, opened: false, .. }) = fact {
            return;
        }
        let (apps, slots) = (self.blank.len(), self.policy.layout().slots());
        let agent = AgentRef {
            session: &self.sessions[place],
            apps: &self.apps[place * apps..][..apps],
            tokens: &self.tokens[place * slots..][..slots],
        };
        let timers = &mut self.timers[place * apps..][..apps];
        match fact {
            Fact::Access(access) => {
                timers[access.app.index()] = app_timer(agent, self.policy, access.app);
            }
            _ => {
                for (app, timer) in timers.iter_mut().enumerate() {
                    *timer = app_timer(agent, self.policy, AppId::new(app));
                }
            }
        }
        self.set_due(place);
    }

    #[inline]
    fn set_due(&mut self, place: usize) {
        let timers = &self.timers[place * self.blank.len()..][..self.blank.len()];
        let due = timers.iter().flatten().map(|timer| timer.due).min();
        self.due[place] = due.unwrap_or(Instant::NEVER);
    }

    #[inline]
    fn place(&self, who: Who) -> usize {
        match self.keeps {
            Keeps::EveryAgent => who.agent_place,
            Keeps::OneUser => who.ordinal,
        }
    }

    #[inline(always)]
    fn agent(&mut self, place: usize) -> AgentMut<'_> {
        let (apps, slots) = (self.blank.len(), self.policy.layout().slots());
        AgentMut {
            session: &mut self.sessions[place],
            apps: &mut self.apps[place * apps..][..apps],
            tokens: &mut self.tokens[place * slots..][..slots],
        }
    }
}
