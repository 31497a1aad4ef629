//! Parquet to a report, and DuckDB's query over the same file.

use anyhow::Result;

use super::Part;
use crate::figures::Figures;
use crate::options::Options;

#[cfg(feature = "parquet")]
mod duckdb;
#[cfg(feature = "parquet")]
mod file;

pub(super) const PART: Part = Part {
    name: "parquet",
    about: "`relogin run` of one policy over Parquet sorted by user and by time, and DuckDB’s LAG over the same",
    counts: "records",
    runs_relogin: true,
    measure,
};

#[cfg(not(feature = "parquet"))]
fn measure(_: &Options, figures: &mut Figures) -> Result<()> {
    figures.add_missing(PART.name, "built without Parquet".to_owned());
    Ok(())
}

#[cfg(feature = "parquet")]
fn measure(options: &Options, figures: &mut Figures) -> Result<()> {
    use super::end_to_end::{Scratch, add_taken};
    use crate::figures::Subject;
    use crate::inputs::replay::{grid_scenario, population};
    use crate::inputs::users_for;
    use relogin::trace::synthetic::Generator;

    if let Err(why) = Scratch::is_possible() {
        figures.add_missing(PART.name, why);
        return Ok(());
    }
    let scratch = Scratch::new(options)?;
    let scenario = grid_scenario(users_for(if options.quick { 5_000 } else { 50_000_000 }));
    let generator = Generator::new(population(&scenario), scenario.seed)?;
    let trace = scratch.path("trace.parquet");
    let mut sums = Vec::new();
    for order in ["by user", "by time"] {
        let records = match order {
            "by user" => file::write(&trace, &generator, file::by_user(&generator))?,
            _ => file::write(&trace, &generator, generator.merged())?,
        };
        let bytes = std::fs::metadata(&trace)?.len();
        eprintln!("   sorted {order}: {records} records, {bytes} bytes");
        let subject = Subject::new("parquet", order, records);
        let (ours, subject, sum) = scratch.run_relogin(figures, &subject, &trace)?;
        figures.add(&subject, "file", bytes as f64, "bytes");
        sums.push(sum);
        let Some(python) = &options.duckdb else {
            let why = "DuckDB was not asked: give `--duckdb PYTHON`, an interpreter with `duckdb`";
            figures.add_missing("duckdb", why.to_owned());
            continue;
        };
        let theirs = duckdb::middle(scratch.runs(), python, &trace)?;
        let them = Subject::new("duckdb", order, records).on(theirs.threads);
        add_taken(figures, &them, &theirs.taken);
        figures.duckdb = Some(theirs.version);
        figures.add(&subject, "duckdb ratio", theirs.taken.cpu / ours.cpu, "×");
    }
    anyhow::ensure!(sums[0] == sums[1], "the order of records changes the figures");
    Ok(())
}
