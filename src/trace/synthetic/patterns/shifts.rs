//! Wards, control rooms and factories: shared workstations round the clock.

use super::{Class, Distribution, HOUR, MINUTE, Pattern, SECOND};
use super::{devices, part, plain, week};

/// See [`Pattern`].
pub(super) const PATTERN: Pattern = Pattern {
    name: "shifts",
    about: "Shift workers: round the clock, peaks at handovers, shared workstations, many logouts",
    class,
};

/// Assumed weights: handovers at 6, 14 and 22 o'clock, quieter nights. They are those of the whole
/// crew: as everybody takes every shift in turn, one person's roster is not told apart.
const HOURS: [f64; 24] = [
    0.7, 0.6, 0.6, 0.6, 0.6, 1.0, 2.0, 1.4, 1.2, 1.2, 1.1, 1.0, //
    1.0, 1.2, 2.0, 1.3, 1.1, 1.1, 1.0, 1.0, 1.0, 1.2, 1.8, 1.0,
];

fn class() -> Class {
    Class {
        name: PATTERN.name.to_owned(),
        // Assumed: eight entries in a shift, five shifts in a week of seven days.
        visits_per_active_day: Some(8.0 * 5.0 / 7.0),
        hours: week(HOURS, HOURS),
        devices: devices([("station-a", 1.0), ("station-b", 1.0), ("station-c", 1.0)]),
        actions_per_visit: 5.0,
        gap: Distribution::LogNormal(vec![part(1.0, 25.0 * SECOND, 0.9)]),
        // Its shape only: from one entry of a shift to the next, and from shift to shift
        // (assumed).
        absence: Distribution::LogNormal(vec![
            part(7.0, 45.0 * MINUTE, 0.7), //
            part(1.0, 18.0 * HOUR, 0.6),
        ]),
        spread: 0.2,
        // Assumed: on shared workstations people are told to log out, and half of them do.
        logout: 0.5,
        close: 0.05,
        ..plain()
    }
}
