//! Token revocation.

use crate::world::*;

fn revoke(world: &World, token: &str) -> Told {
    world.post("/revoke", &[("client_id", "web"), ("token", token)])
}

#[test]
fn rfc7009_2_1_a_refresh_token_takes_its_access_tokens_with_it_and_leaves_the_session() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let tokens = browser.tokens(&world, "ann");
    let (access, refresh) = (text(&tokens["access_token"]), text(&tokens["refresh_token"]));
    revoke(&world, refresh).expect(200);
    assert!(!world.active(refresh) && !world.active(access));
    world.refresh(refresh).refuses(400, "invalid_grant");
    let again = browser.authorize(&world, &[("prompt", "none")]).expect(303);
    let again = world.exchange(&again.returned("code").unwrap()).expect(200).json();
    assert!(world.active(text(&again["access_token"])));
    assert!(world.active(text(&again["refresh_token"])));
}

#[test]
fn rfc7009_2_1_an_access_token_goes_alone() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    let (access, refresh) = (text(&tokens["access_token"]), text(&tokens["refresh_token"]));
    revoke(&world, access).expect(200);
    assert!(!world.active(access) && world.active(refresh));
    let later = world.refresh(refresh).expect(200).json();
    assert!(world.active(text(&later["access_token"])) && !world.active(access));
}

#[test]
fn rfc7009_2_2_unknown_tokens_and_those_of_others_are_no_error() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    revoke(&world, "unknown").expect(200);
    for kind in ["access_token", "refresh_token"] {
        let token = text(&tokens[kind]);
        world.post_basic("/revoke", ("backend", "s3cret&:ü"), &[("token", token)]).expect(200);
        assert!(world.active(token), "{kind}");
    }
}

#[test]
fn rfc7009_2_1_nobody_revokes_without_saying_who_asks() {
    let world = World::new(SCENARIO);
    world.post("/revoke", &[("token", "x")]).refuses(401, "invalid_client");
    world.post("/revoke", &[("client_id", "web")]).refuses(400, "invalid_request");
}
