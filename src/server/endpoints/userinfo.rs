//! Who a token belongs to (OpenID Connect Core §5.3), for whoever brings it (RFC 6750).

use std::fmt::Write as _;

use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};

use super::super::answer::{Answer, Asked, json_text};
use super::super::error::OAuthError;
use super::super::params::Params;
use super::super::scopes::Scopes;
use super::super::state::{Server, subject};
use super::Endpoint;

pub(super) const ENDPOINT: Endpoint = Endpoint {
    name: "userinfo",
    path: "/userinfo",
    gets: true,
    posts: true,
    cross_origin: true,
    answer,
};

const INVALID: OAuthError =
    OAuthError::new("invalid_token", "the access token is unknown, expired or revoked");

fn answer(server: &Server, asked: &Asked<'_>) -> Answer {
    let bearer = asked.header(&AUTHORIZATION).and_then(|header| header.split_once(' '));
    let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let form = if asked.is_form() { Params::read(asked.body) } else { Ok(Params::default()) };
    let form = match form {
        Ok(form) => form,
        Err(error) => return error.bearer_answer(),
    };
    let token = match (bearer, form.get("access_token")) {
        (Some((_, token)), None) => token.trim(),
        (None, Some(token)) => token,
        (Some(_), Some(_)) => {
            let why = "the access token is sent in two ways (RFC 6750 2)";
            return OAuthError::invalid_request(why).bearer_answer();
        }
        // Nothing was tried, so nothing is said of an error (RFC 6750 §3.1).
        (None, None) => {
            return Answer::empty(StatusCode::UNAUTHORIZED, "invalid_token")
                .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"relogin\""));
        }
    };
    match claims(server, token) {
        Ok(claims) => Answer::json(StatusCode::OK, "ok", claims),
        Err(error) if error.code == "temporarily_unavailable" => error.answer(),
        Err(error) => error.bearer_answer(),
    }
}

fn claims(server: &Server, token: &str) -> Result<String, OAuthError> {
    let now = server.now()?;
    let read = server
        .writer
        .read_access(&server.key, token, |claims, id| (server.scopes.read(claims.scope), id));
    let (scopes, id) = read.ok_or(INVALID)?;
    if !scopes.contains(Scopes::OPENID) {
        let why = "the access token was not granted the scope openid";
        return Err(OAuthError::new("insufficient_scope", why));
    }
    let user = server.serves(id, now).ok_or(INVALID)?;
    let mut claims = format!(r#"{{"sub":"{}""#, json_text(&subject(&user)));
    if scopes.contains(Scopes::PROFILE) {
        let name = json_text(&user);
        let _ = write!(claims, r#","name":"{name}","preferred_username":"{name}""#);
    }
    claims.push('}');
    Ok(claims)
}
