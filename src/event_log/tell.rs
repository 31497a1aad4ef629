//! A fact to rows.

use std::io;

use super::event::Event;
use super::names::Names;
use super::row::Row;
use super::{End, Entry};
use crate::model::{
    Access, Fact, Initiator, Instant, LoginCause, Outcome, RefreshCause, RefreshTokenChange,
    SessionChange, Span,
};

/// Puts the rows of one entry, in order, each still without its `seq`.
///
/// # Errors
/// If the entry names what the description lacks, or stays open for another time, it would not be
/// read back as it is, and nothing is put ([`io::ErrorKind::InvalidInput`]). Else as `put`.
pub(super) fn tell(
    names: &Names,
    stay_open: Span,
    entry: &Entry<'_>,
    put: &mut impl FnMut(Row<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let policy = names.policies.name(entry.policy);
    let base = Row {
        policy: policy.ok_or_else(|| refused(entry, "its policy is none of the run's"))?,
        ts: Some(entry.at.as_millis()),
        user: entry.user,
        device: entry.device,
        ..Row::default()
    };
    if entry.user.is_empty() {
        return Err(refused(entry, "it has no user"));
    }
    let app_name =
        |app| names.app(app).ok_or_else(|| refused(entry, "its app is none of the run's"));
    match *entry.fact {
        Fact::Access(ref access) => {
            let api = names.api(access.api);
            let api = api.ok_or_else(|| refused(entry, "its API is none of the run's"))?;
            let base = Row { app: app_name(access.app)?, ..base };
            if !is_timer(access.initiator) && access.open_until != entry.at + stay_open {
                return Err(refused(entry, "its app stays open for another time than the run's"));
            }
            tell_access(base, api, entry.at, access, put)
        }
        Fact::LoggedOut { app, everywhere, ends_session } => {
            let base = Row { app: app_name(app)?, ..base };
            put(base.of(Event::LoggedOut))?;
            if everywhere {
                put(base.of(Event::OtherAppsLoggedOut))?;
            }
            tell_session_end(base, ends_session, LoginCause::Logout, put)
        }
        Fact::BrowserClosed { ends_session } => {
            put(base.of(Event::BrowserClosed))?;
            tell_session_end(base, ends_session, LoginCause::Closed, put)
        }
        Fact::Revoked { ends_session } => {
            put(base.of(Event::AccessRevoked))?;
            tell_session_end(base, ends_session, LoginCause::Revoked, put)
        }
    }
}

fn refused(entry: &Entry<'_>, why: &str) -> io::Error {
    let (user, at) = (entry.user, entry.at.as_millis());
    let message = format!("the fact of user {user:?} at {at} ms cannot be logged: {why}");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// The row of a checksum that ends a block.
pub(super) fn block_closed() -> Row<'static> {
    Row::default().of(Event::BlockClosed)
}

/// The last row, its checksum not yet in it.
pub(super) fn log_closed(end: End, horizon: Instant) -> Row<'static> {
    Row {
        ts: Some(horizon.as_millis()),
        outcome: end.word(),
        ..Row::default().of(Event::LogClosed)
    }
}

/// Whether the client's own timer asks, so that the app opens no longer than before.
pub(super) fn is_timer(initiator: Initiator) -> bool {
    matches!(initiator, Initiator::Renewal | Initiator::KeepAlive)
}

/// Whether a use that keeps its app open until `open_until` can find it open later: if not, each
/// use opens it, and no row says so.
pub(super) fn stays_open(at: Instant, open_until: Instant) -> bool {
    open_until > at
}

fn tell_session_end(
    base: Row<'_>,
    ends_session: bool,
    cause: LoginCause,
    put: &mut impl FnMut(Row<'_>) -> io::Result<()>,
) -> io::Result<()> {
    if ends_session {
        put(Row { cause: cause.word(), ..base.of(Event::SessionEnded) })?;
    }
    Ok(())
}

fn tell_access(
    base: Row<'_>,
    api: &str,
    at: Instant,
    access: &Access,
    put: &mut impl FnMut(Row<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let base = Row { background: Some(access.initiator.is_background()), ..base };
    let event = match access.initiator {
        Initiator::Use | Initiator::Background => Event::Accessed,
        Initiator::Renewal => Event::Renewed,
        Initiator::KeepAlive => Event::KeptAlive,
    };
    let primary = match access.outcome {
        Outcome::Denied => base.of(event),
        _ => base.until(event, access.access_token_exp),
    };
    put(Row {
        api,
        outcome: access.outcome.word(),
        cause: access.cause.map_or("", LoginCause::word),
        refresh_cause: access.refresh_cause.map_or("", RefreshCause::word),
        ..primary
    })?;
    if access.opened && stays_open(at, access.open_until) {
        put(base.until(Event::AppOpened, access.open_until))?;
    }
    if access.tokens_lost {
        put(base.of(Event::TokensLost))?;
    }
    if access.refresh_refused {
        put(base.of(Event::RefreshRefused))?;
    }
    match access.session {
        SessionChange::None => {}
        SessionChange::Started { expires_at } => {
            put(base.until(Event::SessionStarted, expires_at))?;
        }
        SessionChange::Renewed { expires_at } => {
            put(base.until(Event::SessionRenewed, expires_at))?;
        }
    }
    if let Some(exp) = access.id_token_exp {
        put(base.until(Event::IdTokenIssued, exp))?;
    }
    match access.refresh_token {
        RefreshTokenChange::None => {}
        RefreshTokenChange::Issued { expires_at } => {
            put(base.until(Event::RefreshTokenIssued, expires_at))?;
        }
        RefreshTokenChange::Used { expires_at } => {
            put(base.until(Event::RefreshTokenUsed, expires_at))?;
        }
    }
    if let Some(end) = access.app_session_started {
        put(base.until(Event::AppSessionStarted, end))?;
    }
    if access.introspected {
        // The API asks, so this row alone names it again.
        put(Row { api, ..base.of(Event::Introspected) })?;
    }
    Ok(())
}
