//! Wrapping a text log in a compression as it is written.

use std::io::{self, BufWriter, Write};

use flate2::write::GzEncoder;

use crate::input::Compression;

/// Where the bytes of a log go.
pub(super) enum Output {
    Plain(BufWriter<Box<dyn Write + Send>>),
    Gzip(BufWriter<GzEncoder<Box<dyn Write + Send>>>),
    Zstd(zstd::Encoder<'static, Box<dyn Write + Send>>),
}

const BUFFER: usize = 1 << 16;

impl Output {
    pub(super) fn new(out: Box<dyn Write + Send>, compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Plain(BufWriter::with_capacity(BUFFER, out)),
            Compression::Gzip => {
                let encoder = GzEncoder::new(out, flate2::Compression::default());
                Self::Gzip(BufWriter::with_capacity(BUFFER, encoder))
            }
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
        })
    }

    /// Writes what is still held back. Dropping would swallow its errors.
    pub(super) fn finish(self) -> io::Result<()> {
        let mut out = match self {
            Self::Plain(out) => out.into_inner().map_err(|error| error.into_error())?,
            Self::Gzip(out) => out.into_inner().map_err(|error| error.into_error())?.finish()?,
            Self::Zstd(out) => out.finish()?,
        };
        out.flush()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Gzip(out) => out.write(bytes),
            Self::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Gzip(out) => out.flush(),
            Self::Zstd(out) => out.flush(),
        }
    }
}
