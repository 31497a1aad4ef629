//! The engine, driven as `relogin run` drives it, with every access kept.

use std::collections::BTreeMap;

use relogin::description::{Activity, Description, PolicyDescription, Workload};
use relogin::experiment::{Folding, Foldings};
use relogin::model::{Access, Fact, Initiator, Policy};
use relogin::projection::{Arrival, Frame, Person, Projection};
use relogin::scenario::{PolicySpec, WorkloadSpec, compile, vocabulary};
use relogin::simulation::{Division, Order, Setting, Share, Simulation, Sink, Users, Who};
use relogin::table::{PolicyTables, Value};
use relogin::trace::Trace;

use crate::twin::Row;

/// What one policy did.
pub(crate) struct Outcome {
    pub(crate) rows: Vec<Row>,
    pub(crate) tables: PolicyTables,
}

struct Collect<'a> {
    folding: Folding<'a>,
    accesses: Vec<(Order, Who, Access)>,
}

impl Sink for Collect<'_> {
    fn record(&mut self, who: Who, order: Order, fact: &Fact) {
        self.folding.record(who, order, fact);
        if let Fact::Access(access) = fact
            && matches!(access.initiator, Initiator::Use | Initiator::Background)
        {
            self.accesses.push((order, who, *access));
        }
    }
}

/// Replays `trace` under every policy, its users divided into `partitions`: in time order and user
/// by user, which must come to the same tables.
pub(crate) fn run(
    policies: &[PolicySpec],
    workload: &WorkloadSpec,
    seed: u64,
    trace: &Trace,
    partitions: usize,
) -> Vec<Outcome> {
    let vocabulary = vocabulary(policies, workload);
    let compiled: Vec<Policy> =
        policies.iter().map(|policy| compile(policy, &vocabulary, workload)).collect();
    let (start, horizon) = (trace.first().expect("records"), trace.last().expect("records"));
    let description = Description {
        version: String::new(),
        scenario: String::new(),
        question: String::new(),
        source: String::new(),
        overrides: Vec::new(),
        seed,
        activity: Activity {
            source: String::new(),
            classes: Vec::new(),
            records: trace.counts.records,
            broken: trace.counts.broken,
            users: trace.names.users() as u64,
            agents: trace.names.agents() as u64,
            start: start.as_millis(),
            horizon: horizon.as_millis(),
        },
        workload: Workload {
            stay_open: workload.stay_open.as_millis(),
            warmup: workload.warmup.as_millis(),
            task_gap: workload.task_gap.as_millis(),
            timezone: workload.timezone.clone(),
            bucket: 60_000,
        },
        policies: Vec::<PolicyDescription>::new(),
        apps: vocabulary.apps.clone(),
        apis: vocabulary.apis.clone(),
        warnings: Vec::new(),
        capacity: None,
    };
    let users = (0..trace.names.users()).map(relogin::model::UserId::new);
    let frame = Frame::new(&description, users.map(|user| trace.names.user(user))).expect("zone");
    let division = Division::new(&trace.names, partitions);
    let setting =
        Setting { names: &trace.names, apps: &vocabulary.apps, apis: &vocabulary.apis, seed };
    let folding = |users, agents| Folding::new(&frame, users, agents, Arrival::InTimeOrder);
    let mut simulation =
        Simulation::in_time_order(setting, &compiled, &division, |users, agents| Collect {
            folding: folding(users, agents),
            accesses: Vec::new(),
        });
    for chunk in trace.chunks() {
        simulation.advance(&chunk.expect("a chunk"));
    }
    simulation.settle(horizon);
    let foldings = Foldings::new(&frame);
    let mut whole = Users::new(setting, &compiled, &division, &foldings);
    let shares = Share::all(trace.arrived().expect("in memory"), &division);
    whole.replay(&shares, 0..usize::MAX, horizon);
    let whole = foldings.projections(whole.finish(), &compiled);
    let by_policy = simulation.into_sinks().into_iter().zip(policies);
    by_policy
        .zip(whole)
        .map(|((sinks, policy), whole)| {
            let (foldings, accesses): (Vec<_>, Vec<_>) =
                sinks.into_iter().map(|sink| (sink.folding, sink.accesses)).unzip();
            let mut accesses = accesses.concat();
            accesses.sort_by_key(|(order, ..)| *order);
            let tables_of = |projection: Projection| {
                projection.finish(&frame, &policy.name, false, start, horizon)
            };
            let (tables, persons) = tables_of(Folding::merged(&frame, foldings));
            let (user_by_user, same_persons) = tables_of(whole);
            same(&user_by_user, &tables);
            assert_eq!(persons, same_persons, "{}", policy.name);
            add_up(&persons, &tables);
            let row = |(order, who, access): (Order, Who, Access)| Row {
                at: order.at.as_millis(),
                user: trace.names.user(who.user).to_owned(),
                device: trace.names.device(who.agent).to_owned(),
                app: vocabulary.apps[access.app.index()].clone(),
                api: vocabulary.apis[access.api.index()].clone(),
                outcome: access.outcome.word().to_owned(),
                cause: access.cause.map_or("", |cause| cause.word()).to_owned(),
                refresh_cause: access.refresh_cause.map_or("", |cause| cause.word()).to_owned(),
            };
            Outcome { rows: accesses.into_iter().map(row).collect(), tables }
        })
        .collect()
}

/// What persons came to adds up to the figures of all.
fn add_up(persons: &[Person], tables: &PolicyTables) {
    let sum = |of: &dyn Fn(&Person) -> u64| persons.iter().map(of).sum::<u64>() as f64;
    let unattended = sum(&|person| person.share.unattended) / 3_600_000.0;
    let mut sums = vec![
        ("active_users", sum(&|person| u64::from(person.days > 0))),
        ("active_user_days", sum(&|person| person.days.into())),
        ("relogins", sum(&|person| person.share.relogins.into())),
        ("relogins.mid_task", sum(&|person| person.share.mid_task.into())),
        ("sessions.unattended_hours", unattended),
    ];
    let requests = [
        "requests.login",
        "requests.silent",
        "requests.refresh",
        "requests.failed",
        "requests.introspection",
    ];
    for (kind, name) in requests.into_iter().enumerate() {
        sums.push((name, sum(&|person| person.share.requests[kind].into())));
    }
    for (name, sum) in sums {
        assert_eq!(sum, tables.metric(name), "{name} under {}", tables.name);
    }
}

/// Fails with the first thing that differs between a run user by user and one in time order.
fn same(whole: &PolicyTables, in_time_order: &PolicyTables) {
    let name = &whole.name;
    for (own, other) in whole.metrics.iter().zip(&in_time_order.metrics) {
        assert_eq!(own, other, "{name}: user by user and in time order");
    }
    for (own, other) in whole.load.buckets.iter().zip(&in_time_order.load.buckets) {
        assert_eq!(own, other, "{name}: requests by bucket");
    }
    for (own, other) in whole.sessions.iter().zip(&in_time_order.sessions) {
        assert_eq!(own, other, "{name}: sessions alive");
    }
    assert!(whole == in_time_order, "{name}: some other table differs");
}

/// The metrics, as plain numbers.
pub(crate) fn metrics(tables: &PolicyTables) -> BTreeMap<String, f64> {
    let number = |value: &Value| match value {
        Value::Count(count) => *count as f64,
        Value::Number(number) => *number,
        other => panic!("{other:?} is no figure"),
    };
    tables.metrics.iter().map(|m| (m.name.to_owned(), number(&m.value))).collect()
}

/// Fails with the first difference. A counter that is 0 may be missing from `expected`.
pub(crate) fn compare(name: &str, ours: &BTreeMap<String, f64>, expected: &BTreeMap<String, f64>) {
    for key in expected.keys() {
        assert!(ours.contains_key(key), "{name}: no metric {key}");
    }
    for (key, own) in ours {
        let other = expected.get(key).copied().unwrap_or(0.0);
        let close = (own - other).abs() <= 1e-9 * other.abs().max(1.0);
        assert!(close, "{name}: {key} is {own}, expected {other}");
    }
}

/// Fails with the first access that differs.
pub(crate) fn compare_rows(name: &str, ours: &[Row], expected: &[Row]) {
    for (number, (own, other)) in ours.iter().zip(expected).enumerate() {
        assert_eq!(own, other, "{name}: access {number}");
    }
    assert_eq!(ours.len(), expected.len(), "{name}: number of accesses");
}
