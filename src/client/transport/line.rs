//! One connection: HTTP/1.1 (RFC 9112) as far as a client of a provider needs it. It is driven by
//! whoever waits for an answer on it: there is no task beside.
//!
//! A general client's connection costs several times the processor time of what it is asked here,
//! a small form and a small answer, and a load tester's own work is time that the server lacks.

use std::future::poll_fn;
use std::io::{self, Write as _};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::TransportError;

/// Room for an answer's head, or a piece of its body, to begin with.
const ROOM: usize = 8 << 10;
/// The longest head, and the longest line between chunks.
const LONGEST_HEAD: usize = 64 << 10;
/// The most headers of an answer.
const MOST_HEADERS: usize = 100;

/// Bytes in both directions, perhaps through TLS.
#[derive(Debug)]
pub(super) enum Wire {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection that is not over.
#[derive(Debug)]
pub(super) struct Line {
    wire: Wire,
    /// What was read and not yet taken stands at `unread`.
    buffer: Vec<u8>,
    unread: Range<usize>,
    out: Vec<u8>,
    over: bool,
}

/// A whole answer.
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A request that got no answer, and whether nothing of it was sent.
pub(super) struct Unanswered {
    pub(super) error: TransportError,
    pub(super) is_unsent: bool,
}

/// How an answer's body ends (RFC 9112 §6.3).
enum Length {
    Known(u64),
    Chunked,
    UntilClose,
}

impl Line {
    pub(super) fn new(wire: Wire) -> Self {
        Self { wire, buffer: vec![0; ROOM], unread: 0..0, out: Vec::new(), over: false }
    }

    /// Whether another request can be sent: the other side may have closed it meanwhile, and whoever
    /// answers unasked is not to be believed.
    pub(super) async fn is_ready(&mut self) -> bool {
        if self.over || !self.unread.is_empty() {
            return false;
        }
        let mut byte = [0];
        let wire = &mut self.wire;
        let silent = poll_fn(|context| {
            let mut room = ReadBuf::new(&mut byte);
            Poll::Ready(Pin::new(&mut *wire).poll_read(context, &mut room).is_pending())
        });
        self.over = !silent.await;
        !self.over
    }

    /// Sends `request` and waits for the whole answer, whose body has at most `limit` bytes.
    pub(super) async fn ask(
        &mut self,
        request: &Request<Bytes>,
        host: &HeaderValue,
        limit: usize,
    ) -> Result<Answered, Unanswered> {
        // Over unless the answer is whole, whoever drops this before.
        let was_over = std::mem::replace(&mut self.over, true);
        write_head(&mut self.out, request, host);
        if was_over || self.out.is_empty() {
            return Err(Unanswered { error: TransportError::Closed, is_unsent: true });
        }
        self.send().await?;
        let answered = self.answer(request.method(), limit).await;
        answered.map_err(|error| Unanswered { error, is_unsent: false })
    }

    async fn send(&mut self) -> Result<(), Unanswered> {
        let mut sent = 0;
        while sent < self.out.len() {
            let (wire, rest) = (&mut self.wire, &self.out[sent..]);
            let written = poll_fn(|context| Pin::new(&mut *wire).poll_write(context, rest)).await;
            match written {
                Ok(0) => return Err(unanswered(TransportError::Closed, sent)),
                Ok(count) => sent += count,
                Err(error) => return Err(unanswered(error.into(), sent)),
            }
        }
        if let Wire::Tls(stream) = &mut self.wire {
            let flushed = poll_fn(|context| Pin::new(&mut **stream).poll_flush(context)).await;
            flushed.map_err(|error| unanswered(error.into(), sent))?;
        }
        Ok(())
    }

    async fn answer(&mut self, method: &Method, limit: usize) -> Result<Answered, TransportError> {
        let (status, headers, goes_on) = loop {
            match self.head()? {
                // RFC 9110 §15.2: more is to come.
                Some((status, ..)) if status.is_informational() && status != 101 => {}
                Some(head) => break head,
                None => self.fill(LONGEST_HEAD).await?,
            }
        };
        let length = length(&headers, status, method)?;
        let until_close = matches!(length, Length::UntilClose);
        let body = match length {
            Length::Known(length) => self.known(length, limit).await?,
            Length::Chunked => self.chunked(limit).await?,
            Length::UntilClose => self.until_close(limit).await?,
        };
        self.over = until_close || !goes_on;
        Ok(Answered { status, headers, body })
    }

    /// The head of an answer, if it is all there, and whether the connection goes on after it.
    fn head(&mut self) -> Result<Option<(StatusCode, HeaderMap, bool)>, TransportError> {
        let unread = &self.buffer[self.unread.clone()];
        let mut room = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut parsed = httparse::Response::new(&mut room);
        let length = match parsed.parse(unread) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(error) => return Err(TransportError::Protocol(error.to_string())),
        };
        let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok());
        let status = status.ok_or_else(|| protocol("its status is none"))?;
        // One copy for all values.
        let whole = Bytes::copy_from_slice(&unread[..length]);
        let mut headers = HeaderMap::with_capacity(parsed.headers.len());
        let mut goes_on = parsed.version == Some(1);
        for told in parsed.headers.iter() {
            let start = told.value.as_ptr() as usize - unread.as_ptr() as usize;
            let value = whole.slice(start..start + told.value.len());
            let name = HeaderName::from_bytes(told.name.as_bytes());
            let value = HeaderValue::from_maybe_shared(value);
            let (Ok(name), Ok(value)) = (name, value) else {
                return Err(protocol("a header is none"));
            };
            if name == header::CONNECTION && has_word(&value, "close") {
                goes_on = false;
            }
            headers.append(name, value);
        }
        self.unread.start += length;
        Ok(Some((status, headers, goes_on)))
    }

    /// A body of so many bytes.
    async fn known(&mut self, length: u64, limit: usize) -> Result<Bytes, TransportError> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > limit {
            return Err(TransportError::TooLarge { limit });
        }
        if self.unread.len() >= length {
            let start = self.unread.start;
            self.unread.start += length;
            return Ok(Bytes::copy_from_slice(&self.buffer[start..start + length]));
        }
        let mut body = Vec::with_capacity(length);
        self.take(length, &mut body).await?;
        Ok(body.into())
    }

    /// A body in chunks (RFC 9112 §7.1); what follows the last one is read and dropped.
    async fn chunked(&mut self, limit: usize) -> Result<Bytes, TransportError> {
        let mut body = Vec::new();
        loop {
            let line = self.line().await?;
            let size = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
            let size = std::str::from_utf8(size).ok();
            let is_hex = |size: &&str| size.bytes().all(|byte| byte.is_ascii_hexdigit());
            let size = size.filter(is_hex).and_then(|size| usize::from_str_radix(size, 16).ok());
            let size = size.ok_or_else(|| protocol("a chunk without a size"))?;
            if size == 0 {
                while !self.line().await?.is_empty() {}
                return Ok(body.into());
            }
            if size > limit || body.len() + size > limit {
                return Err(TransportError::TooLarge { limit });
            }
            self.take(size, &mut body).await?;
            if !self.line().await?.is_empty() {
                return Err(protocol("a chunk that is longer than its size"));
            }
        }
    }

    async fn until_close(&mut self, limit: usize) -> Result<Bytes, TransportError> {
        let mut body = Vec::new();
        loop {
            body.extend_from_slice(&self.buffer[self.unread.clone()]);
            self.unread = 0..0;
            if body.len() > limit {
                return Err(TransportError::TooLarge { limit });
            }
            match self.fill(LONGEST_HEAD).await {
                Ok(()) => {}
                Err(TransportError::Closed) => return Ok(body.into()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Moves so many bytes to the end of `body`.
    async fn take(&mut self, count: usize, body: &mut Vec<u8>) -> Result<(), TransportError> {
        let mut left = count;
        while left > 0 {
            if self.unread.is_empty() {
                self.fill(LONGEST_HEAD).await?;
            }
            let now = left.min(self.unread.len());
            let start = self.unread.start;
            body.extend_from_slice(&self.buffer[start..start + now]);
            self.unread.start += now;
            left -= now;
        }
        Ok(())
    }

    /// A line without its end.
    async fn line(&mut self) -> Result<Vec<u8>, TransportError> {
        loop {
            let unread = &self.buffer[self.unread.clone()];
            if let Some(end) = unread.windows(2).position(|pair| pair == b"\r\n") {
                let line = unread[..end].to_vec();
                self.unread.start += end + 2;
                return Ok(line);
            }
            self.fill(LONGEST_HEAD).await?;
        }
    }

    /// Reads more behind what is unread, of which there may be at most `most`.
    async fn fill(&mut self, most: usize) -> Result<(), TransportError> {
        if self.unread.is_empty() {
            self.unread = 0..0;
        } else if self.unread.end == self.buffer.len() {
            self.buffer.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        if self.unread.end == self.buffer.len() {
            if self.buffer.len() >= most {
                return Err(TransportError::TooLarge { limit: most });
            }
            self.buffer.resize(2 * self.buffer.len(), 0);
        }
        let (wire, end) = (&mut self.wire, self.unread.end);
        let buffer = &mut self.buffer[end..];
        let count = poll_fn(|context| {
            let mut room = ReadBuf::new(buffer);
            let read = Pin::new(&mut *wire).poll_read(context, &mut room);
            read.map_ok(|()| room.filled().len())
        });
        match count.await {
            Ok(0) => Err(TransportError::Closed),
            Ok(count) => {
                self.unread.end += count;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn unanswered(error: TransportError, sent: usize) -> Unanswered {
    Unanswered { error, is_unsent: sent == 0 }
}

fn protocol(what: &str) -> TransportError {
    TransportError::Protocol(what.to_owned())
}

/// Whether a comma-separated header says `word`.
fn has_word(value: &HeaderValue, word: &str) -> bool {
    let mut words = value.as_bytes().split(|byte| *byte == b',');
    words.any(|own| own.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
}

/// The request as it stands on the wire: origin form and `Host` (RFC 9112 §3.2.1).
fn write_head(out: &mut Vec<u8>, request: &Request<Bytes>, host: &HeaderValue) {
    out.clear();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let _ = write!(out, "{} {path} HTTP/1.1\r\nhost: ", request.method());
    out.extend_from_slice(host.as_bytes());
    for (name, value) in request.headers() {
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
    }
    let body = request.body();
    if !body.is_empty() || *request.method() == Method::POST {
        let _ = write!(out, "\r\ncontent-length: {}", body.len());
    }
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(body);
}

fn length(
    headers: &HeaderMap,
    status: StatusCode,
    method: &Method,
) -> Result<Length, TransportError> {
    if *method == Method::HEAD || status == 204 || status == 304 {
        return Ok(Length::Known(0));
    }
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(protocol("it changes the protocol unasked"));
    }
    if let Some(coding) = headers.get(header::TRANSFER_ENCODING) {
        // Both would be two opinions of where it ends (RFC 9112 §6.3, rule 3).
        let one = headers.get_all(header::TRANSFER_ENCODING).iter().count() == 1;
        let is_chunked = coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked");
        return match one && is_chunked && !headers.contains_key(header::CONTENT_LENGTH) {
            true => Ok(Length::Chunked),
            false => Err(protocol("it has another transfer coding than chunked, or a length too")),
        };
    }
    let mut told = headers.get_all(header::CONTENT_LENGTH).iter();
    let Some(first) = told.next() else { return Ok(Length::UntilClose) };
    let text = first.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match text.and_then(|text| text.parse().ok()) {
        Some(length) if told.all(|other| other == first) => Ok(Length::Known(length)),
        _ => Err(protocol("its length is none")),
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
