//! What the server says of itself (OpenID Connect Discovery 1.0 §3 and §4).

use serde_json::{Value, json};

use super::super::answer::{Answer, Asked};
use super::super::state::Server;
use super::Endpoint;
use crate::oidc::Metadata;

pub(super) const ENDPOINT: Endpoint = Endpoint {
    name: "discovery",
    path: "/.well-known/openid-configuration",
    gets: true,
    posts: false,
    cross_origin: true,
    answer,
};

fn answer(server: &Server, _: &Asked<'_>) -> Answer {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let url = |path: &str| server.issuer.url(path);
    let metadata = Metadata {
        issuer: server.issuer.text.clone(),
        authorization_endpoint: url("/authorize"),
        token_endpoint: url("/token"),
        jwks_uri: url("/jwks"),
        userinfo_endpoint: Some(url("/userinfo")),
        introspection_endpoint: Some(url("/introspect")),
        revocation_endpoint: Some(url("/revoke")),
        end_session_endpoint: Some(url("/logout")),
        token_endpoint_auth_methods_supported: words(&[
            "none",
            "client_secret_basic",
            "client_secret_post",
        ]),
        grant_types_supported: words(&["authorization_code", "refresh_token"]),
        response_types_supported: words(&["code"]),
        response_modes_supported: words(&["query", "fragment", "form_post"]),
        scopes_supported: server.scopes.names().map(str::to_owned).collect(),
        subject_types_supported: words(&["public"]),
        id_token_signing_alg_values_supported: words(&[server.key.algorithm()]),
        code_challenge_methods_supported: words(&["S256"]),
        prompt_values_supported: words(&["none", "login"]),
        claims_supported: words(&[
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "nonce",
            "sid",
            "name",
            "preferred_username",
        ]),
        authorization_response_iss_parameter_supported: true,
    };
    // What clients of ours never ask for, and what others would take for granted if it were left
    // out.
    let more = json!({
        "introspection_endpoint_auth_methods_supported":
            ["none", "client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported":
            ["none", "client_secret_basic", "client_secret_post"],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    });
    let mut all = json!(metadata);
    if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
        all.extend(more);
    }
    Answer::public_json(all.to_string().into())
}
