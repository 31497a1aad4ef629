//! Checksums of a Parquet file's bytes.
//!
//! Just before the footer stand, for each row group, the number of its bytes (8 bytes) and their
//! CRC-32 (4 bytes), then the CRC-32 of the footer (4 bytes), the number of row groups (4 bytes) and
//! `relogin\x01`. Numbers are little-endian. The first row group begins with the file, and no
//! byte stands between two of them.

use std::io::{self, Read, SeekFrom, Write};

use bytes::Bytes;
use crc32fast::Hasher;

use super::super::{Output, Problem};
use crate::input::ReadSeek;

const MARK: [u8; 8] = *b"relogin\x01";
/// The footer's checksum, the number of row groups, the mark.
const TAIL: usize = 4 + 4 + MARK.len();
/// Length and checksum of a row group.
const GROUP: usize = 8 + 4;
/// The footer's length and `PAR1`.
const PARQUET_TAIL: u64 = 8;

/// Passes bytes on and sums them up.
pub(super) struct Sealing {
    out: Output,
    length: u64,
    checksum: Hasher,
    seal: Vec<u8>,
    groups: u32,
    /// The footer, once the last row group is written.
    footer: Option<Vec<u8>>,
}

/// A file whose seal was checked as far as the footer.
pub(super) struct Sealed {
    file: Box<dyn ReadSeek + Send>,
    /// The footer.
    pub(super) footer: Vec<u8>,
    /// Length and checksum of each row group.
    groups: std::vec::IntoIter<(u64, u32)>,
    /// Where the next row group begins.
    at: u64,
}

impl Sealing {
    pub(super) fn new(out: Output) -> Self {
        let (length, checksum) = (0, Hasher::new());
        Self { out, length, checksum, seal: Vec::new(), groups: 0, footer: None }
    }

    /// A row group ends here.
    pub(super) fn end_group(&mut self) {
        let checksum = std::mem::take(&mut self.checksum).finalize();
        self.seal.extend_from_slice(&self.length.to_le_bytes());
        self.seal.extend_from_slice(&checksum.to_le_bytes());
        self.length = 0;
        self.groups += 1;
    }

    /// Only the footer follows.
    pub(super) fn begin_footer(&mut self) {
        self.footer = Some(Vec::new());
    }

    /// Writes the seal and the footer.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let end = self.footer.unwrap_or_default();
        let footer = &end[..end.len().saturating_sub(PARQUET_TAIL as usize)];
        self.seal.extend_from_slice(&crc32fast::hash(footer).to_le_bytes());
        self.seal.extend_from_slice(&self.groups.to_le_bytes());
        self.seal.extend_from_slice(&MARK);
        self.out.write_all(&self.seal)?;
        self.out.write_all(&end)?;
        self.out.finish()
    }
}

impl Write for Sealing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(footer) = &mut self.footer {
            footer.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        let written = self.out.write(bytes)?;
        self.checksum.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Sealed {
    pub(super) fn open(mut file: Box<dyn ReadSeek + Send>) -> Result<Self, Problem> {
        let size = file.seek(SeekFrom::End(0))?;
        let end = size.checked_sub(PARQUET_TAIL).ok_or(Problem::Unsealed)?;
        let parquet_tail = read_at(&mut file, end, PARQUET_TAIL)?;
        let (length, magic) = parquet_tail.split_at(4);
        if magic != b"PAR1" {
            return Err(Problem::Unsealed);
        }
        let footer_start = end.checked_sub(u64::from(u32_of(length)));
        let footer_start = footer_start.ok_or(Problem::Unsealed)?;
        let tail_start = footer_start.checked_sub(TAIL as u64).ok_or(Problem::Unsealed)?;
        let tail = read_at(&mut file, tail_start, TAIL as u64)?;
        if tail[8..] != MARK {
            return Err(Problem::Unsealed);
        }
        let footer = read_at(&mut file, footer_start, end - footer_start)?;
        if crc32fast::hash(&footer) != u32_of(&tail[..4]) {
            return Err(Problem::Bytes { start: footer_start, end });
        }
        let lengths = GROUP as u64 * u64::from(u32_of(&tail[4..8]));
        let seal_start = tail_start.checked_sub(lengths).ok_or(Problem::Unsealed)?;
        let seal = read_at(&mut file, seal_start, lengths)?;
        let groups: Vec<(u64, u32)> = seal
            .chunks_exact(GROUP)
            .map(|group| (u64_of(&group[..8]), u32_of(&group[8..])))
            .collect();
        let sum = groups.iter().try_fold(0_u64, |sum, (length, _)| sum.checked_add(*length));
        if sum != Some(seal_start) {
            return Err(Problem::Bytes { start: seal_start, end: footer_start });
        }
        Ok(Self { file, footer, groups: groups.into_iter(), at: 0 })
    }

    /// The next row group: where it begins, and its bytes.
    pub(super) fn next_group(&mut self) -> Result<Option<(u64, Bytes)>, Problem> {
        let Some((length, checksum)) = self.groups.next() else { return Ok(None) };
        let start = self.at;
        self.at += length;
        let bytes = read_at(&mut self.file, start, length)?;
        if crc32fast::hash(&bytes) != checksum {
            return Err(Problem::Bytes { start, end: self.at });
        }
        Ok(Some((start, bytes.into())))
    }
}

fn read_at(file: &mut impl ReadSeek, start: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn u32_of(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn u64_of(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
