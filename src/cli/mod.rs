//! The command line: one file for each command. The only place for clap, for opening files and
//! for the terminal.

mod activity;
mod chronicle;
mod compare;
mod completions;
mod describe;
mod diff;
mod evaluate;
mod explain;
mod failure;
mod files;
mod gates;
mod interrupt;
#[cfg(feature = "http")]
mod live_log;
#[cfg(feature = "http")]
mod load;
mod outcome;
mod places;
mod policy;
#[cfg(feature = "http")]
mod provider;
mod recommend;
mod replay;
mod replicate;
mod run;
mod scenario;
mod schema;
#[cfg(feature = "http")]
mod serve;
#[cfg(feature = "http")]
mod server_settings;
mod simulate;
mod stored;
mod sweep;
mod terminal;
mod trace;
#[cfg(feature = "http")]
mod verify;

use clap::{Parser, Subcommand};

pub use failure::Failure;
use terminal::Terminal;

/// What expiration policies do to people and to the identity provider.
///
/// Replays recorded or synthetic user activity against session and token expiration policies:
/// how often people have to log in again, and how many requests the identity provider answers.
///
/// Exit status: 0 done; 1 an unexpected failure; 2 bad arguments or a bad scenario; 3 a threshold
/// or a comparison failed; 4 bad data; 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "relogin", version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Say nothing but results and errors
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Compare(compare::Compare),
    Replicate(replicate::Replicate),
    Replay(replay::Replay),
    Sweep(sweep::Sweep),
    Recommend(recommend::Recommend),
    #[cfg(feature = "http")]
    Serve(serve::Serve),
    #[command(subcommand)]
    Trace(trace::Trace),
    #[command(subcommand)]
    Policy(policy::Policy),
    #[cfg(feature = "http")]
    Verify(verify::Verify),
    #[cfg(feature = "http")]
    Load(load::Load),
    Diff(diff::Diff),
    Schema(schema::Schema),
    Completions(completions::Completions),
}

impl Arguments {
    /// Does what the arguments say.
    ///
    /// # Errors
    /// What failed, with its exit status.
    pub fn execute(self) -> Result<(), Failure> {
        let terminal = Terminal::new(self.quiet);
        match self.command {
            Command::Run(command) => command.execute(&terminal),
            Command::Compare(command) => command.execute(&terminal),
            Command::Replicate(command) => command.execute(&terminal),
            Command::Replay(command) => command.execute(&terminal),
            Command::Sweep(command) => command.execute(&terminal),
            Command::Recommend(command) => command.execute(&terminal),
            #[cfg(feature = "http")]
            Command::Serve(command) => command.execute(&terminal),
            Command::Trace(command) => command.execute(&terminal),
            Command::Policy(command) => command.execute(&terminal),
            #[cfg(feature = "http")]
            Command::Verify(command) => command.execute(&terminal),
            #[cfg(feature = "http")]
            Command::Load(command) => command.execute(&terminal),
            Command::Diff(command) => command.execute(&terminal),
            Command::Schema(command) => command.execute(&terminal),
            Command::Completions(command) => command.execute(&terminal),
        }
    }
}
