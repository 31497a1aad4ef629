//! What people see: results on standard output, notes and progress on standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Failure;

/// The two streams, and how much may be said on them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    quiet: bool,
}

impl Terminal {
    pub(super) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Writes a result.
    pub(super) fn print(&self, result: &str) -> Result<(), Failure> {
        self.stream(|out| out.write_all(result.as_bytes()))
    }

    /// Writes a result piece by piece. A reader that closed its end has seen enough: that is no
    /// error.
    pub(super) fn stream(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                // What is still buffered would be tried again when the writer goes.
                let _ = out.into_parts();
                Ok(())
            }
            written => Ok(written.context("cannot write to standard output")?),
        }
    }

    /// Says something that is no result.
    pub(super) fn note(&self, note: &str) {
        if !self.quiet {
            // Nobody is left to tell that standard error is closed.
            let _ = writeln!(io::stderr().lock(), "{note}");
        }
    }

    /// Whether results may be coloured: <https://no-color.org>.
    pub(super) fn colors_results(&self) -> bool {
        colors(io::stdout().is_terminal())
    }

    /// Whether errors may be coloured.
    pub(super) fn colors_errors(&self) -> bool {
        colors(io::stderr().is_terminal())
    }

    /// How many columns results have.
    pub(super) fn width(&self) -> usize {
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        columns.unwrap_or(100).clamp(60, 200)
    }

    /// A bar over `length` records, on a terminal only, drawn ten times a second at most.
    pub(super) fn progress(&self, what: &'static str, length: u64) -> ProgressBar {
        let target = if self.quiet || !io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(10)
        };
        let style = ProgressStyle::with_template(
            "{prefix:>10} {bar:32} {human_pos} of {human_len} records, {per_sec}, {eta} left",
        );
        let bar = ProgressBar::with_draw_target(Some(length), target).with_prefix(what);
        style.map_or(bar.clone(), |style| bar.with_style(style))
    }
}

fn colors(is_terminal: bool) -> bool {
    is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
