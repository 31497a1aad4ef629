//! Rows to row groups.

use std::io;
use std::sync::Arc;

use ::parquet::basic::{Compression, Encoding, ZstdLevel};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::parser::parse_message_type;
use ::parquet::schema::types::ColumnPath;
use bytes::Bytes;

use super::SCHEMA;
use super::seal::Sealing;
use crate::event_log::COLUMNS;
use crate::event_log::compression::Output;
use crate::event_log::formats::{Row, RowSink};
use crate::event_log::row::Cell;

/// Rows of a row group: enough to compress well, few enough to be held in memory. In tests so few
/// that small logs have several.
const GROUP_ROWS: usize = if cfg!(test) { 50 } else { 1 << 17 };
/// A row group also ends when its texts are longer than this.
const GROUP_TEXT: usize = 64 << 20;

/// Collects rows by column, and writes them group by group.
pub(super) struct RowGroups {
    file: SerializedFileWriter<Sealing>,
    columns: [Column; COLUMNS.len()],
    rows: usize,
    text: usize,
}

/// The cells of a column: what stands there, and where nothing does.
#[derive(Default)]
struct Column {
    /// 1 for each row with a value, 0 for others.
    levels: Vec<i16>,
    integers: Vec<i64>,
    truths: Vec<bool>,
    text: Vec<u8>,
    /// Where each value in `text` ends.
    ends: Vec<usize>,
}

impl RowGroups {
    pub(super) fn new(out: Output) -> io::Result<Self> {
        let schema = Arc::new(parse_message_type(SCHEMA).map_err(failed)?);
        let file = SerializedFileWriter::new(Sealing::new(out), schema, properties()?);
        let columns = std::array::from_fn(|_| Column::default());
        Ok(Self { file: file.map_err(failed)?, columns, rows: 0, text: 0 })
    }

    fn end_group(&mut self) -> Result<()> {
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            let mut writer = group.next_column()?.ok_or_else(|| {
                ParquetError::General("there are fewer columns than cells".to_owned())
            })?;
            column.write(&mut writer)?;
            writer.close()?;
        }
        group.close()?;
        self.file.flush()?;
        self.file.inner_mut().end_group();
        (self.rows, self.text) = (0, 0);
        Ok(())
    }
}

impl RowSink for RowGroups {
    fn put(&mut self, row: &Row<'_>, line: &[u8]) -> io::Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(row.cells()) {
            column.push(cell);
        }
        self.rows += 1;
        self.text += line.len();
        if self.rows == GROUP_ROWS || self.text > GROUP_TEXT {
            self.end_group().map_err(failed)?;
        }
        Ok(())
    }

    fn close(mut self: Box<Self>) -> io::Result<()> {
        if self.rows > 0 {
            self.end_group().map_err(failed)?;
        }
        self.file.inner_mut().begin_footer();
        self.file.into_inner().map_err(failed)?.finish()
    }
}

impl Column {
    fn push(&mut self, cell: Cell<'_>) {
        let there = match cell {
            Cell::Text(text) => {
                if !text.is_empty() {
                    self.text.extend_from_slice(text.as_bytes());
                    self.ends.push(self.text.len());
                }
                !text.is_empty()
            }
            Cell::Integer(integer) => {
                self.integers.extend(integer);
                integer.is_some()
            }
            Cell::Truth(truth) => {
                self.truths.extend(truth);
                truth.is_some()
            }
        };
        self.levels.push(i16::from(there));
    }

    /// Writes the column and empties it.
    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<()> {
        use ::parquet::column::writer::ColumnWriter;

        let levels = Some(self.levels.as_slice());
        match writer.untyped() {
            ColumnWriter::Int64ColumnWriter(_) => {
                writer.typed::<Int64Type>().write_batch(&self.integers, levels, None)?;
            }
            ColumnWriter::BoolColumnWriter(_) => {
                writer.typed::<BoolType>().write_batch(&self.truths, levels, None)?;
            }
            _ => {
                let text = Bytes::from(std::mem::take(&mut self.text));
                let mut start = 0;
                let texts: Vec<ByteArray> = self
                    .ends
                    .iter()
                    .map(|&end| text.slice(std::mem::replace(&mut start, end)..end).into())
                    .collect();
                writer.typed::<ByteArrayType>().write_batch(&texts, levels, None)?;
            }
        }
        self.levels.clear();
        self.integers.clear();
        self.truths.clear();
        self.ends.clear();
        Ok(())
    }
}

fn properties() -> io::Result<WriterPropertiesPtr> {
    let level = ZstdLevel::try_new(3).map_err(failed)?;
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        // Nothing but row groups may stand before the footer, so that the seal covers all.
        .set_offset_index_disabled(true)
        .set_statistics_enabled(::parquet::file::properties::EnabledStatistics::Chunk);
    for name in ["seq", "ts", "expires_at"] {
        // Each is near the one before it, so its difference says it in fewer bits than a
        // dictionary would.
        let column = ColumnPath::from(name);
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
    }
    Ok(Arc::new(properties.build()))
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
