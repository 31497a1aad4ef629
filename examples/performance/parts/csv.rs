//! CSV to a report.

use std::fs::{self, File};
use std::io::BufWriter;

use anyhow::{Context, Result};
use relogin::trace::synthetic::{Generator, write_csv};

use super::Part;
use super::end_to_end::Scratch;
use crate::figures::{Figures, Subject};
use crate::inputs::replay::{grid_scenario, population};
use crate::inputs::users_for;
use crate::options::Options;

pub(super) const PART: Part = Part {
    name: "csv",
    about: "`relogin run` of one policy over a CSV trace in the order of time, with every file that it writes",
    counts: "records",
    runs_relogin: true,
    measure,
};

fn measure(options: &Options, figures: &mut Figures) -> Result<()> {
    if let Err(why) = Scratch::is_possible() {
        figures.add_missing(PART.name, why);
        return Ok(());
    }
    let scratch = Scratch::new(options)?;
    let scenario = grid_scenario(users_for(if options.quick { 5_000 } else { 12_000_000 }));
    let generator = Generator::new(population(&scenario), scenario.seed)?;
    let trace = scratch.path("trace.csv");
    let mut file = BufWriter::new(File::create(&trace)?);
    let records = write_csv(&mut file, &generator).context("cannot write the trace")?;
    drop(file);
    let bytes = fs::metadata(&trace)?.len();
    eprintln!("   {records} records, {bytes} bytes");
    let subject = Subject::new("csv", "by time", records);
    let (_, subject, _) = scratch.run_relogin(figures, &subject, &trace)?;
    figures.add(&subject, "file", bytes as f64, "bytes");
    Ok(())
}
