//! Ory Network: buckets of endpoints, each with a limit by second and one by minute; the latter is
//! far below sixty times the former. Figures of a project's production environment.
//!
//! A login takes three requests to `/oauth2/auth` (before the login, after it, after the consent)
//! and one to `/oauth2/token`, and so does a silent authentication, whose login and consent are
//! skipped.

use super::{PlanRow, window};
use crate::bill::Basis::{Minute, Second};
use crate::bill::PlanLimit;

/// The tables behind the page: `src/lib/rate-limits/data/bucket-to-threshold-20260311.csv` and
/// `bucket-to-endpoints-20260311.csv`.
const SOURCE: &str = "https://github.com/ory/docs";

const CAVEAT: &str = "the table of March 2026; what a flow takes is derived; requests that login \
    pages of one's own make to the admin API are left out";

const fn plan(name: &'static str, about: &'static str, limits: fn() -> Vec<PlanLimit>) -> PlanRow {
    PlanRow { name, about, source: SOURCE, caveat: CAVEAT, counts_login_flows: false, limits }
}

/// By bucket: requests by second and by minute.
fn buckets(public: (u32, u32), login: (u32, u32), admin: (u32, u32)) -> Vec<PlanLimit> {
    let buckets = [
        ("/oauth2/auth and /oauth2/token", public, [4, 4, 1, 1, 0]),
        ("/self-service/login", login, [1, 0, 0, 0, 0]),
        ("/admin/oauth2/introspect", admin, [0, 0, 0, 0, 1]),
    ];
    let limits = buckets.into_iter().flat_map(|(name, (second, minute), units)| {
        [window(name, second, Second, units), window(name, minute, Minute, units)]
    });
    limits.collect()
}

pub(super) const DEVELOP: PlanRow =
    plan("ory-develop", "Ory Network, Develop", || buckets((3, 40), (3, 50), (3, 40)));
pub(super) const PRODUCTION: PlanRow =
    plan("ory-production", "Ory Network, Production", || buckets((10, 320), (10, 200), (10, 250)));
pub(super) const GROWTH: PlanRow =
    plan("ory-growth", "Ory Network, Growth", || buckets((35, 1_000), (25, 600), (80, 2_400)));
pub(super) const ENTERPRISE: PlanRow = plan("ory-enterprise", "Ory Network, Enterprise", || {
    buckets((100, 3_000), (45, 1_200), (160, 4_800))
});
