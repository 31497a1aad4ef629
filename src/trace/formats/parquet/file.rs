//! A file that several readers of columns read from, each from its own place.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{ChunkReader, Length};

use crate::input::ReadSeek;

/// A file that several readers read from.
#[derive(Clone)]
pub(super) struct SharedFile {
    file: Arc<Mutex<Box<dyn ReadSeek + Send>>>,
    length: u64,
}

/// A reader's place in a [`SharedFile`].
pub(super) struct Place {
    file: SharedFile,
    at: u64,
}

impl SharedFile {
    pub(super) fn new(mut file: Box<dyn ReadSeek + Send>) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file: Arc::new(Mutex::new(file)), length })
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for SharedFile {
    type T = BufReader<Place>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(BufReader::new(Place { file: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let end = start.checked_add(length as u64).filter(|end| *end <= self.length);
        if end.is_none() {
            return Err(ParquetError::EOF(format!(
                "{length} bytes at {start} of a file of {} bytes",
                self.length
            )));
        }
        let mut bytes = vec![0; length];
        Place { file: self.clone(), at: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

impl Read for Place {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Every read seeks first, so nothing is lost with a thread that panicked.
        let mut file = self.file.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}
