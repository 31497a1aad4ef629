//! The statements of SPEC 2 about the seed's five settings, each as a test, and properties of the
//! rules that no trace should break.

use super::Outcome::{Denied, Login, Refresh, Silent, Valid};
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

/// The only app of [`tenant`], with a refresh token.
fn with_refresh_token(policy: &Policy, token: RefreshToken) -> Policy {
    let mut app = policy.apps()[0].clone();
    app.refresh_token = Some(token);
    Policy::new(policy.session, Span::ZERO, vec![app])
}

fn asked(life: &mut Life, minute: i64, request: fn(AppId, ApiId) -> Request) -> Access {
    match life.happen(minute, request(AppId::new(0), ApiId::new(0))) {
        Fact::Access(access) => access,
        other => panic!("a server's request became {other:?}"),
    }
}

#[test]
fn a_server_is_asked_whatever_the_client_holds() {
    let policy = tenant((30, 8 * HOUR), 10, 1);
    let mut life =
        Life::new(with_refresh_token(&policy, RefreshToken::new(minutes(20), Limit::NONE)));
    let early = asked(&mut life, 0, Request::Silent);
    assert_eq!((early.outcome, early.cause), (Denied, Some(LoginCause::First)));
    let refused = asked(&mut life, 0, Request::Refresh);
    assert_eq!((refused.outcome, refused.refresh_cause), (Denied, Some(RefreshCause::None)));

    assert_eq!(asked(&mut life, 1, Request::Login).cause, Some(LoginCause::First));
    // The access token is good, and yet the server answers.
    assert_eq!(asked(&mut life, 2, Request::Silent).outcome, Silent);
    assert_eq!(asked(&mut life, 3, Request::Refresh).outcome, Refresh);
    // A refresh grant does not renew the session here: it ends half an hour after minute 2.
    let late = asked(&mut life, 32, Request::Refresh);
    assert_eq!((late.outcome, late.refresh_cause), (Denied, Some(RefreshCause::Idle)));
    assert_eq!(asked(&mut life, 32, Request::Silent).cause, Some(LoginCause::Idle));
    assert_eq!(asked(&mut life, 33, Request::Login).outcome, Login);
    // Somebody who has to log in again though the session is valid (`prompt=login`).
    let again = asked(&mut life, 34, Request::Login);
    assert_eq!((again.outcome, again.cause), (Login, None));
    assert_eq!(life.agent.session.created, at(34));
}

#[test]
fn a_lazy_session_is_renewed_only_when_it_is_old_enough() {
    let mut policy = tenant((30, 8 * HOUR), 1, 1);
    policy.session.slide_interval = Span::from_mins(20);
    let mut life = Life::new(policy);
    // The use at 19 renews nothing, so that the session ends at 30; the one at 20 would.
    assert_eq!(life.outcomes([0, 19, 30]), [Login, Silent, Login]);
    assert_eq!(life.outcomes([50, 79]), [Silent, Silent]);
}

#[test]
fn access_tokens_may_end_with_the_session_or_with_their_parent() {
    let outcomes = |binds: BindsAccessTokens| {
        let mut policy = tenant((30, 8 * HOUR), HOUR, 1);
        policy.session.binds_access_tokens = binds;
        let token = RefreshToken::new(Limit::NONE, minutes(100));
        let mut life = Life::new(with_refresh_token(&policy, token));
        let mut outcomes = life.outcomes([0, 29, 30, 60, 99]);
        outcomes.push(life.access(100, 0).outcome);
        outcomes
    };
    use BindsAccessTokens as Binds;
    assert_eq!(outcomes(Binds::None), [Login, Valid, Valid, Refresh, Valid, Valid]);
    // At 30 the session is over: what a refresh grant gives then is over at once too.
    assert_eq!(outcomes(Binds::Session), [Login, Valid, Refresh, Refresh, Refresh, Login]);
    // The refresh grant's token lives on, until its refresh token ends at 100.
    assert_eq!(outcomes(Binds::Parent), [Login, Valid, Refresh, Valid, Refresh, Login]);
}

#[test]
fn a_parent_that_is_bound_to_the_session_ends_with_it() {
    let mut policy = tenant((30, 8 * HOUR), 20, 1);
    policy.session.binds_access_tokens = BindsAccessTokens::Parent;
    let bound =
        RefreshToken { bound_to_session: true, ..RefreshToken::new(Limit::NONE, Limit::NONE) };
    let mut life = Life::new(with_refresh_token(&policy, bound));
    // What a refresh grant gives at 25 would live until 45, but the session ends at 30.
    assert_eq!(life.outcomes([0, 25, 29, 30]), [Login, Refresh, Valid, Login]);
}

#[test]
fn a_refresh_token_may_be_renewed_only_late_in_its_life() {
    let token = RefreshToken {
        renew_after: Span::from_mins(21),
        ..RefreshToken::new(minutes(30), Limit::NONE)
    };
    let mut life = Life::new(with_refresh_token(&tenant((1, 8 * HOUR), 5, 1), token));
    // Used at 20, it still ends at 30; used at 21 and later, it begins anew.
    assert_eq!(life.outcomes([0, 20, 29, 58]), [Login, Refresh, Refresh, Refresh]);
    assert_eq!(life.agent.apps[0].refresh_last, at(58));
    assert_eq!(life.outcomes([78, 88]), [Refresh, Login]);
}

#[test]
fn a_provider_that_counts_seconds_forgets_the_rest() {
    let second = Span::from_secs(1);
    let policy = tenant((30, 8 * HOUR), 10, 1).with_tick(second);
    let mut agent = Agent::new(&policy);
    let mut access = |millis: i64| {
        let now = Instant::from_millis(millis);
        let request = Request::Use(AppId::new(0), None);
        let fact = decide(agent.as_ref(), &policy, now, request, &no_draw);
        apply(&mut agent.as_mut(), policy.layout(), now, &fact);
        match fact {
            Fact::Access(access) => access.outcome,
            other => panic!("a use became {other:?}"),
        }
    };
    // Issued at 0.999 s, it ends ten minutes after 0 s.
    assert_eq!([999, 599_999, 600_000].map(&mut access), [Login, Valid, Silent]);
}

#[test]
fn a_refused_request_may_renew_the_session() {
    let ends = |failed: bool| {
        let mut policy = tenant((30, 8 * HOUR), 60, 1);
        policy.session.slides_on.failed = failed;
        let mut app = policy.apps()[0].clone();
        app.session = AppSession::Own { idle_timeout: minutes(5), absolute_timeout: Limit::NONE };
        policy = Policy::new(policy.session, Span::ZERO, vec![app]);
        let mut life = Life::new(policy);
        assert_eq!(life.outcomes([0]), [Login]);
        // The app's own session is over; a poll cannot begin one.
        let poll = life.happen(10, Request::Background(AppId::new(0), None));
        assert!(matches!(poll, Fact::Access(Access { outcome: Denied, cause: None, .. })));
        life.outcomes([35])
    };
    assert_eq!((ends(false), ends(true)), (vec![Login], vec![Silent]));
}
