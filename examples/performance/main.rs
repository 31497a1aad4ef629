//! How fast relogin is, measured and written down: `reports/performance/`.
//!
//! ```sh
//! cargo run --release --locked --example performance -- --out reports/performance --duckdb PYTHON
//! ```
//!
//! `PYTHON` is a Python interpreter that has `duckdb`; without it the comparison with DuckDB is
//! told not to be measured. It takes some minutes, 6 GB of memory and 3 GB of room for temporary
//! files; other work on the machine spoils the figures. `--only scaling,policies` measures these
//! parts alone, `--quick` everything in so small a size that the figures mean nothing.
//!
//! Reading order: `parts`, each a file that measures something; `stopwatch` and `process`, by
//! which they do; `figures`, what they found; `targets`, what it ought to be; `report`.

mod figures;
mod inputs;
mod machine;
mod options;
mod parts;
mod process;
mod report;
mod stopwatch;
mod targets;

#[cfg(test)]
mod tests;

use std::fs;

use anyhow::{Context, Result};
use clap::Parser;
use figures::Figures;
use machine::Machine;
use options::Options;
use parts::PARTS;

fn main() -> Result<()> {
    let mut options = Options::parse();
    // Before anything is measured: a build would be in the way.
    options.find_relogin()?;
    measure_and_write(&options)
}

fn measure_and_write(options: &Options) -> Result<()> {
    let mut figures = Figures::default();
    for part in PARTS.iter().filter(|part| options.wants(part)) {
        eprintln!("== {}: {}", part.name, part.about);
        let begun = std::time::Instant::now();
        (part.measure)(options, &mut figures).with_context(|| format!("in {}", part.name))?;
        eprintln!("   {:.0} s", begun.elapsed().as_secs_f64());
    }
    let out = &options.out;
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    report::write(options, &Machine::read(), &figures)?;
    eprintln!("{} is written", out.display());
    Ok(())
}
