//! Why no answer came.

use std::io;

use super::super::target::TargetError;

/// Why a request got no answer. None of these says anything of what was sent.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The host may not be asked.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// No connection could be made.
    #[error("cannot connect to {host}: {reason}")]
    Connect {
        /// Host and port.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// The provider's certificate or its TLS is not acceptable.
    #[error("TLS with {host} failed: {reason}")]
    Tls {
        /// Host and port.
        host: String,
        /// What is wrong.
        reason: String,
    },
    /// No whole answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection was reset.
    #[error("the connection was reset")]
    Reset,
    /// The connection was closed before the answer was whole.
    #[error("the connection was closed before the answer was whole")]
    Closed,
    /// The answer is longer than allowed.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// The most bytes that a body may have.
        limit: usize,
    },
    /// It is no HTTP.
    #[error("the answer is no HTTP: {0}")]
    Protocol(String),
}

impl TransportError {
    /// The kind of the error, as tables of errors name it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Target(_) => "target",
            Self::Connect { .. } => "connect",
            Self::Tls { .. } => "tls",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Closed => "closed",
            Self::TooLarge { .. } => "too_large",
            Self::Protocol(_) => "protocol",
        }
    }
}

impl From<io::Error> for TransportError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Self::Reset,
            // TLS that ends without a word.
            io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Protocol(error.to_string()),
        }
    }
}
