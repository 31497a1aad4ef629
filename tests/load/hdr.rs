//! HdrHistogram's own tools read what is written for them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::stub::{Manner, Stub};
use crate::{count, kind, load, measured, shop};

/// What HdrHistogram's JavaScript finds in an interval log; `None` where it is not installed.
fn read(log: &Path) -> Option<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/load/node");
    let installed = folder.join("node_modules/hdr-histogram-js").is_dir();
    let output = Command::new("node").arg(folder.join("read.mjs")).arg(log).output();
    match output {
        Ok(output) if installed => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(serde_json::from_slice(&output.stdout).expect("JSON"))
        }
        _ => {
            let skipped =
                "no node, or no `npm ci` in tests/load/node: hdr-histogram-js read nothing";
            assert!(std::env::var_os("RELOGIN_CI").is_none(), "{skipped}");
            eprintln!("SKIPPED: {skipped}");
            None
        }
    }
}

#[test]
fn interval_logs_and_percentiles_are_read_by_their_own_tools() {
    let ((folder, scenario), stub) = (shop(), Stub::start(Manner::Quick));
    let mut command = load(&folder, &scenario, &stub.issuer);
    let (_, json) = measured(&folder, command.args(["--speed", "600"]), 0);
    let out = folder.path().join("out/hdr");
    let text = std::fs::read_to_string(out.join("response-all.hgrm")).expect("percentiles");
    let all = count(&kind(&json, "all")["response_ms"]["count"]);
    assert!(text.contains("Total count    =") && text.contains(&all.to_string()), "{text}");
    let Some(read) = read(&out.join("response.hlog")) else { return };
    for (name, tag) in [("all", "NO TAG"), ("login", "login"), ("refresh", "refresh")] {
        let times = &kind(&json, name)["response_ms"];
        assert_eq!(read[tag]["count"], times["count"], "{name}: {read}");
        let micros = read[tag]["p99"].as_f64().expect("a number");
        let millis = times["p99"].as_f64().expect("a number");
        assert!((micros / 1_000.0 - millis).abs() <= millis * 0.002, "{name}: {read} {times}");
    }
}
