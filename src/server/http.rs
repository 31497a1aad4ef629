//! The endpoints behind a network: axum's router, and a listener that ends gracefully.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ALLOW,
};
use axum::http::{HeaderValue, Method, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::any;
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::net::TcpListener;

use super::answer::{Answer, Asked};
use super::endpoints::{ENDPOINTS, Endpoint};
use super::error::OAuthError;
use super::state::Server;

/// Longer bodies and queries are refused: no request needs more.
const LONGEST_BODY: usize = 64 * 1024;
const LONGEST_QUERY: usize = 16 * 1024;

/// A body that does not come is not waited for any longer.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Connections that are busy when the server shall end get so long.
const FAREWELL: Duration = Duration::from_secs(5);

/// The endpoints of a server, below the path of its issuer.
pub fn router(server: &Arc<Server>) -> Router {
    let mut router = Router::new();
    for (place, endpoint) in ENDPOINTS.iter().enumerate() {
        let answer = move |State(server): State<Arc<Server>>, request: Request| async move {
            respond(&server, place, request).await
        };
        let path = format!("{}{}", server.issuer.path, endpoint.path);
        router = router.route(&path, any(answer));
    }
    router.with_state(Arc::clone(server))
}

/// Answers on `listener` until `end` is there; then busy connections get a few seconds more.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: TcpListener,
    server: Arc<Server>,
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = router(&server);
    let listener = listener.tap_io(|stream| {
        // An answer is one write: nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
    });
    let (ended, when_ended) = tokio::sync::oneshot::channel();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        end.await;
        let _ = ended.send(());
    });
    let farewell = async {
        let _ = when_ended.await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        served = async { serving.await } => served,
        () = farewell => Ok(()),
    }
}

async fn respond(
    server: &Server,
    place: usize,
    request: Request,
) -> Result<Response<Body>, Infallible> {
    let endpoint = &ENDPOINTS[place];
    let (parts, body) = request.into_parts();
    let method = match parts.method {
        Method::HEAD => &Method::GET,
        ref method => method,
    };
    let body = match *method {
        Method::POST if endpoint.posts => read(body).await,
        _ => Ok(Bytes::new()),
    };
    let begun = Instant::now();
    let query = parts.uri.query().unwrap_or_default();
    let answer = match &body {
        Ok(body) => {
            let asked = Asked { method, query, headers: &parts.headers, body };
            answered(server, endpoint, &asked)
        }
        Err(status) => {
            Answer::text(*status, "too_large", "the body is too long, or does not come\n")
        }
    };
    server.tally.answered(place, answer.outcome, begun.elapsed());
    let mut response = answer.response;
    if endpoint.cross_origin {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    Ok(response.map(Body::from).into_response())
}

async fn read(body: Body) -> Result<Bytes, StatusCode> {
    let collected = Limited::new(body, LONGEST_BODY).collect();
    match tokio::time::timeout(BODY_TIME, collected).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// The endpoint's answer, if it is asked in a way that it knows.
fn answered(server: &Server, endpoint: &Endpoint, asked: &Asked<'_>) -> Answer {
    if asked.query.len() > LONGEST_QUERY {
        return Answer::text(StatusCode::URI_TOO_LONG, "too_large", "the query is too long\n");
    }
    let known = match *asked.method {
        Method::GET => endpoint.gets,
        Method::POST => endpoint.posts,
        Method::OPTIONS if endpoint.cross_origin => return preflight(),
        _ => false,
    };
    if !known {
        let methods = match (endpoint.gets, endpoint.posts) {
            (true, true) => "GET, HEAD, POST",
            (true, false) => "GET, HEAD",
            _ => "POST",
        };
        return Answer::text(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "")
            .with(ALLOW, HeaderValue::from_static(methods));
    }
    if asked.method == Method::POST && !asked.body.is_empty() && !asked.is_form() {
        let why = "the body must be application/x-www-form-urlencoded";
        return OAuthError::invalid_request(why).answer();
    }
    (endpoint.answer)(server, asked)
}

/// What a browser asks before it lets a script send a token or credentials.
fn preflight() -> Answer {
    Answer::empty(StatusCode::NO_CONTENT, "preflight")
        .with(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"))
        .with(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Authorization, Content-Type"))
        .with(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"))
}
