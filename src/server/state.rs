//! The server: what it is set up with, what it keeps, and the parts that every endpoint needs.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::{Host, Url};

use super::answer::json_text;
use super::clients::{ClientSettings, Clients, hashed};
use super::clock::Clock;
use super::error::{NO_CLOCK, OAuthError};
use super::jwt::Writer;
use super::keys::SigningKey;
use super::scopes::ScopeNames;
use super::seal::{Seal, random, same};
use super::store::{Browsers, Codes};
use super::tally::Tally;
use super::witness::{Luck, Witness};
use crate::model::{ApiId, AppId, Instant, Policy};

/// What a server is set up with.
pub struct Settings {
    /// Its issuer: an `http` or `https` URL without query and fragment. Endpoints stand below it.
    pub issuer: String,
    /// The policy. What of it is the client's strategy (when it renews, an app's own session, where
    /// it keeps tokens) should be left at its defaults: a server sees nothing of it.
    pub policy: Policy,
    /// The APIs' names, by [`ApiId`]: the audiences.
    pub apis: Vec<String>,
    /// The clients, by [`AppId`].
    pub clients: Vec<ClientSettings>,
    /// What signs the tokens.
    pub key: SigningKey,
    /// What time it is.
    pub clock: Box<dyn Clock>,
    /// How many browsers it remembers at most.
    pub max_sessions: usize,
    /// Everybody's password; without one any will do.
    pub password: Option<String>,
    /// Whether only this machine can reach it, so that redirections to this machine are safe.
    pub loopback: bool,
    /// Who is told what happens.
    pub witness: Option<Box<dyn Witness>>,
    /// Where drawn lifetimes come from.
    pub luck: Box<dyn Luck>,
}

/// Why a server can't be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The issuer is none.
    #[error(
        "{0:?} is no issuer: give an http or https URL without query and fragment, such as \
         http://127.0.0.1:9400 (OpenID Connect Discovery §3)"
    )]
    Issuer(String),
    /// Two clients have one identifier.
    #[error("two clients have the client_id {0:?}; give each app its own")]
    ClientTwice(String),
    /// A client that has to authenticate has no secret.
    #[error(
        "client {0:?} authenticates by a secret and has none; name its secret_env or secret_file"
    )]
    NoSecret(String),
}

/// The reference authorization server, without a network: [`router`](super::router) puts it behind
/// one.
pub struct Server {
    pub(super) issuer: Issuer,
    pub(super) policy: Policy,
    pub(super) apis: Vec<Api>,
    pub(super) clients: Clients,
    /// The clients' identifiers, as the insides of JSON strings, by app.
    pub(super) client_texts: Vec<Box<str>>,
    pub(super) scopes: ScopeNames,
    pub(super) key: SigningKey,
    pub(super) writer: Writer,
    pub(super) seal: Seal,
    clock: Box<dyn Clock>,
    pub(super) browsers: Browsers,
    pub(super) codes: Codes,
    password: Option<[u8; 32]>,
    pub(super) witness: Option<Box<dyn Witness>>,
    pub(super) luck: Box<dyn Luck>,
    pub(super) tally: Tally,
    pub(super) cookies: CookieNames,
}

/// An audience.
pub(super) struct Api {
    pub(super) name: Box<str>,
    /// The name, as the inside of a JSON string.
    pub(super) text: Box<str>,
}

/// Where the server stands.
pub(super) struct Issuer {
    /// As it was given.
    pub(super) text: String,
    /// The path before every endpoint: empty, or `/tenant`.
    pub(super) path: String,
    pub(super) secure: bool,
}

/// Cookies know no ports (RFC 6265 §8.5): the issuer's name in them keeps servers of one host apart.
pub(super) struct CookieNames {
    pub(super) session: String,
    pub(super) form: String,
}

impl Issuer {
    fn new(text: &str) -> Result<Self, SetupError> {
        let wrong = || SetupError::Issuer(text.to_owned());
        let url = Url::parse(text).map_err(|_| wrong())?;
        let plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && !text
                .bytes()
                .any(|byte| byte <= b' ' || byte >= 0x7f || b"\"<>\\{}".contains(&byte));
        if !plain || !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(wrong());
        }
        Ok(Self {
            text: text.to_owned(),
            path: url.path().trim_end_matches('/').to_owned(),
            secure: url.scheme() == "https",
        })
    }

    /// The URL of an endpoint.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.text.trim_end_matches('/'))
    }
}

/// Whether an issuer can be reached by loopback alone, going by its host.
pub fn is_loopback(issuer: &str) -> bool {
    let Ok(url) = Url::parse(issuer) else { return false };
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

impl Server {
    /// A server that nobody logged in at yet.
    ///
    /// # Errors
    /// If the settings do not fit together.
    pub fn new(settings: Settings) -> Result<Arc<Self>, SetupError> {
        let issuer = Issuer::new(&settings.issuer)?;
        for (place, client) in settings.clients.iter().enumerate() {
            let id = &client.client_id;
            if settings.clients[..place].iter().any(|other| other.client_id == *id) {
                return Err(SetupError::ClientTwice(id.clone()));
            }
            let needs_secret = client.auth != super::ClientAuth::None;
            if needs_secret && client.secret.as_deref().is_none_or(str::is_empty) {
                return Err(SetupError::NoSecret(id.clone()));
            }
        }
        let text = |name: &String| Box::from(json_text(name));
        let own_scopes = settings.clients.iter().flat_map(|client| client.scope.split(' '));
        Ok(Arc::new(Self {
            policy: settings.policy,
            apis: settings
                .apis
                .iter()
                .map(|name| Api { name: name.as_str().into(), text: text(name) })
                .collect(),
            client_texts: settings.clients.iter().map(|client| text(&client.client_id)).collect(),
            clients: Clients::new(&settings.clients, settings.loopback),
            scopes: ScopeNames::new(own_scopes),
            writer: Writer::new(&settings.key, &issuer.text, random()),
            key: settings.key,
            seal: Seal::new(),
            clock: settings.clock,
            browsers: Browsers::new(settings.max_sessions),
            codes: Codes::new(),
            password: settings.password.as_deref().map(hashed),
            witness: settings.witness,
            luck: settings.luck,
            tally: Tally::new(),
            cookies: CookieNames::new(&issuer.text),
            issuer,
        }))
    }

    /// What time it is.
    ///
    /// # Errors
    /// `temporarily_unavailable` if nobody can tell.
    pub(super) fn now(&self) -> Result<Instant, OAuthError> {
        self.clock.now().map_err(|_| NO_CLOCK)
    }

    /// Whether a login page's password opens the door.
    pub(super) fn lets_in(&self, password: &str) -> bool {
        self.password.as_ref().is_none_or(|own| same(own, &hashed(password)))
    }

    /// Whether any password does.
    pub(super) fn takes_any_password(&self) -> bool {
        self.password.is_none()
    }

    /// The API that a request names by RFC 8707's `resource` or by `audience`, or the app's first.
    ///
    /// # Errors
    /// `invalid_target` if the app does not use it.
    pub(super) fn api(
        &self,
        app: AppId,
        named: Option<&str>,
        default: Option<ApiId>,
    ) -> Result<ApiId, OAuthError> {
        let Some(named) = named else {
            return Ok(default.unwrap_or(self.policy.app(app).default_api));
        };
        let mut own = self.policy.app(app).tokens.iter().map(|token| token.api);
        own.find(|api| *self.apis[api.index()].name == *named)
            .ok_or(OAuthError::new("invalid_target", "the client does not use such an API"))
    }

    /// How many browsers it remembers, how many it may, and about how many bytes one takes.
    pub fn memory(&self) -> (usize, usize, usize) {
        let bytes = super::store::Browser::bytes(&self.policy);
        (self.browsers.count(), self.browsers.most(), bytes)
    }
}

impl CookieNames {
    fn new(issuer: &str) -> Self {
        let name = URL_SAFE_NO_PAD.encode(&digest(&SHA256, issuer.as_bytes()).as_ref()[..6]);
        Self { session: format!("relogin_{name}"), form: format!("relogin_form_{name}") }
    }
}

/// `sub`: the user's name, or where OpenID Connect Core §2 does not allow that (more than 255
/// characters, or others than ASCII's), its hash.
pub(super) fn subject(user: &str) -> std::borrow::Cow<'_, str> {
    if user.len() <= 255 && user.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return user.into();
    }
    URL_SAFE_NO_PAD.encode(digest(&SHA256, user.as_bytes())).into()
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("issuer", &self.issuer.text).finish_non_exhaustive()
    }
}
