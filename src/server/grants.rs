//! What is asked goes through the model, and what was decided becomes codes and tokens. No rule of
//! sessions and lifetimes is here: which refresh token of a family is the newest, and what was
//! revoked by name, is all that this file knows beside the model.

use std::sync::Arc;

use super::error::OAuthError;
use super::jwt::TokenId;
use super::scopes::Scopes;
use super::seal::Purpose;
use super::state::Server;
use super::store::{Browser, Code, Handle};
use super::witness::Happened;
use crate::model::{
    Access, AccessToken, AgentRef, ApiId, AppId, Fact, Initiator, Instant, Outcome,
    RefreshTokenChange, Request, apply, decide, valid_access,
};

/// A refresh token's content. Nothing of it stands in a table: only which one is the newest does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RefreshContent {
    pub(super) handle: Handle,
    pub(super) app: AppId,
    pub(super) api: ApiId,
    pub(super) family: u32,
    pub(super) rotation: u32,
    /// The session that it came with, and when that was made.
    pub(super) session: u32,
    pub(super) auth_time: Instant,
    pub(super) scopes: Scopes,
}

const REFRESH_BYTES: usize = 8 + 2 + 2 + 4 + 4 + 4 + 8 + 8;

/// What a refresh grant brings.
pub(super) struct Refreshed {
    pub(super) user: Arc<str>,
    pub(super) token: TokenId,
    pub(super) api: ApiId,
    pub(super) id_exp: Instant,
    /// The refresh token to go on with, if it is another one.
    pub(super) next: Option<RefreshContent>,
    pub(super) now: Instant,
}

impl RefreshContent {
    /// The token's text, always the same for the same content.
    pub(super) fn close(self, server: &Server) -> String {
        let mut bytes = [0; REFRESH_BYTES];
        bytes[..8].copy_from_slice(&self.handle.to_bytes());
        bytes[8..10].copy_from_slice(&(self.app.index() as u16).to_be_bytes());
        bytes[10..12].copy_from_slice(&(self.api.index() as u16).to_be_bytes());
        bytes[12..16].copy_from_slice(&self.family.to_be_bytes());
        bytes[16..20].copy_from_slice(&self.rotation.to_be_bytes());
        bytes[20..24].copy_from_slice(&self.session.to_be_bytes());
        bytes[24..32].copy_from_slice(&self.auth_time.as_millis().to_be_bytes());
        bytes[32..].copy_from_slice(&self.scopes.0.to_be_bytes());
        server.seal.close(Purpose::RefreshToken, &bytes)
    }

    /// What a text says, if it is a refresh token of this server.
    pub(super) fn open(server: &Server, text: &str) -> Option<Self> {
        let bytes: [u8; REFRESH_BYTES] = server.seal.open(Purpose::RefreshToken, text)?;
        let eight = |at: usize| <[u8; 8]>::try_from(&bytes[at..at + 8]).expect("eight bytes");
        let four = |at: usize| <[u8; 4]>::try_from(&bytes[at..at + 4]).expect("four bytes");
        Some(Self {
            handle: Handle::from_bytes(eight(0)),
            app: AppId::from_number(u16::from_be_bytes([bytes[8], bytes[9]])),
            api: ApiId::from_number(u16::from_be_bytes([bytes[10], bytes[11]])),
            family: u32::from_be_bytes(four(12)),
            rotation: u32::from_be_bytes(four(16)),
            session: u32::from_be_bytes(four(20)),
            auth_time: Instant::from_millis(i64::from_be_bytes(eight(24))),
            scopes: Scopes(u64::from_be_bytes(eight(32))),
        })
    }
}

const GONE: OAuthError = OAuthError::invalid_grant("the refresh token is no longer in force");

impl Server {
    /// Asks the model, and makes what it says so.
    pub(super) fn take(&self, browser: &mut Browser, now: Instant, request: Request) -> Fact {
        let fact = self.would(browser, now, request);
        self.make_so(browser, now, &fact);
        fact
    }

    /// What the model says, and nothing changes.
    pub(super) fn would(&self, browser: &Browser, now: Instant, request: Request) -> Fact {
        let draw = |app: AppId, api: ApiId, number: u32| {
            self.luck.bits(&browser.user, browser.device, app, api, number)
        };
        decide(browser.agent.as_ref(), &self.policy, now, request, &draw)
    }

    fn make_so(&self, browser: &mut Browser, now: Instant, fact: &Fact) {
        apply(&mut browser.agent.as_mut(), self.policy.layout(), now, fact);
        match *fact {
            Fact::Access(Access {
                app, refresh_token: RefreshTokenChange::Issued { .. }, ..
            }) => {
                let grant = &mut browser.grants[app.index()];
                grant.family += 1;
                grant.rotation = 0;
            }
            Fact::LoggedOut { everywhere: true, .. } => {
                browser.grants.iter_mut().for_each(|grant| grant.sign_outs += 1);
            }
            Fact::LoggedOut { app, .. } => browser.grants[app.index()].sign_outs += 1,
            _ => {}
        }
        self.tally.happened(fact);
        if let Some(witness) = &self.witness {
            let (user, device) = (&browser.user, browser.device);
            witness.happened(Happened { user, device, at: now, fact });
        }
    }

    /// A code for an access that was just given: its tokens' lives have begun.
    pub(super) fn code(
        &self,
        (handle, browser): (Handle, &Browser),
        access: &Access,
        scopes: Scopes,
    ) -> Code {
        let slot = self.policy.layout().slot(access.app, access.api);
        let token = slot.map_or(AccessToken::NONE, |slot| browser.agent.tokens[slot]);
        let grant = browser.grants[access.app.index()];
        let issued = matches!(access.refresh_token, RefreshTokenChange::Issued { .. });
        Code {
            handle,
            app: access.app,
            api: access.api,
            number: token.issued_count.wrapping_sub(1),
            family: if issued { grant.family } else { 0 },
            sign_outs: grant.sign_outs,
            session: browser.agent.session.number,
            auth_time: browser.agent.session.created,
            at: token.issued,
            access_exp: access.access_token_exp,
            id_exp: access.id_token_exp.unwrap_or(Instant::LONG_AGO),
            scopes,
            redirect_uri: "".into(),
            challenge: None,
            nonce: None,
        }
    }

    /// A refresh grant (RFC 6749 §6), with rotation and the detection of reuse (RFC 9700 §4.14.2).
    pub(super) fn refresh(
        &self,
        content: RefreshContent,
        api: ApiId,
    ) -> Result<Refreshed, OAuthError> {
        let now = self.now()?;
        let done = self.browsers.with(content.handle, |browser| {
            let grant = browser.grants[content.app.index()];
            if grant.family != content.family {
                return Err(GONE);
            }
            let limits = self.policy.app(content.app).refresh_token;
            let old = content.rotation != grant.rotation;
            let forgiven = limits.is_some_and(|limits| {
                content.rotation.wrapping_add(1) == grant.rotation
                    && now < grant.rotated_at + limits.reuse_leeway
            });
            if old && !forgiven {
                self.end_family(browser, content.app, now);
                return Err(OAuthError::invalid_grant(
                    "the refresh token was used before: it and its successors are revoked",
                ));
            }
            let fact = self.take(browser, now, Request::Refresh(content.app, api));
            let Fact::Access(Access { outcome: Outcome::Refresh, .. }) = fact else {
                return Err(GONE);
            };
            Ok(self.refreshed(browser, content, now, &fact, old))
        });
        done.unwrap_or(Err(GONE))
    }

    fn refreshed(
        &self,
        browser: &mut Browser,
        content: RefreshContent,
        now: Instant,
        fact: &Fact,
        old: bool,
    ) -> Refreshed {
        let Fact::Access(access) = *fact else { unreachable!("a refresh grant is an access") };
        let slot = self.policy.layout().slot(access.app, access.api).unwrap_or_default();
        let state = browser.agent.tokens[slot];
        let rotates = self.policy.app(content.app).refresh_token.is_some_and(|own| own.rotation)
            && matches!(access.refresh_token, RefreshTokenChange::Used { .. });
        let grant = &mut browser.grants[content.app.index()];
        if rotates && !old {
            grant.rotation += 1;
            grant.rotated_at = now;
        }
        // A reuse that is forgiven is answered like the first time: with the same successor.
        let next = RefreshContent { rotation: grant.rotation, ..content };
        Refreshed {
            user: Arc::clone(&browser.user),
            token: TokenId {
                handle: content.handle,
                slot: slot as u16,
                number: state.issued_count.wrapping_sub(1),
                session: state.session,
                by_refresh: state.by_refresh,
                issued: state.issued,
                exp: state.exp,
            },
            api: access.api,
            id_exp: access.id_token_exp.unwrap_or(Instant::LONG_AGO),
            next: (next != content).then_some(next),
            now,
        }
    }

    /// The app's refresh tokens and access tokens are revoked: the same as its own logout, which
    /// leaves the session to the other apps. Nothing if that already happened.
    pub(super) fn end_family(&self, browser: &mut Browser, app: AppId, now: Instant) {
        if browser.agent.apps[app.index()].refresh_taken.is_none() {
            self.make_so(
                browser,
                now,
                &Fact::LoggedOut { app, everywhere: false, ends_session: false },
            );
        }
        for slot in self.policy.layout().slots_of(app) {
            let below = browser.agent.tokens[slot].issued_count;
            self.revoke_below(browser, slot, below);
        }
    }

    /// Access tokens of a slot with lower numbers are revoked.
    pub(super) fn revoke_below(&self, browser: &mut Browser, slot: usize, below: u32) {
        let slots = self.policy.layout().slots();
        let floors = browser.revoked_below.get_or_insert_with(|| vec![0; slots].into());
        if let Some(floor) = floors.get_mut(slot) {
            *floor = below.max(*floor);
        }
    }

    /// The user of an access token, if the model says that it serves. Where a policy renews
    /// sessions on use, asking does (SPEC 4: the API asks the identity provider).
    pub(super) fn serves(&self, token: TokenId, now: Instant) -> Option<Arc<str>> {
        let layout = self.policy.layout();
        let slot = usize::from(token.slot);
        if slot >= layout.slots() {
            return None;
        }
        let mut apps = (0..self.policy.apps().len()).map(AppId::new);
        let app = apps.find(|app| layout.slots_of(*app).contains(&slot))?;
        self.browsers.with(token.handle, |browser| {
            if browser.revoked_below.as_ref().is_some_and(|floors| token.number < floors[slot]) {
                return None;
            }
            // The model knows the newest token of a slot; of an older one it is told.
            let mut tokens = browser.agent.tokens.clone();
            tokens[slot] = AccessToken {
                issued: token.issued,
                exp: token.exp,
                session: token.session,
                by_refresh: token.by_refresh,
                ..tokens[slot]
            };
            let agent = AgentRef { tokens: &tokens, ..browser.agent.as_ref() };
            let asked = (app, Some(layout.api(slot)), Initiator::Use);
            let access = valid_access(agent, &self.policy, now, asked).ok()?;
            if access.introspected {
                self.make_so(browser, now, &Fact::Access(access));
            }
            Some(Arc::clone(&browser.user))
        })?
    }

    /// Whether nothing of a browser can be used any more, so that its place may be another's.
    pub(super) fn is_over(&self, browser: &Browser, now: Instant) -> bool {
        let refreshes = |app: usize| {
            let app = AppId::new(app);
            let request = Request::Refresh(app, self.policy.app(app).default_api);
            matches!(
                self.would(browser, now, request),
                Fact::Access(Access { outcome: Outcome::Refresh, .. })
            )
        };
        !self.policy.check(&browser.agent.session, now).is_valid()
            && browser.agent.tokens.iter().all(|token| now >= token.exp)
            && !(0..self.policy.apps().len()).any(refreshes)
    }
}
