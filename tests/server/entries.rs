//! Any bytes as a request to an endpoint: the one entry of the fuzz targets and of the suite.

use std::cell::RefCell;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::{Method, Uri};

use crate::world::*;

/// Every endpoint that takes something in, by its path. The fuzz targets are called after them.
pub(crate) const ENDPOINTS: [&str; 8] =
    ["authorize", "login", "token", "userinfo", "introspect", "revoke", "logout", "jwks"];

/// Things that a server in the middle of its work would take: what mutations begin with.
pub(crate) struct Things {
    pub(crate) world: World,
    pub(crate) browser: Browser,
    pub(crate) code: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) id: String,
    pub(crate) csrf: String,
}

impl Things {
    pub(crate) fn new() -> Self {
        let world = World::with(ROTATING, |settings| settings.max_sessions = 50);
        let mut browser = Browser::default();
        let tokens = browser.tokens(&world, "ann");
        let page = browser.authorize(&world, &[("prompt", "login")]).expect(200);
        let csrf = page.form().hidden[0].1.clone();
        let code = browser.code(&world, "ann");
        let of = |kind: &str| text(&tokens[kind]).to_owned();
        let (access, refresh, id) = (of("access_token"), of("refresh_token"), of("id_token"));
        Self { world, browser, code, access, refresh, id, csrf }
    }
}

thread_local! {
    static THINGS: RefCell<Things> = RefCell::new(Things::new());
}

/// Works with this thread's server.
pub(crate) fn with_things<R>(work: impl FnOnce(&mut Things) -> R) -> R {
    THINGS.with(|things| work(&mut things.borrow_mut()))
}

/// A request made of `data`: the first byte chooses the method and which headers go along; lines
/// are the query, a header's value, and the body.
pub(crate) fn endpoint(name: &str, data: &[u8]) {
    with_things(|things| {
        let Some((choice, rest)) = data.split_first() else { return };
        let mut lines = rest.splitn(3, |byte| *byte == b'\n');
        let query = lines.next().unwrap_or_default();
        let header = lines.next().unwrap_or_default();
        let body = lines.next().unwrap_or_default();
        let method = match choice & 7 {
            0..=2 => Method::GET,
            3..=5 => Method::POST,
            6 => Method::OPTIONS,
            _ => Method::PUT,
        };
        // What a network would not let through is nobody's to answer.
        let query: String = query
            .iter()
            .filter(|byte| (0x21..0x7f).contains(*byte))
            .map(|byte| char::from(*byte))
            .collect();
        let target = format!("/{name}?{query}");
        if target.parse::<Uri>().is_err() {
            return;
        }
        let header: String = header
            .iter()
            .filter(|byte| (0x20..0x7f).contains(*byte))
            .map(|byte| char::from(*byte))
            .collect();
        let cookies: Vec<String> =
            things.browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = if choice & 8 == 0 { cookies.join("; ") } else { header.clone() };
        let kind =
            if choice & 16 == 0 { "application/x-www-form-urlencoded" } else { header.as_str() };
        let mut headers = vec![(COOKIE, cookies.as_str()), (CONTENT_TYPE, kind)];
        if choice & 32 != 0 {
            headers.push((AUTHORIZATION, header.as_str()));
        }
        let told = things.world.ask(method, &target, &headers, body);
        well_formed(&told);
    });
}

/// Whatever was asked, the answer is one.
fn well_formed(told: &Told) {
    let status = told.status.as_u16();
    assert!((200..500).contains(&status), "{told:#?}");
    if let Some(location) = told.location() {
        assert_eq!(status, 303, "{told:#?}");
        let host = location.host_str().unwrap_or_default();
        assert!(["127.0.0.1", "[::1]", "localhost"].contains(&host), "sent to {location}");
    }
    match told.header("content-type") {
        "application/json" => {
            let json = told.json();
            let error = json.get("error").map(|code| text(code).to_owned());
            assert_eq!(status >= 400, error.is_some(), "{told:#?}");
        }
        kind if kind.starts_with("text/html") => {
            assert!(told.body.starts_with("<!DOCTYPE html>") && told.body.ends_with("</html>\n"));
            assert!(told.header("content-security-policy").starts_with("default-src 'none'"));
        }
        kind => assert!(kind.is_empty() || kind.starts_with("text/plain"), "{told:#?}"),
    }
}
