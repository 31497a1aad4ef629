//! Lockstep: each event of a prediction met by a real provider, and the two compared.
//!
//! The prediction is the simulator's facts in time order. For each, the provider's clock is set, a
//! client does what a real one would with the tokens and cookies that it holds, and what came of it
//! is held against the fact. What is the client's own business (its sessions, whether it is open,
//! how long before `exp` it renews) is taken from the model; what is the provider's is asked of
//! the provider alone.
//!
//! Reading order: `prediction`, `holding`, `act`, `lockstep`, `difference`, `told`.

mod act;
mod difference;
mod holding;
mod lockstep;
mod prediction;
mod told;

pub use act::Observed;
pub use difference::Difference;
pub use lockstep::{
    AccessCheck, Asking, Ended, Lockstep, LockstepError, ProviderClock, Reached, Row, Tally,
};
pub use prediction::{Predicted, Prediction};
pub use told::{Names, Verdict};
