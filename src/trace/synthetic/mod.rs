//! Made-up activity: classes of users who visit, work, pause and come back.
//!
//! A [`Population`] says who; a [`Generator`] makes it ready and gives each user's activity, in
//! time order and independent of all others, or [takes it in](Generator::take_in); [`Merged`] puts
//! users into one time order and [`write_csv`] writes that down as a trace. [`patterns`] holds ready-made classes.
//!
//! How a user comes about: once, a time zone and how often they visit compared with the average.
//! Then visits follow each other: an absence is drawn, on a clock that runs as fast as the hour
//! of the week is busy and stands still where nobody is active; then come a device, some actions
//! with gaps between them, and perhaps a logout or a close. Apps that poll ask in between. Every
//! draw comes from a stream of the user's own ([`crate::seed`]).
//!
//! No policy is known here, and nothing that one user does reaches another.

mod check;
mod class;
mod clock;
mod distribution;
mod generator;
mod merge;
mod normal;
pub mod patterns;
mod quantiles;
mod take_in;
mod user;
mod write;

#[cfg(test)]
mod tests;

pub use check::PopulationError;
pub use class::{Class, Component, Distribution, Poll, Population};
pub use generator::Generator;
pub use merge::Merged;
pub use user::{Step, UserActivity};
pub use write::write_csv;
