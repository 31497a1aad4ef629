//! Proof Key for Code Exchange.

use relogin::oidc::challenge;

use crate::world::*;

fn exchange(world: &World, code: &str, verifier: Option<&str>) -> Told {
    let mut pairs =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT_URI)];
    pairs.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    world.token(&pairs)
}

#[test]
fn rfc7636_4_4_1_a_public_client_must_send_a_challenge_and_only_s256_will_do() {
    let world = World::new(SCENARIO);
    for more in [
        &[("code_challenge", "")][..],
        &[("code_challenge", ""), ("code_challenge_method", "")],
        &[("code_challenge_method", "plain")],
        &[("code_challenge_method", "")],
        &[("code_challenge", "short")],
        &[("code_challenge", "======================================aaaaa")],
    ] {
        Browser::default().authorize(&world, more).sends_back("invalid_request");
    }
}

#[test]
fn rfc7636_4_6_the_verifier_must_fit() {
    let world = World::new(SCENARIO);
    let code = Browser::default().code(&world, "ann");
    let other = format!("{}x", &VERIFIER[1..]);
    for wrong in [None, Some(""), Some(&*other), Some("short"), Some(&*challenge(VERIFIER))] {
        exchange(&world, &code, wrong).refuses(400, "invalid_grant");
    }
    exchange(&world, &code, Some(VERIFIER)).expect(200);
}

#[test]
fn rfc7636_4_1_a_verifier_has_43_to_128_unreserved_characters() {
    let world = World::new(SCENARIO);
    for (verifier, status) in [
        ("a".repeat(42), 400),
        ("a".repeat(43), 200),
        ("a-._~".repeat(25), 200),
        ("a".repeat(129), 400),
        (format!("{}+", "a".repeat(43)), 400),
    ] {
        let mut browser = Browser::default();
        let own = challenge(&verifier);
        let page = browser.authorize(&world, &[("code_challenge", &own)]).expect(200);
        let code = browser.log_in(&world, &page, "ann").returned("code").unwrap();
        exchange(&world, &code, Some(&verifier)).expect(status);
    }
}

#[test]
fn rfc9700_4_8_2_a_verifier_without_a_challenge_is_a_downgrade() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let more = [("client_id", "backend"), ("code_challenge", ""), ("code_challenge_method", "")];
    let page = browser.authorize(&world, &more).expect(200);
    let code = browser.log_in(&world, &page, "ann").returned("code").unwrap();
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", REDIRECT_URI),
    ];
    pairs.push(("code_verifier", VERIFIER));
    world.post_basic("/token", ("backend", "s3cret&:ü"), &pairs).refuses(400, "invalid_grant");
    pairs.pop();
    world.post_basic("/token", ("backend", "s3cret&:ü"), &pairs).expect(200);
}
