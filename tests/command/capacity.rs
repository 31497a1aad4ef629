//! `[capacity]`: the bill of a run, worked out by hand, the same whichever way a run goes, and in the
//! forms that other tools read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::*;

/// One app whose tokens last for an hour, of which nobody renews any before.
const POLICY: &str = r#"
[[policy]]
name = "today"
session = { idle_timeout = "1d", absolute_timeout = "7d" }
api.backend.access_token_lifetime = "1h"
app.web = {}
"#;

/// Writes a scenario with that `[capacity]`, and its trace; gives the scenario's path.
fn scenario(folder: &TempDir, capacity: &str, policies: &str, trace: &str) -> String {
    write(folder, "trace.csv", &format!("ts,user\n{trace}"));
    let head = "# How much is it?\n[scenario]\nname = \"how-much\"\n[workload]\n";
    let text =
        format!("{head}trace = \"trace.csv\"\nwarmup = \"0s\"\n[capacity]\n{capacity}{policies}");
    write(folder, "how-much.toml", &text)
}

/// Runs it; gives standard output, and the bill of the first policy.
fn bill(folder: &TempDir, scenario: &str, more: &[&str]) -> (String, Value) {
    let out = path(folder, "out");
    let run = relogin(&[&["run", scenario, "--out", &out], more].concat()).expect(0);
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).expect("a summary");
    let summary: Value = serde_json::from_str(&summary).expect("JSON");
    (run.stdout, summary["policies"][0]["capacity"].clone())
}

#[test]
fn the_figures_are_those_worked_out_by_hand() {
    let folder = scratch();
    // 30 people in one second, and 12 in the next but one; all of them again after two hours, whose
    // sessions answer silently.
    let mut trace = String::new();
    for user in 0..42 {
        let at = if user < 30 { 0 } else { 2 };
        trace += &format!("{},u{user}\n{},u{user}\n", 1_760_000_040 + at, 1_760_007_240 + at);
    }
    let capacity = r#"
pods = 2
plans = ["auth0-free"]
besides = { client_credentials = 12, logouts = 10 }
[capacity.limits.own]
per_second = 20
burst = 25
units = { silent = 0 }
"#;
    let (shown, bill) = bill(&folder, &scenario(&folder, capacity, POLICY, &trace), &[]);
    let figure = |name: &str| bill[name].as_f64().unwrap_or_else(|| panic!("{name}: {bill}"));
    // The minute of the logins: 42 in 60 s, 15 for each vCPU; and the machines' 12 of 120.
    assert_eq!(figure("sized_for.login"), 0.7);
    assert!((figure("vcpu") - (0.7 / 15.0 + 0.1)).abs() < 1e-12);
    assert!((figure("vcpu.with_headroom") - 2.5 * figure("vcpu")).abs() < 1e-12);
    assert!((figure("database.requests") - 10.7).abs() < 1e-12);
    assert_eq!((figure("peak_second"), figure("peak_minute")), (30.0, 42.0));
    assert_eq!(bill["peak_second.at"], "2025-10-09T08:54:00Z");
    assert_eq!(figure("requests_per_user_day"), 2.0);
    let limit = |place: usize, name: &str| bill["limits"][place][name].as_f64().expect("a number");
    // Auth0's free plan: 42 logins of 5 are 210 of 300 a minute, 30 code exchanges a second are
    // just as many as there may be, and 5 passwords a second are soon exceeded.
    assert_eq!((limit(0, "units.peak"), limit(0, "used")), (210.0, 0.7));
    assert_eq!((limit(1, "units.peak"), limit(1, "windows.above")), (30.0, 0.0));
    assert_eq!((limit(2, "windows.above"), limit(2, "refused")), (2.0, 25.0 + 7.0));
    assert_eq!(bill["limits"][2]["windows.above.first"], "2025-10-09T08:54:00Z");
    // 25 saved up, of which five too few; two seconds later it is full again.
    assert_eq!((limit(3, "windows.above"), limit(3, "refused")), (1.0, 5.0));
    assert_eq!(limit(3, "used"), 1.2);
    // 42 sessions at 20 a second.
    assert_eq!(limit(3, "relogin_of_all"), 2.1);
    for words in ["Keycloak, run by yourself", "auth0-free: Auth0, Free", "is derived", "own"] {
        assert!(shown.contains(words), "no {words:?} in:\n{shown}");
    }
}

#[test]
fn a_user_can_stand_for_many() {
    let folder = scratch();
    let trace = "1760000040,ann\n1760000070,bob\n";
    let capacity = "scale = 3_000\nplans = [\"auth0-enterprise\"]\n";
    let scenario = scenario(&folder, capacity, POLICY, trace);
    let (shown, bill) = bill(&folder, &scenario, &[]);
    assert!(
        shown.contains("Each user stands for 3,000, who do the same within a minute"),
        "{shown}"
    );
    assert_eq!(bill["active_users"], 6_000.0);
    assert_eq!(bill["peak_minute"], 6_000.0);
    assert_eq!(bill["sized_for.login"], 100.0);
    // About 100 logins a second of 5 requests each, of which 100 are granted.
    let limit = &bill["limits"][0];
    assert_eq!(limit["units"], 30_000.0);
    assert_eq!(limit["windows.above"], 60);
    assert_eq!(limit["refused"], 24_000.0);
    let peak = bill["peak_second"].as_f64().expect("a number");
    assert!((105.0..150.0).contains(&peak), "{peak}");
}

/// 100,000 single-page apps that stay open renew each 300 - 60 seconds.
#[test]
fn open_clients_renew_as_often_as_the_formula_says() {
    let folder = scratch();
    let opened = |user: i64| 1_760_000_000_000 + user * 240;
    let trace = (0..1_000).map(|user| format!("{},u{user}\n", opened(user))).collect::<String>();
    let trace = trace + "1760003000,last\n";
    let policy = r#"
[[policy]]
name = "open"
session = { idle_timeout = "1d", absolute_timeout = "7d" }
api.backend.access_token_lifetime = "300s"
[policy.app.web]
refresh_token = { idle_lifetime = "1d", absolute_lifetime = "7d" }
renew = "while_open"
renew_ahead = "60s"
"#;
    let scenario = scenario(&folder, "scale = 100\n", policy, &trace);
    let set = ["--set", "workload.stay_open=1h", "--set", "workload.warmup=10m"];
    let (_, bill) = bill(&folder, &scenario, &set);
    let rate = bill["sized_for.refresh"].as_f64().expect("a number");
    assert_eq!(rate.round(), 417.0, "{bill}");
    let vcpu = bill["vcpu.refresh"].as_f64().expect("a number");
    assert_eq!(format!("{vcpu:.1}"), "3.5");
}

/// User by user, as a stream, in time order with a log, and from the log alone; on any number of
/// threads.
#[test]
fn the_bill_is_the_same_whichever_way_a_run_goes() {
    let folder = scratch();
    for (scenario, extra) in [
        ("scenarios/capacity.toml", &["--set", "workload.users=12"][..]),
        ("scenarios/bank.toml", &["--set", "workload.users=6", "--set", "capacity.scale=7"]),
        // Policies whose clients act on uses alone.
        ("scenarios/recorded-back-office.toml", &["--set", "capacity.scale=1"]),
    ] {
        let run = |out: &str, more: &[&str]| {
            let out = path(&folder, out);
            let arguments = [&["run", scenario, "--out", &out][..], extra, more].concat();
            relogin(&arguments).expect(0);
        };
        let log = path(&folder, "events.csv");
        run("plain", &["--jobs", "1"]);
        run("threads", &["--jobs", "3"]);
        run("logged", &["--events", &log]);
        relogin(&["replay", &log, "--out", &path(&folder, "replayed")]).expect(0);
        for other in ["threads", "logged", "replayed"] {
            same_files(&folder.path().join("plain"), &folder.path().join(other));
        }
        agrees_with_the_metrics(&folder.path().join("plain/summary.json"));
        for name in ["plain", "threads", "logged", "replayed"] {
            fs::remove_dir_all(folder.path().join(name)).expect("a folder");
        }
    }
}

/// What is counted by second comes to what is counted otherwise.
#[track_caller]
fn agrees_with_the_metrics(summary: &Path) {
    let summary = fs::read_to_string(summary).expect("a summary");
    let summary: Value = serde_json::from_str(&summary).expect("JSON");
    let scale = summary["capacity"]["scale"].as_f64().expect("a number");
    for policy in summary["policies"].as_array().expect("policies") {
        let (metrics, bill) = (&policy["metrics"], &policy["capacity"]);
        let pairs = [
            ("requests.login", "requests.login"),
            ("requests.silent", "requests.silent"),
            ("requests.refresh", "requests.refresh"),
            ("requests.failed", "requests.failed"),
            ("requests.introspection", "requests.introspection"),
            ("peak_requests_per_second", "peak_second"),
            ("peak_requests_per_minute", "peak_minute"),
        ];
        for (metric, figure) in pairs {
            let by_second = figure == "peak_second";
            let spread = figure == "peak_minute" && summary["capacity"]["spread"] != 60_000;
            if scale != 1.0 && (by_second || spread) {
                continue;
            }
            let expected = scale * metrics[metric].as_f64().expect("a number");
            let found = bill[figure].as_f64().expect("a number");
            assert!((found - expected).abs() <= 1e-9 * expected, "{figure} of {}", policy["name"]);
        }
    }
}

#[test]
fn the_same_requests_come_to_the_same_without_a_bill() {
    let folder = scratch();
    let scenario = "scenarios/bank.toml";
    let users = ["--set", "workload.users=6"];
    let run = |out: &str, more: &[&str]| {
        let out = path(&folder, out);
        relogin(&[&["run", scenario, "--out", &out], &users[..], more].concat()).expect(0);
    };
    run("without", &[]);
    run("with", &["--set", "capacity.scale=1"]);
    for name in ["summary.csv", "load.csv", "relogins.csv", "charts/requests.svg"] {
        let read = |run: &str| fs::read(folder.path().join(run).join(name)).expect("a file");
        assert!(read("without") == read("with"), "{name} differs");
    }
    assert!(!folder.path().join("without/capacity.csv").exists());
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let folder = scratch();
    let check = |capacity: &str, words: &[&str]| {
        let scenario = scenario(&folder, capacity, POLICY, "1760000040,ann\n");
        relogin(&["run", &scenario, "--out", &path(&folder, "out")]).expect(2).says(words);
    };
    check("plans = [\"auth0-enterprize\"]\n", &["how-much.toml:8:", "auth0-enterprise"]);
    check("provider = \"own\"\n", &["how-much.toml:8:", "per_vcpu.login", "per_vcpu.refresh"]);
    check("spread = \"7m\"\n", &["how-much.toml:8:", "write `1m`"]);
    check("[capacity.limits.mine]\nburst = 3\n", &["how-much.toml:8:", "limits nothing"]);
    let both = "[capacity.limits.mine]\nper_second = 3\nper_minute = 9\nburst = 3\n";
    check(both, &["how-much.toml:11:", "two limits"]);
    check("[capacity.memory]\nbase_mb = 100\n", &["nonheap_mb", "base_mb"]);
}

/// A run whose policies have every kind of request.
fn exported(folder: &TempDir) -> PathBuf {
    let out = path(folder, "out");
    let set = ["--set", "workload.users=30", "--set", "capacity.scale=300"];
    relogin(&[&["run", "scenarios/bank.toml", "--out", &out], &set[..]].concat()).expect(0);
    folder.path().join("out/exports/idle-15m-introspection")
}

#[test]
fn shell_scripts_call_their_tools_with_the_predicted_rates() {
    let folder = scratch();
    let exports = exported(&folder);
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).expect("a summary");
    let summary: Value = serde_json::from_str(&summary).expect("JSON");
    let bill = &summary["policies"][2]["capacity"];
    let rate = |kind: &str| bill[format!("sized_for.{kind}")].as_f64().expect("a number");
    // In the tools' places something that tells how it was called.
    for tool in ["oha", "vegeta", "kcb"] {
        let file = folder.path().join(tool);
        fs::write(&file, format!("#!/bin/sh\necho {tool} \"$@\"\ncat >/dev/null\n"))
            .expect("a file");
        let made = Command::new("chmod").arg("+x").arg(&file).status();
        assert!(made.is_ok_and(|status| status.success()));
    }
    let called = |script: &str| {
        let ran = Command::new("sh")
            .arg(exports.join(script))
            .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
            .env("KCB", folder.path().join("kcb"))
            .stdin(std::process::Stdio::null())
            .output()
            .expect("sh starts");
        let (out, err) =
            (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{script}: {err}");
        out.into_owned()
    };
    let oha = called("oha.sh");
    let told = |kind: &str, word: &str| {
        let pace = format!("-q {}", (rate(kind).round() as u64).max(1));
        let line = oha.lines().find(|line| line.contains(word)).unwrap_or_else(|| panic!("{oha}"));
        assert!(line.contains(&pace) && line.contains("http://127.0.0.1:8080/"), "{line}");
    };
    told("silent", "prompt=none");
    told("introspection", "/introspect");
    // The last of a pipe is what is heard.
    assert!(called("vegeta.sh").lines().all(|line| line == "vegeta report"));
    let text = fs::read_to_string(exports.join("vegeta.sh")).expect("a file");
    let pace = format!("-rate={}/1m", (60.0 * rate("introspection")).round());
    assert!(text.contains(&pace), "no {pace} in:\n{text}");
    let kcb = called("kcb.sh");
    assert!(kcb.contains("--users-per-sec="), "{kcb}");
    assert!(kcb.contains("AuthorizationCode --server-url=http://127.0.0.1:8080"), "{kcb}");
}

/// k6 is no Node program; what it imports is put in its place here.
#[test]
fn the_k6_script_is_one_and_has_the_options_that_k6_documents() {
    if Command::new("node").arg("--version").output().is_err() {
        let skipped = "no Node, so k6.js was not read";
        assert!(std::env::var_os("RELOGIN_CI").is_none(), "{skipped}");
        eprintln!("SKIPPED: {skipped}");
        return;
    }
    let folder = scratch();
    let exports = exported(&folder);
    let modules = exports.join("node_modules/k6");
    fs::create_dir_all(&modules).expect("a folder");
    let paths = ["crypto", "encoding", "http"].map(|name| {
        let empty = "export default {};\n";
        fs::write(modules.join(format!("{name}.js")), empty).expect("a file");
        format!("\"./{name}\": \"./{name}.js\"")
    });
    let own = "export const check = () => true, fail = () => {};\n";
    fs::write(modules.join("index.js"), own).expect("a file");
    let package = format!(
        "{{\"name\": \"k6\", \"type\": \"module\", \"exports\": {{\".\": \"./index.js\", {}}}}}",
        paths.join(", ")
    );
    fs::write(modules.join("package.json"), package).expect("a file");
    fs::write(exports.join("package.json"), "{\"type\": \"module\"}").expect("a file");
    let read = "globalThis.__ENV = {};\nconst script = await import('./k6.js');\n\
        const functions = Object.keys(script).filter((n) => typeof script[n] === 'function');\n\
        console.log(JSON.stringify({ options: script.options, functions }));\n";
    fs::write(exports.join("read.mjs"), read).expect("a file");
    let ran = Command::new("node").arg("read.mjs").current_dir(&exports).output().expect("node");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let told: Value = serde_json::from_slice(&ran.stdout).expect("JSON");
    let functions = told["functions"].as_array().expect("functions");
    let scenarios = told["options"]["scenarios"].as_object().expect("scenarios");
    assert!(["login", "silent", "introspection"].iter().all(|kind| scenarios.contains_key(*kind)));
    for (name, scenario) in scenarios {
        let scenario = scenario.as_object().expect("a scenario");
        // What grafana.com/docs/k6 lists for the executor, and of all executors' options `exec`.
        let known =
            ["executor", "exec", "startRate", "timeUnit", "preAllocatedVUs", "maxVUs", "stages"];
        assert!(scenario.keys().all(|key| known.contains(&key.as_str())), "{name}");
        assert_eq!(scenario["executor"], "ramping-arrival-rate");
        assert!(functions.contains(&scenario["exec"]), "{name} calls {}", scenario["exec"]);
        assert!(scenario["startRate"].is_u64() && scenario["timeUnit"] == "1m");
        let [users, most] = ["preAllocatedVUs", "maxVUs"].map(|key| scenario[key].as_u64());
        assert!(users >= Some(1) && most >= users, "{name}");
        let stages = scenario["stages"].as_array().expect("stages");
        assert!((1..=120).contains(&stages.len()), "{name}: {} stages", stages.len());
        let mut minutes = 0;
        for stage in stages {
            assert!(stage["target"].is_u64(), "{stage}");
            let duration = stage["duration"].as_str().expect("a duration");
            let length =
                duration.strip_suffix('m').map(|text| text.parse::<u64>().expect("minutes"));
            assert!(length.is_some() || duration == "0s", "{stage}");
            minutes += length.unwrap_or(0);
        }
        assert_eq!(minutes, 60, "{name}: an hour");
    }
}
