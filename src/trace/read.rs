//! Reads a recorded trace: decompresses it, finds its format, and takes its lines in.

use std::io::{self, BufReader, Read, Seek};

use super::flaw::Flaw;
use super::formats::FORMATS;
use super::timestamp::TsUnit;
use super::{Action, Activity, Intake, TraceError};
use crate::model::Instant;

/// How to read what a trace does not tell by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The unit of numeric timestamps; without one their size tells (SPEC 6).
    pub ts_unit: Option<TsUnit>,
}

/// A way to write traces down.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// What it is called.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// The endings of its files, without a point.
    pub endings: &'static [&'static str],
    /// Whether a file that begins so is certainly of this format.
    pub recognises: fn(head: &[u8]) -> bool,
    /// Takes the lines of a file in.
    pub read: fn(Source<'_>, &mut Intake) -> Result<(), TraceError>,
}

/// A file that may be read from any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// The bytes of a trace.
pub enum Input {
    /// A file: Parquet is read from it piece by piece.
    File(Box<dyn ReadSeek + Send>),
    /// A stream, such as standard input: Parquet has to be read into memory as a whole.
    Stream(Box<dyn Read + Send>),
}

/// A trace that is about to be read, decompressed.
pub struct Source<'a> {
    /// The file as the user named it.
    pub name: &'a str,
    /// Its bytes.
    pub input: Input,
    /// How to read them.
    pub options: ReadOptions,
}

/// How much of a file decides on its format.
const HEAD: usize = 4096;

/// Takes a recorded trace in: CSV, JSON Lines or Parquet, as it is or compressed with gzip or
/// Zstandard. The bytes decide which, and where they leave it open the ending of `name`.
///
/// Broken lines are counted by the intake; [`super::Counts::check`] tells whether they are too
/// many.
///
/// # Errors
/// If the input can't be read, is empty, lacks the column `ts` or `user`, or names more users,
/// devices, apps or APIs than can be told apart.
pub fn read(
    intake: &mut Intake,
    name: &str,
    input: Input,
    options: &ReadOptions,
) -> Result<(), TraceError> {
    let cant_read = |source| TraceError::Read { file: name.to_owned(), source };
    let (head, input) = input.peek().map_err(cant_read)?;
    let (head, input, name_inside) = match head.as_slice() {
        [0x1f, 0x8b, ..] => {
            let decoder = flate2::bufread::MultiGzDecoder::new(BufReader::new(input.into_read()));
            let (head, input) = Input::Stream(Box::new(decoder)).peek().map_err(cant_read)?;
            (head, input, name.strip_suffix(".gz").unwrap_or(name))
        }
        // A frame, or a skippable one (RFC 8878 §3.1).
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
            let decoder = zstd::Decoder::new(input.into_read()).map_err(cant_read)?;
            let (head, input) = Input::Stream(Box::new(decoder)).peek().map_err(cant_read)?;
            (head, input, name.strip_suffix(".zst").unwrap_or(name))
        }
        _ => (head, input, name),
    };
    match head.as_slice() {
        [] => return Err(TraceError::Empty { file: name.to_owned() }),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return Err(TraceError::Utf16 { file: name.to_owned() });
        }
        _ => {}
    }
    intake.begin_file(name);
    let format = choose(&head, name_inside);
    (format.read)(Source { name, input, options: *options }, intake)
}

/// The format that the content tells, or else the ending, or else the registry's first: CSV.
fn choose(head: &[u8], name: &str) -> &'static Format {
    let by_content = FORMATS.iter().find(|format| (format.recognises)(head));
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let has_ending =
        |format: &&Format| format.endings.iter().any(|known| known.eq_ignore_ascii_case(ending));
    by_content.or_else(|| FORMATS.iter().find(has_ending)).unwrap_or(&FORMATS[0])
}

impl Input {
    /// The first bytes, and an input that still begins with them.
    fn peek(self) -> io::Result<(Vec<u8>, Self)> {
        let mut head = Vec::with_capacity(HEAD);
        match self {
            Self::File(mut file) => {
                (&mut file).take(HEAD as u64).read_to_end(&mut head)?;
                file.rewind()?;
                Ok((head, Self::File(file)))
            }
            Self::Stream(mut stream) => {
                (&mut stream).take(HEAD as u64).read_to_end(&mut head)?;
                let whole = io::Cursor::new(head.clone()).chain(stream);
                Ok((head, Self::Stream(Box::new(whole))))
            }
        }
    }

    /// The bytes in their order.
    pub fn into_read(self) -> Box<dyn Read + Send> {
        match self {
            Self::File(file) => Box::new(file),
            Self::Stream(stream) => stream,
        }
    }
}

/// The columns of a trace, in the order in which readers hand them on.
pub(super) const COLUMNS: [&str; 6] = ["ts", "user", "device", "app", "api", "action"];

/// What a line says, from its fields after `ts`.
#[inline]
pub(super) fn activity<'a>(
    at: Result<Instant, Flaw<'a>>,
    [user, device, app, api, action]: [&'a [u8]; 5],
) -> Result<Activity<'a>, Flaw<'a>> {
    let at = at?;
    let text = |field, bytes| std::str::from_utf8(bytes).map_err(|_| Flaw::NotUtf8(field));
    Ok(Activity {
        at,
        user: text("user", user)?,
        device: text("device", device)?,
        app: text("app", app)?,
        api: text("api", api)?,
        action: Action::from_word(text("action", action)?).ok_or(Flaw::UnknownAction(action))?,
    })
}
