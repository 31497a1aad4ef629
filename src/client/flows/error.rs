//! Why a flow came to nothing, by kind. None of these tells a secret: what a provider says in words
//! is told only where it holds none of those that were sent.

use std::borrow::Cow;

use super::super::forms::FormError;
use super::super::transport::TransportError;

/// Why a flow came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// No answer.
    #[error("{at}: {source}")]
    Transport {
        /// Which endpoint was asked.
        at: &'static str,
        /// Why there is none.
        source: TransportError,
    },
    /// A refusal in OAuth's own words (RFC 6749 §4.1.2.1 and §5.2, OpenID Connect Core §3.1.2.6).
    #[error("{at} answers {code}{}", told(.description))]
    OAuth {
        /// Which endpoint.
        at: &'static str,
        /// The error code.
        code: Box<str>,
        /// What it says beside it.
        description: Option<Box<str>>,
    },
    /// A status that says no more.
    #[error("{at} answers HTTP status {status}")]
    Status {
        /// Which endpoint.
        at: &'static str,
        /// The status.
        status: u16,
    },
    /// An answer that the protocol does not allow, or that must not be believed.
    #[error("{at}: {what}")]
    Protocol {
        /// Which endpoint.
        at: &'static str,
        /// What is wrong.
        what: Cow<'static, str>,
    },
    /// A page that the form driver can't answer.
    #[error("login page: {0}")]
    Form(#[from] FormError),
}

impl FlowError {
    pub(super) const fn protocol(at: &'static str, what: &'static str) -> Self {
        Self::Protocol { at, what: Cow::Borrowed(what) }
    }

    /// What tables of errors count it under: an OAuth error code, `http_503`, `timeout`…
    pub fn kind(&self) -> Cow<'_, str> {
        match self {
            Self::Transport { source, .. } => Cow::Borrowed(source.kind()),
            Self::OAuth { code, .. } => Cow::Borrowed(code),
            Self::Status { status, .. } => Cow::Owned(format!("http_{status}")),
            Self::Protocol { .. } => Cow::Borrowed("protocol"),
            Self::Form(_) => Cow::Borrowed("form"),
        }
    }

    /// Whether the provider refused the token or code that it was given (`invalid_grant`, RFC 6749
    /// §5.2). Some say `invalid_request` of a refresh token that is over, or `invalid_token`; a
    /// client's own faults have other codes.
    pub fn is_invalid_grant(&self) -> bool {
        let refusals = ["invalid_grant", "invalid_request", "invalid_token"];
        matches!(self, Self::OAuth { code, .. } if refusals.contains(&&**code))
    }
}

/// An error code or description as it may be shown: printable, short, and without secrets.
pub(super) fn shown(text: &str, secrets: &[&str]) -> Option<Box<str>> {
    let hides = secrets.iter().any(|secret| secret.len() > 3 && text.contains(secret));
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    (!hides && !text.is_empty())
        .then(|| text.chars().take(200).map(plain).collect::<String>().into())
}

fn told(description: &Option<Box<str>>) -> String {
    description.as_ref().map_or_else(String::new, |words| format!(" ({words})"))
}
