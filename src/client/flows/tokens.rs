//! The token endpoint, and questions about tokens.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Request, Uri};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use super::error::shown;
use super::id_token;
use super::registration::{Client, Parameters};
use super::{FlowError, Provider, Trip, exposed};
use crate::client::forms::Credentials;
use crate::client::secret::Secret;
use crate::client::transport::Answer;

const TOKEN: &str = "token endpoint";
const USERINFO: &str = "userinfo endpoint";
const INTROSPECTION: &str = "introspection endpoint";
const REVOCATION: &str = "revocation endpoint";

/// What a client got.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access_token: Secret,
    /// A refresh token; after a refresh only where the provider rotates it, and the former one
    /// stays good otherwise (RFC 6749 §6).
    pub refresh_token: Option<Secret>,
    /// The ID token.
    pub id_token: Option<Secret>,
    /// The access token's lifetime in seconds, as the provider told it.
    pub expires_in: Option<u64>,
}

/// What proves that a code is exchanged by whoever asked for it.
pub(super) struct Proof<'a> {
    pub(super) verifier: &'a str,
    pub(super) nonce: &'a str,
}

/// A string that is copied only where it has escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Word<'a>(#[serde(borrow)] Cow<'a, str>);

/// RFC 6749 §5.1 and §5.2.
#[derive(Deserialize)]
struct Told<'a> {
    #[serde(borrow)]
    access_token: Option<Word<'a>>,
    #[serde(borrow)]
    token_type: Option<Word<'a>>,
    #[serde(borrow)]
    refresh_token: Option<Word<'a>>,
    #[serde(borrow)]
    id_token: Option<Word<'a>>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(borrow)]
    error: Option<Word<'a>>,
    #[serde(borrow)]
    error_description: Option<Word<'a>>,
}

impl<'a> Told<'a> {
    /// Reads an answer's body; whether it is UTF-8 is looked at once for all words.
    fn read(body: &'a [u8]) -> Option<Self> {
        serde_json::from_str(std::str::from_utf8(body).ok()?).ok()
    }
}

/// RFC 7662 §2.2.
#[derive(Deserialize)]
struct Introspected {
    active: bool,
}

impl Provider {
    /// Exchanges a code (RFC 6749 §4.1.3).
    pub(super) async fn exchange(
        &self,
        client: &Client,
        api: &Parameters,
        proof: &Proof<'_>,
        code: &Secret,
        trip: &mut Trip,
    ) -> Result<Tokens, FlowError> {
        let mut body = begun(client, "authorization_code");
        push(&mut body, "code", code.expose());
        push(&mut body, "redirect_uri", client.registration.redirect_uri.as_str());
        push(&mut body, "code_verifier", proof.verifier);
        push_encoded(&mut body, &api.0);
        let secrets = [code.expose(), proof.verifier, client.secret()];
        let tokens = self.token(client, body, &secrets, trip).await?;
        if let Some(id_token) = &tokens.id_token {
            let (issuer, id) = (&self.metadata.issuer, &client.registration.client_id);
            id_token::check(id_token.expose(), issuer, id, proof.nonce)?;
        } else if client.registration.scope.split(' ').any(|scope| scope == "openid") {
            return Err(FlowError::protocol(TOKEN, "its answer has no ID token"));
        }
        Ok(tokens)
    }

    /// A refresh grant (RFC 6749 §6).
    ///
    /// # Errors
    /// If it is refused, or no answer comes.
    pub async fn refresh(
        &self,
        client: &Client,
        api: &Parameters,
        refresh_token: &Secret,
        trip: &mut Trip,
    ) -> Result<Tokens, FlowError> {
        let mut body = begun(client, "refresh_token");
        push(&mut body, "refresh_token", refresh_token.expose());
        push_encoded(&mut body, &api.0);
        let secrets = [refresh_token.expose(), client.secret()];
        self.token(client, body, &secrets, trip).await
    }

    /// A password grant (RFC 6749 §4.3), which makes no session: for tests, where it is allowed.
    ///
    /// # Errors
    /// If it is refused, or no answer comes.
    pub async fn password(
        &self,
        client: &Client,
        api: &Parameters,
        credentials: &Credentials,
        trip: &mut Trip,
    ) -> Result<Tokens, FlowError> {
        let password = exposed(credentials.password.as_ref());
        let mut body = begun(client, "password");
        push(&mut body, "username", &credentials.user);
        push(&mut body, "password", password);
        push(&mut body, "scope", &client.registration.scope);
        push_encoded(&mut body, &api.0);
        self.token(client, body, &[password, client.secret()], trip).await
    }

    /// Whether the userinfo endpoint accepts an access token (OpenID Connect Core §5.3).
    ///
    /// # Errors
    /// If it says neither.
    pub async fn userinfo(
        &self,
        access_token: &Secret,
        trip: &mut Trip,
    ) -> Result<bool, FlowError> {
        let endpoint = self.endpoint(&self.userinfo, USERINFO)?;
        let bearer = HeaderValue::try_from(format!("Bearer {}", access_token.expose()));
        let mut bearer = bearer.map_err(|_| FlowError::protocol(TOKEN, "the token is no word"))?;
        bearer.set_sensitive(true);
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = endpoint.clone();
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        let answer = self.send(USERINFO, request, trip).await?;
        match answer.status.as_u16() {
            200 => Ok(true),
            // RFC 6750 §3.1: `invalid_token`, by whatever status.
            401 => Ok(false),
            400 | 403 if is_challenge(&answer, "invalid_token") => Ok(false),
            status => Err(FlowError::Status { at: USERINFO, status }),
        }
    }

    /// Whether the introspection endpoint calls a token active (RFC 7662).
    ///
    /// # Errors
    /// If it says neither.
    pub async fn introspect(
        &self,
        client: &Client,
        token: &Secret,
        trip: &mut Trip,
    ) -> Result<bool, FlowError> {
        let endpoint = self.endpoint(&self.introspection, INTROSPECTION)?;
        let mut body = client.body.clone();
        push(&mut body, "token", token.expose());
        let answer = self.post(INTROSPECTION, (endpoint, client), &body, trip).await?;
        let secrets = [token.expose(), client.secret()];
        if answer.status != 200 {
            return Err(refused(INTROSPECTION, &answer, &secrets));
        }
        let told: Result<Introspected, _> = serde_json::from_slice(&answer.body);
        told.map(|told| told.active)
            .map_err(|_| FlowError::protocol(INTROSPECTION, "it does not say whether it is active"))
    }

    /// Takes a token back (RFC 7009).
    ///
    /// # Errors
    /// If it is refused, or no answer comes.
    pub async fn revoke(
        &self,
        client: &Client,
        token: &Secret,
        hint: &str,
        trip: &mut Trip,
    ) -> Result<(), FlowError> {
        let endpoint = self.endpoint(&self.revocation, REVOCATION)?;
        let mut body = client.body.clone();
        push(&mut body, "token", token.expose());
        push(&mut body, "token_type_hint", hint);
        let answer = self.post(REVOCATION, (endpoint, client), &body, trip).await?;
        let secrets = [token.expose(), client.secret()];
        if answer.status.is_success() {
            Ok(())
        } else {
            Err(refused(REVOCATION, &answer, &secrets))
        }
    }

    /// Whether it has a revocation endpoint.
    pub fn can_revoke(&self) -> bool {
        self.revocation.is_some()
    }

    async fn token(
        &self,
        client: &Client,
        body: String,
        secrets: &[&str],
        trip: &mut Trip,
    ) -> Result<Tokens, FlowError> {
        let answer = self.post(TOKEN, (&self.token, client), &body, trip).await?;
        if answer.status != 200 {
            return Err(refused(TOKEN, &answer, secrets));
        }
        let told = Told::read(&answer.body)
            .ok_or(FlowError::protocol(TOKEN, "its answer is no token response"))?;
        let is_bearer =
            told.token_type.as_ref().is_none_or(|kind| kind.0.eq_ignore_ascii_case("bearer"));
        let access_token = told.access_token.filter(|_| is_bearer);
        let access_token =
            access_token.ok_or(FlowError::protocol(TOKEN, "its answer has no bearer token"))?;
        let secret = |word: Word<'_>| Secret::new(word.0);
        Ok(Tokens {
            access_token: secret(access_token),
            refresh_token: told.refresh_token.map(secret),
            id_token: told.id_token.map(secret),
            expires_in: told.expires_in,
        })
    }

    fn endpoint<'a>(&self, uri: &'a Option<Uri>, at: &'static str) -> Result<&'a Uri, FlowError> {
        uri.as_ref().ok_or(FlowError::protocol(at, "the provider's metadata names none"))
    }
}

/// Whether `WWW-Authenticate` tells that error (RFC 6750 §3).
fn is_challenge(answer: &Answer, error: &str) -> bool {
    let mut told = answer.headers.get_all(header::WWW_AUTHENTICATE).iter();
    told.any(|header| header.to_str().is_ok_and(|header| header.contains(error)))
}

fn begun(client: &Client, grant_type: &str) -> String {
    let mut body = String::with_capacity(client.body.len() + 256);
    body.push_str("grant_type=");
    body.push_str(grant_type);
    push_encoded(&mut body, &client.body);
    body
}

fn push(body: &mut String, name: &str, value: &str) {
    if !body.is_empty() {
        body.push('&');
    }
    body.push_str(name);
    body.push('=');
    body.extend(byte_serialize(value.as_bytes()));
}

fn push_encoded(body: &mut String, pairs: &str) {
    if !pairs.is_empty() {
        if !body.is_empty() {
            body.push('&');
        }
        body.push_str(pairs);
    }
}

/// RFC 6749 §5.2, or a status alone.
fn refused(at: &'static str, answer: &Answer, secrets: &[&str]) -> FlowError {
    let told = Told::read(&answer.body);
    let code = told.as_ref().and_then(|told| shown(&told.error.as_ref()?.0, secrets));
    let Some(code) = code else {
        return FlowError::Status { at, status: answer.status.as_u16() };
    };
    let description = told.and_then(|told| shown(&told.error_description?.0, secrets));
    FlowError::OAuth { at, code, description }
}

/// Some providers write numbers as words.
fn seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.parse().ok()))
}
