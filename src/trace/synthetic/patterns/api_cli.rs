//! Developers and their scripts.

use super::{Class, Distribution, HOUR, MINUTE, Pattern, SECOND};
use super::{devices, part, plain, week};

/// See [`Pattern`].
pub(super) const PATTERN: Pattern = Pattern {
    name: "api-cli",
    about: "Developers with a command line: quick runs of calls by day, some in the evening",
    class,
};

/// Assumed weights: late starts, and some work after dinner.
const WORKING_DAY: [f64; 24] = [
    0.2, 0.1, 0.0, 0.0, 0.0, 0.0, 0.1, 0.4, 1.2, 2.2, 2.6, 2.4, //
    1.4, 2.2, 2.6, 2.6, 2.4, 1.6, 0.8, 0.6, 0.7, 0.7, 0.5, 0.3,
];
/// Assumed weights: a tenth of a working day's, evenly from late morning to night.
const WEEKEND: [f64; 24] = [
    0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.2, 0.2, //
    0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.1,
];

fn class() -> Class {
    Class {
        name: PATTERN.name.to_owned(),
        // Assumed: five runs on an average day of the seven.
        visits_per_active_day: Some(5.0),
        hours: week(WORKING_DAY, WEEKEND),
        devices: devices([("terminal", 1.0)]),
        // Assumed: a run of a script, with a person reading and trying again in between.
        actions_per_visit: 15.0,
        gap: Distribution::LogNormal(vec![
            part(0.8, 2.0 * SECOND, 0.8), //
            part(0.2, MINUTE, 1.0),
        ]),
        absence: Distribution::LogNormal(vec![
            part(0.6, HOUR, 1.0), //
            part(0.4, 6.0 * HOUR, 1.0),
        ]),
        spread: 0.8,
        ..plain()
    }
}
