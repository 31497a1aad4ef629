//! The token endpoint (RFC 6749 §3.2): codes and refresh tokens become access tokens.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::StatusCode;

use super::super::answer::{Answer, Asked};
use super::super::error::OAuthError;
use super::super::grants::RefreshContent;
use super::super::jwt::{IdClaims, TokenId, seconds};
use super::super::params::Params;
use super::super::scopes::Scopes;
use super::super::seal::same;
use super::super::state::{Server, subject};
use super::super::store::{Code, Redemption};
use super::Endpoint;
use crate::model::{ApiId, AppId, Instant};
use crate::oidc::challenge;

pub(super) const ENDPOINT: Endpoint = Endpoint {
    name: "token",
    path: "/token",
    gets: false,
    posts: true,
    cross_origin: true,
    answer,
};

const NO_CODE: OAuthError =
    OAuthError::invalid_grant("the code is unknown, was used, or is over (RFC 6749 4.1.2)");

fn answer(server: &Server, asked: &Asked<'_>) -> Answer {
    tokens(server, asked).unwrap_or_else(|error| error.answer())
}

fn tokens(server: &Server, asked: &Asked<'_>) -> Result<Answer, OAuthError> {
    let params = Params::read(asked.body)?;
    params.once_each()?;
    let app = server.clients.authenticated(asked, &params)?;
    match params.get("grant_type") {
        Some("authorization_code") => exchange(server, app, &params),
        Some("refresh_token") => refresh(server, app, &params),
        Some(_) => Err(OAuthError::new(
            "unsupported_grant_type",
            "only authorization_code and refresh_token are granted here",
        )),
        None => Err(OAuthError::invalid_request("grant_type is missing")),
    }
}

/// A code's exchange (RFC 6749 §4.1.3). Everything was decided when the code was given.
fn exchange(server: &Server, app: AppId, params: &Params<'_>) -> Result<Answer, OAuthError> {
    let code = params.get("code").ok_or(OAuthError::invalid_request("code is missing"))?;
    let verifier = params.get("code_verifier");
    let uri = params.get("redirect_uri");
    let now = server.now()?;
    let redemption = server.codes.redeem(code, |code| {
        if code.app != app {
            return Err(NO_CODE);
        }
        if uri != Some(&*code.redirect_uri) {
            return Err(OAuthError::invalid_grant("redirect_uri is not the request's"));
        }
        match (&code.challenge, verifier) {
            (None, None) => Ok(()),
            (Some(own), Some(verifier)) if proves(verifier, own) => Ok(()),
            // A verifier without a challenge is a downgrade (RFC 9700 §4.8.2).
            _ => Err(OAuthError::invalid_grant("code_verifier does not fit (RFC 7636 4.6)")),
        }
    })?;
    match redemption {
        Redemption::Now(code) => exchanged(server, &code, now),
        Redemption::Again(code) => {
            revoke_what_came_of(server, &code, now);
            Err(NO_CODE)
        }
        Redemption::Unknown => Err(NO_CODE),
    }
}

/// Whether a verifier is well-formed (RFC 7636 §4.1) and the challenge its hash (§4.6).
fn proves(verifier: &str, own: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(unreserved)
        && same(challenge(verifier).as_bytes(), own.as_bytes())
}

fn exchanged(server: &Server, code: &Code, now: Instant) -> Result<Answer, OAuthError> {
    let held = server.browsers.with(code.handle, |browser| {
        let grant = browser.grants[code.app.index()];
        let slot = server.policy.layout().slot(code.app, code.api)?;
        let floors = browser.revoked_below.as_ref();
        let revoked = floors.is_some_and(|floors| code.number < floors[slot]);
        let in_force = grant.sign_outs == code.sign_outs && !revoked && now < code.access_exp;
        // A later authorization's refresh token took the place of this one's.
        let family = code.family != 0 && grant.family == code.family;
        in_force.then(|| (Arc::clone(&browser.user), slot, family))
    });
    let (user, slot, family) = held.flatten().ok_or(NO_CODE)?;
    let token = TokenId {
        handle: code.handle,
        slot: slot as u16,
        number: code.number,
        session: code.session,
        by_refresh: false,
        issued: code.at,
        exp: code.access_exp,
    };
    let refresh_token = family.then_some(RefreshContent {
        handle: code.handle,
        app: code.app,
        api: code.api,
        family: code.family,
        rotation: 0,
        session: code.session,
        auth_time: code.auth_time,
        scopes: code.scopes,
    });
    Ok(granted(
        server,
        &Granted {
            user: &user,
            app: code.app,
            api: code.api,
            token,
            scopes: code.scopes,
            id: code.scopes.contains(Scopes::OPENID).then_some(IdToken {
                nonce: code.nonce.as_deref(),
                auth_time: code.auth_time,
                session: code.session,
                exp: code.id_exp,
            }),
            refresh_token: refresh_token.map(|content| content.close(server)),
            now,
        },
    ))
}

/// A code that is used twice was stolen: what it gave is taken back (RFC 6749 §4.1.2).
fn revoke_what_came_of(server: &Server, code: &Code, now: Instant) {
    server.browsers.with(code.handle, |browser| {
        let grant = browser.grants[code.app.index()];
        if code.family != 0 && grant.family == code.family {
            server.end_family(browser, code.app, now);
        } else if let Some(slot) = server.policy.layout().slot(code.app, code.api) {
            server.revoke_below(browser, slot, code.number.wrapping_add(1));
        }
    });
}

/// A refresh grant (RFC 6749 §6).
fn refresh(server: &Server, app: AppId, params: &Params<'_>) -> Result<Answer, OAuthError> {
    let text = params.get("refresh_token");
    let text = text.ok_or(OAuthError::invalid_request("refresh_token is missing"))?;
    let content = RefreshContent::open(server, text).filter(|content| content.app == app);
    let content = content.ok_or(OAuthError::invalid_grant("the refresh token is unknown"))?;
    let scopes = match params.get("scope") {
        None => content.scopes,
        Some(list) => {
            let asked = server.scopes.read(list);
            if !content.scopes.contains(asked) {
                let why = "the scope goes beyond what was granted";
                return Err(OAuthError::new("invalid_scope", why));
            }
            asked
        }
    };
    let named = params.get("resource").or(params.get("audience"));
    let api = server.api(app, named, Some(content.api))?;
    let refreshed = server.refresh(content, api)?;
    Ok(granted(
        server,
        &Granted {
            user: &refreshed.user,
            app,
            api: refreshed.api,
            token: refreshed.token,
            scopes,
            id: scopes.contains(Scopes::OPENID).then_some(IdToken {
                nonce: None,
                auth_time: content.auth_time,
                session: content.session,
                exp: refreshed.id_exp,
            }),
            refresh_token: refreshed.next.map(|next| next.close(server)),
            now: refreshed.now,
        },
    ))
}

/// What a grant brings.
struct Granted<'a> {
    user: &'a str,
    app: AppId,
    api: ApiId,
    token: TokenId,
    scopes: Scopes,
    id: Option<IdToken<'a>>,
    refresh_token: Option<String>,
    now: Instant,
}

struct IdToken<'a> {
    nonce: Option<&'a str>,
    auth_time: Instant,
    session: u32,
    exp: Instant,
}

/// The answer of RFC 6749 §5.1.
fn granted(server: &Server, granted: &Granted<'_>) -> Answer {
    let client = &*server.client_texts[granted.app.index()];
    let audience = &*server.apis[granted.api.index()].text;
    let subject = subject(granted.user);
    let mut scope = String::new();
    server.scopes.push(&mut scope, granted.scopes);
    let whom = (client, audience, &*subject);
    let access_token = server.writer.access_token(&server.key, granted.token, whom, &scope);
    let mut body = String::with_capacity(2_048);
    body.push_str(r#"{"access_token":""#);
    body.push_str(&access_token);
    body.push_str(r#"","token_type":"Bearer""#);
    if let Some(exp) = granted.token.exp.finite() {
        let left = (exp - granted.now).as_millis().max(0) / 1_000;
        let _ = write!(body, r#","expires_in":{left}"#);
    }
    let _ = write!(body, r#","scope":"{scope}""#);
    if let Some(refresh_token) = &granted.refresh_token {
        let _ = write!(body, r#","refresh_token":"{refresh_token}""#);
    }
    if let Some(id) = &granted.id {
        let about = IdClaims {
            client,
            subject: &subject,
            name: granted.scopes.contains(Scopes::PROFILE).then_some(granted.user),
            nonce: id.nonce,
            auth_time: id.auth_time,
            issued: granted.token.issued,
            exp: id.exp,
            handle: granted.token.handle,
            session: id.session,
        };
        let id_token = server.writer.id_token(&server.key, &about);
        let _ = write!(body, r#","id_token":"{id_token}""#);
    }
    body.push('}');
    debug_assert!(seconds(granted.token.exp) >= seconds(granted.token.issued));
    Answer::json(StatusCode::OK, "ok", body)
}
