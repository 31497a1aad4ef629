//! OpenID Connect RP-Initiated Logout.

use axum::http::Method;

use crate::world::*;

const BYE: &str = "http://127.0.0.1:7/bye";

fn silent(world: &World, browser: &mut Browser) -> Told {
    browser.authorize(world, &[("prompt", "none")])
}

#[test]
fn oidc_logout_2_with_an_id_token_the_browser_is_sent_back_logged_out() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let tokens = browser.tokens(&world, "ann");
    let query = encoded(&[
        ("id_token_hint", text(&tokens["id_token"])),
        ("post_logout_redirect_uri", BYE),
        ("state", "a b&c"),
    ]);
    let told = browser.ask(&world, Method::GET, &format!("/logout?{query}"), b"").expect(303);
    assert_eq!(told.returned("state").as_deref(), Some("a b&c"));
    silent(&world, &mut browser).sends_back("login_required");
    world.refresh(text(&tokens["refresh_token"])).refuses(400, "invalid_grant");
    // The model's word for why a login is needed now.
    browser.tokens(&world, "ann");
    let facts = world.facts.lock().unwrap();
    let Some((_, _, relogin::model::Fact::Access(last))) = facts.last() else { panic!() };
    assert_eq!(last.cause, Some(relogin::model::LoginCause::Logout));
}

#[test]
fn oidc_logout_2_without_one_a_person_is_asked() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.tokens(&world, "ann");
    let query = encoded(&[("client_id", "web"), ("post_logout_redirect_uri", BYE)]);
    let page = browser.ask(&world, Method::GET, &format!("/logout?{query}"), b"").expect(200);
    silent(&world, &mut browser).expect(303).returned("code").expect("still logged in");
    let form = page.form();
    let mut eve = Browser::default();
    let csrf = encoded(&[("csrf", &form.hidden[0].1)]);
    eve.cookies.clone_from(&browser.cookies);
    eve.cookies.retain(|name, _| !name.contains("form"));
    eve.ask(&world, Method::POST, &form.action, csrf.as_bytes()).expect(200);
    silent(&world, &mut browser).expect(303).returned("code").expect("still logged in");
    let told = browser.ask(&world, Method::POST, &form.action, csrf.as_bytes()).expect(303);
    assert_eq!(told.location().unwrap().as_str(), BYE);
    silent(&world, &mut browser).sends_back("login_required");
}

#[test]
fn oidc_logout_2_anothers_id_token_logs_nobody_out_unasked() {
    let world = World::new(SCENARIO);
    let (mut ann, mut bob) = (Browser::default(), Browser::default());
    ann.tokens(&world, "ann");
    let bobs = bob.tokens(&world, "bob");
    let target = format!("/logout?id_token_hint={}", text(&bobs["id_token"]));
    ann.ask(&world, Method::GET, &target, b"").expect(200);
    silent(&world, &mut ann).expect(303).returned("code").expect("still logged in");
    silent(&world, &mut bob).expect(303).returned("code").expect("still logged in");
}

#[test]
fn oidc_logout_3_nobody_is_sent_to_a_place_that_is_not_registered() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let tokens = browser.tokens(&world, "ann");
    for pairs in [
        &[
            ("id_token_hint", text(&tokens["id_token"])),
            ("post_logout_redirect_uri", "https://evil.example/"),
        ][..],
        &[("post_logout_redirect_uri", BYE)],
        &[("client_id", "nobody"), ("post_logout_redirect_uri", BYE)],
        &[("id_token_hint", "x.y.z")],
        &[("id_token_hint", text(&tokens["id_token"])), ("client_id", "backend")],
    ] {
        let target = format!("/logout?{}", encoded(pairs));
        let told = browser.ask(&world, Method::GET, &target, b"").expect(400);
        assert_eq!(told.location(), None);
    }
    silent(&world, &mut browser).expect(303).returned("code").expect("still logged in");
}

#[test]
fn oidc_logout_2_by_post_it_is_the_same() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let tokens = browser.tokens(&world, "ann");
    let body = encoded(&[("id_token_hint", text(&tokens["id_token"]))]);
    let told = browser.ask(&world, Method::POST, "/logout", body.as_bytes()).expect(200);
    assert!(told.body.contains("You are logged out"));
    silent(&world, &mut browser).sends_back("login_required");
}

#[test]
fn what_a_logout_ends_the_policy_says() {
    for (scope, session, other) in
        [("app", true, true), ("sso", false, true), ("everywhere", false, false)]
    {
        let both = format!(
            "refresh_token = {{ idle_lifetime = \"1h\", absolute_lifetime = \"1d\" }}\n\
             logout = \"{scope}\"\n"
        );
        let scenario = SCENARIO.replace(
            "[policy.app.web]",
            &format!("[policy.app.shop]\n{both}[policy.app.web]\nlogout = \"{scope}\""),
        );
        let world = World::new(&scenario);
        let mut browser = Browser::default();
        let tokens = browser.tokens(&world, "ann");
        let back = browser.authorize(&world, &[("client_id", "shop")]).expect(303);
        let code = back.returned("code").unwrap();
        let as_shop = |pairs: &[(&str, &str)]| {
            let mut all = vec![("client_id", "shop")];
            all.extend(pairs);
            world.post("/token", &all)
        };
        let shop = as_shop(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ]);
        let shop = shop.expect(200).json();
        let target = format!("/logout?id_token_hint={}", text(&tokens["id_token"]));
        browser.ask(&world, Method::GET, &target, b"").expect(200);
        world.refresh(text(&tokens["refresh_token"])).refuses(400, "invalid_grant");
        let refresh =
            [("grant_type", "refresh_token"), ("refresh_token", text(&shop["refresh_token"]))];
        as_shop(&refresh).expect(if other { 200 } else { 400 });
        let silent = silent(&world, &mut browser).expect(303);
        assert_eq!(silent.returned("code").is_some(), session, "{scope}");
    }
}
