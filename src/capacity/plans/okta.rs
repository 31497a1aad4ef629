//! Okta: a bucket for each group of endpoints, counted by minute.
//!
//! The figures are those of a table that Okta has since taken down; an org's own stand in its rate
//! limit dashboard. An app may take half of a bucket unless an administrator says otherwise, which
//! is left out here, and so are bursts of up to five times, which Okta grants while it has room.

use super::{PlanRow, window};
use crate::bill::Basis::Minute;
use crate::bill::PlanLimit;

const SOURCE: &str = "https://developer.okta.com/docs/reference/rl-global-enduser";

const CAVEAT: &str = "from an older public table: look at the org's rate limit dashboard; what a \
    flow takes is derived; bursts that Okta may grant are left out";

const fn plan(name: &'static str, about: &'static str, limits: fn() -> Vec<PlanLimit>) -> PlanRow {
    PlanRow { name, about, source: SOURCE, caveat: CAVEAT, counts_login_flows: false, limits }
}

/// A login goes to `/authorize`, `/api/v1/authn` and `/token`; a silent authentication leaves the
/// middle one out.
fn buckets(server: u32, authn: u32, all: u32) -> Vec<PlanLimit> {
    vec![
        window("custom authorization servers", server, Minute, [2, 2, 1, 1, 1]),
        window("/api/v1/authn", authn, Minute, [1, 0, 0, 0, 0]),
        window("all endpoints", all, Minute, [3, 2, 1, 1, 1]),
    ]
}

pub(super) const FREE: PlanRow = plan("okta-free", "Okta, free", || buckets(300, 100, 2_100));
pub(super) const CUSTOMER: PlanRow =
    plan("okta-customer", "Okta, customer identity", || buckets(1_200, 600, 13_000));
/// The table gives 500 to 600 for `/api/v1/authn`.
pub(super) const WORKFORCE: PlanRow =
    plan("okta-workforce", "Okta, workforce identity", || buckets(2_000, 500, 18_250));
