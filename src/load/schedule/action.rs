//! One thing that a virtual user has to do, packed: sixteen bytes, so that a day of a large
//! tenant fits into memory.

use crate::load::Kind;
use crate::model::{ApiId, AppId};

/// What a virtual user has to do, and when.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Action {
    /// Microseconds from the begin of the test.
    offset: u64,
    user: u32,
    app: u16,
    /// The kind in the three lowest bits, then two flags, above them the API.
    rest: u16,
}

/// A refresh token is tried first, and refused.
const REFUSED: u16 = 1 << 3;
/// The browser has nothing of an earlier session any more.
const FRESH: u16 = 1 << 4;
const API: u32 = 5;

impl Action {
    /// How many APIs a schedule can tell apart.
    pub const MAX_APIS: usize = (u16::MAX >> API) as usize;

    /// What the virtual user of that number does `offset` microseconds after the begin.
    pub fn new(offset: u64, user: usize, kind: Kind, app: AppId, api: ApiId) -> Self {
        let api = (api.index().min(Self::MAX_APIS) as u16) << API;
        let user = u32::try_from(user).expect("agents are counted in 32 bits");
        Self { offset, user, app: app.index() as u16, rest: api | kind as u16 }
    }

    /// The same, after an attempt with a refresh token that is refused.
    #[must_use]
    pub fn refused_before(self) -> Self {
        Self { rest: self.rest | REFUSED, ..self }
    }

    /// The same, in a browser that has nothing of an earlier session.
    #[must_use]
    pub fn in_fresh_browser(self) -> Self {
        Self { rest: self.rest | FRESH, ..self }
    }

    /// The same at another time.
    #[must_use]
    pub fn at(self, offset: u64) -> Self {
        Self { offset, ..self }
    }

    /// The same by another virtual user.
    #[must_use]
    pub fn by(self, user: usize) -> Self {
        Self { user: user as u32, ..self }
    }

    /// When it is to begin: microseconds after the test's begin.
    pub fn offset(self) -> u64 {
        self.offset
    }

    /// The number of the virtual user.
    pub fn user(self) -> usize {
        self.user as usize
    }

    /// What it is to be.
    pub fn kind(self) -> Kind {
        Kind::ALL[usize::from(self.rest & 7)]
    }

    /// The client.
    pub fn app(self) -> AppId {
        AppId::from_number(self.app)
    }

    /// The resource server that the access token is for.
    pub fn api(self) -> ApiId {
        ApiId::from_number(self.rest >> API)
    }

    /// Whether a refresh token is tried first, and refused: one `failed` request more.
    pub fn is_refused_before(self) -> bool {
        self.rest & REFUSED != 0
    }

    /// Whether the browser has nothing of an earlier session.
    pub fn is_in_fresh_browser(self) -> bool {
        self.rest & FRESH != 0
    }
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let refused = if self.is_refused_before() { " after a refusal" } else { "" };
        let fresh = if self.is_in_fresh_browser() { " in a fresh browser" } else { "" };
        let Self { offset, user, app, .. } = self;
        let (kind, api) = (self.kind().word(), self.api().index());
        write!(f, "{offset}us: user {user} app {app} api {api} {kind}{refused}{fresh}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_small_and_keeps_what_it_is_given() {
        assert_eq!(size_of::<Action>(), 16);
        for kind in Kind::ALL {
            let action = Action::new(7, 4_000_000_000, kind, AppId::new(65_000), ApiId::new(2_000));
            let action = action.refused_before().in_fresh_browser();
            assert_eq!((action.offset(), action.user(), action.kind()), (7, 4_000_000_000, kind));
            assert_eq!((action.app(), action.api()), (AppId::new(65_000), ApiId::new(2_000)));
            assert!(action.is_refused_before() && action.is_in_fresh_browser());
        }
    }
}
