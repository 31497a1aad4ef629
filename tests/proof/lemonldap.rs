//! Debian's LemonLDAP::NG: Perl, an idle and an absolute timeout, lazy sliding.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use super::activity::Plan;
use super::root;
use super::run::{Bench, SECRET, Verified};
use super::server::{Server, free_port, skip};

const PORTAL: &str = "/usr/share/lemonldap-ng/portal/htdocs/index.psgi";
const CONFIGURATION: &str = "/var/lib/lemonldap-ng/conf/lmConf-1.json";
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// The accounts of its demonstration backend, whose passwords are their names.
const PEOPLE: &[&str] = &["dwho", "msmith", "rtyler"];

/// Seconds of its settings.
#[derive(Clone, Copy)]
struct Limits {
    absolute: u32,
    idle: u32,
    interval: u32,
    access_token: u32,
    offline: u32,
}

fn start(bench: &Bench, limits: Limits) -> Option<Server> {
    for needed in [PORTAL, CONFIGURATION, FAKETIME] {
        if !Path::new(needed).is_file() {
            skip(&format!("Debian's lemonldap-ng and faketime are not installed: no {needed}"));
            return None;
        }
    }
    let port = free_port();
    let ini = match configure(bench.folder(), port, limits) {
        Ok(ini) => ini,
        Err(why) => {
            skip(&format!("LemonLDAP::NG can't be configured: {why}"));
            return None;
        }
    };
    let mut command = Command::new("plackup");
    command.args(["--no-default-middleware", "-E", "deployment", "-s", "HTTP::Server::PSGI"]);
    command.args(["--host", "127.0.0.1", "--port", &port.to_string(), PORTAL]);
    command.env("LLNG_DEFAULTCONFFILE", ini).env("LD_PRELOAD", FAKETIME).env("TZ", "UTC");
    command.env("FAKETIME_TIMESTAMP_FILE", bench.clock()).env("FAKETIME_NO_CACHE", "1");
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("FAKETIME_DONT_RESET", "1");
    match Server::start(command, port, &bench.folder().join("server.log")) {
        Ok(server) => Some(server),
        Err(why) => {
            skip(&format!("LemonLDAP::NG does not start: {why}"));
            None
        }
    }
}

/// Writes a configuration for `port` below `folder`, and gives the file that names it.
fn configure(folder: &Path, port: u16, limits: Limits) -> Result<PathBuf, String> {
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    for part in ["conf", "sess/lock", "psess/lock"] {
        fs::create_dir_all(folder.join(part)).map_err(|error| failed(&error))?;
    }
    let text = fs::read_to_string(CONFIGURATION).map_err(|error| failed(&error))?;
    let mut all: Map<String, Value> =
        serde_json::from_str(&text).map_err(|error| failed(&error))?;
    for unused in ["localSessionStorage", "localSessionStorageOptions", "reloadUrls"] {
        all.remove(unused);
    }
    let (private, public) = keys(folder)?;
    let storage = |name: &str| {
        json!({
            "Directory": folder.join(name), "LockDirectory": folder.join(name).join("lock"),
            "generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256",
        })
    };
    let own = json!({
        "portal": format!("http://127.0.0.1:{port}/"), "domain": "127.0.0.1",
        "timeout": limits.absolute, "timeoutActivity": limits.idle,
        "timeoutActivityInterval": limits.interval, "handlerInternalCache": 0,
        "globalStorageOptions": storage("sess"), "persistentStorageOptions": storage("psess"),
        "notification": 0, "captcha_login_enabled": 0, "captcha_mail_enabled": 0,
        "captcha_register_enabled": 0, "portalDisplayRegister": 0, "portalDisplayResetPassword": 0,
        "portalDisplayChangePassword": 0, "requireToken": 0, "loginHistoryEnabled": 0,
        "checkTime": 1_000_000_000, "issuerDBOpenIDConnectActivation": 1,
        "issuerDBOpenIDConnectPath": "^/oauth2/", "issuerDBOpenIDConnectRule": 1,
        "oidcServicePrivateKeySig": private, "oidcServicePublicKeySig": public,
        "oidcServiceKeyIdSig": "k1", "oidcServiceAllowAuthorizationCodeFlow": 1,
        "oidcServiceAllowOffline": 1, "oidcServiceAccessTokenExpiration": limits.access_token,
        "oidcServiceOfflineSessionExpiration": limits.offline,
        "oidcServiceIDTokenExpiration": limits.access_token,
        "oidcRPMetaDataExportedVars": { "spa": { "name": "cn" }, "web": {}, "shop": {} },
        "oidcRPMetaDataOptions": {
            "spa": client("spa", limits, true), "web": client("web", limits, false),
            "shop": client("shop", limits, false),
        },
    });
    all.extend(own.as_object().expect("an object").clone());
    fs::write(folder.join("conf/lmConf-1.json"), Value::from(all).to_string())
        .map_err(|error| failed(&error))?;
    let ini = folder.join("lemonldap-ng.ini");
    let given = fs::read_to_string(root().join("../shared/realservers/lemonldap/lemonldap-ng.ini"));
    let given = given.map_err(|error| failed(&error))?;
    let text = given.replace("@DIR@", &folder.display().to_string());
    fs::write(&ini, text).map_err(|error| failed(&error))?;
    Ok(ini)
}

/// A public client gets offline refresh tokens, a confidential one such as end with the session.
fn client(id: &str, limits: Limits, public: bool) -> Value {
    let name = |option: &str| format!("oidcRPMetaDataOptions{option}");
    let public = u32::from(public);
    let options = [
        ("ClientID", json!(id)),
        ("DisplayName", json!(id)),
        ("Public", json!(public)),
        ("ClientSecret", json!(if public == 1 { "" } else { SECRET })),
        ("RequirePKCE", json!(1)),
        ("BypassConsent", json!(1)),
        ("RedirectUris", json!("http://127.0.0.1/callback")),
        ("PostLogoutRedirectUris", json!("http://127.0.0.1/")),
        // One of them authenticates silently instead.
        ("RefreshToken", json!(u32::from(id != "shop"))),
        ("AllowOffline", json!(public)),
        ("IDTokenSignAlg", json!("RS256")),
        ("AccessTokenExpiration", json!(limits.access_token)),
        ("IDTokenExpiration", json!(limits.access_token)),
        ("OfflineSessionExpiration", json!(limits.offline)),
        ("UserIDAttr", json!("uid")),
        // One of them asks whether it is meant.
        ("LogoutBypassConfirm", json!(public)),
    ];
    options.into_iter().map(|(option, value)| (name(option), value)).collect::<Map<_, _>>().into()
}

fn keys(folder: &Path) -> Result<(String, String), String> {
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).current_dir(folder).output();
        let output = output.map_err(|error| format!("openssl: {error}"))?;
        String::from_utf8(output.stdout).map_err(|error| error.to_string())
    };
    openssl(&["genrsa", "-out", "k.pem", "2048"])?;
    let private = fs::read_to_string(folder.join("k.pem")).map_err(|error| error.to_string())?;
    Ok((private, openssl(&["rsa", "-in", "k.pem", "-pubout"])?))
}

fn scenario() -> PathBuf {
    root().join("tests/proof/lemonldap.toml")
}

fn verify(bench: &Bench, server: &Server, policy: &str, more: &[&str]) -> Verified {
    let issuer = format!("http://127.0.0.1:{}/", server.port);
    bench.verify(&scenario(), policy, &issuer, more)
}

fn prove(policy: &str, limits: Limits, plan: Plan, seed: u64) -> u64 {
    let bench = Bench::new();
    let Some(server) = start(&bench, limits) else { return plan.uses as u64 };
    let on_boundaries = bench.plan(&scenario(), policy, plan, seed);
    let verified = verify(&bench, &server, policy, &["--format", "json"]);
    verified.is_zero("LemonLDAP::NG 2.16", policy, on_boundaries)
}

const LAZY: Limits =
    Limits { absolute: 200, idle: 60, interval: 20, access_token: 10, offline: 300 };
const EAGER: Limits =
    Limits { absolute: 150, idle: 30, interval: 1, access_token: 25, offline: 90 };

#[test]
fn an_idle_and_an_absolute_timeout_that_slide_lazily() {
    let plan = Plan { logouts: 15, closes: 15, ..Plan::of(2_500, PEOPLE, 60_000) };
    assert_eq!(prove("lazy", LAZY, plan, 11), 2_500);
}

#[test]
fn sliding_at_nearly_every_request() {
    let plan = Plan { polls: 40, ..Plan::of(2_500, PEOPLE, 40_000) };
    assert_eq!(prove("eager", EAGER, plan, 12), 2_500);
}

#[test]
fn a_policy_that_is_wrong_by_a_second_is_found_out() {
    let bench = Bench::new();
    let Some(server) = start(&bench, LAZY) else { return };
    bench.plan(&scenario(), "lazy", Plan::of(300, PEOPLE, 60_000), 13);
    for (wrong, words) in [
        ("policy.lazy.session.idle_timeout=61s", "idle timeout"),
        ("policy.lazy.clock.expires=at", "of [policy.clock]"),
    ] {
        let verified = verify(&bench, &server, "lazy", &["--set", wrong]);
        assert_eq!(verified.status, Some(3), "{wrong}:\n{}\n{}", verified.stdout, verified.stderr);
        assert!(verified.stdout.contains(words), "no {words:?} in:\n{}", verified.stdout);
    }
}
