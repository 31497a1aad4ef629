//! The command from outside: exit statuses, both streams, and every file that it writes.

mod capacity;
mod ci;
mod compare;
mod diff;
mod errors;
mod gates;
mod interrupt;
mod policy;
mod program;
mod readme;
mod recommend;
mod replay;
mod run;
mod scenarios;
#[cfg(feature = "parquet")]
mod stream;
mod sweep;
mod trace;
mod vectors;
#[cfg(feature = "http")]
mod verify;
