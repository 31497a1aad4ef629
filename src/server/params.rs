//! The parameters of a request: a query or a form (`application/x-www-form-urlencoded`).

use std::borrow::Cow;

use url::form_urlencoded;

use super::error::OAuthError;

/// More of them than any request needs.
const MOST: usize = 48;

/// Parameters in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Params<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Params<'a> {
    /// Reads them. What is not UTF-8 becomes U+FFFD, which nothing here takes for anything.
    ///
    /// # Errors
    /// `invalid_request` if there are too many.
    pub(super) fn read(text: &'a [u8]) -> Result<Self, OAuthError> {
        let mut pairs = Vec::with_capacity(8);
        for pair in form_urlencoded::parse(text) {
            if pairs.len() == MOST {
                return Err(OAuthError::invalid_request("there are too many parameters"));
            }
            pairs.push(pair);
        }
        Ok(Self(pairs))
    }

    /// One of them; sent without a value it counts as left out (RFC 6749 §3.1 and §3.2).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(own, _)| own == name).map(|(_, value)| &**value);
        value.filter(|value| !value.is_empty())
    }

    /// All of them.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether one of `names` stands there more than once.
    pub(super) fn repeats(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.iter().filter(|(own, _)| own == name).count() > 1)
    }

    /// No parameter may be included more than once (RFC 6749 §3.1 and §3.2).
    ///
    /// # Errors
    /// `invalid_request` with the name of the one that is.
    pub(super) fn once_each(&self) -> Result<(), OAuthError> {
        for (place, (name, _)) in self.0.iter().enumerate() {
            if self.0[..place].iter().any(|(earlier, _)| earlier == name) {
                return Err(OAuthError::invalid_request("a parameter is included more than once"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_left_out_and_twice_is_wrong() {
        let params = Params::read(b"a=1&b=&c=x%20y+z&d=%ff").unwrap();
        assert_eq!(params.get("a"), Some("1"));
        assert_eq!(params.get("b"), None);
        assert_eq!(params.get("c"), Some("x y z"));
        assert_eq!(params.get("d"), Some("\u{fffd}"));
        assert!(params.once_each().is_ok());
        let twice = Params::read(b"a=1&b=2&a=1").unwrap();
        assert!(twice.once_each().is_err() && twice.repeats(&["a"]) && !twice.repeats(&["b"]));
    }

    #[test]
    fn endless_parameters_are_refused() {
        assert!(Params::read("a=1&".repeat(1_000).as_bytes()).is_err());
    }
}
