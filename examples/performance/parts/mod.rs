//! What is measured: each part is one file here with its row in the registry below. A part tells
//! its progress and its checksums to standard error, and puts what it found among the figures.

mod classes;
mod csv;
mod end_to_end;
mod generation;
mod parquet;
mod policies;
mod scaling;
mod session_check;
mod threads;

use anyhow::Result;

use crate::figures::Figures;
use crate::options::Options;

/// Something that is measured.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// One line for people: what it measures.
    pub(crate) about: &'static str,
    /// What its sizes count.
    pub(crate) counts: &'static str,
    /// Whether it starts the command.
    pub(crate) runs_relogin: bool,
    pub(crate) measure: fn(&Options, &mut Figures) -> Result<()>,
}

/// Every part, in the order of the report.
pub(crate) const PARTS: [&Part; 8] = [
    &scaling::PART,
    &classes::PART,
    &policies::PART,
    &threads::PART,
    &parquet::PART,
    &csv::PART,
    &session_check::PART,
    &generation::PART,
];
