//! Certified OpenID clients against the program: `openid-client` in Node.

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
