//! RP-Initiated Logout 1.0: an app sends the browser here, and it is sent back logged out of what
//! the policy's `logout` says.

use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use url::form_urlencoded;

use super::super::answer::{Answer, Asked};
use super::super::authorization::{Hint, query_of};
use super::super::cookies::Visitor;
use super::super::error::OAuthError;
use super::super::pages;
use super::super::params::Params;
use super::super::seal::same;
use super::super::state::Server;
use super::Endpoint;
use crate::model::{AppId, Request};

pub(super) const ENDPOINT: Endpoint = Endpoint {
    name: "logout",
    path: "/logout",
    gets: true,
    posts: true,
    cross_origin: false,
    answer,
};

fn answer(server: &Server, asked: &Asked<'_>) -> Answer {
    log_out(server, asked).unwrap_or_else(|error| {
        let unavailable = error.code == "temporarily_unavailable";
        if unavailable { error.answer() } else { pages::error(StatusCode::BAD_REQUEST, &error) }
    })
}

fn log_out(server: &Server, asked: &Asked<'_>) -> Result<Answer, OAuthError> {
    let form = Params::read(asked.body)?;
    // The confirmation's form says `csrf`, and what was asked before in its query.
    let confirmed = form.get("csrf").map(str::to_owned);
    let from_query = confirmed.is_some() || asked.body.is_empty();
    let params = if from_query { Params::read(asked.query.as_bytes())? } else { form };
    params.once_each()?;
    let hint = params.get("id_token_hint").map(|token| Hint::read(server, token)).transpose()?;
    let named = params.get("client_id").or(hint.as_ref().map(|hint| &*hint.client));
    if hint.as_ref().is_some_and(|hint| named.is_some_and(|named| *named != hint.client)) {
        return Err(OAuthError::invalid_request("client_id is not the ID token's"));
    }
    let app = named.map(|id| {
        server.clients.find(id).ok_or(OAuthError::invalid_request("the client is unknown"))
    });
    let app = app.transpose()?;
    let uri = params.get("post_logout_redirect_uri");
    if let Some(uri) = uri
        && !app.is_some_and(|app| server.clients.client(app).may_end_at(uri))
    {
        let why = "post_logout_redirect_uri is none of the client's, or no client is named";
        return Err(OAuthError::invalid_request(why));
    }
    let visitor = server.visitor(asked);
    let hinted = hint.and_then(|hint| hint.session);
    let hinted = hinted.map(|(handle, session)| Visitor { handle, session });
    let query = query_of(&params);
    // Without an ID token of this very session anybody could have sent the browser here: it is asked
    // (RP-Initiated Logout §2).
    let whose = match (hinted, visitor) {
        (hinted, None) => hinted,
        (Some(hinted), Some(own)) if hinted.handle == own.handle => Some(own),
        (_, Some(own)) if is_confirmed(server, asked, confirmed.as_deref(), &query) => Some(own),
        (_, Some(_)) => return Ok(confirmation(server, asked, &query, uri)),
    };
    if let Some(whose) = whose {
        end(server, whose, app)?;
    }
    Ok(match uri {
        None => pages::logged_out(),
        Some(uri) => Answer::redirect(&with_state(uri, params.get("state")), "redirect"),
    })
}

fn is_confirmed(server: &Server, asked: &Asked<'_>, csrf: Option<&str>, query: &str) -> bool {
    let (Some(csrf), Some(nonce)) = (csrf, server.sent_form_nonce(asked)) else { return false };
    same(csrf.as_bytes(), server.seal.form(nonce, &subject_of(query)).as_bytes())
}

/// What the confirmation's secret is about: it must not open the login form.
fn subject_of(query: &str) -> String {
    format!("logout?{query}")
}

fn confirmation(server: &Server, asked: &Asked<'_>, query: &str, uri: Option<&str>) -> Answer {
    let (nonce, cookie) = server.form_nonce(asked);
    let csrf = server.seal.form(&nonce, &subject_of(query));
    let action = format!("{}/logout?{query}", server.issuer.path);
    let origin = uri.and_then(|uri| url::Url::parse(uri).ok()).map(|url| url.origin());
    let origin = origin.filter(url::Origin::is_tuple).map(|origin| origin.ascii_serialization());
    let answer = pages::confirm_logout(&action, &csrf, origin.as_deref().unwrap_or_default());
    match cookie {
        Some(cookie) => answer.with(SET_COOKIE, cookie),
        None => answer,
    }
}

/// The model logs the browser out of an app, or of the first one if none is named. A session that
/// was followed by another one is over already.
fn end(server: &Server, whose: Visitor, app: Option<AppId>) -> Result<(), OAuthError> {
    let now = server.now()?;
    server.browsers.with(whose.handle, |browser| {
        if browser.agent.session.number == whose.session {
            server.take(browser, now, Request::Logout(app.unwrap_or(AppId::new(0))));
        }
    });
    Ok(())
}

fn with_state(uri: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return uri.to_owned() };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("state", state);
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{}", query.finish())
}
