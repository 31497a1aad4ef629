//! What an endpoint is asked and what it answers: plain values, so that a test or a fuzzer needs
//! no network.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use bytes::Bytes;

/// A request, read whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    /// What stands after the path's `?`.
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// An answer, and the word under which it is counted: `ok`, or an error's code.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) response: Response<Bytes>,
    pub(super) outcome: &'static str,
}

impl Asked<'_> {
    /// A header's text.
    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the body is a form (`application/x-www-form-urlencoded`).
    pub(super) fn is_form(&self) -> bool {
        let kind = self.header(&CONTENT_TYPE).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// The parameters' text: the query of a GET, the form of a POST.
    pub(super) fn parameters(&self) -> &[u8] {
        if self.method == Method::POST { self.body } else { self.query.as_bytes() }
    }
}

impl Answer {
    fn new(status: StatusCode, outcome: &'static str, kind: &'static str, body: Bytes) -> Self {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Self { response, outcome }
    }

    /// JSON that everybody may keep.
    pub(super) fn public_json(body: Bytes) -> Self {
        Self::new(StatusCode::OK, "ok", "application/json", body)
            .with(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))
    }

    /// JSON that nobody may keep (RFC 6749 §5.1).
    pub(super) fn json(status: StatusCode, outcome: &'static str, body: String) -> Self {
        Self::new(status, outcome, "application/json", body.into()).not_kept()
    }

    /// Plain text.
    pub(super) fn text(status: StatusCode, outcome: &'static str, body: impl Into<Bytes>) -> Self {
        Self::new(status, outcome, "text/plain; charset=utf-8", body.into()).not_kept()
    }

    /// A page.
    pub(super) fn page(status: StatusCode, outcome: &'static str, body: String) -> Self {
        Self::new(status, outcome, "text/html; charset=utf-8", body.into()).not_kept()
    }

    /// Nothing to say.
    pub(super) fn empty(status: StatusCode, outcome: &'static str) -> Self {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = status;
        Self { response, outcome }.not_kept()
    }

    /// Sends the browser on, always by GET (303: RFC 9700 §4.12). `location` is a URL of ours or
    /// one that a client registered.
    pub(super) fn redirect(location: &str, outcome: &'static str) -> Self {
        let mut answer = Self::empty(StatusCode::SEE_OTHER, outcome);
        // Everything that is put into a location is percent-encoded before.
        if let Ok(location) = HeaderValue::from_str(location) {
            answer.response.headers_mut().insert(LOCATION, location);
        } else {
            *answer.response.status_mut() = StatusCode::BAD_REQUEST;
        }
        answer
    }

    /// With one more header.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.response.headers_mut().append(name, value);
        self
    }

    fn not_kept(self) -> Self {
        self.with(CACHE_CONTROL, HeaderValue::from_static("no-store"))
    }
}

/// Appends `text` as the inside of a JSON string (RFC 8259 §7).
pub(super) fn push_json(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if (c as u32) < 0x20 => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.push_str("\\u00");
                out.push(char::from(HEX[c as usize >> 4]));
                out.push(char::from(HEX[c as usize & 15]));
            }
            c => out.push(c),
        }
    }
}

/// `text` as the inside of a JSON string.
pub(super) fn json_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_json(&mut out, text);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_strings_come_back() {
        for text in ["", "ann", "a\"b\\c\n\u{1}\u{7f}é🙂\u{2028}"] {
            let json = format!("\"{}\"", json_text(text));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
