//! OpenID Connect Core and Discovery.

use axum::http::Method;
use serde_json::Value;

use crate::world::*;

#[test]
fn oidc_discovery_4_2_the_metadata_is_the_issuers_and_names_every_endpoint() {
    let world = World::new(SCENARIO);
    let told = world.get("/.well-known/openid-configuration").expect(200);
    assert_eq!(told.header("access-control-allow-origin"), "*");
    let metadata = told.json();
    assert_eq!(metadata["issuer"], ISSUER);
    for endpoint in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
    ] {
        let url = text(&metadata[endpoint]).strip_prefix(ISSUER).expect(endpoint).to_owned();
        assert_ne!(world.get(&url).status.as_u16(), 404, "{endpoint}");
    }
    assert_eq!(metadata["request_uri_parameter_supported"], false);
}

#[test]
fn oidc_discovery_3_an_issuer_may_have_a_path() {
    let issuer = format!("{ISSUER}/tenant");
    let world = World::with(SCENARIO, |settings| settings.issuer = issuer.clone());
    let metadata = world.get("/tenant/.well-known/openid-configuration").expect(200).json();
    assert_eq!(metadata["issuer"], issuer);
    assert_eq!(metadata["token_endpoint"], format!("{issuer}/token"));
    let mut browser = Browser::default();
    let target = format!("/tenant/authorize?{}", request(&[]));
    let page = browser.ask(&world, Method::GET, &target, b"").expect(200);
    assert!(page.form().action.starts_with("/tenant/login?"));
    browser.log_in(&world, &page, "ann").expect(303);
}

#[test]
fn oidc_core_2_an_id_token_says_who_logged_in_and_when() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let tokens = browser.tokens(&world, "ann");
    let first = claims(&tokens["id_token"]);
    assert_eq!(header(&tokens["id_token"])["typ"], "JWT");
    assert_eq!(
        (&first["iss"], &first["sub"], &first["aud"]),
        (&ISSUER.into(), &"ann".into(), &"web".into())
    );
    assert_eq!(first["nonce"], "n-1");
    assert_eq!(first["auth_time"], START / 1_000);
    assert_eq!(first["preferred_username"], "ann");
    // Later, silently: the login was when it was.
    world.at(60_000);
    let back = browser.authorize(&world, &[("prompt", "none"), ("nonce", "n-2")]).expect(303);
    let later = world.exchange(&back.returned("code").unwrap()).expect(200).json();
    let later = claims(&later["id_token"]);
    assert_eq!(later["auth_time"], first["auth_time"]);
    assert_eq!(later["sid"], first["sid"]);
    assert_eq!(later["nonce"], "n-2");
    assert_eq!(later["iat"], START / 1_000 + 60);
}

#[test]
fn oidc_core_12_2_a_refreshed_id_token_has_the_first_ones_subject_and_auth_time() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    let first = claims(&tokens["id_token"]);
    world.at(120_000);
    let tokens = world.refresh(text(&tokens["refresh_token"])).expect(200).json();
    let second = claims(&tokens["id_token"]);
    for claim in ["iss", "sub", "aud", "auth_time", "sid"] {
        assert_eq!(first[claim], second[claim], "{claim}");
    }
    assert_eq!(second["nonce"], Value::Null);
    assert_eq!(second["iat"], START / 1_000 + 120);
}

#[test]
fn oidc_core_3_1_2_1_prompt_none_never_shows_a_page() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.authorize(&world, &[("prompt", "none")]).sends_back("login_required");
    browser.tokens(&world, "ann");
    browser.authorize(&world, &[("prompt", "none")]).expect(303).returned("code").expect("a code");
    world.at(30 * 60_000);
    browser.authorize(&world, &[("prompt", "none")]).sends_back("login_required");
}

#[test]
fn oidc_core_3_1_2_1_prompt_login_asks_however_good_the_session_is() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.tokens(&world, "ann");
    browser.authorize(&world, &[("prompt", "login")]).expect(200);
    browser.authorize(&world, &[]).expect(303);
}

#[test]
fn oidc_core_3_1_2_1_max_age_asks_once_the_login_is_longer_ago() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.tokens(&world, "ann");
    world.at(60_000);
    browser.authorize(&world, &[("max_age", "60")]).expect(303);
    browser.authorize(&world, &[("max_age", "0")]).expect(200);
    world.at(60_001);
    browser.authorize(&world, &[("max_age", "60")]).expect(200);
    let silent = [("max_age", "60"), ("prompt", "none")];
    browser.authorize(&world, &silent).sends_back("login_required");
}

#[test]
fn oidc_core_3_1_2_1_an_id_token_hint_names_who_must_be_logged_in() {
    let world = World::new(SCENARIO);
    let (mut ann, mut bob) = (Browser::default(), Browser::default());
    let anns = ann.tokens(&world, "ann");
    bob.tokens(&world, "bob");
    let hint = text(&anns["id_token"]);
    let silent = [("prompt", "none"), ("id_token_hint", hint)];
    ann.authorize(&world, &silent).expect(303).returned("code").expect("a code");
    bob.authorize(&world, &silent).sends_back("login_required");
    let page = bob.authorize(&world, &[("id_token_hint", hint)]).expect(200);
    assert!(page.body.contains("value=\"ann\""));
    // An ID token serves as a hint after its time.
    world.at(7 * 3_600_000);
    ann.authorize(&world, &silent).sends_back("login_required");
}

#[test]
fn oidc_core_3_1_2_1_a_login_hint_stands_in_the_form() {
    let world = World::new(SCENARIO);
    let page = Browser::default().authorize(&world, &[("login_hint", "ann\"><b>")]).expect(200);
    assert!(page.body.contains("value=\"ann&quot;&gt;&lt;b&gt;\""), "{}", page.body);
}

#[test]
fn oidc_core_5_3_userinfo_tells_what_the_scope_allows() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let tokens = browser.tokens(&world, "Zoë");
    let told = world.userinfo(text(&tokens["access_token"])).expect(200).json();
    assert_eq!(told["preferred_username"], "Zoë");
    // A subject is ASCII (§2), and the same in every token.
    let sub = text(&told["sub"]);
    assert!(sub.is_ascii() && sub.len() <= 255);
    assert_eq!(claims(&tokens["id_token"])["sub"], sub);
    let back = browser.authorize(&world, &[("scope", "openid")]).expect(303);
    let tokens = world.exchange(&back.returned("code").unwrap()).expect(200).json();
    let told = world.userinfo(text(&tokens["access_token"])).expect(200).json();
    assert_eq!(told.as_object().unwrap().len(), 1);
}

#[test]
fn oidc_core_3_single_sign_on_gives_another_app_its_tokens_without_a_login() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.tokens(&world, "ann");
    let back = browser.authorize(&world, &[("client_id", "backend")]).expect(303);
    back.returned("code").expect("a code");
}

#[test]
fn oauth_form_post_2_and_fragment_carry_the_answer_too() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.tokens(&world, "ann");
    let page = browser.authorize(&world, &[("response_mode", "form_post")]).expect(200);
    let form = page.form();
    assert_eq!(form.action, REDIRECT_URI);
    let names: Vec<&str> = form.hidden.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    world.exchange(&form.hidden[0].1).expect(200);
    assert!(page.header("content-security-policy").contains("script-src 'sha256-"));
    let back = browser.authorize(&world, &[("response_mode", "fragment")]).expect(303);
    let location = back.location().unwrap();
    assert!(location.query().is_none() && location.fragment().unwrap().starts_with("code="));
    let error = [("response_mode", "fragment"), ("max_age", "x")];
    let location = browser.authorize(&world, &error).location().unwrap();
    assert!(location.fragment().unwrap().starts_with("error=invalid_request"));
}

#[test]
fn cors_is_for_what_a_single_page_application_asks_by_itself() {
    let world = World::new(SCENARIO);
    for (path, open) in [
        ("/token", true),
        ("/userinfo", true),
        ("/revoke", true),
        ("/jwks", true),
        ("/.well-known/openid-configuration", true),
        ("/authorize", false),
        ("/login", false),
        ("/introspect", false),
        ("/logout", false),
        ("/metrics", false),
    ] {
        let told = world.ask(Method::OPTIONS, path, &[], b"");
        assert_eq!(told.status.as_u16(), if open { 204 } else { 405 }, "{path}");
        assert_eq!(told.headers.contains_key("access-control-allow-origin"), open, "{path}");
        assert!(!told.headers.contains_key("access-control-allow-credentials"));
    }
}

#[test]
fn pages_allow_no_script_and_no_frame_and_cookies_are_the_servers_alone() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let page = browser.authorize(&world, &[]).expect(200);
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(policy.contains("form-action 'self' http://127.0.0.1:7;"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    let told = browser.log_in(&world, &page, "ann").expect(303);
    let cookie = told.header("set-cookie");
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "http has no secure cookies: {cookie}");
}

#[test]
fn cookies_are_secure_where_the_issuer_is_and_go_with_the_browser_where_the_policy_says_so() {
    let scenario = SCENARIO
        .replace("absolute_timeout = \"8h\"", "absolute_timeout = \"8h\", persistent = false");
    let world =
        World::with(&scenario, |settings| settings.issuer = "https://op.example".to_owned());
    let mut browser = Browser::default();
    let page = browser.authorize(&world, &[]).expect(200);
    let cookie = browser.log_in(&world, &page, "ann").expect(303);
    let cookie = cookie.header("set-cookie");
    assert!(cookie.contains("; Secure") && !cookie.contains("Max-Age"), "{cookie}");
}

#[test]
fn a_stolen_cookie_does_not_come_to_life_again_with_the_next_login() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.tokens(&world, "ann");
    let mut thief = browser.clone();
    world.at(31 * 60_000);
    browser.tokens(&world, "ann");
    thief.authorize(&world, &[("prompt", "none")]).sends_back("login_required");
    browser.authorize(&world, &[("prompt", "none")]).expect(303).returned("code").expect("a code");
}

#[test]
fn a_password_opens_the_door_where_one_is_set() {
    let world = World::with(SCENARIO, |settings| settings.password = Some("right".to_owned()));
    let mut browser = Browser::default();
    let page = browser.authorize(&world, &[]).expect(200);
    let again = browser.log_in(&world, &page, "ann").expect(200);
    assert!(again.body.contains("role=\"alert\"") && again.body.contains("value=\"ann\""));
    let form = again.form();
    let body = encoded(&[("csrf", &form.hidden[0].1), ("username", "ann"), ("password", "right")]);
    browser.ask(&world, Method::POST, &form.action, body.as_bytes()).expect(303);
    for name in ["", "a\nb", &"x".repeat(129)] {
        browser.log_in(&world, &page, name).expect(200);
    }
}
