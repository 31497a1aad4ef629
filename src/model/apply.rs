//! Makes a fact so. No rule is here: whatever a fact says is taken as it stands.

use super::{
    Access, AccessToken, AgentMut, AppState, Fact, Initiator, Instant, Layout, LoginCause, Outcome,
    RefreshCause, RefreshTokenChange, SessionChange,
};

/// Makes `fact`, which happened at `at`, so.
///
/// `layout` tells where the agent's tokens stand. Facts applied in their order rebuild a state
/// from nothing; it cannot fail.
#[inline(always)]
pub fn apply(agent: &mut AgentMut<'_>, layout: &Layout, at: Instant, fact: &Fact) {
    match *fact {
        Fact::Access(ref access) => apply_access(agent, layout, at, access),
        Fact::LoggedOut { app, everywhere, ends_session } => {
            if everywhere {
                for (other, tokens) in per_app(agent.apps, agent.tokens, layout) {
                    sign_out(other, tokens);
                }
            } else {
                let state = &mut agent.apps[app.index()];
                sign_out(state, &mut agent.tokens[layout.slots_of(app)]);
            }
            agent.apps[app.index()].open_until = Instant::LONG_AGO;
            end_session(agent, ends_session, LoginCause::Logout);
        }
        Fact::BrowserClosed { ends_session } => {
            for (app, tokens) in per_app(agent.apps, agent.tokens, layout) {
                app.open_until = Instant::LONG_AGO;
                if app.in_memory {
                    lose_tokens(app, tokens, RefreshCause::Lost);
                }
            }
            end_session(agent, ends_session, LoginCause::Closed);
        }
        Fact::Revoked { ends_session } => {
            for app in agent.apps.iter_mut() {
                app.refresh_taken.get_or_insert(RefreshCause::Revoked);
            }
            end_session(agent, ends_session, LoginCause::Revoked);
        }
    }
}

#[inline(always)]
fn apply_access(agent: &mut AgentMut<'_>, layout: &Layout, at: Instant, access: &Access) {
    let app = &mut agent.apps[access.app.index()];
    if access.opened {
        app.opened = at;
    }
    app.open_until = access.open_until;
    if access.tokens_lost {
        lose_tokens(app, &mut agent.tokens[layout.slots_of(access.app)], RefreshCause::Lost);
    }
    if access.refresh_refused {
        app.holds_refresh = false;
    }
    match access.outcome {
        Outcome::Valid => {}
        Outcome::Denied => {
            match access.initiator {
                Initiator::Renewal => {
                    if let Some(slot) = layout.slot(access.app, access.api) {
                        agent.tokens[slot].renewal_refused = true;
                    }
                }
                Initiator::KeepAlive => app.keep_alive_stopped = true,
                Initiator::Use | Initiator::Background => {}
            }
            return slide(agent, layout, at, access);
        }
        Outcome::Refresh | Outcome::Silent | Outcome::Login => {
            receive_tokens(agent, layout, at, access);
        }
    }
    let app = &mut agent.apps[access.app.index()];
    if matches!(access.initiator, Initiator::Use | Initiator::Background) {
        if access.app_session_started.is_some() {
            app.session_created = at;
        }
        if app.session_created != Instant::LONG_AGO {
            app.session_last = at;
        }
    }
    slide(agent, layout, at, access);
}

#[inline(always)]
fn slide(agent: &mut AgentMut<'_>, layout: &Layout, at: Instant, access: &Access) {
    if let SessionChange::Renewed { .. } = access.session {
        agent.session.slid = layout.kept(at);
    }
}

/// What the IdP's answer brought: a session, tokens, a refresh token.
#[inline(always)]
fn receive_tokens(agent: &mut AgentMut<'_>, layout: &Layout, at: Instant, access: &Access) {
    let kept = layout.kept(at);
    if let SessionChange::Started { .. } = access.session {
        agent.session.created = kept;
        agent.session.slid = kept;
        agent.session.ended = None;
        agent.session.number += 1;
    }
    if let Some(slot) = layout.slot(access.app, access.api) {
        let token = &mut agent.tokens[slot];
        // The client's own clock times its renewal.
        token.issued = at;
        token.exp = access.access_token_exp;
        token.issued_count += 1;
        token.session = agent.session.number;
        token.by_refresh = access.outcome == Outcome::Refresh;
        token.renewal_refused = false;
    }
    let app = &mut agent.apps[access.app.index()];
    app.tokens_at = at;
    app.keep_alive_stopped = false;
    if let Some(exp) = access.id_token_exp {
        app.id_token_exp = exp;
    }
    match access.refresh_token {
        RefreshTokenChange::None => {}
        RefreshTokenChange::Issued { .. } => {
            app.refresh_family = kept;
            app.refresh_last = kept;
            app.refresh_session = agent.session.number;
            app.refresh_taken = None;
            app.holds_refresh = true;
        }
        RefreshTokenChange::Used { .. } => app.refresh_last = kept,
    }
}

fn per_app<'a>(
    apps: &'a mut [AppState],
    tokens: &'a mut [AccessToken],
    layout: &Layout,
) -> impl Iterator<Item = (&'a mut AppState, &'a mut [AccessToken])> {
    let mut rest = tokens;
    apps.iter_mut().enumerate().map(move |(index, app)| {
        let count = layout.slots_of(super::AppId::new(index)).len();
        let (own, others) = std::mem::take(&mut rest).split_at_mut(count);
        rest = others;
        (app, own)
    })
}

/// Tokens and app session are gone, and the refresh token is taken back.
fn sign_out(app: &mut AppState, tokens: &mut [AccessToken]) {
    lose_tokens(app, tokens, RefreshCause::Revoked);
    app.session_created = Instant::LONG_AGO;
    app.session_last = Instant::LONG_AGO;
}

/// The client has no tokens any more, not even spent ones.
fn lose_tokens(app: &mut AppState, tokens: &mut [AccessToken], why: RefreshCause) {
    for token in tokens {
        token.issued = Instant::LONG_AGO;
        token.exp = Instant::LONG_AGO;
        token.renewal_refused = false;
    }
    app.id_token_exp = Instant::LONG_AGO;
    app.holds_refresh = false;
    app.refresh_taken.get_or_insert(why);
}

fn end_session(agent: &mut AgentMut<'_>, ends_session: bool, cause: LoginCause) {
    if ends_session {
        agent.session.ended = Some(cause);
    }
}
