//! What is measured here and in the benches alike.

#[path = "../../benches/inputs/checks.rs"]
pub(crate) mod checks;
#[path = "../../benches/inputs/generation.rs"]
pub(crate) mod generation;
#[path = "../../benches/inputs/json_web_token.rs"]
mod json_web_token;
#[path = "../../benches/inputs/replay.rs"]
pub(crate) mod replay;
#[path = "../../benches/inputs/sessions.rs"]
mod sessions;

use relogin::table::{PolicyTables, Value};
use relogin::trace::synthetic::Generator;

/// How many users of the grid's scenario do about `records` things.
pub(crate) fn users_for(records: u64) -> u32 {
    const SOME: u32 = 2_000;
    let scenario = replay::grid_scenario(SOME);
    let generator = Generator::new(replay::population(&scenario), scenario.seed);
    let generator = generator.expect("a population");
    let (done, _) = generation::sum_up(&generator);
    u32::try_from(records * u64::from(SOME) / done).unwrap_or(u32::MAX).max(1)
}

/// How many uses a policy met.
pub(crate) fn uses(tables: &PolicyTables) -> u64 {
    let uses = tables.metrics.iter().find(|metric| metric.name == "uses");
    match uses.map(|metric| &metric.value) {
        Some(Value::Count(uses)) => *uses,
        _ => 0,
    }
}
