//! `relogin policy show`: what a policy says, and who says it.

use clap::{Args, Subcommand};

use super::Failure;
use super::scenario::ScenarioArguments;
use super::terminal::Terminal;
use crate::scenario::PolicySpec;

/// Look at policies
#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    Show(Show),
}

/// Show the effective values of a scenario's policies, and where each comes from
#[derive(Args, Debug)]
pub(super) struct Show {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// Only this policy
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
}

impl Policy {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let Self::Show(show) = self;
        let loaded = show.scenario.load(terminal)?;
        for warning in &loaded.scenario.warnings {
            terminal.note(&format!("warning: {warning}"));
        }
        let wanted: Vec<&PolicySpec> = match &show.policy {
            None => loaded.scenario.policies.iter().collect(),
            Some(name) => {
                let known = loaded.scenario.policies.iter();
                known.filter(|policy| policy.name == *name).collect()
            }
        };
        if wanted.is_empty() {
            let known = loaded.scenario.policies.iter().map(|policy| policy.name.as_str());
            return Err(Failure::Usage(format!(
                "there is no policy {:?}; the scenario has {}",
                show.policy.as_deref().unwrap_or_default(),
                known.collect::<Vec<_>>().join(", ")
            )));
        }
        let shown: Vec<String> = wanted.into_iter().map(show_policy).collect();
        terminal.print(&shown.join("\n"))
    }
}

/// One line a value: key, value, origin, in columns.
fn show_policy(policy: &PolicySpec) -> String {
    let widest = |column: fn(&(String, String, crate::scenario::Origin)) -> &str| {
        policy.settings.iter().map(|setting| column(setting).chars().count()).max().unwrap_or(0)
    };
    let (keys, values) = (widest(|setting| &setting.0), widest(|setting| &setting.1));
    let mut text = format!("policy {:?}\n", policy.name);
    for (key, value, origin) in &policy.settings {
        text.push_str(&format!("  {key:keys$}  {value:values$}  {origin}\n"));
    }
    text
}
