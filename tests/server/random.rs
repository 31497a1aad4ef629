//! Whatever is asked in whatever order: no token outlives its policy, a rotated token that is used
//! again after its leeway kills its family, and a code is exchanged once.

use axum::http::Method;
use proptest::prelude::*;
use serde_json::Value;

use crate::world::*;

const ACCESS: i64 = 600_000;
const IDLE: i64 = 3_600_000;
const ABSOLUTE: i64 = 86_400_000;
const LEEWAY: i64 = 10_000;

#[derive(Clone, Debug)]
enum Step {
    Wait(i64),
    Authorize { browser: usize, silent: bool },
    Exchange(usize),
    Refresh(usize),
    Revoke(usize),
    Logout(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let edge = prop::sample::select(&[ACCESS, IDLE, ABSOLUTE, LEEWAY, 1_800_000, 28_800_000][..]);
    let wait = prop_oneof![
        3 => 0..20_000_i64,
        3 => (edge, -1..=1_i64).prop_map(|(edge, off)| edge + off),
    ];
    let step = prop_oneof![
        4 => wait.prop_map(Step::Wait),
        3 => (0..3_usize, any::<bool>())
            .prop_map(|(browser, silent)| Step::Authorize { browser, silent }),
        4 => any::<usize>().prop_map(Step::Exchange),
        6 => any::<usize>().prop_map(Step::Refresh),
        1 => any::<usize>().prop_map(Step::Revoke),
        1 => any::<usize>().prop_map(Step::Logout),
    ];
    prop::collection::vec(step, 1..60)
}

/// What a plain reader of the policy knows of a code and of the tokens that came of it.
struct Line {
    browser: usize,
    given: i64,
    code: String,
    exchanged: bool,
    /// Refresh tokens in their order, with when each was got; the last is the newest.
    refresh: Vec<(String, i64)>,
    used: i64,
    rotated: i64,
    dead: bool,
    id_token: String,
    access: Vec<(String, i64)>,
}

/// The `count`th of `all`, from the newest: old things are tried too, but less often.
fn pick<T>(all: &mut [T], number: usize) -> Option<&mut T> {
    let count = all.len();
    let back = (number % 8).min(count.checked_sub(1)?);
    all.get_mut(count - 1 - back)
}

fn take_tokens(line: &mut Line, tokens: &Value, given: i64, now: i64) {
    let exp = claims(&tokens["access_token"])["exp_ms"].as_i64().expect("an end");
    assert!(now < exp && exp <= given + ACCESS, "a token of {given} until {exp}");
    line.access.push((text(&tokens["access_token"]).to_owned(), exp));
    line.id_token = text(&tokens["id_token"]).to_owned();
    if let Some(token) = tokens["refresh_token"].as_str()
        && line.refresh.last().is_none_or(|(newest, _)| newest != token)
    {
        line.refresh.push((token.to_owned(), now));
    }
}

fn refresh(world: &World, line: &mut Line, number: usize) {
    let now = world.now();
    let Some(place) = line.refresh.len().checked_sub(1 + number % 3) else { return };
    let newest = line.refresh.len() - 1;
    let token = line.refresh[place].0.clone();
    let told = world.refresh(&token);
    let fresh = place == newest;
    let forgiven = place + 1 == newest && now < line.rotated + LEEWAY;
    if told.status.as_u16() != 200 {
        let told = told.refuses(400, "invalid_grant");
        line.dead |= told.body.contains("used before");
        return;
    }
    assert!(!line.dead, "a dead family was answered");
    assert!(fresh || forgiven, "a rotated token was answered after its leeway");
    assert!(now < line.used + IDLE && now < line.given + ABSOLUTE, "an expired one was answered");
    line.used = now;
    if fresh {
        line.rotated = now;
    }
    let tokens = told.json();
    if !fresh {
        assert_eq!(text(&tokens["refresh_token"]), line.refresh[newest].0);
    }
    take_tokens(line, &tokens, now, now);
}

fn run(steps: &[Step]) {
    let world = World::new(ROTATING);
    let mut browsers = [Browser::default(), Browser::default(), Browser::default()];
    let mut lines: Vec<Line> = Vec::new();
    let mut millis = 0;
    for step in steps {
        let now = START + millis;
        match step {
            Step::Wait(more) => {
                millis += more;
                world.at(millis);
            }
            Step::Authorize { browser, silent } => {
                let user = ["ann", "ann", "bob"][*browser];
                let (number, browser) = (*browser, &mut browsers[*browser]);
                let back = match silent {
                    true => browser.authorize(&world, &[("prompt", "none")]),
                    false => {
                        let page = browser.authorize(&world, &[("prompt", "login")]).expect(200);
                        browser.log_in(&world, &page, user)
                    }
                };
                assert_eq!(back.returned("state").as_deref(), Some("s-1"));
                let Some(code) = back.returned("code") else { continue };
                lines.push(Line {
                    browser: number,
                    given: now,
                    code,
                    exchanged: false,
                    refresh: Vec::new(),
                    used: now,
                    rotated: i64::MIN / 2,
                    dead: false,
                    id_token: String::new(),
                    access: Vec::new(),
                });
            }
            Step::Exchange(number) => {
                let Some(line) = pick(&mut lines, *number) else { continue };
                let told = world.exchange(&line.code);
                if told.status.as_u16() != 200 {
                    told.refuses(400, "invalid_grant");
                    line.dead |= line.exchanged;
                    continue;
                }
                assert!(!std::mem::replace(&mut line.exchanged, true), "a code served twice");
                let given = line.given;
                take_tokens(line, &told.json(), given, now);
            }
            Step::Refresh(number) => {
                let Some(line) = pick(&mut lines, *number) else { continue };
                refresh(&world, line, number / 8);
            }
            Step::Revoke(number) => {
                let Some(line) = pick(&mut lines, *number) else { continue };
                let Some((token, _)) = line.refresh.last() else { continue };
                world.post("/revoke", &[("client_id", "web"), ("token", token)]).expect(200);
                line.dead = true;
            }
            Step::Logout(number) => {
                let Some(line) = pick(&mut lines, *number) else { continue };
                if line.id_token.is_empty() {
                    continue;
                }
                let target = format!("/logout?id_token_hint={}", line.id_token);
                Browser::default().ask(&world, Method::GET, &target, b"").expect(200);
            }
        }
        let now = START + millis;
        // What is taken back is taken from the browser's app, with the tokens of earlier codes.
        let mut taken_back = [false; 3];
        lines.iter().for_each(|line| taken_back[line.browser] |= line.dead);
        for line in &lines {
            for (access, exp) in line.access.iter().rev().take(2) {
                let status = world.userinfo(access).status.as_u16();
                let alive = now < *exp;
                assert!(status == 401 || (status == 200 && alive), "at {now}, {exp}: {status}");
                // Logouts leave access tokens alone: nobody takes them back but by name.
                let spared = !taken_back[line.browser];
                assert!(status == 200 || !alive || !spared, "at {now}, until {exp}: {status}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]
    #[test]
    fn no_sequence_of_requests_yields_what_the_policy_does_not_allow(steps in steps()) {
        run(&steps);
    }
}
