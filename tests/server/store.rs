//! What the server remembers is bounded.

use crate::world::*;

#[test]
fn a_full_store_refuses_logins_until_something_is_over() {
    let world = World::with(SCENARIO, |settings| settings.max_sessions = 3);
    let mut browsers: Vec<Browser> = ["ann", "bob", "ann"]
        .into_iter()
        .map(|user| {
            let mut browser = Browser::default();
            browser.tokens(&world, user);
            browser
        })
        .collect();
    let mut late = Browser::default();
    let page = late.authorize(&world, &[]).expect(200);
    late.log_in(&world, &page, "cyd").sends_back("temporarily_unavailable");
    // Who is in can go on, and log in again.
    browsers[0].authorize(&world, &[("prompt", "none")]).expect(303).returned("code").unwrap();
    browsers[0].tokens(&world, "ann");
    // The sessions are over after half an hour, the refresh tokens not before an hour.
    world.at(3_599_999);
    late.log_in(&world, &page, "cyd").sends_back("temporarily_unavailable");
    // A store that was full is searched again after a second.
    world.at(3_601_000);
    late.log_in(&world, &page, "cyd").expect(303).returned("code").expect("a code");
    assert!(world.server.memory().0 <= 3);
    browsers[1].authorize(&world, &[("prompt", "none")]).sends_back("login_required");
    // Whose place was taken is not who took it.
    browsers[2].authorize(&world, &[("prompt", "none")]).sends_back("login_required");
}

#[test]
fn a_browser_takes_a_few_hundred_bytes_and_the_server_says_so() {
    let world = World::new(SCENARIO);
    let (_, most, bytes) = world.server.memory();
    assert_eq!(most, 1_000);
    assert!((200..1_000).contains(&bytes), "{bytes}");
}
