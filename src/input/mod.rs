//! Where bytes come from: a file or a pipe, and what they are wrapped in.
//!
//! No file is opened here, and no format is known: traces and event logs are both read from an
//! [`Input`], which `cli` opens.

mod ahead;

use std::io::{self, Cursor, Read, Seek};

use ahead::ReadAhead;
use flate2::read::MultiGzDecoder;

/// Bytes that can be read here and there.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// Where bytes come from.
pub enum Input {
    /// A pipe, such as standard input. For Parquet, which is read here and there, it is taken into
    /// memory as a whole.
    Stream(Box<dyn Read + Send>),
    /// A file. Parquet is read from it piece by piece.
    File(Box<dyn ReadSeek + Send>),
}

/// What bytes are wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Nothing.
    None,
    /// gzip (RFC 1952), of one member or several.
    Gzip,
    /// Zstandard (RFC 8878), of one frame or several, skippable ones among them.
    Zstd,
}

/// As many first bytes as any compression needs to be recognised.
const MAGIC: usize = 4;

impl Input {
    /// Its first bytes, `length` of them or all if there are fewer, and all of it. Of a file these
    /// are the very first ones, wherever it stands.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn peek(self, length: usize) -> io::Result<(Vec<u8>, Self)> {
        let mut head = Vec::with_capacity(length);
        match self {
            Self::Stream(mut stream) => {
                stream.by_ref().take(length as u64).read_to_end(&mut head)?;
                let all = Cursor::new(head.clone()).chain(stream);
                Ok((head, Self::Stream(Box::new(all))))
            }
            Self::File(mut file) => {
                file.rewind()?;
                file.by_ref().take(length as u64).read_to_end(&mut head)?;
                file.rewind()?;
                Ok((head, Self::File(file)))
            }
        }
    }

    /// What is inside the compression that its first bytes tell, and which one that is. It is
    /// decompressed ahead, on a thread of its own.
    ///
    /// # Errors
    /// If it can't be read. Whether it can be decompressed shows only when it is read further.
    pub fn decompressed(self) -> io::Result<(Self, Compression)> {
        let (head, input) = self.peek(MAGIC)?;
        let compression = Compression::of(&head);
        let inside = match compression {
            Compression::None => input,
            Compression::Gzip => ahead(MultiGzDecoder::new(input.into_read()))?,
            Compression::Zstd => ahead(zstd::Decoder::new(input.into_read())?)?,
        };
        Ok((inside, compression))
    }

    /// To be read to its end, a file from where it stands.
    pub fn into_read(self) -> Box<dyn Read + Send> {
        match self {
            Self::Stream(stream) => stream,
            Self::File(file) => Box::new(file),
        }
    }

    /// To be read here and there.
    ///
    /// # Errors
    /// If it is a stream and can't be read to its end.
    pub fn seekable(self) -> io::Result<Box<dyn ReadSeek + Send>> {
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

fn ahead(decoder: impl Read + Send + 'static) -> io::Result<Input> {
    Ok(Input::Stream(Box::new(ReadAhead::new(decoder)?)))
}

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
    fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            // A frame, or a skippable one (RFC 8878 §3.1).
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{SeekFrom, Write};

    use super::*;

    /// `bytes` as a stream, and as a file that was read from before.
    fn inputs(bytes: &[u8]) -> [Input; 2] {
        let mut file = Cursor::new(bytes.to_vec());
        file.seek(SeekFrom::End(0)).unwrap();
        [Input::Stream(Box::new(Cursor::new(bytes.to_vec()))), Input::File(Box::new(file))]
    }

    fn rest(mut bytes: impl Read) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        bytes.read_to_end(&mut rest).map(|_| rest)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).unwrap()
    }

    #[test]
    fn what_was_peeked_into_still_begins_there() {
        for length in [0, 1, 6, 7, 100] {
            for input in inputs(b"abcdef") {
                let (head, input) = input.peek(length).unwrap();
                assert_eq!(head, b"abcdef"[..length.min(6)]);
                let (again, input) = input.peek(3).unwrap();
                assert_eq!(again, b"abc");
                assert_eq!(rest(input.into_read()).unwrap(), b"abcdef");
            }
            for input in inputs(b"abcdef") {
                let mut file = input.peek(length).unwrap().1.seekable().unwrap();
                file.seek(SeekFrom::Start(4)).unwrap();
                assert_eq!(rest(&mut file).unwrap(), b"ef");
                file.rewind().unwrap();
                assert_eq!(rest(&mut file).unwrap(), b"abcdef");
            }
        }
    }

    #[test]
    fn the_first_bytes_tell_what_is_around() {
        let check = |bytes: &[u8], expected: Compression, inside: &[u8]| {
            for input in inputs(bytes) {
                let (input, compression) = input.decompressed().unwrap();
                assert_eq!(compression, expected, "{bytes:x?}");
                assert_eq!(rest(input.into_read()).unwrap(), inside, "{bytes:x?}");
            }
        };
        for plain in [&b""[..], b"\x1f", b"\x28\xb5\x2f", b"ts,user\n", b"\x60\x2a\x4d\x18"] {
            check(plain, Compression::None, plain);
        }
        check(&gzip(b""), Compression::Gzip, b"");
        check(&[gzip(b"one "), gzip(b"two")].concat(), Compression::Gzip, b"one two");
        check(&[zstd(b"one "), zstd(b"two")].concat(), Compression::Zstd, b"one two");
        for first in [0x50, 0x5f] {
            let skipped = [first, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, b'a', b'b', b'c'];
            check(&[&skipped, &*zstd(b"one")].concat(), Compression::Zstd, b"one");
        }
        // Only what is outermost is taken off.
        check(&gzip(&zstd(b"one")), Compression::Gzip, &zstd(b"one"));
    }

    #[test]
    fn what_is_cut_fails_as_cut() {
        for whole in [gzip(b"one two three"), zstd(b"one two three")] {
            for input in inputs(&whole[..whole.len() - 3]) {
                let (input, _) = input.decompressed().unwrap();
                let error = rest(input.into_read()).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
            }
        }
    }
}
