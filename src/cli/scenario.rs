//! A scenario file and what the command line sets above it, shared by the commands that read one.

use std::path::{Path, PathBuf};

use clap::Args;

use super::terminal::Terminal;
use super::{Failure, files};
use crate::scenario::{self, PolicySpec, Scenario};

/// The scenario that a command is about.
#[derive(Args, Debug)]
pub(super) struct ScenarioArguments {
    /// Scenario file (TOML); `-` is standard input
    #[arg(value_name = "SCENARIO")]
    pub(super) path: PathBuf,
    /// Set a value above the file's: policy.strict.session.idle_timeout=30m
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
}

/// A scenario, checked, with its text.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) scenario: Scenario,
    pub(super) text: String,
}

impl ScenarioArguments {
    /// Reads and checks the scenario.
    pub(super) fn load(&self, terminal: &Terminal) -> Result<Loaded, Failure> {
        let text = files::read_text(&self.path)?;
        let name = self.path.display().to_string();
        let scenario = scenario::parse(&name, &text, &self.set)
            .map_err(|errors| Failure::Usage(errors.render(terminal.colors_errors())))?;
        Ok(Loaded { scenario, text })
    }

    /// A path that the scenario names, as seen from where relogin runs.
    pub(super) fn beside(&self, path: &str) -> PathBuf {
        match self.path.parent() {
            Some(folder) if path != "-" => folder.join(path),
            _ => Path::new(path).to_owned(),
        }
    }
}

impl Loaded {
    /// The scenario's policies, and relogin's own beside them.
    pub(super) fn policies(&self) -> Vec<PolicySpec> {
        let mut policies = self.scenario.policies.clone();
        if self.scenario.baselines {
            policies.extend(scenario::baselines(&self.scenario.policies));
        }
        policies
    }
}
