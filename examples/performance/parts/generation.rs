//! Users made up.

use std::hint::black_box;

use anyhow::Result;
use relogin::trace::synthetic::Generator;
use relogin::trace::synthetic::patterns::PATTERNS;

use super::Part;
use crate::figures::{Figures, Subject};
use crate::inputs::generation::{population, sum_up, take_in};
use crate::options::Options;
use crate::stopwatch::{Stopwatch, on_threads};

pub(super) const PART: Part = Part {
    name: "generation",
    about: "users made up, by pattern; and made up and taken in as a trace; on one thread",
    counts: "uses",
    runs_relogin: false,
    measure,
};

fn measure(options: &Options, figures: &mut Figures) -> Result<()> {
    on_threads(1, || each(options, figures))?
}

fn each(options: &Options, figures: &mut Figures) -> Result<()> {
    let stopwatch = Stopwatch::new(7, options.quick);
    for pattern in PATTERNS {
        let population = population(pattern, if options.quick { 20 } else { 20_000 });
        let generator = Generator::new(&population, 42)?;
        let (steps, sum) = sum_up(&generator);
        let subject = Subject::new("generation", pattern.name, steps);
        let made = stopwatch.time(|| sum_up(black_box(&generator)));
        let taken = stopwatch.time(|| take_in(black_box(&generator)));
        let [made, taken] = [made, taken].map(|times| times.median / steps as f64 * 1e9);
        figures.add(&subject, "make up", made, "ns");
        figures.add(&subject, "take in", taken, "ns");
        eprintln!("   {}: {made:.1} and {taken:.1} ns, checksum {sum:016x}", pattern.name);
    }
    Ok(())
}
