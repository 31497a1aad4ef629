//! For which policies one count of gaps ([`Gaps`](super::Gaps)) is the exact answer at every idle
//! timeout, and from which timeout on.
//!
//! It is where the session lapses over the gaps of at least the timeout and no others, and where
//! every use that finds it lapsed is a login. What each rule below is about would renew the session
//! without a use, end it otherwise, or let a use go on without it.

use std::fmt;

use crate::model::{BindsAccessTokens, Lifetime, Limit, LogoutScope, Policy, Span};
use crate::trace::{Action, Record};

/// Why gaps are not the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotExact {
    /// Uses do not renew the session.
    Sliding,
    /// The session ends at a time of its own.
    AbsoluteTimeout,
    /// A refresh token outlives the session.
    RefreshTokens,
    /// Timers ask for tokens while nobody uses anything.
    Timers,
    /// Records of apps that ask by themselves do the same.
    Background,
    /// Administrators end sessions, while access tokens stay good.
    Revocations,
    /// A closed browser ends the session.
    Closing,
    /// A logout ends the session, but other apps keep their access tokens.
    Logouts,
    /// An access token never ends.
    EndlessTokens,
    /// The session is renewed in steps, or kept in ticks longer than a millisecond.
    Steps,
}

/// Whether `record` ends the session under `policy`.
pub fn ends_session(policy: &Policy, record: &Record) -> bool {
    match (record.action(), record.app()) {
        (Action::Logout, Some(app)) => policy.app(app).logout != LogoutScope::App,
        (Action::Close, _) => !policy.session.persistent,
        (Action::Revoke, _) => true,
        _ => false,
    }
}

/// From which idle timeout on gaps are the exact answer under `policy`, whatever its own idle
/// timeout, for a trace of that `length` that has these `actions`.
///
/// # Errors
/// Why they are not, at any timeout.
pub fn exact_from(policy: &Policy, actions: &[Action], length: Span) -> Result<Span, NotExact> {
    let (session, apps) = (&policy.session, policy.apps());
    let has = |action| actions.contains(&action);
    let outlives = |token: &crate::model::RefreshToken| !token.bound_to_session;
    let leaves_tokens = apps.len() > 1 && apps.iter().any(|app| app.logout == LogoutScope::Sso);
    let because = [
        (!session.slides_on.r#use, NotExact::Sliding),
        (session.absolute_timeout <= Limit::of(length), NotExact::AbsoluteTimeout),
        (
            session.slide_interval > Span::ZERO || policy.layout().tick() > Span::from_millis(1),
            NotExact::Steps,
        ),
        (policy.has_timers(), NotExact::Timers),
        (
            apps.iter().any(|app| app.refresh_token.as_ref().is_some_and(outlives)),
            NotExact::RefreshTokens,
        ),
        (has(Action::Background), NotExact::Background),
        (has(Action::Revoke), NotExact::Revocations),
        (has(Action::Close) && !session.persistent, NotExact::Closing),
        (has(Action::Logout) && leaves_tokens, NotExact::Logouts),
    ];
    if let Some((_, why)) = because.into_iter().find(|(is_so, _)| *is_so) {
        return Err(why);
    }
    if session.binds_access_tokens == BindsAccessTokens::Session {
        return Ok(Span::ZERO);
    }
    // A longer access token would be used after the session has lapsed.
    let mut from = Span::ZERO;
    for token in apps.iter().flat_map(|app| &app.tokens) {
        let longest = match token.lifetime {
            Lifetime::Fixed(limit) => limit.span().ok_or(NotExact::EndlessTokens)?,
            Lifetime::Between { max, .. } => max,
        };
        from = from.max(longest);
    }
    Ok(from)
}

impl fmt::Display for NotExact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sliding => "uses do not renew the session (session.slides_on lacks `use`)",
            Self::AbsoluteTimeout => "the absolute timeout ends sessions too",
            Self::RefreshTokens => "a refresh token outlives the session",
            Self::Timers => "timers ask for tokens while nobody uses anything",
            Self::Background => "the activity has background records",
            Self::Revocations => "the activity has revocations",
            Self::Closing => "a closed browser ends the session",
            Self::Logouts => "a logout leaves other apps their access tokens",
            Self::EndlessTokens => "an access token never ends",
            Self::Steps => "the session is not renewed to the millisecond at each use",
        })
    }
}
