//! A server for the tests of this room: it answers as a closure says.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A server on loopback; it stays until the test's process ends.
pub(super) struct Scripted {
    pub(super) origin: String,
    pub(super) connections: Arc<AtomicUsize>,
}

/// Answers each whole request (head and body) with the bytes that `script` gives, given the
/// server's own origin; nothing closes the connection.
pub(super) fn serve(
    script: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static,
) -> Scripted {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    let connections = Arc::new(AtomicUsize::new(0));
    let (script, counted, own) = (Arc::new(script), Arc::clone(&connections), origin.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            let (script, own) = (Arc::clone(&script), own.clone());
            std::thread::spawn(move || answer(stream, &own, &*script));
        }
    });
    Scripted { origin, connections }
}

/// An answer with a body.
pub(super) fn whole(status: &str, headers: &str, body: &str) -> Option<String> {
    Some(format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()))
}

fn answer(mut stream: TcpStream, own: &str, script: &dyn Fn(&str, &str) -> Option<String>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4_096];
    while let Ok(count) = stream.read(&mut buffer) {
        request.extend_from_slice(&buffer[..count]);
        if count == 0 {
            return;
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() < length.unwrap_or(0) {
            continue;
        }
        request.clear();
        let Some(answer) = script(own, &text) else { return };
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}
