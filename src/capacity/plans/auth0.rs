//! Auth0: one bucket for nearly all of the Authentication API, topped up at the start of each
//! second (of each minute, for the free plan), and never above its burst.
//!
//! What a flow takes stands in "Rate Limit Use Cases" for Universal Login: 5 requests for a login
//! with a password, 1 where a session exists. Each factor of MFA, the identifier asked first and a
//! one-time password take 2 more, an enterprise connection 1.

use super::{PlanRow, window};
use crate::bill::Basis::{Minute, Second};
use crate::bill::PlanLimit;

const SOURCE: &str = "https://auth0.com/docs/troubleshoot/customer-support/operational-policies/\
    rate-limit-policy";

/// A login, a session that exists; a refresh, a refusal and a question about a token are one
/// request each.
const UNITS: [u8; 5] = [5, 1, 1, 1, 1];

const DERIVED: &str = "that a refresh takes one request is derived; bursts bought besides are left \
    out";

const fn plan(
    name: &'static str,
    about: &'static str,
    caveat: &'static str,
    limits: fn() -> Vec<PlanLimit>,
) -> PlanRow {
    PlanRow { name, about, source: SOURCE, caveat, counts_login_flows: true, limits }
}

fn per_second(most: u32) -> Vec<PlanLimit> {
    vec![window("Authentication API", most, Second, UNITS)]
}

pub(super) const FREE: PlanRow = plan(
    "auth0-free",
    "Auth0, Free",
    "which requests the two endpoints' limits count is derived",
    || {
        vec![
            window("Authentication API", 300, Minute, UNITS),
            window("/oauth/token", 30, Second, [1, 1, 1, 1, 0]),
            window("/usernamepassword/login", 5, Second, [1, 0, 0, 0, 0]),
        ]
    },
);
pub(super) const ESSENTIALS: PlanRow =
    plan("auth0-essentials", "Auth0, Essentials", DERIVED, || per_second(25));
pub(super) const PROFESSIONAL: PlanRow =
    plan("auth0-professional", "Auth0, Professional", DERIVED, || per_second(25));
pub(super) const ENTERPRISE: PlanRow =
    plan("auth0-enterprise", "Auth0, Enterprise (public cloud)", DERIVED, || per_second(100));
pub(super) const PRIVATE_100: PlanRow =
    plan("auth0-private-100", "Auth0, private cloud, 100 a second", DERIVED, || per_second(100));
pub(super) const PRIVATE_500: PlanRow =
    plan("auth0-private-500", "Auth0, private cloud, 500 a second", DERIVED, || per_second(500));
pub(super) const PRIVATE_1500: PlanRow =
    plan("auth0-private-1500", "Auth0, private cloud, 1,500 a second", DERIVED, || {
        per_second(1_500)
    });
pub(super) const PRIVATE_3000: PlanRow =
    plan("auth0-private-3000", "Auth0, private cloud, 3,000 a second", DERIVED, || {
        per_second(3_000)
    });
pub(super) const PRIVATE_6000: PlanRow =
    plan("auth0-private-6000", "Auth0, private cloud, 6,000 a second", DERIVED, || {
        per_second(6_000)
    });
pub(super) const PRIVATE_10000: PlanRow =
    plan("auth0-private-10000", "Auth0, private cloud, 10,000 a second", DERIVED, || {
        per_second(10_000)
    });
