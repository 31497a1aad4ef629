//! The formats of recorded traces, one file each. A new one is a file here, its `mod` line and
//! its row in [`FORMATS`], and samples in `tests/trace/`.
//!
//! A reader finds the fields of each line and hands them to the intake; it checks no names and
//! counts nothing.

mod csv;
mod jsonl;
mod parquet;

use super::Format;

/// Every format. The first is taken where neither content nor ending tell.
pub const FORMATS: &[Format] = &[csv::FORMAT, jsonl::FORMAT, parquet::FORMAT];
