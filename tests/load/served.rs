//! Against `relogin serve` with a clock as fast as the schedule: what is predicted is what happens.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::program::{command, path, relogin, write};
use crate::{PASSWORD, SHOP, count, kind, load, measured, shop, trace};

/// A server that ends with the test.
struct Served(Child, String);

impl Served {
    fn start(scenario: &str, scale: &str) -> Self {
        let mut child = command()
            .args(["serve", scenario, "--listen", "127.0.0.1:0", "--clock-scale", scale])
            .env("LOAD_PASSWORD", PASSWORD)
            .env("LOAD_SECRET", PASSWORD)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let issuer = line.split_whitespace().last().expect("an address").to_owned();
        Self(child, issuer)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn what_the_simulation_predicts_is_what_the_server_does() {
    let (folder, _) = shop();
    // Every client of the server is public.
    let (public, _) = SHOP.split_once("[provider.client.web]").expect("a client");
    let scenario = write(&folder, "shop.toml", public);
    // As slow as it must be for a busy machine to be in time: ten seconds are 400 ms.
    write(&folder, "shop.csv", &trace(500));
    let run = ["run", &scenario, "--format", "json", "--out", &path(&folder, "run")];
    let summary: Value = serde_json::from_str(&relogin(&run).expect(0).stdout).expect("JSON");
    let metrics = &summary["policies"][0]["metrics"];
    let served = Served::start(&scenario, "25");
    let mut command = load(&folder, &scenario, &served.1);
    command.args(["--speed", "25", "--provider-clock-goes-along"]);
    let (_, json) = measured(&folder, &mut command, 0);
    for name in ["login", "silent", "refresh", "failed"] {
        let row = kind(&json, name);
        assert_eq!(row["predicted"], metrics[format!("requests.{name}")], "{name}: {json:#}");
        assert_eq!(row["measured"], row["predicted"], "{name}: {json:#}");
        assert!(count(&row["predicted"]) > 0, "{name}: {json:#}");
    }
    for outcome in json["outcomes"].as_array().expect("outcomes") {
        assert_eq!(outcome["predicted"], outcome["came"], "{json:#}");
    }
}
