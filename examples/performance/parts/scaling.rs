//! One policy over more and more uses.

use anyhow::{Context, Result};
use relogin::trace::Intake;
use relogin::trace::synthetic::Generator;

use super::Part;
use crate::figures::{Figures, Subject};
use crate::inputs::replay::{Gathered, checksum, grid_scenario, names, policy, population};
use crate::inputs::{users_for, uses};
use crate::options::Options;
use crate::stopwatch::{Stopwatch, on_threads};

pub(super) const PART: Part = Part {
    name: "scaling",
    about: "one policy with limits of every kind and 8 apps, in memory, on one thread",
    counts: "uses",
    runs_relogin: false,
    measure,
};

fn measure(options: &Options, figures: &mut Figures) -> Result<()> {
    let sizes: &[u64] = match options.quick {
        true => &[2_000, 20_000],
        false => &[100_000, 1_000_000, 10_000_000, 100_000_000],
    };
    for &size in sizes {
        on_threads(1, || one_size(options, figures, size))??;
    }
    Ok(())
}

fn one_size(options: &Options, figures: &mut Figures, size: u64) -> Result<()> {
    let scenario = grid_scenario(users_for(size));
    let generator = Generator::new(population(&scenario), scenario.seed)?;
    let mut intake = Intake::new(names(&scenario));
    generator.take_in(&mut intake, &mut || ())?;
    let trace = intake.finish().context("in memory")?;
    let begun = std::time::Instant::now();
    let gathered = Gathered::new(&scenario, trace, 1);
    let gathering = begun.elapsed().as_secs_f64();

    let policies = [policy(&scenario, "limits")];
    let tables = gathered.replay(&policies);
    let subject = Subject::new("scaling", "limits", uses(&tables[0]));
    let sum = checksum(&tables);
    let samples = if size < 10_000_000 { 21 } else { 7 };
    let times = Stopwatch::new(samples, options.quick).time(|| gathered.replay(&policies));
    figures.add_times(&subject, times, "uses/s");
    // Done once for a trace, however many policies are tried on it.
    figures.add(&subject, "gathering", gathering, "s");
    let speed = subject.size as f64 / times.median / 1e6;
    eprintln!("   {} uses: {speed:.0} million/s, checksum {sum:016x}", subject.size);
    Ok(())
}
