//! What an OpenID client asks of a provider: login, silent authentication, refresh, questions about
//! tokens, revocation, logout. One file for each.
//!
//! Nothing is remembered here but cookies: whoever drives a flow holds the tokens, and decides what
//! to ask next.

mod authorize;
mod browse;
mod discovery;
mod error;
mod id_token;
mod logout;
mod registration;
mod tokens;

#[cfg(test)]
mod tests;

use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::{Request, Uri};
use url::Url;

use super::cookies::Jar;
use super::forms::Fields;
use super::secret::Secret;
use super::transport::{Answer, Transport, TransportError};
use crate::oidc::Metadata;
use authorize::Asked;
pub use authorize::{Login, Silent};
pub use discovery::discover;
pub use error::FlowError;
pub use registration::{Client, ClientAuth, Parameters, Registration};
pub use tokens::Tokens;

/// A provider, as one thread asks it.
#[derive(Debug)]
pub struct Provider {
    transport: Rc<Transport>,
    metadata: Metadata,
    fields: Fields,
    authorization: Url,
    token: Uri,
    userinfo: Option<Uri>,
    introspection: Option<Uri>,
    revocation: Option<Uri>,
    end_session: Option<Url>,
}

/// One browser: its cookies.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// Its cookies.
    pub jar: Jar,
    /// The provider's time in seconds since the Unix epoch, where it is not the real one: what is
    /// over is told by it.
    pub now: Option<i64>,
    /// Requests that a page answered.
    pending: Vec<Asked>,
}

/// When a flow's requests were under way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trip {
    /// When the first request was sent.
    pub sent_at: Option<Instant>,
    /// When the last answer was whole.
    pub answered_at: Option<Instant>,
    /// How many requests were answered.
    pub requests: u32,
    /// The first of them: which endpoint's flow, and the time from its send to the end of its answer.
    pub exchanges: [Option<(&'static str, Duration)>; MOST_EXCHANGES],
}

/// So many exchanges of a flow are told one by one.
const MOST_EXCHANGES: usize = 12;

impl Provider {
    /// A provider that says `metadata` of itself, asked over `transport`.
    ///
    /// # Errors
    /// If an endpoint is no address, or one that may not be asked.
    pub fn new(
        transport: Rc<Transport>,
        metadata: Metadata,
        fields: Fields,
    ) -> Result<Self, FlowError> {
        discovery::check(transport.targets(), &metadata)?;
        let uri =
            |address: &Option<String>| address.as_ref().map(|to| discovery::uri(to)).transpose();
        let end_session = metadata.end_session_endpoint.as_ref();
        Ok(Self {
            authorization: discovery::url(&metadata.authorization_endpoint)?,
            token: discovery::uri(&metadata.token_endpoint)?,
            userinfo: uri(&metadata.userinfo_endpoint)?,
            introspection: uri(&metadata.introspection_endpoint)?,
            revocation: uri(&metadata.revocation_endpoint)?,
            end_session: end_session.map(|to| discovery::url(to)).transpose()?,
            transport,
            metadata,
            fields,
        })
    }

    /// What it says of itself.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    async fn send(
        &self,
        at: &'static str,
        request: Request<Bytes>,
        trip: &mut Trip,
    ) -> Result<Answer, FlowError> {
        let answer = self.transport.send(request).await;
        trip.take(at, answer)
    }

    /// Posts what `client` has to say in `form`; the answer's headers are not told.
    async fn post(
        &self,
        at: &'static str,
        (address, client): (&Uri, &Client),
        form: &str,
        trip: &mut Trip,
    ) -> Result<Answer, FlowError> {
        let answer = self.transport.post(address, client.authorization.as_ref(), form).await;
        trip.take(at, answer)
    }
}

impl Trip {
    /// Takes down when an answer was under way.
    fn take(
        &mut self,
        at: &'static str,
        answer: Result<Answer, TransportError>,
    ) -> Result<Answer, FlowError> {
        let answer = answer.map_err(|source| FlowError::Transport { at, source })?;
        self.sent_at.get_or_insert(answer.sent_at);
        self.answered_at = Some(answer.answered_at);
        if let Some(exchange) = self.exchanges.get_mut(self.requests as usize) {
            *exchange = Some((at, answer.answered_at.duration_since(answer.sent_at)));
        }
        self.requests += 1;
        Ok(answer)
    }
}

/// 32 random bytes from the system's source.
fn random() -> Result<[u8; 32], FlowError> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| FlowError::protocol("this machine", "it gives no random bytes"))?;
    Ok(bytes)
}

/// A word that nobody can guess, for `state` and `nonce`.
fn unguessable() -> Result<String, FlowError> {
    Ok(crate::oidc::verifier(&random()?))
}

/// What a token says, for messages that must not say it.
fn exposed(token: Option<&Secret>) -> &str {
    token.map_or("", Secret::expose)
}
