//! Why a command failed, and the exit status that says so (SPEC 8).

use std::fmt;
use std::process::ExitCode;

/// A failed command.
#[derive(Debug)]
pub enum Failure {
    /// Something went wrong that nobody's input explains.
    Unexpected(anyhow::Error),
    /// Bad arguments or a bad scenario.
    Usage(String),
    /// A comparison or a threshold failed; what was found is written.
    Differs(String),
    /// Bad data: a trace or an event log.
    Data(String),
    /// Ctrl-C.
    Interrupted {
        /// What was finished is written.
        written: bool,
    },
}

impl Failure {
    /// Broken thresholds, each in a sentence, of so many; nothing where there are none.
    pub(super) fn broken(sentences: &[String], of: usize) -> Result<(), Self> {
        if sentences.is_empty() {
            return Ok(());
        }
        let head = match (sentences.len(), of) {
            (1, 1) => "a threshold broke".to_owned(),
            (broken, of) => format!("{broken} of {of} thresholds broke"),
        };
        Err(Self::Differs(format!("{head}:\n  {}", sentences.join("\n  "))))
    }

    /// The status that the process ends with.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Unexpected(_) => 1,
            Self::Usage(_) => 2,
            Self::Differs(_) => 3,
            Self::Data(_) => 4,
            Self::Interrupted { .. } => 130,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unexpected(error) => write!(f, "error: {error:#}"),
            // A scenario's errors come with their own headings.
            Self::Usage(message) | Self::Data(message) if message.starts_with("error") => {
                f.write_str(message)
            }
            Self::Differs(message) | Self::Usage(message) | Self::Data(message) => {
                write!(f, "error: {message}")
            }
            Self::Interrupted { written: true } => {
                f.write_str("interrupted: what was finished is written")
            }
            Self::Interrupted { written: false } => f.write_str("interrupted: nothing is written"),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Unexpected(error)
    }
}
