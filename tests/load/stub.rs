//! A small OpenID provider that can be made slow, broken or silent, and counts what it is asked.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// Stands in every token, so that files can be searched for it.
pub(crate) const TOKEN: &str = "stub-token-8f3a";

/// How it answers refresh grants.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    /// At once.
    Quick,
    /// Every `n`th with status 503.
    Breaking(u64),
    /// Not at all for so long after so long.
    Stalling { after: Duration, length: Duration },
    /// One after the other, each taking so long.
    Queueing(Duration),
    /// Never.
    Silent,
}

/// A provider that listens on a free port of this machine until the test ends.
pub(crate) struct Stub {
    pub(crate) issuer: String,
    shared: Arc<Shared>,
}

struct Shared {
    manner: Manner,
    issuer: Mutex<String>,
    codes: Mutex<HashMap<String, (String, String)>>,
    number: AtomicU64,
    asked: Mutex<HashMap<&'static str, u64>>,
    first_refresh: Mutex<Option<Instant>>,
    turn: tokio::sync::Mutex<()>,
}

type Words = HashMap<String, String>;

impl Stub {
    pub(crate) fn start(manner: Manner) -> Self {
        let shared = Arc::new(Shared {
            manner,
            issuer: Mutex::default(),
            codes: Mutex::default(),
            number: AtomicU64::new(0),
            asked: Mutex::default(),
            first_refresh: Mutex::default(),
            turn: tokio::sync::Mutex::new(()),
        });
        let (tell, told) = std::sync::mpsc::channel();
        let own = Arc::clone(&shared);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let address: SocketAddr = listener.local_addr().expect("an address");
                let issuer = format!("http://{address}");
                issuer.clone_into(&mut own.issuer.lock().expect("no panic"));
                tell.send(issuer).expect("a test");
                axum::serve(listener, router(own)).await.expect("it serves");
            });
        });
        Self { issuer: told.recv().expect("it starts"), shared }
    }

    /// How often something was asked: `discovery`, `authorize`, `form`, `code`, `refresh`, `logout`.
    pub(crate) fn asked(&self, what: &str) -> u64 {
        self.shared.asked.lock().expect("no panic").get(what).copied().unwrap_or(0)
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/authorize", get(authorize))
        .route("/login", post(login))
        .route("/token", post(token))
        .route("/logout", get(logout))
        .with_state(shared)
}

impl Shared {
    fn count(&self, what: &'static str) {
        *self.asked.lock().expect("no panic").entry(what).or_default() += 1;
    }

    fn issuer(&self) -> String {
        self.issuer.lock().expect("no panic").clone()
    }

    fn next(&self) -> u64 {
        self.number.fetch_add(1, Ordering::SeqCst)
    }

    /// A redirect back with a code.
    fn back(&self, asked: &Words) -> Response {
        let code = format!("{TOKEN}-code-{}", self.next());
        let about = (asked["client_id"].clone(), asked["nonce"].clone());
        self.codes.lock().expect("no panic").insert(code.clone(), about);
        let state = &asked["state"];
        Redirect::to(&format!("{}?code={code}&state={state}", asked["redirect_uri"]))
            .into_response()
    }

    fn tokens(&self, about: Option<(String, String)>) -> Response {
        let number = self.next();
        let mut told = json!({
            "access_token": format!("{TOKEN}-access-{number}"),
            "refresh_token": format!("{TOKEN}-refresh-{number}"),
            "token_type": "Bearer",
            "expires_in": 60,
        });
        if let Some((client, nonce)) = about {
            let claims = json!({ "iss": self.issuer(), "aud": client, "nonce": nonce, "sub": "x" });
            let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
            told["id_token"] = format!("e30.{claims}.{TOKEN}").into();
        }
        answered(&told)
    }
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Response {
    shared.count("discovery");
    let at = shared.issuer();
    answered(&json!({
        "issuer": at,
        "authorization_endpoint": format!("{at}/authorize"),
        "token_endpoint": format!("{at}/token"),
        "jwks_uri": format!("{at}/jwks"),
        "end_session_endpoint": format!("{at}/logout"),
    }))
}

async fn authorize(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Query(asked): Query<Words>,
) -> Response {
    shared.count("authorize");
    let has_session = headers.get(header::COOKIE).is_some();
    if has_session {
        return shared.back(&asked);
    }
    if asked.get("prompt").is_some_and(|prompt| prompt == "none") {
        let (to, state) = (&asked["redirect_uri"], &asked["state"]);
        return Redirect::to(&format!("{to}?error=login_required&state={state}")).into_response();
    }
    let hidden = asked
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"));
    let page = format!(
        "<form method=\"post\" action=\"/login\">{}<input name=\"username\">\
         <input name=\"password\" type=\"password\"><button>Log in</button></form>",
        hidden.collect::<String>()
    );
    ([(header::CONTENT_TYPE, "text/html")], page).into_response()
}

async fn login(State(shared): State<Arc<Shared>>, Form(asked): Form<Words>) -> Response {
    shared.count("form");
    let mut back = shared.back(&asked);
    let cookie = format!("session={TOKEN}; Path=/; HttpOnly");
    back.headers_mut().insert(header::SET_COOKIE, cookie.parse().expect("a header"));
    back
}

async fn token(State(shared): State<Arc<Shared>>, Form(asked): Form<Words>) -> Response {
    if asked["grant_type"] == "authorization_code" {
        shared.count("code");
        let about = shared.codes.lock().expect("no panic").remove(&asked["code"]);
        return match about {
            Some(about) => shared.tokens(Some(about)),
            None => refused(),
        };
    }
    shared.count("refresh");
    let first = *shared.first_refresh.lock().expect("no panic").get_or_insert_with(Instant::now);
    match shared.manner {
        Manner::Quick => {}
        Manner::Breaking(every) => {
            let asked = shared.asked.lock().expect("no panic")["refresh"];
            if asked % every == 0 {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
        }
        Manner::Stalling { after, length } => {
            let now = first.elapsed();
            if now >= after && now < after + length {
                tokio::time::sleep(after + length - now).await;
            }
        }
        Manner::Queueing(each) => {
            let _turn = shared.turn.lock().await;
            tokio::time::sleep(each).await;
        }
        Manner::Silent => std::future::pending().await,
    }
    if asked.get("refresh_token").is_some_and(|token| token.starts_with(TOKEN)) {
        shared.tokens(None)
    } else {
        refused()
    }
}

fn answered(told: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], told.to_string()).into_response()
}

fn refused() -> Response {
    let told = json!({ "error": "invalid_grant", "error_description": "not a good one" });
    (StatusCode::BAD_REQUEST, answered(&told)).into_response()
}

async fn logout(State(shared): State<Arc<Shared>>) -> Response {
    shared.count("logout");
    let gone = "session=; Path=/; Max-Age=0";
    ([(header::SET_COOKIE, gone), (header::CONTENT_TYPE, "text/html")], "Bye").into_response()
}
