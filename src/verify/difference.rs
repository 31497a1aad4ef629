//! Where a provider and the model disagree, and which limit it is about.

use super::Observed;
use super::prediction::Predicted;
use crate::model::{
    Access, AccessToken, Agent, AppState, Fact, IdpSession, Instant, LoginCause, Outcome, Policy,
    RefreshCause, Span,
};

/// One event that went another way than predicted.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The event.
    pub predicted: Predicted,
    /// What was observed, in a word: an outcome, or the kind of an error.
    pub observed: String,
    /// Whether a refresh token was refused.
    pub refresh_refused: bool,
    /// What the provider said, where it was no outcome.
    pub error: Option<String>,
    /// What the model believed before the event.
    pub believed: Believed,
    /// What they disagree about, as a sentence.
    pub clue: String,
}

/// What the model believed of an agent before an event, as far as the event touches it.
#[derive(Clone, Debug)]
pub struct Believed {
    /// The IdP session.
    pub session: IdpSession,
    /// When it ends by idleness, and absolutely.
    pub session_ends: (Instant, Instant),
    /// The app, its access token for the API, and when its refresh token ends by idleness and
    /// absolutely.
    pub app: Option<(AppState, AccessToken, (Instant, Instant))>,
}

pub(super) fn explain(
    policy: &Policy,
    agent: &Agent,
    predicted: &Predicted,
    observed: Observed,
) -> Difference {
    let believed = believed(policy, agent, &predicted.fact);
    let error = observed.outcome.as_ref().err().map(ToString::to_string);
    let word = match &observed.outcome {
        Ok(Some(outcome)) => outcome.word().to_owned(),
        Ok(None) => "done".to_owned(),
        Err(error) => error.kind().into_owned(),
    };
    let clue = match (&predicted.fact, &observed.outcome) {
        (Fact::Access(access), Ok(Some(outcome))) => {
            clue(access, *outcome, observed.refresh_refused, &believed, predicted.at)
        }
        _ => {
            format!("the provider answers neither so nor so: {}", error.as_deref().unwrap_or(&word))
        }
    };
    Difference {
        predicted: *predicted,
        observed: word,
        refresh_refused: observed.refresh_refused,
        error,
        believed,
        clue,
    }
}

fn believed(policy: &Policy, agent: &Agent, fact: &Fact) -> Believed {
    let session = agent.session;
    let limits = &policy.session;
    let app = match fact {
        Fact::Access(access) => {
            let app = agent.apps[access.app.index()];
            let slot = policy.layout().slot(access.app, access.api);
            let token = slot.map_or(AccessToken::NONE, |slot| agent.tokens[slot]);
            let ends = policy.app(access.app).refresh_token.map(|limits| {
                (
                    app.refresh_last + limits.idle_lifetime,
                    app.refresh_family + limits.absolute_lifetime,
                )
            });
            Some((app, token, ends.unwrap_or((Instant::NEVER, Instant::NEVER))))
        }
        _ => None,
    };
    let ends = (session.slid + limits.idle_timeout, session.created + limits.absolute_timeout);
    Believed { session, session_ends: ends, app }
}

/// Which limit of the two sides is not the same.
fn clue(
    access: &Access,
    observed: Outcome,
    refused: bool,
    believed: &Believed,
    now: Instant,
) -> String {
    let (app, token, refresh_ends) = believed.app.as_ref().expect("an access has an app");
    let predicted = access.outcome;
    if observed == Outcome::Valid {
        return format!(
            "the provider still accepts the access token {}",
            after(token.exp, now, "exp")
        );
    }
    if predicted == Outcome::Valid {
        let when = before(token.exp, now, "exp");
        return format!("the provider no longer accepts the access token, {when}");
    }
    if observed == Outcome::Refresh {
        return match access.refresh_cause {
            Some(RefreshCause::Idle) => {
                format!(
                    "the provider still accepts the refresh token {}",
                    after(refresh_ends.0, now, "idle lifetime")
                )
            }
            Some(RefreshCause::Absolute) => {
                let when = after(refresh_ends.1, now, "absolute lifetime");
                format!("the provider still accepts the refresh token {when}")
            }
            Some(RefreshCause::Session) => {
                let session = over(believed, now);
                format!(
                    "the provider still accepts the refresh token, although its session {session}"
                )
            }
            Some(RefreshCause::None) => {
                "the provider gives refresh tokens, and the policy knows none".to_owned()
            }
            cause => format!(
                "the provider still accepts the refresh token, and the policy calls it {}",
                cause.map_or("unused", RefreshCause::word)
            ),
        };
    }
    if predicted == Outcome::Refresh {
        if !refused {
            return "the client holds no refresh token: the provider gave none".to_owned();
        }
        let (end, which) = first(*refresh_ends, "idle lifetime", "absolute lifetime");
        return format!("the provider refuses the refresh token, {}", before(end, now, which));
    }
    if refused != access.refresh_refused {
        return match (refused, app.holds_refresh) {
            (true, _) => "the provider gave a refresh token that the policy does not know of, and \
                          refuses it"
                .to_owned(),
            (false, _) => "the client holds no refresh token that could be refused: the provider \
                           gave none"
                .to_owned(),
        };
    }
    if observed == Outcome::Silent {
        return format!(
            "the provider's session is still good, although it {}",
            over(believed, now)
        );
    }
    let (end, which) = first(believed.session_ends, "idle timeout", "absolute timeout");
    format!("the provider has no session any more, {}", before(end, now, which))
}

/// How the model says that the session ended.
fn over(believed: &Believed, now: Instant) -> String {
    match believed.session.ended {
        Some(LoginCause::First) => "never began".to_owned(),
        Some(cause) => format!("ended before ({})", cause.word()),
        None => {
            let (end, which) = first(believed.session_ends, "idle timeout", "absolute timeout");
            format!("ended: it is {}", after(end, now, which))
        }
    }
}

/// The limit that is reached first; the absolute one on a tie, as in the model.
fn first(
    (idle, absolute): (Instant, Instant),
    idle_name: &'static str,
    absolute_name: &'static str,
) -> (Instant, &'static str) {
    if idle < absolute { (idle, idle_name) } else { (absolute, absolute_name) }
}

fn before(end: Instant, now: Instant, which: &str) -> String {
    match end.finite() {
        None => "although nothing in the policy ends it".to_owned(),
        Some(end) if now < end => format!("{} before its {which}{}", end - now, hint(end - now)),
        Some(end) => format!("{} after its {which}", now - end),
    }
}

fn after(end: Instant, now: Instant, which: &str) -> String {
    match end.finite() {
        None => format!("that has no {which}"),
        Some(end) if now == end => format!("at its {which}{}", hint(Span::ZERO)),
        Some(end) if now > end => format!("{} after its {which}{}", now - end, hint(now - end)),
        Some(end) => format!("{} before its {which}", end - now),
    }
}

/// What a small distance hints at.
fn hint(distance: Span) -> &'static str {
    match distance.as_millis() {
        0..=1_000 => " (so near: look at `tick` and `expires` of [policy.clock])",
        1_001..=60_000 => " (so near: look at `clock_tolerance`)",
        _ => "",
    }
}
