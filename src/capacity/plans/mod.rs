//! Limits of providers that are rented: one file for each provider, one row here for each plan.
//!
//! Only limits of a whole tenant are here. Limits for a single user or address are left out: the
//! activity tells nothing of addresses, and no user of a simulation gets near the others.

mod auth0;
mod cognito;
mod entra;
mod okta;
mod ory;

use crate::bill::{Basis, Plan, PlanLimit};

/// A provider's plan.
pub(super) struct PlanRow {
    /// As a scenario names it.
    name: &'static str,
    about: &'static str,
    /// Where its figures stand.
    source: &'static str,
    /// What is not sure about them, as a clause.
    caveat: &'static str,
    /// Whether its first limit counts the requests that a login flow takes, so that more factors
    /// take more of it.
    counts_login_flows: bool,
    limits: fn() -> Vec<PlanLimit>,
}

/// Every plan.
const PLANS: [&PlanRow; 20] = [
    &auth0::FREE,
    &auth0::ESSENTIALS,
    &auth0::PROFESSIONAL,
    &auth0::ENTERPRISE,
    &auth0::PRIVATE_100,
    &auth0::PRIVATE_500,
    &auth0::PRIVATE_1500,
    &auth0::PRIVATE_3000,
    &auth0::PRIVATE_6000,
    &auth0::PRIVATE_10000,
    &okta::FREE,
    &okta::CUSTOMER,
    &okta::WORKFORCE,
    &entra::EXTERNAL,
    &entra::EXTERNAL_TRIAL,
    &cognito::DEFAULT,
    &ory::DEVELOP,
    &ory::PRODUCTION,
    &ory::GROWTH,
    &ory::ENTERPRISE,
];

/// The name of every plan.
pub const PLAN_NAMES: [&str; PLANS.len()] = {
    let mut names = [""; PLANS.len()];
    let mut place = 0;
    while place < names.len() {
        names[place] = PLANS[place].name;
        place += 1;
    }
    names
};

/// The plan of that name, if there is one; `login_units`, where given, are the requests of a login
/// flow, of plans that count these.
pub fn plan(name: &str, login_units: Option<f64>) -> Option<Plan> {
    let row = PLANS.iter().find(|plan| plan.name == name)?;
    let mut limits = (row.limits)();
    if let (true, Some(units)) = (row.counts_login_flows, login_units) {
        limits[0].units[0] = units;
    }
    Some(Plan {
        name: row.name.to_owned(),
        about: row.about.to_owned(),
        source: row.source.to_owned(),
        caveat: row.caveat.to_owned(),
        limits,
    })
}

/// A bucket that is refilled whole: a fixed window.
fn window(name: &str, most: u32, every: Basis, units: [u8; 5]) -> PlanLimit {
    let most = f64::from(most);
    let units = units.map(f64::from);
    PlanLimit { name: name.to_owned(), burst: most, refill: most, every, units }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::meter::Meter;

    #[test]
    fn every_plan_is_whole() {
        for name in PLAN_NAMES {
            let plan = plan(name, None).unwrap();
            assert_eq!(plan.name, name);
            assert!(plan.source.starts_with("https://"), "{name} names no source");
            assert!(!plan.caveat.ends_with('.'), "{name}: a clause, not a sentence");
            for limit in &plan.limits {
                assert!(limit.burst > 0.0 && limit.refill > 0.0, "{name}: {}", limit.name);
                assert!(limit.units.iter().any(|units| *units > 0.0), "{name}: {}", limit.name);
            }
        }
        assert_eq!(plan("auth1", None), None);
    }

    /// How many requests of a kind a second hold a limit to its full use.
    fn fits(name: &str, login_units: Option<f64>, kind: usize) -> f64 {
        let plan = plan(name, login_units).unwrap();
        let limits = plan.limits.iter().filter(|limit| limit.units[kind] > 0.0);
        let each =
            limits.map(|limit| limit.refill / limit.every.seconds() as f64 / limit.units[kind]);
        each.fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn an_auth0_tenant_of_100_a_second_does_20_logins_or_100_refreshes() {
        assert_eq!(fits("auth0-enterprise", None, 0), 20.0);
        assert_eq!(fits("auth0-enterprise", None, 1), 100.0);
        assert_eq!(fits("auth0-enterprise", None, 2), 100.0);
        // One factor more and the identifier first: 5 + 2 + 2.
        let used = |logins, refreshes, units| {
            let plan = plan("auth0-enterprise", units).unwrap();
            let mut meter = Meter::new(&plan.limits[0], (0, 0), (0, 999));
            meter.take(0, &[logins, 0, refreshes, 0, 0]);
            meter.finish(0.0, 0.0).used
        };
        assert_eq!(used(10, 50, None), 1.0);
        assert_eq!(used(10, 10, Some(9.0)), 1.0);
        assert!(used(10, 11, Some(9.0)) > 1.0);
    }

    #[test]
    fn what_providers_say_of_themselves_comes_out() {
        assert_eq!(fits("entra-external-id", None, 0), 40.0);
        assert_eq!(fits("entra-external-id", None, 2), 200.0);
        assert_eq!(fits("cognito", None, 0), 120.0);
        assert_eq!(fits("cognito", None, 2), 120.0);
        assert_eq!(fits("okta-customer", None, 2), 20.0);
    }

    /// 1,000 clients that renew every 90 seconds: within the burst, above what is sustained.
    #[test]
    fn ory_throttles_what_a_burst_allows() {
        let plan = plan("ory-production", None).unwrap();
        let renewals = |second: i64| ((second + 1) * 1_000 / 90 - second * 1_000 / 90) as u64;
        let used = |place: usize| {
            let mut meter = Meter::new(&plan.limits[place], (0, place), (0, 599_999));
            (0..600).for_each(|second| meter.take(second, &[0, 0, renewals(second) * 4 / 5, 0, 0]));
            meter.finish(0.0, 0.0)
        };
        let (burst, sustained) = (used(0), used(1));
        assert_eq!((plan.limits[0].every, plan.limits[1].every), (Basis::Second, Basis::Minute));
        assert_eq!(burst.above, 0, "{burst:?}");
        assert_eq!(sustained.above, 10, "{sustained:?}");
    }

    #[test]
    fn more_factors_take_more_of_plans_that_count_flows() {
        assert_eq!(plan("auth0-free", Some(9.0)).unwrap().limits[0].units[0], 9.0);
        assert_eq!(plan("ory-growth", Some(9.0)), plan("ory-growth", None));
    }
}
