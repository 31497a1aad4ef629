//! What a program that is started takes: its processor time and its memory.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// What a run of a program took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// Seconds of all its threads, in the program and in the kernel.
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
    /// The most memory that it held at once, bytes.
    pub(crate) memory: f64,
}

/// Linux counts processor time for programs in hundredths of a second on every machine.
const TICKS: f64 = 100.0;

/// Runs a program to its end; it must succeed.
pub(crate) fn run(command: &mut Command) -> Result<Taken> {
    let program = Path::new(command.get_program()).display().to_string();
    let before = children_cpu()?;
    let begun = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("cannot run {program}"))?;
    let mut memory = 0.0_f64;
    let status = loop {
        // The kernel keeps the maximum, and forgets it when the program ends.
        memory = memory.max(peak_memory(child.id()).unwrap_or(0.0));
        match child.try_wait()? {
            Some(status) => break status,
            None => sleep(Duration::from_millis(3)),
        }
    };
    let wall = begun.elapsed().as_secs_f64();
    let mut complaints = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_string(&mut complaints)?;
    }
    ensure!(status.success(), "{program} failed ({status}): {complaints}");
    Ok(Taken { cpu: children_cpu()? - before, wall, memory })
}

/// The middle one of several runs by its processor time; of fewer where they take long.
pub(crate) fn middle<T>(
    runs: usize,
    cpu: impl Fn(&T) -> f64,
    mut run: impl FnMut() -> Result<T>,
) -> Result<T> {
    const ENOUGH: Duration = Duration::from_secs(60);
    let (begun, mut all) = (Instant::now(), vec![run()?]);
    while all.len() < runs && begun.elapsed() < ENOUGH {
        all.push(run()?);
    }
    all.sort_by(|one, other| cpu(one).total_cmp(&cpu(other)));
    Ok(all.swap_remove(all.len() / 2))
}

/// Seconds that this process's children took that have ended: `cutime` and `cstime`, proc(5).
fn children_cpu() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat");
    let stat = stat.context("only Linux's /proc tells what a program takes")?;
    // The second field is a name in parentheses, which may hold spaces.
    let (_, fields) = stat.rsplit_once(") ").context("/proc/self/stat has a name")?;
    let ticks = fields.split(' ').skip(13).take(2).map(str::parse::<u64>);
    Ok(ticks.sum::<Result<u64, _>>()? as f64 / TICKS)
}

/// The most that a program has held so far, bytes.
fn peak_memory(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1_024.0)
}
