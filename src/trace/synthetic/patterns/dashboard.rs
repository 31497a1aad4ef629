//! Screens that are never closed.

use super::{Class, DAY, Distribution, Pattern, SECOND, WORKING_DAYS};
use super::{devices, part, plain, week};
use crate::model::Span;
use crate::trace::synthetic::Poll;

/// See [`Pattern`].
pub(super) const PATTERN: Pattern = Pattern {
    name: "dashboard",
    about: "A page left open day and night that asks every 5 minutes, looked at once or twice a day",
    class,
};

/// Assumed weights: looked at during working hours.
const DAY_WEIGHTS: [f64; 24] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 2.0, 1.5, 1.5, //
    1.0, 1.5, 1.5, 1.5, 1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
];

fn class() -> Class {
    Class {
        name: PATTERN.name.to_owned(),
        // Assumed: a look in the morning and sometimes another.
        visits_per_active_day: Some(1.5),
        active_days: WORKING_DAYS,
        // Days that are not active count as 0 anyway.
        hours: week(DAY_WEIGHTS, DAY_WEIGHTS),
        devices: devices([("wall-screen", 1.0)]),
        actions_per_visit: 3.0,
        gap: Distribution::LogNormal(vec![part(1.0, 20.0 * SECOND, 0.8)]),
        absence: Distribution::LogNormal(vec![part(1.0, DAY, 0.7)]),
        spread: 0.3,
        polls: vec![Poll {
            app: String::new(),
            api: String::new(),
            // Every 5 minutes: as Nextcloud's pages ask whether the session is alive
            // (nextcloud/server, pull request 19987), one of the polls that operators complain
            // keep sessions alive for ever.
            every: Span::from_mins(5),
            // Until somebody looks again, holidays included (assumed).
            stays: Span::from_days(30),
        }],
        ..plain()
    }
}
