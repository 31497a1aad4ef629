//! The words of the column `event`.

/// Events and their words, each pair once.
macro_rules! events {
    ($($variant:ident => $word:literal),+ $(,)?) => {
        /// What a row tells. The rows of a fact stand in this order, each at most once.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Event {
            $($variant),+
        }

        impl Event {
            pub(super) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            pub(super) fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

events! {
    // A fact begins with one of these.
    Accessed => "accessed",
    Renewed => "renewed",
    KeptAlive => "kept_alive",
    LoggedOut => "logged_out",
    BrowserClosed => "browser_closed",
    AccessRevoked => "access_revoked",
    // What a fact changed.
    AppOpened => "app_opened",
    TokensLost => "tokens_lost",
    RefreshRefused => "refresh_refused",
    SessionStarted => "session_started",
    SessionRenewed => "session_renewed",
    OtherAppsLoggedOut => "other_apps_logged_out",
    SessionEnded => "session_ended",
    IdTokenIssued => "id_token_issued",
    RefreshTokenIssued => "refresh_token_issued",
    RefreshTokenUsed => "refresh_token_used",
    AppSessionStarted => "app_session_started",
    Introspected => "introspected",
    // The log itself.
    LogOpened => "log_opened",
    BlockClosed => "block_closed",
    LogClosed => "log_closed",
}

impl Event {
    /// Whether a fact begins with it.
    pub(super) fn is_primary(self) -> bool {
        self <= Self::AccessRevoked
    }
}
