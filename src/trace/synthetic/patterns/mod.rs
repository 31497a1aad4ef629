//! Ready-made classes, to start from: one file each, and its row in [`PATTERNS`].
//!
//! Where their figures come from. Two things are known well enough to stand on:
//!
//! - Times between the actions of a person, on a logarithmic scale, make two hills: one of
//!   about a minute within visits, one of about a day between them, in systems from search
//!   engines to games (Halfaker et al., "User Session Identification Based on Strong Regularities
//!   in Inter-activity Time", WWW 2015). Where the hills cross they put the visit's end: from 29
//!   minutes (a mobile app) to 115 (a search engine) for what people do on the web by
//!   themselves. Hence the medians of [`plain`]; its sigmas are chosen so that the crossing lies
//!   near their rule of thumb of an hour, and a test holds it there.
//! - A timeout of 5 minutes tells goals of searchers apart best, one of 30 minutes their
//!   missions (Jones & Klinkner, "Beyond the Session Timeout", CIKM 2008, table 3): a visit has
//!   pauses of some minutes, too. Hence second components of `gap`.
//!
//! Everything else (how busy an hour is, visits a day, shares of logouts, devices) is our
//! assumption and says so: replace it by figures of your own. Apps are not named, so that a class
//! fits any policy with a default app.

mod api_cli;
mod consumer_evening;
mod dashboard;
mod mobile_bursts;
mod office_hours;
mod poisson;
mod shifts;

use super::{Class, Component, Distribution};

/// A ready-made class.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    /// As scenarios call it: its file's name with hyphens.
    pub name: &'static str,
    /// What it is like, in a sentence.
    pub about: &'static str,
    /// The class, named as the pattern.
    pub class: fn() -> Class,
}

/// Every pattern, by name.
pub static PATTERNS: &[Pattern] = &[
    api_cli::PATTERN,
    consumer_evening::PATTERN,
    dashboard::PATTERN,
    mobile_bursts::PATTERN,
    office_hours::PATTERN,
    poisson::PATTERN,
    shifts::PATTERN,
];

/// The pattern of that name.
pub fn find(name: &str) -> Option<&'static Pattern> {
    PATTERNS.iter().find(|pattern| pattern.name == name)
}

/// What a class is where it does not say otherwise: people of UTC who come at any hour of any
/// day, about once in two days, for eight actions about a minute apart.
///
/// Medians after Halfaker et al. (see the top); sigmas so that gaps and absences cross at about an
/// hour; eight actions, one app, one unnamed device, no logout and everyone average are
/// assumptions.
pub fn plain() -> Class {
    Class {
        name: "plain".to_owned(),
        share: 1.0,
        visits_per_active_day: None,
        active_days: [true; 7],
        hours: Box::new([1.0; 168]),
        time_zones: vec![("UTC".to_owned(), 1.0)],
        devices: Vec::new(),
        apps: Vec::new(),
        stickiness: 0.8,
        actions_per_visit: 8.0,
        gap: Distribution::LogNormal(vec![part(1.0, MINUTE, 1.2)]),
        absence: Distribution::LogNormal(vec![part(1.0, DAY, 1.2)]),
        spread: 0.0,
        holidays: Vec::new(),
        logout: 0.0,
        close: 0.0,
        polls: Vec::new(),
    }
}

/// Milliseconds in a second, a minute, an hour and a day.
const SECOND: f64 = 1_000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

const WORKING_DAYS: [bool; 7] = [true, true, true, true, true, false, false];

/// A log-normal component.
const fn part(weight: f64, median: f64, sigma: f64) -> Component {
    Component { weight, median, sigma }
}

/// The hours of a week from those of its working days and of its weekend.
fn week(working_day: [f64; 24], weekend: [f64; 24]) -> Box<[f64; 168]> {
    Box::new(std::array::from_fn(|hour| {
        let day = if hour < 5 * 24 { &working_day } else { &weekend };
        day[hour % 24]
    }))
}

/// Devices with weights.
fn devices<const N: usize>(weighted: [(&str, f64); N]) -> Vec<(String, f64)> {
    weighted.map(|(name, weight)| (name.to_owned(), weight)).to_vec()
}
