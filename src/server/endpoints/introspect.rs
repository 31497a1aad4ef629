//! Whether a token is active (RFC 7662). A confidential client may ask about any token, as a
//! resource server does; a public one about its own: it has shown that it holds the token, and
//! nothing can be scanned, for nobody can guess one.

use std::fmt::Write as _;

use axum::http::StatusCode;

use super::super::answer::{Answer, Asked, json_text};
use super::super::error::OAuthError;
use super::super::grants::RefreshContent;
use super::super::params::Params;
use super::super::state::{Server, subject};
use super::Endpoint;
use crate::model::{Access, AppId, Fact, Instant, Outcome, Request};

pub(super) const ENDPOINT: Endpoint = Endpoint {
    name: "introspect",
    path: "/introspect",
    gets: false,
    posts: true,
    cross_origin: false,
    answer,
};

/// All that is said of a token that is not active (RFC 7662 §2.2).
const INACTIVE: &str = r#"{"active":false}"#;

fn answer(server: &Server, asked: &Asked<'_>) -> Answer {
    match told(server, asked) {
        Ok(told) => Answer::json(StatusCode::OK, "ok", told.unwrap_or_else(|| INACTIVE.to_owned())),
        Err(error) => error.answer(),
    }
}

fn told(server: &Server, asked: &Asked<'_>) -> Result<Option<String>, OAuthError> {
    let params = Params::read(asked.body)?;
    params.once_each()?;
    let app = server.clients.authenticated(asked, &params)?;
    let token = params.get("token").ok_or(OAuthError::invalid_request("token is missing"))?;
    let now = server.now()?;
    let access = access_token(server, app, token, now);
    Ok(access.or_else(|| refresh_token(server, app, token, now)))
}

fn access_token(server: &Server, app: AppId, token: &str, now: Instant) -> Option<String> {
    let client = server.clients.client(app);
    let told = server.writer.read_access(&server.key, token, |claims, id| {
        if client.is_public() && claims.client_id != *client.id {
            return None;
        }
        let user = server.serves(id, now)?;
        let mut told = String::with_capacity(512);
        let _ = write!(
            told,
            r#"{{"active":true,"token_type":"Bearer","scope":"{}","client_id":"{}","#,
            claims.scope,
            json_text(&claims.client_id),
        );
        let _ = write!(
            told,
            r#""username":"{}","sub":"{}","aud":"{}","iss":"{}","jti":"{}","iat":{},"exp":{}"#,
            json_text(&user),
            json_text(&claims.sub),
            json_text(&claims.aud),
            json_text(&server.issuer.text),
            claims.jti,
            claims.iat,
            claims.exp,
        );
        if let Some(exact) = id.exp.finite() {
            let _ = write!(told, r#","exp_ms":{}"#, exact.as_millis());
        }
        told.push('}');
        Some(told)
    });
    told.flatten()
}

/// A refresh token is active if a grant would be given for it now; asking changes nothing.
fn refresh_token(server: &Server, app: AppId, token: &str, now: Instant) -> Option<String> {
    let content = RefreshContent::open(server, token)?;
    if server.clients.client(app).is_public() && content.app != app {
        return None;
    }
    let user = server.browsers.with(content.handle, |browser| {
        let grant = browser.grants[content.app.index()];
        let request = Request::Refresh(content.app, content.api);
        let served = matches!(
            server.would(browser, now, request),
            Fact::Access(Access { outcome: Outcome::Refresh, .. })
        );
        let newest = (grant.family, grant.rotation) == (content.family, content.rotation);
        (newest && served).then(|| browser.user.clone())
    })??;
    let mut scope = String::new();
    server.scopes.push(&mut scope, content.scopes);
    Some(format!(
        r#"{{"active":true,"scope":"{scope}","client_id":"{}","username":"{}","sub":"{}","iss":"{}"}}"#,
        server.client_texts[content.app.index()],
        json_text(&user),
        json_text(&subject(&user)),
        json_text(&server.issuer.text),
    ))
}
