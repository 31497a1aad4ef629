//! An OAuth client as it is registered at the provider.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::HeaderValue;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::super::secret::Secret;

/// How a client proves itself at the token endpoint (OpenID Connect Core §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// A public client.
    None,
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
}

/// What a registration says.
#[derive(Clone, Debug)]
pub struct Registration {
    /// `client_id`.
    pub client_id: String,
    /// How it proves itself.
    pub auth: ClientAuth,
    /// Its secret, if it has one.
    pub secret: Option<Secret>,
    /// Where codes go. Nobody listens there: the answer is read from the redirect.
    pub redirect_uri: Url,
    /// Where a logout leads back to.
    pub post_logout_redirect_uri: Option<Url>,
    /// The scope that it asks for.
    pub scope: String,
    /// Further parameters of its authorization requests.
    pub parameters: Vec<(String, String)>,
}

/// A client, its unchanging parts encoded.
#[derive(Clone)]
pub struct Client {
    pub(super) registration: Registration,
    /// What every request to the token endpoint says of the client.
    pub(super) body: String,
    /// `Authorization`, for `client_secret_basic`.
    pub(super) authorization: Option<HeaderValue>,
}

/// Parameters of requests for one API (`resource`, `audience`), encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(pub(super) Box<str>);

impl Client {
    /// A client of that registration.
    pub fn new(registration: Registration) -> Self {
        let id = &registration.client_id;
        let secret = registration.secret.as_ref().map_or("", Secret::expose);
        let mut pairs = Serializer::new(String::new());
        let mut authorization = None;
        match registration.auth {
            ClientAuth::None => drop(pairs.append_pair("client_id", id)),
            ClientAuth::Post => {
                pairs.append_pair("client_id", id).append_pair("client_secret", secret);
            }
            ClientAuth::Basic => {
                // Both are encoded before (RFC 6749 §2.3.1).
                let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let both = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
                let mut header = HeaderValue::try_from(format!("Basic {both}")).ok();
                header.iter_mut().for_each(|header| header.set_sensitive(true));
                authorization = header;
            }
        }
        let body = pairs.finish();
        Self { registration, body, authorization }
    }

    /// Its registration.
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// Words that no error may tell.
    pub(super) fn secret(&self) -> &str {
        self.registration.secret.as_ref().map_or("", Secret::expose)
    }
}

impl Parameters {
    /// Encodes `pairs`.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(Serializer::new(String::new()).extend_pairs(pairs).finish().into())
    }
}

/// The encoded parts hold the secret.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("registration", &self.registration).finish_non_exhaustive()
    }
}
