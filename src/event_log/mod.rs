//! The append-only record of a run: written from facts, read back to exactly the same facts.
//!
//! The facts in order are the truth about a run, and a log alone rebuilds every report. No rule
//! of the model is here, and no file is opened: a log is written to and read from what it is given.
//!
//! # Rows
//! A log is a table with the columns of SPEC 8, the same in every [`Format`]. Instants are integer
//! milliseconds since the Unix epoch. An empty cell is nothing at all in CSV, an omitted key in
//! JSON Lines and null in Parquet. `seq` counts the rows from 0 without gaps.
//!
//! A fact is one primary row (`accessed`, `renewed`, `kept_alive`, `logged_out`,
//! `browser_closed` or `access_revoked`) and, below it, one row for each thing that it changed.
//! They share policy, ts, user, device, app and `background`, which is empty where nobody asks for
//! access. `expires_at` is when that thing ends unless something happens before, empty if never:
//! of a primary row the access token in force, of `app_opened` the app's being open, of the others
//! what they name.
//!
//! Three kinds of rows are about the log itself: `log_opened` comes first, its `outcome` the
//! version of this format, its `cause` the [`Description`](crate::description::Description) as
//! JSON; `block_closed` stands after every thousand rows or so, at a fact's end; `log_closed`
//! comes last, its `ts` the horizon, its `outcome` `complete` or `partial`. The `cause` of the
//! latter two is a checksum, eight hex digits: the CRC-32 of the rows after the checksum before it
//! up to its own, all as lines of CSV, whatever the format, its own row without the checksum.
//!
//! # What is not written
//! `open_until` is `ts` and `stay_open` for a use, and what the app's last use said for a timer. An
//! app that is open for no time at all opens at each use, so `app_opened` says nothing then.
//!
//! Reading order: `event`, `row`, `tell` (a fact to rows), `restore` (rows to facts), `writer`,
//! `reader`, `formats`.

mod compression;
mod entry;
mod error;
mod event;
mod formats;
mod names;
mod open_apps;
mod reader;
mod restore;
mod row;
mod tell;
mod writer;

#[cfg(test)]
mod tests;

pub use entry::{End, Ending, Entry};
pub use error::{LogError, Problem};
pub use formats::{Encoding, FORMATS, Format};
pub use reader::{Mode, Reader};
pub use row::COLUMNS;
pub use writer::Writer;

/// The version of the log's format, as it stands in its first row.
pub const VERSION: &str = "relogin.events/1";
