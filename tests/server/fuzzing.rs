//! The fuzz targets' entry with a few thousand inputs made of what the endpoints know and of bytes,
//! so that it cannot rot; `cargo fuzz run token` goes on from there.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::entries::{ENDPOINTS, Things, endpoint, with_things};
use crate::world::*;

const NAMES: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "id_token_hint",
    "login_hint",
    "resource",
    "audience",
    "request",
    "grant_type",
    "code",
    "code_verifier",
    "refresh_token",
    "client_secret",
    "token",
    "token_type_hint",
    "access_token",
    "post_logout_redirect_uri",
    "csrf",
    "username",
    "password",
    "",
];

/// A parameter's value: one that something knows, or anything.
fn value(things: &Things) -> impl Strategy<Value = String> + use<> {
    let mut known: Vec<String> = [
        "web",
        "backend",
        "code",
        "token",
        "none",
        "login",
        "openid profile",
        "S256",
        "query",
        "fragment",
        "form_post",
        "orders",
        "0",
        "60",
        "authorization_code",
        "password",
        "ann",
        "bob",
        "s3cret&:ü",
        REDIRECT_URI,
        VERIFIER,
        "https://evil.example/",
        "http://[::1]:9/x?y=z",
        "",
        "9223372036854775807",
        "\u{0}",
        "\u{202e}x",
        "<script>",
    ]
    .map(str::to_owned)
    .into();
    known.push(relogin::oidc::challenge(VERIFIER));
    for thing in [&things.code, &things.access, &things.refresh, &things.id, &things.csrf] {
        known.push(thing.clone());
        known.push(thing.chars().rev().collect());
    }
    known.push("refresh_token".to_owned());
    prop_oneof![6 => prop::sample::select(known), 1 => any::<String>(), 1 => "[a-zA-Z0-9._=-]{0,80}"]
}

fn pairs(things: &Things) -> impl Strategy<Value = String> + use<> {
    let pair = (prop::sample::select(NAMES), value(things));
    // Sometimes beside a whole request, so that what comes after its checks is reached too.
    let whole = prop_oneof![Just(String::new()), Just(request(&[]))];
    (whole, vec(pair, 0..8)).prop_map(|(whole, pairs)| {
        let pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        format!("{whole}{}{}", if whole.is_empty() { "" } else { "&" }, encoded(&pairs))
    })
}

/// What a fuzzer would make in time: known requests, some of their bytes changed.
fn input(things: &Things) -> impl Strategy<Value = Vec<u8>> + use<> {
    let bearer = format!("Bearer {}", things.access);
    let basic = "Basic YmFja2VuZDp4".to_owned();
    let header = prop_oneof![Just(String::new()), Just(bearer), Just(basic), any::<String>()];
    let changes = vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    let made = (any::<u8>(), pairs(things), header, pairs(things), changes);
    let made = made.prop_map(|(choice, query, header, body, changes)| {
        let header = header.replace('\n', " ");
        let mut data = vec![choice];
        data.extend(format!("{query}\n{header}\n{body}").into_bytes());
        for (place, byte) in changes {
            let place = place.index(data.len());
            data[place] = byte;
        }
        data
    });
    prop_oneof![8 => made, 1 => vec(any::<u8>(), 0..200)]
}

#[test]
fn no_input_panics_or_breaks_an_answer() {
    let config = ProptestConfig {
        cases: 600,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    };
    let inputs = with_things(|things| input(things));
    for name in ENDPOINTS {
        let checked = TestRunner::new(config.clone()).run(&inputs, |data| {
            endpoint(name, &data);
            Ok(())
        });
        checked.unwrap_or_else(|error| panic!("/{name}: {error}"));
    }
}

#[test]
fn every_endpoint_has_its_fuzz_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).expect("fuzz/Cargo.toml");
    for name in ENDPOINTS {
        let target = folder.join(format!("fuzz_targets/{name}.rs"));
        let text = std::fs::read_to_string(&target).expect("a fuzz target");
        assert!(text.contains(&format!("entries::endpoint(\"{name}\", data)")), "{text}");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
}
