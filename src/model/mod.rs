//! The rules of sessions, tokens and renewal, and nothing else.
//!
//! Time is an argument here and one model serves every driver: [`decide`] holds
//! every rule and changes nothing, [`apply`] makes a [`Fact`] so and holds no
//! rule. There must never be a clock, I/O, randomness, a log, an allocation per
//! use, or an error in this room; it imports nothing from the rest of the crate.
//!
//! Reading order: `time`, `clock`, `ids`, `policy`, `state`, `check`, `fact`, `provider`, `decide`,
//! `apply`.

mod apply;
mod check;
mod clock;
mod decide;
mod fact;
mod ids;
mod policy;
mod provider;
mod state;
mod time;
mod timer;

#[cfg(test)]
mod tests;

pub use apply::apply;
pub use check::SessionCheck;
pub use clock::{Clock, Expires};
pub use decide::{Draw, Request, decide, valid_access};
pub use fact::{
    Access, Fact, Initiator, LoginCause, Outcome, RefreshCause, RefreshTokenChange, SessionChange,
};
pub use ids::{AgentId, ApiId, AppId, UserId};
pub use policy::{
    AppPolicy, AppSession, BindsAccessTokens, Layout, Lifetime, LogoutScope, Policy, RefreshToken,
    Renew, SessionPolicy, SlidesOn, TokenPolicy, TokenStorage,
};
pub use state::{AccessToken, Agent, AgentMut, AgentRef, AppState, IdpSession};
pub use time::{Instant, Limit, Span};
pub use timer::{Timer, app_timer, next_timer};
