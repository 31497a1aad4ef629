//! Schedules: they keep the simulation's requests and order, and a rate that is held is held.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::load::{KINDS, Kind};
use crate::model::{ApiId, AppId, Instant, Span};

fn action(offset: u64, user: usize, kind: Kind, app: usize) -> Action {
    Action::new(offset, user, kind, AppId::new(app), ApiId::new(0))
}

fn predicted(actions: Vec<Action>) -> Predicted {
    let last = actions.last().map_or(0, |action| action.offset() / 1_000) as i64;
    Predicted { start: Instant::from_millis(0), horizon: Instant::from_millis(last), actions }
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let one = (0..100_000_u64, 0..5_usize, 0..KINDS, 0..3_usize);
    prop::collection::vec(one, 1..80).prop_map(|mut all| {
        all.sort_by_key(|(offset, ..)| *offset);
        let action = |(millis, user, kind, app): (u64, usize, usize, usize)| {
            action(millis * 1_000, user, Kind::ALL[kind], app)
        };
        all.into_iter().map(action).collect()
    })
}

proptest! {
    #[test]
    fn compressing_keeps_what_is_asked_and_its_order(all in actions(), speed in 1.0..1e4_f64) {
        let predicted = predicted(all);
        let window = Window { speed, ..Window::WHOLE };
        let actions = window.actions(&predicted);
        prop_assert_eq!(requests(&actions), requests(&predicted.actions));
        prop_assert!(actions.windows(2).all(|pair| pair[0].offset() <= pair[1].offset()));
        for (own, was) in actions.iter().zip(&predicted.actions) {
            prop_assert_eq!((own.user(), own.kind(), own.app()), (was.user(), was.kind(), was.app()));
            let exact = was.offset() as f64 / speed;
            prop_assert!((own.offset() as f64 - exact).abs() <= 0.5);
        }
    }

    #[test]
    fn windows_side_by_side_are_the_whole(all in actions(), cut in 0..100_000_i64) {
        let predicted = predicted(all);
        let cut = Span::from_millis(cut);
        let first = Window { length: Some(cut), ..Window::WHOLE }.actions(&predicted);
        let rest = Window { from: cut, ..Window::WHOLE }.actions(&predicted);
        let moved = rest.iter().map(|a| a.at(a.offset() + cut.as_millis() as u64 * 1_000));
        let both: Vec<Action> = first.iter().copied().chain(moved).collect();
        prop_assert_eq!(both, predicted.actions);
    }

    #[test]
    fn whoever_needs_something_is_prepared_and_nobody_else(all in actions()) {
        let prepared = of_actions(&all);
        for user in 0..5 {
            let own: Vec<_> = prepared.iter().filter(|action| action.user() == user).collect();
            // One login, then the other apps through its session.
            for (number, action) in own.iter().enumerate() {
                let kind = if number == 0 { Kind::Login } else { Kind::Silent };
                prop_assert_eq!(action.kind(), kind);
            }
            let first = all.iter().find(|a| a.user() == user && a.kind() != Kind::Failed);
            let first = first.map(|action| action.kind());
            if first.is_some_and(|kind| kind != Kind::Login) {
                prop_assert!(!own.is_empty(), "user {} lacks {:?}", user, first);
            }
        }
    }

    #[test]
    fn a_rate_that_is_held_is_held(
        rate in 50.0..5_000.0_f64, parts in 1..4_usize, seed in any::<u64>(), even in any::<bool>(),
    ) {
        let sample: Vec<Action> = [Kind::Refresh, Kind::Refresh, Kind::Login]
            .into_iter().enumerate().map(|(app, kind)| action(0, 9, kind, app)).collect();
        let spacing = if even { Spacing::Even } else { Spacing::Poisson };
        let length = Duration::from_secs(4);
        let mut all = Vec::new();
        for number in 0..parts {
            let part = Part { number, of: parts };
            let mix = Mix::of(&sample, 30).unwrap();
            let prepared = of_mix(&mix, part);
            let held: Vec<Action> = Held::new(mix, rate, length, spacing, seed, part).collect();
            prop_assert!(held.windows(2).all(|pair| pair[0].offset() <= pair[1].offset()));
            prop_assert!(held.iter().all(|action| action.user() % parts == number));
            for action in held.iter().filter(|action| action.kind() == Kind::Refresh) {
                prop_assert!(prepared.iter().any(|p| p.user() == action.user() && p.app() == action.app()));
            }
            all.extend(held);
        }
        let expected = rate * 4.0;
        let spread = if even { parts as f64 } else { 6.0 * expected.sqrt() };
        prop_assert!((all.len() as f64 - expected).abs() <= spread + 1.0, "{}", all.len());
        let refreshes = all.iter().filter(|action| action.kind() == Kind::Refresh).count() as f64;
        let share = refreshes / all.len() as f64;
        prop_assert!((share - 2.0 / 3.0).abs() < 6.0 * (0.25 / all.len() as f64).sqrt(), "{share}");
        prop_assert!(all.iter().all(|action| action.offset() <= 4_000_000));
    }
}

#[test]
fn even_arrivals_are_evenly_spaced_and_users_take_turns() {
    let sample = [action(0, 0, Kind::Refresh, 0)];
    let part = Part { number: 0, of: 1 };
    let mix = Mix::of(&sample, 3).unwrap();
    let held = Held::new(mix, 100.0, Duration::from_millis(60), Spacing::Even, 1, part);
    let offsets: Vec<(u64, usize)> = held.map(|a| (a.offset(), a.user())).collect();
    assert_eq!(offsets, [(0, 0), (10_000, 1), (20_000, 2), (30_000, 0), (40_000, 1), (50_000, 2)]);
}

#[test]
fn the_peak_is_the_fullest_aligned_stretch_without_logouts() {
    let kinds = [Kind::Login, Kind::Refresh, Kind::Silent, Kind::Logout, Kind::Logout];
    let mut all: Vec<Action> = kinds
        .iter()
        .enumerate()
        .map(|(n, kind)| action(1_000_000 + n as u64, n, *kind, 0))
        .collect();
    // Four in the next second, of which three are logouts.
    all.extend((0..3).map(|n| action(2_000_000, n, Kind::Logout, 0)));
    all.push(action(2_500_000, 1, Kind::Refresh, 0).refused_before());
    let predicted = predicted(all);
    let peak = predicted.peak(Span::from_secs(1), Instant::LONG_AGO).unwrap();
    assert_eq!((peak.start, peak.rate()), (Instant::from_millis(1_000), 3.0));
    assert_eq!(peak.requests, [1, 1, 1, 0, 0, 2]);
    let later = predicted.peak(Span::from_secs(1), Instant::from_millis(2_000)).unwrap();
    // What is refused before something else is a request too.
    assert_eq!((later.start, later.rate()), (Instant::from_millis(2_000), 2.0));
    let minute = predicted.peak(Span::from_mins(1), Instant::LONG_AGO).unwrap();
    assert_eq!(minute.actions, 0..9);
    assert!(predicted.peak(Span::from_secs(1), Instant::from_millis(9_000)).is_none());
}

#[test]
fn compressed_logins_happen_in_fresh_browsers() {
    let predicted = predicted(vec![action(0, 0, Kind::Login, 0)]);
    assert!(!Window::WHOLE.actions(&predicted)[0].is_in_fresh_browser());
    let quick = Window { speed: 60.0, fresh: true, ..Window::WHOLE };
    assert!(quick.actions(&predicted)[0].is_in_fresh_browser());
    assert_eq!(quick.duration(&predicted), Duration::ZERO);
}
