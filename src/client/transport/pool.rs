//! The connections to one host.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;

use hyper::header::HeaderValue;
use hyper::http::uri::Authority;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_rustls::rustls::pki_types::ServerName;
use url::{Host, Url};

use super::line::Line;
use super::wire::Wire;
use super::{TransportError, Trust};
use crate::client::target::is_loopback;

/// Connections to one host that wait for work, and how many more there may be.
#[derive(Debug)]
pub(super) struct Pool {
    is_tls: bool,
    authority: Authority,
    /// Host and port, for messages.
    name: String,
    host: Host<String>,
    port: u16,
    host_header: HeaderValue,
    idle: RefCell<Vec<Line>>,
    permits: Semaphore,
}

/// What is wrong with a certificate; of what happens often, how it is mended.
fn told(reason: &str) -> String {
    match reason.contains("CaUsedAsEndEntity") {
        true => {
            "the server's certificate is one of an authority (CA:TRUE), which no server may use: \
                 make one with basicConstraints CA:FALSE"
                .to_owned()
        }
        false => reason.to_owned(),
    }
}

impl Pool {
    pub(super) fn new(
        address: &Url,
        authority: Authority,
        connections: usize,
    ) -> Result<Self, TransportError> {
        let strange = || TransportError::Protocol("a request without a host".to_owned());
        let host = address.host().ok_or_else(strange)?.to_owned();
        let port = address.port_or_known_default().ok_or_else(strange)?;
        let header = match address.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_string(),
        };
        Ok(Self {
            is_tls: address.scheme() == "https",
            authority,
            name: format!("{host}:{port}"),
            host,
            port,
            host_header: HeaderValue::from_str(&header).map_err(|_| strange())?,
            idle: RefCell::default(),
            permits: Semaphore::new(connections.max(1)),
        })
    }

    pub(super) fn is_of(&self, is_tls: bool, authority: &Authority) -> bool {
        self.is_tls == is_tls && self.authority == *authority
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn host_header(&self) -> &HeaderValue {
        &self.host_header
    }

    /// The right to one connection; it waits until there is one.
    pub(super) async fn permit(&self) -> SemaphorePermit<'_> {
        self.permits.acquire().await.expect("a pool's semaphore is never closed")
    }

    /// The connection that was used last: the one that most likely still stands.
    pub(super) fn take(&self) -> Option<Line> {
        self.idle.borrow_mut().pop()
    }

    pub(super) fn keep(&self, line: Line) {
        self.idle.borrow_mut().push(line);
    }

    pub(super) async fn connect(&self, trust: Option<&Trust>) -> Result<Line, TransportError> {
        let failed = |error: io::Error| TransportError::Connect {
            host: self.name.clone(),
            reason: error.to_string(),
        };
        let addresses = self.addresses().await.map_err(failed)?;
        let stream = TcpStream::connect(&addresses[..]).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        if !self.is_tls {
            return Ok(Line::new(Wire::Plain(stream)));
        }
        let refused = |reason: String| TransportError::Tls { host: self.name.clone(), reason };
        let trust = trust.ok_or_else(|| refused("https is not set up".to_owned()))?;
        let name = match &self.host {
            Host::Domain(name) => {
                ServerName::try_from(name.clone()).map_err(|error| refused(error.to_string()))?
            }
            Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(*address)),
            Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(*address)),
        };
        let stream = trust.connector().connect(name, stream).await;
        let stream = stream.map_err(|error| refused(told(&error.to_string())))?;
        Ok(Line::new(Wire::Tls(Box::new(stream))))
    }

    /// Where the host is. What is called `localhost` must be here, whatever a name server says.
    async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let mut addresses: Vec<SocketAddr> = match &self.host {
            Host::Ipv4(address) => vec![((*address), self.port).into()],
            Host::Ipv6(address) => vec![((*address), self.port).into()],
            Host::Domain(name) => {
                tokio::net::lookup_host((name.as_str(), self.port)).await?.collect()
            }
        };
        if is_loopback(&self.host) {
            addresses.retain(|address| address.ip().to_canonical().is_loopback());
        }
        if addresses.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the host has no address"));
        }
        Ok(addresses)
    }
}
