//! Counters and health.

use axum::http::Method;

use crate::world::*;

#[test]
fn metrics_count_requests_by_kind_and_outcome() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let tokens = browser.tokens(&world, "ann");
    world.refresh(text(&tokens["refresh_token"])).expect(200);
    world.refresh("unknown").expect(400);
    let told = world.get("/metrics").expect(200);
    assert!(told.header("content-type").starts_with("text/plain; version=0.0.4"));
    for line in [
        "relogin_requests_total{endpoint=\"token\",outcome=\"ok\"} 2",
        "relogin_requests_total{endpoint=\"token\",outcome=\"invalid_grant\"} 1",
        "relogin_requests_total{endpoint=\"authorize\",outcome=\"login_page\"} 1",
        "relogin_requests_total{endpoint=\"login\",outcome=\"redirect\"} 1",
        "relogin_facts_total{outcome=\"login\"} 1",
        "relogin_facts_total{outcome=\"refresh\"} 1",
        "relogin_answer_seconds_count{endpoint=\"token\"} 3",
        "relogin_browsers 1",
        "relogin_sessions_valid 1",
        "relogin_refresh_token_families 1",
        "relogin_codes 1",
    ] {
        assert!(told.body.lines().any(|own| own == line), "no {line}:\n{}", told.body);
    }
    world.at(31 * 60_000);
    assert!(world.get("/metrics").body.contains("relogin_sessions_valid 0"));
}

#[test]
fn without_a_clock_nothing_is_decided() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    assert_eq!(world.get("/healthz").expect(200).body, "ok\n");
    world.stop_clock();
    let refresh = text(&tokens["refresh_token"]);
    for told in [world.get("/healthz"), world.refresh(refresh)] {
        assert!(!told.header("retry-after").is_empty());
        told.refuses(503, "temporarily_unavailable");
    }
    world.at(0).refresh(refresh).expect(200);
}

#[test]
fn other_methods_and_places_are_told_apart() {
    let world = World::new(SCENARIO);
    world.get("/nowhere").expect(404);
    world.ask(Method::DELETE, "/token", &[], b"").expect(405);
    world.ask(Method::HEAD, "/healthz", &[], b"").expect(200);
    let long = vec![b'a'; 70_000];
    world.ask(Method::POST, "/token", &[], &long).expect(413);
    world.get(&format!("/authorize?state={}", "a".repeat(20_000))).expect(414);
}
