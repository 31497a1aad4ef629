//! Cookies: which browser a request comes from.

use axum::http::HeaderValue;
use axum::http::header::COOKIE;

use super::answer::Asked;
use super::seal::{Purpose, random};
use super::state::Server;
use super::store::Handle;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// As long as a cookie may live (RFC 6265bis §5.5): 400 days. How long the session lives the policy
/// says; the cookie has to outlive it, so that the browser is known again and the login's cause with
/// it.
const MAX_AGE: &str = "; Max-Age=34560000";

/// A browser that was here before, and the session that its cookie is of. A cookie from before the
/// latest login still tells whose browser it is, but opens nothing: a stolen one does not come to
/// life again when its owner logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visitor {
    pub(super) handle: Handle,
    pub(super) session: u32,
}

impl Server {
    /// The browser that a request comes from.
    pub(super) fn visitor(&self, asked: &Asked<'_>) -> Option<Visitor> {
        let payload: [u8; 12] =
            self.seal.open(Purpose::Cookie, cookie(asked, &self.cookies.session)?)?;
        let (handle, session) = payload.split_at(8);
        Some(Visitor {
            handle: Handle::from_bytes(handle.try_into().expect("eight bytes")),
            session: u32::from_be_bytes(session.try_into().expect("four bytes")),
        })
    }

    /// The cookie of a browser with a new session, for `Set-Cookie`.
    pub(super) fn session_cookie(&self, visitor: Visitor) -> HeaderValue {
        let mut payload = [0; 12];
        payload[..8].copy_from_slice(&visitor.handle.to_bytes());
        payload[8..].copy_from_slice(&visitor.session.to_be_bytes());
        let value = self.seal.close(Purpose::Cookie, &payload);
        // A session that a browser close ends is the browser's to forget.
        let age = if self.policy.session.persistent { MAX_AGE } else { "" };
        self.cookie(&self.cookies.session, &value, age)
    }

    /// The nonce that ties a form to a browser: the one that it has, or a new one with its cookie.
    pub(super) fn form_nonce(&self, asked: &Asked<'_>) -> (String, Option<HeaderValue>) {
        if let Some(nonce) = self.sent_form_nonce(asked) {
            return (nonce.to_owned(), None);
        }
        let nonce = URL_SAFE_NO_PAD.encode(random::<16>());
        let cookie = self.cookie(&self.cookies.form, &nonce, "");
        (nonce, Some(cookie))
    }

    /// The nonce that a form's browser sends.
    pub(super) fn sent_form_nonce<'a>(&self, asked: &Asked<'a>) -> Option<&'a str> {
        cookie(asked, &self.cookies.form).filter(|nonce| {
            nonce.len() == 22
                && nonce.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        })
    }

    fn cookie(&self, name: &str, value: &str, age: &str) -> HeaderValue {
        let path = if self.issuer.path.is_empty() { "/" } else { &self.issuer.path };
        let secure = if self.issuer.secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{age}{secure}");
        HeaderValue::from_str(&text).expect("an issuer's path is visible ASCII")
    }
}

/// The value of a cookie that a request brings.
fn cookie<'a>(asked: &Asked<'a>, name: &str) -> Option<&'a str> {
    let headers = asked.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    headers
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(own, _)| *own == name)
        .map(|(_, value)| value)
}
