//! `[[policy]]`, in SPEC 3's order.

use super::{AUTH0_TABLE, Fallback, Group, Kind, NAME, Setting};

/// `[[policy]]`.
pub(in crate::scenario) const POLICY_LIST: Setting = Setting::new(
    "policy",
    Kind::List(&POLICY),
    Fallback::Nothing,
    "A policy of expiration; every policy of a run meets the same users.",
);

/// What `[[policy]]` holds.
pub(in crate::scenario) static POLICY: Group = Group {
    header: "[[policy]]",
    settings: &[
        POLICY_NAME,
        PRESET,
        AUTH0_TABLE,
        CLOCK_TABLE,
        SESSION_TABLE,
        API_TABLES,
        APP_TABLES,
    ],
};

/// `policy.name`.
pub(in crate::scenario) const POLICY_NAME: Setting = Setting {
    kind: Kind::Name,
    fallback: Fallback::Required,
    about: "The policy's name in every table and chart.",
    ..NAME
};
/// `policy.preset`.
pub(in crate::scenario) const PRESET: Setting = Setting::new(
    "preset",
    Kind::Preset,
    Fallback::Nothing,
    "A provider whose defaults the policy starts from.",
);
/// `[policy.clock]`.
pub(in crate::scenario) const CLOCK_TABLE: Setting =
    Setting::new("clock", Kind::Table(&CLOCK), Fallback::Nothing, "How the provider keeps time.");
/// `[policy.session]`.
pub(in crate::scenario) const SESSION_TABLE: Setting =
    Setting::new("session", Kind::Table(&SESSION), Fallback::Nothing, "The IdP session.");
/// `[policy.api.NAME]`.
pub(in crate::scenario) const API_TABLES: Setting = Setting::new(
    "api",
    Kind::Each(&API),
    Fallback::Nothing,
    "The APIs that accept access tokens, by name; at least one.",
);
/// `[policy.app.NAME]`.
pub(in crate::scenario) const APP_TABLES: Setting = Setting::new(
    "app",
    Kind::Each(&APP),
    Fallback::Nothing,
    "The applications, by name; at least one.",
);

/// What `[policy.clock]` holds.
pub(in crate::scenario) static CLOCK: Group =
    Group { header: "[policy.clock]", settings: &[TICK, EXPIRES] };

/// `clock.tick`.
pub(in crate::scenario) const TICK: Setting = Setting::new(
    "tick",
    Kind::PositiveSpan,
    Fallback::Value("\"1ms\""),
    "Instants are kept in whole ticks, rounded down: \"1s\" for providers that count seconds.",
)
.seldom();
/// `clock.expires`.
pub(in crate::scenario) const EXPIRES: Setting = Setting::new(
    "expires",
    Kind::Word(&["at", "after"]),
    Fallback::Value("\"at\""),
    "Whether what reaches its limit is over at once, or a tick later.",
)
.seldom();

/// What `[policy.session]` holds.
pub(in crate::scenario) static SESSION: Group = Group {
    header: "[policy.session]",
    settings: &[
        IDLE_TIMEOUT,
        ABSOLUTE_TIMEOUT,
        SLIDES_ON,
        SLIDE_INTERVAL,
        PERSISTENT,
        CAPS_TOKENS,
        BINDS_ACCESS_TOKENS,
        SESSION_CLOCK_TOLERANCE,
    ],
};

/// `session.idle_timeout`.
pub(in crate::scenario) const IDLE_TIMEOUT: Setting = Setting::new(
    "idle_timeout",
    Kind::Limit,
    Fallback::Value("\"none\""),
    "How long the session lives without being renewed (sliding).",
);
/// `session.absolute_timeout`.
pub(in crate::scenario) const ABSOLUTE_TIMEOUT: Setting = Setting::new(
    "absolute_timeout",
    Kind::Limit,
    Fallback::Value("\"none\""),
    "How long the session lives at most, counted from its start.",
);
/// `session.slides_on`.
pub(in crate::scenario) const SLIDES_ON: Setting = Setting::new(
    "slides_on",
    Kind::Words(&["login", "silent", "refresh", "use", "failed"]),
    Fallback::Value("[\"login\", \"silent\"]"),
    "What renews the idle window; `use` means that APIs ask the IdP at each call, `failed` a refused \
     request of the browser's.",
);
/// `session.slide_interval`.
pub(in crate::scenario) const SLIDE_INTERVAL: Setting = Setting::new(
    "slide_interval",
    Kind::Span,
    Fallback::Value("\"0s\""),
    "The idle window is renewed only when its last renewal is as old as this (lazy sliding).",
)
.seldom();
/// `session.persistent`.
pub(in crate::scenario) const PERSISTENT: Setting = Setting::new(
    "persistent",
    Kind::Flag,
    Fallback::Value("true"),
    "Whether the session survives a browser close.",
);
/// `session.caps_tokens`.
pub(in crate::scenario) const CAPS_TOKENS: Setting = Setting::new(
    "caps_tokens",
    Kind::Flag,
    Fallback::Value("false"),
    "Whether no access token outlives the session's absolute timeout.",
);

/// `session.binds_access_tokens`.
pub(in crate::scenario) const BINDS_ACCESS_TOKENS: Setting = Setting::new(
    "binds_access_tokens",
    Kind::Word(&["none", "session", "parent"]),
    Fallback::Value("\"none\""),
    "Whether access tokens end with the session they came with, or with their parent: the session, \
     or the refresh token of a refresh grant.",
)
.seldom();
/// `session.clock_tolerance`.
pub(in crate::scenario) const SESSION_CLOCK_TOLERANCE: Setting = Setting::new(
    "clock_tolerance",
    Kind::Span,
    Fallback::Value("\"0s\""),
    "How long after its limits the session is still accepted.",
)
.seldom();

/// What `[policy.api.NAME]` holds.
pub(in crate::scenario) static API: Group = Group {
    header: "[policy.api.NAME]",
    settings: &[ACCESS_TOKEN_LIFETIME, ACCESS_TOKEN_LIFETIME_BROWSER, ACCESS_TOKEN_CLOCK_TOLERANCE],
};

/// `api.NAME.access_token_lifetime`.
pub(in crate::scenario) const ACCESS_TOKEN_LIFETIME: Setting = Setting::new(
    "access_token_lifetime",
    Kind::Lifetime(&RANGE),
    Fallback::Layered,
    "How long an access token is good; a range is drawn anew for each token.",
);
/// `api.NAME.access_token_lifetime_browser`.
pub(in crate::scenario) const ACCESS_TOKEN_LIFETIME_BROWSER: Setting = Setting::new(
    "access_token_lifetime_browser",
    Kind::Lifetime(&RANGE),
    Fallback::Derived("access_token_lifetime"),
    "The same for apps whose tokens come through the browser (`flow = \"browser\"`).",
);

/// `api.NAME.clock_tolerance`.
pub(in crate::scenario) const ACCESS_TOKEN_CLOCK_TOLERANCE: Setting = Setting {
    about: "How long after its `exp` an access token is still accepted.",
    ..SESSION_CLOCK_TOLERANCE
};

/// What a range of lifetimes holds.
pub(in crate::scenario) static RANGE: Group =
    Group { header: "a range of durations", settings: &[MIN, MAX] };

/// `min`.
pub(in crate::scenario) const MIN: Setting =
    Setting::new("min", Kind::PositiveSpan, Fallback::Required, "The shortest.");
/// `max`.
pub(in crate::scenario) const MAX: Setting =
    Setting::new("max", Kind::PositiveSpan, Fallback::Required, "The longest.");

/// What `[policy.app.NAME]` holds.
pub(in crate::scenario) static APP: Group = Group {
    header: "[policy.app.NAME]",
    settings: &[
        FLOW,
        APIS,
        ID_TOKEN_LIFETIME,
        APP_SESSION_CHOICE,
        REFRESH_TOKEN_CHOICE,
        RENEW,
        RENEW_AHEAD,
        KEEP_ALIVE,
        TOKEN_STORAGE,
        LOGOUT,
    ],
};

/// `app.NAME.flow`.
pub(in crate::scenario) const FLOW: Setting = Setting::new(
    "flow",
    Kind::Word(&["code", "browser"]),
    Fallback::Value("\"code\""),
    "How tokens come; through the browser, the browser lifetime applies.",
);
/// `app.NAME.apis`.
pub(in crate::scenario) const APIS: Setting = Setting::new(
    "apis",
    Kind::Names,
    Fallback::Derived("all, by name"),
    "The APIs that the app calls; the first is meant where a record names none.",
);
/// `app.NAME.id_token_lifetime`.
pub(in crate::scenario) const ID_TOKEN_LIFETIME: Setting = Setting::new(
    "id_token_lifetime",
    Kind::Limit,
    Fallback::Value("\"none\""),
    "How long an ID token is good; it matters where `session = \"id_token\"`.",
);
/// `app.NAME.session`.
pub(in crate::scenario) const APP_SESSION_CHOICE: Setting = Setting::new(
    "session",
    Kind::Choice(&["none", "id_token"], &APP_SESSION),
    Fallback::Value("\"none\""),
    "The app's own session (its cookie), apart from the IdP's.",
);
/// `app.NAME.refresh_token`.
pub(in crate::scenario) const REFRESH_TOKEN_CHOICE: Setting = Setting::new(
    "refresh_token",
    Kind::Choice(&["none"], &REFRESH_TOKEN),
    Fallback::Value("\"none\""),
    "The app's refresh token.",
);
/// `app.NAME.renew`.
pub(in crate::scenario) const RENEW: Setting = Setting::new(
    "renew",
    Kind::Word(&["on_use", "while_open"]),
    Fallback::Value("\"on_use\""),
    "Whether the client renews tokens when a use finds them spent, or by a timer while it is open.",
);
/// `app.NAME.renew_ahead`.
pub(in crate::scenario) const RENEW_AHEAD: Setting = Setting::new(
    "renew_ahead",
    Kind::Span,
    Fallback::Value("\"0s\""),
    "How long before its `exp` the client treats an access token as spent.",
);
/// `app.NAME.keep_alive`.
pub(in crate::scenario) const KEEP_ALIVE: Setting = Setting::new(
    "keep_alive",
    Kind::Limit,
    Fallback::Value("\"none\""),
    "How often the app authenticates silently while it is open.",
);
/// `app.NAME.token_storage`.
pub(in crate::scenario) const TOKEN_STORAGE: Setting = Setting::new(
    "token_storage",
    Kind::Word(&["persistent", "memory"]),
    Fallback::Value("\"persistent\""),
    "Whether tokens survive the app being closed; kept in memory they are gone.",
);
/// `app.NAME.logout`.
pub(in crate::scenario) const LOGOUT: Setting = Setting::new(
    "logout",
    Kind::Word(&["app", "sso", "everywhere"]),
    Fallback::Value("\"sso\""),
    "What a logout ends: the app, also the IdP session, or the other apps as well.",
);

/// What an app's own session holds.
pub(in crate::scenario) static APP_SESSION: Group = Group {
    header: "[policy.app.NAME.session]",
    settings: &[APP_IDLE_TIMEOUT, APP_ABSOLUTE_TIMEOUT],
};

/// `app.NAME.session.idle_timeout`.
pub(in crate::scenario) const APP_IDLE_TIMEOUT: Setting =
    Setting { about: "How long the app's session lives without a use.", ..IDLE_TIMEOUT };
/// `app.NAME.session.absolute_timeout`.
pub(in crate::scenario) const APP_ABSOLUTE_TIMEOUT: Setting =
    Setting { about: "How long the app's session lives at most.", ..ABSOLUTE_TIMEOUT };

/// What a refresh token holds.
pub(in crate::scenario) static REFRESH_TOKEN: Group = Group {
    header: "[policy.app.NAME.refresh_token]",
    settings: &[
        IDLE_LIFETIME,
        ABSOLUTE_LIFETIME,
        BOUND_TO_SESSION,
        RENEW_AFTER,
        ROTATION,
        REUSE_LEEWAY,
        REFRESH_TOKEN_CLOCK_TOLERANCE,
    ],
};

/// `app.NAME.refresh_token.idle_lifetime`.
pub(in crate::scenario) const IDLE_LIFETIME: Setting = Setting::new(
    "idle_lifetime",
    Kind::Limit,
    Fallback::Value("\"none\""),
    "How long the refresh token lives without being used.",
);
/// `app.NAME.refresh_token.absolute_lifetime`.
pub(in crate::scenario) const ABSOLUTE_LIFETIME: Setting = Setting::new(
    "absolute_lifetime",
    Kind::Limit,
    Fallback::Value("\"none\""),
    "How long its family lives at most, counted from a login or a silent authentication.",
);
/// `app.NAME.refresh_token.bound_to_session`.
pub(in crate::scenario) const BOUND_TO_SESSION: Setting = Setting::new(
    "bound_to_session",
    Kind::Flag,
    Fallback::Value("false"),
    "Whether it dies with the IdP session that it came with.",
);

/// `app.NAME.refresh_token.renew_after`.
pub(in crate::scenario) const RENEW_AFTER: Setting = Setting::new(
    "renew_after",
    Kind::Span,
    Fallback::Value("\"0s\""),
    "A use renews the idle lifetime only when its last renewal is as old as this.",
)
.seldom();
/// `app.NAME.refresh_token.rotation`.
pub(in crate::scenario) const ROTATION: Setting = Setting::new(
    "rotation",
    Kind::Flag,
    Fallback::Value("false"),
    "Whether each use gives a new refresh token in place of the old one.",
)
.seldom();
/// `app.NAME.refresh_token.reuse_leeway`.
pub(in crate::scenario) const REUSE_LEEWAY: Setting = Setting::new(
    "reuse_leeway",
    Kind::Span,
    Fallback::Value("\"0s\""),
    "How long a refresh token is still answered after its rotation; later its family is revoked.",
)
.seldom();
/// `app.NAME.refresh_token.clock_tolerance`.
pub(in crate::scenario) const REFRESH_TOKEN_CLOCK_TOLERANCE: Setting = Setting {
    about: "How long after its lifetimes the refresh token is still accepted.",
    ..SESSION_CLOCK_TOLERANCE
};
