//! A scenario file, checked: TOML to a [`Scenario`], with the place of every error.
//!
//! No file is opened here: a `&str` comes in. No record of a trace is known here either.

mod compile;
mod spec;

pub use compile::{compile, vocabulary};
pub use spec::{ApiSpec, AppSpec, Origin, PolicySpec, Scenario, Source, WorkloadSpec};
