//! The column `ts` where it holds whole numbers of 64 bits: every way in which they are written.

use bytes::Bytes;
use parquet::basic::Encoding;

use super::delta::Delta;
use super::hybrid::Hybrid;
use super::page::Values;
use crate::trace::stream::GaveUp;
use crate::trace::timestamp::{TsUnit, floor_to_millis};

/// Instants in milliseconds.
#[derive(Debug)]
pub(super) struct Instants {
    unit: Option<TsUnit>,
    dictionary: Vec<i64>,
    codes: Vec<u32>,
    page: Written,
}

#[derive(Debug)]
enum Written {
    Nothing,
    Plain(Bytes),
    Coded(Hybrid),
    Delta(Delta),
}

impl Instants {
    /// Numbers of that unit, or of the one that their size tells.
    pub(super) fn new(unit: Option<TsUnit>) -> Self {
        Self { unit, dictionary: Vec::new(), codes: Vec::new(), page: Written::Nothing }
    }
}

impl Values for Instants {
    type Value = i64;

    fn null(&self) -> Result<i64, GaveUp> {
        Err(GaveUp::BROKEN)
    }

    fn learn(&mut self, dictionary: &Bytes, count: usize) -> Result<(), GaveUp> {
        let (numbers, _) = dictionary.as_chunks();
        self.dictionary.clear();
        self.dictionary.extend(numbers.iter().take(count).map(|bytes| i64::from_le_bytes(*bytes)));
        // One that no row has may be out of range; rows that have it are broken.
        floor_to_millis(&mut self.dictionary, self.unit).map_err(|_| GaveUp::BROKEN)
    }

    fn begin(&mut self, encoding: Encoding, values: Bytes, _: usize) -> Result<(), GaveUp> {
        self.page = match encoding {
            _ if values.is_empty() => Written::Nothing,
            Encoding::PLAIN => Written::Plain(values),
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => {
                Written::Coded(Hybrid::codes(&values)?)
            }
            Encoding::DELTA_BINARY_PACKED => Written::Delta(Delta::new(values)?),
            _ => return Err(GaveUp::ENCODING),
        };
        Ok(())
    }

    fn read(&mut self, out: &mut [i64]) -> Result<(), GaveUp> {
        match &mut self.page {
            Written::Nothing if out.is_empty() => return Ok(()),
            Written::Nothing => return Err(GaveUp::DAMAGED),
            Written::Plain(bytes) => {
                let length = out.len() * 8;
                if bytes.len() < length {
                    return Err(GaveUp::DAMAGED);
                }
                let now = bytes.split_to(length);
                for (number, bytes) in out.iter_mut().zip(now.as_chunks().0) {
                    *number = i64::from_le_bytes(*bytes);
                }
            }
            Written::Delta(delta) => delta.read(out)?,
            Written::Coded(codes) => {
                self.codes.resize(out.len(), 0);
                codes.read(&mut self.codes)?;
                for (number, code) in out.iter_mut().zip(&self.codes) {
                    *number = *self.dictionary.get(*code as usize).ok_or(GaveUp::DAMAGED)?;
                }
                return Ok(());
            }
        }
        floor_to_millis(out, self.unit).map_err(|_| GaveUp::BROKEN)
    }
}
