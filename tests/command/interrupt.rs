//! Ctrl-C: what was finished is written and marked partial, and the log of it replays.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::program::*;

#[test]
#[cfg(unix)]
fn an_interrupted_run_writes_what_was_finished() {
    let folder = scratch();
    let (out, log) = (path(&folder, "out"), path(&folder, "logs/events.csv"));
    let mut child = command()
        .args(["run", "scenarios/enterprise-three-zones.toml", "--out", &out, "--events", &log])
        .args(["--set", "workload.users=4000", "--set", "workload.span=26w", "--jobs", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // Once the log grows under its temporary name, the replaying has begun.
    let logs = folder.path().join("logs");
    let begun = || files(&logs).values().any(|bytes| bytes.len() > 1_000_000);
    while !begun() {
        assert!(child.try_wait().expect("a child").is_none(), "it ended before");
        std::thread::sleep(Duration::from_millis(20));
    }
    let killed =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    let output = child.wait_with_output().expect("it ends");
    let (stdout, stderr) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("interrupted"), "{stderr}");
    let summary = fs::read_to_string(folder.path().join("out/summary.json")).expect("a summary");
    assert!(summary.contains("interrupted at"), "{summary}");
    let again = path(&folder, "again");
    let replay = relogin(&["replay", &log, "--out", &again]).expect(0);
    assert_eq!(replay.stdout, stdout);
    same_files(&folder.path().join("out"), &folder.path().join("again"));
}
