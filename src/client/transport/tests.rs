//! The transport against servers that behave, and others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hyper::Request;

use super::*;
use crate::client::scripted::{Scripted, serve, whole};

fn run<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

fn transport(settings: Settings) -> Transport {
    Transport::new(Settings { request_timeout: Duration::from_millis(300), ..settings })
}

async fn get(transport: &Transport, address: &str) -> Result<Answer, TransportError> {
    transport.send(Request::get(address).body(Bytes::new()).expect("a request")).await
}

fn kind(server: &Scripted, settings: Settings) -> &'static str {
    let error = run(async { get(&transport(settings), &server.origin).await });
    error.expect_err("no whole answer").kind()
}

#[test]
fn rfc_9112_section_9_3_a_connection_serves_again() {
    let server = serve(|_, request| whole("200 OK", "", request.lines().next().unwrap_or("")));
    let answers = run(async {
        let transport = transport(Settings::default());
        let first = get(&transport, &format!("{}/a?b=c", server.origin)).await.expect("an answer");
        let second = get(&transport, &server.origin).await.expect("an answer");
        (first.body, second.body)
    });
    assert_eq!(answers, ("GET /a?b=c HTTP/1.1".into(), "GET / HTTP/1.1".into()));
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
}

#[test]
fn callers_wait_for_a_connection() {
    let server = serve(|_, _| {
        std::thread::sleep(Duration::from_millis(5));
        whole("200 OK", "", "")
    });
    run(async {
        let transport = transport(Settings { connections: 2, ..Settings::default() });
        let both = || async {
            get(&transport, &server.origin).await.expect("an answer");
        };
        tokio::join!(both(), both(), both(), both(), both(), both());
    });
    assert_eq!(server.connections.load(Ordering::SeqCst), 2);
}

#[test]
fn what_the_other_side_closed_meanwhile_is_not_used() {
    let server = serve(|_, _| whole("200 OK", "Connection: close\r\n", "x"));
    run(async {
        let transport = transport(Settings::default());
        for _ in 0..3 {
            get(&transport, &server.origin).await.expect("an answer");
        }
    });
    assert_eq!(server.connections.load(Ordering::SeqCst), 3);
}

#[test]
fn a_used_connection_that_breaks_is_tried_again_for_get_alone() {
    let count = AtomicUsize::new(0);
    let server = serve(move |_, _| {
        let odd = count.fetch_add(1, Ordering::SeqCst) % 2 == 1;
        if odd { None } else { whole("200 OK", "", "x") }
    });
    run(async {
        let transport = transport(Settings::default());
        get(&transport, &server.origin).await.expect("an answer");
        get(&transport, &server.origin).await.expect("an answer on another connection");
        let post = Request::post(&server.origin).body(Bytes::from_static(b"a=b"));
        let error =
            transport.send(post.expect("a request")).await.expect_err("it may have been done");
        assert!(matches!(error.kind(), "closed" | "reset"), "{error}");
    });
}

#[test]
fn errors_have_kinds() {
    let settings = Settings::default;
    assert_eq!(kind(&serve(|_, _| None), settings()), "closed");
    assert_eq!(
        kind(
            &serve(|_, _| Some("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx".into())),
            settings()
        ),
        "timeout"
    );
    assert_eq!(kind(&serve(|_, _| Some("no HTTP at all\r\n\r\n".into())), settings()), "protocol");
    let small = Settings { body_limit: 3, ..settings() };
    assert_eq!(kind(&serve(|_, _| whole("200 OK", "", "long")), small.clone()), "too_large");
    let chunks =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n";
    assert_eq!(kind(&serve(move |_, _| Some(chunks.into())), small), "too_large");
    let error = |address: &str| {
        let transport = transport(settings());
        run(async { get(&transport, address).await }).expect_err(address).kind()
    };
    assert_eq!(error("http://127.0.0.1:1/"), "connect");
    assert_eq!(error("http://192.0.2.1/"), "target");
    let server = serve(|_, _| None);
    assert_eq!(error(&server.origin.replace("http:", "https:")), "tls");
}

#[test]
fn chunks_come_as_one() {
    let chunks =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n";
    let server = serve(move |_, _| Some(chunks.into()));
    let answer = run(async { get(&transport(Settings::default()), &server.origin).await });
    assert_eq!(answer.expect("an answer").body, "abcd");
}

#[test]
fn only_pem_with_certificates_is_trusted() {
    assert!(Trust::new(Some(b"no certificate")).is_err());
    assert!(Trust::new(None).is_ok());
}
