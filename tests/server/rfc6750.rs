//! Bearer token usage, at the one resource that the server has: userinfo.

use axum::http::Method;
use axum::http::header::AUTHORIZATION;

use crate::world::*;

#[test]
fn rfc6750_2_a_token_comes_by_header_or_form_but_not_by_both_or_query() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    let token = text(&tokens["access_token"]);
    assert_eq!(world.userinfo(token).expect(200).json()["sub"], "ann");
    world.post("/userinfo", &[("access_token", token)]).expect(200);
    world.get(&format!("/userinfo?access_token={token}")).expect(401);
    let bearer = format!("bEARER {token}");
    let both = [
        (AUTHORIZATION, bearer.as_str()),
        (axum::http::header::CONTENT_TYPE, "application/x-www-form-urlencoded"),
    ];
    let body = encoded(&[("access_token", token)]);
    world.ask(Method::POST, "/userinfo", &both, body.as_bytes()).expect(400);
}

#[test]
fn rfc6750_3_what_is_wrong_stands_in_www_authenticate() {
    let world = World::new(SCENARIO);
    let none = world.get("/userinfo").expect(401);
    assert_eq!(none.header("www-authenticate"), "Bearer realm=\"relogin\"");
    let wrong = world.userinfo("x.y.z").expect(401);
    assert!(wrong.header("www-authenticate").contains("error=\"invalid_token\""), "{wrong:?}");
}

#[test]
fn rfc6750_3_1_a_token_without_openid_has_an_insufficient_scope() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.tokens(&world, "ann");
    let back = browser.authorize(&world, &[("scope", "read:orders unknown")]).expect(303);
    let tokens = world.exchange(&back.returned("code").unwrap()).expect(200).json();
    assert_eq!(tokens["scope"], "read:orders");
    assert_eq!(tokens["id_token"], serde_json::Value::Null);
    let told = world.userinfo(text(&tokens["access_token"])).expect(403);
    assert!(told.header("www-authenticate").contains("insufficient_scope"), "{told:?}");
}

#[test]
fn rfc6750_an_id_token_or_a_changed_token_opens_nothing() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    world.userinfo(text(&tokens["id_token"])).expect(401);
    world.userinfo(text(&tokens["refresh_token"])).expect(401);
    let token = text(&tokens["access_token"]);
    for place in [5, token.find('.').unwrap() + 9, token.len() - 2] {
        let mut changed = token.to_owned().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        world.userinfo(std::str::from_utf8(&changed).unwrap()).expect(401);
    }
    let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
    world.userinfo(&unsigned).expect(401);
}
