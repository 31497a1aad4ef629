//! `relogin completions`: what a shell needs to complete relogin's arguments.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::terminal::Terminal;
use super::{Arguments, Failure};

/// Print a shell's completion script
///
/// For example: relogin completions bash > ~/.local/share/bash-completion/completions/relogin
#[derive(Args, Debug)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn execute(&self, terminal: &Terminal) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "relogin", &mut script);
        terminal.print(&String::from_utf8_lossy(&script))
    }
}
