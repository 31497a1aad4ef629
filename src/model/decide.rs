//! Every rule of SPEC 4 and 5, and no effect: what would happen, told as a [`Fact`].

use super::{
    Access, AgentRef, ApiId, AppId, AppPolicy, AppSession, AppState, BindsAccessTokens, Fact,
    IdpSession, Initiator, Instant, LoginCause, LogoutScope, Outcome, Policy, RefreshCause,
    RefreshTokenChange, SessionChange, Timer, TokenStorage,
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

/// What an authorization server answers, whatever the client holds.
#[inline(never)]
fn asked(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    (app, api, outcome): (AppId, ApiId, Outcome),
    draw: &impl Draw,
) -> Fact {
    let missing = policy.check(agent.session, now).cause();
    let state = &agent.apps[app.index()];
    let refresh_cause = match outcome {
        Outcome::Refresh => {
            refresh_unusable(policy.app(app), state, agent.session, missing, now, false)
        }
        _ => None,
    };
    let cause = if outcome == Outcome::Refresh { None } else { missing };
    if refresh_cause.is_some() || (outcome == Outcome::Silent && missing.is_some()) {
        let begun = Access {
            open_until: now + policy.stay_open,
            ..Access::begun(app, api, Initiator::Background)
        };
        return Fact::Access(Access { outcome: Outcome::Denied, cause, refresh_cause, ..begun });
    }
    let grant = grant(agent, policy, now, (app, api, outcome), missing, draw);
    Fact::Access(Access {
        outcome,
        cause,
        opened: now >= state.open_until,
        open_until: now + policy.stay_open,
        session: grant.session,
        access_token_exp: grant.access_token_exp,
        id_token_exp: Some(grant.id_token_exp),
        refresh_token: grant.refresh_token,
        ..Access::begun(app, api, Initiator::Use)
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

/// Why the app's refresh token is not usable at `now`, or `None` if it is.
#[inline(always)]
fn refresh_unusable(
    policy: &AppPolicy,
    app: &AppState,
    session: &IdpSession,
    missing: Option<LoginCause>,
    now: Instant,
    just_lost: bool,
) -> Option<RefreshCause> {
    let Some(limits) = &policy.refresh_token else { return Some(RefreshCause::None) };
    if app.refresh_family == Instant::LONG_AGO {
        return Some(RefreshCause::None);
    }
    if app.refresh_taken.is_some() || just_lost {
        return Some(app.refresh_taken.unwrap_or(RefreshCause::Lost));
    }
    let idle_end = app.refresh_last + limits.idle_lifetime;
    let absolute_end = app.refresh_family + limits.absolute_lifetime;
    if now >= idle_end.min(absolute_end) {
        let absolute = absolute_end <= idle_end;
        return Some(if absolute { RefreshCause::Absolute } else { RefreshCause::Idle });
    }
    let own_session = missing.is_none() && app.refresh_session == session.number;
    (limits.bound_to_session && !own_session).then_some(RefreshCause::Session)
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

/// What the IdP's answer brings.
struct Grant {
    session: SessionChange,
    access_token_exp: Instant,
    id_token_exp: Instant,
    refresh_token: RefreshTokenChange,
}

/// What the IdP answers to a login, a silent authentication or a refresh grant (SPEC 4, effects).
#[inline(always)]
fn grant(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    (app, api, outcome): (AppId, ApiId, Outcome),
    missing: Option<LoginCause>,
    draw: &impl Draw,
) -> Grant {
    let app_policy = policy.app(app);
    let limits = &policy.session;
    let layout = policy.layout();
    let kept = layout.kept(now);
    let slides = match outcome {
        Outcome::Silent => limits.slides_on.silent,
        _ => limits.slides_on.refresh,
    };
    let (session, created) = match outcome {
        Outcome::Login => {
            (SessionChange::Started { expires_at: limits.expiry(kept, kept) }, Some(kept))
        }
        _ if missing.is_some() => (SessionChange::None, None),
        _ if slides => (renewed(policy, agent.session, now), Some(agent.session.created)),
        _ => (SessionChange::None, Some(agent.session.created)),
    };
    let slots = layout.slots_of(app);
    let slot = layout.slot(app, api).expect("readers leave out other APIs");
    let lifetime = app_policy.tokens[slot - slots.start].lifetime;
    let number = agent.tokens[slot].issued_count;
    let exp = kept + lifetime.choose(|| draw.bits(app, api, number));
    let cap = match created {
        Some(created) if limits.caps_tokens => created + limits.absolute_timeout,
        _ => Instant::NEVER,
    };
    let refresh_token = match &app_policy.refresh_token {
        None => RefreshTokenChange::None,
        Some(token) if outcome == Outcome::Refresh => {
            let app = &agent.apps[app.index()];
            match kept >= app.refresh_last + token.renew_after {
                true => {
                    RefreshTokenChange::Used { expires_at: token.expiry(app.refresh_family, kept) }
                }
                false => RefreshTokenChange::None,
            }
        }
        Some(token) => RefreshTokenChange::Issued { expires_at: token.expiry(kept, kept) },
    };
    Grant {
        session,
        access_token_exp: exp.min(cap),
        id_token_exp: kept + app_policy.id_token_lifetime,
        refresh_token,
    }
}

/// The session's idle window begins anew at `now`, unless it did so lately.
#[inline]
fn renewed(policy: &Policy, session: &IdpSession, now: Instant) -> SessionChange {
    let kept = policy.layout().kept(now);
    if kept < session.slid + policy.session.slide_interval {
        return SessionChange::None;
    }
    SessionChange::Renewed { expires_at: policy.session.expiry(session.created, kept) }
}

/// Whether that still is which takes the access token in `slot` with it when it ends.
#[inline(never)]
fn bond_holds(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    app: AppId,
    slot: Option<usize>,
) -> bool {
    let Some(token) = slot.map(|slot| agent.tokens[slot]) else { return false };
    let state = &agent.apps[app.index()];
    let parent = policy.app(app).refresh_token.as_ref().filter(|_| {
        token.by_refresh && policy.session.binds_access_tokens == BindsAccessTokens::Parent
    });
    let Some(parent) = parent else {
        let same = token.session == agent.session.number;
        return same && policy.check(agent.session, now).is_valid();
    };
    // A token of an earlier family outlived its parent's place, and has its own `exp` alone.
    let same = token.issued >= state.refresh_family;
    let revoked = state.refresh_taken == Some(RefreshCause::Revoked);
    !same || (!revoked && now < parent.expiry(state.refresh_family, state.refresh_last))
}
