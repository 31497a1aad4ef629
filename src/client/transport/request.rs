//! Requests as they stand on the wire (RFC 9112 §3).

use std::io::Write as _;

use bytes::Bytes;
use hyper::header::HeaderValue;
use hyper::{Method, Request, Uri};

/// The request as it stands on the wire: origin form and `Host` (RFC 9112 §3.2.1).
pub(super) fn write_request(out: &mut Vec<u8>, request: &Request<Bytes>, host: &HeaderValue) {
    write_start(out, request.method(), request.uri(), host);
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

/// A form that is posted, with the client's `Authorization` if it has one.
pub(super) fn write_form(
    out: &mut Vec<u8>,
    (address, host): (&Uri, &HeaderValue),
    authorization: Option<&HeaderValue>,
    form: &str,
) {
    write_start(out, &Method::POST, address, host);
    out.extend_from_slice(
        b"\r\ncontent-type: application/x-www-form-urlencoded\r\naccept: application/json",
    );
    if let Some(authorization) = authorization {
        out.extend_from_slice(b"\r\nauthorization: ");
        out.extend_from_slice(authorization.as_bytes());
    }
    let _ = write!(out, "\r\ncontent-length: {}\r\n\r\n", form.len());
    out.extend_from_slice(form.as_bytes());
}

fn write_start(out: &mut Vec<u8>, method: &Method, address: &Uri, host: &HeaderValue) {
    out.extend_from_slice(method.as_str().as_bytes());
    out.push(b' ');
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    out.extend_from_slice(path.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\nhost: ");
    out.extend_from_slice(host.as_bytes());
}
