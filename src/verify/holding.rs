//! What one agent's clients hold: real tokens and cookies.

use crate::client::Secret;
use crate::client::flows::{Browser, Tokens};
use crate::model::{Agent, AppId, Layout, Policy};

/// One agent: its browser, its apps, and what the model believes of it.
#[derive(Debug)]
pub(super) struct Holding {
    pub(super) browser: Browser,
    /// By `AppId`.
    pub(super) apps: Box<[AppTokens]>,
    /// By the policy's slots.
    pub(super) access_tokens: Box<[Option<Secret>]>,
    /// What the model believes.
    pub(super) believed: Agent,
    /// It met a difference: what the model believes of it is wrong from then on.
    pub(super) is_lost: bool,
}

/// What one app holds beside its access tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct AppTokens {
    pub(super) refresh_token: Option<Secret>,
    pub(super) id_token: Option<Secret>,
}

impl Holding {
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            browser: Browser::default(),
            apps: vec![AppTokens::default(); policy.apps().len()].into(),
            access_tokens: vec![None; policy.layout().slots()].into(),
            believed: Agent::new(policy),
            is_lost: false,
        }
    }

    /// Keeps what an answer brought. A refresh token that came with none new stays good.
    pub(super) fn keep(&mut self, app: AppId, slot: usize, tokens: Tokens) {
        self.access_tokens[slot] = Some(tokens.access_token);
        let own = &mut self.apps[app.index()];
        if tokens.refresh_token.is_some() {
            own.refresh_token = tokens.refresh_token;
        }
        if tokens.id_token.is_some() {
            own.id_token = tokens.id_token;
        }
    }

    /// An app has no tokens any more.
    pub(super) fn drop_tokens(&mut self, app: AppId, layout: &Layout) {
        self.apps[app.index()] = AppTokens::default();
        self.access_tokens[layout.slots_of(app)].fill(None);
    }
}
