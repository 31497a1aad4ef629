//! One line of a trace, packed: sixteen bytes, so that memory and cache hold many.

use crate::model::{AgentId, ApiId, AppId, Instant};

/// What somebody or something did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A person did something in an app.
    Use,
    /// An app did something by itself (a poll).
    Background,
    /// A person logged out of an app.
    Logout,
    /// The browser was closed.
    Close,
    /// An administrator revoked the user's sessions and refresh tokens.
    Revoke,
}

/// One thing that somebody did, checked and packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Record {
    at: i64,
    agent: u32,
    app: u16,
    /// The action in the three lowest bits, above them the API (all ones: none was named).
    api_action: u16,
}

const NO_APP: u16 = u16::MAX;
const NO_API: u16 = u16::MAX >> 3;

impl Record {
    /// How many apps a run can have at most.
    pub const MAX_APPS: usize = NO_APP as usize;
    /// How many APIs a run can have at most.
    pub const MAX_APIS: usize = NO_API as usize;

    /// Nothing that was done.
    #[cfg(feature = "parquet")]
    pub(super) const BLANK: Self = Self { at: 0, agent: 0, app: NO_APP, api_action: 0 };

    /// How long a record is as bytes.
    pub(super) const BYTES: usize = 16;

    /// Packs a record. `close` and `revoke` need no app; the API is the app's first if none is
    /// named.
    #[inline]
    pub fn new(
        at: Instant,
        agent: AgentId,
        action: Action,
        app: Option<AppId>,
        api: Option<ApiId>,
    ) -> Self {
        let api = api.map_or(NO_API, |api| api.index() as u16);
        Self {
            at: at.as_millis(),
            agent: agent.index() as u32,
            app: app.map_or(NO_APP, |app| app.index() as u16),
            api_action: api << 3 | action as u16,
        }
    }

    /// The same, done by `agent`.
    #[inline]
    pub(super) fn by(self, agent: AgentId) -> Self {
        Self { agent: agent.index() as u32, ..self }
    }

    /// The same, done at another time.
    #[inline]
    pub(super) fn done_at(self, at: Instant) -> Self {
        Self { at: at.as_millis(), ..self }
    }

    /// The same deed, done at `at` by the agent of that number.
    #[cfg(feature = "parquet")]
    #[inline(always)]
    pub(super) fn done(self, at: Instant, agent: u32) -> Self {
        Self { at: at.as_millis(), agent, ..self }
    }

    /// The record as bytes, for a spool file.
    #[inline]
    pub(super) fn to_bytes(self) -> [u8; Self::BYTES] {
        let rest =
            u64::from(self.agent) | u64::from(self.app) << 32 | u64::from(self.api_action) << 48;
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.at.to_le_bytes());
        bytes[8..].copy_from_slice(&rest.to_le_bytes());
        bytes
    }

    /// The record that [`Record::to_bytes`] wrote.
    #[inline]
    pub(super) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let both = u128::from_le_bytes(*bytes);
        let rest = (both >> 64) as u64;
        Self {
            at: both as i64,
            agent: rest as u32,
            app: (rest >> 32) as u16,
            api_action: (rest >> 48) as u16,
        }
    }

    /// When it was done.
    #[inline]
    pub fn at(&self) -> Instant {
        Instant::from_millis(self.at)
    }

    /// By whom, on which device.
    #[inline]
    pub fn agent(&self) -> AgentId {
        AgentId::from_number(self.agent)
    }

    /// In which app.
    #[inline]
    pub fn app(&self) -> Option<AppId> {
        (self.app != NO_APP).then_some(AppId::from_number(self.app))
    }

    /// For which API, if the record names one.
    #[inline]
    pub fn api(&self) -> Option<ApiId> {
        let api = self.api_action >> 3;
        (api != NO_API).then_some(ApiId::from_number(api))
    }

    /// What was done.
    #[inline]
    pub fn action(&self) -> Action {
        match self.api_action & 0b111 {
            0 => Action::Use,
            1 => Action::Background,
            2 => Action::Logout,
            3 => Action::Close,
            _ => Action::Revoke,
        }
    }
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] =
        [Self::Use, Self::Background, Self::Logout, Self::Close, Self::Revoke];

    /// Its word in traces.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Use => "use",
            Self::Background => "background",
            Self::Logout => "logout",
            Self::Close => "close",
            Self::Revoke => "revoke",
        }
    }

    /// The action that `word` names; the empty word is a use.
    pub fn from_word(word: &str) -> Option<Self> {
        if word.is_empty() {
            return Some(Self::Use);
        }
        Self::ALL.into_iter().find(|action| action.word() == word)
    }

    /// Whether it is done in an app, which a record must then name.
    pub const fn needs_app(self) -> bool {
        matches!(self, Self::Use | Self::Background | Self::Logout)
    }
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record")
            .field("at", &self.at)
            .field("agent", &self.agent)
            .field("action", &self.action())
            .field("app", &self.app())
            .field("api", &self.api())
            .finish()
    }
}
