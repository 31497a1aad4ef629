//! One connection: HTTP/1.1 (RFC 9112) as far as a client of a provider needs it. It is driven by
//! whoever waits for an answer on it: there is no task beside.
//!
//! A general client's connection costs several times the processor time of what it is asked here,
//! a small form and a small answer, and a load tester's own work is time that the server lacks.

use std::future::poll_fn;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::pin::Pin;
use std::task::Poll;

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::TransportError;
use super::wire::Wire;

/// Room for an answer's head, or a piece of its body, to begin with.
const ROOM: usize = 8 << 10;
/// The longest head, and the longest line between chunks.
const LONGEST_HEAD: usize = 64 << 10;
/// The most headers of an answer.
const MOST_HEADERS: usize = 100;

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

/// What is wanted of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// The most bytes of its body.
    pub(super) limit: usize,
    /// Its headers; else none are told.
    pub(super) headers: bool,
    /// It is the answer to `HEAD`.
    pub(super) is_head: bool,
}

struct Head {
    status: StatusCode,
    headers: HeaderMap,
    length: Length,
    goes_on: bool,
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

    /// Sends what `write` writes and waits for the whole answer.
    pub(super) async fn ask(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>),
        wanted: Wanted,
    ) -> Result<Answered, Unanswered> {
        // Over unless the answer is whole, whoever drops this before.
        if std::mem::replace(&mut self.over, true) {
            return Err(Unanswered { error: TransportError::Closed, is_unsent: true });
        }
        self.out.clear();
        write(&mut self.out);
        self.send().await?;
        let answered = self.answer(wanted).await;
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

    async fn answer(&mut self, wanted: Wanted) -> Result<Answered, TransportError> {
        let limit = wanted.limit;
        let Head { status, headers, length, goes_on } = loop {
            match self.head(wanted)? {
                // RFC 9110 §15.2: more is to come.
                Some(head) if head.status.is_informational() => {}
                Some(head) => break head,
                None => self.fill(LONGEST_HEAD).await?,
            }
        };
        let until_close = matches!(length, Length::UntilClose);
        let body = match length {
            Length::Known(length) => self.known(length, limit).await?,
            Length::Chunked => self.chunked(limit).await?,
            Length::UntilClose => self.until_close(limit).await?,
        };
        self.over = until_close || !goes_on;
        Ok(Answered { status, headers, body })
    }

    /// The head of an answer, if it is all there.
    fn head(&mut self, wanted: Wanted) -> Result<Option<Head>, TransportError> {
        let unread = &self.buffer[self.unread.clone()];
        // Room that is not cleared for each answer: few of them have more than ten headers.
        let mut room = [const { MaybeUninit::uninit() }; MOST_HEADERS];
        let mut parsed = httparse::Response::new(&mut []);
        let config = httparse::ParserConfig::default();
        let told = config.parse_response_with_uninit_headers(&mut parsed, unread, &mut room);
        let size = match told {
            Ok(httparse::Status::Complete(size)) => size,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(error) => return Err(TransportError::Protocol(error.to_string())),
        };
        let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok());
        let status = status.ok_or_else(|| protocol("its status is none"))?;
        let length = length(parsed.headers, status, wanted.is_head)?;
        let says_close = parsed.headers.iter().any(|told| {
            told.name.eq_ignore_ascii_case("connection") && has_word(told.value, b"close")
        });
        let goes_on = parsed.version == Some(1) && !says_close;
        let headers = match wanted.headers {
            true => headers(&unread[..size], parsed.headers)?,
            false => HeaderMap::new(),
        };
        self.unread.start += size;
        Ok(Some(Head { status, headers, length, goes_on }))
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
fn has_word(value: &[u8], word: &[u8]) -> bool {
    value.split(|byte| *byte == b',').any(|own| own.trim_ascii().eq_ignore_ascii_case(word))
}

/// The headers of a head, which is copied once for all their values.
fn headers(head: &[u8], parsed: &[httparse::Header<'_>]) -> Result<HeaderMap, TransportError> {
    let whole = Bytes::copy_from_slice(head);
    let mut headers = HeaderMap::with_capacity(parsed.len());
    for told in parsed {
        let start = told.value.as_ptr() as usize - head.as_ptr() as usize;
        let value = whole.slice(start..start + told.value.len());
        let name = HeaderName::from_bytes(told.name.as_bytes());
        let (Ok(name), Ok(value)) = (name, HeaderValue::from_maybe_shared(value)) else {
            return Err(protocol("a header is none"));
        };
        headers.append(name, value);
    }
    Ok(headers)
}

/// Where an answer's body ends (RFC 9112 §6.3).
fn length(
    headers: &[httparse::Header<'_>],
    status: StatusCode,
    is_head: bool,
) -> Result<Length, TransportError> {
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(protocol("it changes the protocol unasked"));
    }
    if is_head || status.is_informational() || status == 204 || status == 304 {
        return Ok(Length::Known(0));
    }
    let all = |name: &'static str| {
        let own = headers.iter().filter(move |told| told.name.eq_ignore_ascii_case(name));
        own.map(|told| told.value.trim_ascii())
    };
    let mut codings = all("transfer-encoding");
    let mut told = all("content-length");
    if let Some(coding) = codings.next() {
        // Both would be two opinions of where it ends (§6.3, rule 3).
        let is_chunked = coding.eq_ignore_ascii_case(b"chunked") && codings.next().is_none();
        return match is_chunked && told.next().is_none() {
            true => Ok(Length::Chunked),
            false => Err(protocol("it has another transfer coding than chunked, or a length too")),
        };
    }
    let Some(first) = told.next() else { return Ok(Length::UntilClose) };
    let digits = std::str::from_utf8(first).ok();
    let digits = digits.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|text| text.parse().ok()) {
        Some(length) if told.all(|other| other == first) => Ok(Length::Known(length)),
        _ => Err(protocol("its length is none")),
    }
}
