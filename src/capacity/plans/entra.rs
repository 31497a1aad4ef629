//! Microsoft Entra External ID: requests per second of a tenant.
//!
//! "Service limits": a sign-in takes 4 requests at `/authorize`, a one-time password by mail 2 more,
//! and `/token` takes 1. Limits of workforce tenants are not published.

use super::{PlanRow, window};
use crate::bill::Basis::Second;
use crate::bill::PlanLimit;

const SOURCE: &str =
    "https://learn.microsoft.com/en-us/entra/external-id/customers/reference-service-limits";

const CAVEAT: &str = "what a silent authentication takes is not published: counted as one request \
    to /authorize and one to /token";

const fn plan(name: &'static str, about: &'static str, limits: fn() -> Vec<PlanLimit>) -> PlanRow {
    PlanRow { name, about, source: SOURCE, caveat: CAVEAT, counts_login_flows: true, limits }
}

/// A login: a sign-in, and its code exchanged.
const UNITS: [u8; 5] = [5, 2, 1, 1, 1];

pub(super) const EXTERNAL: PlanRow =
    plan("entra-external-id", "Entra External ID", || vec![window("tenant", 200, Second, UNITS)]);
pub(super) const EXTERNAL_TRIAL: PlanRow =
    plan("entra-external-id-trial", "Entra External ID, trial tenant", || {
        vec![window("tenant", 20, Second, UNITS)]
    });
