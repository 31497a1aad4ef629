//! Where clients take their tokens back (RFC 7009). A refresh token goes with everything that came
//! of it; an access token with the earlier ones of the same browser, app and API.

use axum::http::StatusCode;

use super::super::answer::{Answer, Asked};
use super::super::error::OAuthError;
use super::super::grants::RefreshContent;
use super::super::params::Params;
use super::super::state::Server;
use super::Endpoint;
use crate::model::AppId;

pub(super) const ENDPOINT: Endpoint = Endpoint {
    name: "revoke",
    path: "/revoke",
    gets: false,
    posts: true,
    cross_origin: true,
    answer,
};

fn answer(server: &Server, asked: &Asked<'_>) -> Answer {
    match revoke(server, asked) {
        Ok(()) => Answer::empty(StatusCode::OK, "ok"),
        Err(error) => error.answer(),
    }
}

/// A token that is unknown, or another client's, is as good as revoked (RFC 7009 §2.2).
fn revoke(server: &Server, asked: &Asked<'_>) -> Result<(), OAuthError> {
    let params = Params::read(asked.body)?;
    params.once_each()?;
    let app = server.clients.authenticated(asked, &params)?;
    let token = params.get("token").ok_or(OAuthError::invalid_request("token is missing"))?;
    if let Some(content) = RefreshContent::open(server, token) {
        return revoke_refresh_token(server, app, content);
    }
    let client = &server.clients.client(app).id;
    let read = server
        .writer
        .read_access(&server.key, token, |claims, id| (claims.client_id == **client).then_some(id));
    if let Some(id) = read.flatten() {
        server.browsers.with(id.handle, |browser| {
            server.revoke_below(browser, usize::from(id.slot), id.number.wrapping_add(1));
        });
    }
    Ok(())
}

fn revoke_refresh_token(
    server: &Server,
    app: AppId,
    content: RefreshContent,
) -> Result<(), OAuthError> {
    let now = server.now()?;
    if content.app == app {
        server.browsers.with(content.handle, |browser| {
            if browser.grants[app.index()].family == content.family {
                server.end_family(browser, app, now);
            }
        });
    }
    Ok(())
}
