//! An OpenID client that does what real ones do, over HTTP: cookies, the login form, authorization
//! code with PKCE, refresh, silent authentication, logout. It holds no rule of sessions and tokens:
//! what is valid the provider says, and whoever drives it decides what to ask.
//!
//! Reading order: `target`, `transport`, `cookies`, `forms`, `flows`.

pub mod cookies;
pub mod flows;
pub mod forms;
#[cfg(test)]
mod scripted;
mod secret;
pub mod target;
pub mod transport;

pub use secret::Secret;
