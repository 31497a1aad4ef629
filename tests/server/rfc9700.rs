//! Best current practice for OAuth 2.0 security: rotation and reuse.

use serde_json::Value;

use crate::world::*;

fn rotated(world: &World, token: &str) -> Value {
    world.refresh(token).expect(200).json()
}

#[test]
fn rfc9700_4_14_2_each_use_gives_a_new_refresh_token() {
    let world = World::new(ROTATING);
    let first = Browser::default().tokens(&world, "ann");
    let second = rotated(&world, text(&first["refresh_token"]));
    let third = rotated(&world, text(&second["refresh_token"]));
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_ne!(second["refresh_token"], third["refresh_token"]);
    assert!(!world.active(text(&first["refresh_token"])));
    assert!(world.active(text(&third["refresh_token"])));
}

#[test]
fn rfc9700_4_14_2_within_the_leeway_a_reuse_is_answered_like_the_first_time() {
    let world = World::new(ROTATING);
    let first = Browser::default().tokens(&world, "ann");
    let second = rotated(&world, text(&first["refresh_token"]));
    let again = rotated(world.at(9_999), text(&first["refresh_token"]));
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    assert!(world.active(text(&again["access_token"])));
    rotated(&world, text(&second["refresh_token"]));
}

#[test]
fn rfc9700_4_14_2_after_the_leeway_a_reuse_revokes_the_whole_family() {
    let world = World::new(ROTATING);
    let mut browser = Browser::default();
    let first = browser.tokens(&world, "ann");
    let second = rotated(&world, text(&first["refresh_token"]));
    world.at(10_000);
    assert!(world.active(text(&second["access_token"])));
    world.refresh(text(&first["refresh_token"])).refuses(400, "invalid_grant");
    assert!(!world.active(text(&second["access_token"])));
    for token in [&first, &second] {
        world.refresh(text(&token["refresh_token"])).refuses(400, "invalid_grant");
    }
    // The session is the browser's, and still good.
    browser.authorize(&world, &[("prompt", "none")]).expect(303).returned("code").expect("a code");
}

#[test]
fn rfc9700_4_14_2_the_leeway_is_for_the_last_rotation_alone() {
    let world = World::new(ROTATING);
    let first = Browser::default().tokens(&world, "ann");
    let second = rotated(&world, text(&first["refresh_token"]));
    rotated(&world, text(&second["refresh_token"]));
    world.refresh(text(&first["refresh_token"])).refuses(400, "invalid_grant");
    world.refresh(text(&second["refresh_token"])).refuses(400, "invalid_grant");
}

#[test]
fn rfc9700_4_14_2_an_older_family_kills_no_younger_one() {
    let world = World::new(ROTATING);
    let mut browser = Browser::default();
    let old = browser.tokens(&world, "ann");
    let new = browser.tokens(&world, "ann");
    world.at(20_000).refresh(text(&old["refresh_token"])).refuses(400, "invalid_grant");
    rotated(&world, text(&new["refresh_token"]));
}

#[test]
fn rfc9700_2_1_2_there_is_no_implicit_flow_and_the_browser_flow_has_its_own_lifetime() {
    let scenario = SCENARIO
        .replace("[policy.app.web]", "[policy.app.web]\nflow = \"browser\"")
        .replace("[[policy]]", "[[policy]]\napi.orders.access_token_lifetime_browser = \"2m\"");
    let world = World::new(&scenario);
    for kind in ["token", "id_token", "id_token token"] {
        Browser::default()
            .authorize(&world, &[("response_type", kind)])
            .sends_back("unsupported_response_type");
    }
    assert_eq!(Browser::default().tokens(&world, "ann")["expires_in"], 120);
}

#[test]
fn rfc9700_4_12_a_browser_is_sent_on_by_303() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let page = browser.authorize(&world, &[]).expect(200);
    browser.log_in(&world, &page, "ann").expect(303);
}
