//! Every rule of SPEC 4 and 5, and no effect: what would happen, told as a [`Fact`].

use super::{
    Access, AgentRef, ApiId, AppId, AppPolicy, AppSession, AppState, Fact, IdpSession, Initiator,
    Instant, LoginCause, LogoutScope, Outcome, Policy, RefreshCause, RefreshTokenChange, Renew,
    SessionChange, SessionPolicy, TokenStorage,
};

/// What is asked of an agent's state at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// A person does something in an app, for an API or for the app's first.
    Use(AppId, Option<ApiId>),
    /// The app asks by itself, as a trace recorded it.
    Background(AppId, Option<ApiId>),
    /// A timer is due; [`next_timer`] tells which.
    Timer(Timer),
    /// The user logs out of an app.
    Logout(AppId),
    /// The browser is closed.
    Close,
    /// An administrator revokes the user's sessions and refresh tokens.
    Revoke,
}

/// Something that a client will do by itself, unless something happens before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    /// When.
    pub due: Instant,
    /// Renewals come before keep-alives of the same instant.
    pub keep_alive: bool,
    /// The client.
    pub app: AppId,
    /// The API that the token is for.
    pub api: ApiId,
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
///     SessionPolicy {
///         idle_timeout: Limit::of(Span::from_mins(30)),
///         absolute_timeout: Limit::of(Span::from_hours(8)),
///         slides_on: SlidesOn { silent: true, ..SlidesOn::default() },
///         persistent: true,
///         caps_tokens: false,
///     },
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
        Err(begun) => renewed_access(agent, policy, now, begun, draw),
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
        ..unchanged(app_id, api.unwrap_or(app_policy.default_api), initiator)
    };
    // Step 2: without an app session, no token serves. Step 3: the access token serves.
    let slot = policy.layout().slot(app_id, begun.api);
    let exp = slot.map_or(Instant::LONG_AGO, |slot| agent.tokens[slot].exp);
    let id_token_good = app_policy.session != AppSession::IdToken || now < app.id_token_exp;
    let serves = !begun.tokens_lost && now < exp - app_policy.renew_ahead && id_token_good;
    if !serves || !app_session_valid(app_policy, app, now) {
        return Err(begun);
    }
    let slides = slides_on_use && policy.check(agent.session, now).is_valid();
    let session =
        if slides { renewed(&policy.session, agent.session, now) } else { SessionChange::None };
    Ok(Access { access_token_exp: exp, session, ..begun })
}

/// An access that has begun and whose access token does not serve.
fn renewed_access(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    begun: Access,
    draw: &impl Draw,
) -> Access {
    let mut fact = begun;
    let app_policy = policy.app(fact.app);
    let app_session_valid = app_session_valid(app_policy, &agent.apps[fact.app.index()], now);
    let missing = policy.check(agent.session, now).cause();
    // Step 4: the refresh token serves.
    fact.refresh_cause = if app_session_valid {
        refresh(agent, app_policy, missing, now, &mut fact)
    } else {
        Some(RefreshCause::AppSession)
    };
    // Step 5: the session serves, or a person has to.
    fact.outcome = match (fact.refresh_cause, missing) {
        (None, _) => Outcome::Refresh,
        (Some(_), None) => Outcome::Silent,
        (Some(_), Some(_)) => Outcome::Login,
    };
    if fact.outcome == Outcome::Login {
        fact.cause = missing;
    }
    let needs_person = fact.outcome == Outcome::Login || !app_session_valid;
    if fact.initiator == Initiator::Background && needs_person {
        fact.outcome = Outcome::Denied;
        fact.introspected = false;
        return fact;
    }
    grant(agent, policy, now, missing, draw, &mut fact);
    if policy.session.slides_on.r#use && missing.is_none() {
        fact.session = renewed(&policy.session, agent.session, now);
    }
    if let AppSession::Own { idle_timeout, absolute_timeout } = app_policy.session
        && needs_person
    {
        fact.app_session_started = Some((now + idle_timeout).min(now + absolute_timeout));
    }
    fact
}

/// A timer's renewal or silent authentication (SPEC 5).
fn renewal(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    timer: Timer,
    draw: &impl Draw,
) -> Fact {
    let initiator = if timer.keep_alive { Initiator::KeepAlive } else { Initiator::Renewal };
    let mut fact = Access {
        open_until: agent.apps[timer.app.index()].open_until,
        ..unchanged(timer.app, timer.api, initiator)
    };
    let missing = policy.check(agent.session, now).cause();
    fact.outcome = if missing.is_none() { Outcome::Silent } else { Outcome::Denied };
    if !timer.keep_alive {
        fact.refresh_cause = refresh(agent, policy.app(timer.app), missing, now, &mut fact);
        if fact.refresh_cause.is_none() {
            fact.outcome = Outcome::Refresh;
        }
    }
    if fact.outcome == Outcome::Denied {
        fact.cause = missing;
    } else {
        grant(agent, policy, now, missing, draw, &mut fact);
    }
    Fact::Access(fact)
}

/// The timer of `agent` that is due first, whenever that is (SPEC 5).
pub fn next_timer(agent: AgentRef<'_>, policy: &Policy) -> Option<Timer> {
    (0..policy.apps().len()).filter_map(|app| app_timer(agent, policy, AppId::new(app))).min()
}

/// The timer of one app of `agent` that is due first. It changes only with the app's own state,
/// so that an engine may keep it.
#[inline]
pub fn app_timer(agent: AgentRef<'_>, policy: &Policy, id: AppId) -> Option<Timer> {
    let (app_policy, app) = (policy.app(id), &agent.apps[id.index()]);
    let mut first: Option<Timer> = None;
    let mut consider = |timer: Timer| {
        if timer.due < app.open_until && first.is_none_or(|earlier| timer < earlier) {
            first = Some(timer);
        }
    };
    if app_policy.renew == Renew::WhileOpen {
        for slot in policy.layout().slots_of(id) {
            let token = &agent.tokens[slot];
            let due = token.exp - app_policy.renew_ahead;
            // What fell due while the app was closed waits for a use.
            if due > token.issued && due > app.opened && !token.renewal_refused {
                let api = policy.layout().api(slot);
                consider(Timer { due, keep_alive: false, app: id, api });
            }
        }
    }
    if let Some(period) = app_policy.keep_alive
        && app.tokens_at != Instant::LONG_AGO
        && !app.keep_alive_stopped
    {
        let due = app.opened.max(app.tokens_at) + period;
        consider(Timer { due, keep_alive: true, app: id, api: app_policy.default_api });
    }
    first
}

/// An access that changes nothing yet.
#[inline]
fn unchanged(app: AppId, api: ApiId, initiator: Initiator) -> Access {
    Access {
        app,
        api,
        initiator,
        outcome: Outcome::Valid,
        cause: None,
        refresh_cause: None,
        opened: false,
        tokens_lost: false,
        refresh_refused: false,
        introspected: false,
        open_until: Instant::LONG_AGO,
        access_token_exp: Instant::LONG_AGO,
        id_token_exp: None,
        refresh_token: RefreshTokenChange::None,
        app_session_started: None,
        session: SessionChange::None,
    }
}

/// Why the refresh token does not serve, or `None` if it does (SPEC 4, step 4). A client that
/// still holds an unusable one tries it once.
fn refresh(
    agent: AgentRef<'_>,
    policy: &AppPolicy,
    missing: Option<LoginCause>,
    now: Instant,
    fact: &mut Access,
) -> Option<RefreshCause> {
    let app = &agent.apps[fact.app.index()];
    let cause = refresh_unusable(policy, app, agent.session, missing, now, fact.tokens_lost);
    fact.refresh_refused = cause.is_some() && app.holds_refresh && !fact.tokens_lost;
    cause
}

/// Why the app's refresh token is not usable at `now`, or `None` if it is.
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

/// What the IdP answers to a login, a silent authentication or a refresh grant (SPEC 4, effects).
fn grant(
    agent: AgentRef<'_>,
    policy: &Policy,
    now: Instant,
    missing: Option<LoginCause>,
    draw: &impl Draw,
    fact: &mut Access,
) {
    let app_policy = policy.app(fact.app);
    let limits = &policy.session;
    let created = match fact.outcome {
        Outcome::Login => {
            fact.session = SessionChange::Started { expires_at: limits.expiry(now, now) };
            Some(now)
        }
        _ if missing.is_some() => None,
        outcome => {
            let slides = match outcome {
                Outcome::Silent => limits.slides_on.silent,
                _ => limits.slides_on.refresh,
            };
            if slides {
                fact.session = renewed(limits, agent.session, now);
            }
            Some(agent.session.created)
        }
    };

    let layout = policy.layout();
    let slots = layout.slots_of(fact.app);
    let slot = layout.slot(fact.app, fact.api).expect("readers leave out other APIs");
    let lifetime = app_policy.tokens[slot - slots.start].lifetime;
    let number = agent.tokens[slot].issued_count;
    fact.access_token_exp = now + lifetime.choose(|| draw.bits(fact.app, fact.api, number));
    if let Some(created) = created.filter(|_| limits.caps_tokens) {
        fact.access_token_exp = fact.access_token_exp.min(created + limits.absolute_timeout);
    }
    fact.id_token_exp = Some(now + app_policy.id_token_lifetime);
    if let Some(refresh) = &app_policy.refresh_token {
        fact.refresh_token = if fact.outcome == Outcome::Refresh {
            let family = agent.apps[fact.app.index()].refresh_family;
            RefreshTokenChange::Used { expires_at: refresh.expiry(family, now) }
        } else {
            RefreshTokenChange::Issued { expires_at: refresh.expiry(now, now) }
        };
    }
}

/// The session's idle window begins anew at `now`.
#[inline]
fn renewed(limits: &SessionPolicy, session: &IdpSession, now: Instant) -> SessionChange {
    SessionChange::Renewed { expires_at: limits.expiry(session.created, now) }
}
