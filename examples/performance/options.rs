//! What to measure, and where to write it.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use clap::builder::PossibleValuesParser;

use crate::parts::{PARTS, Part};

/// Measure how fast relogin is, and write reports/performance
#[derive(Parser, Clone, Debug)]
pub(crate) struct Options {
    /// Folder for the report
    #[arg(long, value_name = "DIR", default_value = "reports/performance")]
    pub(crate) out: PathBuf,
    /// Measure these parts alone; the report tells what was left out
    #[arg(long, value_name = "PART", value_delimiter = ',', value_parser = names())]
    only: Vec<String>,
    /// Measure everything in a tiny size, to see that it works
    #[arg(long)]
    pub(crate) quick: bool,
    /// A Python interpreter that has duckdb, to compare with
    #[arg(long, value_name = "PYTHON")]
    pub(crate) duckdb: Option<PathBuf>,
    /// The relogin to measure end to end [default: built now, as this program was]
    #[arg(long, value_name = "PATH")]
    pub(crate) relogin: Option<PathBuf>,
}

fn names() -> PossibleValuesParser {
    PARTS.map(|part| part.name).into()
}

impl Options {
    /// What the tests measure.
    #[cfg(test)]
    pub(crate) fn quick(out: PathBuf, relogin: PathBuf) -> Self {
        Self { out, only: Vec::new(), quick: true, duckdb: None, relogin: Some(relogin) }
    }

    pub(crate) fn wants(&self, part: &Part) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == part.name)
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.only.is_empty() && !self.quick
    }

    /// Builds relogin as this program was built, unless another one was named or no part needs
    /// one: an old one that lies there would be measured in vain.
    pub(crate) fn find_relogin(&mut self) -> Result<()> {
        if self.relogin.is_some() || !PARTS.iter().any(|part| part.runs_relogin && self.wants(part))
        {
            return Ok(());
        }
        let path = beside_this_program()?;
        let folder = path.parent().context("it lies in a folder")?;
        let profile = match folder.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => "dev",
            Some(other) => other,
        };
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--locked", "--bin", "relogin", "--profile", profile]);
        cargo.arg("--target-dir").arg(folder.parent().context("and that in another")?);
        if cfg!(not(feature = "parquet")) {
            cargo.arg("--no-default-features");
        }
        let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status();
        ensure!(
            status.is_ok_and(|status| status.success()) && path.is_file(),
            "cannot build {}: build it with `cargo build --release --locked`, or name one with \
             --relogin PATH",
            path.display()
        );
        self.relogin = Some(path);
        Ok(())
    }
}

/// Where cargo puts relogin when it puts this program into `examples/`.
pub(crate) fn beside_this_program() -> Result<PathBuf> {
    let own = env::current_exe().context("cannot find this program")?;
    let folder = own.parent().and_then(|examples| examples.parent());
    let folder = folder.context("this program lies in no folder of cargo's")?;
    Ok(folder.join(format!("relogin{}", env::consts::EXE_SUFFIX)))
}
