//! What is so: an agent's session, apps and tokens (SPEC 4).
//!
//! State holds instants that happened and, for tokens, the `exp` they carry.
//! What follows from them under a policy is for `decide` to say.

use super::{Instant, LoginCause, Policy, RefreshCause, TokenStorage};

/// An agent's IdP session, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdpSession {
    /// When the login made it.
    pub created: Instant,
    /// When its idle window was last renewed.
    pub slid: Instant,
    /// Why it ended before its time, or [`LoginCause::First`] before any login.
    pub ended: Option<LoginCause>,
    /// Which of the agent's sessions it is: 0 before any login.
    pub number: u32,
}

/// One app in the hands of one agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppState {
    /// When it was last opened.
    pub opened: Instant,
    /// It is open at `t` iff `t < open_until`.
    pub open_until: Instant,
    /// When it last got tokens; [`Instant::LONG_AGO`] before it first did.
    pub tokens_at: Instant,
    /// The ID token's `exp`; [`Instant::LONG_AGO`] without one.
    pub id_token_exp: Instant,
    /// Its own session began; [`Instant::LONG_AGO`] without one.
    pub session_created: Instant,
    /// The last use that its own session saw.
    pub session_last: Instant,
    /// When the refresh token's family began; [`Instant::LONG_AGO`] before any.
    pub refresh_family: Instant,
    /// The refresh token's last use.
    pub refresh_last: Instant,
    /// The IdP session that the refresh token came with.
    pub refresh_session: u32,
    /// `Revoked` or `Lost`, whichever came first since the token was given.
    pub refresh_taken: Option<RefreshCause>,
    /// Whether the client still holds the refresh token, usable or not.
    pub holds_refresh: bool,
    /// The keep-alive was refused and waits for tokens.
    pub keep_alive_stopped: bool,
    /// Whether its tokens are gone when it is closed.
    pub in_memory: bool,
}

/// An access token: one for each app and API of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// When it was issued; [`Instant::LONG_AGO`] without one.
    pub issued: Instant,
    /// Its `exp`; [`Instant::LONG_AGO`] without one.
    pub exp: Instant,
    /// How many were issued so far: each draws its lifetime by its number.
    pub issued_count: u32,
    /// The IdP session that was there when it was issued.
    pub session: u32,
    /// A refresh grant issued it.
    pub by_refresh: bool,
    /// A timer tried to renew it and was refused; it is not tried again.
    pub renewal_refused: bool,
}

/// An agent's whole state, owned. Engines may keep the parts in tables of their own and lend
/// them as [`AgentRef`] and [`AgentMut`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The IdP session.
    pub session: IdpSession,
    /// By `AppId`.
    pub apps: Box<[AppState]>,
    /// By the policy's slots.
    pub tokens: Box<[AccessToken]>,
}

/// An agent's state, to look at.
#[derive(Clone, Copy, Debug)]
pub struct AgentRef<'a> {
    /// The IdP session.
    pub session: &'a IdpSession,
    /// By `AppId`.
    pub apps: &'a [AppState],
    /// By the policy's slots.
    pub tokens: &'a [AccessToken],
}

/// An agent's state, to change.
#[derive(Debug)]
pub struct AgentMut<'a> {
    /// The IdP session.
    pub session: &'a mut IdpSession,
    /// By `AppId`.
    pub apps: &'a mut [AppState],
    /// By the policy's slots.
    pub tokens: &'a mut [AccessToken],
}

impl IdpSession {
    /// Before any login.
    pub const NONE: Self = Self {
        created: Instant::LONG_AGO,
        slid: Instant::LONG_AGO,
        ended: Some(LoginCause::First),
        number: 0,
    };
}

impl AppState {
    /// An app that was never opened.
    pub const fn new(storage: TokenStorage) -> Self {
        Self {
            opened: Instant::LONG_AGO,
            open_until: Instant::LONG_AGO,
            tokens_at: Instant::LONG_AGO,
            id_token_exp: Instant::LONG_AGO,
            session_created: Instant::LONG_AGO,
            session_last: Instant::LONG_AGO,
            refresh_family: Instant::LONG_AGO,
            refresh_last: Instant::LONG_AGO,
            refresh_session: 0,
            refresh_taken: None,
            holds_refresh: false,
            keep_alive_stopped: false,
            in_memory: matches!(storage, TokenStorage::Memory),
        }
    }
}

impl AccessToken {
    /// No token yet.
    pub const NONE: Self = Self {
        issued: Instant::LONG_AGO,
        exp: Instant::LONG_AGO,
        issued_count: 0,
        session: 0,
        by_refresh: false,
        renewal_refused: false,
    };
}

impl Agent {
    /// An agent that did nothing yet.
    pub fn new(policy: &Policy) -> Self {
        Self {
            session: IdpSession::NONE,
            apps: policy.apps().iter().map(|app| AppState::new(app.token_storage)).collect(),
            tokens: vec![AccessToken::NONE; policy.layout().slots()].into(),
        }
    }

    /// To look at.
    pub fn as_ref(&self) -> AgentRef<'_> {
        AgentRef { session: &self.session, apps: &self.apps, tokens: &self.tokens }
    }

    /// To change.
    pub fn as_mut(&mut self) -> AgentMut<'_> {
        AgentMut { session: &mut self.session, apps: &mut self.apps, tokens: &mut self.tokens }
    }
}

impl AgentMut<'_> {
    /// To look at.
    pub fn as_ref(&self) -> AgentRef<'_> {
        AgentRef { session: self.session, apps: self.apps, tokens: self.tokens }
    }
}
