//! Whether the server can do its work: it is there, and it knows what time it is.

use axum::http::StatusCode;

use super::super::answer::{Answer, Asked};
use super::super::state::Server;
use super::Endpoint;

pub(super) const ENDPOINT: Endpoint = Endpoint {
    name: "healthz",
    path: "/healthz",
    gets: true,
    posts: false,
    cross_origin: false,
    answer,
};

fn answer(server: &Server, _: &Asked<'_>) -> Answer {
    match server.now() {
        Ok(_) => Answer::text(StatusCode::OK, "ok", "ok\n"),
        Err(error) => error.answer(),
    }
}
