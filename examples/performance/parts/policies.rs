//! Many policies in one pass.

use std::hint::black_box;

use anyhow::Result;
use relogin::model::Policy;

use super::Part;
use crate::figures::{Figures, Subject};
use crate::inputs::replay::{Gathered, activity, checksum, grid, grid_scenario, policy};
use crate::inputs::uses;
use crate::options::Options;
use crate::stopwatch::{Stopwatch, on_threads};

pub(super) const PART: Part = Part {
    name: "policies",
    about: "many policies in one pass, as many idle timeouts as absolute ones, on one thread",
    counts: "uses",
    runs_relogin: false,
    measure,
};

/// With refresh tokens, and without.
const NAMES: [&str; 2] = ["limits", "silent"];

/// How many of each timeout.
const SIDES: [i64; 5] = [1, 2, 4, 8, 16];

fn measure(options: &Options, figures: &mut Figures) -> Result<()> {
    on_threads(1, || all(options, figures))
}

fn all(options: &Options, figures: &mut Figures) {
    let scenario = grid_scenario(if options.quick { 5 } else { 2_000 });
    let gathered = Gathered::new(&scenario, activity(&scenario), 1);
    for name in NAMES {
        let grids = SIDES.map(|side| match side {
            1 => vec![policy(&scenario, name)],
            _ => grid(&scenario, name, side, side),
        });
        let mut size = 0;
        for policies in &grids {
            let tables = gathered.replay(policies);
            size = uses(&tables[0]);
            let sum = checksum(&tables);
            eprintln!("   {name}, {} policies: {size} uses, checksum {sum:016x}", policies.len());
        }
        let pass = |policies: &Vec<Policy>| {
            black_box(gathered.replay(black_box(policies)));
        };
        let mut works: Vec<Box<dyn FnMut()>> = Vec::new();
        for policies in &grids {
            works.push(Box::new(move || pass(policies)));
        }
        let times = Stopwatch::new(15, options.quick).race(&mut works);
        for (policies, own) in grids.iter().zip(&times) {
            let mut subject = Subject::new("policies", name, size);
            subject.policies = policies.len();
            figures.add(&subject, "time", own.median, "s");
            figures.add(&subject, "least time", own.least, "s");
            let each = own.median / (size as f64 * policies.len() as f64) * 1e9;
            figures.add(&subject, "time a use and policy", each, "ns");
            figures.add(&subject, "passes", own.median / times[0].median, "passes of one policy");
        }
    }
}
