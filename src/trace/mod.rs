//! Activity over time: what people and apps did, recorded by others or made up here.
//!
//! Readers and generators push [`Activity`]s into an [`Intake`], which checks names, counts broken
//! lines, and hands out a [`Trace`]: packed [`Record`]s in time order, whatever order they came
//! in. No file is opened here: readers read what they are given, and a spool file for traces
//! larger than memory comes from the caller. No policy is known here either, only which names
//! its records may use ([`Vocabulary`]).
//!
//! Reading order: `record`, `names`, `intake`, `order`; then `read` with `timestamp`, `lines` and
//! the `formats`; then `stats`. A trace that is not held comes as a `stream`, put together by user
//! in a `scatter` where its file is not. `word`, `lookup`, `deeds`, `marks` and `stamps` are there
//! for speed only: each does for what is usual what a plainer way does for everything.

mod counts;
mod deeds;
mod error;
mod flaw;
mod formats;
mod intake;
mod lines;
mod lookup;
mod marks;
mod names;
mod order;
mod read;
mod record;
mod scatter;
mod stamps;
pub mod stats;
mod stream;
mod strings;
pub mod synthetic;
mod timestamp;
mod vocabulary;
mod word;

#[cfg(test)]
mod tests;

use flaw::shown;

pub use counts::{BrokenLine, Counts, InvalidMaxBad, MaxBad};
pub use error::TraceError;
pub use formats::FORMATS;
pub use intake::{Activity, Intake, IntakeOptions, Trace};
pub use names::Names;
pub use order::{OpenSpool, Spool};
pub use read::{Format, ReadOptions, Source, read};
pub use record::{Action, Record};
pub use stream::{GaveUp, Stream, WholeUsers};
pub use timestamp::{InvalidTsUnit, TimestampError, TsUnit};
pub use vocabulary::Vocabulary;
