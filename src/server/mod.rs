//! The reference authorization server: the model behind HTTP.
//!
//! Every browser that logged in is one of the model's agents. An authorization, a login and a
//! refresh grant are requests to it ([`decide`](crate::model::decide)), and what it says is made so
//! ([`apply`](crate::model::apply)): no rule of sessions and lifetimes may be in this room, and no
//! file, terminal or event log. The whole fact is decided when an authorization is given, not when
//! its code is exchanged: lifetimes count from there, so that no token outlives its policy however
//! late the client comes.
//!
//! What the protocols leave open, and what is chosen here:
//! - Codes are the only flow (RFC 9700 §2.1.2 ends the implicit one). An app of the browser flow gets
//!   by it tokens with the browser's lifetime: how long they live is the policy's, not the flow's.
//! - `exp` is in whole seconds, rounded down. The exact instant stands in `exp_ms`, and this server's
//!   own introspection and userinfo go by that.
//! - One grant for each browser and app: a later authorization's refresh token takes the place of an
//!   earlier one's, as in the model.
//! - Whoever knows a user name may log in, unless a password is set: it is a server for tests.
//!
//! Reading order: `state` (the server), `http` (its router), `endpoints`, `authorization`,
//! `grants` (where the model is asked), `store`, then the artefacts: `seal`, `keys`, `jwt`.

mod answer;
mod authorization;
mod clients;
mod clock;
mod cookies;
mod endpoints;
mod error;
mod grants;
mod http;
mod jwt;
mod keys;
mod pages;
mod params;
mod scopes;
mod seal;
mod state;
mod store;
mod tally;
mod witness;

pub use clients::{ClientAuth, ClientSettings};
pub use clock::{Clock, RealClock, ScaledClock};
pub use http::{router, serve};
pub use keys::{KeyError, Signing, SigningKey};
pub use state::{Server, Settings, SetupError, is_loopback};
pub use witness::{Happened, Luck, Witness, device_name};
