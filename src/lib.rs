//! Replays user activity against session and token expiration policies: how often people
//! log in again, and what the identity provider has to answer.
//!
//! The flow in one line: `trace` → `simulation` (the `model`'s rules) → facts → `event_log` and
//! `projection` → tables → `report`.
//!
//! # Example
//! An API call with an unexpired access token asks nothing of the identity provider, so it does
//! not renew the session. Here somebody works all day, and logs in again every hour:
//!
//! ```
//! use relogin::model::{Agent, Fact, Instant, Outcome, Request, apply, decide};
//! use relogin::scenario::{compile, parse, vocabulary};
//!
//! let text = r#"
//!     [[policy]]
//!     name = "tenant"
//!     session = { idle_timeout = "1h", absolute_timeout = "12h" }
//!     api.orders.access_token_lifetime = "1h"
//!     app.web = {}
//! "#;
//! let scenario = parse("tenant.toml", text, &[])?;
//! let names = vocabulary(&scenario.policies, &scenario.workload);
//! let policy = compile(&scenario.policies[0], &names, &scenario.workload);
//! let web = names.app("web").expect("the scenario has it");
//!
//! let mut agent = Agent::new(&policy);
//! let mut logins = Vec::new();
//! for minute in (0..8 * 60).step_by(10) {
//!     // Time is an argument: no clock is read.
//!     let now = Instant::from_millis(minute * 60_000);
//!     let fact = decide(agent.as_ref(), &policy, now, Request::Use(web, None), &|_, _, _| 0);
//!     apply(&mut agent.as_mut(), policy.layout(), now, &fact);
//!     if matches!(fact, Fact::Access(access) if access.outcome == Outcome::Login) {
//!         logins.push(minute);
//!     }
//! }
//! assert_eq!(logins, [0, 60, 120, 180, 240, 300, 360, 420]);
//! # Ok::<(), relogin::scenario::ScenarioErrors>(())
//! ```
//!
//! # The rooms
//! In reading order:
//! - [`model`]: the rules of sessions, tokens and renewal; pure.
//! - [`trace`]: activity over time, recorded or synthetic.
//! - [`simulation`]: users through the model, under many policies at once.
//! - [`event_log`]: the append-only record of a run, from which every report can be rebuilt.
//! - [`projection`]: folds from facts to tables.
//! - [`experiment`]: policies tried on activity: where simulation and projection meet.
//! - [`capacity`]: what requests need of a provider, and how they stand to a plan's limits.
//! - [`report`]: tables to files for people and tools.
//! - [`scenario`]: a TOML file to a checked scenario; providers' presets.
//! - `server`: the reference authorization server: the model behind HTTP.
//! - `client`: an OpenID client; `load` and `verify` drive real providers with it.
//! - [`cli`]: the commands; the only room that opens files and meets the terminal.
//!
//! Beside them stand what several rooms share: [`seed`] (keyed random streams), [`calendar`]
//! (local days and hours), [`input`] (where bytes come from: a file or a pipe, and what they are
//! wrapped in), `oidc` (the protocol's words), and results as plain data: [`table`] (columns with
//! units), [`description`] (what a run was), [`gate`] (bounds on figures, and whether they held),
//! [`bill`] (capacity), [`swept`] (a sweep), [`compared`] (two policies), [`change`] (two stored
//! results) and `measured` (a load test). Rooms without a link speak HTTP: they are built with the
//! feature `http`.

pub mod bill;
pub mod calendar;
pub mod capacity;
pub mod change;
pub mod cli;
#[cfg(feature = "http")]
pub mod client;
pub mod compared;
pub mod description;
pub mod event_log;
pub mod experiment;
pub mod gate;
pub mod input;
#[cfg(feature = "http")]
pub mod load;
#[cfg(feature = "http")]
pub mod measured;
pub mod model;
#[cfg(feature = "http")]
pub mod oidc;
pub mod projection;
pub mod recommended;
pub mod report;
pub mod scenario;
pub mod seed;
#[cfg(feature = "http")]
pub mod server;
pub mod simulation;
pub mod swept;
pub mod table;
pub mod trace;
#[cfg(feature = "http")]
pub mod verify;
