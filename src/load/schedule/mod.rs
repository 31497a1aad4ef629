//! What is to be asked and when: the simulation's own requests, or a rate held with their mix.
//! Nothing is sent here and no clock is read.
//!
//! Reading order: `action`, `predicted`, `window`, `held`, `needs`, `arrivals`.

mod action;
mod arrivals;
mod held;
mod needs;
mod predicted;
mod window;

#[cfg(test)]
mod tests;

pub use action::Action;
pub use arrivals::Arrivals;
pub use held::{Held, Mix, Part, Spacing};
pub use needs::{of_actions, of_mix};
pub use predicted::{Peak, Predicted, requests};
pub use window::Window;
