//! Apache Parquet, by its column readers: rows are never built, and of the columns only those
//! that count are read.

#[cfg(feature = "parquet")]
mod agents;
#[cfg(feature = "parquet")]
mod columns;
#[cfg(feature = "parquet")]
mod deeds;
#[cfg(feature = "parquet")]
mod delta;
#[cfg(feature = "parquet")]
mod file;
#[cfg(feature = "parquet")]
mod hybrid;
#[cfg(feature = "parquet")]
mod instants;
#[cfg(feature = "parquet")]
mod page;
#[cfg(feature = "parquet")]
mod rows;
#[cfg(all(test, feature = "parquet"))]
mod tests;
#[cfg(feature = "parquet")]
mod texts;

use crate::trace::stream::OpenRows;
use crate::trace::{Format, Intake, Source, TraceError};

pub(super) const FORMAT: Format = Format {
    name: "Parquet",
    about: "Apache Parquet with flat columns",
    endings: &["parquet", "pq"],
    recognises: |head| head.starts_with(b"PAR1"),
    read,
    rows: ROWS,
};

#[cfg(feature = "parquet")]
fn read(source: Source<'_>, intake: &mut Intake) -> Result<(), TraceError> {
    columns::read(source, intake)
}

#[cfg(not(feature = "parquet"))]
fn read(source: Source<'_>, _: &mut Intake) -> Result<(), TraceError> {
    Err(TraceError::NoParquet { file: source.name.to_owned() })
}

#[cfg(feature = "parquet")]
const ROWS: Option<OpenRows> = Some(rows::open);

#[cfg(not(feature = "parquet"))]
const ROWS: Option<OpenRows> = None;
