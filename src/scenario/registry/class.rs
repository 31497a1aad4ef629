//! `[[workload.class]]`: synthetic users of one kind.

use super::{Fallback, Group, Kind, MOST_WEIGHT, NAME, Setting};

/// What `[[workload.class]]` holds.
pub(in crate::scenario) static CLASS: Group = Group {
    header: "[[workload.class]]",
    settings: &[
        CLASS_NAME,
        PATTERN,
        SHARE,
        VISITS_PER_ACTIVE_DAY,
        ACTIVE_DAYS,
        HOURS,
        TIME_ZONES,
        DEVICES,
        APPS,
        STICKINESS,
        ACTIONS_PER_VISIT,
        GAP,
        ABSENCE,
        SPREAD,
        HOLIDAYS,
        LOGOUT_SHARE,
        CLOSE_SHARE,
        POLL,
    ],
};

/// Where a class does not say it.
const AS_PATTERN: &str = "as the pattern says, or the plain class";

/// `class.name`.
pub(in crate::scenario) const CLASS_NAME: Setting = Setting {
    kind: Kind::Name,
    fallback: Fallback::Derived("the pattern's name"),
    about: "The class's name; its users are called `NAME-1`, `NAME-2`…",
    ..NAME
};
/// `class.pattern`.
pub(in crate::scenario) const PATTERN: Setting = Setting::new(
    "pattern",
    Kind::Pattern,
    Fallback::Nothing,
    "A named class to start from; what follows changes it.",
);
/// `class.share`.
pub(in crate::scenario) const SHARE: Setting = Setting::new(
    "share",
    Kind::Number(0.0, MOST_WEIGHT),
    Fallback::Derived(AS_PATTERN),
    "The class's weight among the classes.",
);
/// `class.visits_per_active_day`.
pub(in crate::scenario) const VISITS_PER_ACTIVE_DAY: Setting = Setting::new(
    "visits_per_active_day",
    Kind::Rate(1e6),
    Fallback::Derived(AS_PATTERN),
    "Visits a day that an average person begins; `\"none\"` takes `absence` as it stands.",
);
/// `class.active_days`.
pub(in crate::scenario) const ACTIVE_DAYS: Setting = Setting::new(
    "active_days",
    Kind::Words(&["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
    Fallback::Derived(AS_PATTERN),
    "Days of the week with activity.",
);
/// `class.hours`.
pub(in crate::scenario) const HOURS: Setting = Setting::new(
    "hours",
    Kind::Hours(&WEEK),
    Fallback::Derived(AS_PATTERN),
    "How likely a visit begins in each local hour of the day, or of the week from Monday on.",
);
/// `class.time_zones`.
pub(in crate::scenario) const TIME_ZONES: Setting = Setting::new(
    "time_zones",
    Kind::ZoneWeights,
    Fallback::Derived(AS_PATTERN),
    "IANA time zones that people live in, with weights.",
);
/// `class.devices`.
pub(in crate::scenario) const DEVICES: Setting = Setting::new(
    "devices",
    Kind::Weights,
    Fallback::Derived(AS_PATTERN),
    "Devices, one chosen for each visit, with weights.",
);
/// `class.apps`.
pub(in crate::scenario) const APPS: Setting = Setting::new(
    "apps",
    Kind::Weights,
    Fallback::Derived(AS_PATTERN),
    "Apps, with weights; none means the default app.",
);
/// `class.stickiness`.
pub(in crate::scenario) const STICKINESS: Setting = Setting::new(
    "stickiness",
    Kind::Number(0.0, 1.0),
    Fallback::Derived(AS_PATTERN),
    "The chance that an action stays in the app of the one before.",
);
/// `class.actions_per_visit`.
pub(in crate::scenario) const ACTIONS_PER_VISIT: Setting = Setting::new(
    "actions_per_visit",
    Kind::Number(1.0, 1e6),
    Fallback::Derived(AS_PATTERN),
    "Actions in a visit, on average.",
);
/// `class.gap`.
pub(in crate::scenario) const GAP: Setting = Setting::new(
    "gap",
    Kind::Distribution(&VARYING),
    Fallback::Derived(AS_PATTERN),
    "Time between two actions of a visit.",
);
/// `class.absence`.
pub(in crate::scenario) const ABSENCE: Setting = Setting::new(
    "absence",
    Kind::Distribution(&VARYING),
    Fallback::Derived(AS_PATTERN),
    "Time from a visit's last action to the next visit, on a clock that runs as fast as `hours` says.",
);
/// `class.spread`.
pub(in crate::scenario) const SPREAD: Setting = Setting::new(
    "spread",
    Kind::Number(0.0, 100.0),
    Fallback::Derived(AS_PATTERN),
    "How differently often people visit: a coefficient of variation; 0 makes everyone average.",
);
/// `class.holidays`.
pub(in crate::scenario) const HOLIDAYS: Setting = Setting::new(
    "holidays",
    Kind::Dates,
    Fallback::Derived(AS_PATTERN),
    "Local dates without any activity.",
);
/// `class.logout`.
pub(in crate::scenario) const LOGOUT_SHARE: Setting = Setting::new(
    "logout",
    Kind::Number(0.0, 1.0),
    Fallback::Derived(AS_PATTERN),
    "Share of visits that end in a logout.",
);
/// `class.close`.
pub(in crate::scenario) const CLOSE_SHARE: Setting = Setting::new(
    "close",
    Kind::Number(0.0, 1.0),
    Fallback::Derived(AS_PATTERN),
    "Share of visits that end in a browser close.",
);
/// `class.poll`.
pub(in crate::scenario) const POLL: Setting = Setting::new(
    "poll",
    Kind::OneOrMore(&POLLS),
    Fallback::Derived(AS_PATTERN),
    "Apps that ask by themselves while they are on somebody's screen.",
);

/// What `hours` holds as a table.
pub(in crate::scenario) static WEEK: Group =
    Group { header: "`hours`", settings: &[WEEKDAY, WEEKEND] };

/// `weekday`.
pub(in crate::scenario) const WEEKDAY: Setting =
    Setting::new("weekday", Kind::Day, Fallback::Required, "24 weights for Monday to Friday.");
/// `weekend`.
pub(in crate::scenario) const WEEKEND: Setting =
    Setting::new("weekend", Kind::Day, Fallback::Required, "24 weights for Saturday and Sunday.");

/// What a length of time that varies holds: a log-normal component, or the mean of an exponential.
pub(in crate::scenario) static VARYING: Group =
    Group { header: "a length of time that varies", settings: &[MEDIAN, SIGMA, WEIGHT, MEAN] };

/// `median`.
pub(in crate::scenario) const MEDIAN: Setting = Setting::new(
    "median",
    Kind::PositiveSpan,
    Fallback::Nothing,
    "Log-normal: half of the values are shorter.",
);
/// `sigma`.
pub(in crate::scenario) const SIGMA: Setting = Setting::new(
    "sigma",
    Kind::Number(0.0, 10.0),
    Fallback::Nothing,
    "Log-normal: the standard deviation of the natural logarithms.",
);
/// `weight`.
pub(in crate::scenario) const WEIGHT: Setting = Setting::new(
    "weight",
    Kind::Number(0.0, MOST_WEIGHT),
    Fallback::Nothing,
    "Log-normal: the component's weight in a mixture (1 where it stands alone).",
);
/// `mean`.
pub(in crate::scenario) const MEAN: Setting = Setting::new(
    "mean",
    Kind::PositiveSpan,
    Fallback::Nothing,
    "Exponential (Poisson arrivals) with this mean.",
);

/// What `poll` holds.
pub(in crate::scenario) static POLLS: Group = Group {
    header: "[workload.class.poll]",
    settings: &[POLL_APP, POLL_API, POLL_EVERY, POLL_STAYS],
};

/// `poll.app`.
pub(in crate::scenario) const POLL_APP: Setting =
    Setting::new("app", Kind::Name, Fallback::Derived("the default app"), "The app that asks.");
/// `poll.api`.
pub(in crate::scenario) const POLL_API: Setting =
    Setting::new("api", Kind::Name, Fallback::Derived("the app's first"), "The API that it asks.");
/// `poll.every`.
pub(in crate::scenario) const POLL_EVERY: Setting =
    Setting::new("every", Kind::PositiveSpan, Fallback::Required, "How often it asks.");
/// `poll.stays`.
pub(in crate::scenario) const POLL_STAYS: Setting = Setting::new(
    "stays",
    Kind::Span,
    Fallback::Value("\"0s\""),
    "How long it stays on the screen after a visit's last action.",
);
