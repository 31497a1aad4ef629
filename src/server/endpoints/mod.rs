//! One file for each endpoint, and the registry of them. An endpoint is a plain function from what
//! is asked to an answer.

mod authorize;
mod discovery;
mod healthz;
mod introspect;
mod jwks;
mod login;
mod logout;
mod metrics;
mod revoke;
mod token;
mod userinfo;

use super::answer::{Answer, Asked};
use super::state::Server;

/// What stands at a path.
pub(super) struct Endpoint {
    /// Its name in the metrics.
    pub(super) name: &'static str,
    /// Its path below the issuer.
    pub(super) path: &'static str,
    pub(super) gets: bool,
    pub(super) posts: bool,
    /// Whether scripts of other origins may read its answers (CORS): what a single-page application
    /// asks by itself. What a browser is sent to is none of these.
    pub(super) cross_origin: bool,
    pub(super) answer: fn(&Server, &Asked<'_>) -> Answer,
}

/// Every endpoint.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    token::ENDPOINT,
    authorize::ENDPOINT,
    login::ENDPOINT,
    userinfo::ENDPOINT,
    introspect::ENDPOINT,
    revoke::ENDPOINT,
    logout::ENDPOINT,
    discovery::ENDPOINT,
    jwks::ENDPOINT,
    metrics::ENDPOINT,
    healthz::ENDPOINT,
];
