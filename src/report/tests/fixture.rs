//! A run as tables: four weeks of an office, of invented but plausible figures. No simulation is
//! behind it, so that reports are tested by themselves.

use super::{
    Account, Activity, Assumptions, Basis, Description, Load, LoginCount, Metric, Plan, PlanLimit,
    PolicyDescription, PolicyTables, SessionsAlive, Setting, Value, Workload, keycloak, plan,
};

/// 2026-01-05T00:00:00Z, a Monday.
pub(crate) const START: i64 = 1_767_571_200_000;
/// Four weeks of minutes.
pub(crate) const MINUTES: i64 = 4 * 7 * 1_440;

/// What a policy is like.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// Logins, silent authentications, refreshes, refusals and introspections in a busy minute.
    pub(crate) busy: [f64; 5],
    /// Shares of logins that are for an idle timeout, an absolute one, a closed browser.
    pub(crate) forced: [f64; 3],
    /// Access tokens' lifetime in seconds.
    pub(crate) lifetime: f64,
    /// Sessions alive at most.
    pub(crate) sessions: u64,
}

/// Three policies and both baselines.
pub(crate) fn office() -> Vec<PolicyTables> {
    let today = Shape {
        busy: [1.1, 6.0, 14.0, 0.2, 0.0],
        forced: [0.7, 0.2, 0.05],
        lifetime: 86_400.0,
        sessions: 812,
    };
    let strict = Shape {
        busy: [6.5, 21.0, 4.0, 0.4, 0.0],
        forced: [0.75, 0.18, 0.06],
        lifetime: 3_600.0,
        sessions: 403,
    };
    let relaxed = Shape {
        busy: [0.5, 3.0, 9.0, 0.1, 0.0],
        forced: [0.4, 0.4, 0.0],
        lifetime: 172_800.0,
        sessions: 940,
    };
    let never = Shape {
        busy: [0.02, 0.4, 0.1, 0.0, 0.0],
        forced: [0.0; 3],
        lifetime: 0.0,
        sessions: 1_150,
    };
    let always = Shape {
        busy: [58.0, 0.0, 0.0, 0.0, 0.0],
        forced: [0.0, 0.998, 0.0],
        lifetime: 0.0,
        sessions: 12,
    };
    vec![
        policy("today", false, &today),
        policy("strict", false, &strict),
        policy("relaxed", false, &relaxed),
        policy("never", true, &never),
        policy("always", true, &always),
    ]
}

/// So many policies, each stricter than the one before, and the baselines.
pub(crate) fn many(count: usize) -> Vec<PolicyTables> {
    let mut policies = office().split_off(3);
    for index in (0..count).rev() {
        let factor = 0.5 + 0.35 * index as f64;
        let shape = Shape {
            busy: [1.1 * factor, 6.0 * factor, 14.0 / factor, 0.3, 0.05 * factor],
            forced: [0.6, 0.2, 0.1],
            lifetime: 86_400.0 / factor,
            sessions: 900 - 40 * index as u64,
        };
        policies.insert(0, policy(&format!("idle {}h", 24 * (count - index)), false, &shape));
    }
    policies
}

/// A policy of that shape.
pub(crate) fn policy(name: &str, baseline: bool, shape: &Shape) -> PolicyTables {
    let load = load(shape);
    let mut by_hour = vec![0; 168];
    for (index, counts) in &load.buckets {
        let hour = (index * load.width / 3_600_000 + 3 * 24).rem_euclid(168);
        by_hour[hour as usize] += counts[0];
    }
    let logins: u64 = by_hour.iter().sum();
    let forced = shape.forced.map(|share| (share * logins as f64) as u64);
    PolicyTables {
        name: name.to_owned(),
        baseline,
        metrics: metrics(shape, &load, logins, forced),
        endless_access_tokens: 0,
        relogins: relogins(forced),
        people: people(forced.iter().sum::<u64>() as f64 / 20_000.0),
        logins_by_hour: by_hour,
        sessions: sessions(shape.sessions),
        load,
        session_hours: 9_000.0,
        intervals: Vec::new(),
        differences: Vec::new(),
        bill: None,
    }
}

/// How busy the office is in a minute of the four weeks: 0 to 1.
fn busy(minute: i64) -> f64 {
    let (day, hour) = (minute / 1_440 % 7, (minute % 1_440) as f64 / 60.0);
    let weekday = if day < 5 { 1.0 } else { 0.06 };
    let hours = [(9.2, 1.0, 1.2), (14.0, 0.8, 2.0), (20.0, 0.12, 1.5)];
    let bump = |(middle, height, wide): (f64, f64, f64)| {
        let away = (hour - middle) / wide;
        height / (1.0 + away * away * away * away)
    };
    weekday * hours.map(bump).into_iter().fold(0.0, f64::max)
}

fn load(shape: &Shape) -> Load {
    let first = START / 60_000;
    let mut noise = 7_u64;
    let mut buckets = Vec::new();
    for minute in 0..MINUTES {
        let counts = shape.busy.map(|most| {
            noise = noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let draw = (noise >> 40) as f64 / (1_u64 << 24) as f64;
            // Uneven, as people are: mostly little, sometimes thrice as much.
            (most * busy(minute) * 3.0 * draw * draw + 0.3 * draw).floor() as u64
        });
        if counts.iter().any(|count| *count > 0) {
            buckets.push((first + minute, counts));
        }
    }
    let peak = buckets.iter().map(|(index, counts)| (index * 60_000, counts.iter().sum::<u64>()));
    let peak_minute = peak.max_by_key(|(at, sum)| (*sum, -at));
    let peak_second = peak_minute.map(|(at, sum)| (at + 17_000, sum.div_ceil(7)));
    Load { width: 60_000, first, last: first + MINUTES - 1, buckets, peak_second, peak_minute }
}

fn metrics(shape: &Shape, load: &Load, logins: u64, forced: [u64; 3]) -> Vec<Metric> {
    let kinds: [u64; 5] =
        std::array::from_fn(|kind| load.buckets.iter().map(|(_, counts)| counts[kind]).sum());
    let (relogins, days) = (forced.iter().sum::<u64>(), 20_000_u64);
    let rate = relogins as f64 / days as f64;
    let count = |name, value, unit| Metric { name, value: Value::Count(value), unit };
    let number = |name, value, unit| Metric { name, value: Value::Number(value), unit };
    let peak = |peak: Option<(i64, u64)>| peak.map_or(0, |(_, count)| count);
    let uses = 402_113;
    vec![
        count("uses", uses, "uses"),
        count("outcome.valid", uses - logins.min(uses), "uses"),
        count("outcome.refresh", kinds[2] / 2, "uses"),
        count("outcome.silent", kinds[1] / 2, "uses"),
        count("outcome.login", logins, "uses"),
        count("login.first", logins - relogins, "logins"),
        count("login.idle", forced[0], "logins"),
        count("login.absolute", forced[1], "logins"),
        count("login.closed", forced[2], "logins"),
        count("login.logout", 0, "logins"),
        count("login.revoked", 0, "logins"),
        count("relogins", relogins, "logins"),
        count("relogins.mid_task", relogins / 5, "logins"),
        count("active_users", 1_234, "users"),
        count("active_user_days", days, "user-days"),
        number("relogins_per_user_day", rate, "1/user-day"),
        number("relogins_per_user_day.p50", rate * 0.8, "1/user-day"),
        number("relogins_per_user_day.p90", rate * 1.7, "1/user-day"),
        number("relogins_per_user_day.p95", rate * 2.1, "1/user-day"),
        number("relogins_per_user_day.p99", rate * 3.0, "1/user-day"),
        number("relogins_per_user_day.max", rate * 5.5, "1/user-day"),
        count("requests.login", kinds[0], "requests"),
        count("requests.silent", kinds[1], "requests"),
        count("requests.refresh", kinds[2], "requests"),
        count("requests.failed", kinds[3], "requests"),
        count("requests.introspection", kinds[4], "requests"),
        count("background.silent", kinds[1] / 2, "requests"),
        count("background.refresh", kinds[2] / 2, "requests"),
        count("background.failed", 0, "requests"),
        count("background.introspection", 0, "requests"),
        count("peak_requests_per_second", peak(load.peak_second), "requests/s"),
        count("peak_requests_per_minute", peak(load.peak_minute), "requests/min"),
        count("sessions.started", logins, "sessions"),
        count("sessions.peak", shape.sessions, "sessions"),
        number("sessions.unattended_hours", shape.sessions as f64 * 61.25, "h"),
        number("access_token.mean_residual_s", shape.lifetime / 2.0, "s"),
        number("access_token.max_lifetime_s", shape.lifetime, "s"),
    ]
}

fn relogins(forced: [u64; 3]) -> Vec<LoginCount> {
    let mut rows = Vec::new();
    for (class, share) in [("office", 0.7), ("field", 0.3)] {
        for (app, part) in [("intranet", 0.6), ("orders", 0.4)] {
            for (cause, all) in ["idle", "absolute", "closed"].into_iter().zip(forced) {
                let count = (all as f64 * share * part) as u64;
                if count > 0 {
                    rows.push(LoginCount {
                        class: class.to_owned(),
                        app: app.to_owned(),
                        cause,
                        count,
                    });
                }
            }
        }
    }
    rows
}

/// 1,234 users around a mean, a third of them spared.
fn people(mean: f64) -> Vec<(f64, u64)> {
    if mean == 0.0 {
        return vec![(0.0, 1_234)];
    }
    let steps = (1..=60_u64).map(|step| {
        let far = step as f64 / 60.0;
        (mean * (0.2 + 3.0 * far * far), 14)
    });
    std::iter::once((0.0, 394)).chain(steps).collect()
}

fn sessions(most: u64) -> Vec<SessionsAlive> {
    let alive = |minute: i64| {
        let filled = (minute as f64 / 4_000.0).min(1.0);
        (most as f64 * filled * (0.55 + 0.45 * busy(minute))) as u64
    };
    let stretch = |minute: i64| SessionsAlive {
        start: START + minute * 60_000,
        most: alive(minute).max(1),
        fewest: alive(minute),
    };
    (0..MINUTES).map(stretch).collect()
}

/// The description of such a run.
pub(crate) fn description(policies: &[PolicyTables]) -> Description {
    let setting = |key: &str, value: &str, origin: &str| Setting {
        key: key.to_owned(),
        value: value.to_owned(),
        origin: origin.to_owned(),
    };
    let described = policies.iter().map(|policy| PolicyDescription {
        name: policy.name.clone(),
        baseline: policy.baseline,
        settings: vec![
            setting(
                "session.idle_timeout",
                if policy.name == "strict" { "30m" } else { "3d" },
                "scenario line 12",
            ),
            setting("session.absolute_timeout", "7d", "preset auth0"),
            setting("api.orders.access_token_lifetime", "24h", "default"),
        ],
    });
    Description {
        version: "0.1.0".to_owned(),
        scenario: "office".to_owned(),
        question: "What would a stricter session cost the people in the office?".to_owned(),
        source: "name = \"office\"\n\n[[policy]]\nname = \"today\"\n".to_owned(),
        overrides: vec!["policy.strict.session.idle_timeout=30m".to_owned()],
        seed: 7,
        activity: Activity {
            source: "1,234 synthetic users of the classes office and field".to_owned(),
            classes: vec!["field".to_owned(), "office".to_owned()],
            records: 431_201,
            broken: 3,
            users: 1_234,
            agents: 1_702,
            start: START,
            horizon: START + MINUTES * 60_000 - 1,
        },
        workload: Workload {
            stay_open: 900_000,
            warmup: 0,
            task_gap: 1_800_000,
            timezone: "UTC".to_owned(),
            bucket: 60_000,
        },
        policies: described.collect(),
        apps: vec!["intranet".to_owned(), "orders".to_owned()],
        apis: vec!["orders".to_owned()],
        warnings: vec![
            "policy strict: an idle timeout above the absolute one has no effect".to_owned(),
        ],
        capacity: None,
    }
}

/// A run in which nothing ever happened.
pub(crate) fn empty(policies: &mut [PolicyTables]) {
    for policy in policies {
        for metric in &mut policy.metrics {
            metric.value = match metric.value {
                Value::Count(_) => Value::Count(0),
                _ => Value::Number(0.0),
            };
        }
        policy.relogins.clear();
        policy.people.clear();
        policy.logins_by_hour = vec![0; 168];
        policy.sessions.clear();
        policy.load = Load {
            width: 60_000,
            first: 0,
            last: -1,
            buckets: Vec::new(),
            peak_second: None,
            peak_minute: None,
        };
    }
}

/// Bills the policies, each of whose people stands for `scale`; the first second of a minute has all
/// of its requests.
pub(crate) fn bill(policies: &mut [PolicyTables], description: &mut Description, scale: f64) {
    let window = |burst: f64, refill: f64, every| PlanLimit {
        name: "all requests".to_owned(),
        burst,
        refill,
        every,
        units: [4.0, 2.0, 1.0, 1.0, 0.0],
    };
    let own = Plan {
        name: "gateway".to_owned(),
        about: "gateway".to_owned(),
        source: String::new(),
        caveat: String::new(),
        limits: vec![window(900.0, 200.0, Basis::Second), window(5_000.0, 5_000.0, Basis::Minute)],
    };
    let mut sizing = keycloak();
    sizing.besides.client_credentials = 12.0;
    let assumptions = Assumptions {
        scale,
        spread: 900_000,
        basis: Basis::Minute,
        sizing: Some(sizing),
        plans: vec![plan("auth0-enterprise", None).unwrap(), own],
    };
    let time = (description.activity.start, description.activity.horizon);
    for policy in policies {
        let mut account = Account::new(&assumptions, description.seed, time);
        let width = policy.load.width;
        for (index, requests) in &policy.load.buckets {
            account.take(index * width / 1_000, *requests);
        }
        policy.bill = Some(Box::new(account.bill(policy, &description.scenario)));
    }
    description.capacity = Some(assumptions);
}
