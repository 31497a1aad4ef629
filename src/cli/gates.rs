//! What becomes of a run's thresholds: the files for continuous integration, and the verdict.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::Failure;
use super::files::NewFile;
use super::places;
use crate::gate::{Gate, Threshold};
use crate::report::{self, Input, SUMMARY_BYTES};

/// Files for continuous integration.
#[derive(Args, Debug)]
pub(super) struct GateArguments {
    /// Write a JUnit test case for each of the scenario's [thresholds]
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Append thresholds and policies in Markdown: give it "$GITHUB_STEP_SUMMARY"
    #[arg(long, value_name = "FILE")]
    github_summary: Option<PathBuf>,
}

/// The scenario's lines as code scanning shows them.
#[derive(Args, Debug)]
pub(super) struct SarifArguments {
    /// Write broken thresholds and warnings as SARIF 2.1.0, at their lines of the scenario
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
}

/// The files that were asked for, begun before the work so that it is not lost to one that cannot
/// be written.
#[derive(Debug, Default)]
pub(super) struct GateFiles {
    junit: Option<NewFile>,
    github: Option<(PathBuf, File)>,
    sarif: Option<(NewFile, String, String)>,
}

impl GateArguments {
    /// Begins the files; none of them may be one of `inputs`.
    pub(super) fn begin(&self, inputs: &[&Path]) -> Result<GateFiles, Failure> {
        let inputs = || inputs.iter().copied();
        let mut files = GateFiles::default();
        if let Some(path) = &self.junit {
            places::spare_inputs(path, "--junit", inputs())?;
            files.junit = Some(NewFile::begin(path)?);
        }
        if let Some(path) = &self.github_summary {
            places::spare_inputs(path, "--github-summary", inputs())?;
            let file = OpenOptions::new().create(true).append(true).open(path);
            let file = file.map_err(|error| {
                Failure::Usage(format!("cannot append to {}: {error}", path.display()))
            })?;
            files.github = Some((path.clone(), file));
        }
        Ok(files)
    }
}

impl SarifArguments {
    /// Begins the file about the scenario at `scenario`.
    pub(super) fn begin(&self, files: &mut GateFiles, scenario: &Path) -> Result<(), Failure> {
        let Some(path) = &self.sarif else { return Ok(()) };
        if scenario == Path::new("-") {
            let why = "--sarif points at lines of the scenario, and standard input is no file; \
                       name one";
            return Err(Failure::Usage(why.to_owned()));
        }
        places::spare_inputs(path, "--sarif", [scenario])?;
        let begun = NewFile::begin(path)?;
        files.sarif = Some((begun, uri(scenario), scenario.display().to_string()));
        Ok(())
    }
}

impl GateFiles {
    /// Writes what was asked for.
    pub(super) fn write(self, input: &Input<'_>) -> Result<(), Failure> {
        if let Some(file) = self.junit {
            let text = report::junit(&input.description.scenario, &report::cases(input));
            put(file, &text)?;
        }
        if let Some((file, uri, name)) = self.sarif {
            put(file, &report::sarif(input, &uri, &name))?;
        }
        if let Some((path, mut file)) = self.github {
            // What other commands of the step have told counts, too.
            let before = file.metadata().map_or(0, |metadata| metadata.len());
            let room = SUMMARY_BYTES.saturating_sub(usize::try_from(before).unwrap_or(usize::MAX));
            file.write_all(report::github_summary(input, room).as_bytes())
                .with_context(|| format!("cannot append to {}", path.display()))?;
        }
        Ok(())
    }
}

/// Writes a whole file.
pub(super) fn put(file: NewFile, text: &str) -> Result<(), Failure> {
    let mut writer = file.writer()?;
    let written = writer.write_all(text.as_bytes()).and_then(|()| writer.flush());
    written.context("cannot write a report")?;
    drop(writer);
    file.keep()
}

/// What a run ends with: a failure where a threshold broke, at its line of `scenario`.
pub(super) fn verdict(gates: &[Gate], scenario: &str) -> Result<(), Failure> {
    let place = |threshold: &Threshold| match threshold.line {
        Some(line) => format!("{scenario}:{line}"),
        None => "--set".to_owned(),
    };
    let broken = gates.iter().filter(|gate| !gate.held);
    let told = broken.map(|gate| format!("{}: {}", place(&gate.threshold), gate.sentence()));
    Failure::broken(&told.collect::<Vec<_>>(), gates.len())
}

/// A path as a URI reference: relative to where relogin runs if the file is below it.
fn uri(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let relative = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let text = relative.display().to_string().replace('\\', "/");
    let mut uri = String::from(if relative.is_absolute() { "file://" } else { "" });
    let text = text.trim_start_matches("./");
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}
