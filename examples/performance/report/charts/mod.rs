//! The charts: each is one file here with its row in the registry below.

mod plot;
mod policies;
mod scaling;

// What the product's own charts are drawn with.
#[path = "../../../../src/report/charts/canvas.rs"]
#[allow(dead_code, reason = "the product's charts use the rest of it")]
mod canvas;
#[path = "../../../../src/report/charts/palette.rs"]
#[allow(dead_code, reason = "the product's charts use the rest of it")]
mod palette;
#[path = "../../../../src/report/charts/png.rs"]
mod png;
#[path = "../../../../src/report/charts/text.rs"]
#[allow(dead_code, reason = "the product's charts use the rest of it")]
mod text;

pub(super) use png::png;

use crate::figures::Figures;
use crate::machine::Machine;

/// A chart that the report holds.
pub(super) struct Chart {
    /// The name of its files.
    pub(super) name: &'static str,
    /// Draws it; there is none where nothing was measured.
    pub(super) draw: fn(&Figures, &Machine) -> Option<Drawing>,
}

/// A chart, drawn.
pub(super) struct Drawing {
    /// The sentence that it says.
    pub(super) title: String,
    pub(super) svg: String,
}

pub(super) const CHARTS: [&Chart; 2] = [&scaling::CHART, &policies::CHART];
