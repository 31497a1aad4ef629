//! Where the login page's form goes. The request that it belongs to stands in the query, and is
//! read and checked once more.

use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;

use super::super::answer::{Answer, Asked};
use super::super::authorization::{Authorization, Refused, query_of};
use super::super::cookies::Visitor;
use super::super::error::OAuthError;
use super::super::pages;
use super::super::params::Params;
use super::super::seal::same;
use super::super::state::Server;
use super::super::store::{Code, Handle};
use super::Endpoint;
use super::authorize::{LoginPage, NO_ROOM, give, login_page};
use crate::model::{Access, Fact, Outcome, Request};

pub(super) const ENDPOINT: Endpoint = Endpoint {
    name: "login",
    path: "/login",
    gets: false,
    posts: true,
    cross_origin: false,
    answer,
};

/// Longer names are refused.
const LONGEST_NAME: usize = 128;

fn answer(server: &Server, asked: &Asked<'_>) -> Answer {
    let read = Params::read(asked.query.as_bytes()).and_then(|query| {
        let form = Params::read(asked.body)?;
        Ok((query, form))
    });
    let (query, form) = match read {
        Ok(read) => read,
        Err(error) => return Refused::Here(error).answer(server),
    };
    let authorization = match Authorization::read(server, &query) {
        Ok(authorization) => authorization,
        Err(refused) => return refused.answer(server),
    };
    // Only a page of this server, in this browser, knows what stands in `csrf`.
    let expected = server.sent_form_nonce(asked);
    let expected = expected.map(|nonce| server.seal.form(nonce, &query_of(&query)));
    let sent = form.get("csrf").unwrap_or_default();
    if !expected.is_some_and(|expected| same(expected.as_bytes(), sent.as_bytes())) {
        let error = OAuthError::invalid_request(
            "the form does not come from a login page of this server that this browser was shown; \
             go back and load the page anew",
        );
        return pages::error(StatusCode::FORBIDDEN, &error);
    }
    let username = form.get("username").unwrap_or_default();
    let problem = match username {
        "" => Some("Type in a user name"),
        name if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) => {
            Some("A user name has at most 128 characters, and no control characters")
        }
        _ if !server.lets_in(form.get("password").unwrap_or_default()) => {
            Some("The user name or the password is wrong")
        }
        _ => None,
    };
    if problem.is_some() {
        let name: String = username.chars().take(LONGEST_NAME).collect();
        let shown = LoginPage { problem, username: Some(&name), outcome: "login_failed" };
        return login_page(server, asked, &query, &authorization, &shown);
    }
    match log_in(server, server.visitor(asked), username, &authorization) {
        Ok((visitor, code)) => {
            let cookie = server.session_cookie(visitor);
            give(server, code, &authorization).with(SET_COOKIE, cookie)
        }
        Err(error) => Refused::Back(authorization.back, error).answer(server),
    }
}

/// A login: the same browser goes on if it was this user's, so that the model knows what ended the
/// session before; for another user it is another one.
fn log_in(
    server: &Server,
    visitor: Option<Visitor>,
    user: &str,
    authorization: &Authorization<'_>,
) -> Result<(Visitor, Code), OAuthError> {
    let now = server.now()?;
    let known = visitor.filter(|visitor| {
        server.browsers.with(visitor.handle, |browser| *browser.user == *user) == Some(true)
    });
    let handle: Handle = match known {
        Some(visitor) => visitor.handle,
        None => {
            let over = |browser: &_| server.is_over(browser, now);
            server.browsers.enter(user, now, &server.policy, over).map_err(|_| NO_ROOM)?
        }
    };
    let done = server.browsers.with(handle, |browser| {
        let request = Request::Login(authorization.app, authorization.api);
        let fact = server.take(browser, now, request);
        let Fact::Access(access @ Access { outcome: Outcome::Login, .. }) = fact else {
            return None;
        };
        let visitor = Visitor { handle, session: browser.agent.session.number };
        Some((visitor, server.code((handle, browser), &access, authorization.scopes)))
    });
    done.flatten().ok_or(NO_ROOM)
}
