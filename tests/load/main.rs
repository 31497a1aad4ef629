//! `relogin load` from outside, against a provider that can be made slow or broken, and against
//! `relogin serve`.
#![cfg(feature = "http")]

mod faults;
mod hdr;
mod modes;
#[path = "../command/program.rs"]
#[allow(dead_code, reason = "tests of other commands use the rest of it")]
mod program;
mod refusals;
mod served;
mod stub;

use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use program::{Finished, command, finish, path, write};

/// Stands in the environment, and in no file.
const PASSWORD: &str = "word-of-nobody-else-4711";

/// Two apps, one of them with refresh tokens. No limit is a multiple of the twenty seconds between
/// two uses: what is a little late is not over.
const SHOP: &str = r#"# What does a shop put on its provider?
[scenario]
name = "shop"
[workload]
trace = "shop.csv"
[[policy]]
name = "strict"
session = { idle_timeout = "130s", absolute_timeout = "490s" }
api.orders.access_token_lifetime = "30s"
app.web = { refresh_token = { idle_lifetime = "90s", absolute_lifetime = "310s" } }
app.spa = {}
[provider]
user = "{user}@shop.example"
password_env = "LOAD_PASSWORD"
[provider.client.web]
secret_env = "LOAD_SECRET"
auth = "post"
"#;

/// So many seconds: some users pause longer than the session idles, one logs out now and then.
fn trace(seconds: u32) -> String {
    let mut trace = "ts,user,app,action\n".to_owned();
    for second in (0..seconds).step_by(20) {
        for (user, app, pause) in [("ann", "web", 300), ("bob", "spa", 7), ("cid", "web", 1_000)] {
            let is_away = second % pause > pause * 2 / 3;
            if !is_away {
                trace
                    .push_str(&format!("{},{user},{app},use\n", 1_760_000_000 + u64::from(second)));
            }
        }
        if second % 200 == 180 {
            trace.push_str(&format!("{},ann,web,logout\n", 1_760_000_005 + u64::from(second)));
        }
    }
    trace
}

/// A folder with the scenario and its trace.
fn shop() -> (TempDir, String) {
    let folder = program::scratch();
    write(&folder, "shop.csv", &trace(1_200));
    let scenario = write(&folder, "shop.toml", SHOP);
    (folder, scenario)
}

/// `relogin load` on `issuer`, its secrets in the environment; results go to `out`.
fn load(folder: &TempDir, scenario: &str, issuer: &str) -> Command {
    let mut load = command();
    load.args(["load", scenario, "--target", issuer, "--out", &path(folder, "out")])
        .env("LOAD_PASSWORD", PASSWORD)
        .env("LOAD_SECRET", PASSWORD);
    load
}

/// Runs it to its end, which must be of that status; gives what it said and `load.json`.
#[track_caller]
fn measured(folder: &TempDir, load: &mut Command, status: i32) -> (Finished, Value) {
    let finished = finish(load).expect(status);
    (finished, json(folder))
}

fn json(folder: &TempDir) -> Value {
    let text = std::fs::read_to_string(folder.path().join("out/load.json")).expect("load.json");
    serde_json::from_str(&text).expect("JSON")
}

/// A row of `kinds`.
#[track_caller]
fn kind<'a>(json: &'a Value, name: &str) -> &'a Value {
    let kinds = json["kinds"].as_array().expect("kinds");
    kinds.iter().find(|kind| kind["kind"] == name).unwrap_or_else(|| panic!("no {name}: {json:#}"))
}

#[track_caller]
fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no count"))
}
