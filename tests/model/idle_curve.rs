//! One count of gaps against the replay: wherever it is said to be exact, it is, at every idle
//! timeout.

use proptest::prelude::*;
use proptest::sample::select;
use relogin::experiment::{GapCounter, ends_session, exact_from};
use relogin::model::{Instant, Limit, Span};
use relogin::scenario::{Scenario, compile, parse, vocabulary};
use relogin::trace::{Action, Activity, Intake, Trace};

use crate::engine;

/// Minutes after the begin, user, device, app, what was done.
type Line = (i64, usize, usize, usize, Action);

const APPS: [&str; 2] = ["mail", "shop"];

/// What a policy is like beside its idle timeout.
#[derive(Clone, Debug)]
struct Kind {
    session: &'static str,
    token: &'static str,
    apps: [&'static str; 2],
    workload: &'static str,
    is_one_app: bool,
}

fn kind() -> impl Strategy<Value = Kind> {
    let session = select(vec![
        "slides_on = [\"login\", \"use\"]",
        "slides_on = [\"login\", \"use\"], absolute_timeout = \"300d\"",
        "slides_on = [\"login\", \"use\"], absolute_timeout = \"2h\"",
        "slides_on = [\"login\", \"use\", \"silent\", \"refresh\"]",
        "slides_on = [\"login\", \"use\"], persistent = false",
        "slides_on = [\"login\", \"use\"], binds_access_tokens = \"session\"",
        "slides_on = [\"login\", \"silent\"]",
        "slides_on = [\"login\", \"use\"], slide_interval = \"5m\"",
    ]);
    let token = select(vec!["\"1m\"", "\"5m\"", "\"20m\"", "{ min = \"1m\", max = \"9m\" }"]);
    let app = || {
        select(vec![
            "",
            "logout = \"app\"",
            "logout = \"everywhere\"",
            "session = { idle_timeout = \"10m\", absolute_timeout = \"1h\" }",
            "id_token_lifetime = \"3m\", session = \"id_token\"",
            "refresh_token = { idle_lifetime = \"1h\", bound_to_session = true }",
            "refresh_token = { idle_lifetime = \"1h\" }",
            "token_storage = \"memory\"",
            "renew = \"while_open\"",
        ])
    };
    let workload = select(vec!["", "warmup = \"3h\"", "stay_open = \"7m\"", "task_gap = \"12m\""]);
    (session, token, [app(), app()], workload, any::<bool>()).prop_map(
        |(session, token, apps, workload, is_one_app)| Kind {
            session,
            token,
            apps,
            workload,
            is_one_app,
        },
    )
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let action = prop_oneof![
        12 => Just(Action::Use),
        2 => Just(Action::Logout),
        1 => Just(Action::Close),
    ];
    // Most traces have only these: the rest makes gaps inexact at once.
    let rare = prop_oneof![9 => Just(None), 1 => select(vec![Action::Background, Action::Revoke]).prop_map(Some)];
    let line = (prop_oneof![1_i64..4, 1_i64..90], 0_usize..3, 0_usize..2, 0_usize..2, action);
    (prop::collection::vec(line, 1..120), rare).prop_map(|(steps, rare)| {
        let mut now = 0;
        let mut lines: Vec<Line> = steps
            .into_iter()
            .map(|(step, user, device, app, action)| {
                now += step;
                (now, user, device, app, action)
            })
            .collect();
        lines.extend(rare.map(|action| (now + 1, 0, 0, 0, action)));
        lines
    })
}

fn scenario(kind: &Kind, idle: i64) -> Scenario {
    let apps = if kind.is_one_app { 1 } else { 2 };
    let apps: String = APPS[..apps]
        .iter()
        .zip(kind.apps)
        .map(|(name, own)| format!("app.{name} = {{ {own} }}\n"))
        .collect();
    let text = format!(
        "[workload]\n{}\n[[policy]]\nname = \"p\"\n\
         session = {{ idle_timeout = \"{idle}m\", {} }}\n\
         api.only.access_token_lifetime = {}\n{apps}",
        kind.workload, kind.session, kind.token
    );
    parse("p", &text, &[]).unwrap_or_else(|errors| panic!("{text}\n{errors}"))
}

fn trace(scenario: &Scenario, lines: &[Line]) -> Trace {
    let mut intake = Intake::new(vocabulary(&scenario.policies, &scenario.workload));
    let apps = scenario.policies[0].apps.len();
    for (minutes, user, device, app, action) in lines {
        let activity = Activity {
            at: Instant::from_millis(1_767_571_200_000 + minutes * 60_000),
            user: ["ann", "bob", "cy"][*user],
            device: ["", "phone"][*device],
            app: APPS[app % apps],
            api: "",
            action: *action,
        };
        intake.take(&activity).expect("the lines are all good");
    }
    intake.finish().expect("in memory")
}

/// Compares the two at the timeouts from which gaps are exact; tells whether there are any.
fn check(kind: &Kind, lines: &[Line], timeouts: &[i64]) -> bool {
    let scenario = scenario(kind, 60);
    let trace = trace(&scenario, lines);
    let workload = &scenario.workload;
    let names = vocabulary(&scenario.policies, workload);
    let policy = compile(&scenario.policies[0], &names, workload);
    let (start, horizon) = (trace.first().expect("records"), trace.last().expect("records"));
    let mut counter =
        GapCounter::new(trace.names.agents(), start + workload.warmup, workload.task_gap);
    let mut actions = Vec::new();
    for chunk in trace.chunks() {
        for record in chunk.expect("a chunk").iter() {
            counter.take_ending(record, ends_session(&policy, record));
            actions.push(record.action());
        }
    }
    let gaps = counter.finish(horizon);
    let Ok(from) = exact_from(&policy, &actions, horizon - start) else { return false };
    let timeouts: Vec<i64> =
        timeouts.iter().copied().filter(|minutes| Span::from_mins(*minutes) >= from).collect();
    let policies: Vec<_> =
        timeouts.iter().map(|idle| self::scenario(kind, *idle).policies.remove(0)).collect();
    if policies.is_empty() {
        return false;
    }
    for (minutes, own) in timeouts.iter().zip(engine::run(&policies, workload, 1, &trace, 2)) {
        let timeout = Limit::of(Span::from_mins(*minutes));
        let replayed = |name| own.tables.metric(name);
        let counted = [gaps.relogins(timeout), gaps.mid_task(timeout)].map(|n| n as f64);
        assert_eq!(
            [replayed("relogins"), replayed("relogins.mid_task")],
            counted,
            "{minutes} min, {kind:?}"
        );
        let hours = gaps.unattended(timeout) as f64 / 3_600_000.0;
        assert_eq!(replayed("sessions.unattended_hours"), hours, "{minutes} min, {kind:?}");
    }
    true
}

const PLAIN: Kind = Kind {
    session: "slides_on = [\"login\", \"use\"]",
    token: "\"5m\"",
    apps: ["", "logout = \"everywhere\""],
    workload: "",
    is_one_app: false,
};

#[test]
fn several_devices_and_logouts_are_exact() {
    let use_ = |at, user, device, app| (at, user, device, app, Action::Use);
    let mut lines: Vec<Line> = (0..200)
        .map(|step: i64| {
            let (user, device, app) =
                ((step % 3) as usize, (step % 2) as usize, (step % 5 / 3) as usize);
            use_(step * step % 97 + step * 40, user, device, app)
        })
        .collect();
    assert!(check(&PLAIN, &lines, &[5, 6, 10, 30, 60, 119, 120, 121, 240, 241, 1_440]));
    let everywhere = Kind { apps: ["logout = \"everywhere\""; 2], ..PLAIN };
    lines.push((4_000, 1, 0, 0, Action::Logout));
    lines.push((4_001, 1, 0, 1, Action::Logout));
    assert!(check(&everywhere, &lines, &[5, 6, 30, 120, 240, 480]));
    // A logout would leave the other app its access token.
    assert!(!check(&PLAIN, &lines, &[30]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        if cfg!(debug_assertions) { 256 } else { 2_048 }
    ))]

    #[test]
    fn where_gaps_are_said_to_be_exact_they_are(
        kind in kind(),
        lines in lines(),
        timeouts in prop::collection::vec(1_i64..200, 1..6),
    ) {
        check(&kind, &lines, &timeouts);
    }
}
