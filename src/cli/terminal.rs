//! What people see: results on standard output, notes and progress on standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use terminal_size::{Width, terminal_size_of};

use super::Failure;

/// Columns of a result that goes into a file or a pipe.
const WITHOUT_A_TERMINAL: usize = 100;

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
        let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let seen = || terminal_size_of(io::stdout()).map(|(Width(columns), _)| columns.into());
        asked.or_else(seen).unwrap_or(WITHOUT_A_TERMINAL)
    }

    /// A bar over `length` things, on a terminal only, drawn ten times a second at most.
    pub(super) fn progress(&self, doing: &'static str, length: u64, things: &str) -> ProgressBar {
        let numbers = format!("{{human_pos}} of {{human_len}} {things}, {{eta}} left");
        self.bar(doing, Some(length), &format!("{{prefix:>10}} {{wide_bar}} {numbers}"))
    }

    /// The same over bytes; `length` is not known of a pipe.
    pub(super) fn progress_of_bytes(
        &self,
        doing: &'static str,
        length: Option<u64>,
    ) -> ProgressBar {
        let template = match length {
            Some(_) => "{prefix:>10} {wide_bar} {binary_bytes} of {binary_total_bytes}, {eta} left",
            None => "{prefix:>10} {spinner} {binary_bytes}, {binary_bytes_per_sec}",
        };
        self.bar(doing, length, template)
    }

    /// The same over rows of whose number nothing is known.
    pub(super) fn progress_of_rows(&self, doing: &'static str) -> ProgressBar {
        self.bar(doing, None, "{prefix:>10} {spinner} {human_pos} rows")
    }

    /// The same over the seconds of a load test, with a message of how it goes.
    #[cfg(feature = "http")]
    pub(super) fn progress_of_load(&self, length: std::time::Duration) -> ProgressBar {
        let template = "{prefix:>10} {bar:10} {pos}s of {len}s, {wide_msg}";
        self.bar("sending", Some(length.as_secs().max(1)), template)
    }

    fn bar(&self, doing: &'static str, length: Option<u64>, template: &str) -> ProgressBar {
        let target = if self.quiet || !io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(10)
        };
        let bar = ProgressBar::with_draw_target(length, target).with_prefix(doing);
        ProgressStyle::with_template(template).map_or(bar.clone(), |style| bar.with_style(style))
    }
}

fn colors(is_terminal: bool) -> bool {
    is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
