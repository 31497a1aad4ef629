//! Engine and slow twin, side by side on random policies and traces.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use relogin::model::{
    AppSession, BindsAccessTokens, Clock, Expires, Instant, Lifetime, Limit, LogoutScope,
    RefreshToken, Renew, SessionPolicy, SlidesOn, Span, TokenStorage,
};
use relogin::scenario::{ApiSpec, AppSpec, PolicySpec, Source, WorkloadSpec, compile, vocabulary};
use relogin::simulation::Plan;
use relogin::trace::{Action, Activity, Intake, Trace};

use crate::engine;
use crate::twin::{Line, twin};

const APPS: [&str; 3] = ["app0", "app1", "app2"];
const APIS: [&str; 2] = ["api0", "api1"];

/// Few and round lengths, so that limits meet activity and each other exactly.
const MINUTES: [i64; 10] = [1, 2, 5, 10, 15, 30, 60, 120, 480, 1_440];

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        4 => select(&MINUTES).prop_map(Span::from_mins),
        1 => (1_i64..7_200_000).prop_map(Span::from_millis),
    ]
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![4 => span().prop_map(Limit::of), 1 => Just(Limit::NONE)]
}

fn lifetime() -> impl Strategy<Value = Lifetime> {
    // Above every `renew_ahead` below.
    prop_oneof![
        6 => limit().prop_map(|limit| Lifetime::Fixed(limit.max(Limit::of(Span::from_secs(61))))),
        1 => (61_000_i64..600_000, 0_i64..600_000).prop_map(|(min, more)| Lifetime::Between {
            min: Span::from_millis(min),
            max: Span::from_millis(min + more),
        }),
    ]
}

fn app_session() -> impl Strategy<Value = AppSession> {
    prop_oneof![
        3 => Just(AppSession::None),
        1 => Just(AppSession::IdToken),
        2 => (limit(), limit()).prop_map(|(idle_timeout, absolute_timeout)| {
            AppSession::Own { idle_timeout, absolute_timeout }
        }),
    ]
}

/// Mostly no time at all.
fn seldom() -> impl Strategy<Value = Span> {
    prop_oneof![3 => Just(Span::ZERO), 1 => select(&[1_i64, 1_000, 1_500, 60_000, 300_000]).prop_map(Span::from_millis)]
}

/// Mostly milliseconds, but also whole seconds, odd ticks, and limits that last a tick longer.
fn clock() -> impl Strategy<Value = Clock> {
    let tick = select(&[1_i64, 1, 1, 7, 1_000, 1_000, 60_000]).prop_map(Span::from_millis);
    (tick, select(&[Expires::At, Expires::After]))
        .prop_map(|(tick, expires)| Clock { tick, expires })
}

fn refresh_token() -> impl Strategy<Value = Option<RefreshToken>> {
    let token = (limit(), limit(), any::<bool>(), seldom()).prop_map(
        |(idle_lifetime, absolute_lifetime, bound_to_session, renew_after)| RefreshToken {
            bound_to_session,
            renew_after,
            ..RefreshToken::new(idle_lifetime, absolute_lifetime)
        },
    );
    prop::option::of(token)
}

fn app() -> impl Strategy<Value = AppSpec> {
    (
        (any::<bool>(), subsequence(APIS.to_vec(), 1..=2), any::<bool>(), limit()),
        (app_session(), refresh_token(), any::<bool>(), select(&[0_i64, 20, 60])),
        (
            prop::option::of(span()),
            any::<bool>(),
            select(&[LogoutScope::App, LogoutScope::Sso, LogoutScope::Everywhere]),
            seldom(),
        ),
    )
        .prop_map(
            |(
                (browser_flow, mut apis, reverse, id_token_lifetime),
                (session, refresh_token, while_open, renew_ahead),
                (keep_alive, memory, logout, refresh_token_clock_tolerance),
            )| {
                if reverse {
                    apis.reverse();
                }
                AppSpec {
                    browser_flow,
                    apis: apis.into_iter().map(str::to_owned).collect(),
                    id_token_lifetime,
                    session,
                    refresh_token,
                    refresh_token_clock_tolerance,
                    renew: if while_open { Renew::WhileOpen } else { Renew::OnUse },
                    renew_ahead: Span::from_secs(renew_ahead),
                    keep_alive: keep_alive.map(|period| period.max(Span::from_secs(30))),
                    token_storage: match memory {
                        true => TokenStorage::Memory,
                        false => TokenStorage::Persistent,
                    },
                    logout,
                }
            },
        )
}

fn session() -> impl Strategy<Value = SessionPolicy> {
    let binds = select(&[
        BindsAccessTokens::None,
        BindsAccessTokens::None,
        BindsAccessTokens::Session,
        BindsAccessTokens::Parent,
    ]);
    (limit(), limit(), any::<[bool; 6]>(), seldom(), binds).prop_map(
        |(idle, absolute, [silent, refresh, r#use, failed, persistent, caps], interval, binds)| {
            SessionPolicy {
                slides_on: SlidesOn { silent, refresh, r#use, failed },
                slide_interval: interval,
                persistent,
                caps_tokens: caps,
                binds_access_tokens: binds,
                ..SessionPolicy::new(idle, absolute)
            }
        },
    )
}

fn policy() -> impl Strategy<Value = PolicySpec> {
    let apis = (lifetime(), lifetime(), lifetime(), lifetime());
    let clock = (clock(), seldom(), seldom());
    (session(), apis, [app(), app(), app()], clock).prop_map(
        |(session, (a, b, c, d), apps, clock)| {
            let (clock, session_clock_tolerance, clock_tolerance) = clock;
            let api = |access_token_lifetime, access_token_lifetime_browser| ApiSpec {
                access_token_lifetime,
                access_token_lifetime_browser,
                clock_tolerance,
            };
            PolicySpec {
                name: "random".to_owned(),
                baseline: false,
                clock,
                session,
                session_clock_tolerance,
                apis: BTreeMap::from([
                    (APIS[0].to_owned(), api(a, b)),
                    (APIS[1].to_owned(), api(c, d)),
                ]),
                apps: APPS.iter().map(|name| (*name).to_owned()).zip(apps).collect(),
                settings: Vec::new(),
            }
        },
    )
}

fn workload() -> impl Strategy<Value = WorkloadSpec> {
    (select(&[0_i64, 2, 30, 480]), select(&[0_i64, 1_440]), select(&["UTC", "Europe/Berlin"]))
        .prop_map(|(stay_open, warmup, timezone)| WorkloadSpec {
            source: Source::None,
            stay_open: Span::from_mins(stay_open),
            warmup: Span::from_mins(warmup),
            task_gap: Span::from_mins(30),
            timezone: timezone.to_owned(),
            default_app: Some(APPS[0].to_owned()),
        })
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        16 => Just(Action::Use),
        4 => Just(Action::Background),
        1 => Just(Action::Logout),
        1 => Just(Action::Close),
        1 => Just(Action::Revoke),
    ]
}

/// Times pile up on round minutes, so that records, limits and timers fall on the same instants.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let at = prop_oneof![
        4 => (0_i64..3_000).prop_map(|minute| minute * 60_000),
        1 => 0_i64..180_000_000,
        1 => (0_i64..300).prop_map(|minute| minute * 600_000 - 1),
    ];
    let app = select(&["", APPS[0], APPS[1], APPS[2]]);
    let api = select(&["", "the first", "the last"]);
    let line = (at, select(&["ann", "bob"]), select(&["", "d1"]), app, api, action()).prop_map(
        |(at, user, device, app, api, action)| Line {
            // 2025-10-25T12:00Z: the clocks of Berlin change during the trace.
            at: 1_761_393_600_000 + at,
            user: user.to_owned(),
            device: device.to_owned(),
            app: app.to_owned(),
            api: api.to_owned(),
            action,
        },
    );
    prop::collection::vec(line, 1..160)
}

/// Gives a record that names no app or API by its name the names that `policy` knows.
fn resolve(line: &Line, policy: &PolicySpec) -> Line {
    let app = if line.app.is_empty() { APPS[0] } else { &line.app };
    let apis = &policy.apps[app].apis;
    let api = match line.api.as_str() {
        "" => String::new(),
        "the first" => apis[0].clone(),
        _ => apis[apis.len() - 1].clone(),
    };
    Line { api, ..line.clone() }
}

fn engine_agrees_with_twin(
    policy: &PolicySpec,
    workload: &WorkloadSpec,
    seed: u64,
    lines: &[Line],
    partitions: usize,
) {
    let lines: Vec<Line> = lines.iter().map(|line| resolve(line, policy)).collect();
    let policies = std::slice::from_ref(policy);
    let trace = trace(policies, workload, &lines);
    let ours = engine::run(policies, workload, seed, &trace, partitions).remove(0);
    let theirs = twin(policy, workload, seed, &lines);
    engine::compare_rows("random", &ours.rows, &theirs.rows);
    engine::compare("random", &engine::metrics(&ours.tables), &theirs.metrics);
}

fn trace(policies: &[PolicySpec], workload: &WorkloadSpec, lines: &[Line]) -> Trace {
    let mut intake = Intake::new(vocabulary(policies, workload));
    for line in lines {
        let activity = Activity {
            at: Instant::from_millis(line.at),
            user: &line.user,
            device: &line.device,
            app: &line.app,
            api: &line.api,
            action: line.action,
        };
        intake.take(&activity).expect("the lines are all good");
    }
    intake.finish().expect("in memory")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("TWIN_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000)
    ))]

    #[test]
    fn the_engine_agrees_with_its_slow_twin(
        policy in policy(),
        workload in workload(),
        seed in any::<u64>(),
        lines in lines(),
        partitions in 1_usize..4,
    ) {
        engine_agrees_with_twin(&policy, &workload, seed, &lines, partitions);
    }

    /// Uses that find a good access token are passed over under such policies.
    #[test]
    fn passing_uses_over_agrees_with_the_slow_twin(
        policy in policy().prop_map(plain),
        workload in workload(),
        lines in lines(),
        partitions in 1_usize..4,
    ) {
        let vocabulary = vocabulary(std::slice::from_ref(&policy), &workload);
        let compiled = compile(&policy, &vocabulary, &workload);
        prop_assert!(matches!(Plan::of(&compiled), Plan::Asking(_)));
        engine_agrees_with_twin(&policy, &workload, 0, &quiet(lines), partitions);
    }

    /// Many policies at once find the same as each in time order (which `engine::run` compares).
    #[test]
    fn many_policies_at_once_agree_with_each_use_through_the_model(
        policies in prop::collection::vec(policy().prop_map(plain), 1..20),
        tokens in prop::collection::vec(0_usize..3, 20),
        workload in workload(),
        lines in lines(),
        partitions in 1_usize..4,
    ) {
        // Few sets of access tokens, so that many policies have the same.
        let apis: Vec<_> = policies.iter().map(|policy| policy.apis.clone()).collect();
        let apps = policies[0].apps.clone();
        let mut policies = policies;
        for ((number, policy), tokens) in policies.iter_mut().enumerate().zip(tokens) {
            policy.name = format!("random {number}");
            policy.apis.clone_from(&apis[tokens % apis.len()]);
            for (app, first) in policy.apps.values_mut().zip(apps.values()) {
                app.apis.clone_from(&first.apis);
                app.browser_flow = first.browser_flow;
                app.renew_ahead = first.renew_ahead;
                // Which tokens a logout takes tells sets apart as well.
                let everywhere = LogoutScope::Everywhere;
                if (app.logout == everywhere) != (first.logout == everywhere) {
                    app.logout = first.logout;
                }
            }
        }
        let lines: Vec<Line> = quiet(lines).iter().map(|line| resolve(line, &policies[0])).collect();
        engine::run(&policies, &workload, 0, &trace(&policies, &workload, &lines), partitions);
    }
}

/// One of the two users does nothing but use apps, log out and close the browser.
fn quiet(mut lines: Vec<Line>) -> Vec<Line> {
    for line in &mut lines {
        let is_other = matches!(line.action, Action::Background | Action::Revoke);
        if is_other && line.user == "ann" {
            line.action = Action::Use;
        }
    }
    lines
}

/// The policy without anything that sends each use through the model.
fn plain(mut policy: PolicySpec) -> PolicySpec {
    let fixed = |lifetime: &mut Lifetime| {
        if let Lifetime::Between { min, .. } = *lifetime {
            *lifetime = Lifetime::Fixed(Limit::of(min));
        }
    };
    (policy.session.caps_tokens, policy.session.slides_on.r#use) = (false, false);
    policy.session.binds_access_tokens = BindsAccessTokens::None;
    (policy.session.slide_interval, policy.clock.tick) = (Span::ZERO, Span::from_millis(1));
    for api in policy.apis.values_mut() {
        fixed(&mut api.access_token_lifetime);
        fixed(&mut api.access_token_lifetime_browser);
    }
    for app in policy.apps.values_mut() {
        (app.session, app.token_storage) = (AppSession::None, TokenStorage::Persistent);
        (app.renew, app.keep_alive) = (Renew::OnUse, None);
        if let Some(token) = &mut app.refresh_token {
            token.renew_after = Span::ZERO;
        }
    }
    policy
}
