//! An open-loop load test whose schedule is the simulation's own requests.
//!
//! Virtual users begin when they are meant to, whatever the server does: nothing waits for an
//! answer before the next begins, and what could not begin is counted. There must be no rule of
//! sessions or tokens here: what is asked the simulation says, and whether it came so the server.
//!
//! Reading order: `kind`, `schedule`, `pace`, `record`, `drive`, `fleet`,
//! `ramp`, `threshold`, `ceiling`, `users`, `summary`.

mod ceiling;
mod drive;
mod error;
mod fleet;
mod kind;
mod pace;
mod ramp;
mod record;
mod schedule;
mod summary;
mod threshold;
mod users;

pub use ceiling::{CeilingError, Ceilings, fullest_second};
pub use drive::{Acting, Bounds, Pace, Probe, drive, prepare};
pub use error::LoadError;
pub use fleet::Fleet;
pub use kind::{ByKind, KINDS, Kind};
pub use ramp::{Limit, Ramp};
pub use record::{
    Collector, Counts, Endpoint, Interval, Live, Outcome, Recorded, Recorder, Second, Times,
    Totals, curve, hgrm,
};
pub use schedule::{
    Action, Arrivals, Held, Mix, Part, Peak, Predicted, Spacing, Window, of_actions, of_mix,
    requests,
};
pub use summary::{Asked, summarize};
pub use threshold::{Check, Thresholds, TimeThreshold};
pub use users::{AppClient, Parties, Users};
