//! Charts: each is one file here with its row in the registry below. A chart draws itself as SVG
//! from what a report was given, says in its title what is to be seen, and hands back the table
//! behind it. No chart knows files; the PNG is made from the SVG.
//!
//! Reading order: `palette`, `text`, `canvas`, `frame`, `rows`, `panels`, `heat`, `plot`, then any chart.

mod canvas;
mod capacity;
mod frame;
mod heat;
mod limits;
mod palette;
mod panels;
mod plot;
mod png;
mod rows;
mod text;

#[cfg(feature = "http")]
pub(super) mod load;
mod login_hours;
mod people;
pub(super) mod recommend;
mod relogins;
mod requests;
mod sessions;
pub(super) mod sweep;

#[cfg(test)]
mod tests;

pub(super) use png::png;

use super::Input;
use crate::table::Table;

/// A chart that a report holds.
pub(super) struct Chart {
    /// The name of its files.
    pub(super) name: &'static str,
    /// One line for people: what it shows.
    pub(super) about: &'static str,
    /// Draws it.
    pub(super) draw: fn(&Input<'_>) -> Drawing,
}

/// A chart, drawn.
pub(super) struct Drawing {
    /// The sentence that it says.
    pub(super) title: String,
    /// The SVG, an element that can stand in a page or alone in a file.
    pub(super) svg: String,
    /// The figures behind it.
    pub(super) behind: Table,
}

/// The charts that a report holds, in its order.
pub(super) fn charts(input: &Input<'_>) -> Vec<&'static Chart> {
    let capacity = input.description.capacity.as_ref();
    let sized = capacity.is_some_and(|capacity| capacity.sizing.is_some());
    let limited = capacity.is_some_and(|capacity| !capacity.plans.is_empty());
    let mut charts = CHARTS.to_vec();
    charts.extend(sized.then_some(&capacity::CHART));
    charts.extend(limited.then_some(&limits::CHART));
    charts
}

/// The charts of every report, in its order.
const CHARTS: [&Chart; 5] =
    [&relogins::CHART, &people::CHART, &requests::CHART, &login_hours::CHART, &sessions::CHART];
