//! Which policy to choose: what each of many policies comes to, held against what must hold, and
//! what could be reached at all.
//!
//! Nothing is simulated here: figures come in. Reading order: `objective`, `front`, `decide`,
//! `search`, `explore`, `profile`; then `presence`, `bound` and `hazard`, which look at the gaps between uses.

pub mod bound;
pub mod decide;
pub mod explore;
pub mod front;
pub mod hazard;
pub mod objective;
pub mod presence;
pub mod profile;
pub mod search;
