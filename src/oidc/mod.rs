//! The protocol's words that both sides speak: what a provider says of itself, PKCE, and the file
//! that holds a test's clock. No network is here, and no rule of the model.

mod clock;
mod metadata;
mod pkce;

pub use clock::{Clock, ClockError, parse_clock, render_clock};
pub use metadata::Metadata;
pub use pkce::{challenge, verifier};
