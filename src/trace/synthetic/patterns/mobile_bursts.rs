//! People with a phone in the pocket.

use super::{Class, DAY, Distribution, MINUTE, Pattern, SECOND};
use super::{devices, part, plain, week};

/// See [`Pattern`].
pub(super) const PATTERN: Pattern = Pattern {
    name: "mobile-bursts",
    about: "A phone app: many short visits from morning to night, often soon after each other",
    class,
};

/// Assumed weights: whenever people are awake, a little more on the way to work and at night.
const HOURS: [f64; 24] = [
    0.5, 0.2, 0.1, 0.1, 0.1, 0.3, 0.9, 1.6, 1.5, 1.2, 1.1, 1.2, //
    1.5, 1.3, 1.2, 1.2, 1.3, 1.6, 1.6, 1.6, 1.7, 1.7, 1.5, 1.0,
];

fn class() -> Class {
    Class {
        name: PATTERN.name.to_owned(),
        // Assumed: a messenger or a bank's app between the two.
        visits_per_active_day: Some(12.0),
        hours: week(HOURS, HOURS),
        devices: devices([("phone", 1.0)]),
        // Assumed: a look and a tap or two. Of the datasets of Halfaker et al. 2015 on the web, a
        // mobile app's visits end soonest, which is all that is taken from there.
        actions_per_visit: 3.0,
        gap: Distribution::LogNormal(vec![part(1.0, 10.0 * SECOND, 1.0)]),
        // Its shape only: bursts of looks minutes apart, and half a day between bursts (assumed).
        absence: Distribution::LogNormal(vec![
            part(0.7, 10.0 * MINUTE, 1.0),
            part(0.3, 0.5 * DAY, 0.8),
        ]),
        spread: 0.7,
        ..plain()
    }
}
