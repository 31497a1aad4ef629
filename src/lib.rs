//! Replays user activity against session and token expiration policies: how often people
//! log in again, and what the identity provider has to answer.
//!
//! The flow in one line: `trace` → `simulation` (the `model`'s rules) → facts → `event_log` and
//! `projection` → tables → `report`.
//!
//! In reading order:
//! - [`model`]: the rules of sessions, tokens and renewal; pure.
//! - [`trace`]: activity over time, recorded or synthetic.
//! - [`simulation`]: users through the model, under many policies at once.
//! - [`event_log`]: the append-only record of a run, from which every report can be rebuilt.
//! - [`projection`]: folds from facts to tables.
//! - [`report`]: tables to files for people and tools.
//! - [`scenario`]: a TOML file to a checked scenario; providers' presets.

pub mod calendar;
pub mod cli;
pub mod description;
pub mod event_log;
pub mod model;
pub mod projection;
pub mod report;
pub mod scenario;
pub mod seed;
pub mod simulation;
pub mod table;
pub mod trace;
