//! What every chart of a load test says of it.

pub(super) use super::super::plot::Plot;
pub(super) use super::super::plot::Scale;
use crate::measured::LoadTest;
use crate::report::numeral::{counted, measure, short};
use crate::report::timeline::Timeline;

/// Where the figures come from.
pub(super) fn foot(test: &LoadTest) -> String {
    let began = Timeline::new("UTC").full(test.began);
    format!(
        "{} · policy {} · {} · {} UTC · relogin {}",
        short(&test.scenario, 40),
        short(&test.policy, 30),
        counted(test.users, "virtual user"),
        began,
        test.version
    )
}

/// A time in a headline: `23 ms`, `1.4 s`.
pub(super) fn millis(time: f64) -> String {
    if time >= 1_000.0 {
        format!("{} s", measure(time / 1_000.0))
    } else {
        format!("{} ms", measure(time))
    }
}
