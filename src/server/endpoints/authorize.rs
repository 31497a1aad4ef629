//! The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2).

use axum::http::header::SET_COOKIE;

use super::super::answer::{Answer, Asked};
use super::super::authorization::{Authorization, Refused, query_of};
use super::super::cookies::Visitor;
use super::super::error::OAuthError;
use super::super::pages;
use super::super::params::Params;
use super::super::state::{Server, subject};
use super::super::store::{Browser, Code};
use super::Endpoint;
use crate::model::{Access, Fact, Instant, Outcome, Request, Span};

pub(super) const ENDPOINT: Endpoint = Endpoint {
    name: "authorize",
    path: "/authorize",
    gets: true,
    posts: true,
    cross_origin: false,
    answer,
};

const LOGIN_REQUIRED: OAuthError =
    OAuthError::new("login_required", "nobody is logged in, and nobody may be asked");
pub(super) const NO_ROOM: OAuthError =
    OAuthError::temporarily_unavailable("the server holds as many sessions as it may");

fn answer(server: &Server, asked: &Asked<'_>) -> Answer {
    let params = match Params::read(asked.parameters()) {
        Ok(params) => params,
        Err(error) => return Refused::Here(error).answer(server),
    };
    match Authorization::read(server, &params) {
        Ok(authorization) => authorize(server, asked, &params, &authorization),
        Err(refused) => refused.answer(server),
    }
}

/// What the browser's session makes of a request.
enum Way {
    Given(Code),
    /// The model refused, or somebody is needed.
    Login,
    Failed(OAuthError),
}

fn authorize(
    server: &Server,
    asked: &Asked<'_>,
    params: &Params<'_>,
    authorization: &Authorization<'_>,
) -> Answer {
    let way = match server.visitor(asked) {
        Some(visitor) => by_session(server, visitor, authorization),
        None => Way::Login,
    };
    let failed = |error: OAuthError| Refused::Back(authorization.back, error).answer(server);
    match way {
        Way::Given(code) => give(server, code, authorization),
        Way::Failed(error) => failed(error),
        Way::Login if authorization.silent => failed(LOGIN_REQUIRED),
        Way::Login => {
            let shown = LoginPage { problem: None, username: None, outcome: "login_page" };
            login_page(server, asked, params, authorization, &shown)
        }
    }
}

/// Single sign-on or silent authentication: the model says whether the session serves. Where nobody
/// would see a login page the model is asked even if it will refuse, for a refusal is a fact too.
fn by_session(server: &Server, visitor: Visitor, authorization: &Authorization<'_>) -> Way {
    let now = match server.now() {
        Ok(now) => now,
        Err(error) => return Way::Failed(error),
    };
    let way = server.browsers.with(visitor.handle, |browser| {
        let valid = server.policy.check(&browser.agent.session, now).is_valid();
        if visitor.session != browser.agent.session.number
            || wants_another(browser, now, authorization)
            || !(valid || authorization.silent)
        {
            return Way::Login;
        }
        let request = Request::Silent(authorization.app, authorization.api);
        match server.take(browser, now, request) {
            Fact::Access(access @ Access { outcome: Outcome::Silent, .. }) => {
                let scopes = authorization.scopes;
                Way::Given(server.code((visitor.handle, browser), &access, scopes))
            }
            _ => Way::Login,
        }
    });
    way.unwrap_or(Way::Login)
}

/// Whether the request itself asks for a login, however good the session is: by `prompt=login`, for
/// another user, or because the last login is longer ago than `max_age`.
fn wants_another(browser: &Browser, now: Instant, authorization: &Authorization<'_>) -> bool {
    let session = &browser.agent.session;
    let stale = authorization.max_age.is_some_and(|age| {
        // With 0 it is the same as `prompt=login` (OpenID Connect Core §3.1.2.1).
        age == 0 || now - session.created > Span::from_millis(age.saturating_mul(1_000))
    });
    let other = authorization.hint.as_ref();
    let other = other.is_some_and(|hint| hint.subject != subject(&browser.user));
    authorization.anew || stale || other
}

/// Sends the browser back with a code.
pub(super) fn give(server: &Server, code: Code, authorization: &Authorization<'_>) -> Answer {
    let code = Code {
        redirect_uri: authorization.back.redirect_uri.into(),
        challenge: authorization.challenge.map(Box::from),
        nonce: authorization.nonce.map(Box::from),
        ..code
    };
    match server.codes.give(code) {
        Ok(code) => authorization.back.answer(server, &[("code", &code)], "redirect"),
        Err(_) => Refused::Back(authorization.back, NO_ROOM).answer(server),
    }
}

/// What a login page says beside its request.
pub(super) struct LoginPage<'a> {
    pub(super) problem: Option<&'a str>,
    /// The name that was typed in.
    pub(super) username: Option<&'a str>,
    pub(super) outcome: &'static str,
}

/// The login page for a request.
pub(super) fn login_page(
    server: &Server,
    asked: &Asked<'_>,
    params: &Params<'_>,
    authorization: &Authorization<'_>,
    shown: &LoginPage<'_>,
) -> Answer {
    let query = query_of(params);
    let (nonce, cookie) = server.form_nonce(asked);
    let hinted = authorization.hint.as_ref().map(|hint| hint.subject.as_str());
    let username = shown.username.or(authorization.login_hint).or(hinted).unwrap_or_default();
    let answer = pages::login(
        &pages::Login {
            app: &server.clients.client(authorization.app).id,
            action: &format!("{}/login?{query}", server.issuer.path),
            csrf: &server.seal.form(&nonce, &query),
            username,
            problem: shown.problem,
            any_password: server.takes_any_password(),
            origin: &authorization.back.origin(),
        },
        shown.outcome,
    );
    match cookie {
        Some(cookie) => answer.with(SET_COOKIE, cookie),
        None => answer,
    }
}
