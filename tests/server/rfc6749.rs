//! The OAuth 2.0 Authorization Framework.

use axum::http::Method;
use axum::http::header::CONTENT_TYPE;

use crate::world::*;

#[test]
fn rfc6749_3_1_parameters_without_a_value_are_left_out() {
    let world = World::new(SCENARIO);
    let told = world.get(&format!("/authorize?{}&prompt=&max_age=", request(&[])));
    told.expect(200);
}

#[test]
fn rfc6749_3_1_the_authorization_endpoint_takes_get_and_may_take_post() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let page = browser.ask(&world, Method::POST, "/authorize", request(&[]).as_bytes()).expect(200);
    browser.log_in(&world, &page, "ann").expect(303).returned("code").expect("a code");
}

#[test]
fn rfc6749_3_1_a_parameter_included_twice_is_invalid_request() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser
        .ask(&world, Method::GET, &format!("/authorize?{}&scope=openid", request(&[])), b"")
        .sends_back("invalid_request");
    let told = world.token(&[("grant_type", "refresh_token"), ("grant_type", "refresh_token")]);
    told.refuses(400, "invalid_request");
}

#[test]
fn rfc6749_3_2_the_token_endpoint_takes_post_alone_and_forms_alone() {
    let world = World::new(SCENARIO);
    let told = world.get("/token?grant_type=refresh_token").expect(405);
    assert_eq!(told.header("allow"), "POST");
    let json = (CONTENT_TYPE, "application/json");
    world.ask(Method::POST, "/token", &[json], b"{}").refuses(400, "invalid_request");
}

#[test]
fn rfc6749_4_1_2_1_an_unknown_client_or_redirect_uri_sends_nobody_anywhere() {
    let world = World::new(SCENARIO);
    let evil = "https://evil.example/";
    for more in [
        ("client_id", "nobody"),
        ("client_id", ""),
        ("redirect_uri", ""),
        ("redirect_uri", evil),
        ("redirect_uri", "http://127.0.0.1:7/callback#fragment"),
    ] {
        let told = Browser::default().authorize(&world, &[more]).expect(400);
        assert_eq!(told.location(), None);
        assert!(told.body.contains("<h1>") && told.body.contains("invalid_request"), "{told:?}");
        assert!(!told.body.contains(evil));
    }
    let twice = format!("/authorize?{}&redirect_uri={REDIRECT_URI}", request(&[]));
    assert_eq!(world.get(&twice).expect(400).location(), None);
}

#[test]
fn rfc6749_4_1_2_1_errors_carry_state() {
    let world = World::new(SCENARIO);
    let told = Browser::default().authorize(&world, &[("response_type", "token")]);
    let told = told.sends_back("unsupported_response_type");
    assert_eq!(told.returned("state").as_deref(), Some("s-1"));
    assert!(told.returned("error_description").is_some());
}

#[test]
fn rfc6749_4_1_2_1_what_is_wrong_is_told_to_the_client() {
    let world = World::new(SCENARIO);
    for (name, value, code) in [
        ("response_type", "", "invalid_request"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("response_mode", "web_message", "invalid_request"),
        ("max_age", "-1", "invalid_request"),
        ("max_age", "soon", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("id_token_hint", "x.y.z", "invalid_request"),
        ("request", "x.y.z", "request_not_supported"),
        ("request_uri", "https://client.example/r", "request_uri_not_supported"),
        ("registration", "{}", "registration_not_supported"),
        ("resource", "elsewhere", "invalid_target"),
    ] {
        Browser::default().authorize(&world, &[(name, value)]).sends_back(code);
    }
}

#[test]
fn rfc6749_4_1_2_a_code_is_exchanged_once_and_a_second_use_revokes_what_came_of_it() {
    let world = World::new(SCENARIO);
    let code = Browser::default().code(&world, "ann");
    let tokens = world.exchange(&code).expect(200).json();
    let (access, refresh) = (text(&tokens["access_token"]), text(&tokens["refresh_token"]));
    assert!(world.active(access) && world.active(refresh));
    world.exchange(&code).refuses(400, "invalid_grant");
    assert!(!world.active(access) && !world.active(refresh));
    world.refresh(refresh).refuses(400, "invalid_grant");
    world.userinfo(access).expect(401);
}

#[test]
fn rfc6749_4_1_2_the_same_without_a_refresh_token() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let code = backend_code(&world, &mut browser);
    let exchange = || {
        let pairs =
            [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT_URI)];
        world.post_basic("/token", ("backend", "s3cret&:ü"), &pairs)
    };
    let tokens = exchange().expect(200).json();
    let access = text(&tokens["access_token"]);
    world.userinfo(access).expect(200);
    exchange().refuses(400, "invalid_grant");
    world.userinfo(access).expect(401);
}

fn backend_code(world: &World, browser: &mut Browser) -> String {
    let more = [
        ("client_id", "backend"),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
        ("prompt", "login"),
    ];
    let page = browser.authorize(world, &more).expect(200);
    browser.log_in(world, &page, "ann").expect(303).returned("code").expect("a code")
}

#[test]
fn rfc6749_4_1_3_a_code_belongs_to_its_client_and_its_redirect_uri() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let code = backend_code(&world, &mut browser);
    world.exchange(&code).refuses(400, "invalid_grant");
    let code = browser.code(&world, "ann");
    let with = |uri: Option<&str>| {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("code_verifier", VERIFIER),
        ];
        pairs.extend(uri.map(|uri| ("redirect_uri", uri)));
        world.token(&pairs)
    };
    with(None).refuses(400, "invalid_grant");
    with(Some("http://127.0.0.1:7/other")).refuses(400, "invalid_grant");
    with(Some(REDIRECT_URI)).expect(200);
}

#[test]
fn rfc6749_4_1_3_a_code_is_worth_nothing_after_a_logout_or_a_changed_character() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let tokens = browser.tokens(&world, "ann");
    let code = browser.authorize(&world, &[]).expect(303).returned("code").expect("a code");
    let end = format!("/logout?id_token_hint={}", text(&tokens["id_token"]));
    browser.ask(&world, Method::GET, &end, b"").expect(200);
    world.exchange(&code).refuses(400, "invalid_grant");
    for wrong in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", &"A".repeat(500), "ü"] {
        let told = world.exchange(wrong);
        assert!(["invalid_grant", "invalid_request"].contains(&text(&told.json()["error"])));
    }
}

#[test]
fn rfc6749_5_1_an_answer_with_tokens_is_not_kept() {
    let world = World::new(SCENARIO);
    let code = Browser::default().code(&world, "ann");
    let told = world.exchange(&code).expect(200);
    assert_eq!(told.header("cache-control"), "no-store");
    assert_eq!(told.header("content-type"), "application/json");
    let tokens = told.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 600);
    assert_eq!(tokens["scope"], "openid profile");
}

#[test]
fn rfc6749_5_2_unknown_client_is_invalid_client_401() {
    let world = World::new(SCENARIO);
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let mut nobody = vec![("client_id", "nobody")];
    nobody.extend(pairs);
    let told = world.post("/token", &nobody).refuses(401, "invalid_client");
    assert!(told.header("www-authenticate").starts_with("Basic"), "{told:?}");
    world.post("/token", &pairs).refuses(401, "invalid_client");
}

#[test]
fn rfc6749_5_2_a_client_authenticates_as_it_is_registered() {
    let world = World::new(SCENARIO);
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let right = ("backend", "s3cret&:ü");
    world.post_basic("/token", right, &pairs).refuses(400, "invalid_grant");
    world.post_basic("/token", ("backend", "wrong"), &pairs).refuses(401, "invalid_client");
    // By the form, where Basic is registered; and in two ways at once (§2.3).
    let mut posted = vec![("client_id", "backend"), ("client_secret", "s3cret&:ü")];
    posted.extend(pairs);
    world.post("/token", &posted).refuses(401, "invalid_client");
    world.post_basic("/token", right, &posted).refuses(400, "invalid_request");
    // A public client that brings a secret.
    let mut web = vec![("client_id", "web"), ("client_secret", "x")];
    web.extend(pairs);
    world.post("/token", &web).refuses(401, "invalid_client");
}

#[test]
fn rfc6749_5_2_other_errors_have_their_codes() {
    let world = World::new(SCENARIO);
    world.token(&[]).refuses(400, "invalid_request");
    world.token(&[("grant_type", "password")]).refuses(400, "unsupported_grant_type");
    world.token(&[("grant_type", "authorization_code")]).refuses(400, "invalid_request");
    world.token(&[("grant_type", "refresh_token")]).refuses(400, "invalid_request");
    world.refresh("x").refuses(400, "invalid_grant");
}

#[test]
fn rfc6749_6_a_refresh_grant_stays_within_its_scope_and_its_client() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    let refresh = text(&tokens["refresh_token"]);
    let with = |scope| {
        world.token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh),
            ("scope", scope),
        ])
    };
    let less = with("openid").expect(200).json();
    assert_eq!(less["scope"], "openid");
    assert_eq!(claims(&less["id_token"])["preferred_username"], serde_json::Value::Null);
    with("openid profile read:orders").refuses(400, "invalid_scope");
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    world.post_basic("/token", ("backend", "s3cret&:ü"), &pairs).refuses(400, "invalid_grant");
}

#[test]
fn rfc6749_10_12_a_login_form_of_another_browser_or_request_opens_nothing() {
    let world = World::new(SCENARIO);
    let (mut ann, mut eve) = (Browser::default(), Browser::default());
    let page = ann.authorize(&world, &[]).expect(200);
    eve.log_in(&world, &page, "ann").expect(403);
    eve.authorize(&world, &[]).expect(200);
    eve.log_in(&world, &page, "ann").expect(403);
    let mut form = page.form();
    form.action = form.action.replace("s-1", "s-2");
    let body = encoded(&[("csrf", &form.hidden[0].1), ("username", "ann"), ("password", "x")]);
    ann.ask(&world, Method::POST, &form.action, body.as_bytes()).expect(403);
    ann.log_in(&world, &page, "ann").expect(303);
}

#[test]
fn rfc8707_2_a_resource_chooses_the_audience() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.tokens(&world, "ann");
    for parameter in ["resource", "audience"] {
        let back = browser.authorize(&world, &[(parameter, "stock")]).expect(303);
        let tokens = world.exchange(&back.returned("code").unwrap()).expect(200).json();
        assert_eq!(claims(&tokens["access_token"])["aud"], "stock");
        assert_eq!(tokens["expires_in"], 300);
        let refresh = text(&tokens["refresh_token"]);
        let same = world.refresh(refresh).expect(200).json();
        assert_eq!(claims(&same["access_token"])["aud"], "stock");
        let with = |resource| {
            let pairs = [
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh),
                ("resource", resource),
            ];
            world.token(&pairs)
        };
        assert_eq!(claims(&with("orders").expect(200).json()["access_token"])["aud"], "orders");
        with("elsewhere").refuses(400, "invalid_target");
    }
}

#[test]
fn rfc9207_2_an_answer_says_who_gives_it() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.tokens(&world, "ann");
    let back = browser.authorize(&world, &[]).expect(303);
    assert_eq!(back.returned("iss").as_deref(), Some(ISSUER));
    assert_eq!(back.returned("state").as_deref(), Some("s-1"));
}
