//! What is refused before anything is sent.

use crate::program::finish;
use crate::stub::{Manner, Stub};
use crate::{load, shop};

#[test]
fn hosts_elsewhere_are_typed_out_and_vendors_are_asked_first() {
    let (folder, scenario) = shop();
    let refuse = |issuer: &str, arguments: &[&str], words: &[&str]| {
        finish(load(&folder, &scenario, issuer).args(arguments)).expect(2).says(words);
    };
    refuse("https://idp.test.example", &[], &["--allow-target idp.test.example"]);
    let vendor = "https://acme.auth0.com/";
    let allowed = ["--allow-target", "acme.auth0.com"];
    refuse(vendor, &allowed, &["Auth0", "--i-have-permission"]);
    refuse("nowhere", &[], &["no address"]);
    assert!(!folder.path().join("out").exists());
}

#[test]
fn ceilings_hold_until_they_are_raised() {
    let ((folder, scenario), stub) = (shop(), Stub::start(Manner::Quick));
    let refuse = |arguments: &[&str], words: &[&str]| {
        finish(load(&folder, &scenario, &stub.issuer).args(arguments)).expect(2).says(words);
    };
    refuse(&[], &["--max-time 19m", "--speed"]);
    refuse(&["--hold-peak", "11m"], &["--max-time 11m"]);
    refuse(&["--hold-peak", "1s", "--rate", "30000"], &["--max-rate 30000"]);
    refuse(&["--speed", "1200", "--max-rate", "10"], &["--max-rate"]);
    refuse(&["--from", "2h"], &["--from"]);
    refuse(&["--speed", "0"], &["above 0"]);
    refuse(&["--speed", "2", "--ramp"], &["--ramp"]);
    refuse(&["--policy", "lax", "--speed", "60"], &["strict"]);
    assert_eq!(stub.asked("discovery"), 0, "nothing is sent");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_provider_that_lets_nobody_in_is_told_before_the_test() {
    let (folder, scenario) = shop();
    let gone = "http://127.0.0.1:9";
    let mut command = load(&folder, &scenario, gone);
    finish(command.args(["--speed", "60"])).expect(2).says(&["cannot connect"]);
    let mut without = load(&folder, &scenario, gone);
    without.env_remove("LOAD_PASSWORD").args(["--speed", "60"]);
    finish(&mut without).expect(2).says(&["LOAD_PASSWORD"]);
}
