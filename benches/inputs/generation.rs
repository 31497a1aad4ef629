//! Users to be made up: two weeks of one pattern.

use std::convert::Infallible;

use relogin::model::{Instant, Span};
use relogin::trace::synthetic::patterns::Pattern;
use relogin::trace::synthetic::{Generator, Population};
use relogin::trace::{Intake, Vocabulary};

/// Two weeks from Monday 2026-01-05 on.
pub(crate) fn population(pattern: &Pattern, users: u64) -> Population {
    Population {
        users,
        start: Instant::from_millis(1_767_571_200_000),
        span: Span::from_days(14),
        classes: vec![(pattern.class)()],
    }
}

/// How many steps there are, and a checksum of them all, order and all.
pub(crate) fn sum_up(generator: &Generator<'_>) -> (u64, u64) {
    let (mut steps, mut sum) = (0, 0_u64);
    let Ok(()) = generator.generate(&mut |activity| {
        steps += 1;
        let word = activity.at.as_millis() as u64 ^ activity.action as u64;
        sum = sum.wrapping_mul(31).wrapping_add(word);
        Ok::<(), Infallible>(())
    });
    (steps, sum)
}

/// Takes it all in, up to where records are put in order.
pub(crate) fn take_in(generator: &Generator<'_>) -> Intake {
    let mut intake = Intake::new(Vocabulary::open());
    generator.take_in(&mut intake, &mut || ()).expect("an open vocabulary takes every name");
    intake
}
