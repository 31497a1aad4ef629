//! The proof: real servers that other people wrote, in lockstep with the model. 5,000 uses each,
//! half of the gaps on a boundary of a limit, and not one difference.
//!
//! Run with `--nocapture` for the table. Where a server is not installed a test says so and is
//! skipped, unless `RELOGIN_CI` is set.

#![cfg(feature = "http")]

mod activity;
mod lemonldap;
#[path = "../inputs/numbers.rs"]
mod numbers;
mod oidc_provider;
mod own;
mod run;
mod server;

use std::path::Path;

/// The project's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
