//! Providers that are slow, broken or silent, and people who press Ctrl-C.

use std::process::Stdio;
use std::time::Duration;

use crate::program::files;
use crate::stub::{Manner, Stub, TOKEN};
use crate::{PASSWORD, count, json, kind, load, measured, shop};

const HELD: [&str; 8] =
    ["--hold-peak", "3s", "--rate", "100", "--only", "refresh", "--spacing", "even"];

#[test]
fn a_stall_shows_in_response_times_and_hardly_in_service_times() {
    let (after, length) = (Duration::from_secs(1), Duration::from_secs(1));
    let ((folder, scenario), stub) = (shop(), Stub::start(Manner::Stalling { after, length }));
    let mut command = load(&folder, &scenario, &stub.issuer);
    // Two connections: what is due while both wait for an answer is not even sent.
    let (_, json) = measured(&folder, command.args(HELD).args(["--connections", "2"]), 0);
    let refresh = kind(&json, "refresh");
    let of = |times: &str, quantile: &str| refresh[times][quantile].as_f64().expect("a number");
    assert_eq!(refresh["completed"], 300, "{json:#}");
    // A third of the arrivals fell into the stall.
    assert!(of("response_ms", "p90") > 300.0, "{refresh:#}");
    assert!(of("service_ms", "p90") < 300.0, "{refresh:#}");
    assert!(of("service_ms", "max") > 800.0, "{refresh:#}");
}

#[test]
fn a_broken_threshold_is_told_after_everything_is_written() {
    let ((folder, scenario), stub) = (shop(), Stub::start(Manner::Breaking(4)));
    let mut command = load(&folder, &scenario, &stub.issuer);
    command.args(HELD).args(["--set", "load.thresholds.errors=0.05"]);
    command.args(["--set", "load.thresholds.refresh.p99=20s"]);
    let (finished, json) = measured(&folder, &mut command, 3);
    finished.says(&["1 of 2 thresholds broke", "errors"]);
    let errors = json["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0]["error"], "http_503");
    let thresholds = json["thresholds"].as_array().expect("thresholds");
    let held: Vec<bool> = thresholds.iter().map(|t| t["held"] == true).collect();
    assert_eq!(held, [false, true], "{thresholds:?}");
    let page = std::fs::read_to_string(folder.path().join("out/report.html")).expect("a page");
    assert!(page.contains("A threshold broke"));
}

#[test]
fn what_has_no_room_is_dropped_and_counted() {
    let ((folder, scenario), stub) = (shop(), Stub::start(Manner::Silent));
    let mut command = load(&folder, &scenario, &stub.issuer);
    command.args(HELD).args(["--max-in-flight", "10", "--timeout", "500ms"]);
    let (_, json) = measured(&folder, &mut command, 0);
    let whole = &json["whole"];
    assert_eq!(whole["intended"], 300, "{json:#}");
    let (started, dropped) = (count(&whole["started"]), count(&whole["dropped"]));
    assert_eq!(started + dropped, 300);
    assert!(dropped > 200, "{json:#}");
    assert_eq!(json["errors"][0]["error"], "timeout");
    assert_eq!(count(&whole["errors"]) + count(&whole["in_flight_at_end"]), started);
}

#[test]
#[cfg(unix)]
fn ctrl_c_writes_what_was_measured() {
    let ((folder, scenario), stub) = (shop(), Stub::start(Manner::Silent));
    let mut command = load(&folder, &scenario, &stub.issuer);
    command.args(["--hold-peak", "60s", "--rate", "50", "--only", "refresh"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    while stub.asked("refresh") < 20 {
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().expect("it ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    let json = json(&folder);
    assert!(json["partial"].as_str().is_some_and(|why| why.contains("interrupted")), "{json:#}");
    // Nobody answered: all of them are in flight, and none is lost.
    assert!(count(&json["whole"]["in_flight_at_end"]) >= 20, "{json:#}");
    assert_eq!(json["whole"]["in_flight_at_end"], json["whole"]["started"]);
}

#[test]
fn secrets_stand_in_no_output() {
    let ((folder, scenario), stub) = (shop(), Stub::start(Manner::Quick));
    let mut command = load(&folder, &scenario, &stub.issuer);
    let (finished, _) = measured(&folder, command.args(["--speed", "600"]), 0);
    let mut outputs = files(&folder.path().join("out"));
    outputs.insert("stdout".into(), finished.stdout.into_bytes());
    outputs.insert("stderr".into(), finished.stderr.into_bytes());
    assert!(outputs.len() > 10);
    for (name, bytes) in outputs {
        let text = String::from_utf8_lossy(&bytes);
        for secret in [PASSWORD, TOKEN] {
            assert!(!text.contains(secret), "{} holds {secret}", name.display());
        }
    }
}
