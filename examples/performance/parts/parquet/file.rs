//! A trace as other programs write it: words in dictionaries, instants in milliseconds, Snappy.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use relogin::trace::synthetic::{Generator, Step};

const SCHEMA: &str = "message trace {
    required int64 ts (TIMESTAMP(MILLIS, false));
    required binary user (STRING);
    required binary device (STRING);
    required binary app (STRING);
    required binary action (STRING);
}";

/// Rows of a row group, which are held in memory.
const GROUP_ROWS: usize = 1 << 19;

/// Rows that a column takes at once.
const BATCH: usize = 1 << 13;

/// All activity user by user, with the index of the user whose it is.
pub(super) fn by_user<'g>(
    generator: &'g Generator<'_>,
) -> impl Iterator<Item = (u64, Step<'g>)> + 'g {
    let users = 0..generator.users();
    users.flat_map(|index| generator.user(index).map(move |step| (index, step)))
}

/// Writes the steps in their order, and returns how many there are.
pub(super) fn write<'g>(
    path: &Path,
    generator: &Generator<'_>,
    steps: impl Iterator<Item = (u64, Step<'g>)>,
) -> Result<u64> {
    let names = (0..generator.users()).map(|index| generator.user_name(index));
    let names: Vec<ByteArray> = names.map(|name| ByteArray::from(name.into_bytes())).collect();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let file = File::create(path).context("cannot write the trace")?;
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties))?;
    let mut steps = steps.peekable();
    let mut rows = Vec::with_capacity(GROUP_ROWS);
    let mut records = 0;
    while steps.peek().is_some() {
        rows.clear();
        rows.extend(steps.by_ref().take(GROUP_ROWS));
        records += rows.len() as u64;
        let mut group = writer.next_row_group()?;
        write_group(&mut group, &names, &rows)?;
        group.close()?;
    }
    writer.close()?;
    Ok(records)
}

fn write_group(
    group: &mut SerializedRowGroupWriter<'_, File>,
    names: &[ByteArray],
    rows: &[(u64, Step<'_>)],
) -> Result<()> {
    let mut column = group.next_column()?.context("it has instants")?;
    for batch in rows.chunks(BATCH) {
        let instants: Vec<i64> = batch.iter().map(|(_, step)| step.at.as_millis()).collect();
        column.typed::<Int64Type>().write_batch(&instants, None, None)?;
    }
    column.close()?;
    write_texts(group, rows, |(user, _)| names[*user as usize].clone())?;
    write_texts(group, rows, |(_, step)| step.device.into())?;
    write_texts(group, rows, |(_, step)| step.app.into())?;
    write_texts(group, rows, |(_, step)| step.action.word().into())
}

fn write_texts(
    group: &mut SerializedRowGroupWriter<'_, File>,
    rows: &[(u64, Step<'_>)],
    text: impl Fn(&(u64, Step<'_>)) -> ByteArray,
) -> Result<()> {
    let mut column = group.next_column()?.context("it has that many columns")?;
    for batch in rows.chunks(BATCH) {
        let texts: Vec<ByteArray> = batch.iter().map(&text).collect();
        column.typed::<ByteArrayType>().write_batch(&texts, None, None)?;
    }
    Ok(column.close()?)
}
