//! What is put on a provider: the schedule compressed, a rate held, the search for the limit.

use std::time::Duration;

use crate::program::finish;
use crate::stub::{Manner, Stub};
use crate::{count, kind, load, measured, shop};

#[test]
fn a_compressed_schedule_sends_what_was_predicted() {
    let ((folder, scenario), stub) = (shop(), Stub::start(Manner::Quick));
    let mut command = load(&folder, &scenario, &stub.issuer);
    let (finished, json) = measured(&folder, command.args(["--speed", "600"]), 0);
    for name in ["login", "silent", "refresh", "logout", "all"] {
        let row = kind(&json, name);
        assert_eq!(row["predicted"], row["measured"], "{name}: {json:#}");
        assert!(count(&row["predicted"]) > 0, "{name}: {json:#}");
        assert_eq!(row["errors"], 0);
    }
    // What is sent is what the provider got.
    assert_eq!(count(&kind(&json, "login")["predicted"]), stub.asked("form"));
    assert_eq!(count(&kind(&json, "logout")["predicted"]), stub.asked("logout"));
    let codes =
        count(&kind(&json, "login")["measured"]) + count(&kind(&json, "silent")["measured"]);
    assert_eq!(codes, stub.asked("code"));
    assert!(finished.stdout.contains("predicted") && finished.stdout.contains("refresh"));
    for file in ["report.html", "seconds.csv", "charts/latency.svg", "hdr/response.hlog"] {
        assert!(folder.path().join("out").join(file).is_file(), "{file}");
    }
}

#[test]
fn a_window_in_the_middle_prepares_who_needs_it_and_says_so() {
    let ((folder, scenario), stub) = (shop(), Stub::start(Manner::Quick));
    let mut command = load(&folder, &scenario, &stub.issuer);
    let arguments = ["--speed", "300", "--from", "4m", "--for", "5m", "--only", "refresh"];
    let (_, json) = measured(&folder, command.args(arguments), 0);
    assert!(count(&json["setup"]["prepared"]) > 0, "{json:#}");
    assert_eq!(json["setup"]["failed"], 0);
    let refresh = kind(&json, "refresh");
    assert_eq!(refresh["predicted"], refresh["measured"], "{json:#}");
    assert_eq!(kind(&json, "all")["predicted"], refresh["predicted"]);
}

#[test]
fn a_rate_is_held_whatever_the_schedule() {
    let ((folder, scenario), stub) = (shop(), Stub::start(Manner::Quick));
    let mut command = load(&folder, &scenario, &stub.issuer);
    let arguments =
        ["--hold-peak", "3s", "--rate", "100", "--only", "refresh", "--spacing", "even"];
    let (_, json) = measured(&folder, command.args(arguments).args(["--jobs", "2"]), 0);
    assert_eq!(json["whole"]["intended"], 300, "{json:#}");
    assert_eq!(json["whole"]["completed"], 300);
    assert_eq!(stub.asked("refresh"), 300);
    assert_eq!(json["whole"]["dropped"], 0);
    assert_eq!(json["jobs"], 2);
}

#[test]
fn the_search_finds_what_the_provider_holds() {
    let ((folder, scenario), stub) =
        (shop(), Stub::start(Manner::Queueing(Duration::from_millis(8))));
    let mut command = load(&folder, &scenario, &stub.issuer);
    let thresholds = ["load.thresholds.all.p90=150ms", "load.thresholds.achieved=0.8"];
    let arguments = ["--ramp", "--rate", "20", "--step", "1s", "--only", "refresh"];
    for threshold in thresholds {
        command.args(["--set", threshold]);
    }
    command.args(arguments).args(["--precision", "25"]);
    let finished = finish(&mut command);
    let json = crate::json(&folder);
    // About a hundred a second, on a machine that does other things too.
    let (held, broke) = (&json["limit"]["held"], &json["limit"]["broke"]);
    let held = held.as_f64().unwrap_or_else(|| panic!("{json:#}"));
    assert!((10.0..=130.0).contains(&held), "{held}: {json:#}");
    assert!(broke.as_f64().is_some_and(|broke| broke > held), "{json:#}");
    assert!(json["steps"].as_array().is_some_and(|steps| steps.len() > 2));
    assert!(folder.path().join("out/charts/steps.svg").is_file());
    assert!(finished.stdout.contains("broke at"), "{}", finished.stdout);
}
