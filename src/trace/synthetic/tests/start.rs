//! A run cuts into lives that have long been going on: it does not start everybody at once.

use super::{DAY, HOUR, MONDAY, check_counts, check_sample, log_normal, plain, population};
use crate::trace::synthetic::{Class, Generator, patterns};

const USERS: u64 = 4_000;

#[test]
fn as_much_happens_in_the_first_hours_as_in_later_ones() {
    // Absences of nearly a day and visits of hours: whoever began at the start would come back in
    // step with everybody else.
    let class = Class {
        actions_per_visit: 10.0,
        gap: log_normal([(1.0, 0.5 * HOUR, 0.4)]),
        absence: log_normal([(1.0, 20.0 * HOUR, 0.1)]),
        ..plain()
    };
    let population = population(class, USERS, 3);
    let generator = Generator::new(&population, 5).unwrap();
    let mut by_part = [0.0; 12];
    for user in 0..USERS {
        let mut active = [false; 12];
        for step in generator.user(user) {
            active[((step.at.as_millis() - MONDAY) as f64 / (DAY / 4.0)) as usize] = true;
        }
        for (users, active) in by_part.iter_mut().zip(active) {
            *users += f64::from(u8::from(active));
        }
    }
    let mean = by_part.iter().sum::<f64>() / 12.0;
    check_counts("users active in each six hours", &by_part, &[mean; 12]);
}

#[test]
fn the_first_wait_is_the_rest_of_an_absence() {
    let spread = [(1.0, 8.0 * HOUR, 0.5)];
    let class = Class { actions_per_visit: 1.0, absence: log_normal(spread), ..plain() };
    let population = population(class, USERS, 60);
    let generator = Generator::new(&population, 6).unwrap();
    let waits = (0..USERS).filter_map(|user| {
        let first = generator.user(user).next()?;
        Some((first.at.as_millis() - MONDAY) as f64)
    });
    let (sigma, mean) = (0.5, 8.0 * HOUR * libm::exp(0.125));
    check_sample("first waits", waits.collect(), |x| {
        let z = libm::log(x / (8.0 * HOUR)) / sigma;
        (x * super::normal_cdf(-z)) / mean + super::normal_cdf(z - sigma)
    });
}

#[test]
fn nobody_is_in_a_visit_at_midnight_where_nights_are_free() {
    let office = (patterns::find("office-hours").unwrap().class)();
    let population = population(office, USERS, 7);
    let generator = Generator::new(&population, 7).unwrap();
    for user in 0..USERS {
        let first = generator.user(user).next();
        assert!(first.is_none_or(|step| step.at.as_millis() - MONDAY >= 6 * 3_600_000));
    }
}
