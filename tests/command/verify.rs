//! `relogin verify` before it asks anybody: what it refuses, and how that is mended. What it finds
//! out is held against real servers in `tests/proof`.

use crate::program::*;

const SCENARIO: &str = r#"
[[policy]]
name = "tenant"
session.idle_timeout = "30m"
api.orders.access_token_lifetime = "5m"
app.web = {}

[workload]
trace = "trace.csv"

[provider]
issuer = "http://127.0.0.1:1"
"#;

/// Runs `verify` on the scenario, changed, and `arguments`.
#[track_caller]
fn check(from: &str, to: &str, arguments: &[&str], status: i32, says: &[&str]) {
    let folder = scratch();
    write(&folder, "trace.csv", "ts,user\n1700000000,ann\n1700000300,ann\n");
    write(&folder, "long.csv", "ts,user\n1700000000,ann\n1700086400,ann\n");
    assert!(SCENARIO.contains(from), "{from}");
    let scenario = write(&folder, "scenario.toml", &SCENARIO.replacen(from, to, 1));
    let long = path(&folder, "long.csv");
    let arguments = arguments.iter().map(|word| if *word == "LONG" { &*long } else { word });
    let arguments: Vec<&str> = ["verify", &*scenario].into_iter().chain(arguments).collect();
    relogin(&arguments).expect(status).says(says);
}

#[test]
fn a_provider_must_be_named_and_there() {
    check("issuer = \"http://127.0.0.1:1\"", "", &[], 2, &["--target ISSUER", "[provider]"]);
    check("", "", &[], 2, &["cannot connect to 127.0.0.1:1"]);
}

#[test]
fn other_machines_are_typed_out() {
    let target = |address| ["--target", address];
    check("", "", &target("https://idp.example"), 2, &["--allow-target idp.example"]);
    let vendor = ["--target", "https://acme.eu.auth0.com", "--allow-target", "acme.eu.auth0.com"];
    check("", "", &vendor, 2, &["Auth0", "--i-have-permission"]);
    check("", "", &target("idp.example"), 2, &["no address", "https://"]);
    check("", "", &target("ftp://127.0.0.1"), 2, &["http://"]);
}

#[test]
fn a_long_activity_needs_a_clock_that_can_be_set() {
    check("", "", &["--trace", "LONG"], 2, &["1d", "--clock-file", "faketime"]);
}

#[test]
fn secrets_come_from_outside_and_must_be_there() {
    let unset = "[provider]\npassword_env = \"RELOGIN_TEST_UNSET\"";
    check("[provider]", unset, &[], 2, &["RELOGIN_TEST_UNSET"]);
    check("[provider]", "[provider]\npassword_file = \"absent\"", &[], 2, &["absent"]);
    let client = "[provider.client.web]\nsecret_env = \"RELOGIN_TEST_UNSET\"\n[provider]";
    check("[provider]", client, &[], 2, &["RELOGIN_TEST_UNSET"]);
    check("[provider]", "[provider]\nca_file = \"trace.csv\"", &[], 2, &["ca_file", "PEM"]);
}

#[test]
fn which_policy_and_whose_activity_must_be_clear() {
    let two = "[[policy]]\nname = \"b\"\napi.orders.access_token_lifetime = \"5m\"\napp.web = {}\n[workload]";
    check("[workload]", two, &[], 2, &["--policy", "tenant, b"]);
    check("", "", &["--policy", "c"], 2, &["\"c\"", "tenant"]);
    check("", "", &["--users", "5"], 2, &["--users", "recorded"]);
}

/// A provider behind TLS, whose certificate nobody knows but the test.
struct Behind {
    server: std::process::Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Behind {
    fn start() -> Option<Self> {
        let folder = scratch();
        let openssl = |arguments: &[&str]| {
            let mut command = std::process::Command::new("openssl");
            command.args(arguments).current_dir(folder.path());
            command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
            command.stderr(std::process::Stdio::null());
            command
        };
        let made = openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            "key.pem",
            "-out",
            "ca.pem",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .status();
        if !made.is_ok_and(|status| status.success()) {
            let skipped = "openssl made no certificate, so no TLS was spoken";
            assert!(std::env::var_os("RELOGIN_CI").is_none(), "{skipped}");
            eprintln!("SKIPPED: {skipped}");
            return None;
        }
        std::fs::create_dir(folder.path().join(".well-known")).expect("a folder");
        let metadata = r#"{"issuer": "https://other", "authorization_endpoint": "", "token_endpoint": "", "jwks_uri": ""}"#;
        write(&folder, ".well-known/openid-configuration", metadata);
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
        let port = free.local_addr().expect("bound").port();
        drop(free);
        let accept = format!("127.0.0.1:{port}");
        let arguments =
            ["s_server", "-accept", &accept, "-key", "key.pem", "-cert", "ca.pem", "-WWW"];
        let server = openssl(&arguments).spawn().expect("a server");
        let begun = std::time::Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed().as_secs() < 20, "openssl does not listen");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Some(Self { server, folder, port })
    }

    fn verify(&self, host: &str, provider: &str) -> Finished {
        let issuer = format!("https://{host}:{}", self.port);
        write(&self.folder, "trace.csv", "ts,user\n1700000000,ann\n");
        let scenario = SCENARIO.replace("issuer = \"http://127.0.0.1:1\"", provider);
        let scenario = write(&self.folder, "scenario.toml", &scenario);
        relogin(&["verify", &scenario, "--target", &issuer])
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn certificates_are_checked() {
    let Some(behind) = Behind::start() else { return };
    let trusted = "ca_file = \"ca.pem\"";
    // It was believed so far that its answer was read.
    behind.verify("localhost", trusted).expect(2).says(&["calls itself \"https://other\""]);
    behind.verify("localhost", "").expect(2).says(&["TLS with localhost", "certificate"]);
    // A certificate is for a name.
    behind.verify("127.0.0.1", trusted).expect(2).says(&["TLS with 127.0.0.1", "certificate"]);
}
