//! The activity that has closed forms.

use super::{Class, Distribution, MINUTE, Pattern, plain};

/// See [`Pattern`].
pub(super) const PATTERN: Pattern = Pattern {
    name: "poisson",
    about: "Single actions at random, two an hour at any time: what closed forms are known for",
    class,
};

fn class() -> Class {
    Class {
        name: PATTERN.name.to_owned(),
        actions_per_visit: 1.0,
        // Visits of one action, no daily rhythm and exponential absences make a Poisson process;
        // of rate 2 per hour, as in the example of an idle timeout of 1 h and an absolute one of
        // 8 h that closed forms are told for.
        absence: Distribution::Exponential { mean: 30.0 * MINUTE },
        ..plain()
    }
}
