//! Who may ask: the clients, how they authenticate, and where browsers may be sent back to.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::{Host, Url, form_urlencoded};

use super::answer::Asked;
use super::error::OAuthError;
use super::params::Params;
use super::seal::same;
use crate::model::AppId;

/// How a client authenticates at the token endpoint (RFC 6749 §2.3, RFC 7591 §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuth {
    /// Not at all: a public client, which must use PKCE.
    #[default]
    None,
    /// By HTTP Basic.
    Basic,
    /// By `client_secret` in the form.
    Post,
}

/// One client, as whoever runs the server sets it up.
#[derive(Clone, Debug, Default)]
pub struct ClientSettings {
    /// Its identifier.
    pub client_id: String,
    /// How it authenticates.
    pub auth: ClientAuth,
    /// Its secret, if it has one.
    pub secret: Option<String>,
    /// Where browsers may be sent back to. Without any, and only while the server itself is reached
    /// by loopback alone, every `http` URL whose host is `127.0.0.1`, `[::1]` or `localhost` will do.
    pub redirect_uris: Vec<String>,
    /// The same after a logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// The scopes that it may be granted beside OpenID Connect's own, separated by spaces.
    pub scope: String,
}

/// A client, ready to be asked about.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: Box<str>,
    auth: ClientAuth,
    secret: Option<[u8; 32]>,
    redirect_uris: Uris,
    post_logout_redirect_uris: Uris,
}

#[derive(Debug)]
enum Uris {
    Exactly(Vec<String>),
    AnyLoopback,
}

/// All of them, by app and by `client_id`.
#[derive(Debug)]
pub(super) struct Clients {
    all: Vec<Client>,
    by_id: HashMap<Box<str>, AppId>,
}

const UNKNOWN: OAuthError = OAuthError::invalid_client("the client is unknown");

impl Client {
    fn new(settings: &ClientSettings, loopback: bool) -> Self {
        let uris = |listed: &[String]| match listed.is_empty() && loopback {
            true => Uris::AnyLoopback,
            false => Uris::Exactly(listed.to_vec()),
        };
        Self {
            id: settings.client_id.as_str().into(),
            auth: settings.auth,
            secret: settings.secret.as_deref().map(hashed),
            redirect_uris: uris(&settings.redirect_uris),
            post_logout_redirect_uris: uris(&settings.post_logout_redirect_uris),
        }
    }

    pub(super) fn is_public(&self) -> bool {
        self.auth == ClientAuth::None
    }

    pub(super) fn may_redirect_to(&self, uri: &str) -> bool {
        self.redirect_uris.contain(uri)
    }

    pub(super) fn may_end_at(&self, uri: &str) -> bool {
        self.post_logout_redirect_uris.contain(uri)
    }
}

impl Uris {
    /// Whether a browser may be sent to `uri`: by simple string comparison (RFC 9700 §4.1.3), but
    /// with any port where a loopback IP literal is registered (RFC 8252 §7.3).
    fn contain(&self, uri: &str) -> bool {
        // What a URL parser would mend, a browser might read as another place.
        let plain = uri.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\');
        if !plain || uri.contains('#') || uri.len() > 2_048 {
            return false;
        }
        match self {
            Self::AnyLoopback => loopback_parts(uri).is_some(),
            Self::Exactly(listed) => listed.iter().any(|own| {
                own == uri
                    || match (literal_parts(own), literal_parts(uri)) {
                        (Some(own), Some(other)) => own == other,
                        _ => false,
                    }
            }),
        }
    }
}

/// Scheme, host, path and query of an `http` URL on the loopback interface, whatever its port. The
/// two literals that RFC 8252 §7.3 names, and no other address of 127.0.0.0/8.
fn loopback_parts(uri: &str) -> Option<(Host<String>, String, Option<String>)> {
    let url = Url::parse(uri).ok()?;
    let host = match url.host()? {
        Host::Ipv4(address @ Ipv4Addr::LOCALHOST) => Host::Ipv4(address),
        Host::Ipv6(address @ Ipv6Addr::LOCALHOST) => Host::Ipv6(address),
        Host::Domain("localhost") => Host::Domain("localhost".to_owned()),
        _ => return None,
    };
    let plain = url.scheme() == "http" && url.username().is_empty() && url.password().is_none();
    plain.then(|| (host, url.path().to_owned(), url.query().map(str::to_owned)))
}

/// The same where the host is an IP literal: names may mean another place (RFC 8252 §8.3).
fn literal_parts(uri: &str) -> Option<(Host<String>, String, Option<String>)> {
    loopback_parts(uri).filter(|(host, ..)| !matches!(host, Host::Domain(_)))
}

impl Clients {
    /// The clients, by app.
    pub(super) fn new(settings: &[ClientSettings], loopback: bool) -> Self {
        let all: Vec<Client> = settings.iter().map(|one| Client::new(one, loopback)).collect();
        let by_id = all.iter().enumerate().map(|(app, one)| (one.id.clone(), AppId::new(app)));
        Self { by_id: by_id.collect(), all }
    }

    pub(super) fn client(&self, app: AppId) -> &Client {
        &self.all[app.index()]
    }

    pub(super) fn find(&self, id: &str) -> Option<AppId> {
        self.by_id.get(id).copied()
    }

    /// The client that asks at an endpoint of the back channel (RFC 6749 §2.3 and §3.2.1).
    ///
    /// # Errors
    /// `invalid_client` if it is unknown or does not authenticate as it should; `invalid_request`
    /// if it does so in two ways.
    pub(super) fn authenticated(
        &self,
        asked: &Asked<'_>,
        params: &Params<'_>,
    ) -> Result<AppId, OAuthError> {
        let by_header = asked.header(&AUTHORIZATION).and_then(basic_credentials);
        let (id, secret, way) = match (&by_header, params.get("client_secret")) {
            (Some(_), Some(_)) => {
                return Err(OAuthError::invalid_request("the client authenticates in two ways"));
            }
            (Some((id, secret)), None) => (id.as_str(), secret.as_str(), ClientAuth::Basic),
            (None, Some(secret)) => {
                (params.get("client_id").ok_or(UNKNOWN)?, secret, ClientAuth::Post)
            }
            (None, None) => (params.get("client_id").ok_or(UNKNOWN)?, "", ClientAuth::None),
        };
        if params.get("client_id").is_some_and(|other| other != id) {
            return Err(OAuthError::invalid_request("two clients are named"));
        }
        let app = self.find(id).ok_or(UNKNOWN)?;
        let client = self.client(app);
        if client.auth != way {
            return Err(OAuthError::invalid_client("the client must authenticate in another way"));
        }
        match &client.secret {
            _ if client.is_public() => Ok(app),
            Some(own) if same(own, &hashed(secret)) => Ok(app),
            _ => Err(OAuthError::invalid_client("the client's secret is wrong")),
        }
    }
}

/// Secrets are compared, and kept, as their hashes: all of the same length.
pub(super) fn hashed(secret: &str) -> [u8; 32] {
    digest(&SHA256, secret.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// The identifier and the secret of HTTP Basic, which RFC 6749 §2.3.1 has form-encoded.
fn basic_credentials(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |part: &str| {
        // `=` and `&` cannot stand in a form-encoded value: the whole part is one key.
        let mut pairs = form_urlencoded::parse(part.as_bytes());
        match (pairs.next(), pairs.next()) {
            (Some((key, value)), None) if value.is_empty() && !part.contains('=') => {
                key.into_owned()
            }
            _ => part.to_owned(),
        }
    };
    Some((decoded(id), decoded(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(redirect_uris: &[&str], loopback: bool) -> Client {
        let redirect_uris = redirect_uris.iter().map(|uri| (*uri).to_owned()).collect();
        Client::new(&ClientSettings { redirect_uris, ..ClientSettings::default() }, loopback)
    }

    #[test]
    fn rfc9700_4_1_3_redirect_uris_are_compared_character_by_character() {
        let client = client(&["https://app.example/cb"], true);
        assert!(client.may_redirect_to("https://app.example/cb"));
        for other in [
            "https://app.example/cb/",
            "https://app.example/cb?x=1",
            "https://app.example/cb#x",
            "https://APP.example/cb",
            "https://app.example:443/cb",
            "https://app.example.evil/cb",
            "http://app.example/cb",
            "http://127.0.0.1/cb",
            "",
        ] {
            assert!(!client.may_redirect_to(other), "{other}");
        }
    }

    #[test]
    fn rfc8252_7_3_a_loopback_literal_goes_with_any_port() {
        let client =
            client(&["http://127.0.0.1/cb", "http://[::1]:7/cb", "http://localhost/cb"], true);
        for good in ["http://127.0.0.1:51004/cb", "http://[::1]:51004/cb", "http://localhost/cb"] {
            assert!(client.may_redirect_to(good), "{good}");
        }
        for other in ["http://127.0.0.1:1/other", "http://localhost:1/cb", "https://127.0.0.1/cb"] {
            assert!(!client.may_redirect_to(other), "{other}");
        }
    }

    #[test]
    fn without_a_list_only_this_machine_will_do_and_only_on_this_machine() {
        let open = client(&[], true);
        for good in ["http://127.0.0.1:3/a/b?c=d", "http://[::1]/x", "http://localhost:8080/"] {
            assert!(open.may_redirect_to(good), "{good}");
        }
        for other in [
            "http://evil.example/",
            "http://127.0.0.1@evil.example/",
            "http://user:word@127.0.0.1/",
            "http://localhost.evil.example/",
            "http://127.0.0.1\\@evil.example/",
            "http://127.0.0.0:7/callback",
            "https://127.0.0.1/",
            "javascript:alert(1)",
            "http://127.0.0.1/#f",
            "http://127.0.0.1/ x",
            "//127.0.0.1/",
        ] {
            assert!(!open.may_redirect_to(other), "{other}");
        }
        assert!(!client(&[], false).may_redirect_to("http://127.0.0.1/cb"));
    }

    #[test]
    fn rfc6749_2_3_1_basic_credentials_are_form_encoded() {
        let header = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let some = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(basic_credentials(&header("a%3Ab:c+d%26")), some("a:b", "c d&"));
        assert_eq!(basic_credentials(&header("web:p=q")), some("web", "p=q"));
        assert_eq!(basic_credentials(&header("web:")), some("web", ""));
        assert_eq!(basic_credentials("Basic ???"), None);
        assert_eq!(basic_credentials("Bearer abc"), None);
    }
}
