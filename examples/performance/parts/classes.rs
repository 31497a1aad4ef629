//! One policy of each class.

use anyhow::Result;
use relogin::scenario::Scenario;

use super::Part;
use crate::figures::{Figures, Subject};
use crate::inputs::replay::{
    Gathered, activity, checksum, grid_scenario, policy, scenario as small_scenario,
};
use crate::inputs::uses;
use crate::options::Options;
use crate::stopwatch::{Stopwatch, on_threads};

pub(super) const PART: Part = Part {
    name: "classes",
    about: "one policy of each class: what passes over most uses, and what takes them one by one",
    counts: "uses",
    runs_relogin: false,
    measure,
};

fn measure(options: &Options, figures: &mut Figures) -> Result<()> {
    let users = if options.quick { 20 } else { 2_000 };
    for scenario in [small_scenario(users), grid_scenario(users)] {
        on_threads(1, || each(options, figures, &scenario))?;
    }
    Ok(())
}

fn each(options: &Options, figures: &mut Figures, scenario: &Scenario) {
    let gathered = Gathered::new(scenario, activity(scenario), 1);
    for spec in &scenario.policies {
        let policies = [policy(scenario, &spec.name)];
        let tables = gathered.replay(&policies);
        let sum = checksum(&tables);
        let subject = Subject::new("classes", &spec.name, uses(&tables[0]));
        let times = Stopwatch::new(15, options.quick).time(|| gathered.replay(&policies));
        figures.add_times(&subject, times, "uses/s");
        let speed = subject.size as f64 / times.median / 1e6;
        eprintln!("   {}: {speed:.0} million/s, checksum {sum:016x}", spec.name);
    }
}
