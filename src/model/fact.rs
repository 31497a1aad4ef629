//! What happened: the small `Copy` values that `decide` returns, `apply` makes so, and the
//! event log keeps in order.

use super::{ApiId, AppId, Instant};

/// One thing that happened to one agent at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A use, a background record or a timer went one of its ways.
    Access(Access),
    /// The user logged out of `app`.
    LoggedOut {
        /// The app that is now closed.
        app: AppId,
        /// Whether the agent's other apps lost what they held too.
        everywhere: bool,
        /// Whether a valid IdP session ended.
        ends_session: bool,
    },
    /// The browser was closed, and every app with it.
    BrowserClosed {
        /// Whether a valid IdP session ended.
        ends_session: bool,
    },
    /// An administrator took back the user's sessions and refresh tokens; one fact for each agent.
    Revoked {
        /// Whether a valid IdP session ended.
        ends_session: bool,
    },
}

/// How one access went, and everything that it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The client.
    pub app: AppId,
    /// The resource server that the access token is for.
    pub api: ApiId,
    /// Who or what asked.
    pub initiator: Initiator,
    /// What it turned into.
    pub outcome: Outcome,
    /// Why there was no session, where one was missed.
    pub cause: Option<LoginCause>,
    /// Why the refresh token did not serve, where one was wanted.
    pub refresh_cause: Option<RefreshCause>,
    /// The app was closed before.
    pub opened: bool,
    /// Tokens that the app had kept in memory were gone.
    pub tokens_lost: bool,
    /// The client tried an unusable refresh token and was refused: one failed request.
    pub refresh_refused: bool,
    /// The API asked the IdP about the token (RFC 7662).
    pub introspected: bool,
    /// Until when the app is open now.
    pub open_until: Instant,
    /// The `exp` of the access token in force; [`Instant::LONG_AGO`] where the access was denied.
    pub access_token_exp: Instant,
    /// The `exp` of the new ID token, if it got one.
    pub id_token_exp: Option<Instant>,
    /// What became of the refresh token.
    pub refresh_token: RefreshTokenChange,
    /// When the new app session ends unless it is used, if one began.
    pub app_session_started: Option<Instant>,
    /// What became of the IdP session.
    pub session: SessionChange,
}

/// Who or what asks for an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Initiator {
    /// A person.
    Use,
    /// The app by itself, as the trace recorded it (a poll).
    Background,
    /// The client's timer before an access token's `exp`.
    Renewal,
    /// The client's periodic silent authentication.
    KeepAlive,
}

/// What an access turns into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The access token was still good: nothing was asked of the IdP.
    Valid,
    /// A refresh grant (RFC 6749 §6).
    Refresh,
    /// A silent authentication (OpenID Connect Core §3.1.2.1, `prompt=none`).
    Silent,
    /// An interactive login.
    Login,
    /// A person would have been needed, and nobody was there: one failed request.
    Denied,
}

/// Why there was no valid IdP session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoginCause {
    /// There had been no login before.
    First,
    /// The idle timeout was reached.
    Idle,
    /// The absolute timeout was reached.
    Absolute,
    /// The browser was closed on a session that is not persistent.
    Closed,
    /// The user logged out.
    Logout,
    /// An administrator revoked it.
    Revoked,
}

/// Why a refresh token did not serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefreshCause {
    /// The app's own session had to begin anew: refreshing was not even tried.
    AppSession,
    /// The app has none, or got none yet.
    None,
    /// It was revoked.
    Revoked,
    /// It was kept in memory and is gone.
    Lost,
    /// Its idle lifetime was reached.
    Idle,
    /// Its absolute lifetime was reached.
    Absolute,
    /// It is bound to a session that is over.
    Session,
}

/// What an access did to the app's refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshTokenChange {
    /// Nothing.
    None,
    /// A new family began.
    Issued {
        /// When it expires unless it is used.
        expires_at: Instant,
    },
    /// It was used, and its idle lifetime began anew.
    Used {
        /// When it expires unless it is used again.
        expires_at: Instant,
    },
}

/// What an access did to the IdP session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// Nothing.
    None,
    /// A login made a new one.
    Started {
        /// When it ends unless it is renewed.
        expires_at: Instant,
    },
    /// Its idle window was renewed.
    Renewed {
        /// When it ends unless it is renewed again.
        expires_at: Instant,
    },
}

/// The words of SPEC 4 and 8, as they stand in logs and tables.
macro_rules! words {
    ($name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $name {
            /// Every one, in the order of the tables.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its word in logs and tables.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The one that `word` names.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(Outcome {
    Valid => "valid", Refresh => "refresh", Silent => "silent", Login => "login", Denied => "denied",
});
words!(LoginCause {
    First => "first", Idle => "idle", Absolute => "absolute", Closed => "closed",
    Logout => "logout", Revoked => "revoked",
});
words!(RefreshCause {
    AppSession => "app_session", None => "none", Revoked => "revoked", Lost => "lost",
    Idle => "idle", Absolute => "absolute", Session => "session",
});

impl Access {
    /// An access that changes nothing yet.
    #[inline]
    pub const fn begun(app: AppId, api: ApiId, initiator: Initiator) -> Self {
        Self {
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
}

impl LoginCause {
    /// Whether the policy forced the login: SPEC 1's re-login.
    #[inline]
    pub const fn is_relogin(self) -> bool {
        matches!(self, Self::Idle | Self::Absolute | Self::Closed)
    }
}

impl Initiator {
    /// Whether its requests count as background ones (SPEC 7).
    #[inline]
    pub const fn is_background(self) -> bool {
        !matches!(self, Self::Use)
    }
}

impl Outcome {
    /// Whether the IdP answered with tokens.
    #[inline]
    pub const fn got_tokens(self) -> bool {
        matches!(self, Self::Refresh | Self::Silent | Self::Login)
    }
}
