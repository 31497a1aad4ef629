//! A small engine: made-up activity through the model under made-up policies.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::description::{Activity, Description, PolicyDescription, Setting, Workload};
use crate::model::{
    Agent, ApiId, AppId, AppPolicy, AppSession, Fact, Instant, Lifetime, Limit, LogoutScope,
    Policy, RefreshToken, Renew, Request, SessionPolicy, SlidesOn, Span, TokenPolicy, TokenStorage,
    apply, decide, next_timer,
};

/// Users and devices, with names that files may stumble over.
pub(super) const AGENTS: [(&str, &str); 5] =
    [("ann", ""), ("ann", "phone"), ("annp", "hone"), ("O\"Hara,\r\nBob", "\"\""), ("zoë", " ,")];
const APPS: [&str; 2] = ["back,office", "web"];
const APIS: [&str; 2] = ["orders", "users\t"];
const START: i64 = 1_700_000_000_000;

/// A fact, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) policy: usize,
    pub(super) user: String,
    pub(super) device: String,
    pub(super) at: Instant,
    pub(super) fact: Fact,
}

/// What happened, and what is so at the end.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) description: Description,
    pub(super) policies: Vec<Policy>,
    pub(super) told: Vec<Told>,
    /// By policy and agent.
    pub(super) agents: Vec<Vec<Agent>>,
    pub(super) horizon: Instant,
}

/// Milliseconds since the step before, agent, kind, app, whether its second API is meant.
type Step = (i64, usize, u8, usize, bool);

/// Random runs of up to `steps` records under two policies.
pub(super) fn runs(steps: usize) -> impl Strategy<Value = Run> {
    let gap = prop_oneof![Just(0), 1..600_000_i64, 600_000..20_000_000_i64];
    let step = (gap, 0..AGENTS.len(), 0..16_u8, 0..APPS.len(), any::<bool>());
    let stay_open = select(vec![0, 0, 1, 600_000, 5_400_000]);
    (stay_open, vec(settings(), 2), vec(step, 0..steps))
        .prop_map(|(stay_open, settings, steps)| run(stay_open, &settings, &steps))
}

type Settings = (SessionPolicy, [AppPolicy; 2]);

fn limits() -> impl Strategy<Value = Limit> {
    select(vec![None, Some(5), Some(30), Some(240), Some(1_000)])
        .prop_map(|minutes| minutes.map_or(Limit::NONE, |m| Limit::of(Span::from_mins(m))))
}

fn settings() -> impl Strategy<Value = Settings> {
    let slides_on = any::<[bool; 4]>().prop_map(|[silent, refresh, r#use, failed]| SlidesOn {
        silent,
        refresh,
        r#use,
        failed,
    });
    let session = (limits(), limits(), slides_on, any::<[bool; 2]>()).prop_map(
        |(idle_timeout, absolute_timeout, slides_on, [persistent, caps_tokens])| {
            let limits = SessionPolicy::new(idle_timeout, absolute_timeout);
            SessionPolicy { slides_on, persistent, caps_tokens, ..limits }
        },
    );
    (session, [app([0, 1]), app([1, 1])])
}

fn app(apis: [usize; 2]) -> impl Strategy<Value = AppPolicy> {
    let lifetime = limits().prop_flat_map(|limit| {
        let drawn = Lifetime::Between { min: Span::from_mins(2), max: Span::from_mins(9) };
        select(vec![Lifetime::Fixed(limit), drawn])
    });
    let session = (limits(), limits()).prop_flat_map(|(idle_timeout, absolute_timeout)| {
        let own = AppSession::Own { idle_timeout, absolute_timeout };
        select(vec![AppSession::None, AppSession::IdToken, own])
    });
    let refresh = (limits(), limits(), any::<bool>()).prop_map(
        |(idle_lifetime, absolute_lifetime, bound_to_session)| RefreshToken {
            bound_to_session,
            ..RefreshToken::new(idle_lifetime, absolute_lifetime)
        },
    );
    let keep_alive = select(vec![None, Some(Span::from_mins(11))]);
    let logout = select(vec![LogoutScope::App, LogoutScope::Sso, LogoutScope::Everywhere]);
    let refresh = proptest::option::of(refresh);
    ((lifetime, limits(), session, refresh), keep_alive, logout, any::<[bool; 3]>()).prop_map(
        move |(
            (lifetime, id_token, session, refresh),
            keep_alive,
            logout,
            [open, ahead, memory],
        )| {
            let mut apis = apis.to_vec();
            apis.dedup();
            let token = |api| TokenPolicy { api: ApiId::new(api), lifetime };
            let mut app = AppPolicy::new(apis.into_iter().map(token).collect());
            app.id_token_lifetime = id_token;
            app.session = session;
            app.refresh_token = refresh;
            app.keep_alive = keep_alive;
            app.logout = logout;
            app.renew = if open { Renew::WhileOpen } else { Renew::OnUse };
            app.renew_ahead = if ahead { Span::from_mins(1) } else { Span::ZERO };
            app.token_storage =
                if memory { TokenStorage::Memory } else { TokenStorage::Persistent };
            app
        },
    )
}

/// A run of given steps.
fn run(stay_open: i64, settings: &[Settings], steps: &[Step]) -> Run {
    let policies: Vec<Policy> = settings
        .iter()
        .map(|(session, apps)| Policy::new(*session, Span::from_millis(stay_open), apps.to_vec()))
        .collect();
    let agents = policies.iter().map(|policy| vec![Agent::new(policy); AGENTS.len()]).collect();
    let description = describe(stay_open, policies.len());
    let horizon = Instant::from_millis(START);
    let mut run = Run { description, policies, told: Vec::new(), agents, horizon };
    for &(gap, agent, kind, app, second_api) in steps {
        run.horizon = run.horizon + Span::from_millis(gap);
        for policy in 0..run.policies.len() {
            for other in 0..AGENTS.len() {
                run.run_timers(policy, other);
            }
            let app = AppId::new(app);
            let api = (second_api && app.index() == 0).then(|| ApiId::new(1));
            match kind {
                0 => run.tell(policy, agent, run.horizon, Request::Logout(app)),
                1 => run.tell(policy, agent, run.horizon, Request::Close),
                2 => (0..AGENTS.len())
                    .filter(|&other| AGENTS[other].0 == AGENTS[agent].0)
                    .for_each(|other| run.tell(policy, other, run.horizon, Request::Revoke)),
                3..=5 => run.tell(policy, agent, run.horizon, Request::Background(app, api)),
                _ => run.tell(policy, agent, run.horizon, Request::Use(app, api)),
            }
        }
    }
    run
}

impl Run {
    fn run_timers(&mut self, policy: usize, agent: usize) {
        let timer = |run: &Self| {
            next_timer(run.agents[policy][agent].as_ref(), &run.policies[policy])
                .filter(|timer| timer.due <= run.horizon)
        };
        while let Some(timer) = timer(self) {
            self.tell(policy, agent, timer.due, Request::Timer(timer));
        }
    }

    fn tell(&mut self, policy: usize, agent: usize, at: Instant, request: Request) {
        let draw = |app: AppId, api: ApiId, number: u32| {
            u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15)
                ^ ((app.index() + api.index()) as u64)
        };
        let rules = &self.policies[policy];
        let state = &mut self.agents[policy][agent];
        let fact = decide(state.as_ref(), rules, at, request, &draw);
        apply(&mut state.as_mut(), rules.layout(), at, &fact);
        let (user, device) = AGENTS[agent];
        let (user, device) = (user.to_owned(), device.to_owned());
        self.told.push(Told { policy, user, device, at, fact });
    }
}

fn describe(stay_open: i64, policies: usize) -> Description {
    let describe_policy = |number| PolicyDescription {
        name: format!("policy \"{number}\""),
        baseline: number == 1,
        settings: vec![Setting {
            key: "session.idle_timeout".to_owned(),
            value: "3d".to_owned(),
            origin: "scenario line 12".to_owned(),
        }],
    };
    Description {
        version: "0.1.0".to_owned(),
        scenario: "made up".to_owned(),
        question: "Does it come back, \"as it was\"?".to_owned(),
        source: "[workload]\nstay_open = \"…\"\n".to_owned(),
        overrides: vec!["workload.stay_open=1s".to_owned()],
        seed: u64::MAX,
        activity: Activity {
            source: "made up".to_owned(),
            classes: Vec::new(),
            records: 1,
            broken: 0,
            users: 4,
            agents: 5,
            start: START,
            horizon: START,
        },
        workload: Workload {
            stay_open,
            warmup: 0,
            task_gap: 1_800_000,
            timezone: "UTC".to_owned(),
            bucket: 60_000,
        },
        policies: (0..policies).map(describe_policy).collect(),
        apps: APPS.map(str::to_owned).to_vec(),
        apis: APIS.map(str::to_owned).to_vec(),
        warnings: Vec::new(),
        capacity: None,
    }
}

/// One run that meets every kind of fact, always the same.
pub(super) fn sample() -> Run {
    let session = SessionPolicy {
        slides_on: SlidesOn { r#use: true, ..SlidesOn::DEFAULT },
        persistent: false,
        caps_tokens: true,
        ..SessionPolicy::new(Limit::of(Span::from_mins(30)), Limit::of(Span::from_hours(8)))
    };
    let lifetime = Lifetime::Fixed(Limit::of(Span::from_mins(10)));
    let token = |api| TokenPolicy { api: ApiId::new(api), lifetime };
    let mut office = AppPolicy::new(vec![token(0), token(1)]);
    office.refresh_token = Some(RefreshToken::new(Limit::of(Span::from_mins(15)), Limit::NONE));
    office.renew = Renew::WhileOpen;
    office.logout = LogoutScope::Everywhere;
    let mut web = AppPolicy::new(vec![token(1)]);
    web.session = AppSession::Own {
        idle_timeout: Limit::of(Span::from_mins(20)),
        absolute_timeout: Limit::NONE,
    };
    web.token_storage = TokenStorage::Memory;
    web.keep_alive = Some(Span::from_mins(5));
    let minute = 60_000;
    let steps = [
        (0, 0, 9, 0, false),
        (minute, 0, 9, 1, false),
        (minute, 0, 9, 0, true),
        (12 * minute, 3, 9, 0, false),
        (minute, 0, 9, 1, false),
        (16 * minute, 0, 3, 0, false),
        (minute, 0, 0, 0, false),
        (minute, 4, 9, 1, false),
        (minute, 4, 1, 0, false),
        (90 * minute, 3, 3, 0, false),
        (minute, 3, 9, 0, false),
        (minute, 3, 2, 0, false),
    ];
    run(11 * minute, &[(session, [office, web])], &steps)
}
