//! Refusals by their registered codes (RFC 6749 §4.1.2.1 and §5.2, RFC 8707, OpenID Connect Core
//! §3.1.2.6).

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};

use super::answer::{Answer, json_text};

/// Why something was refused. The description is for developers; no secret ever stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OAuthError {
    /// The registered code.
    pub(super) code: &'static str,
    /// `error_description`.
    pub(super) description: &'static str,
}

/// How long a client should wait when there is no room, in seconds.
const RETRY_SECONDS: &str = "5";

impl OAuthError {
    pub(super) const fn new(code: &'static str, description: &'static str) -> Self {
        Self { code, description }
    }

    pub(super) const fn invalid_request(description: &'static str) -> Self {
        Self::new("invalid_request", description)
    }

    pub(super) const fn invalid_grant(description: &'static str) -> Self {
        Self::new("invalid_grant", description)
    }

    pub(super) const fn invalid_client(description: &'static str) -> Self {
        Self::new("invalid_client", description)
    }

    pub(super) const fn temporarily_unavailable(description: &'static str) -> Self {
        Self::new("temporarily_unavailable", description)
    }

    /// The status that goes with the code (RFC 6749 §5.2).
    pub(super) fn status(&self) -> StatusCode {
        match self.code {
            "invalid_client" | "invalid_token" => StatusCode::UNAUTHORIZED,
            "insufficient_scope" => StatusCode::FORBIDDEN,
            "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// As the token endpoint says it (RFC 6749 §5.2). A client that was told how to authenticate
    /// may not have known: `WWW-Authenticate` names the way.
    pub(super) fn answer(&self) -> Answer {
        let (code, description) = (self.code, json_text(self.description));
        let body = format!(r#"{{"error":"{code}","error_description":"{description}"}}"#);
        let answer = Answer::json(self.status(), code, body);
        match self.code {
            "invalid_client" => {
                answer.with(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"relogin\""))
            }
            "temporarily_unavailable" => {
                answer.with(RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS))
            }
            _ => answer,
        }
    }

    /// As a protected resource says it (RFC 6750 §3).
    pub(super) fn bearer_answer(&self) -> Answer {
        let (code, description) = (self.code, self.description);
        let challenge = format!(
            "Bearer realm=\"relogin\", error=\"{code}\", error_description=\"{description}\""
        );
        let mut answer = Answer::empty(self.status(), code);
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            answer = answer.with(WWW_AUTHENTICATE, challenge);
        }
        answer
    }
}

/// Nobody can tell what time it is, or there is no room.
pub(super) const NO_CLOCK: OAuthError =
    OAuthError::temporarily_unavailable("the server's clock cannot be read");
