//! What becomes of the benches' figures: the gate of `.ci/run`, its baseline, and exports for CI
//! dashboards.
//!
//! ```sh
//! cargo run --example bench -- gate      # counts instructions; fails where they rose by more than 3 %
//! cargo run --example bench -- accept    # counts, and makes it the baseline: commit it, with the reason
//! cargo run --example bench -- export --format github     # or bencher; the last figures as JSON
//! ```
//!
//! `gate` and `accept` need valgrind and `gungraun-runner`, as `.ci/run` installs them. `export`
//! tells what the last `gate` or `accept` counted and the last `cargo bench` measured.
//! Exit status: 0 done; 1 an unexpected failure; 2 bad arguments; 3 the gate is shut.

#![allow(clippy::print_stdout, reason = "its result is for standard output")]

mod compare;
mod export;
mod results;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use compare::{Baseline, Comparison};
use export::Format;
use results::Counts;

const USAGE: &str = "usage: cargo run --example bench -- gate | accept | \
                     export --format github|bencher";

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["gate"] => gate(),
        ["accept"] => accept(),
        ["export", "--format", "github"] => export(Format::Github),
        ["export", "--format", "bencher"] => export(Format::Bencher),
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    }
}

fn gate() -> Result<ExitCode> {
    let baseline = Baseline::read(&baseline_file())?;
    let comparison = Comparison::new(&baseline, &counted()?);
    print!("{comparison}");
    if comparison.passes() {
        return Ok(ExitCode::SUCCESS);
    }
    if baseline.tools != tools()? {
        let Baseline { tools, .. } = baseline;
        println!("note: the baseline was counted with {tools}, which may be the difference");
    }
    Ok(ExitCode::from(3))
}

fn accept() -> Result<ExitCode> {
    let file = baseline_file();
    let counts = counted()?;
    // Whatever stood there, or did not, is about to be replaced.
    if let Ok(before) = Baseline::read(&file) {
        print!("{}", Comparison::new(&before, &counts));
    }
    Baseline { tools: tools()?, instructions: counts }.write(&file)?;
    println!("{} is written: commit it, and say why the figures changed", file.display());
    Ok(ExitCode::SUCCESS)
}

fn export(format: Format) -> Result<ExitCode> {
    let counts = results::counts(&gate_directory())?;
    let times = results::times(&target().join("criterion"))?;
    ensure!(
        !(counts.is_empty() && times.is_empty()),
        "no figures in {}: run `cargo bench --bench session_check` or the gate first",
        target().display()
    );
    println!("{:#}", format.json(&counts, &times));
    Ok(ExitCode::SUCCESS)
}

/// Counts now.
fn counted() -> Result<Counts> {
    let directory = gate_directory();
    // A bench that is no more would be found again.
    if directory.exists() {
        fs::remove_dir_all(&directory)
            .with_context(|| format!("cannot empty {}", directory.display()))?;
    }
    let status = cargo()
        .args(["bench", "--locked", "--bench", "instructions"])
        // How the compiler cuts the crate moves counts: what no hot path needs stays out.
        .args(["--no-default-features", "--features", "parquet", "--", "--save-summary=json"])
        .arg(format!("--home={}", directory.display()))
        .status()
        .context("cannot run cargo")?;
    ensure!(status.success(), "the instruction benches failed ({status})");
    results::counts(&directory)
}

/// What counts depend on besides the code.
fn tools() -> Result<String> {
    let version = |command: &mut Command| -> Result<String> {
        let output = command.arg("--version").output()?;
        ensure!(output.status.success(), "{command:?} failed");
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let rustc = version(&mut Command::new("rustc")).context("cannot ask rustc for its version")?;
    let valgrind = version(&mut Command::new("valgrind")).context("cannot ask valgrind")?;
    Ok(format!("{rustc}, {valgrind}"))
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn baseline_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.json")
}

/// Where the last counts are, apart from those of `cargo bench` by hand.
fn gate_directory() -> PathBuf {
    target().join("gate")
}

fn target() -> PathBuf {
    let folder = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}
