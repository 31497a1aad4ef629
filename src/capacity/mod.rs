//! Capacity: what requests over time need of a provider that is run by oneself, and how they stand
//! to the limits of one that is rented.
//!
//! Everything here is arithmetic over requests by second that somebody else counted; no fact, no
//! policy and no record of activity is known, and nothing is read or written. What it is reckoned
//! with and what it comes to is plain data, in [`crate::bill`].
//!
//! Reading order: `sizing` (vCPU, memory, database), `plans` (providers' limits), `meter` (one limit
//! over time), `crowd` (many in the place of few), `account` (a policy's bill), `exports` (the same load for other tools).

mod account;
mod crowd;
mod exports;
mod meter;
mod plans;
mod sizing;

pub use account::Account;
pub use meter::relogin_of_all;
pub use plans::{PLAN_NAMES, plan};
pub use sizing::{KEYCLOAK_GUIDE, keycloak, renewal_rate, size, weights};
