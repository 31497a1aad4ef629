//! Activity over time: what people and apps did, recorded by others or made up here.
//!
//! Readers and generators push [`Activity`]s into an [`Intake`], which checks names, counts broken
//! lines, and hands out a [`Trace`]: packed [`Record`]s in time order, whatever order they came
//! in. No file is opened here: readers read what they are given. No policy is known here either,
//! only which names its records may use ([`Vocabulary`]).

mod intake;
mod names;
mod record;
pub mod synthetic;
mod vocabulary;

pub use intake::{Activity, BrokenLine, Counts, Intake, Trace};
pub use names::Names;
pub use record::{Action, Record};
pub use vocabulary::Vocabulary;
