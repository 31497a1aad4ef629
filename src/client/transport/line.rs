//! One connection. It is driven by whoever waits for an answer on it: there is no task beside.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::TransportError;

/// Bytes in both directions, perhaps through TLS.
#[derive(Debug)]
pub(super) enum Wire {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection that is not over.
#[derive(Debug)]
pub(super) struct Line {
    sender: SendRequest<Full<Bytes>>,
    driver: Connection<TokioIo<Wire>, Full<Bytes>>,
    over: bool,
}

/// A request that got no answer, and itself again where nothing of it was sent.
pub(super) struct Unanswered {
    pub(super) error: TransportError,
    pub(super) request: Option<Request<Full<Bytes>>>,
}

impl Line {
    pub(super) async fn new(wire: Wire) -> Result<Self, TransportError> {
        let (sender, driver) = http1::handshake(TokioIo::new(wire)).await?;
        Ok(Self { sender, driver, over: false })
    }

    /// Whether another request can be sent: the other side may have closed it meanwhile.
    pub(super) async fn is_ready(&mut self) -> bool {
        poll_fn(|context| {
            self.drive(context);
            Poll::Ready(())
        })
        .await;
        !self.over && self.sender.is_ready()
    }

    pub(super) async fn ask(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Unanswered> {
        let answer = self.sender.try_send_request(request);
        self.driving(answer).await.map_err(|mut error| {
            let request = error.take_message();
            Unanswered { error: error.into_error().into(), request }
        })
    }

    /// The whole body, of at most `limit` bytes.
    pub(super) async fn body(
        &mut self,
        mut body: Incoming,
        limit: usize,
    ) -> Result<Bytes, TransportError> {
        let told = body.size_hint().lower();
        if told > limit as u64 {
            return Err(TransportError::TooLarge { limit });
        }
        let mut first: Option<Bytes> = None;
        let mut whole = BytesMut::new();
        while let Some(frame) = self.driving(body.frame()).await {
            let Ok(data) = frame?.into_data() else { continue };
            if whole.len() + first.as_ref().map_or(0, Bytes::len) + data.len() > limit {
                return Err(TransportError::TooLarge { limit });
            }
            // Most bodies come in one piece, which is not copied.
            match first.take() {
                None if whole.is_empty() => first = Some(data),
                before => {
                    if let Some(before) = before {
                        whole.reserve((told as usize).max(before.len() + data.len()));
                        whole.extend_from_slice(&before);
                    }
                    whole.extend_from_slice(&data);
                }
            }
        }
        Ok(first.unwrap_or_else(|| whole.freeze()))
    }

    fn drive(&mut self, context: &mut Context<'_>) {
        if !self.over {
            self.over = Pin::new(&mut self.driver).poll(context).is_ready();
        }
    }

    /// What `future` comes to while bytes move.
    async fn driving<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|context| {
            self.drive(context);
            future.as_mut().poll(context)
        })
        .await
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(context, buffers),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(context, buffers),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
