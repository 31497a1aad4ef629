//! Employees at their desks.

use super::{Class, Distribution, HOUR, MINUTE, Pattern, SECOND, WORKING_DAYS};
use super::{devices, part, plain, week};

/// See [`Pattern`].
pub(super) const PATTERN: Pattern = Pattern {
    name: "office-hours",
    about: "Employees: Monday to Friday, busy mornings and afternoons, several visits a day",
    class,
};

/// Assumed weights: two peaks around a lunch break, a few early and late.
const DAY: [f64; 24] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.5, 2.0, 3.0, 3.0, 2.5, //
    1.2, 2.2, 2.8, 2.6, 2.0, 1.0, 0.3, 0.1, 0.1, 0.0, 0.0, 0.0,
];

fn class() -> Class {
    Class {
        name: PATTERN.name.to_owned(),
        // Assumed: an application of daily work, opened between other things.
        visits_per_active_day: Some(6.0),
        active_days: WORKING_DAYS,
        // Days that are not active count as 0 anyway.
        hours: week(DAY, DAY),
        devices: devices([("laptop", 0.9), ("phone", 0.1)]),
        actions_per_visit: 10.0,
        // Actions of one goal, and pauses between goals that trained timeouts find at about 5
        // minutes (Jones & Klinkner 2008); weights and sigmas are assumed.
        gap: Distribution::LogNormal(vec![
            part(0.85, 30.0 * SECOND, 1.0),
            part(0.15, 5.0 * MINUTE, 0.7),
        ]),
        // Its shape only, the visits per day set its size: some come back within the hour, some
        // are away for meetings or leave for days (assumed).
        absence: Distribution::LogNormal(vec![
            part(0.6, HOUR, 0.8), //
            part(0.4, 5.0 * HOUR, 1.0),
        ]),
        spread: 0.5,
        // Assumed: few log out, some close the browser at the end.
        logout: 0.03,
        close: 0.15,
        ..plain()
    }
}
