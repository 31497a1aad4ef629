//! The provider's side of the rules: what it still accepts, and what its answer brings. The client's
//! side, when it asks for what, is [`decide`](super::decide()).

use super::{
    Access, AgentRef, ApiId, AppId, AppPolicy, AppState, BindsAccessTokens, Draw, Fact, IdpSession,
    Initiator, Instant, LoginCause, Outcome, Policy, RefreshCause, RefreshTokenChange,
    SessionChange,
};

/// What an authorization server answers, whatever the client holds.
#[inline(never)]
pub(super) fn asked(
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

/// Why the app's refresh token is not usable at `now`, or `None` if it is.
#[inline(always)]
pub(super) fn refresh_unusable(
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

/// What the IdP's answer brings.
pub(super) struct Grant {
    pub(super) session: SessionChange,
    pub(super) access_token_exp: Instant,
    pub(super) id_token_exp: Instant,
    pub(super) refresh_token: RefreshTokenChange,
}

/// What the IdP answers to a login, a silent authentication or a refresh grant (SPEC 4, effects).
#[inline(always)]
pub(super) fn grant(
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
pub(super) fn renewed(policy: &Policy, session: &IdpSession, now: Instant) -> SessionChange {
    let kept = policy.layout().kept(now);
    if kept < session.slid + policy.session.slide_interval {
        return SessionChange::None;
    }
    SessionChange::Renewed { expires_at: policy.session.expiry(session.created, kept) }
}

/// Whether that still is which takes the access token in `slot` with it when it ends.
#[inline(never)]
pub(super) fn bond_holds(
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
    let session_holds =
        || token.session == agent.session.number && policy.check(agent.session, now).is_valid();
    let Some(parent) = parent else { return session_holds() };
    // A parent that is bound to the session ends with it, and its children do.
    if parent.bound_to_session && !session_holds() {
        return false;
    }
    // A token of an earlier family outlived its parent's place, and has its own `exp` alone.
    let same = token.issued >= state.refresh_family;
    let revoked = state.refresh_taken == Some(RefreshCause::Revoked);
    !same || (!revoked && now < parent.expiry(state.refresh_family, state.refresh_last))
}
