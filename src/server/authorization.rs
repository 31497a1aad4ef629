//! An authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1), read and checked, and
//! the way back to the client.

use axum::http::StatusCode;
use url::form_urlencoded::{self, byte_serialize};

use super::answer::Answer;
use super::error::OAuthError;
use super::jwt::session_of;
use super::pages;
use super::params::Params;
use super::scopes::Scopes;
use super::state::Server;
use super::store::Handle;
use crate::model::{ApiId, AppId};

/// What a client asks a person's browser to bring.
pub(super) struct Authorization<'a> {
    pub(super) app: AppId,
    pub(super) api: ApiId,
    pub(super) back: Back<'a>,
    pub(super) scopes: Scopes,
    pub(super) nonce: Option<&'a str>,
    pub(super) challenge: Option<&'a str>,
    /// `prompt=none`: nobody may be asked.
    pub(super) silent: bool,
    /// `prompt=login`: somebody must be.
    pub(super) anew: bool,
    /// `max_age`, in seconds.
    pub(super) max_age: Option<i64>,
    pub(super) hint: Option<Hint>,
    pub(super) login_hint: Option<&'a str>,
}

/// Whom an `id_token_hint` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    pub(super) subject: String,
    pub(super) client: String,
    /// The browser and its session.
    pub(super) session: Option<(Handle, u32)>,
}

/// Where an answer goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Back<'a> {
    pub(super) redirect_uri: &'a str,
    state: Option<&'a str>,
    mode: Mode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Query,
    Fragment,
    FormPost,
}

/// An authorization request that gets no login.
pub(super) enum Refused<'a> {
    /// The client or its redirect URI is not known: nobody is sent anywhere (RFC 6749 §4.1.2.1).
    Here(OAuthError),
    /// The client is told.
    Back(Back<'a>, OAuthError),
}

/// Longer values of `state` and `nonce` than any client needs are refused.
const LONGEST: usize = 2_048;

impl<'a> Authorization<'a> {
    /// Reads and checks a request.
    pub(super) fn read(server: &Server, params: &'a Params<'_>) -> Result<Self, Refused<'a>> {
        let here = |description| Refused::Here(OAuthError::invalid_request(description));
        if params.repeats(&["client_id", "redirect_uri"]) {
            return Err(here("client_id or redirect_uri is included more than once"));
        }
        let id = params.get("client_id").ok_or_else(|| here("client_id is missing"))?;
        let app = server.clients.find(id).ok_or(Refused::Here(OAuthError::new(
            "invalid_request",
            "the client is unknown: client_id is none of this server's",
        )))?;
        let client = server.clients.client(app);
        let uri = params.get("redirect_uri").ok_or_else(|| here("redirect_uri is missing"))?;
        if !client.may_redirect_to(uri) {
            return Err(here("redirect_uri is none of the client's"));
        }
        let state = params.get("state").filter(|state| state.len() <= LONGEST);
        let mode = match params.get("response_mode") {
            Some("fragment") => Mode::Fragment,
            Some("form_post") => Mode::FormPost,
            _ => Mode::Query,
        };
        let back = Back { redirect_uri: uri, state, mode };
        Self::read_rest(server, params, (app, back)).map_err(|error| Refused::Back(back, error))
    }

    /// What can be told to the client when it is wrong.
    fn read_rest(
        server: &Server,
        params: &'a Params<'_>,
        (app, back): (AppId, Back<'a>),
    ) -> Result<Self, OAuthError> {
        params.once_each()?;
        check_features(params)?;
        let challenge = challenge(params, server.clients.client(app).is_public())?;
        let prompts: Vec<&str> = params.get("prompt").unwrap_or_default().split(' ').collect();
        let silent = prompts.contains(&"none");
        if silent && prompts.len() > 1 {
            return Err(OAuthError::invalid_request("prompt=none stands alone"));
        }
        let max_age = params.get("max_age").map(|age| {
            let digits = age.len() <= 18 && age.bytes().all(|byte| byte.is_ascii_digit());
            let seconds = age.parse::<i64>().ok().filter(|_| digits);
            seconds.ok_or(OAuthError::invalid_request("max_age is no number of seconds"))
        });
        let hint = params.get("id_token_hint").map(|token| Hint::read(server, token));
        let named = params.get("resource").or(params.get("audience"));
        Ok(Self {
            app,
            api: server.api(app, named, None)?,
            back,
            scopes: server.scopes.read(params.get("scope").unwrap_or_default()),
            nonce: params.get("nonce"),
            challenge,
            silent,
            anew: prompts.iter().any(|prompt| matches!(*prompt, "login" | "select_account")),
            max_age: max_age.transpose()?,
            hint: hint.transpose()?,
            login_hint: params.get("login_hint").filter(|hint| hint.len() <= 128),
        })
    }
}

/// What this server does not do is refused by its own code, not passed over.
fn check_features(params: &Params<'_>) -> Result<(), OAuthError> {
    for (name, code) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        if params.get(name).is_some() {
            return Err(OAuthError::new(code, "the parameter is not supported here"));
        }
    }
    match params.get("response_type") {
        Some("code") => {}
        None => return Err(OAuthError::invalid_request("response_type is missing")),
        Some(_) => {
            let why = "only response_type=code is answered: RFC 9700 2.1.2 ends the implicit flow";
            return Err(OAuthError::new("unsupported_response_type", why));
        }
    }
    if !matches!(params.get("response_mode"), None | Some("query" | "fragment" | "form_post")) {
        let why = "response_mode is none of query, fragment and form_post";
        return Err(OAuthError::invalid_request(why));
    }
    for name in ["state", "nonce"] {
        if params.get(name).is_some_and(|value| value.len() > LONGEST) {
            return Err(OAuthError::invalid_request("state or nonce is too long"));
        }
    }
    Ok(())
}

/// PKCE's challenge (RFC 7636 §4.3 and §4.4.1), which public clients must send (RFC 9700 §2.1.1).
fn challenge<'a>(params: &'a Params<'_>, public: bool) -> Result<Option<&'a str>, OAuthError> {
    let challenge = params.get("code_challenge");
    let method = params.get("code_challenge_method");
    match challenge {
        None if public => Err(OAuthError::invalid_request("code_challenge is required (RFC 7636)")),
        None if method.is_some() => Err(OAuthError::invalid_request("code_challenge is missing")),
        None => Ok(None),
        Some(_) if method != Some("S256") => {
            Err(OAuthError::invalid_request("code_challenge_method must be S256"))
        }
        Some(challenge) if challenge.len() == 43 && challenge.bytes().all(is_base64url) => {
            Ok(Some(challenge))
        }
        Some(_) => Err(OAuthError::invalid_request("code_challenge is no SHA-256 in base64url")),
    }
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

impl Hint {
    /// Reads an ID token of ours.
    pub(super) fn read(server: &Server, token: &str) -> Result<Self, OAuthError> {
        let read = server.writer.read_hint(&server.key, token, |claims| Self {
            subject: claims.sub.to_string(),
            client: claims.aud.to_string(),
            session: session_of(claims.sid),
        });
        read.ok_or(OAuthError::invalid_request("id_token_hint is no ID token of this server"))
    }
}

impl Back<'_> {
    /// The answer that carries `name=value`, `state` and the issuer (RFC 9207) to the client.
    pub(super) fn answer(
        &self,
        server: &Server,
        pairs: &[(&str, &str)],
        outcome: &'static str,
    ) -> Answer {
        let state = self.state.map(|state| ("state", state));
        let issuer = ("iss", server.issuer.text.as_str());
        let all = pairs.iter().copied().chain(state).chain([issuer]);
        if self.mode == Mode::FormPost {
            return pages::form_post(self.redirect_uri, all, outcome);
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(all);
        let separator = match self.mode {
            Mode::Fragment => '#',
            _ if self.redirect_uri.contains('?') => '&',
            _ => '?',
        };
        Answer::redirect(&format!("{}{separator}{}", self.redirect_uri, query.finish()), outcome)
    }

    /// The origin that a form may lead to in the end, for a content security policy.
    pub(super) fn origin(&self) -> String {
        match url::Url::parse(self.redirect_uri) {
            Ok(url) if url.origin().is_tuple() => url.origin().ascii_serialization(),
            // A private-use scheme (RFC 8252 §7.1).
            Ok(url) => format!("{}:", url.scheme()),
            Err(_) => String::new(),
        }
    }
}

impl Refused<'_> {
    pub(super) fn answer(&self, server: &Server) -> Answer {
        match self {
            Self::Here(error) => pages::error(StatusCode::BAD_REQUEST, error),
            Self::Back(back, error) => {
                let pairs = [("error", error.code), ("error_description", error.description)];
                back.answer(server, &pairs, error.code)
            }
        }
    }
}

/// The request again, as the query of the login form's action.
pub(super) fn query_of(params: &Params<'_>) -> String {
    let mut query = String::new();
    for (name, value) in params.pairs() {
        if !query.is_empty() {
            query.push('&');
        }
        query.extend(byte_serialize(name.as_bytes()));
        query.push('=');
        query.extend(byte_serialize(value.as_bytes()));
    }
    query
}
