//! `[workload]`, as SPEC 6 lists it, and what synthetic users need beside it.

use super::{CLASS, Fallback, Group, Kind, Setting};

/// `[workload]`.
pub(in crate::scenario) const WORKLOAD_TABLE: Setting = Setting::new(
    "workload",
    Kind::Table(&WORKLOAD),
    Fallback::Nothing,
    "Whose activity is replayed, and how it is counted.",
);

/// What `[workload]` holds.
pub(in crate::scenario) static WORKLOAD: Group = Group {
    header: "[workload]",
    settings: &[
        TRACE,
        STAY_OPEN,
        WARMUP,
        TASK_GAP,
        TIMEZONE,
        DEFAULT_APP,
        USERS,
        START,
        SPAN,
        CLASS_LIST,
    ],
};

/// `workload.trace`.
pub(in crate::scenario) const TRACE: Setting = Setting::new(
    "trace",
    Kind::Files,
    Fallback::Nothing,
    "Recorded activity: a file relative to the scenario, or several; `-` is standard input.",
);
/// `workload.stay_open`.
pub(in crate::scenario) const STAY_OPEN: Setting = Setting::new(
    "stay_open",
    Kind::Span,
    Fallback::Value("\"0s\""),
    "How long an app stays open after a use.",
);
/// `workload.warmup`.
pub(in crate::scenario) const WARMUP: Setting = Setting::new(
    "warmup",
    Kind::Span,
    Fallback::Value("\"0s\""),
    "How much of the beginning is simulated but not counted.",
);
/// `workload.task_gap`.
pub(in crate::scenario) const TASK_GAP: Setting = Setting::new(
    "task_gap",
    Kind::Span,
    Fallback::Value("\"30m\""),
    "A re-login sooner than this after the previous use came in the middle of a task.",
);
/// `workload.timezone`.
pub(in crate::scenario) const TIMEZONE: Setting = Setting::new(
    "timezone",
    Kind::TimeZone,
    Fallback::Value("\"UTC\""),
    "The IANA time zone of calendar days in reports.",
);
/// `workload.default_app`.
pub(in crate::scenario) const DEFAULT_APP: Setting = Setting::new(
    "default_app",
    Kind::Name,
    Fallback::Derived("the policies' only app"),
    "The app of records that name none.",
);
/// `workload.users`.
pub(in crate::scenario) const USERS: Setting = Setting::new(
    "users",
    Kind::Whole(1, 1_000_000_000),
    Fallback::Value("1000"),
    "How many synthetic users there are, over all classes.",
)
.in_unit("users");
/// `workload.start`.
pub(in crate::scenario) const START: Setting = Setting::new(
    "start",
    Kind::Instant,
    Fallback::Value("\"2026-01-05\""),
    "When synthetic activity begins; a date begins at 00:00 UTC.",
);
/// `workload.span`.
pub(in crate::scenario) const SPAN: Setting = Setting::new(
    "span",
    Kind::PositiveSpan,
    Fallback::Value("\"4w\""),
    "For how long synthetic activity goes on.",
);
/// `[[workload.class]]`.
pub(in crate::scenario) const CLASS_LIST: Setting = Setting::new(
    "class",
    Kind::List(&CLASS),
    Fallback::Nothing,
    "Made-up activity: a class of synthetic users.",
);
