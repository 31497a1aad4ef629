//! Policies to the millisecond: real clients over HTTP, each use predicted by the model.

use std::collections::HashMap;

use axum::http::Method;
use relogin::model::{
    Access, Agent, AppId, Fact, Instant, Outcome, RefreshTokenChange, Request, apply, decide,
};
use relogin::oidc::challenge;

use crate::numbers::Numbers;
use crate::world::*;

const APPS: [&str; 2] = ["shop", "web"];
const USERS: [&str; 3] = ["ann", "bob", "cyd"];

/// What a client holds of one user's tokens for one app.
#[derive(Default)]
struct Held {
    access: Option<String>,
    refresh: Option<String>,
    id: Option<String>,
}

struct Person {
    browser: Browser,
    /// What the model believes.
    agent: Agent,
    held: HashMap<AppId, Held>,
}

/// Acts as the client of `app` does, and gives what came of it, beside the prediction.
fn act(world: &World, person: &mut Person, user: &str, app: AppId, predicted: &Access) {
    let name = APPS[app.index()];
    let held = person.held.entry(app).or_default();
    if let Some(access) = &held.access {
        let status = world.userinfo(access).status.as_u16();
        let expected = if predicted.outcome == Outcome::Valid { 200 } else { 401 };
        assert_eq!(status, expected, "userinfo at {}: {predicted:?}", world.now());
    }
    if predicted.outcome == Outcome::Valid {
        return;
    }
    if predicted.refresh_refused {
        let token = held.refresh.take().expect("a client that was refused held one");
        refresh(world, name, &token).refuses(400, "invalid_grant");
    }
    let tokens = match predicted.outcome {
        Outcome::Refresh => refresh(world, name, held.refresh.as_deref().expect("a token")),
        Outcome::Silent => {
            let more = [("client_id", name), ("prompt", "none")];
            exchange(world, name, &person.browser.authorize(world, &more))
        }
        _ => {
            let page = person.browser.authorize(world, &[("client_id", name)]).expect(200);
            exchange(world, name, &person.browser.log_in(world, &page, user))
        }
    };
    let tokens = tokens.expect(200).json();
    let exp = predicted.access_token_exp.as_millis();
    assert_eq!(claims(&tokens["access_token"])["exp_ms"], exp, "{predicted:?}");
    held.access = Some(text(&tokens["access_token"]).to_owned());
    held.id = Some(text(&tokens["id_token"]).to_owned());
    if let Some(token) = tokens["refresh_token"].as_str() {
        held.refresh = Some(token.to_owned());
    }
    if predicted.introspected {
        world.userinfo(text(&tokens["access_token"])).expect(200);
    }
}

fn refresh(world: &World, client: &str, token: &str) -> Told {
    let grant = ("grant_type", "refresh_token");
    world.post("/token", &[("client_id", client), grant, ("refresh_token", token)])
}

fn exchange(world: &World, client: &str, back: &Told) -> Told {
    let code = back.returned("code").unwrap_or_else(|| panic!("no code: {back:#?}"));
    world.post(
        "/token",
        &[
            ("client_id", client),
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ],
    )
}

/// Uses and logouts of several people, half of them at the edge of some limit.
fn check(scenario: &str, edges: &[i64]) {
    let world = World::new(scenario);
    assert_eq!(challenge(VERIFIER).len(), 43);
    let policy = &world.policy;
    let person =
        || Person { browser: Browser::default(), agent: Agent::new(policy), held: HashMap::new() };
    let mut people: Vec<Person> = USERS.iter().map(|_| person()).collect();
    let mut numbers = Numbers::new(edges.iter().map(|edge| *edge as u64).sum());
    let mut last = [0_i64; USERS.len()];
    let mut millis = 0;
    for _ in 0..700 {
        let who = numbers.below(USERS.len());
        let gap = match numbers.below(2) {
            0 => 1 + numbers.below(40_000) as i64,
            // So long after this person's latest use.
            _ => {
                let edge = edges[numbers.below(edges.len())];
                let off = [-1_000, -1, 0, 1, 1_000][numbers.below(5)];
                (last[who] + edge + off - millis).max(1)
            }
        };
        millis += gap;
        world.at(millis);
        last[who] = millis;
        let (person, user) = (&mut people[who], USERS[who]);
        let app = AppId::new(numbers.below(APPS.len()));
        let now = Instant::from_millis(START + millis);
        let logs_out =
            numbers.below(12) == 0 && person.held.get(&app).is_some_and(|held| held.id.is_some());
        let request = if logs_out { Request::Logout(app) } else { Request::Use(app, None) };
        let fact = decide(person.agent.as_ref(), policy, now, request, &luck);
        apply(&mut person.agent.as_mut(), policy.layout(), now, &fact);
        let told_before = world.facts.lock().unwrap().len();
        match fact {
            Fact::Access(predicted) => {
                act(&world, person, user, app, &predicted);
                compare(&world, told_before, &predicted);
            }
            _ => {
                let id = person.held.remove(&app).and_then(|held| held.id).expect("an ID token");
                let target = format!("/logout?id_token_hint={id}");
                person.browser.ask(&world, Method::GET, &target, b"").expect(200);
                assert_eq!(world.facts.lock().unwrap().last().map(|told| told.2), Some(fact));
            }
        }
    }
    let facts = world.facts.lock().unwrap();
    let count = |outcome| {
        let of = |fact: &Fact| matches!(fact, Fact::Access(access) if access.outcome == outcome);
        facts.iter().filter(|(_, _, fact)| of(fact)).count()
    };
    for outcome in [Outcome::Login, Outcome::Silent] {
        assert!(count(outcome) > 20, "{outcome:?} hardly happened: {}", count(outcome));
    }
}

/// The last fact with tokens is the predicted one: the client's part of it aside.
fn compare(world: &World, before: usize, predicted: &Access) {
    let facts = world.facts.lock().unwrap();
    let mut answers = facts[before..].iter().filter_map(|(_, _, fact)| match fact {
        Fact::Access(access) if access.outcome.got_tokens() => Some(access),
        _ => None,
    });
    let answer = answers.next_back();
    if predicted.outcome == Outcome::Valid {
        assert_eq!(answer, None);
        return;
    }
    let told = answer.expect("an answer with tokens");
    assert_eq!((told.outcome, told.cause), (predicted.outcome, predicted.cause));
    assert_eq!(told.id_token_exp, predicted.id_token_exp);
    let renewed = |change| matches!(change, RefreshTokenChange::Used { .. });
    assert_eq!(renewed(told.refresh_token), renewed(predicted.refresh_token));
    assert_eq!(told.refresh_token, predicted.refresh_token);
    // A use that asks about its token renews the session a second time.
    if !predicted.introspected {
        assert_eq!(told.session, predicted.session);
    }
}

fn scenario(session: &str, refresh: &str, more: &str) -> String {
    format!(
        "[[policy]]\nname = \"p\"\n{more}\n[policy.session]\nidle_timeout = \"60s\"\n\
         absolute_timeout = \"300s\"\n{session}\n[policy.api.orders]\n\
         access_token_lifetime = \"20s\"\n[policy.app.web]\n\
         refresh_token = {{ idle_lifetime = \"45s\", absolute_lifetime = \"150s\"{refresh} }}\n\
         [policy.app.shop]\n"
    )
}

const EDGES: [i64; 5] = [20_000, 45_000, 60_000, 150_000, 300_000];

#[test]
fn the_servers_answers_are_the_models() {
    check(&scenario("", "", ""), &EDGES);
}

#[test]
fn with_whole_seconds_and_limits_that_end_after() {
    let clock = "clock = { tick = \"1s\", expires = \"after\" }";
    check(&scenario("", "", clock), &EDGES.map(|edge| edge + 500));
}

#[test]
fn with_refresh_tokens_that_rotate_and_are_bound_to_the_session() {
    check(&scenario("", ", rotation = true, bound_to_session = true", ""), &EDGES);
}

#[test]
fn with_sessions_that_refresh_grants_renew_lazily() {
    let session = "slides_on = [\"login\", \"silent\", \"refresh\"]\nslide_interval = \"10s\"";
    check(&scenario(session, ", renew_after = \"15s\", rotation = true", ""), &EDGES);
}

#[test]
fn with_apis_that_ask_at_each_use() {
    check(&scenario("slides_on = [\"login\", \"silent\", \"use\"]", "", ""), &EDGES);
}

#[test]
fn with_access_tokens_that_die_with_what_gave_them() {
    check(&scenario("binds_access_tokens = \"session\"", "", ""), &EDGES);
    check(&scenario("binds_access_tokens = \"parent\"", "", ""), &EDGES);
}

#[test]
fn with_capped_tokens_and_drawn_lifetimes() {
    let text = scenario("caps_tokens = true", "", "");
    let drawn = text.replace("lifetime = \"20s\"", "lifetime = { min = \"15s\", max = \"25s\" }");
    check(&drawn, &EDGES);
}

#[test]
fn with_clock_tolerances() {
    let session = "clock_tolerance = \"5s\"";
    check(&scenario(session, ", clock_tolerance = \"2s\"", ""), &[20_000, 47_000, 65_000, 305_000]);
}

#[test]
fn lifetimes_count_from_the_authorization_however_late_the_code_comes() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    let code = browser.code(&world, "ann");
    world.at(599_999);
    let tokens = world.exchange(&code).expect(200).json();
    assert_eq!(tokens["expires_in"], 0);
    assert_eq!(claims(&tokens["access_token"])["exp_ms"], START + 600_000);
    let code = browser.code(&world, "ann");
    world.at(599_999 + 600_000);
    world.exchange(&code).refuses(400, "invalid_grant");
}

#[test]
fn what_never_ends_has_no_expires_in() {
    let scenario = SCENARIO.replace(
        "orders.access_token_lifetime = \"10m\"",
        "orders.access_token_lifetime = \"none\"",
    );
    let world = World::new(&scenario);
    let tokens = Browser::default().tokens(&world, "ann");
    assert_eq!(tokens["expires_in"], serde_json::Value::Null);
    assert_eq!(claims(&tokens["access_token"])["exp"], 253_402_300_799_i64);
    world.at(1 << 50).userinfo(text(&tokens["access_token"])).expect(200);
}

#[test]
fn another_user_in_the_same_browser_begins_anew_and_the_same_one_goes_on() {
    let world = World::new(SCENARIO);
    let mut browser = Browser::default();
    browser.tokens(&world, "ann");
    browser.tokens(&world, "bob");
    browser.tokens(&world, "bob");
    world.at(31 * 60_000);
    browser.tokens(&world, "bob");
    let facts = world.facts.lock().unwrap();
    let causes: Vec<(&str, Option<&str>)> = facts
        .iter()
        .filter_map(|(user, _, fact)| match fact {
            Fact::Access(access) => Some((user.as_str(), access.cause.map(|cause| cause.word()))),
            _ => None,
        })
        .collect();
    let first = Some("first");
    assert_eq!(causes, [("ann", first), ("bob", first), ("bob", None), ("bob", Some("idle"))]);
}
