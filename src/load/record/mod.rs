//! What was measured: histograms of fixed size, so that a test of any length takes the same
//! memory, and counts by second.
//!
//! *Response time* is from the intended start, *service time* from the send: a server that stalls
//! makes later starts wait, and only the first of the two shows it.
//!
//! Reading order: `times`, `recorder`, `collector`, `log`, `percentiles`.

mod collector;
mod log;
mod percentiles;
mod recorder;
mod times;

#[cfg(test)]
mod tests;

pub use collector::{Collector, Live, Recorded, Second, Totals};
pub use percentiles::{curve, hgrm};
pub use recorder::{Counts, Endpoint, Interval, Outcome, Recorder};
pub use times::Times;
