//! A policy as the rules read it: dense, by id, every value given.
//!
//! `scenario` makes one from names and defaults; SPEC 3 says what each value means.

use std::ops::Range;

use super::clock::kept;
use super::{ApiId, AppId, Clock, Instant, Limit, Span};

/// An expiration policy, ready to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The IdP session's limits.
    pub session: SessionPolicy,
    /// How long an app stays open after a use of it (`workload.stay_open`).
    pub stay_open: Span,
    apps: Vec<AppPolicy>,
    layout: Layout,
}

/// How an agent's state is kept: a slot for the access token of each app and API, and instants in
/// whole ticks of the provider's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    apis: Vec<ApiId>,
    first_slots: Vec<usize>,
    tick: Span,
}

/// Limits of the single-sign-on session at the identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionPolicy {
    /// Sliding: how long the session lives without being renewed.
    pub idle_timeout: Limit,
    /// Hard: counted from the login.
    pub absolute_timeout: Limit,
    /// What renews the idle window.
    pub slides_on: SlidesOn,
    /// The idle window is renewed only when it was last renewed so long ago (lazy sliding).
    pub slide_interval: Span,
    /// Whether it survives a browser close.
    pub persistent: bool,
    /// Whether no access token outlives the absolute timeout.
    pub caps_tokens: bool,
    /// What takes an access token with it when it ends.
    pub binds_access_tokens: BindsAccessTokens,
}

/// What takes an access token with it when it ends, long before the token's `exp` perhaps. Only a
/// provider that is asked about its tokens can know (RFC 7662).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BindsAccessTokens {
    /// Nothing: the token is good until its `exp`.
    #[default]
    None,
    /// The IdP session that was there when it was issued.
    Session,
    /// What it was issued for: the IdP session, or the refresh token of a refresh grant.
    Parent,
}

/// What renews the idle window. A login always does: it makes the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlidesOn {
    /// A silent authentication (`prompt=none`, or single sign-on into another app).
    pub silent: bool,
    /// A refresh grant.
    pub refresh: bool,
    /// Every use, because the API asks the IdP about the token (RFC 7662).
    pub r#use: bool,
    /// A refused request of the browser's, for which nobody was there, while the session is valid.
    pub failed: bool,
}

/// How one application gets, keeps and renews its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppPolicy {
    /// The access tokens it may hold, in the byte order of the APIs' names.
    pub tokens: Vec<TokenPolicy>,
    /// The API meant where a record names none; one of `tokens`.
    pub default_api: ApiId,
    /// Lifetime of its ID token.
    pub id_token_lifetime: Limit,
    /// Its own session, apart from the IdP's.
    pub session: AppSession,
    /// Its refresh token, if it has them.
    pub refresh_token: Option<RefreshToken>,
    /// When the client gets a new access token.
    pub renew: Renew,
    /// The client treats an access token as spent this long before its `exp`.
    pub renew_ahead: Span,
    /// How often it authenticates silently while open.
    pub keep_alive: Option<Span>,
    /// Whether tokens survive the app being closed.
    pub token_storage: TokenStorage,
    /// What a logout of this app ends.
    pub logout: LogoutScope,
}

/// The access tokens of one app for one API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenPolicy {
    /// The audience.
    pub api: ApiId,
    /// How long each token lives, before the session may cap it.
    pub lifetime: Lifetime,
}

/// An access token's lifetime: the same for each, or drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Always this.
    Fixed(Limit),
    /// Any whole millisecond from `min` to `max`, both included, equally likely.
    Between {
        /// The shortest.
        min: Span,
        /// The longest.
        max: Span,
    },
}

/// An app's own session (its cookie).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppSession {
    /// It has none: its tokens are all that counts.
    None,
    /// It lasts as long as the ID token.
    IdToken,
    /// It has limits of its own.
    Own {
        /// Sliding with every use.
        idle_timeout: Limit,
        /// Counted from its start.
        absolute_timeout: Limit,
    },
}

/// Limits of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Since its last use.
    pub idle_lifetime: Limit,
    /// Since a login or a silent authentication gave its family.
    pub absolute_lifetime: Limit,
    /// Whether it dies with the IdP session it came with.
    pub bound_to_session: bool,
    /// A use renews the idle lifetime only when the last renewal was so long ago.
    pub renew_after: Span,
    /// Each use gives a new token in place of the old one (RFC 9700 §4.14.2). Clients keep the
    /// newest, so that it makes no difference to what they are answered.
    pub rotation: bool,
    /// How long a token that was rotated out is still answered, for clients that lost the answer.
    pub reuse_leeway: Span,
}

/// The client's strategy of renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renew {
    /// When a use finds the token spent.
    OnUse,
    /// By a timer, as long as the app is open.
    WhileOpen,
}

/// Where a client keeps its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStorage {
    /// They survive the app being closed.
    Persistent,
    /// They are gone once the app is closed.
    Memory,
}

/// What a logout ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutScope {
    /// The app alone.
    App,
    /// The app and the IdP session.
    Sso,
    /// The agent's other apps as well.
    Everywhere,
}

impl Policy {
    /// A policy for `apps`, which stand by [`AppId`].
    ///
    /// # Panics
    /// If an app has no token policy, or its default API is not among its tokens.
    pub fn new(session: SessionPolicy, stay_open: Span, apps: Vec<AppPolicy>) -> Self {
        let tick = Clock::default().tick;
        let mut layout = Layout { apis: Vec::new(), first_slots: vec![0], tick };
        for app in &apps {
            assert!(
                app.tokens.iter().any(|token| token.api == app.default_api),
                "an app's default API is one of its APIs"
            );
            layout.apis.extend(app.tokens.iter().map(|token| token.api));
            layout.first_slots.push(layout.apis.len());
        }
        Self { session, stay_open, apps, layout }
    }

    /// The same policy at a provider whose instants are whole ticks. Limits have to be
    /// [worked out](Clock::limit) by the same clock.
    ///
    /// # Panics
    /// If the tick is shorter than a millisecond.
    #[must_use]
    pub fn with_tick(mut self, tick: Span) -> Self {
        assert!(tick >= Span::from_millis(1), "time goes on");
        self.layout.tick = tick;
        self
    }

    /// Every app, by [`AppId`].
    pub fn apps(&self) -> &[AppPolicy] {
        &self.apps
    }

    /// The policy of one app.
    #[inline]
    pub fn app(&self, app: AppId) -> &AppPolicy {
        &self.apps[app.index()]
    }

    /// Where an agent's tokens stand.
    #[inline]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Whether some app gets refresh tokens.
    pub fn has_refresh_tokens(&self) -> bool {
        self.apps.iter().any(|app| app.refresh_token.is_some())
    }

    /// Whether anything can happen without a record of the trace.
    pub fn has_timers(&self) -> bool {
        self.stay_open > Span::ZERO
            && self.apps.iter().any(|app| app.renew == Renew::WhileOpen || app.keep_alive.is_some())
    }
}

impl AppPolicy {
    /// An app with these tokens, the first of them its default, and SPEC 3's defaults for the
    /// rest.
    ///
    /// # Panics
    /// If `tokens` is empty.
    pub fn new(tokens: Vec<TokenPolicy>) -> Self {
        Self {
            default_api: tokens[0].api,
            tokens,
            id_token_lifetime: Limit::NONE,
            session: AppSession::None,
            refresh_token: None,
            renew: Renew::OnUse,
            renew_ahead: Span::ZERO,
            keep_alive: None,
            token_storage: TokenStorage::Persistent,
            logout: LogoutScope::Sso,
        }
    }
}

impl Layout {
    /// The instant as the provider keeps it.
    #[inline(always)]
    pub fn kept(&self, at: Instant) -> Instant {
        kept(self.tick, at)
    }

    /// The length of the provider's tick.
    pub fn tick(&self) -> Span {
        self.tick
    }

    /// How many access tokens an agent can hold at most.
    #[inline]
    pub fn slots(&self) -> usize {
        self.apis.len()
    }

    /// The slots of one app.
    #[inline]
    pub fn slots_of(&self, app: AppId) -> Range<usize> {
        self.first_slots[app.index()]..self.first_slots[app.index() + 1]
    }

    /// The API that the token in `slot` is for.
    #[inline]
    pub fn api(&self, slot: usize) -> ApiId {
        self.apis[slot]
    }

    /// The slot of `app` for `api`, if the app uses that API.
    #[inline]
    pub fn slot(&self, app: AppId, api: ApiId) -> Option<usize> {
        self.slots_of(app).find(|&slot| self.apis[slot] == api)
    }
}

impl SlidesOn {
    /// What SPEC 3 says where a scenario says nothing: logins and silent authentications.
    pub const DEFAULT: Self = Self { silent: true, refresh: false, r#use: false, failed: false };
}

impl SessionPolicy {
    /// A session with these limits, and SPEC 3's defaults for the rest.
    pub const fn new(idle_timeout: Limit, absolute_timeout: Limit) -> Self {
        Self {
            idle_timeout,
            absolute_timeout,
            slides_on: SlidesOn::DEFAULT,
            slide_interval: Span::ZERO,
            persistent: true,
            caps_tokens: false,
            binds_access_tokens: BindsAccessTokens::None,
        }
    }

    /// When a session that began at `created` and was last renewed at `slid` ends by itself.
    #[inline]
    pub fn expiry(&self, created: Instant, slid: Instant) -> Instant {
        (slid + self.idle_timeout).min(created + self.absolute_timeout)
    }
}

impl RefreshToken {
    /// A refresh token with these limits, and SPEC 3's defaults for the rest.
    pub const fn new(idle_lifetime: Limit, absolute_lifetime: Limit) -> Self {
        Self {
            idle_lifetime,
            absolute_lifetime,
            bound_to_session: false,
            renew_after: Span::ZERO,
            rotation: false,
            reuse_leeway: Span::ZERO,
        }
    }

    /// When a token of a family begun at `family` and last used at `last` expires.
    #[inline]
    pub fn expiry(&self, family: Instant, last: Instant) -> Instant {
        (last + self.idle_lifetime).min(family + self.absolute_lifetime)
    }
}

impl Lifetime {
    /// The lifetime that 64 random bits choose; the bits are asked for only where they matter.
    #[inline]
    pub fn choose(self, bits: impl FnOnce() -> u64) -> Limit {
        match self {
            Self::Fixed(limit) => limit,
            Self::Between { min, max } => {
                let width = (max.as_millis() - min.as_millis() + 1) as u128;
                // Multiply-shift: every value of the range within 2^-64 of equally likely.
                let offset = (u128::from(bits()) * width) >> 64;
                Limit::of(Span::from_millis(min.as_millis() + offset as i64))
            }
        }
    }
}
