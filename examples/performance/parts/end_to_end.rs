//! The command, from a trace in a file to a report.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use xxhash_rust::xxh3::xxh3_64;

use crate::figures::{Figures, Subject};
use crate::inputs::replay::grid_text;
use crate::options::Options;
use crate::process::{Taken, middle, run};

/// A folder for traces and what is made of them.
pub(super) struct Scratch {
    folder: TempDir,
    relogin: PathBuf,
    runs: usize,
}

impl Scratch {
    /// Why nothing can be measured here, if so.
    pub(super) fn is_possible() -> Result<(), String> {
        match Path::new("/proc/self/stat").exists() {
            true => Ok(()),
            false => Err("only Linux’s `/proc` tells what a program takes".to_owned()),
        }
    }

    pub(super) fn new(options: &Options) -> Result<Self> {
        let relogin = options.relogin.clone().context("no relogin was named or built")?;
        // A program is started by a path that it has from anywhere.
        let relogin = fs::canonicalize(&relogin)
            .with_context(|| format!("there is no {}: build it first", relogin.display()))?;
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        // One policy alone, as whoever asks DuckDB asks about one.
        let scenario = format!("[scenario]\nbaselines = false\n{}", grid_text("limits"));
        fs::write(folder.path().join("limits.toml"), scenario)?;
        Ok(Self { folder, relogin, runs: if options.quick { 1 } else { 3 } })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[cfg(feature = "parquet")]
    pub(super) fn runs(&self) -> usize {
        self.runs
    }

    /// Runs the command over a trace on one thread and on all, and adds what it took. Returns what
    /// it took on all, as what that was measured, and a checksum of the figures that it found.
    pub(super) fn run_relogin(
        &self,
        figures: &mut Figures,
        subject: &Subject,
        trace: &Path,
    ) -> Result<(Taken, Subject, u64)> {
        let mut found = None;
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        let mut threads = vec![1, all];
        threads.dedup();
        for threads in threads {
            let run = || run(&mut self.command(trace, threads));
            let taken = middle(self.runs, |taken: &Taken| taken.cpu, run)?;
            let (policies, sum) = self.found(subject.size)?;
            let subject = Subject { policies, ..subject.clone() }.on(threads);
            add_taken(figures, &subject, &taken);
            figures.add(&subject, "speed", subject.size as f64 / taken.cpu, "records/s and core");
            let Taken { cpu, wall, memory } = taken;
            let (part, name, mb) = (subject.part, &subject.name, memory / 1e6);
            eprintln!(
                "   {part} {name}, {threads} threads: {cpu:.2} s of CPU in {wall:.2} s, \
                 {mb:.0} MB, checksum {sum:016x}"
            );
            if let Some((.., before)) = found.replace((taken, subject, sum)) {
                ensure!(before == sum, "{threads} threads give other figures than one");
            }
        }
        found.context("it ran")
    }

    fn command(&self, trace: &Path, threads: usize) -> Command {
        let mut command = Command::new(&self.relogin);
        command.arg("run").arg(self.path("limits.toml")).arg("--trace").arg(trace);
        command.arg("--out").arg(self.path("out")).arg("--quiet");
        command.arg("--jobs").arg(threads.to_string());
        command
    }

    /// Of the last run, which must have met every record: how many policies it replayed, and a
    /// checksum of all their metrics.
    fn found(&self, records: u64) -> Result<(usize, u64)> {
        let summary = fs::read(self.path("out/summary.json"))?;
        let summary: Value = serde_json::from_slice(&summary)?;
        let policies = summary["policies"].as_array().map_or(0, Vec::len);
        let uses = summary["policies"][0]["metrics"]["uses"].as_u64().unwrap_or(0);
        // Few people log out, and few close the browser.
        ensure!(uses <= records && uses > records / 2, "{uses} uses in {records} records");
        Ok((policies, xxh3_64(&fs::read(self.path("out/summary.csv"))?)))
    }
}

pub(super) fn add_taken(figures: &mut Figures, subject: &Subject, taken: &Taken) {
    figures.add(subject, "cpu", taken.cpu, "s");
    figures.add(subject, "wall", taken.wall, "s");
    figures.add(subject, "memory", taken.memory, "bytes");
}
