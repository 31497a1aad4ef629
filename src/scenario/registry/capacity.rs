//! `[capacity]`: what a policy's requests need of a provider, and whose limits they are held against.

use super::{Fallback, Group, Kind, Setting};
use crate::capacity::PLAN_NAMES;

/// `[capacity]`.
pub(in crate::scenario) const CAPACITY_TABLE: Setting = Setting::new(
    "capacity",
    Kind::Table(&CAPACITY),
    Fallback::Nothing,
    "What the requests need of a provider that is run by oneself, and how they stand to the limits \
     of one that is rented; each policy gets a bill where this table is there.",
);

/// What `[capacity]` holds.
pub(in crate::scenario) static CAPACITY: Group = Group {
    header: "[capacity]",
    settings: &[
        SIZED_PROVIDER,
        PODS,
        HEADROOM,
        BASIS,
        SCALE,
        CROWD_SPREAD,
        PLANS,
        LOGIN_UNITS,
        PER_VCPU_TABLE,
        BESIDES_TABLE,
        MEMORY_TABLE,
        DATABASE_TABLE,
        LIMIT_TABLES,
    ],
};

/// The most requests a second, or units: far from where sums are not exact.
const MOST: f64 = 1e9;
/// The least of what something is divided by.
const LEAST: f64 = 1e-6;

/// `capacity.provider`.
pub(in crate::scenario) const SIZED_PROVIDER: Setting = Setting::new(
    "provider",
    Kind::Word(&["keycloak", "own", "none"]),
    Fallback::Value("\"keycloak\""),
    "Whose constants size it: those of Keycloak's sizing guide, your own (`per_vcpu`), or none.",
);
/// `capacity.pods`.
pub(in crate::scenario) const PODS: Setting = Setting::new(
    "pods",
    Kind::Whole(1, 10_000),
    Fallback::Value("3"),
    "How many pods share the load.",
);
/// `capacity.headroom`.
pub(in crate::scenario) const HEADROOM: Setting = Setting::new(
    "headroom",
    Kind::Number(0.0, 100.0),
    Fallback::Value("1.5"),
    "The share of the vCPU that is added for spikes; Keycloak's guide adds 150 %.",
);
/// `capacity.basis`.
pub(in crate::scenario) const BASIS: Setting = Setting::new(
    "basis",
    Kind::Word(&["minute", "second"]),
    Fallback::Value("\"minute\""),
    "The rate that is sized for: the average over the minute that asks for most, or the second.",
);
/// `capacity.scale`.
pub(in crate::scenario) const SCALE: Setting = Setting::new(
    "scale",
    Kind::Number(LEAST, 1e6),
    Fallback::Value("1"),
    "For how many users each user of the activity stands: it multiplies every count.",
)
.such_as("40");
/// `capacity.spread`.
pub(in crate::scenario) const CROWD_SPREAD: Setting = Setting::new(
    "spread",
    Kind::PositiveSpan,
    Fallback::Value("\"1m\""),
    "Over how long the users that one stands for are spread, each at a second of their own: whole \
     minutes of which an hour is a whole number. Where few stand for many, `15m` or so keeps the \
     chances of the few from being taken for everybody's.",
);
/// `capacity.plans`.
pub(in crate::scenario) const PLANS: Setting = Setting::new(
    "plans",
    Kind::Words(&PLAN_NAMES),
    Fallback::Nothing,
    "Plans of providers that are rented, whose limits the requests are held against.",
)
.such_as(r#"["auth0-enterprise", "ory-growth"]"#);
/// `capacity.login_units`.
pub(in crate::scenario) const LOGIN_UNITS: Setting = Setting::new(
    "login_units",
    Kind::Number(0.0, MOST),
    Fallback::Derived("the plan's"),
    "How many requests a login takes, under plans that count the requests of a flow (Auth0, Entra): \
     more with each factor.",
)
.such_as("9")
.in_unit("requests");

/// `[capacity.per_vcpu]`.
pub(in crate::scenario) const PER_VCPU_TABLE: Setting = Setting::new(
    "per_vcpu",
    Kind::Table(&PER_VCPU),
    Fallback::Nothing,
    "How many requests a second one vCPU answers.",
);

/// What `[capacity.per_vcpu]` holds.
pub(in crate::scenario) static PER_VCPU: Group = Group {
    header: "[capacity.per_vcpu]",
    settings: &[
        PER_VCPU_LOGIN,
        PER_VCPU_SILENT,
        PER_VCPU_REFRESH,
        PER_VCPU_FAILED,
        PER_VCPU_INTROSPECTION,
        PER_VCPU_CLIENT_CREDENTIALS,
    ],
};

const fn per_vcpu(key: &'static str, fallback: &'static str, about: &'static str) -> Setting {
    Setting::new(key, Kind::Number(LEAST, MOST), Fallback::Derived(fallback), about)
        .such_as("120")
        .in_unit("requests/s")
}

/// `per_vcpu.login`.
pub(in crate::scenario) const PER_VCPU_LOGIN: Setting =
    per_vcpu("login", "Keycloak's 15; your own must be given", "Interactive logins.");
/// `per_vcpu.silent`.
pub(in crate::scenario) const PER_VCPU_SILENT: Setting = per_vcpu(
    "silent",
    "as `refresh`",
    "Silent authentications: the session's cookie answers them, and no password is hashed.",
);
/// `per_vcpu.refresh`.
pub(in crate::scenario) const PER_VCPU_REFRESH: Setting =
    per_vcpu("refresh", "Keycloak's 120; your own must be given", "Refresh grants.");
/// `per_vcpu.failed`.
pub(in crate::scenario) const PER_VCPU_FAILED: Setting =
    per_vcpu("failed", "as `refresh`", "Refusals: the same look-ups, without a token.");
/// `per_vcpu.introspection`.
pub(in crate::scenario) const PER_VCPU_INTROSPECTION: Setting =
    per_vcpu("introspection", "as `refresh`", "Questions about tokens.");
/// `per_vcpu.client_credentials`.
pub(in crate::scenario) const PER_VCPU_CLIENT_CREDENTIALS: Setting = per_vcpu(
    "client_credentials",
    "Keycloak's 120, or as `refresh`",
    "Client credentials grants, of which `besides` tells.",
);

/// `[capacity.besides]`.
pub(in crate::scenario) const BESIDES_TABLE: Setting = Setting::new(
    "besides",
    Kind::Table(&BESIDES),
    Fallback::Nothing,
    "What is asked all the time besides, of which the activity tells nothing; `scale` leaves it alone.",
);

/// What `[capacity.besides]` holds.
pub(in crate::scenario) static BESIDES: Group =
    Group { header: "[capacity.besides]", settings: &[CLIENT_CREDENTIALS, LOGOUTS] };

/// `besides.client_credentials`.
pub(in crate::scenario) const CLIENT_CREDENTIALS: Setting = Setting::new(
    "client_credentials",
    Kind::Number(0.0, MOST),
    Fallback::Value("0"),
    "Client credentials grants of machines.",
)
.in_unit("requests/s");
/// `besides.logouts`.
pub(in crate::scenario) const LOGOUTS: Setting = Setting::new(
    "logouts",
    Kind::Number(0.0, MOST),
    Fallback::Value("0"),
    "Logouts; they write to the database, and take no vCPU to speak of.",
)
.in_unit("requests/s");

/// `[capacity.memory]`.
pub(in crate::scenario) const MEMORY_TABLE: Setting = Setting::new(
    "memory",
    Kind::Table(&MEMORY),
    Fallback::Nothing,
    "What a pod takes; the defaults are those of Keycloak's guide.",
);

/// What `[capacity.memory]` holds.
pub(in crate::scenario) static MEMORY: Group = Group {
    header: "[capacity.memory]",
    settings: &[BASE_MB, NONHEAP_MB, HEAP_SHARE, PER_1000_SESSIONS_MB],
};

/// `memory.base_mb`.
pub(in crate::scenario) const BASE_MB: Setting = Setting::new(
    "base_mb",
    Kind::Number(0.0, MOST),
    Fallback::Value("1250"),
    "What a pod takes with its caches.",
)
.in_unit("MB");
/// `memory.nonheap_mb`.
pub(in crate::scenario) const NONHEAP_MB: Setting = Setting::new(
    "nonheap_mb",
    Kind::Number(0.0, MOST),
    Fallback::Value("300"),
    "How much of that is not heap.",
)
.in_unit("MB");
/// `memory.heap_share`.
pub(in crate::scenario) const HEAP_SHARE: Setting = Setting::new(
    "heap_share",
    Kind::Number(0.01, 1.0),
    Fallback::Value("0.7"),
    "The share of the memory limit that is heap.",
);
/// `memory.per_1000_sessions_mb`.
pub(in crate::scenario) const PER_1000_SESSIONS_MB: Setting = Setting::new(
    "per_1000_sessions_mb",
    Kind::Number(0.0, MOST),
    Fallback::Value("0"),
    "What each 1,000 sessions alive take besides; nothing where sessions stand in the database, as \
     Keycloak's do.",
)
.in_unit("MB");

/// `[capacity.database]`.
pub(in crate::scenario) const DATABASE_TABLE: Setting = Setting::new(
    "database",
    Kind::Table(&DATABASE),
    Fallback::Nothing,
    "What each 100 logins, silent authentications, refreshes and logouts a second need of the \
     database; the defaults are those of Keycloak's guide.",
);

/// What `[capacity.database]` holds.
pub(in crate::scenario) static DATABASE: Group =
    Group { header: "[capacity.database]", settings: &[WRITE_IOPS, VCPU_LOW, VCPU_HIGH] };

/// `database.write_iops`.
pub(in crate::scenario) const WRITE_IOPS: Setting = Setting::new(
    "write_iops",
    Kind::Number(0.0, MOST),
    Fallback::Value("1400"),
    "Write operations a second.",
)
.in_unit("IOPS");
/// `database.vcpu_low`.
pub(in crate::scenario) const VCPU_LOW: Setting = Setting::new(
    "vcpu_low",
    Kind::Number(0.0, MOST),
    Fallback::Value("0.35"),
    "vCPU at the least.",
)
.in_unit("vCPU");
/// `database.vcpu_high`.
pub(in crate::scenario) const VCPU_HIGH: Setting = Setting::new(
    "vcpu_high",
    Kind::Number(0.0, MOST),
    Fallback::Value("0.7"),
    "vCPU for short response times.",
)
.in_unit("vCPU");

/// `[capacity.limits.*]`.
pub(in crate::scenario) const LIMIT_TABLES: Setting = Setting::new(
    "limits",
    Kind::Each(&LIMIT),
    Fallback::Nothing,
    "A limit of your own, by any name: a gateway's, or a plan's that is not known here.",
);

/// What `[capacity.limits.*]` holds.
pub(in crate::scenario) static LIMIT: Group = Group {
    header: "[capacity.limits.NAME]",
    settings: &[PER_SECOND, PER_MINUTE, BURST, UNITS_TABLE],
};

/// `limits.*.per_second`.
pub(in crate::scenario) const PER_SECOND: Setting = Setting::new(
    "per_second",
    Kind::Number(LEAST, MOST),
    Fallback::Nothing,
    "The most that each second allows; `per_minute` may stand beside it.",
)
.such_as("100")
.in_unit("units");
/// `limits.*.per_minute`.
pub(in crate::scenario) const PER_MINUTE: Setting = Setting::new(
    "per_minute",
    Kind::Number(LEAST, MOST),
    Fallback::Nothing,
    "The most that each minute allows.",
)
.such_as("3000")
.in_unit("units");
/// `limits.*.burst`.
pub(in crate::scenario) const BURST: Setting = Setting::new(
    "burst",
    Kind::Number(LEAST, MOST),
    Fallback::Derived("what a second or minute allows: a fixed window"),
    "The most that can be saved up: a token bucket, which each second or minute adds to.",
)
.such_as("200")
.in_unit("units");
/// `limits.*.units`.
pub(in crate::scenario) const UNITS_TABLE: Setting = Setting::new(
    "units",
    Kind::Table(&UNITS),
    Fallback::Nothing,
    "How many units a request of each kind takes.",
);

/// What `[capacity.limits.NAME.units]` holds.
pub(in crate::scenario) static UNITS: Group = Group {
    header: "[capacity.limits.NAME.units]",
    settings: &[UNITS_LOGIN, UNITS_SILENT, UNITS_REFRESH, UNITS_FAILED, UNITS_INTROSPECTION],
};

const fn units(key: &'static str, about: &'static str) -> Setting {
    Setting::new(key, Kind::Number(0.0, MOST), Fallback::Value("1"), about).in_unit("units")
}

/// `units.login`.
pub(in crate::scenario) const UNITS_LOGIN: Setting = units("login", "An interactive login.");
/// `units.silent`.
pub(in crate::scenario) const UNITS_SILENT: Setting = units("silent", "A silent authentication.");
/// `units.refresh`.
pub(in crate::scenario) const UNITS_REFRESH: Setting = units("refresh", "A refresh grant.");
/// `units.failed`.
pub(in crate::scenario) const UNITS_FAILED: Setting = units("failed", "A refusal.");
/// `units.introspection`.
pub(in crate::scenario) const UNITS_INTROSPECTION: Setting =
    units("introspection", "A question about a token.");
