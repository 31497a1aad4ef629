//! Every rule of SPEC 4 and 5, and no effect: what would happen, told as a [`Fact`].

use super::provider::{asked, bond_holds, grant, refresh_unusable, renewed};
use super::{
    Access, AgentRef, ApiId, AppId, AppPolicy, AppSession, AppState, BindsAccessTokens, Fact,
    IdpSession, Initiator, Instant, LoginCause, LogoutScope, Outcome, Policy, RefreshCause,
    SessionChange, Timer, TokenStorage,
};

/// What is asked of an agent's state at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// A person does something in an app, for an API or for the app's first.
    Use(AppId, Option<ApiId>),
    /// The app asks by itself, as a trace recorded it.
    Background(AppId, Option<ApiId>),
    /// A timer is due; [`next_timer`](super::next_timer) tells which.
    Timer(Timer),
    /// The user logs out of an app.
    Logout(AppId),
    /// The browser is closed.
    Close,
    /// An administrator revokes the user's sessions and refresh tokens.
    Revoke,
    /// An authorization server is asked, whatever the client holds: a person logged in.
    Login(AppId, ApiId),
    /// An authorization server is asked: the session shall do (`prompt=none`, or single sign-on).
    /// Denied, in the background, if it is over.
    Silent(AppId, ApiId),
    /// An authorization server is asked: a refresh grant. Denied, in the background, if the refresh
    /// token is not usable.
    Refresh(AppId, ApiId),
}

/// Where the random bits of a drawn access-token lifetime come from: the `number`th token
/// (from 0) of the agent for an app and an API. It must be a pure function.
pub trait Draw {
    /// 64 random bits for that token.
    fn bits(&self, app: AppId, api: ApiId, number: u32) -> u64;
}

impl<F: Fn(AppId, ApiId, u32) -> u64> Draw for F {
    fn bits(&self, app: AppId, api: ApiId, number: u32) -> u64 {
        self(app, api, number)
    }
}

/// What happens when `request` meets `agent` at `now`. Timers due before must have run.
///
/// ```
/// use relogin::model::*;
///
/// let (app, api) = (AppId::new(0), ApiId::new(0));
/// let policy = Policy::new(
///     SessionPolicy::new(Limit::of(Span::from_mins(30)), Limit::of(Span::from_hours(8))),
///     Span::ZERO,
///     vec![AppPolicy::new(vec![TokenPolicy {
///         api,
///         lifetime: Lifetime::Fixed(Limit::of(Span::from_mins(10))),
///     }])],
/// );
/// let mut agent = Agent::new(&policy);
/// let no_draw = |_: AppId, _: ApiId, _: u32| 0;
/// let outcomes = [0, 9, 10, 39, 70].map(|minute| {
///     let now = Instant::from_millis(minute * 60_000);
///     let fact = decide(agent.as_ref(), &policy, now, Request::Use(app, None), &no_draw);
///     apply(&mut agent.as_mut(), policy.layout(), now, &fact);
///     let Fact::Access(access) = fact else { unreachable!() };
///     access.outcome
/// });
/// use Outcome::*;
/// assert_eq!(outcomes, [Login, Valid, Silent, Silent, Login]);
/// ```
#[inline]
pub fn decide(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    request: Request,
    draw: &impl Draw,
) -> Fact {
    let ends_session = || policy.check(agent.session, now).is_valid();
    match request {
        Request::Use(app, api) => access(agent, policy, now, (app, api, Initiator::Use), draw),
        Request::Background(app, api) => {
            access(agent, policy, now, (app, api, Initiator::Background), draw)
        }
        Request::Timer(timer) => renewal(agent, policy, now, timer, draw),
        Request::Logout(app) => {
            let scope = policy.app(app).logout;
            Fact::LoggedOut {
                app,
                everywhere: scope == LogoutScope::Everywhere,
                ends_session: scope != LogoutScope::App && ends_session(),
            }
        }
        Request::Close => {
            Fact::BrowserClosed { ends_session: !policy.session.persistent && ends_session() }
        }
        Request::Revoke => Fact::Revoked { ends_session: ends_session() },
        Request::Login(app, api) => asked(agent, policy, now, (app, api, Outcome::Login), draw),
        Request::Silent(app, api) => asked(agent, policy, now, (app, api, Outcome::Silent), draw),
        Request::Refresh(app, api) => asked(agent, policy, now, (app, api, Outcome::Refresh), draw),
    }
}

/// A use or a background record: SPEC 4's five steps and their effects.
#[inline]
fn access(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    (app, api, initiator): (AppId, Option<ApiId>, Initiator),
    draw: &impl Draw,
) -> Fact {
    Fact::Access(match valid_access(agent, policy, now, (app, api, initiator)) {
        Ok(access) => access,
        Err(begun) => asking_access(agent, policy, now, begun, draw),
    })
}

/// What most uses come to: the access token serves, and nothing is asked of the IdP (SPEC 4, steps
/// 1 to 3). An engine may ask this first, and [`decide`] if it does not serve.
///
/// # Errors
/// The access as far as it came, if the token does not serve.
#[inline(always)]
pub fn valid_access(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    (app_id, api, initiator): (AppId, Option<ApiId>, Initiator),
) -> Result<Access, Access> {
    let app_policy = policy.app(app_id);
    let app = &agent.apps[app_id.index()];
    let opened = now >= app.open_until;
    let slides_on_use = policy.session.slides_on.r#use;
    let begun = Access {
        open_until: now + policy.stay_open,
        opened,
        // Step 1: an app that opens finds nothing left in memory.
        tokens_lost: opened
            && app_policy.token_storage == TokenStorage::Memory
            && app.id_token_exp != Instant::LONG_AGO,
        introspected: slides_on_use,
        ..Access::begun(app_id, api.unwrap_or(app_policy.default_api), initiator)
    };
    // Step 2: without an app session, no token serves. Step 3: the access token serves.
    let slot = policy.layout().slot(app_id, begun.api);
    let exp = slot.map_or(Instant::LONG_AGO, |slot| agent.tokens[slot].exp);
    let id_token_good = app_policy.session != AppSession::IdToken || now < app.id_token_exp;
    let bound = policy.session.binds_access_tokens;
    let serves = !begun.tokens_lost
        && now < exp - app_policy.renew_ahead
        && id_token_good
        && (bound == BindsAccessTokens::None || bond_holds(agent, policy, now, app_id, slot));
    if !serves || !app_session_valid(app_policy, app, now) {
        return Err(begun);
    }
    let slides = slides_on_use && policy.check(agent.session, now).is_valid();
    let session = if slides { renewed(policy, agent.session, now) } else { SessionChange::None };
    Ok(Access { access_token_exp: exp, session, ..begun })
}

/// An access that has begun and whose access token does not serve: the client asks the IdP, or a
/// person has to log in (SPEC 4, steps 4 and 5).
///
/// Everything is worked out in values of its own before the fact is put together: a fact that grew
/// bit by bit would go through memory, and this is where replaying spends its time.
#[inline(always)]
fn asking_access(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    begun: Access,
    draw: &impl Draw,
) -> Access {
    let app_policy = policy.app(begun.app);
    let app = &agent.apps[begun.app.index()];
    let app_session_valid = app_session_valid(app_policy, app, now);
    let missing = policy.check(agent.session, now).cause();
    // Step 4: the refresh token serves.
    let (refresh_cause, refresh_refused) = match app_session_valid {
        true => refresh(app_policy, app, agent.session, missing, now, begun.tokens_lost),
        false => (Some(RefreshCause::AppSession), false),
    };
    // Step 5: the session serves, or a person has to.
    let outcome = match (refresh_cause, missing) {
        (None, _) => Outcome::Refresh,
        (Some(_), None) => Outcome::Silent,
        (Some(_), Some(_)) => Outcome::Login,
    };
    let cause = if outcome == Outcome::Login { missing } else { None };
    let needs_person = outcome == Outcome::Login || !app_session_valid;
    if begun.initiator == Initiator::Background && needs_person {
        let (outcome, introspected) = (Outcome::Denied, false);
        let slides = policy.session.slides_on.failed && missing.is_none();
        let session =
            if slides { renewed(policy, agent.session, now) } else { SessionChange::None };
        return Access {
            outcome,
            cause,
            refresh_cause,
            refresh_refused,
            introspected,
            session,
            ..begun
        };
    }
    let grant = grant(agent, policy, now, (begun.app, begun.api, outcome), missing, draw);
    let slides_on_use = policy.session.slides_on.r#use && missing.is_none();
    let app_session_started = match app_policy.session {
        AppSession::Own { idle_timeout, absolute_timeout } if needs_person => {
            Some((now + idle_timeout).min(now + absolute_timeout))
        }
        _ => None,
    };
    Access {
        outcome,
        cause,
        refresh_cause,
        refresh_refused,
        session: match slides_on_use {
            true => renewed(policy, agent.session, now),
            false => grant.session,
        },
        access_token_exp: grant.access_token_exp,
        id_token_exp: Some(grant.id_token_exp),
        refresh_token: grant.refresh_token,
        app_session_started,
        ..begun
    }
}

/// A timer's renewal or silent authentication (SPEC 5).
#[inline(always)]
fn renewal(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    timer: Timer,
    draw: &impl Draw,
) -> Fact {
    let initiator = if timer.keep_alive { Initiator::KeepAlive } else { Initiator::Renewal };
    let app = &agent.apps[timer.app.index()];
    let missing = policy.check(agent.session, now).cause();
    let (refresh_cause, refresh_refused) = match timer.keep_alive {
        true => (None, false),
        false => refresh(policy.app(timer.app), app, agent.session, missing, now, false),
    };
    let outcome = match missing {
        _ if !timer.keep_alive && refresh_cause.is_none() => Outcome::Refresh,
        None => Outcome::Silent,
        Some(_) => Outcome::Denied,
    };
    let begun = Access {
        open_until: app.open_until,
        outcome,
        refresh_cause,
        refresh_refused,
        ..Access::begun(timer.app, timer.api, initiator)
    };
    if outcome == Outcome::Denied {
        return Fact::Access(Access { cause: missing, ..begun });
    }
    let grant = grant(agent, policy, now, (timer.app, timer.api, outcome), missing, draw);
    Fact::Access(Access {
        session: grant.session,
        access_token_exp: grant.access_token_exp,
        id_token_exp: Some(grant.id_token_exp),
        refresh_token: grant.refresh_token,
        ..begun
    })
}

/// Why the refresh token does not serve, or `None` if it does (SPEC 4, step 4), and whether it was
/// refused: a client that still holds an unusable one tries it once.
#[inline(always)]
fn refresh(
    policy: &AppPolicy,
    app: &AppState,
    session: &IdpSession,
    missing: Option<LoginCause>,
    now: Instant,
    just_lost: bool,
) -> (Option<RefreshCause>, bool) {
    let cause = refresh_unusable(policy, app, session, missing, now, just_lost);
    (cause, cause.is_some() && app.holds_refresh && !just_lost)
}

/// Whether the app may work without beginning a session of its own (SPEC 4, step 2).
#[inline]
fn app_session_valid(policy: &AppPolicy, app: &AppState, now: Instant) -> bool {
    match policy.session {
        AppSession::None | AppSession::IdToken => true,
        AppSession::Own { idle_timeout, absolute_timeout } => {
            app.session_created != Instant::LONG_AGO
                && now < app.session_last + idle_timeout
                && now < app.session_created + absolute_timeout
        }
    }
}
