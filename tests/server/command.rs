//! `relogin serve` from outside: its first line, its signals, its clock and its event log.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use relogin::model::Instant;
use relogin::oidc::render_clock;
use tempfile::TempDir;

use crate::world::{REDIRECT_URI, SCENARIO, START, VERIFIER, encoded, request};

/// A server that runs, in a folder of its own.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    issuer: String,
    pub(crate) folder: TempDir,
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relogin"));
    command.stdin(Stdio::null());
    command
}

impl Running {
    /// Starts a server of `scenario` on a free port.
    pub(crate) fn start(scenario: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::start_in(folder, scenario, arguments)
    }

    pub(crate) fn start_in(folder: TempDir, scenario: &str, arguments: &[&str]) -> Self {
        Self::start_with(folder, scenario, arguments, &[])
    }

    fn start_with(
        folder: TempDir,
        scenario: &str,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let path = folder.path().join("scenario.toml");
        fs::write(&path, scenario).expect("a scenario");
        let mut child = program()
            .current_dir(folder.path())
            .args(["serve", "scenario.toml", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let Some(issuer) = line.trim_end().strip_prefix("Listening on ").map(str::to_owned) else {
            let output = child.wait_with_output().expect("it ends");
            panic!("{line}{}", String::from_utf8_lossy(&output.stderr));
        };
        Self { child, stdout, issuer, folder }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Ends it by a signal; gives its status and what it said on standard error.
    pub(crate) fn end(mut self, signal: &str) -> (Option<i32>, String, TempDir) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill").success());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("text");
        assert_eq!(rest, "", "standard output has one line");
        let mut stderr = String::new();
        let mut pipe = self.child.stderr.take().expect("a pipe");
        pipe.read_to_string(&mut stderr).expect("text");
        let status = self.child.wait().expect("it ends").code();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"));
        (status, stderr, folder)
    }

    /// One request: head and body of the answer.
    pub(crate) fn ask(&self, request: &str, headers: &str, body: &str) -> (String, String) {
        let address = self.issuer.strip_prefix("http://").expect("plain HTTP");
        let mut stream = TcpStream::connect(address).expect("a connection");
        let length = body.len();
        let form = "Content-Type: application/x-www-form-urlencoded\r\n";
        let text = format!(
            "{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{form}{headers}\
             Content-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_owned(), body.to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only a test that failed leaves one running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
    line.map_or("", |line| line.split_once(':').expect("a colon").1.trim())
}

#[test]
fn sigterm_ends_it_with_status_0_and_ctrl_c_with_130() {
    for (signal, status) in [("-TERM", 0), ("-INT", 130)] {
        let server = Running::start(SCENARIO, &[]);
        let (head, _) = server.ask("GET /healthz", "", "");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let issuer = server.issuer().to_owned();
        let (ended, stderr, _) = server.end(signal);
        assert_eq!(ended, Some(status), "{stderr}");
        assert!(stderr.contains(&format!("{issuer}/.well-known/openid-configuration")), "{stderr}");
        assert!(stderr.contains("\"tenant\"") && stderr.contains("backend, web"), "{stderr}");
    }
}

/// What the program says when it refuses.
fn refused(arguments: &[&str], scenario: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("scenario.toml"), scenario).expect("a scenario");
    let ended = program()
        .current_dir(folder.path())
        .args(["serve", "scenario.toml", "--listen", "127.0.0.1:0"])
        .args(arguments)
        .output()
        .expect("the program starts");
    let stderr = String::from_utf8(ended.stderr).expect("UTF-8");
    assert_eq!(ended.status.code(), Some(2), "{stderr}");
    stderr
}

#[test]
fn what_cannot_be_served_is_refused_with_the_mend() {
    let two = format!("{SCENARIO}{}", SCENARIO.replace("tenant", "other"));
    assert!(refused(&[], &two).contains("--policy (tenant, other"));
    assert!(refused(&["--policy", "none"], SCENARIO).contains("tenant"));
    assert!(refused(&["--issuer", "op.example"], SCENARIO).contains("is no issuer"));
    assert!(refused(&["--clock-file", "missing"], SCENARIO).contains("missing"));
    assert!(refused(&["--clock-scale", "0"], SCENARIO).contains("above 0"));
    assert!(refused(&["--key", "scenario.toml"], SCENARIO).contains("openssl genpkey"));
    assert!(refused(&["--events", "log.txt"], SCENARIO).contains(".csv"));
    assert!(refused(&["--events", "scenario.toml"], SCENARIO).contains("overwrite"));
    assert!(
        refused(&["--password-env", "NOT_THERE_AT_ALL"], SCENARIO).contains("NOT_THERE_AT_ALL")
    );
}

#[test]
fn other_machines_are_let_in_only_where_that_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("scenario.toml"), SCENARIO).expect("a scenario");
    let ended = program()
        .current_dir(folder.path())
        .args(["serve", "scenario.toml", "--listen", "0.0.0.0:0"])
        .output()
        .expect("the program starts");
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("--public"));
}

#[test]
fn a_key_in_pem_or_der_is_kept_over_restarts() {
    use base64::Engine as _;
    let key = relogin::server::SigningKey::generate(relogin::server::Signing::Ed25519);
    let der = key.to_pkcs8();
    let folder = tempfile::tempdir().expect("a folder");
    let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n");
    fs::write(folder.path().join("key.pem"), pem).expect("a key");
    fs::write(folder.path().join("key.der"), der).expect("a key");
    let mut folder = folder;
    for name in ["key.pem", "key.der"] {
        let server = Running::start_in(folder, SCENARIO, &["--key", name]);
        let (_, jwks) = server.ask("GET /jwks", "", "");
        assert!(jwks.contains(key.id()), "{jwks}");
        folder = server.end("-TERM").2;
    }
}

#[test]
fn clients_are_the_scenarios_and_secrets_stand_nowhere() {
    let clients = r#"
[provider.client.backend]
client_id = "the-backend"
auth = "post"
secret_env = "BACKEND_SECRET"
[provider.client.web]
redirect_uris = ["https://app.example/cb"]
scope = "openid read:orders"
"#;
    let scenario = format!("{SCENARIO}{clients}");
    assert!(refused(&[], &scenario).contains("BACKEND_SECRET"));
    let folder = tempfile::tempdir().expect("a folder");
    let secret = [("BACKEND_SECRET", "hush-hush"), ("EVERYBODYS", "pass-word")];
    let arguments = ["--password-env", "EVERYBODYS"];
    let server = Running::start_with(folder, &scenario, &arguments, &secret);
    let ask = |secret| {
        let pairs = [("client_id", "the-backend"), ("client_secret", secret), ("token", "x")];
        server.ask("POST /introspect", "", &encoded(&pairs)).0
    };
    assert!(ask("hush-hush").starts_with("HTTP/1.1 200"));
    assert!(ask("hush").starts_with("HTTP/1.1 401"));
    let listed = request(&[("redirect_uri", "https://app.example/cb")]);
    let (head, page) = server.ask(&format!("GET /authorize?{listed}"), "", "");
    assert!(head.starts_with("HTTP/1.1 200") && !page.contains("any password"), "{head}{page}");
    let (head, _) = server.ask(&format!("GET /authorize?{}", request(&[])), "", "");
    assert!(head.starts_with("HTTP/1.1 400"), "not on the list: {head}");
    let (_, metadata) = server.ask("GET /.well-known/openid-configuration", "", "");
    assert!(metadata.contains("read:orders"));
    let (_, metrics) = server.ask("GET /metrics", "", "");
    let (_, stderr, _) = server.end("-TERM");
    for said in [stderr, metrics, metadata] {
        assert!(!said.contains("hush-hush") && !said.contains("pass-word"), "{said}");
    }
}

fn set_clock(folder: &Path, millis: i64) {
    let new = folder.join("clock.new");
    fs::write(&new, render_clock(Instant::from_millis(START + millis))).expect("a clock");
    fs::rename(&new, folder.join("clock")).expect("a clock");
}

/// A use as the trace has it, and what the model of a plain client makes of it.
const TRACE: &[(i64, &str)] = &[
    (0, "login"),
    (599_999, "valid"),
    (600_000, "refresh"),
    (600_000 + 3_599_999, "refresh"),
    (600_000 + 3_599_999 + 3_600_000, "login"),
    (600_000 + 3_599_999 + 3_600_000 + 600_000, "refresh"),
];

#[test]
fn its_event_log_is_the_simulators() {
    let folder = tempfile::tempdir().expect("a folder");
    set_clock(folder.path(), 0);
    let server =
        Running::start_in(folder, SCENARIO, &["--clock-file", "clock", "--events", "log.csv"]);
    let folder = server.folder.path().to_owned();
    let (mut cookies, mut tokens) = (String::new(), serde_json::Value::Null);
    for (millis, outcome) in TRACE {
        set_clock(&folder, *millis);
        match *outcome {
            "valid" => {
                let bearer = format!(
                    "Authorization: Bearer {}\r\n",
                    tokens["access_token"].as_str().unwrap()
                );
                assert!(server.ask("GET /userinfo", &bearer, "").0.starts_with("HTTP/1.1 200"));
            }
            "refresh" => {
                let token = tokens["refresh_token"].as_str().unwrap().to_owned();
                let body = encoded(&[
                    ("client_id", "web"),
                    ("grant_type", "refresh_token"),
                    ("refresh_token", &token),
                ]);
                let (head, body) = server.ask("POST /token", "", &body);
                assert!(head.starts_with("HTTP/1.1 200"), "{head}{body}");
            }
            _ => tokens = log_in(&server, &mut cookies),
        }
    }
    let (status, stderr, kept) = server.end("-TERM");
    assert_eq!(status, Some(0), "{stderr}");
    let served = told(&kept.path().join("log.csv"));
    let simulated = simulated(kept.path());
    assert_eq!(served, simulated);
    assert!(served.len() >= 15, "{served:#?}");
    let replayed = program()
        .current_dir(kept.path())
        .args(["replay", "log.csv", "--out", "replayed", "--format", "json"])
        .output()
        .expect("the program starts");
    assert!(replayed.status.success(), "{}", String::from_utf8_lossy(&replayed.stderr));
    let summary: serde_json::Value = serde_json::from_slice(&replayed.stdout).expect("JSON");
    assert_eq!(summary["policies"][0]["metrics"]["requests.refresh"], 3);
    assert_eq!(summary["policies"][0]["metrics"]["requests.login"], 2);
}

fn log_in(server: &Running, cookies: &mut String) -> serde_json::Value {
    let cookie = format!("Cookie: {cookies}\r\n");
    let target = format!("GET /authorize?{}", request(&[("prompt", "login")]));
    let (head, page) = server.ask(&target, &cookie, "");
    if !header(&head, "set-cookie").is_empty() {
        cookies.push_str(header(&head, "set-cookie").split(';').next().unwrap());
    }
    let between = |start: &str| page.split_once(start).unwrap().1.split_once('"').unwrap().0;
    let action = between("action=\"").replace("&amp;", "&");
    let csrf = between("name=\"csrf\" value=\"");
    let body = encoded(&[("csrf", csrf), ("username", "ann"), ("password", "any")]);
    let cookie = format!("Cookie: {cookies}\r\n");
    let (head, page) = server.ask(&format!("POST {action}"), &cookie, &body);
    let location =
        url::Url::parse(header(&head, "location")).unwrap_or_else(|_| panic!("{head}{page}"));
    let code = location.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let form = header(&head, "set-cookie").split(';').next().unwrap().to_owned();
    // The form's cookie and the newest session's.
    let old = cookies.split("; ").next().unwrap().to_owned();
    *cookies = format!("{old}; {form}");
    let body = encoded(&[
        ("client_id", "web"),
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ]);
    let (head, tokens) = server.ask("POST /token", "", &body);
    assert!(head.starts_with("HTTP/1.1 200"), "{head}{tokens}");
    serde_json::from_str(&tokens).expect("JSON")
}

/// The rows of a log, without what is the log's own: uses that ask nothing, refusals that a client
/// meets on its way, and why it did not refresh.
fn told(log: &PathBuf) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(log).expect("a log");
    let rows = reader.records().map(|row| row.expect("a row"));
    let rows = rows.filter(|row| {
        let event = &row[7];
        // The simulator runs `never` and `always` beside the policy.
        &row[1] == "tenant"
            && !event.starts_with("log_")
            && !event.starts_with("block_")
            && event != "refresh_refused"
    });
    rows.filter(|row| !["valid", "denied"].contains(&&row[8]))
        .map(|row| {
            let kept = [2, 3, 4, 5, 6, 7, 8, 9, 12];
            kept.iter().map(|column| row[*column].to_owned()).collect()
        })
        .collect()
}

/// The simulation of the same uses.
fn simulated(folder: &Path) -> Vec<Vec<String>> {
    let mut trace = "ts,user,app,api\n".to_owned();
    for (millis, _) in TRACE {
        trace.push_str(&format!("{},ann,web,orders\n", START + millis));
    }
    fs::write(folder.join("trace.csv"), trace).expect("a trace");
    let ran = program()
        .current_dir(folder)
        .args(["run", "scenario.toml", "--trace", "trace.csv", "--out", "out"])
        .args(["--events", "simulated.csv"])
        .output()
        .expect("the program starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    told(&folder.join("simulated.csv"))
}
