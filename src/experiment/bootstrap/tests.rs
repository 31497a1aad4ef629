//! Intervals held against what they promise: where the truth is known, they cover it as often as
//! they say.

use super::*;
use crate::projection::Share;
use crate::seed::Stream;

/// A made-up crowd under two policies that have much in common: some people are hit far more than
/// others, and the second policy is harder on everybody.
struct Crowd {
    keys: Vec<Key>,
    by_policy: Vec<Vec<Person>>,
}

fn poisson(stream: &mut Stream, mean: f64) -> u32 {
    let (limit, mut product) = ((-mean).exp(), 1.0);
    (0..)
        .find(|_| {
            product *= stream.unit();
            product <= limit
        })
        .expect("a product of numbers below 1 falls")
}

fn crowd(trial: usize, people: usize) -> Crowd {
    let mut stream = Key::new(11, "made-up crowd").numbered(trial).stream();
    let keys = (0..people).map(|user| Key::new(trial as u64, "made-up").numbered(user));
    let mut by_policy = vec![Vec::new(), Vec::new()];
    for user in 0..people {
        // Many days, or rates would be a few quotients over and over, and a quantile one of them.
        let days = 40 + (stream.unit() * 160.0) as u32;
        // Exponential: its mean is 1, and one person in twenty is hit thrice as much as the mean.
        let own = -stream.unit().ln();
        let mut relogins = 0;
        for (policy, more) in by_policy.iter_mut().zip([0.4, 0.1]) {
            relogins += poisson(&mut stream, more * own * f64::from(days));
            let share = Share { relogins, mid_task: relogins / 2, ..Share::default() };
            policy.push(Person { user, days, share });
        }
    }
    Crowd { keys: keys.collect(), by_policy }
}

fn resampled(crowd: &Crowd) -> (Resampled, Resampled) {
    let by_policy = crowd.by_policy.iter().map(Vec::as_slice);
    let bootstrap = Bootstrap::new(&crowd.keys, by_policy).expect("enough people");
    let [first, second] = [0, 1].map(|policy| bootstrap.resample(&crowd.by_policy[policy]));
    (first, second)
}

#[test]
fn ninety_five_of_a_hundred_intervals_cover_the_truth() {
    const TRIALS: usize = 1_000;
    // Mean rates by construction; the quantile from many people.
    let many = crowd(TRIALS, 200_000);
    let mut rates: Vec<f64> = many.by_policy[0]
        .iter()
        .map(|person| f64::from(person.share.relogins) / f64::from(person.days))
        .collect();
    rates.sort_unstable_by(f64::total_cmp);
    let p90 = rates[rates.len() * 9 / 10];
    let days = 119.5;
    let truths = [
        ("relogins_per_user_day", 0.4),
        ("relogins", 0.4 * days * 200.0),
        ("relogins_per_user_day.p90", p90),
    ];
    let mut covered = [0; 4];
    for trial in 0..TRIALS {
        let (first, second) = resampled(&crowd(trial, 200));
        let intervals = first.intervals();
        for (covered, (metric, truth)) in covered.iter_mut().zip(truths) {
            let own = intervals.iter().find(|own| own.metric == metric).expect("an interval");
            *covered += u32::from((own.low..=own.high).contains(&truth));
        }
        let differences = second.differences(&first);
        let own = differences.iter().find(|own| own.metric == "relogins_per_user_day");
        let own = own.expect("a difference");
        covered[3] += u32::from((own.low..=own.high).contains(&0.1));
    }
    let shares = covered.map(|covered| f64::from(covered) / TRIALS as f64);
    assert!(shares.iter().all(|share| (0.93..=0.97).contains(share)), "{shares:?}");
}

#[test]
fn what_policies_have_in_common_cancels() {
    let (first, second) = resampled(&crowd(1, 300));
    let width = |low: f64, high: f64| high - low;
    let of = |resampled: &Resampled| {
        let own = resampled.intervals();
        let own = own.iter().find(|own| own.metric == "relogins").expect("an interval");
        width(own.low, own.high)
    };
    let difference = second.differences(&first)[0];
    assert!(width(difference.low, difference.high) < of(&first).min(of(&second)) / 2.0);
    assert!(difference.low > 0.0, "{difference:?}");
}

#[test]
fn the_estimate_is_the_figure_itself_and_the_order_of_people_does_not_matter() {
    let mut crowd = crowd(3, 5_000);
    let (first, _) = resampled(&crowd);
    let relogins: u64 =
        crowd.by_policy[0].iter().map(|person| u64::from(person.share.relogins)).sum();
    assert_eq!(first.figures[0].estimate, relogins as f64);
    crowd.by_policy[0].reverse();
    assert_eq!(resampled(&crowd).0.intervals(), first.intervals());
}

#[test]
fn of_a_handful_of_people_nothing_is_said() {
    let crowd = crowd(1, FEWEST - 1);
    let by_policy = crowd.by_policy.iter().map(Vec::as_slice);
    assert!(Bootstrap::new(&crowd.keys, by_policy).is_none());
}
