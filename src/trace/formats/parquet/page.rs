//! The values of one column, page by page: nulls are put where they stand, whatever the version of
//! the page.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};

use super::hybrid::Hybrid;
use crate::trace::stream::GaveUp;

/// How the values of a column are read that are no nulls.
pub(super) trait Values {
    type Value: Copy + Default;

    /// What stands for a null.
    fn null(&self) -> Result<Self::Value, GaveUp>;
    /// Takes in the dictionary that codes mean.
    fn learn(&mut self, dictionary: &Bytes, count: usize) -> Result<(), GaveUp>;
    /// The next values come from here, `most` of them if none is a null.
    fn begin(&mut self, encoding: Encoding, values: Bytes, most: usize) -> Result<(), GaveUp>;
    /// Fills `out` with the next values.
    fn read(&mut self, out: &mut [Self::Value]) -> Result<(), GaveUp>;
}

/// A flat column of a row group.
pub(super) struct Column<V: Values> {
    pages: Box<dyn PageReader>,
    /// Whether there may be nulls, and so levels that tell them.
    is_optional: bool,
    /// Rows of the page that are left.
    left: usize,
    /// Where the page has nulls: 1 for each value and 0 for each null.
    levels: Option<Hybrid>,
    present: Vec<u32>,
    some: Vec<V::Value>,
    pub(super) values: V,
}

impl<V: Values> Column<V> {
    pub(super) fn new(pages: Box<dyn PageReader>, is_optional: bool, values: V) -> Self {
        let (present, some) = (Vec::new(), Vec::new());
        Self { pages, is_optional, left: 0, levels: None, present, some, values }
    }

    /// Fills `out` with the next rows.
    pub(super) fn read(&mut self, mut out: &mut [V::Value]) -> Result<(), GaveUp> {
        while !out.is_empty() {
            while self.left == 0 {
                self.next_page()?;
            }
            let count = self.left.min(out.len());
            let (now, rest) = out.split_at_mut(count);
            match self.levels {
                None => self.values.read(now)?,
                Some(_) => self.read_some(now)?,
            }
            self.left -= count;
            out = rest;
        }
        Ok(())
    }

    fn read_some(&mut self, out: &mut [V::Value]) -> Result<(), GaveUp> {
        self.present.resize(out.len(), 0);
        self.levels.as_mut().ok_or(GaveUp::DAMAGED)?.read(&mut self.present)?;
        let count = self.present.iter().filter(|present| **present == 1).count();
        self.some.resize(count, V::Value::default());
        self.values.read(&mut self.some)?;
        let mut some = self.some.iter();
        let null = if count < out.len() { self.values.null()? } else { V::Value::default() };
        for (place, present) in out.iter_mut().zip(&self.present) {
            *place = if *present == 1 { *some.next().ok_or(GaveUp::DAMAGED)? } else { null };
        }
        Ok(())
    }

    fn next_page(&mut self) -> Result<(), GaveUp> {
        // The crate has assertions that damaged files fail.
        let page = catch_unwind(AssertUnwindSafe(|| self.pages.get_next_page()));
        let page = page.map_err(|_| GaveUp::DAMAGED)?.map_err(|_| GaveUp::DAMAGED)?;
        match page.ok_or(GaveUp::DAMAGED)? {
            Page::DictionaryPage { buf, num_values, encoding, .. } => {
                if !matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY) {
                    return Err(GaveUp::ENCODING);
                }
                self.values.learn(&buf, num_values as usize)
            }
            Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
                let (levels, values) = match self.is_optional {
                    true if def_level_encoding != Encoding::RLE => return Err(GaveUp::ENCODING),
                    true => {
                        let length = buf.first_chunk().ok_or(GaveUp::DAMAGED)?;
                        let length = u32::from_le_bytes(*length) as usize;
                        split(buf.slice(4..), length)?
                    }
                    false => (Bytes::new(), buf),
                };
                self.begin(num_values, levels, encoding, values)
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let (_, rest) = split(buf, rep_levels_byte_len as usize)?;
                let (levels, values) = split(rest, def_levels_byte_len as usize)?;
                self.begin(num_values, levels, encoding, values)
            }
        }
    }

    fn begin(
        &mut self,
        count: u32,
        levels: Bytes,
        encoding: Encoding,
        values: Bytes,
    ) -> Result<(), GaveUp> {
        self.left = count as usize;
        self.levels = None;
        if self.is_optional {
            let mut levels = Hybrid::new(levels, 1)?;
            if !levels.are_all(1, self.left)? {
                self.levels = Some(levels);
            }
        }
        self.values.begin(encoding, values, self.left)
    }
}

fn split(mut bytes: Bytes, length: usize) -> Result<(Bytes, Bytes), GaveUp> {
    if length > bytes.len() {
        return Err(GaveUp::DAMAGED);
    }
    let first = bytes.split_to(length);
    Ok((first, bytes))
}
