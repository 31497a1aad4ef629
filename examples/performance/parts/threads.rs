//! Users divided among threads.

use std::hint::black_box;

use anyhow::{Context, Result};
use rayon::ThreadPoolBuilder;
use relogin::model::Policy;
use relogin::scenario::Scenario;

use super::Part;
use crate::figures::{Figures, Subject};
use crate::inputs::replay::{
    Gathered, activity, checksum, grid_scenario, policy, scenario as small_scenario,
};
use crate::inputs::uses;
use crate::options::Options;
use crate::stopwatch::Stopwatch;

pub(super) const PART: Part = Part {
    name: "threads",
    about: "the users of one policy divided among two threads, beside all of them on one",
    counts: "uses",
    runs_relogin: false,
    measure,
};

fn measure(options: &Options, figures: &mut Figures) -> Result<()> {
    let users = |all| if options.quick { 20 } else { all };
    one_and_two(options, figures, &grid_scenario(users(8_000)), "limits")?;
    one_and_two(options, figures, &small_scenario(users(8_000)), "timers")
}

fn one_and_two(
    options: &Options,
    figures: &mut Figures,
    scenario: &Scenario,
    name: &str,
) -> Result<()> {
    let policies = [policy(scenario, name)];
    let mut runs = Vec::new();
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.context("cannot start threads")?;
        let gathered = pool.install(|| Gathered::new(scenario, activity(scenario), threads));
        runs.push((threads, pool, gathered));
    }
    let mut size = 0;
    for (threads, pool, gathered) in &runs {
        let tables = pool.install(|| gathered.replay(&policies));
        size = uses(&tables[0]);
        let sum = checksum(&tables);
        eprintln!("   {name}, {threads} threads: {size} uses, checksum {sum:016x}");
    }
    let policies: &[Policy] = &policies;
    let mut works: Vec<Box<dyn FnMut()>> = Vec::new();
    for (_, pool, gathered) in &runs {
        works.push(Box::new(move || {
            black_box(pool.install(|| gathered.replay(black_box(policies))));
        }));
    }
    let times = Stopwatch::new(15, options.quick).race(&mut works);
    for ((threads, ..), own) in runs.iter().zip(&times) {
        let mut subject = Subject::new("threads", name, size);
        subject.threads = *threads;
        figures.add_times(&subject, *own, "uses/s");
        if *threads > 1 {
            figures.add(&subject, "ratio", times[0].median / own.median, "of one thread’s speed");
        }
    }
    Ok(())
}
