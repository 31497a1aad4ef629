//! Many at once: what is there once is given once.

use std::collections::BTreeSet;

use crate::world::*;

const MANY: usize = 8;

/// The answers of many threads to the same question.
fn at_once(ask: impl Fn() -> Told + Sync) -> Vec<Told> {
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..MANY).map(|_| scope.spawn(&ask)).collect();
        asking.into_iter().map(|one| one.join().expect("an answer")).collect()
    })
}

#[test]
fn a_code_is_exchanged_by_one_of_many() {
    let world = World::new(SCENARIO);
    for _ in 0..20 {
        let code = Browser::default().code(&world, "ann");
        let served = at_once(|| world.exchange(&code));
        assert_eq!(served.iter().filter(|told| told.status.as_u16() == 200).count(), 1);
    }
}

#[test]
fn many_uses_of_one_refresh_token_within_the_leeway_have_one_successor() {
    let world = World::new(ROTATING);
    let tokens = Browser::default().tokens(&world, "ann");
    let first = text(&tokens["refresh_token"]).to_owned();
    let told = at_once(|| world.refresh(&first));
    let successors: BTreeSet<String> = told
        .into_iter()
        .map(|told| text(&told.expect(200).json()["refresh_token"]).to_owned())
        .collect();
    assert_eq!(successors.len(), 1);
    world.refresh(successors.first().expect("one")).expect(200);
}

#[test]
fn a_store_of_three_never_holds_four() {
    let world = World::with(SCENARIO, |settings| settings.max_sessions = 3);
    let logged_in = at_once(|| {
        let mut browser = Browser::default();
        let page = browser.authorize(&world, &[]).expect(200);
        browser.log_in(&world, &page, "ann")
    });
    let codes = logged_in.iter().filter(|told| told.returned("code").is_some()).count();
    assert_eq!((codes, world.server.memory().0), (3, 3));
}
