//! Certified OpenID clients against the program: `openid-client` in Node, `oidc-client-ts` in a real
//! browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::Running;

/// The folder of the clients, if Node and they are installed; says so if not.
fn clients() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/node");
    let node = Command::new("node").arg("--version").output().is_ok();
    let installed = folder.join("node_modules/openid-client").is_dir();
    if node && installed {
        return Some(folder);
    }
    let skipped = "no Node or no node_modules, so no certified client was tried: \
                   run `npm ci` in tests/server/node";
    assert!(std::env::var_os("RELOGIN_CI").is_none(), "{skipped}");
    eprintln!("SKIPPED: {skipped}");
    None
}

fn check(arguments: &[&str]) {
    let Some(folder) = clients() else { return };
    let server = Running::start(crate::world::SCENARIO, arguments);
    let ran = Command::new("node")
        .arg(folder.join("openid-client.mjs"))
        .args([server.issuer(), "web"])
        .output()
        .expect("node starts");
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{out}\n{err}");
    let done = "login\nrefresh\nsilent\nrevocation\nlogout\nanother user\n";
    assert_eq!(out, done, "{err}");
}

#[test]
fn openid_client_passes_every_flow_with_ed25519() {
    check(&[]);
}

#[test]
fn openid_client_passes_every_flow_with_rs256() {
    check(&["--signing", "rs256"]);
}

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

#[test]
fn oidc_client_ts_passes_every_flow_in_a_real_browser() {
    let Some(folder) = clients() else { return };
    let is_there = |browser: &&str| Command::new(browser).arg("--version").output().is_ok();
    let Some(browser) = BROWSERS.into_iter().find(is_there) else {
        let skipped = format!("no {} on PATH, so no browser logged in", BROWSERS.join(" or "));
        assert!(std::env::var_os("RELOGIN_CI").is_none(), "{skipped}");
        eprintln!("SKIPPED: {skipped}");
        return;
    };
    let server = Running::start(crate::world::SCENARIO, &[]);
    let ran = Command::new("node")
        .arg(folder.join("oidc-client-ts.mjs"))
        .args([server.issuer(), "web", browser])
        .arg(server.folder.path().join("profile"))
        .output()
        .expect("node starts");
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{out}\n{err}");
    assert_eq!(out, "login\nrefresh\nsilent\nlogout\n", "{err}");
}
