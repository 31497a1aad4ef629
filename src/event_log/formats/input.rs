//! Where a log comes from.

use std::io::{self, Cursor, Read, Seek};

/// Bytes that can be read here and there.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// Where a log comes from.
pub enum Input {
    /// A pipe. A log in Parquet, which is read from its end, is taken into memory as a whole.
    Stream(Box<dyn Read + Send>),
    /// A file, from its very beginning.
    File(Box<dyn ReadSeek + Send>),
}

/// As many first bytes as any format or compression needs to be recognised.
const HEAD: u64 = 4;

impl Input {
    /// Its first bytes, and all of it.
    pub(super) fn peek(self) -> io::Result<(Vec<u8>, Self)> {
        let mut head = Vec::new();
        match self {
            Self::Stream(mut stream) => {
                stream.by_ref().take(HEAD).read_to_end(&mut head)?;
                let all = Cursor::new(head.clone()).chain(stream);
                Ok((head, Self::Stream(Box::new(all))))
            }
            Self::File(mut file) => {
                file.rewind()?;
                file.by_ref().take(HEAD).read_to_end(&mut head)?;
                file.rewind()?;
                Ok((head, Self::File(file)))
            }
        }
    }

    /// To be read from its beginning to its end.
    pub(super) fn stream(self) -> Box<dyn Read + Send> {
        match self {
            Self::Stream(stream) => stream,
            Self::File(file) => Box::new(file),
        }
    }

    /// To be read here and there.
    pub(super) fn seekable(self) -> io::Result<Box<dyn ReadSeek + Send>> {
        match self {
            Self::Stream(mut stream) => {
                let mut bytes = Vec::new();
                stream.read_to_end(&mut bytes)?;
                Ok(Box::new(Cursor::new(bytes)))
            }
            Self::File(file) => Ok(file),
        }
    }
}
