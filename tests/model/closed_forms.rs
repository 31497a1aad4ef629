//! The engine against closed forms: Poisson activity of rate `L`, one app, one API.
//!
//! Each figure must come out within about four standard errors of its formula.

use std::collections::BTreeMap;

use relogin::model::{Instant, Lifetime, Limit, SessionPolicy, SlidesOn, Span};
use relogin::scenario::{ApiSpec, PolicySpec, Source, WorkloadSpec, parse, vocabulary};
use relogin::trace::synthetic::{Distribution, Generator, Population, patterns};
use relogin::trace::{Intake, Trace};

use crate::engine;

/// Two uses an hour.
const RATE: f64 = 2.0;
const USERS: u64 = 100;
const DAYS: i64 = 200;

/// A policy of one app: limits in hours.
struct Case {
    idle: f64,
    absolute: Option<f64>,
    token: f64,
    every_use_renews: bool,
    /// Re-logins an hour and user.
    relogins: f64,
    /// Silent authentications an hour and user.
    silent: f64,
}

fn hours(hours: f64) -> Limit {
    Limit::of(Span::from_millis((hours * 3_600_000.0) as i64))
}

impl Case {
    fn policy(&self) -> PolicySpec {
        let text = "[[policy]]\nname = \"poisson\"\napi.only.access_token_lifetime = \"1h\"\n\
                    app.only = {}";
        let mut policy = parse("poisson", text, &[]).expect("a scenario").policies.remove(0);
        policy.session = SessionPolicy {
            slides_on: SlidesOn { r#use: self.every_use_renews, ..SlidesOn::DEFAULT },
            ..SessionPolicy::new(hours(self.idle), self.absolute.map_or(Limit::NONE, hours))
        };
        let lifetime = Lifetime::Fixed(hours(self.token));
        let api = ApiSpec {
            access_token_lifetime: lifetime,
            access_token_lifetime_browser: lifetime,
            clock_tolerance: Span::ZERO,
        };
        policy.apis = BTreeMap::from([("only".to_owned(), api)]);
        policy
    }
}

fn workload() -> WorkloadSpec {
    WorkloadSpec {
        source: Source::None,
        stay_open: Span::ZERO,
        warmup: Span::ZERO,
        task_gap: Span::from_mins(30),
        timezone: "UTC".to_owned(),
        default_app: None,
    }
}

fn trace(policy: &PolicySpec) -> Trace {
    let mut class = (patterns::find("poisson").expect("the pattern").class)();
    class.absence = Distribution::Exponential { mean: 3_600_000.0 / RATE };
    let population = Population {
        users: USERS,
        start: Instant::from_millis(1_767_225_600_000),
        span: Span::from_days(DAYS),
        classes: vec![class],
    };
    let generator = Generator::new(&population, 7).expect("a population");
    let mut intake = Intake::new(vocabulary(std::slice::from_ref(policy), &workload()));
    generator.generate(&mut |activity| intake.take(activity)).expect("good activity");
    intake.finish().expect("in memory")
}

#[test]
fn poisson_activity_gives_the_published_rates() {
    let l = RATE;
    let renewed_by_uses = |idle: f64| l * (-l * idle).exp();
    let asks = |token: f64| 1.0 / (token + 1.0 / l);
    let idle_between_requests = |idle: f64, token: f64| (-l * (idle - token)).exp() * asks(token);
    let cases = [
        // Every use renews: a re-login for each gap longer than the timeout.
        Case {
            idle: 1.0,
            absolute: None,
            token: 0.25,
            every_use_renews: true,
            relogins: renewed_by_uses(1.0),
            silent: asks(0.25) - renewed_by_uses(1.0),
        },
        // Idle and absolute together, by the integral of the renewal equation.
        Case {
            idle: 1.0,
            absolute: Some(8.0),
            token: 0.25,
            every_use_renews: true,
            relogins: 0.280_37,
            silent: f64::NAN,
        },
        // The absolute timeout alone; each use asks.
        Case {
            idle: 1_000.0,
            absolute: Some(8.0),
            token: 0.01,
            every_use_renews: true,
            relogins: 1.0 / (8.0 + 1.0 / l),
            silent: f64::NAN,
        },
        // Only token requests renew.
        Case {
            idle: 1.0,
            absolute: None,
            token: 0.25,
            every_use_renews: false,
            relogins: idle_between_requests(1.0, 0.25),
            silent: asks(0.25) - idle_between_requests(1.0, 0.25),
        },
        // A token as long as the idle timeout: every token request is a login.
        Case {
            idle: 1.0,
            absolute: None,
            token: 1.0,
            every_use_renews: false,
            relogins: asks(1.0),
            silent: 0.0,
        },
    ];
    let trace = trace(&cases[0].policy());
    let exposure = USERS as f64 * DAYS as f64 * 24.0;
    for (number, case) in cases.iter().enumerate() {
        let outcome = engine::run(&[case.policy()], &workload(), 7, &trace, 2).remove(0);
        let metrics = engine::metrics(&outcome.tables);
        for (name, expected) in [("relogins", case.relogins), ("requests.silent", case.silent)] {
            if expected.is_nan() {
                continue;
            }
            let expected = expected * exposure;
            // Counts of renewals vary no more than Poisson counts do.
            let tolerance = 4.0 * expected.sqrt() + 4.0 * USERS as f64;
            let off = (metrics[name] - expected).abs();
            assert!(
                off <= tolerance,
                "case {number}: {name} is {}, the formula says {expected:.0} ± {tolerance:.0}",
                metrics[name]
            );
            assert!(tolerance < 0.03 * expected || expected == 0.0, "case {number} proves little");
        }
    }
}

#[test]
fn one_gap_histogram_answers_every_idle_timeout() {
    let case = |idle| Case {
        idle,
        absolute: None,
        token: 0.01,
        every_use_renews: true,
        relogins: 0.0,
        silent: 0.0,
    };
    let trace = trace(&case(1.0).policy());
    let mut last = BTreeMap::new();
    let mut gaps = Vec::new();
    for chunk in trace.chunks() {
        for record in chunk.expect("in memory").iter() {
            if let Some(before) = last.insert(record.agent(), record.at()) {
                gaps.push(record.at() - before);
            }
        }
    }
    for idle in [0.25, 0.5, 1.0, 2.0, 3.0] {
        let outcome = engine::run(&[case(idle).policy()], &workload(), 7, &trace, 2).remove(0);
        let timeout = hours(idle).span().expect("a limit");
        let longer = gaps.iter().filter(|gap| **gap >= timeout).count();
        assert_eq!(engine::metrics(&outcome.tables)["login.idle"], longer as f64, "{idle} h");
    }
}
