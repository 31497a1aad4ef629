//! Ctrl-C: while results are being made, the first finishes what is under way and writes it, and
//! the second ends at once. Before that there is nothing to finish, and the first ends at once.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

use super::Failure;

/// Whether somebody pressed Ctrl-C.
#[derive(Clone, Debug)]
pub(super) struct Interrupt(Arc<State>);

#[derive(Debug, Default)]
struct State {
    pressed: AtomicBool,
    finishes: AtomicBool,
}

impl Interrupt {
    /// Listens from now on. A read that waits for input can't be woken, so until
    /// [`finish_first`](Self::finish_first) Ctrl-C ends the process by itself.
    pub(super) fn listen() -> Result<Self, Failure> {
        let state = Arc::new(State::default());
        let own = Arc::clone(&state);
        ctrlc::set_handler(move || {
            let finishes = own.finishes.load(Ordering::SeqCst);
            if own.pressed.swap(true, Ordering::SeqCst) || !finishes {
                if !finishes {
                    let told = Failure::Interrupted { written: false };
                    let _ = writeln!(io::stderr().lock(), "{told}");
                }
                std::process::exit(130);
            }
        })
        .context("cannot listen for Ctrl-C")?;
        Ok(Self(state))
    }

    /// From now on there is something to finish: files that must not be left half written.
    pub(super) fn finish_first(&self) {
        self.0.finishes.store(true, Ordering::SeqCst);
    }

    /// Whether it was pressed.
    pub(super) fn pressed(&self) -> bool {
        self.0.pressed.load(Ordering::SeqCst)
    }

    /// Lets `inner` be written until then.
    pub(super) fn watch<W>(&self, inner: W) -> Watched<W> {
        Watched { inner, interrupt: self.clone() }
    }
}

/// Output that fails once somebody pressed Ctrl-C.
#[derive(Debug)]
pub(super) struct Watched<W> {
    inner: W,
    interrupt: Interrupt,
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.interrupt.pressed() {
            return Err(io::Error::other("interrupted"));
        }
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
