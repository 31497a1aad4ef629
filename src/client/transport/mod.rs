//! HTTP/1.1 to a few hosts, as lean as a load test needs it: a pool of connections for each host,
//! bounded, so that callers wait; no task and no lock beside the caller's own.
//!
//! A [`Transport`] belongs to one thread and its current-thread runtime. Threads share nothing but
//! the [`Trust`] in certificates.

mod error;
mod line;
mod pool;
mod request;
mod tls;
mod wire;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::header::HeaderValue;
use hyper::http::uri::Scheme;
use hyper::{HeaderMap, Method, Request, StatusCode, Uri};

use super::target::Targets;
pub use error::TransportError;
use line::{Answered, Line, Unanswered, Wanted};
use pool::Pool;
use request::{write_form, write_request};
pub use tls::Trust;

/// How a transport behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The most connections to one host; further requests wait.
    pub connections: usize,
    /// How long connecting may take, TLS included.
    pub connect_timeout: Duration,
    /// How long a whole answer may take, from the send.
    pub request_timeout: Duration,
    /// The most bytes of a body.
    pub body_limit: usize,
    /// Which hosts may be asked.
    pub targets: Targets,
    /// Whose certificates are believed; without, there is no https.
    pub trust: Option<Trust>,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// When the request was sent: a connection was there.
    pub sent_at: Instant,
    /// When the last byte of the answer had come.
    pub answered_at: Instant,
}

/// Connections of one thread.
#[derive(Debug)]
pub struct Transport {
    settings: Settings,
    pools: RefCell<Vec<Rc<Pool>>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: 64,
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            body_limit: 1 << 20,
            targets: Targets::default(),
            trust: None,
        }
    }
}

impl Transport {
    /// A transport without connections yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, pools: RefCell::default() }
    }

    /// Which hosts it may ask.
    pub fn targets(&self) -> &Targets {
        &self.settings.targets
    }

    /// Sends `request`, whose address is absolute, and waits for the whole answer. While every
    /// connection is in use it waits for one.
    ///
    /// A request that found a connection closed before anything of it was sent is sent again on
    /// another one, and so is one without side effects (RFC 9110 §9.2.2) if a connection that had
    /// been used before broke.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Answer, TransportError> {
        let wanted = Wanted {
            limit: self.settings.body_limit,
            headers: true,
            is_head: *request.method() == Method::HEAD,
        };
        let is_safe = *request.method() == Method::GET;
        let write = |out: &mut Vec<u8>, pool: &Pool| {
            write_request(out, &request, pool.host_header());
        };
        self.exchange(request.uri(), wanted, is_safe, write).await
    }

    /// Posts a form, and waits for the whole answer, whose headers are not told: what a client asks
    /// most often, with the least of work.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn post(
        &self,
        address: &Uri,
        authorization: Option<&HeaderValue>,
        form: &str,
    ) -> Result<Answer, TransportError> {
        let wanted = Wanted { limit: self.settings.body_limit, headers: false, is_head: false };
        let write = |out: &mut Vec<u8>, pool: &Pool| {
            write_form(out, (address, pool.host_header()), authorization, form);
        };
        self.exchange(address, wanted, false, write).await
    }

    async fn exchange(
        &self,
        address: &Uri,
        wanted: Wanted,
        is_safe: bool,
        write: impl Fn(&mut Vec<u8>, &Pool),
    ) -> Result<Answer, TransportError> {
        let pool = self.pool(address)?;
        let _permit = pool.permit().await;
        let mut fresh = false;
        loop {
            let (mut line, is_new) = self.line(&pool, fresh).await?;
            let sent_at = Instant::now();
            let asked = line.ask(|out| write(out, &pool), wanted);
            let asked = tokio::time::timeout(self.settings.request_timeout, asked).await;
            match asked.map_err(|_| TransportError::Timeout)? {
                Ok(Answered { status, headers, body }) => {
                    let answered_at = Instant::now();
                    // Whether it still stands is looked at before it is used again.
                    pool.keep(line);
                    return Ok(Answer { status, headers, body, sent_at, answered_at });
                }
                Err(Unanswered { error, .. }) if is_new => return Err(error),
                Err(Unanswered { error, is_unsent }) => {
                    let broke = matches!(error, TransportError::Closed | TransportError::Reset);
                    let may_be_again = is_unsent || (broke && is_safe);
                    if !may_be_again {
                        return Err(error);
                    }
                    fresh = true;
                }
            }
        }
    }

    /// A connection that is free, or else a new one, and whether it is new.
    async fn line(&self, pool: &Pool, fresh: bool) -> Result<(Line, bool), TransportError> {
        while let Some(mut line) = pool.take().filter(|_| !fresh) {
            if line.is_ready().await {
                return Ok((line, false));
            }
        }
        let connecting = pool.connect(self.settings.trust.as_ref());
        match tokio::time::timeout(self.settings.connect_timeout, connecting).await {
            Ok(line) => Ok((line?, true)),
            Err(_) => {
                let reason = "no connection in time".to_owned();
                Err(TransportError::Connect { host: pool.name().to_owned(), reason })
            }
        }
    }

    /// The pool of an address's host: the only way to one, and so where it is checked.
    fn pool(&self, address: &Uri) -> Result<Rc<Pool>, TransportError> {
        let strange = || TransportError::Protocol("a request without a host".to_owned());
        let is_tls = address.scheme() == Some(&Scheme::HTTPS);
        let authority = address.authority().ok_or_else(strange)?;
        let known = self.pools.borrow();
        if let Some(pool) = known.iter().find(|pool| pool.is_of(is_tls, authority)) {
            return Ok(Rc::clone(pool));
        }
        drop(known);
        let url = url::Url::parse(&format!("{}://{authority}", address.scheme_str().unwrap_or("")));
        let url = url.map_err(|_| strange())?;
        self.settings.targets.check(&url)?;
        let pool = Rc::new(Pool::new(&url, authority.clone(), self.settings.connections)?);
        self.pools.borrow_mut().push(Rc::clone(&pool));
        Ok(pool)
    }
}
