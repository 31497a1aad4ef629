//! Counters in Prometheus' text format.

use std::fmt::Write as _;

use axum::http::StatusCode;

use super::super::answer::{Answer, Asked};
use super::super::state::Server;
use super::Endpoint;

pub(super) const ENDPOINT: Endpoint = Endpoint {
    name: "metrics",
    path: "/metrics",
    gets: true,
    posts: false,
    cross_origin: false,
    answer,
};

fn answer(server: &Server, _: &Asked<'_>) -> Answer {
    let mut out = String::with_capacity(8_192);
    server.tally.render(&mut out);
    let (known, most, bytes) = server.memory();
    let (mut valid, mut families) = (0, 0);
    if let Ok(now) = server.now() {
        (valid, families) = server.browsers.fold((0, 0), |(valid, families), browser| {
            let session = server.policy.check(&browser.agent.session, now).is_valid();
            let held = browser.agent.apps.iter().filter(|app| app.holds_refresh).count();
            (valid + usize::from(session), families + held)
        });
    }
    for (name, about, value) in [
        ("relogin_browsers", "Browsers remembered: users on their devices.", known),
        ("relogin_browsers_max", "Browsers that may be remembered.", most),
        ("relogin_sessions_valid", "Sessions that are valid now.", valid),
        ("relogin_refresh_token_families", "Refresh tokens in force or expired.", families),
        ("relogin_codes", "Codes of the last minute.", server.codes.count()),
        ("relogin_browser_bytes", "Memory that one browser takes, about.", bytes),
        ("relogin_browsers_bytes", "Memory that all of them take, about.", known * bytes),
    ] {
        let _ = writeln!(out, "# HELP {name} {about}\n# TYPE {name} gauge\n{name} {value}");
    }
    let mut answer = Answer::text(StatusCode::OK, "ok", out);
    let kind = axum::http::HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    answer.response.headers_mut().insert(axum::http::header::CONTENT_TYPE, kind);
    answer
}
