//! Columns of a Parquet file, read side by side, some thousand rows at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::file::SharedFile;
use crate::model::Instant;
use crate::trace::error::is_event_log;
use crate::trace::flaw::Flaw;
use crate::trace::read::{COLUMNS, activity};
use crate::trace::timestamp::{self, TimestampError, TsUnit};
use crate::trace::{Intake, Source, TraceError};

/// Rows at a time.
const BATCH: usize = 8192;

pub(super) fn read(source: Source<'_>, intake: &mut Intake) -> Result<(), TraceError> {
    let file = source.name.to_owned();
    let bytes = source.input.seekable().and_then(SharedFile::new);
    let bytes = bytes.map_err(|source| TraceError::Read { file: file.clone(), source })?;
    let parquet = guarded(&file, || SerializedFileReader::new(bytes).map_err(why))?;
    let columns = find_columns(parquet.metadata().file_metadata().schema_descr().columns(), &file)?;
    let mut row = 0;
    for number in 0..parquet.num_row_groups() {
        let (mut readers, mut rest) = guarded(&file, || {
            let group = parquet.get_row_group(number).map_err(why)?;
            let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            Ok((open_columns(&*group, &columns)?, rows))
        })?;
        while rest > 0 {
            let rows = rest.min(BATCH);
            let batch = guarded(&file, || Batch::read(&mut readers, rows, source.options.ts_unit))?;
            batch.hand_on(row, intake)?;
            row += rows as u64;
            rest -= rows;
        }
    }
    Ok(())
}

/// What `read` gives. The parquet crate has assertions that damaged files fail (a chunk of
/// negative length, say): to whoever has such a file they are errors as any other.
pub(super) fn guarded<T>(
    file: &str,
    read: impl FnOnce() -> Result<T, String>,
) -> Result<T, TraceError> {
    let result = catch_unwind(AssertUnwindSafe(read));
    let result = result.unwrap_or_else(|_| Err("the file is damaged".to_owned()));
    result.map_err(|why| TraceError::Parquet { file: file.to_owned(), why })
}

/// What an error says, without the name of the format, which is said already.
fn why(error: ParquetError) -> String {
    error.to_string().trim_start_matches("Parquet error: ").to_owned()
}

/// A column that is being read: its place in [`COLUMNS`], and its values.
type OpenColumn<'a> = (usize, &'a ColumnDescriptor, ColumnReader);

fn open_columns<'a>(
    group: &dyn RowGroupReader,
    columns: &[Option<Column<'a>>; COLUMNS.len()],
) -> Result<Vec<OpenColumn<'a>>, String> {
    let mut open = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let Some((index, descriptor)) = *column else { continue };
        let reader = group.get_column_reader(index).map_err(why)?;
        open.push((place, descriptor, reader));
    }
    Ok(open)
}

pub(super) type Column<'a> = (usize, &'a ColumnDescriptor);

/// Where in the file the columns that count are, by [`COLUMNS`].
pub(super) fn find_columns<'a>(
    descriptors: &'a [Arc<ColumnDescriptor>],
    file: &str,
) -> Result<[Option<Column<'a>>; COLUMNS.len()], TraceError> {
    let names = descriptors.iter().filter_map(|column| column.path().parts().first());
    if is_event_log(names.map(String::as_str)) {
        return Err(TraceError::EventLog { file: file.to_owned() });
    }
    let mut columns = [None; COLUMNS.len()];
    for (index, descriptor) in descriptors.iter().enumerate() {
        let [name] = descriptor.path().parts() else { continue };
        let Some(place) = COLUMNS.iter().position(|known| *known == name.trim()) else { continue };
        if descriptor.max_rep_level() > 0 {
            let why = format!("the column {name:?} holds lists where there should be one value");
            return Err(TraceError::Parquet { file: file.to_owned(), why });
        }
        if columns[place].replace((index, &**descriptor)).is_some() {
            return Err(TraceError::ColumnTwice { file: file.to_owned(), name: COLUMNS[place] });
        }
    }
    for (column, missing) in columns.iter().zip(&COLUMNS[..2]) {
        if column.is_none() {
            let has = descriptors.iter().map(|column| column.path().string()).collect();
            return Err(TraceError::NoColumn { file: file.to_owned(), missing, has });
        }
    }
    Ok(columns)
}

/// Some rows of the columns that count, each value as CSV would have it.
struct Batch {
    rows: usize,
    instants: Vec<Result<Instant, TimestampError>>,
    /// By [`COLUMNS`]. Of instants it has only those that can't be read.
    texts: [Texts; COLUMNS.len()],
}

/// One text for each row.
#[derive(Default)]
struct Texts {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
        self.ends.push(self.text.len());
    }

    /// The text of a row; empty where the file has no such column.
    fn get(&self, row: usize) -> &[u8] {
        let Some(&end) = self.ends.get(row) else { return b"" };
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..end]
    }
}

impl Batch {
    /// Reads the next `rows` rows of the columns.
    fn read(
        columns: &mut [OpenColumn<'_>],
        rows: usize,
        unit: Option<TsUnit>,
    ) -> Result<Self, String> {
        let mut batch = Self { rows, instants: Vec::new(), texts: Default::default() };
        for (place, descriptor, reader) in columns {
            let read = match COLUMNS[*place] {
                "ts" => batch.read_instants(descriptor, reader, unit),
                _ => batch.read_texts(*place, descriptor, reader),
            };
            read.map_err(|why| format!("column {:?}: {why}", COLUMNS[*place]))?;
        }
        Ok(batch)
    }

    fn read_texts(
        &mut self,
        place: usize,
        descriptor: &ColumnDescriptor,
        reader: &mut ColumnReader,
    ) -> Result<(), String> {
        let texts = &mut self.texts[place];
        match reader {
            ColumnReader::ByteArrayColumnReader(reader) => {
                each(reader, descriptor, self.rows, |value| {
                    texts.push(value.map_or(b"", |bytes| bytes.data()));
                })
            }
            ColumnReader::Int64ColumnReader(reader) => {
                each(reader, descriptor, self.rows, |value| {
                    texts.push(value.map_or_else(String::new, i64::to_string).as_bytes());
                })
            }
            ColumnReader::Int32ColumnReader(reader) => {
                each(reader, descriptor, self.rows, |value| {
                    texts.push(value.map_or_else(String::new, i32::to_string).as_bytes());
                })
            }
            _ => Err(wrong_type(descriptor, "texts or whole numbers")),
        }
    }

    fn read_instants(
        &mut self,
        descriptor: &ColumnDescriptor,
        reader: &mut ColumnReader,
        unit: Option<TsUnit>,
    ) -> Result<(), String> {
        let unit = unit_of(descriptor).or(unit);
        let texts = &mut self.texts[0];
        let instants = &mut self.instants;
        let mut push = |instant: Result<Instant, TimestampError>, text: &dyn Fn() -> String| {
            match instant {
                Ok(_) => texts.push(b""),
                Err(_) => texts.push(text().as_bytes()),
            }
            instants.push(instant);
        };
        let missing = Err(TimestampError::Missing);
        match reader {
            ColumnReader::Int64ColumnReader(reader) => {
                each(reader, descriptor, self.rows, |value| {
                    let instant = value.map_or(missing, |n| timestamp::from_integer(*n, unit));
                    push(instant, &|| value.map_or_else(String::new, i64::to_string));
                })
            }
            ColumnReader::Int32ColumnReader(reader) => {
                each(reader, descriptor, self.rows, |value| {
                    let number = value.map(|n| i64::from(*n));
                    push(number.map_or(missing, |n| timestamp::from_integer(n, unit)), &|| {
                        number.map_or_else(String::new, |n| n.to_string())
                    });
                })
            }
            ColumnReader::DoubleColumnReader(reader) => {
                each(reader, descriptor, self.rows, |value| {
                    // The shortest decimals that mean this number, never with an exponent: what
                    // stood in the CSV file that it came from.
                    let text = value.map_or_else(String::new, f64::to_string);
                    push(timestamp::parse(text.as_bytes(), unit), &|| text.clone());
                })
            }
            ColumnReader::Int96ColumnReader(reader) => {
                each(reader, descriptor, self.rows, |value| {
                    let millis = value.map(|int96| int96.to_millis());
                    let milliseconds = Some(TsUnit::Milliseconds);
                    push(
                        millis.map_or(missing, |n| timestamp::from_integer(n, milliseconds)),
                        &|| millis.map_or_else(String::new, |n| n.to_string()),
                    );
                })
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                each(reader, descriptor, self.rows, |value| {
                    let text = value.map_or(&b""[..], |bytes| bytes.data());
                    push(timestamp::parse(text, unit), &|| {
                        String::from_utf8_lossy(text).into_owned()
                    });
                })
            }
            _ => Err(wrong_type(descriptor, "timestamps, numbers or texts")),
        }
    }

    /// Gives the rows to the intake; `before` rows came before them.
    fn hand_on(&self, before: u64, intake: &mut Intake) -> Result<(), TraceError> {
        let [_, rest @ ..] = &self.texts;
        for (row, instant) in self.instants.iter().enumerate() {
            let at = instant.map_err(|error| Flaw::Timestamp(error, self.texts[0].get(row)));
            let fields = rest.each_ref().map(|texts| texts.get(row));
            intake.take_line(before + row as u64 + 1, activity(at, fields))?;
        }
        Ok(())
    }
}

/// Calls `take` with the next `rows` values of a flat column; nulls have none.
fn each<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    descriptor: &ColumnDescriptor,
    rows: usize,
    mut take: impl FnMut(Option<&T::T>),
) -> Result<(), String> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let read = reader.read_records(rows, Some(&mut levels), None, &mut values);
    let (records, ..) = read.map_err(why)?;
    if records != rows {
        return Err("it ends before the other columns".to_owned());
    }
    if descriptor.max_def_level() == 0 {
        values.iter().for_each(|value| take(Some(value)));
        return Ok(());
    }
    let mut values = values.iter();
    for level in levels {
        take(if level == descriptor.max_def_level() { values.next() } else { None });
    }
    Ok(())
}

/// The unit of a column of timestamps; plain numbers have none.
pub(super) fn unit_of(descriptor: &ColumnDescriptor) -> Option<TsUnit> {
    match (descriptor.logical_type_ref(), descriptor.converted_type()) {
        (Some(LogicalType::Timestamp(timestamp)), _) => Some(match timestamp.unit {
            TimeUnit::MILLIS => TsUnit::Milliseconds,
            TimeUnit::MICROS => TsUnit::Microseconds,
            TimeUnit::NANOS => TsUnit::Nanoseconds,
        }),
        (_, ConvertedType::TIMESTAMP_MILLIS) => Some(TsUnit::Milliseconds),
        (_, ConvertedType::TIMESTAMP_MICROS) => Some(TsUnit::Microseconds),
        _ => None,
    }
}

fn wrong_type(descriptor: &ColumnDescriptor, wanted: &str) -> String {
    let physical: Type = descriptor.physical_type();
    format!("it is of the type {physical}; it has to hold {wanted}")
}
