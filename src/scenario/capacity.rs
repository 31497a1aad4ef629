//! `[capacity]`: what it says, with the published figures that it leaves out.

use super::problem::Problem;
use super::registry::{
    BASE_MB, BASIS, BESIDES_TABLE, BURST, CLIENT_CREDENTIALS, CROWD_SPREAD, DATABASE_TABLE,
    HEADROOM, HEAP_SHARE, LIMIT_TABLES, LOGIN_UNITS, LOGOUTS, MEMORY_TABLE, NONHEAP_MB,
    PER_1000_SESSIONS_MB, PER_MINUTE, PER_SECOND, PER_VCPU_CLIENT_CREDENTIALS, PER_VCPU_FAILED,
    PER_VCPU_INTROSPECTION, PER_VCPU_LOGIN, PER_VCPU_REFRESH, PER_VCPU_SILENT, PER_VCPU_TABLE,
    PLANS, PODS, SCALE, SIZED_PROVIDER, Setting, UNITS_FAILED, UNITS_INTROSPECTION, UNITS_LOGIN,
    UNITS_REFRESH, UNITS_SILENT, UNITS_TABLE, VCPU_HIGH, VCPU_LOW, WRITE_IOPS,
};
use super::tree::Table;
use crate::bill::{Assumptions, Basis, Besides, Database, Memory, Plan, PlanLimit, Sizing};
use crate::capacity::{keycloak, plan};
use crate::model::Span;

/// What is wrong with a completed table that its values do not show one by one.
pub(super) fn check(capacity: &Table, problems: &mut Vec<Problem>) {
    if capacity.get::<&str>(&SIZED_PROVIDER) == Some("own") {
        for setting in [&PER_VCPU_LOGIN, &PER_VCPU_REFRESH] {
            let table = capacity.table(&PER_VCPU_TABLE);
            if table.is_none_or(|table| table.node(setting).is_none()) {
                let title = format!("`provider = \"own\"` without `per_vcpu.{}`", setting.key);
                let problem = Problem::new(capacity.place_of(&SIZED_PROVIDER), title);
                let example =
                    format!("add `per_vcpu = {{ {} = … }}`, requests a second", setting.key);
                problems.push(problem.mend(example));
            }
        }
    }
    if let Some(memory) = capacity.table(&MEMORY_TABLE) {
        let (base, nonheap) = (memory.get::<f64>(&BASE_MB), memory.get::<f64>(&NONHEAP_MB));
        if let (Some(base), Some(nonheap)) = (base, nonheap)
            && nonheap > base
        {
            let title = format!("`nonheap_mb` of {nonheap} is above `base_mb` of {base}");
            let place = memory.written(&NONHEAP_MB).unwrap_or(memory.place_of(&BASE_MB));
            let problem = Problem::new(place, title);
            problems.push(problem.mend("the heap is what remains of `base_mb`"));
        }
    }
    if let Some(spread) = capacity.get::<Span>(&CROWD_SPREAD) {
        let (millis, minute) = (spread.as_millis(), 60_000);
        if millis % minute != 0 || (60 * minute) % millis != 0 {
            let title = format!("an hour is no whole number of {spread} of whole minutes");
            let problem = Problem::new(capacity.place_of(&CROWD_SPREAD), title);
            problems.push(problem.mend("write `1m`, `5m`, `15m`, `30m` or `1h`"));
        }
    }
    for (name, limit) in capacity.named(&LIMIT_TABLES) {
        let has = |setting: &Setting| limit.node(setting).is_some();
        match (has(&PER_SECOND), has(&PER_MINUTE), has(&BURST)) {
            (false, false, _) => {
                let title = format!("the limit `{name}` limits nothing");
                let problem = Problem::new(&limit.place, title);
                problems.push(problem.mend("add `per_second = 100` or `per_minute = 3000`"));
            }
            (true, true, true) => {
                let title =
                    format!("`burst` of the limit `{name}` could be a second's or a minute's");
                let problem = Problem::new(limit.place_of(&BURST), title);
                problems.push(problem.mend("make two limits of it"));
            }
            _ => {}
        }
    }
}

/// A completed and checked table as what is reckoned with.
pub(super) fn build(capacity: &Table) -> Assumptions {
    let login_units = capacity.get(&LOGIN_UNITS);
    let names: Vec<&str> = capacity.get(&PLANS).unwrap_or_default();
    let published = names.into_iter().filter_map(|name| plan(name, login_units));
    let own = capacity.named(&LIMIT_TABLES).map(|(name, limit)| own_plan(name, limit));
    Assumptions {
        scale: capacity.sure(&SCALE),
        spread: capacity.sure::<Span>(&CROWD_SPREAD).as_millis(),
        basis: match capacity.sure(&BASIS) {
            "second" => Basis::Second,
            _ => Basis::Minute,
        },
        sizing: match capacity.sure(&SIZED_PROVIDER) {
            "none" => None,
            name => Some(sizing(name, capacity)),
        },
        plans: published.chain(own).collect(),
    }
}

fn sizing(name: &'static str, capacity: &Table) -> Sizing {
    let published = keycloak();
    let is_own = name == "own";
    let table = capacity.table(&PER_VCPU_TABLE);
    let given = |setting: &Setting| table.and_then(|table| table.get::<f64>(setting));
    let refresh = given(&PER_VCPU_REFRESH).unwrap_or(published.per_vcpu[2]);
    let per_vcpu = [
        given(&PER_VCPU_LOGIN).unwrap_or(published.per_vcpu[0]),
        given(&PER_VCPU_SILENT).unwrap_or(refresh),
        refresh,
        given(&PER_VCPU_FAILED).unwrap_or(refresh),
        given(&PER_VCPU_INTROSPECTION).unwrap_or(refresh),
    ];
    let machines = if is_own { refresh } else { published.client_credentials_per_vcpu };
    let inner = |setting: &Setting| capacity.table(setting).expect("completed");
    let (besides, memory) = (inner(&BESIDES_TABLE), inner(&MEMORY_TABLE));
    let database = inner(&DATABASE_TABLE);
    Sizing {
        name: name.to_owned(),
        source: if is_own { String::new() } else { published.source },
        pods: u32::try_from(capacity.sure::<u64>(&PODS)).unwrap_or(u32::MAX),
        headroom: capacity.sure(&HEADROOM),
        per_vcpu,
        client_credentials_per_vcpu: given(&PER_VCPU_CLIENT_CREDENTIALS).unwrap_or(machines),
        // What somebody else's figures were tested up to says nothing of one's own.
        tested: if is_own { [None; 5] } else { published.tested },
        besides: Besides {
            client_credentials: besides.sure(&CLIENT_CREDENTIALS),
            logouts: besides.sure(&LOGOUTS),
        },
        memory: Memory {
            base_mb: memory.sure(&BASE_MB),
            nonheap_mb: memory.sure(&NONHEAP_MB),
            heap_share: memory.sure(&HEAP_SHARE),
            per_1000_sessions_mb: memory.sure(&PER_1000_SESSIONS_MB),
        },
        database: Database {
            write_iops: database.sure(&WRITE_IOPS),
            vcpu_low: database.sure(&VCPU_LOW),
            vcpu_high: database.sure(&VCPU_HIGH),
        },
    }
}

fn own_plan(name: &str, limit: &Table) -> Plan {
    let units = limit.table(&UNITS_TABLE).expect("completed");
    let kinds = [&UNITS_LOGIN, &UNITS_SILENT, &UNITS_REFRESH, &UNITS_FAILED, &UNITS_INTROSPECTION];
    let units = kinds.map(|kind| units.sure::<f64>(kind));
    let burst = limit.get::<f64>(&BURST);
    let windows = [(&PER_SECOND, Basis::Second), (&PER_MINUTE, Basis::Minute)];
    let limits = windows.into_iter().filter_map(|(setting, every)| {
        let refill: f64 = limit.get(setting)?;
        let burst = burst.unwrap_or(refill);
        Some(PlanLimit { name: "all requests".to_owned(), burst, refill, every, units })
    });
    Plan {
        name: name.to_owned(),
        about: name.to_owned(),
        source: String::new(),
        caveat: String::new(),
        limits: limits.collect(),
    }
}
