//! Tables to things that people and tools read: JSON, CSV, a table for a terminal, charts, and a
//! page. The only room that knows plotters.
//!
//! It reads [`crate::table`], [`crate::description`] and other plain results, and nothing else, so
//! that it never reckons a figure anew: what it shows stands in a table. There must be no date of
//! today, no machine's path and no order of a hash map here: the same tables give the same bytes.
//!
//! Reading order: `write`, `summary`, `rows`, `glossary`, `figure`, `console`, `story`, `answer`,
//! `capacity`, `charts`, `page`, `gates`; then the other results: `compare`, `replicated`, `sweep`,
//! `diff`, `recommend`, `load`.

mod answer;
mod capacity;
mod charts;
mod compare;
mod console;
mod diff;
mod figure;
mod gates;
mod glossary;
#[cfg(feature = "http")]
mod load;
mod numeral;
mod page;
mod recommend;
mod replicated;
mod rows;
mod staging;
mod story;
mod summary;
mod summary_schema;
mod sweep;
mod timeline;
mod write;

#[cfg(test)]
mod tests;

pub use compare::{compared_json, compared_markdown, compared_table, write_compared};
pub use console::console_table;
pub use diff::ChangeReport;
pub use gates::{Case, SUMMARY_BYTES, cases, github_summary, junit, sarif};
#[cfg(feature = "http")]
pub use load::{load_json, load_table, write_load};
pub use recommend::{RecommendInput, recommend_json, recommend_text, write_recommendation};
pub use replicated::{Replicated, replicated_json, replicated_table, write_replicated};
pub use summary::summary_json;
pub use summary_schema::summary_schema;
pub use sweep::{sweep_json, sweep_table, write_sweep};
pub use write::{ReportError, write};

use crate::description::Description;
use crate::gate::Gate;
use crate::table::PolicyTables;

/// What a report is made from.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The run.
    pub description: &'a Description,
    /// What each policy did; baselines last.
    pub policies: &'a [PolicyTables],
    /// Why the run is not whole and where it was cut, for a person; `None` if it is whole.
    pub partial: Option<String>,
    /// What had to hold, and whether it did.
    pub gates: &'a [Gate],
}
