//! A run to replay: office workers of two weeks, four classes of policy, and one thread.

use relogin::description::{Activity, Description, PolicyDescription, Workload};
use relogin::experiment::Foldings;
use relogin::model::{Limit, Policy, Span, UserId};
use relogin::projection::{Frame, Projection};
use relogin::scenario::{Scenario, Source, compile, parse, vocabulary};
use relogin::simulation::{Division, Setting, Share, Simulation, Sink, Users};
use relogin::table::{PolicyTables, Value};
use relogin::trace::synthetic::{Generator, Population};
use relogin::trace::{Intake, Trace, Vocabulary};

/// One app, four classes of policy.
const SCENARIO: &str = r#"
[workload]
users = 2000
span = "2w"
stay_open = "10m"
[[workload.class]]
name = "office"
pattern = "office-hours"

[[policy]]
name = "session-only"
session = { idle_timeout = "30m", absolute_timeout = "8h" }
api.backend.access_token_lifetime = "15m"
app.web = {}

[[policy]]
name = "refresh-tokens"
session = { idle_timeout = "30m", absolute_timeout = "8h" }
api.backend.access_token_lifetime = "15m"
app.web.refresh_token = { idle_lifetime = "2h", absolute_lifetime = "10h" }

[[policy]]
name = "timers"
session = { idle_timeout = "30m", absolute_timeout = "8h", slides_on = ["login", "silent", "refresh"] }
api.backend.access_token_lifetime = "15m"
app.web = { refresh_token = { idle_lifetime = "2h" }, renew = "while_open", renew_ahead = "1m", keep_alive = "20m" }

[[policy]]
name = "app-session"
session = { idle_timeout = "30m", absolute_timeout = "8h" }
api.backend.access_token_lifetime = "15m"
app.web.session = { idle_timeout = "20m", absolute_timeout = "4h" }
"#;

/// Eight apps, and limits of every kind.
#[allow(dead_code, reason = "each bench takes what it needs")]
const GRID: &str = r#"
[workload]
users = 2000
span = "4w"
[[workload.class]]
name = "office"
pattern = "office-hours"
apps = { a = 8, b = 5, c = 3, d = 2, e = 1, f = 1, g = 1, h = 1 }
stickiness = 0.8

[[policy]]
name = "silent"
session = { idle_timeout = "30m", absolute_timeout = "12h" }
api.backend.access_token_lifetime = "10m"
app = { a = {}, b = {}, c = {}, d = {}, e = {}, f = {}, g = {}, h = {} }

[[policy]]
name = "limits"
session = { idle_timeout = "30m", absolute_timeout = "12h" }
api.backend.access_token_lifetime = "1h"
app.a.refresh_token = { idle_lifetime = "3d", absolute_lifetime = "14d" }
app.b.refresh_token = { idle_lifetime = "3d", absolute_lifetime = "14d" }
app.c.refresh_token = { idle_lifetime = "3d", absolute_lifetime = "14d" }
app.d.refresh_token = { idle_lifetime = "3d", absolute_lifetime = "14d" }
app.e.refresh_token = { idle_lifetime = "3d", absolute_lifetime = "14d" }
app.f.refresh_token = { idle_lifetime = "3d", absolute_lifetime = "14d" }
app.g.refresh_token = { idle_lifetime = "3d", absolute_lifetime = "14d" }
app.h.refresh_token = { idle_lifetime = "3d", absolute_lifetime = "14d" }
"#;

/// The scenario of the grid, with as many users.
#[allow(dead_code, reason = "each bench takes what it needs")]
pub(crate) fn grid_scenario(users: u32) -> Scenario {
    let text = GRID.replace("users = 2000", &format!("users = {users}"));
    parse("bench", &text, &[]).expect("a scenario")
}

/// The same as text, with that policy alone: what `relogin run` is given.
#[allow(dead_code, reason = "each bench takes what it needs")]
pub(crate) fn grid_text(name: &str) -> String {
    let (workload, policies) = GRID.split_once("[[policy]]").expect("it has policies");
    let named = format!("name = \"{name}\"");
    let policy = policies.split("[[policy]]").find(|policy| policy.contains(&named));
    format!("{workload}[[policy]]{}", policy.expect("it has it"))
}

/// As many variants of a policy as `idle * absolute`, with idle timeouts from 10 minutes on and
/// absolute ones from an hour on.
#[allow(dead_code, reason = "each bench takes what it needs")]
pub(crate) fn grid(scenario: &Scenario, name: &str, idle: i64, absolute: i64) -> Vec<Policy> {
    let spec = scenario.policies.iter().find(|spec| spec.name == name).expect("it has it");
    let both = (1..=idle).flat_map(|idle| (1..=absolute).map(move |absolute| (idle, absolute)));
    let policies = both.map(|(idle, absolute)| {
        let mut spec = spec.clone();
        spec.session.idle_timeout = Limit::of(Span::from_mins(10 * idle));
        spec.session.absolute_timeout = Limit::of(Span::from_hours(absolute));
        compile(&spec, &names(scenario), &scenario.workload)
    });
    policies.collect()
}

/// The scenario with as many users.
pub(crate) fn scenario(users: u32) -> Scenario {
    let text = SCENARIO.replace("users = 2000", &format!("users = {users}"));
    parse("bench", &text, &[]).expect("a scenario")
}

/// The names that its records may use.
pub(crate) fn names(scenario: &Scenario) -> Vocabulary {
    vocabulary(&scenario.policies, &scenario.workload)
}

/// Its users.
pub(crate) fn population(scenario: &Scenario) -> &Population {
    let Source::Synthetic(population) = &scenario.workload.source else { unreachable!() };
    population
}

/// What its users do.
pub(crate) fn activity(scenario: &Scenario) -> Trace {
    let generator = Generator::new(population(scenario), scenario.seed).expect("a population");
    let mut intake = Intake::new(names(scenario));
    generator.generate(&mut |activity| intake.take(activity)).expect("good activity");
    intake.finish().expect("in memory")
}

/// Its policy of that name.
pub(crate) fn policy(scenario: &Scenario, name: &str) -> Policy {
    let spec = scenario.policies.iter().find(|spec| spec.name == name).expect("it has it");
    compile(spec, &names(scenario), &scenario.workload)
}

/// A run over `trace`, described.
pub(crate) fn description(scenario: &Scenario, trace: &Trace) -> Description {
    let workload = &scenario.workload;
    let policy = |name: &str| PolicyDescription {
        name: name.to_owned(),
        baseline: false,
        settings: Vec::new(),
    };
    Description {
        version: "bench".to_owned(),
        scenario: "bench".to_owned(),
        question: String::new(),
        source: String::new(),
        overrides: Vec::new(),
        seed: scenario.seed,
        activity: Activity {
            source: "synthetic".to_owned(),
            classes: vec!["office".to_owned()],
            records: trace.counts.records,
            broken: 0,
            users: trace.names.users() as u64,
            agents: trace.names.agents() as u64,
            start: trace.first().expect("records").as_millis(),
            horizon: trace.last().expect("records").as_millis(),
        },
        workload: Workload {
            stay_open: workload.stay_open.as_millis(),
            warmup: 0,
            task_gap: workload.task_gap.as_millis(),
            timezone: workload.timezone.clone(),
            bucket: 60_000,
        },
        policies: scenario.policies.iter().map(|spec| policy(&spec.name)).collect(),
        apps: trace.vocabulary.apps.clone(),
        apis: trace.vocabulary.apis.clone(),
        warnings: Vec::new(),
        capacity: None,
    }
}

/// Activity gathered user by user, to be replayed again and again.
#[allow(dead_code, reason = "each bench takes what it needs")]
pub(crate) struct Gathered {
    pub(crate) trace: Trace,
    division: Division,
    shares: Vec<Share>,
    frame: Frame,
}

#[allow(dead_code, reason = "each bench takes what it needs")]
impl Gathered {
    pub(crate) fn new(scenario: &Scenario, trace: Trace, partitions: usize) -> Self {
        let division = Division::new(&trace.names, partitions);
        let shares = Share::all(trace.arrived().expect("in memory"), &division);
        let users = (0..trace.names.users()).map(UserId::new);
        let users = users.map(|user| trace.names.user(user));
        let frame = Frame::new(&description(scenario, &trace), users).expect("UTC is known");
        Self { trace, division, shares, frame }
    }

    /// What each policy comes to: all that `relogin run` does for each use without an event log.
    pub(crate) fn fold(&self, policies: &[Policy]) -> Vec<Projection> {
        let horizon = self.trace.last().expect("records");
        let foldings = Foldings::new(&self.frame);
        let mut run = Users::new(setting(&self.trace), policies, &self.division, &foldings);
        run.replay(&self.shares, 0..usize::MAX, horizon);
        foldings.projections(run.finish(), policies)
    }

    /// The tables of what it came to.
    pub(crate) fn tables(&self, projection: Projection) -> PolicyTables {
        let (start, horizon) = (self.trace.first(), self.trace.last());
        let (start, horizon) = (start.expect("records"), horizon.expect("records"));
        projection.finish(&self.frame, "bench", false, start, horizon).0
    }

    /// Both.
    #[allow(dead_code, reason = "each bench takes what it needs")]
    pub(crate) fn replay(&self, policies: &[Policy]) -> Vec<PolicyTables> {
        self.fold(policies).into_iter().map(|projection| self.tables(projection)).collect()
    }
}

/// The figures of some policies, mixed into one number.
#[allow(dead_code, reason = "each bench takes what it needs")]
pub(crate) fn checksum(tables: &[PolicyTables]) -> u64 {
    let figures = tables.iter().flat_map(|tables| &tables.metrics).map(|m| match m.value {
        Value::Count(count) => count,
        Value::Number(number) => number.to_bits(),
        _ => 0,
    });
    figures.fold(0, |sum: u64, figure| sum.wrapping_mul(31).wrapping_add(figure))
}

fn setting(trace: &Trace) -> Setting<'_> {
    let Vocabulary { apps, apis, .. } = &trace.vocabulary;
    Setting { names: &trace.names, apps, apis, seed: 1 }
}

/// Replays a trace in time order and returns what the sink took, as an event log would.
#[allow(dead_code, reason = "each bench takes what it needs")]
pub(crate) fn in_time_order<S: Sink + Send>(
    trace: &Trace,
    policy: &Policy,
    sink: impl Fn() -> S,
) -> S {
    let division = Division::new(&trace.names, 1);
    let policies = std::slice::from_ref(policy);
    let mut simulation =
        Simulation::in_time_order(setting(trace), policies, &division, |_, _| sink());
    for chunk in trace.chunks() {
        simulation.advance(&chunk.expect("in memory"));
    }
    simulation.into_sinks().into_iter().flatten().next().expect("one policy, one partition")
}
