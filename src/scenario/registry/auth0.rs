//! `[policy.auth0]`: the five settings in Auth0's own words and units.

use super::{Fallback, Group, Kind, Setting};

/// `[policy.auth0]`.
pub(in crate::scenario) const AUTH0_TABLE: Setting = Setting::new(
    "auth0",
    Kind::Table(&AUTH0),
    Fallback::Nothing,
    "The five settings in Auth0's own words and units, for every app and API of the policy.",
);

/// What `[policy.auth0]` holds.
pub(in crate::scenario) static AUTH0: Group = Group {
    header: "[policy.auth0]",
    settings: &[
        JWT_EXPIRATION,
        TOKEN_EXPIRATION,
        TOKEN_EXPIRATION_FOR_BROWSER_FLOWS,
        INACTIVITY_TIMEOUT,
        REQUIRE_LOGIN_AFTER,
    ],
};

/// `auth0.jwt_expiration`.
pub(in crate::scenario) const JWT_EXPIRATION: Setting = Setting::new(
    "jwt_expiration",
    Kind::Counted(1_000),
    Fallback::Nothing,
    "`id_token_lifetime` of every app that does not give its own.",
)
.in_unit("s");
/// `auth0.token_expiration`.
pub(in crate::scenario) const TOKEN_EXPIRATION: Setting = Setting::new(
    "token_expiration",
    Kind::Counted(1_000),
    Fallback::Nothing,
    "`access_token_lifetime` of every API that does not give its own.",
)
.in_unit("s");
/// `auth0.token_expiration_for_browser_flows`.
pub(in crate::scenario) const TOKEN_EXPIRATION_FOR_BROWSER_FLOWS: Setting = Setting::new(
    "token_expiration_for_browser_flows",
    Kind::Counted(1_000),
    Fallback::Nothing,
    "`access_token_lifetime_browser` of every API that does not give its own.",
)
.in_unit("s");
/// `auth0.inactivity_timeout`.
pub(in crate::scenario) const INACTIVITY_TIMEOUT: Setting = Setting::new(
    "inactivity_timeout",
    Kind::Counted(60_000),
    Fallback::Nothing,
    "`session.idle_timeout`; only one of the two may be given.",
)
.in_unit("min");
/// `auth0.require_login_after`.
pub(in crate::scenario) const REQUIRE_LOGIN_AFTER: Setting = Setting::new(
    "require_login_after",
    Kind::Counted(60_000),
    Fallback::Nothing,
    "`session.absolute_timeout`; only one of the two may be given.",
)
.in_unit("min");
