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

/// What comes of an answer that the server sends in pieces, whose ends stand after these bytes, and
/// then closes the connection.
fn answered(answer: &[u8], ends: &[usize]) -> Result<(u16, Bytes), &'static str> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = format!("http://{}/", listener.local_addr().expect("bound"));
    let mut pieces = Vec::new();
    let mut start = 0;
    for end in ends.iter().copied().chain([answer.len()]) {
        pieces.push(answer[start..end].to_vec());
        start = end;
    }
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept().expect("a client");
        stream.set_nodelay(true).expect("a socket");
        let _ = stream.read(&mut [0; 4_096]);
        for piece in pieces {
            let _ = stream.write_all(&piece);
            std::thread::sleep(Duration::from_millis(2));
        }
    });
    let settings = Settings {
        request_timeout: Duration::from_secs(5),
        body_limit: 50_000,
        ..Settings::default()
    };
    run(async move { get(&transport(settings), &address).await })
        .map(|answer| (answer.status.as_u16(), answer.body))
        .map_err(|error| error.kind())
}

#[test]
fn rfc_9112_section_6_3_the_end_of_an_answer_is_told_in_one_way() {
    let long = "x".repeat(40_000);
    let known = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{long}", long.len());
    let good: [(&str, u16, &str); 7] = [
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        ("HTTP/1.1 200 OK\r\ncontent-length:2\r\nContent-Length: 2\r\n\r\nab", 200, "ab"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", 200, "a"),
        ("HTTP/1.0 200 OK\r\n\r\nuntil it closes", 200, "until it closes"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1;x=y\r\na\r\n0\r\nT: x\r\n\r\n",
            200,
            "a",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", 200, "a"),
        (&known, 200, &long),
    ];
    for (answer, status, body) in good {
        for ends in [vec![], vec![1, 9, 20]] {
            let expected = Ok((status, Bytes::copy_from_slice(body.as_bytes())));
            assert_eq!(answered(answer.as_bytes(), &ends), expected, "{answer:.90}");
        }
    }
    let bad = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "protocol"),
        ("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na", "protocol"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "protocol"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "protocol"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\na\r\n", "protocol"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", "protocol"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\na", "too_large"),
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "protocol"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", "closed"),
        ("HTTP/1.1 200 OK\r\nContent-", "closed"),
    ];
    for (answer, kind) in bad {
        assert_eq!(answered(answer.as_bytes(), &[]), Err(kind), "{answer}");
    }
    let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(70_000));
    assert_eq!(answered(endless.as_bytes(), &[]), Err("too_large"));
}

#[test]
fn what_comes_unasked_is_not_taken_for_an_answer() {
    let server = serve(|_, _| {
        let first = whole("200 OK", "", "own")?;
        Some(first + &whole("200 OK", "", "of nobody")?)
    });
    let bodies = run(async {
        let transport = transport(Settings::default());
        let first = get(&transport, &server.origin).await.expect("an answer").body;
        (first, get(&transport, &server.origin).await.expect("an answer").body)
    });
    assert_eq!(bodies, ("own".into(), "own".into()));
    assert_eq!(server.connections.load(Ordering::SeqCst), 2);
}
