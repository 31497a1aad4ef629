//! Ctrl-C: what was finished is written and marked partial, and the log of it replays.

use std::fs;
use std::io::Read;
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

#[test]
#[cfg(unix)]
fn an_interrupted_sweep_writes_the_points_that_were_finished() {
    let folder = scratch();
    let out = path(&folder, "out");
    // Each seed has activity of its own, and so is finished by itself.
    let seeds: Vec<String> = (1..=300).map(|seed| seed.to_string()).collect();
    let seeds = format!("scenario.seed={}", seeds.join(","));
    // How long the first takes depends on the machine; before it is finished nothing is written.
    for seconds in [1, 2, 4, 8, 16, 32, 64] {
        let child = command()
            .args(["sweep", "scenarios/idle-timeout-sweep.toml", "--out", &out, "--jobs", "1"])
            .args(["--axis", "session.idle_timeout=1h", "--axis", "session.absolute_timeout=12h"])
            .args(["--axis", &seeds])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(Duration::from_secs(seconds));
        let killed =
            std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(killed.expect("kill").success(), "it ended before");
        let output = child.wait_with_output().expect("it ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{stderr}");
        let Ok(sweep) = fs::read_to_string(folder.path().join("out/sweep.json")) else {
            assert!(stderr.contains("nothing is written"), "{stderr}");
            continue;
        };
        assert!(stderr.contains("what was finished is written"), "{stderr}");
        let sweep: serde_json::Value = serde_json::from_str(&sweep).expect("JSON");
        let points = sweep["points"].as_array().expect("points").len() as u64;
        assert!(sweep["partial"].as_str().expect("why").starts_with("interrupted after"));
        assert_eq!(points + sweep["unfinished"].as_u64().expect("a number"), 300);
        assert!(points > 0);
        return;
    }
    panic!("not one point was finished within a minute");
}

#[test]
#[cfg(unix)]
fn while_input_is_awaited_one_signal_is_enough() {
    let folder = scratch();
    let (scenario, out, log) = (small(&folder), path(&folder, "out"), path(&folder, "log.csv"));
    let run = ["run", &scenario, "--trace", "-", "--out", &out, "--events", &log];
    let stats = ["trace", "stats", "-"];
    for (arguments, signal) in [(run.as_slice(), "-INT"), (&run, "-TERM"), (&stats, "-INT")] {
        let mut child = command()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // Long enough to be waiting for input, which stays open.
        std::thread::sleep(Duration::from_millis(500));
        let id = child.id().to_string();
        let killed = std::process::Command::new("kill").args([signal, &id]).status();
        assert!(killed.expect("kill").success());
        // Waiting for the child would close its input.
        let ended = (0..200).find_map(|_| {
            std::thread::sleep(Duration::from_millis(50));
            child.try_wait().expect("a child")
        });
        let ended = ended.unwrap_or_else(|| {
            child.kill().expect("kill");
            panic!("still there: {arguments:?}")
        });
        assert_eq!(ended.code(), Some(130), "{arguments:?}");
        let mut stderr = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("text");
        assert!(stderr.contains("nothing is written"), "{stderr}");
        assert!(!folder.path().join("out").exists() && !folder.path().join("log.csv").exists());
    }
}
