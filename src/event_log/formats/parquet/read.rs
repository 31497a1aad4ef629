//! Row groups to rows.

use std::sync::Arc;

use ::parquet::basic::Type;
use ::parquet::column::reader::{ColumnReaderImpl, get_column_reader, get_typed_column_reader};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int64Type};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use ::parquet::file::reader::{ChunkReader, Length};
use ::parquet::file::serialized_reader::SerializedPageReader;
use ::parquet::schema::parser::parse_message_type;
use bytes::{Buf, Bytes};

use super::SCHEMA;
use super::seal::Sealed;
use crate::event_log::formats::{Row, RowSource};
use crate::event_log::{COLUMNS, Problem};
use crate::input::ReadSeek;

/// Rows decoded at a time. In tests so few that row groups have several batches.
const BATCH: usize = if cfg!(test) { 16 } else { 4_096 };

/// The rows of a file, one row group in memory at a time.
pub(super) struct RowGroups {
    file: Sealed,
    metadata: ParquetMetaData,
    /// The number of the next row group.
    next: usize,
    columns: Columns,
    /// Rows of the group at hand that are not decoded yet.
    undecoded: usize,
    /// Rows that are decoded and not given yet.
    decoded: usize,
}

/// The columns of a row group by type, each type in the order of the rows.
#[derive(Default)]
struct Columns {
    integers: Vec<Column<Int64Type>>,
    texts: Vec<Column<ByteArrayType>>,
    truths: Vec<Column<BoolType>>,
}

/// Some decoded cells of a column.
struct Column<T: DataType> {
    reader: ColumnReaderImpl<T>,
    optional: bool,
    levels: Vec<i16>,
    values: Vec<T::T>,
    /// The next row, and the next value.
    row: usize,
    value: usize,
}

/// The bytes of one row group, at their place in the file.
struct Window {
    start: u64,
    bytes: Bytes,
}

impl RowGroups {
    pub(super) fn new(file: Box<dyn ReadSeek + Send>) -> Result<Self, Problem> {
        let file = Sealed::open(file)?;
        let metadata = ParquetMetaDataReader::decode_metadata(&file.footer)?;
        let schema = metadata.file_metadata().schema();
        if *schema != parse_message_type(SCHEMA)? {
            let names: Vec<&str> = schema.get_fields().iter().map(|field| field.name()).collect();
            return Err(Problem::Columns { found: names.join(",") });
        }
        let columns = Columns::default();
        Ok(Self { file, metadata, next: 0, columns, undecoded: 0, decoded: 0 })
    }

    /// Decodes the next rows; false if there are none.
    fn advance(&mut self) -> Result<bool, Problem> {
        while self.undecoded == 0 {
            let Some((start, bytes)) = self.file.next_group()? else { return Ok(false) };
            let group = self.metadata.row_groups().get(self.next).ok_or_else(|| {
                ParquetError::General("the footer has fewer row groups than the seal".to_owned())
            })?;
            self.next += 1;
            self.undecoded = usize::try_from(group.num_rows()).unwrap_or(0);
            self.columns = Columns::open(Window { start, bytes }, group)?;
        }
        self.decoded = self.undecoded.min(BATCH);
        self.undecoded -= self.decoded;
        self.columns.decode(self.decoded)?;
        Ok(true)
    }
}

impl RowSource for RowGroups {
    fn next_row(&mut self) -> Result<Option<Row<'_>>, Problem> {
        if self.decoded == 0 && !self.advance()? {
            return Ok(None);
        }
        self.decoded -= 1;
        Ok(Some(self.columns.row()?))
    }
}

impl Columns {
    fn open(window: Window, group: &RowGroupMetaData) -> Result<Self> {
        let window = Arc::new(window);
        let mut columns = Self::default();
        for chunk in group.columns() {
            let rows = usize::try_from(group.num_rows())?;
            let pages = SerializedPageReader::new(Arc::clone(&window), chunk, rows, None)?;
            let descriptor = chunk.column_descr_ptr();
            let optional = descriptor.max_def_level() > 0;
            let physical = descriptor.physical_type();
            let reader = get_column_reader(descriptor, Box::new(pages));
            match physical {
                Type::INT64 => {
                    columns.integers.push(Column::new(get_typed_column_reader(reader), optional));
                }
                Type::BOOLEAN => {
                    columns.truths.push(Column::new(get_typed_column_reader(reader), optional));
                }
                _ => columns.texts.push(Column::new(get_typed_column_reader(reader), optional)),
            }
        }
        Ok(columns)
    }

    fn decode(&mut self, rows: usize) -> Result<()> {
        self.integers.iter_mut().try_for_each(|column| column.decode(rows))?;
        self.texts.iter_mut().try_for_each(|column| column.decode(rows))?;
        self.truths.iter_mut().try_for_each(|column| column.decode(rows))
    }

    fn row(&mut self) -> Result<Row<'_>> {
        let missing = || ParquetError::General("a column is missing".to_owned());
        let [seq, ts, expires_at] = self.integers.as_mut_slice() else { return Err(missing()) };
        let [background] = self.truths.as_mut_slice() else { return Err(missing()) };
        let mut texts = [""; COLUMNS.len() - 4];
        if texts.len() != self.texts.len() {
            return Err(missing());
        }
        for (text, column) in texts.iter_mut().zip(&mut self.texts) {
            *text = column.next().map_or(Ok(""), ByteArray::as_utf8)?;
        }
        let [policy, user, device, app, api, event, outcome, cause, refresh_cause] = texts;
        let seq = seq.next().and_then(|&seq| u64::try_from(seq).ok());
        Ok(Row {
            seq: seq.ok_or_else(|| ParquetError::General("`seq` is negative".to_owned()))?,
            policy,
            ts: ts.next().copied(),
            user,
            device,
            app,
            api,
            event,
            outcome,
            cause,
            refresh_cause,
            background: background.next().copied(),
            expires_at: expires_at.next().copied(),
        })
    }
}

impl<T: DataType> Column<T> {
    fn new(reader: ColumnReaderImpl<T>, optional: bool) -> Self {
        let (levels, values) = (Vec::new(), Vec::new());
        Self { reader, optional, levels, values, row: 0, value: 0 }
    }

    fn decode(&mut self, rows: usize) -> Result<()> {
        (self.row, self.value) = (0, 0);
        self.levels.clear();
        self.values.clear();
        let levels = self.optional.then_some(&mut self.levels);
        let (read, values, _) = self.reader.read_records(rows, levels, None, &mut self.values)?;
        let levels = if self.optional { self.levels.len() } else { read };
        let there = if self.optional {
            self.levels.iter().filter(|&&level| level > 0).count()
        } else {
            read
        };
        if read != rows || levels != rows || values != there || self.values.len() != there {
            return Err(ParquetError::General("a column is shorter than its row group".to_owned()));
        }
        Ok(())
    }

    /// The cell of the next row.
    fn next(&mut self) -> Option<&T::T> {
        let there = !self.optional || self.levels.get(self.row).is_some_and(|&level| level > 0);
        self.row += 1;
        if !there {
            return None;
        }
        self.value += 1;
        self.values.get(self.value - 1)
    }
}

impl Length for Window {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Window {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let length = self.len().saturating_sub(start);
        Ok(self.get_bytes(start, length as usize)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let outside = || ParquetError::General("a page stands outside its row group".to_owned());
        let start = start.checked_sub(self.start).ok_or_else(outside)?;
        let start = usize::try_from(start)?;
        let end = start.checked_add(length).filter(|end| *end <= self.bytes.len());
        Ok(self.bytes.slice(start..end.ok_or_else(outside)?))
    }
}

impl From<ParquetError> for Problem {
    fn from(error: ParquetError) -> Self {
        Self::Parquet { why: error.to_string() }
    }
}
