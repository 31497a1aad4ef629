//! Every pattern of synthetic users, replayed the fast ways and each use through the model: the
//! same tables (`engine::run` compares them).

use relogin::scenario::{self, Source, baselines, vocabulary};
use relogin::trace::Intake;
use relogin::trace::synthetic::Generator;
use relogin::trace::synthetic::patterns::PATTERNS;

use crate::engine;

/// Policies that go together through lanes, alone, and each use through the model.
const POLICIES: &str = r#"
[[policy]]
name = "silent 20m"
session = { idle_timeout = "20m", absolute_timeout = "8h" }
api.backend.access_token_lifetime = "10m"
app = { web = {}, mail = {} }

[[policy]]
name = "silent 1h"
session = { idle_timeout = "1h", absolute_timeout = "12h", persistent = false }
api.backend.access_token_lifetime = "10m"
app = { web = {}, mail = { logout = "app" } }

[[policy]]
name = "refresh"
session = { idle_timeout = "1h", absolute_timeout = "12h" }
api.backend.access_token_lifetime = "10m"
app.web.refresh_token = { idle_lifetime = "4h", absolute_lifetime = "2d", bound_to_session = true }
app.mail.refresh_token = { idle_lifetime = "1d", absolute_lifetime = "3d" }

[[policy]]
name = "slides on refresh"
session = { idle_timeout = "1h", absolute_timeout = "3d", slides_on = ["login", "silent", "refresh"] }
api.backend.access_token_lifetime = "10m"
app = { web = { refresh_token = { idle_lifetime = "8h" } }, mail = {} }

[[policy]]
name = "alone"
session = { idle_timeout = "2h", absolute_timeout = "1d" }
api.backend.access_token_lifetime = "1h"
app = { web = {}, mail = { logout = "everywhere" } }

[[policy]]
name = "timers"
session = { idle_timeout = "1h", absolute_timeout = "12h" }
api.backend.access_token_lifetime = "10m"
app = { web = { renew = "while_open", renew_ahead = "1m" }, mail = { keep_alive = "20m" } }

[[policy]]
name = "app session"
session = { idle_timeout = "1h", absolute_timeout = "12h" }
api.backend.access_token_lifetime = "10m"
app = { web = { session = { idle_timeout = "15m", absolute_timeout = "4h" } }, mail = {} }
"#;

#[test]
fn every_pattern_comes_to_the_same_in_every_way() {
    for pattern in PATTERNS {
        // An app that polls is the default one.
        let polls = !(pattern.class)().polls.is_empty();
        let apps = if polls { "" } else { "apps = { web = 3, mail = 1 }" };
        let text = format!(
            "[workload]\nusers = 60\nspan = \"8d\"\nwarmup = \"1d\"\nstay_open = \"15m\"\n\
             default_app = \"web\"\n[[workload.class]]\nname = \"people\"\n\
             pattern = {:?}\n{apps}\n{POLICIES}",
            pattern.name
        );
        let scenario = scenario::parse(pattern.name, &text, &[])
            .unwrap_or_else(|errors| panic!("{}: {}", pattern.name, errors.render(false)));
        let Source::Synthetic(population) = &scenario.workload.source else { unreachable!() };
        let mut policies = scenario.policies.clone();
        policies.extend(baselines(&scenario.policies));
        let mut intake = Intake::new(vocabulary(&policies, &scenario.workload));
        let generator = Generator::new(population, scenario.seed).expect("a population");
        generator.generate(&mut |activity| intake.take(activity)).expect("good activity");
        let trace = intake.finish().expect("in memory");
        assert!(trace.counts.records > 1_000, "{}: {} records", pattern.name, trace.counts.records);
        let outcomes = engine::run(&policies, &scenario.workload, scenario.seed, &trace, 2);
        assert_eq!(outcomes.len(), policies.len());
    }
}
