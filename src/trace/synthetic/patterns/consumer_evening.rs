//! Customers of a shop, a bank or a streaming service.

use super::{Class, Distribution, MINUTE, Pattern, SECOND};
use super::{devices, part, plain, week};

/// See [`Pattern`].
pub(super) const PATTERN: Pattern = Pattern {
    name: "consumer-evening",
    about: "Customers: every day of the week, mostly in the evening, about a day between visits",
    class,
};

/// Assumed weights: quiet nights, a small peak at noon and a large one in the evening.
const WORKING_DAY: [f64; 24] = [
    0.5, 0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 0.8, 0.9, 0.9, 1.0, 1.1, //
    1.4, 1.2, 1.0, 1.0, 1.2, 1.6, 2.2, 3.0, 3.6, 3.4, 2.4, 1.2,
];
/// Assumed weights: later mornings, and an afternoon as busy as a working day's evening begins.
const WEEKEND: [f64; 24] = [
    0.8, 0.4, 0.2, 0.1, 0.1, 0.1, 0.3, 0.6, 1.2, 1.8, 2.1, 2.1, //
    2.0, 2.0, 2.0, 2.1, 2.2, 2.3, 2.5, 3.0, 3.3, 3.1, 2.3, 1.3,
];

fn class() -> Class {
    Class {
        name: PATTERN.name.to_owned(),
        hours: week(WORKING_DAY, WEEKEND),
        devices: devices([("phone", 0.6), ("laptop", 0.3), ("tablet", 0.1)]),
        actions_per_visit: 7.0,
        // The hill of about a minute (Halfaker et al. 2015) with quick clicks in it; absences keep
        // the plain class's median of a day.
        gap: Distribution::LogNormal(vec![
            part(0.5, 20.0 * SECOND, 0.9), //
            part(0.5, 2.0 * MINUTE, 1.0),
        ]),
        // Assumed: regulars and rare guests differ as much as an exponential number does.
        spread: 1.0,
        // Assumed.
        logout: 0.05,
        close: 0.3,
        ..plain()
    }
}
