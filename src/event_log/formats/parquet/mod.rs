//! Apache Parquet: columns in row groups, each compressed by itself.
//!
//! A Parquet file says nowhere whether its bytes are still those that were written, and its readers
//! may fall over bytes that are not. So a log has a seal: checksums of every row group and of
//! the footer, in bytes just before the footer that other readers skip. They are checked before
//! anything is decoded. A log that another program rewrote has lost its seal, and is refused.

#[cfg(feature = "parquet")]
mod read;
#[cfg(feature = "parquet")]
mod seal;
#[cfg(feature = "parquet")]
mod write;

use super::{Format, Read};

pub(super) const FORMAT: Format = Format {
    name: "Parquet",
    about: "for dataframes and SQL engines: the smallest, but nothing of it can be read if it is cut",
    endings: &[".parquet"],
    recognises: |head| head.starts_with(b"PAR1"),
    #[cfg(feature = "parquet")]
    write: |out| Ok(Box::new(write::RowGroups::new(out)?)),
    #[cfg(feature = "parquet")]
    read: Read::Seek(|file| Ok(Box::new(read::RowGroups::new(file)?))),
    #[cfg(not(feature = "parquet"))]
    write: |_| {
        let why = super::Problem::NoParquet.to_string();
        Err(std::io::Error::new(std::io::ErrorKind::Unsupported, why))
    },
    #[cfg(not(feature = "parquet"))]
    read: Read::Seek(|_| Err(super::Problem::NoParquet)),
};

/// The columns, as Parquet spells them.
#[cfg(feature = "parquet")]
const SCHEMA: &str = "
    message relogin_events {
        REQUIRED INT64 seq;
        OPTIONAL BYTE_ARRAY policy (STRING);
        OPTIONAL INT64 ts;
        OPTIONAL BYTE_ARRAY user (STRING);
        OPTIONAL BYTE_ARRAY device (STRING);
        OPTIONAL BYTE_ARRAY app (STRING);
        OPTIONAL BYTE_ARRAY api (STRING);
        REQUIRED BYTE_ARRAY event (STRING);
        OPTIONAL BYTE_ARRAY outcome (STRING);
        OPTIONAL BYTE_ARRAY cause (STRING);
        OPTIONAL BYTE_ARRAY refresh_cause (STRING);
        OPTIONAL BOOLEAN background;
        OPTIONAL INT64 expires_at;
    }";
