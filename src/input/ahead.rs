//! Reading ahead: whatever makes the bytes does so on a thread of its own.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

/// How many bytes are handed over at a time.
const BLOCK: usize = 1 << 18;
/// How many blocks may wait.
const WAITING: usize = 3;

/// Reads what another thread reads for it, some blocks ahead.
///
/// If it is dropped before the end, that thread ends with the block it is at.
pub(super) struct ReadAhead {
    blocks: Receiver<io::Result<Vec<u8>>>,
    /// Where blocks go back that are used up.
    used: Sender<Vec<u8>>,
    block: Vec<u8>,
    taken: usize,
    is_over: bool,
}

impl ReadAhead {
    /// What `input` gives, which is empty at its end and ends at its first error.
    ///
    /// # Errors
    /// If there is no thread to be had.
    pub(super) fn new(input: impl Read + Send + 'static) -> io::Result<Self> {
        let (give, blocks) = sync_channel(WAITING);
        let (used, take_back) = channel();
        let work = move || read_blocks(input, &give, &take_back);
        thread::Builder::new().name("decompress".to_owned()).spawn(work)?;
        Ok(Self { blocks, used, block: Vec::new(), taken: 0, is_over: false })
    }

    fn next_block(&mut self) -> io::Result<()> {
        // The thread that takes it back may have ended.
        let _ = self.used.send(std::mem::take(&mut self.block));
        self.taken = 0;
        let block = self.blocks.recv().unwrap_or_else(|_| {
            // It says so when it comes to the end: without a word, it panicked.
            Err(io::Error::other("the thread that decompresses has failed"))
        });
        self.is_over = !matches!(&block, Ok(block) if !block.is_empty());
        self.block = block?;
        Ok(())
    }
}

/// Hands over what `input` gives: an empty block at the end, or else an error.
fn read_blocks(
    mut input: impl Read,
    give: &SyncSender<io::Result<Vec<u8>>>,
    take_back: &Receiver<Vec<u8>>,
) {
    loop {
        let mut block = take_back.try_recv().unwrap_or_default();
        block.resize(BLOCK, 0);
        let mut filled = 0;
        let mut error = None;
        // What came before an error is handed over first.
        while filled < BLOCK {
            match input.read(&mut block[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(interrupted) if interrupted.kind() == io::ErrorKind::Interrupted => {}
                Err(other) => {
                    error = Some(other);
                    break;
                }
            }
        }
        let is_last = filled < BLOCK;
        block.truncate(filled);
        // Nobody listens any more once the reader is dropped.
        if filled > 0 && give.send(Ok(block)).is_err() {
            return;
        }
        if is_last {
            let _ = give.send(error.map_or(Ok(Vec::new()), Err));
            return;
        }
    }
}

impl Read for ReadAhead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.taken == self.block.len() && !self.is_over {
            self.next_block()?;
        }
        let rest = &self.block[self.taken..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::RecvTimeoutError;
    use std::time::Duration;

    use super::*;

    /// So many bytes, some at a time, and then an error if there is one.
    struct Bytes {
        left: usize,
        step: usize,
        error: Option<io::ErrorKind>,
        /// Is dropped with it, that is with the thread.
        _alive: Sender<()>,
    }

    impl Read for Bytes {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.left.min(self.step).min(buffer.len());
            for (place, byte) in buffer[..count].iter_mut().enumerate() {
                *byte = ((self.left - place) % 251) as u8;
            }
            self.left -= count;
            match self.error {
                Some(kind) if count == 0 => Err(kind.into()),
                _ => Ok(count),
            }
        }
    }

    fn bytes(left: usize, step: usize, error: Option<io::ErrorKind>) -> (Bytes, Receiver<()>) {
        let (alive, ends) = channel();
        (Bytes { left, step, error, _alive: alive }, ends)
    }

    fn assert_ended(ends: &Receiver<()>) {
        let ended = ends.recv_timeout(Duration::from_secs(60));
        assert_eq!(ended, Err(RecvTimeoutError::Disconnected));
    }

    #[test]
    fn nothing_is_lost_before_the_end_or_an_error() {
        for left in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 9 * BLOCK + 7] {
            for (step, error) in [
                (usize::MAX, None),
                (10_007, None),
                (usize::MAX, Some(io::ErrorKind::UnexpectedEof)),
                (10_007, Some(io::ErrorKind::InvalidData)),
            ] {
                let mut expected = Vec::new();
                bytes(left, usize::MAX, None).0.read_to_end(&mut expected).unwrap();
                let (input, ends) = bytes(left, step, error);
                let mut ahead = ReadAhead::new(input).unwrap();
                let mut found = Vec::new();
                let result = ahead.read_to_end(&mut found);
                assert_eq!(result.map_err(|error| error.kind()).err(), error, "{left} {step}");
                assert!(found == expected, "{left} {step}");
                assert_eq!(ahead.read(&mut [0; 8]).unwrap(), 0, "nothing comes after the end");
                assert_ended(&ends);
            }
        }
    }

    #[test]
    fn the_thread_ends_with_its_reader() {
        for read in [0, 1, BLOCK, 3 * BLOCK] {
            let (input, ends) = bytes(usize::MAX, usize::MAX, None);
            let mut ahead = ReadAhead::new(input).unwrap();
            ahead.by_ref().take(read as u64).read_to_end(&mut Vec::new()).unwrap();
            drop(ahead);
            assert_ended(&ends);
        }
    }

    #[test]
    fn a_panic_is_no_end() {
        struct Panics;
        impl Read for Panics {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                // Without a word on the tests' output.
                std::panic::resume_unwind(Box::new(()));
            }
        }
        let error = ReadAhead::new(Panics).unwrap().read(&mut [0; 8]).unwrap_err();
        assert!(error.to_string().contains("failed"), "{error}");
    }
}
