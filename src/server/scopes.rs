//! Scopes (RFC 6749 §3.3), as a set of bits: a session keeps one for each refresh token.

/// Names of scopes by their bits.
#[derive(Clone, Debug)]
pub(super) struct ScopeNames(Vec<Box<str>>);

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Scopes(pub(super) u64);

/// What OpenID Connect means by them: an ID token; the user's names; a refresh token, which the
/// policy decides on.
const OWN: [&str; 3] = ["openid", "profile", "offline_access"];

impl Scopes {
    pub(super) const OPENID: Self = Self(1);
    pub(super) const PROFILE: Self = Self(2);

    pub(super) fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl ScopeNames {
    /// The scopes that OpenID Connect knows and those that clients are configured with; at most 64
    /// in all, the rest is left out.
    pub(super) fn new<'a>(configured: impl Iterator<Item = &'a str>) -> Self {
        let mut names: Vec<Box<str>> = OWN.map(Box::from).into();
        for name in configured {
            if names.len() < 64 && is_token(name) && !names.iter().any(|known| **known == *name) {
                names.push(name.into());
            }
        }
        Self(names)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|name| &**name)
    }

    /// The scopes of a space-separated list that are known; others are left out, as OpenID Connect
    /// Core §3.1.2.1 has it, and the answer says what was granted (RFC 6749 §3.3).
    pub(super) fn read(&self, list: &str) -> Scopes {
        let bit = |name: &str| self.0.iter().position(|known| **known == *name);
        let bits = list.split(' ').filter_map(bit);
        Scopes(bits.fold(0, |all, bit| all | 1 << bit))
    }

    /// Appends the list that `scopes` stand for.
    pub(super) fn push(&self, out: &mut String, scopes: Scopes) {
        let mut first = true;
        for (bit, name) in self.0.iter().enumerate() {
            if scopes.0 >> bit & 1 == 1 {
                if !std::mem::take(&mut first) {
                    out.push(' ');
                }
                out.push_str(name);
            }
        }
    }
}

/// Whether it is a `scope-token` (RFC 6749 §3.3), which needs no escape in JSON.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_comes_back_once_and_in_one_order() {
        let names = ScopeNames::new(["read:orders", "openid", "bad\"one"].into_iter());
        let scopes = names.read("read:orders openid unknown read:orders  bad\"one");
        let mut text = String::new();
        names.push(&mut text, scopes);
        assert_eq!(text, "openid read:orders");
        assert!(scopes.contains(Scopes::OPENID) && !scopes.contains(Scopes::PROFILE));
    }
}
