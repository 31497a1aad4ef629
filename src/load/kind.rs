//! What is asked of an authorization server, by kind.

/// A kind of request, as SPEC 7 counts them; one of them may take several HTTP requests.
///
/// The first five are those of [`crate::table::REQUEST_KINDS`], in their order. A logout is
/// predicted too, though SPEC 7 does not count it as load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// An interactive login: authorization request, form, code exchange.
    Login,
    /// A silent authentication (OpenID Connect Core §3.1.2.1, `prompt=none`) and its code exchange.
    Silent,
    /// A refresh grant (RFC 6749 §6).
    Refresh,
    /// A request that is refused: an unusable refresh token, or a silent authentication without
    /// a session.
    Failed,
    /// A resource server's question about a token (RFC 7662).
    Introspection,
    /// A logout at the authorization server (OpenID Connect RP-Initiated Logout), or the
    /// revocation of a refresh token (RFC 7009) where only the app is left.
    Logout,
}

/// How many kinds there are.
pub const KINDS: usize = 6;

impl Kind {
    /// Every one, in the order of the tables.
    pub const ALL: [Self; KINDS] =
        [Self::Login, Self::Silent, Self::Refresh, Self::Failed, Self::Introspection, Self::Logout];

    /// Its word in files and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Silent => "silent",
            Self::Refresh => "refresh",
            Self::Failed => "failed",
            Self::Introspection => "introspection",
            Self::Logout => "logout",
        }
    }

    /// The one that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Where it stands in [`Kind::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A count for each kind.
pub type ByKind<T> = [T; KINDS];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::REQUEST_KINDS;

    #[test]
    fn kinds_have_the_words_and_the_order_of_the_tables() {
        let words = Kind::ALL.map(Kind::word);
        assert_eq!(words[..REQUEST_KINDS.len()], REQUEST_KINDS);
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!((kind.index(), Kind::from_word(kind.word())), (index, Some(kind)));
        }
    }
}
