//! The keys that check the server's signatures (RFC 7517 §5).

use super::super::answer::{Answer, Asked};
use super::super::state::Server;
use super::Endpoint;

pub(super) const ENDPOINT: Endpoint =
    Endpoint { name: "jwks", path: "/jwks", gets: true, posts: false, cross_origin: true, answer };

fn answer(server: &Server, _: &Asked<'_>) -> Answer {
    Answer::public_json(server.key.jwks().into())
}
