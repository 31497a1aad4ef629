//! What text logs may be wrapped in.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// What a text log is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Nothing.
    None,
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
}

/// Where the bytes of a log go.
pub(super) enum Output {
    Plain(BufWriter<Box<dyn Write + Send>>),
    Gzip(BufWriter<GzEncoder<Box<dyn Write + Send>>>),
    Zstd(zstd::Encoder<'static, Box<dyn Write + Send>>),
}

const BUFFER: usize = 1 << 16;

impl Compression {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::None, Self::Gzip, Self::Zstd];

    /// How the names of files end that are wrapped in it.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }

    /// What a file with these first bytes is wrapped in.
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }

    pub(super) fn wrap(self, out: Box<dyn Write + Send>) -> io::Result<Output> {
        Ok(match self {
            Self::None => Output::Plain(BufWriter::with_capacity(BUFFER, out)),
            Self::Gzip => {
                let encoder = GzEncoder::new(out, flate2::Compression::default());
                Output::Gzip(BufWriter::with_capacity(BUFFER, encoder))
            }
            Self::Zstd => {
                let mut encoder = zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Output::Zstd(encoder)
            }
        })
    }

    pub(super) fn unwrap(self, input: Box<dyn Read + Send>) -> io::Result<Box<dyn BufRead + Send>> {
        Ok(match self {
            Self::None => Box::new(BufReader::with_capacity(BUFFER, input)),
            Self::Gzip => Box::new(BufReader::with_capacity(
                BUFFER,
                MultiGzDecoder::new(BufReader::with_capacity(BUFFER, input)),
            )),
            Self::Zstd => Box::new(BufReader::with_capacity(BUFFER, zstd::Decoder::new(input)?)),
        })
    }
}

impl Output {
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
