//! What a log looks like in a file: one file for each format, and its row here.

mod csv;
mod json_lines;
mod parquet;

use std::io::{self, BufRead, BufReader, Write};

use super::Problem;
use super::compression::Output;
use super::row::Row;
use crate::input::{Compression, Input, ReadSeek};

/// Every format.
pub const FORMATS: [&Format; 3] = [&csv::FORMAT, &json_lines::FORMAT, &parquet::FORMAT];

/// A way to write rows into a file.
pub struct Format {
    /// Its name, for people.
    pub name: &'static str,
    /// What it is good for.
    pub about: &'static str,
    /// How the names of its files end.
    pub endings: &'static [&'static str],
    /// Whether a file with these first bytes is one of this format.
    recognises: fn(&[u8]) -> bool,
    write: fn(Output) -> io::Result<Box<dyn RowSink>>,
    read: Read,
}

/// How rows are read.
enum Read {
    /// From the beginning to the end; the whole may be compressed.
    Stream(fn(Box<dyn BufRead + Send>) -> Opened),
    /// Here and there; it compresses itself.
    Seek(fn(Box<dyn ReadSeek + Send>) -> Opened),
}

type Opened = Result<Box<dyn RowSource>, Problem>;

/// Takes rows, and writes them in one format.
pub(super) trait RowSink: Send {
    /// Takes a row, which is `line` as CSV.
    fn put(&mut self, row: &Row<'_>, line: &[u8]) -> io::Result<()>;

    /// Writes what is still held back.
    fn close(self: Box<Self>) -> io::Result<()>;
}

/// Reads rows of one format.
pub(super) trait RowSource: Send {
    /// The next row, or `None` where the input ends between two rows.
    fn next_row(&mut self) -> Result<Option<Row<'_>>, Problem>;
}

/// A format, and what its file is wrapped in.
#[derive(Clone, Copy, Debug)]
pub struct Encoding {
    /// How rows are written.
    pub format: &'static Format,
    /// What the whole is wrapped in; formats that compress themselves have nothing around them.
    pub compression: Compression,
}

impl Encoding {
    /// The encoding that a file's name asks for by its ending: one of [`Format::endings`], perhaps
    /// followed by [`Compression::ending`].
    ///
    /// ```
    /// use relogin::event_log::Encoding;
    /// use relogin::input::Compression;
    ///
    /// let encoding = Encoding::from_path_ending("out/events.csv.gz").unwrap();
    /// assert_eq!(encoding.format.name, "CSV");
    /// assert_eq!(encoding.compression, Compression::Gzip);
    /// assert!(Encoding::from_path_ending("events.txt").is_none());
    /// ```
    pub fn from_path_ending(path: &str) -> Option<Self> {
        let asked = |encoding: &Self| {
            let name = path.strip_suffix(encoding.compression.ending());
            let ends = |name: &str| encoding.format.endings.iter().any(|end| name.ends_with(end));
            name.is_some_and(ends)
        };
        Self::all().find(asked)
    }

    /// Every encoding that there is.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMATS.into_iter().flat_map(|format| {
            let compressions: &[Compression] = match format.read {
                Read::Stream(_) => &Compression::ALL,
                Read::Seek(_) => &[Compression::None],
            };
            compressions.iter().map(move |&compression| Self { format, compression })
        })
    }

    /// Where rows go.
    pub(super) fn sink(self, out: Box<dyn Write + Send>) -> io::Result<Box<dyn RowSink>> {
        (self.format.write)(Output::new(out, self.compression)?)
    }
}

/// As many first bytes as any format needs to be recognised. No more: of a compressed log that is
/// cut, those that follow may be lost.
const HEAD: usize = 4;

/// As many bytes of text are read at a time.
const BUFFER: usize = 1 << 16;

/// The rows of a log of whatever format.
pub(super) fn open(input: Input) -> Opened {
    let (input, _) = input.decompressed()?;
    let (head, input) = input.peek(HEAD)?;
    if head.is_empty() {
        return Err(Problem::Empty);
    }
    let format = FORMATS.into_iter().find(|format| (format.recognises)(&head));
    match format.ok_or(Problem::Unrecognised)?.read {
        Read::Stream(read) => read(Box::new(BufReader::with_capacity(BUFFER, input.into_read()))),
        Read::Seek(read) => read(input.seekable()?),
    }
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
