//! The statements of SPEC 2 about the seed's five settings, each as a test, and properties of the
//! rules that no trace should break.

use super::Outcome::{Login, Refresh, Silent, Valid};
use super::*;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Minutes, as the trace of a single user.
fn minutes(count: i64) -> Limit {
    Limit::of(Span::from_mins(count))
}

/// One tenant, one API, `apps` apps; `session` is (idle, absolute) and `token` the access token's
/// lifetime, in minutes.
fn tenant(session: (i64, i64), token: i64, apps: usize) -> Policy {
    let tokens =
        vec![TokenPolicy { api: ApiId::new(0), lifetime: Lifetime::Fixed(minutes(token)) }];
    Policy::new(
        SessionPolicy::new(minutes(session.0), minutes(session.1)),
        Span::ZERO,
        vec![AppPolicy::new(tokens); apps],
    )
}

fn at(minute: i64) -> Instant {
    Instant::from_millis(minute * 60_000)
}

fn no_draw(_: AppId, _: ApiId, _: u32) -> u64 {
    unreachable!("every lifetime here is fixed")
}

/// One agent and the policy it lives under.
struct Life {
    policy: Policy,
    agent: Agent,
}

impl Life {
    fn new(policy: Policy) -> Self {
        Self { agent: Agent::new(&policy), policy }
    }

    fn happen(&mut self, minute: i64, request: Request) -> Fact {
        let fact = decide(self.agent.as_ref(), &self.policy, at(minute), request, &no_draw);
        apply(&mut self.agent.as_mut(), self.policy.layout(), at(minute), &fact);
        fact
    }

    fn access(&mut self, minute: i64, app: usize) -> Access {
        match self.happen(minute, Request::Use(AppId::new(app), None)) {
            Fact::Access(access) => access,
            other => panic!("a use became {other:?}"),
        }
    }

    fn outcomes(&mut self, minutes: impl IntoIterator<Item = i64>) -> Vec<Outcome> {
        minutes.into_iter().map(|minute| self.access(minute, 0).outcome).collect()
    }
}

#[test]
fn a_token_request_a_day_keeps_a_seven_day_session() {
    let mut life = Life::new(tenant((7 * DAY, 365 * DAY), HOUR, 1));
    let outcomes = life.outcomes((0..100).map(|day| day * DAY));
    assert_eq!(outcomes[0], Login);
    assert!(outcomes[1..].iter().all(|outcome| *outcome == Silent), "{outcomes:?}");
}

#[test]
fn seven_days_without_a_request_need_a_login() {
    let mut life = Life::new(tenant((7 * DAY, 365 * DAY), HOUR, 1));
    assert_eq!(life.outcomes([0, 7 * DAY - 1]), [Login, Silent]);
    let access = life.access(14 * DAY - 1, 0);
    assert_eq!((access.outcome, access.cause), (Login, Some(LoginCause::Idle)));
}

#[test]
fn a_second_app_of_the_tenant_needs_no_login() {
    let mut life = Life::new(tenant((3 * DAY, 7 * DAY), HOUR, 2));
    assert_eq!(life.access(0, 0).outcome, Login);
    assert_eq!(life.access(1, 1).outcome, Silent);
    assert_eq!(life.access(2, 1).outcome, Valid);
}

#[test]
fn api_calls_do_not_renew_the_session() {
    // The token lives as long as the session idles: every hour a use, and yet a login a day.
    let mut life = Life::new(tenant((DAY, 365 * DAY), DAY, 1));
    let outcomes = life.outcomes((0..=48).map(|hour| hour * HOUR));
    let logins: Vec<usize> =
        outcomes.iter().enumerate().filter(|(_, o)| **o == Login).map(|(hour, _)| hour).collect();
    assert_eq!(logins, [0, 24, 48]);
}

#[test]
fn the_absolute_timeout_ends_a_session_however_active() {
    let mut life = Life::new(tenant((3 * DAY, 7 * DAY), HOUR, 1));
    let outcomes = life.outcomes((0..=7 * 24).map(|hour| hour * HOUR));
    assert_eq!(outcomes[7 * 24 - 1], Silent);
    assert_eq!(outcomes[7 * 24], Login);
    assert_eq!(life.agent.session.created, at(7 * DAY));
}

#[test]
fn the_id_token_changes_nothing_unless_a_session_is_tied_to_it() {
    let with = |session: AppSession| {
        let mut policy = tenant((3 * DAY, 7 * DAY), 8 * HOUR, 1);
        let mut app = policy.apps()[0].clone();
        app.id_token_lifetime = minutes(HOUR);
        app.session = session;
        policy = Policy::new(policy.session, Span::ZERO, vec![app]);
        Life::new(policy).outcomes([0, HOUR - 1, HOUR, 2 * HOUR])
    };
    assert_eq!(with(AppSession::None), [Login, Valid, Valid, Valid]);
    assert_eq!(with(AppSession::IdToken), [Login, Valid, Silent, Silent]);
}

#[test]
fn a_refused_refresh_token_costs_one_request_and_is_dropped() {
    let mut policy = tenant((3 * DAY, 7 * DAY), 10, 1);
    let mut app = policy.apps()[0].clone();
    app.refresh_token = Some(RefreshToken::new(minutes(30), minutes(HOUR)));
    policy = Policy::new(policy.session, Span::ZERO, vec![app]);
    let mut life = Life::new(policy);
    assert_eq!(life.outcomes([0, 10, 25]), [Login, Refresh, Refresh]);
    life.happen(26, Request::Revoke);
    let refused = life.access(40, 0);
    assert_eq!((refused.outcome, refused.refresh_refused), (Login, true));
    assert_eq!(refused.refresh_cause, Some(RefreshCause::Revoked));
    assert_eq!(refused.cause, Some(LoginCause::Revoked));
}

#[test]
fn instants_at_the_edge_of_time_do_not_overflow() {
    let mut life = Life::new(tenant((i64::MAX / 60_000, i64::MAX / 60_000), HOUR, 1));
    let late = i64::MAX / 60_000 - 1;
    assert_eq!(life.outcomes([late, late]), [Login, Valid]);
    assert_eq!(Instant::NEVER - Span::from_secs(1), Instant::NEVER);
    assert_eq!(Instant::LONG_AGO + Limit::NONE, Instant::NEVER);
}

#[test]
fn drawn_lifetimes_cover_their_range_and_nothing_else() {
    let range = Lifetime::Between { min: Span::from_millis(5), max: Span::from_millis(7) };
    let drawn = [0, u64::MAX / 3, u64::MAX / 2, u64::MAX].map(|bits| range.choose(|| bits));
    let expected = [5, 5, 6, 7].map(|millis| Limit::of(Span::from_millis(millis)));
    assert_eq!(drawn, expected);
}
