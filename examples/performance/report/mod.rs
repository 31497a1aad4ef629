//! The figures as people and programs read them: `README.md`, `performance.csv` and the charts.

mod charts;
mod readme;

// The very words and colours of the product's reports, which its library keeps to itself.
#[path = "../../../src/report/numeral.rs"]
#[allow(dead_code, reason = "the product's reports use the rest of it")]
mod numeral;

use std::fs;

use anyhow::{Context, Result, anyhow};

use crate::figures::Figures;
use crate::machine::Machine;
use crate::options::Options;

/// Writes all of it.
pub(crate) fn write(options: &Options, machine: &Machine, figures: &Figures) -> Result<()> {
    let put = |name: &str, bytes: &[u8]| {
        let path = options.out.join(name);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    put("performance.csv", figures.csv().as_bytes())?;
    let mut drawn = Vec::new();
    for chart in charts::CHARTS {
        let Some(drawing) = (chart.draw)(figures, machine) else { continue };
        put(&format!("{}.svg", chart.name), drawing.svg.as_bytes())?;
        let png = charts::png(&drawing.svg).map_err(|why| anyhow!("{}: {why}", chart.name))?;
        put(&format!("{}.png", chart.name), &png)?;
        drawn.push((chart.name, drawing.title));
    }
    put("README.md", readme::text(options, machine, figures, &drawn).as_bytes())
}
