//! The `relogin` command: parses, runs, prints the error, sets the exit status.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use relogin::cli::Arguments;

fn main() -> ExitCode {
    match Arguments::parse().execute() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell that standard error is closed.
            let _ = writeln!(std::io::stderr(), "{failure}");
            failure.exit_code()
        }
    }
}
