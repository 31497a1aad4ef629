//! A server without a network, its clock in the test's hand, and browsers and clients to ask it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderName, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http_body_util::BodyExt as _;
use relogin::model::{ApiId, AppId, Fact, Instant, Policy};
use relogin::oidc::challenge;
use relogin::scenario::{compile, parse, vocabulary};
use relogin::server::{
    ClientAuth, ClientSettings, Clock, Happened, Luck, Server, Settings, Signing, SigningKey,
    Witness, router,
};
use serde_json::Value;
use tower::ServiceExt as _;
use url::Url;
use url::form_urlencoded;

/// 2023-11-14 22:13:20 UTC.
pub(crate) const START: i64 = 1_700_000_000_000;

pub(crate) const ISSUER: &str = "http://127.0.0.1:9400";

pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:7/callback";

/// A verifier of RFC 7636's shape.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// Two apps and two APIs; sessions of 30 minutes, 8 hours at most.
pub(crate) const SCENARIO: &str = r#"
[[policy]]
name = "tenant"
session = { idle_timeout = "30m", absolute_timeout = "8h" }
api.orders.access_token_lifetime = "10m"
api.stock.access_token_lifetime = "5m"
app.backend = { apis = ["orders"] }
[policy.app.web]
apis = ["orders", "stock"]
refresh_token = { idle_lifetime = "1h", absolute_lifetime = "1d" }
"#;

/// The same with rotation.
pub(crate) const ROTATING: &str = r#"
[[policy]]
name = "tenant"
session = { idle_timeout = "30m", absolute_timeout = "8h" }
api.orders.access_token_lifetime = "10m"
app.backend = {}
[policy.app.web]
refresh_token = { idle_lifetime = "1h", absolute_lifetime = "1d", rotation = true, reuse_leeway = "10s" }
"#;

/// What happened at the server, in order.
pub(crate) type Facts = Arc<Mutex<Vec<(String, Instant, Fact)>>>;

/// The server, and the world around it.
pub(crate) struct World {
    pub(crate) server: Arc<Server>,
    pub(crate) facts: Facts,
    pub(crate) policy: Policy,
    router: Router,
    now: Arc<AtomicI64>,
    runtime: tokio::runtime::Runtime,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

struct HandClock(Arc<AtomicI64>);

impl Clock for HandClock {
    fn now(&self) -> Result<Instant, String> {
        match self.0.load(Ordering::SeqCst) {
            i64::MIN => Err("no clock".to_owned()),
            millis => Ok(Instant::from_millis(millis)),
        }
    }
}

struct Notes(Facts);

impl Witness for Notes {
    fn happened(&self, happened: Happened<'_>) {
        let fact = (happened.user.to_string(), happened.at, *happened.fact);
        self.0.lock().unwrap().push(fact);
    }
}

/// A pure function, and not always the same.
struct SomeLuck;

impl Luck for SomeLuck {
    fn bits(&self, _: &str, _: u32, app: AppId, api: ApiId, number: u32) -> u64 {
        let number = u64::from(number) + 7 * app.index() as u64 + 13 * api.index() as u64 + 1;
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// The bits that [`World`]'s server draws.
pub(crate) fn luck(app: AppId, api: ApiId, number: u32) -> u64 {
    SomeLuck.bits("", 0, app, api, number)
}

impl World {
    /// A server for the one policy of a scenario.
    pub(crate) fn new(scenario: &str) -> Self {
        Self::with(scenario, |_| {})
    }

    /// The same with other settings.
    pub(crate) fn with(scenario: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let scenario = parse("test.toml", scenario, &[]).expect("a scenario");
        let names = vocabulary(&scenario.policies, &scenario.workload);
        let policy = compile(&scenario.policies[0], &names, &scenario.workload);
        let now = Arc::new(AtomicI64::new(START));
        let facts = Facts::default();
        // `backend` is confidential; every other app is a public client.
        let client = |app: &String| ClientSettings {
            client_id: app.clone(),
            auth: if app == "backend" { ClientAuth::Basic } else { ClientAuth::None },
            secret: (app == "backend").then(|| "s3cret&:ü".to_owned()),
            scope: "read:orders".to_owned(),
            ..ClientSettings::default()
        };
        let mut settings = Settings {
            issuer: ISSUER.to_owned(),
            policy: policy.clone(),
            apis: names.apis.clone(),
            clients: names.apps.iter().map(client).collect(),
            key: SigningKey::generate(Signing::Ed25519),
            clock: Box::new(HandClock(Arc::clone(&now))),
            max_sessions: 1_000,
            password: None,
            loopback: true,
            witness: Some(Box::new(Notes(Arc::clone(&facts)))),
            luck: Box::new(SomeLuck),
        };
        change(&mut settings);
        let server = Server::new(settings).expect("a server");
        let router = router(&server);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self { server, facts, policy, router, now, runtime: runtime.expect("a runtime") }
    }

    /// The server's clock, in milliseconds after [`START`].
    pub(crate) fn at(&self, millis: i64) -> &Self {
        self.now.store(START + millis, Ordering::SeqCst);
        self
    }

    /// Nobody can tell the time any more.
    pub(crate) fn stop_clock(&self) {
        self.now.store(i64::MIN, Ordering::SeqCst);
    }

    /// The instant, in milliseconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// Asks anything.
    pub(crate) fn ask(
        &self,
        method: Method,
        target: &str,
        headers: &[(HeaderName, &str)],
        body: &[u8],
    ) -> Told {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let request = request.body(Body::from(body.to_vec())).expect("a request");
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("an answer");
            let (parts, body) = response.into_parts();
            let body = body.collect().await.expect("a body").to_bytes();
            let body = String::from_utf8(body.to_vec()).expect("UTF-8");
            Told { status: parts.status, headers: parts.headers, body }
        })
    }

    pub(crate) fn get(&self, target: &str) -> Told {
        self.ask(Method::GET, target, &[], b"")
    }

    pub(crate) fn post(&self, target: &str, pairs: &[(&str, &str)]) -> Told {
        let form = (CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(Method::POST, target, &[form], encoded(pairs).as_bytes())
    }

    /// The same by a client that authenticates with HTTP Basic.
    pub(crate) fn post_basic(
        &self,
        target: &str,
        whom: (&str, &str),
        pairs: &[(&str, &str)],
    ) -> Told {
        let form = (CONTENT_TYPE, "application/x-www-form-urlencoded");
        let part =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let basic =
            format!("Basic {}", STANDARD.encode(format!("{}:{}", part(whom.0), part(whom.1))));
        let headers = [form, (AUTHORIZATION, basic.as_str())];
        self.ask(Method::POST, target, &headers, encoded(pairs).as_bytes())
    }

    /// Asks for tokens as the public client `web`.
    pub(crate) fn token(&self, pairs: &[(&str, &str)]) -> Told {
        let mut all = vec![("client_id", "web")];
        all.extend(pairs);
        self.post("/token", &all)
    }

    /// Exchanges a code as `web`.
    pub(crate) fn exchange(&self, code: &str) -> Told {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ])
    }

    /// A refresh grant as `web`.
    pub(crate) fn refresh(&self, token: &str) -> Told {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    pub(crate) fn userinfo(&self, token: &str) -> Told {
        let bearer = format!("Bearer {token}");
        self.ask(Method::GET, "/userinfo", &[(AUTHORIZATION, &bearer)], b"")
    }

    /// Whether a token is active, as `web` asks.
    pub(crate) fn active(&self, token: &str) -> bool {
        let told = self.post("/introspect", &[("client_id", "web"), ("token", token)]);
        told.expect(200).json()["active"].as_bool().expect("a truth")
    }
}

/// A browser with its cookies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn ask(&mut self, world: &World, method: Method, target: &str, body: &[u8]) -> Told {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![(COOKIE, cookies.as_str())];
        if method == Method::POST {
            headers.push((CONTENT_TYPE, "application/x-www-form-urlencoded"));
        }
        let told = world.ask(method, target, &headers, body);
        for line in told.headers.get_all(SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        told
    }

    /// An authorization request of `web` with more parameters; a name given again is replaced, and
    /// an empty value leaves it out.
    pub(crate) fn authorize(&mut self, world: &World, more: &[(&str, &str)]) -> Told {
        self.ask(world, Method::GET, &format!("/authorize?{}", request(more)), b"")
    }

    /// Fills in the login form of a page.
    pub(crate) fn log_in(&mut self, world: &World, page: &Told, user: &str) -> Told {
        let form = page.form();
        let mut pairs: Vec<(&str, &str)> =
            form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.extend([("username", user), ("password", "any")]);
        self.ask(world, Method::POST, &form.action, encoded(&pairs).as_bytes())
    }

    /// A whole login with `web`, up to the code.
    pub(crate) fn code(&mut self, world: &World, user: &str) -> String {
        let page = self.authorize(world, &[("prompt", "login")]).expect(200);
        let back = self.log_in(world, &page, user).expect(303);
        back.returned("code").expect("a code")
    }

    /// A whole login with `web`, up to the tokens.
    pub(crate) fn tokens(&mut self, world: &World, user: &str) -> Value {
        let code = self.code(world, user);
        world.exchange(&code).expect(200).json()
    }
}

/// The query of an authorization request.
pub(crate) fn request(more: &[(&str, &str)]) -> String {
    let challenge = challenge(VERIFIER);
    let mut pairs = vec![
        ("client_id", "web"),
        ("redirect_uri", REDIRECT_URI),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "s-1"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    encoded(&pairs)
}

pub(crate) fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A page's form.
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
}

impl Told {
    /// Fails unless the status is that one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:#?}");
        self
    }

    /// Fails unless it is that status with that OAuth error (RFC 6749 §5.2).
    #[track_caller]
    pub(crate) fn refuses(self, status: u16, code: &str) -> Self {
        let told = self.expect(status);
        assert_eq!(told.json()["error"], code, "{told:#?}");
        told
    }

    /// Fails unless the browser is sent back with that error (RFC 6749 §4.1.2.1).
    #[track_caller]
    pub(crate) fn sends_back(self, code: &str) -> Self {
        let told = self.expect(303);
        assert_eq!(told.returned("error").as_deref(), Some(code), "{told:#?}");
        assert_eq!(told.returned("iss").as_deref(), Some(ISSUER));
        told
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?.to_str().unwrap();
        Some(Url::parse(location).expect("a URL"))
    }

    /// A parameter that the browser carries back to the client.
    pub(crate) fn returned(&self, name: &str) -> Option<String> {
        let location = self.location()?;
        let mut pairs = location.query_pairs();
        pairs.find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
    }

    pub(crate) fn form(&self) -> Form {
        let between = |text: &str, start: &str| {
            let text = text.split_once(start).unwrap_or_else(|| panic!("no {start}: {text}")).1;
            let value = text.split_once('"').expect("a quote").0;
            value
                .replace("&lt;", "<")
                .replace("&#39;", "'")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
        };
        let hidden = self.body.split("<input type=\"hidden\"").skip(1);
        let hidden = hidden.map(|rest| (between(rest, "name=\""), between(rest, "value=\"")));
        Form { action: between(&self.body, "action=\""), hidden: hidden.collect() }
    }
}

/// The claims of a JWT; its signature is looked at elsewhere.
pub(crate) fn claims(token: &Value) -> Value {
    part(token, 1)
}

/// Its header.
pub(crate) fn header(token: &Value) -> Value {
    part(token, 0)
}

fn part(token: &Value, place: usize) -> Value {
    let part = token.as_str().expect("a token").split('.').nth(place).expect("a part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

/// A text of an answer.
#[track_caller]
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
