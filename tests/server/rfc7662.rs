//! Token introspection.

use crate::world::*;

#[test]
fn rfc7662_2_1_who_asks_must_say_who_it_is() {
    let world = World::new(SCENARIO);
    world.post("/introspect", &[("token", "x")]).refuses(401, "invalid_client");
    world.post("/introspect", &[("client_id", "web")]).refuses(400, "invalid_request");
    world.get("/introspect?token=x&client_id=web").expect(405);
}

#[test]
fn rfc7662_2_2_an_active_token_is_told_about() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    let (access, refresh) = (text(&tokens["access_token"]), text(&tokens["refresh_token"]));
    let ask = |token| world.post("/introspect", &[("client_id", "web"), ("token", token)]).json();
    let told = ask(access);
    assert_eq!(told["active"], true);
    assert_eq!(told["client_id"], "web");
    assert_eq!(told["username"], "ann");
    assert_eq!(told["aud"], "orders");
    assert_eq!(told["iss"], ISSUER);
    assert_eq!(told["exp"], (START + 600_000) / 1_000);
    assert_eq!(told["exp_ms"], START + 600_000);
    assert_eq!(told["jti"], claims(&tokens["access_token"])["jti"]);
    assert_eq!(ask(refresh)["scope"], "openid profile");
    // Asking is no use of it.
    world.at(3_599_999);
    assert_eq!(ask(refresh)["active"], true);
    world.at(3_600_000);
    assert_eq!(ask(refresh), serde_json::json!({"active": false}));
}

#[test]
fn rfc7662_2_2_of_what_is_not_active_nothing_is_told() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    let access = text(&tokens["access_token"]);
    assert!(world.at(599_999).active(access));
    world.at(600_000);
    for token in ["unknown", access, "a.b.c", text(&tokens["id_token"])] {
        let told = world.post("/introspect", &[("client_id", "web"), ("token", token)]);
        assert_eq!(told.expect(200).body, r#"{"active":false}"#);
    }
}

#[test]
fn rfc7662_4_a_public_client_learns_nothing_of_other_clients_tokens() {
    let world = World::with(SCENARIO, |settings| {
        let mut other = settings.clients[0].clone();
        (other.auth, other.secret) = (relogin::server::ClientAuth::None, None);
        settings.clients[0] = other;
    });
    let tokens = Browser::default().tokens(&world, "ann");
    for kind in ["access_token", "refresh_token"] {
        let token = text(&tokens[kind]);
        let pairs = [("client_id", "backend"), ("token", token)];
        assert_eq!(world.post("/introspect", &pairs).expect(200).json()["active"], false);
        assert!(world.active(token));
    }
}

#[test]
fn rfc7662_2_1_a_confidential_client_asks_as_a_resource_server_does() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    let pairs = [("token", text(&tokens["access_token"]))];
    let told = world.post_basic("/introspect", ("backend", "s3cret&:ü"), &pairs).expect(200);
    assert_eq!(told.json()["active"], true);
    world.post_basic("/introspect", ("backend", "wrong"), &pairs).refuses(401, "invalid_client");
}
