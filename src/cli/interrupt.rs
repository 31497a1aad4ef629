//! Ctrl-C: the first finishes what is under way and writes it, the second ends at once.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use indicatif::ProgressBar;

use super::Failure;
use crate::input::Input;

/// Whether somebody pressed Ctrl-C.
#[derive(Clone, Debug)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens from now on.
    pub(super) fn listen() -> Result<Self, Failure> {
        let pressed = Arc::new(AtomicBool::new(false));
        let own = Arc::clone(&pressed);
        ctrlc::set_handler(move || {
            if own.swap(true, Ordering::SeqCst) {
                std::process::exit(130);
            }
        })
        .context("cannot listen for Ctrl-C")?;
        Ok(Self(pressed))
    }

    /// Whether it was pressed.
    pub(super) fn pressed(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Lets `input` be read until then, and `bar` tell how far that is.
    pub(super) fn watch(&self, input: Input, bar: &ProgressBar) -> Input {
        let (interrupt, bar) = (self.clone(), bar.clone());
        match input {
            Input::Stream(inner) => Input::Stream(Box::new(Watched { inner, interrupt, bar })),
            Input::File(inner) => Input::File(Box::new(Watched { inner, interrupt, bar })),
        }
    }
}

/// Bytes that fail to be read once somebody pressed Ctrl-C.
struct Watched<R> {
    inner: R,
    interrupt: Interrupt,
    bar: ProgressBar,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.pressed() {
            return Err(io::Error::other("interrupted"));
        }
        let length = self.inner.read(buffer)?;
        self.bar.inc(length as u64);
        Ok(length)
    }
}

impl<R: Seek> Seek for Watched<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let place = self.inner.seek(position)?;
        self.bar.set_position(place);
        Ok(place)
    }
}
