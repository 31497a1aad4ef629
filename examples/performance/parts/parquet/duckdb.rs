//! DuckDB, started by the Python that has it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::process::{self, Taken};

/// Logins after 30 minutes without a use, and nothing else: no policy but an idle timeout.
///
/// What Python takes to start is not DuckDB's, so the script looks at the clocks itself. Its
/// memory is the most that the process held, in kibibytes, which `ru_maxrss` would not tell: it
/// knows of the process that started this one too.
const SCRIPT: &str = r#"
import json, resource, sys, time
import duckdb
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
db = duckdb.connect()
db.execute("SET enable_progress_bar = false")
before, begun = cpu(), time.monotonic()
logins = db.execute("""
    SELECT count(*) FROM (
        SELECT ts - lag(ts) OVER (PARTITION BY "user" ORDER BY ts) AS gap FROM read_parquet(?)
    ) WHERE gap IS NULL OR gap >= INTERVAL 30 MINUTE""", [sys.argv[1]]).fetchone()[0]
took, wall = cpu() - before, time.monotonic() - begun
threads = db.execute("SELECT current_setting('threads')").fetchone()[0]
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(json.dumps({"cpu": took, "wall": wall, "kibibytes": int(peak.split()[1]), "logins": logins,
                  "threads": int(threads), "version": duckdb.__version__}))
"#;

/// What it took.
pub(super) struct Theirs {
    pub(super) taken: Taken,
    pub(super) threads: usize,
    pub(super) version: String,
}

#[derive(Deserialize)]
struct Answer {
    cpu: f64,
    wall: f64,
    kibibytes: u64,
    logins: u64,
    threads: usize,
    version: String,
}

pub(super) fn middle(runs: usize, python: &Path, trace: &Path) -> Result<Theirs> {
    let answer = process::middle(runs, |answer: &Answer| answer.cpu, || run(python, trace))?;
    let Answer { cpu, wall, kibibytes, threads, version, logins } = answer;
    eprintln!("   DuckDB {version}: {cpu:.2} s of CPU in {wall:.2} s, {logins} logins");
    let taken = Taken { cpu, wall, memory: kibibytes as f64 * 1_024.0 };
    Ok(Theirs { taken, threads, version })
}

fn run(python: &Path, trace: &Path) -> Result<Answer> {
    let output = Command::new(python).arg("-c").arg(SCRIPT).arg(trace).output();
    let output = output.with_context(|| format!("cannot run {}", python.display()))?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} failed: {complaints}", python.display());
    // Whatever else an installation has to say comes before.
    let printed = String::from_utf8_lossy(&output.stdout);
    let answer = printed.trim_end().lines().next_back().unwrap_or_default();
    serde_json::from_str(answer).with_context(|| format!("it printed {printed:?}"))
}
