//! The reference authorization server: protocols by section of their RFCs, policies to the
//! millisecond, and whatever else may come in.
#![cfg(feature = "http")]

mod certified;
mod command;
mod entries;
mod fuzzing;
mod metrics;
#[path = "../inputs/numbers.rs"]
mod numbers;
mod oidc_core;
mod oidc_logout;
mod policy;
mod random;
mod rfc6749;
mod rfc6750;
mod rfc7009;
mod rfc7636;
mod rfc7662;
mod rfc9068;
mod rfc9700;
mod store;
mod threads;
mod world;
