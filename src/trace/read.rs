//! Reads a recorded trace: decompresses it, finds its format, and takes its lines in.

use super::flaw::Flaw;
use super::formats::FORMATS;
use super::stream::OpenRows;
use super::timestamp::TsUnit;
use super::{Action, Activity, Intake, TraceError};
use crate::input::Input;
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
    /// Opens the rows of a file that is read as a stream, where that can be.
    pub(super) rows: Option<OpenRows>,
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
    let (input, compression) = input.decompressed().map_err(cant_read)?;
    let (head, input) = input.peek(HEAD).map_err(cant_read)?;
    match head.as_slice() {
        [] => return Err(TraceError::Empty { file: name.to_owned() }),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return Err(TraceError::Utf16 { file: name.to_owned() });
        }
        _ => {}
    }
    intake.begin_file(name);
    let name_inside = name.strip_suffix(compression.ending()).unwrap_or(name);
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
