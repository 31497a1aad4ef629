//! A column of texts as numbers: each row's is the place of its text among those that were met.

use std::io::Write as _;

use bytes::{Buf, Bytes};
use parquet::basic::{Encoding, Type};

use super::delta::Delta;
use super::hybrid::Hybrid;
use super::page::Values;
use crate::trace::stream::GaveUp;
use crate::trace::word::Word;

/// The texts of a column: the dictionary's, then that of a null, and after it those that the latest
/// rows hold as they are. Whoever looks a number up has to reckon with one that means no text: a
/// damaged file may have any.
#[derive(Debug)]
pub(super) struct Texts {
    kind: Type,
    text: Vec<u8>,
    ends: Vec<u32>,
    words: Vec<Word>,
    /// How many stay from rows to rows.
    kept: usize,
    page: Written,
}

#[derive(Debug)]
enum Written {
    Nothing,
    Plain(Bytes),
    Coded(Hybrid),
    /// Lengths, and then all texts.
    Lengths(Delta, Bytes),
    Delta(Delta),
    /// How much of the text before each begins with, how much follows, and all that follows.
    Prefixes {
        shared: Delta,
        lengths: Delta,
        texts: Bytes,
        before: Vec<u8>,
    },
}

/// More would be no column of names.
const MOST_TEXT: usize = 1 << 28;

impl Texts {
    /// Of a column of that type, if it can hold texts.
    pub(super) fn new(kind: Type) -> Result<Self, GaveUp> {
        if !matches!(kind, Type::BYTE_ARRAY | Type::INT32 | Type::INT64) {
            return Err(GaveUp::ENCODING);
        }
        let (text, ends, words) = (Vec::new(), vec![0], vec![Word::EMPTY]);
        Ok(Self { kind, text, ends, words, kept: 1, page: Written::Nothing })
    }

    /// Forgets what only the rows before held.
    pub(super) fn forget_rows(&mut self) {
        self.ends.truncate(self.kept);
        self.words.truncate(self.kept);
        self.text.truncate(self.ends[self.kept - 1] as usize);
    }

    /// How many texts stay from rows to rows.
    pub(super) fn kept(&self) -> usize {
        self.kept
    }

    /// The words of all texts that were met.
    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }

    /// A text by its number, which has to be one.
    pub(super) fn text(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.text[start as usize..self.ends[number] as usize]
    }

    /// Takes in a text, and gives its number: the latest one's if it is the same.
    #[inline]
    fn meet(&mut self, text: &[u8]) -> Result<u32, GaveUp> {
        let (count, word) = (self.words.len(), Word::new(text));
        if count > self.kept
            && self.words[count - 1] == word
            && (!word.is_digest() || self.text(count as u32 - 1) == text)
        {
            return Ok(count as u32 - 1);
        }
        self.add(text, word)?;
        Ok(count as u32)
    }

    #[inline]
    fn add(&mut self, text: &[u8], word: Word) -> Result<(), GaveUp> {
        if self.text.len() + text.len() > MOST_TEXT {
            return Err(GaveUp::TOO_MUCH);
        }
        self.text.extend_from_slice(text);
        self.ends.push(self.text.len() as u32);
        self.words.push(word);
        Ok(())
    }

    /// A number as CSV would have it.
    fn meet_number(&mut self, number: i64) -> Result<u32, GaveUp> {
        let mut text = [0; 20];
        let mut rest = &mut text[..];
        write!(rest, "{number}").map_err(|_| GaveUp::DAMAGED)?;
        let length = 20 - rest.len();
        self.meet(&text[..length])
    }

    fn read_plain(&mut self, bytes: &mut Bytes, out: &mut [u32]) -> Result<(), GaveUp> {
        let mut rest = &bytes[..];
        for number in out {
            *number = match self.kind {
                Type::INT32 => self.meet_number(rest.try_get_i32_le().map_err(damaged)?.into())?,
                Type::INT64 => self.meet_number(rest.try_get_i64_le().map_err(damaged)?)?,
                _ => {
                    let (length, texts) = rest.split_first_chunk().ok_or(GaveUp::DAMAGED)?;
                    let length = u32::from_le_bytes(*length) as usize;
                    let text;
                    (text, rest) = texts.split_at_checked(length).ok_or(GaveUp::DAMAGED)?;
                    self.meet(text)?
                }
            };
        }
        let taken = bytes.len() - rest.len();
        bytes.advance(taken);
        Ok(())
    }

    fn read_written(&mut self, page: &mut Written, out: &mut [u32]) -> Result<(), GaveUp> {
        match page {
            Written::Nothing if out.is_empty() => Ok(()),
            Written::Nothing => Err(GaveUp::DAMAGED),
            Written::Plain(bytes) => self.read_plain(bytes, out),
            Written::Coded(codes) => codes.read(out),
            Written::Lengths(lengths, texts) => {
                let mut own = vec![0; out.len()];
                lengths.read(&mut own)?;
                for (number, length) in out.iter_mut().zip(own) {
                    let length = usize::try_from(length).map_err(|_| GaveUp::DAMAGED)?;
                    *number = self.meet(texts.get(..length).ok_or(GaveUp::DAMAGED)?)?;
                    texts.advance(length);
                }
                Ok(())
            }
            Written::Prefixes { shared, lengths, texts, before } => {
                let (mut kept, mut own) = (vec![0; out.len()], vec![0; out.len()]);
                shared.read(&mut kept)?;
                lengths.read(&mut own)?;
                for (number, (kept, length)) in out.iter_mut().zip(kept.into_iter().zip(own)) {
                    let [kept, length] = [kept, length].map(usize::try_from);
                    let (kept, length) = (kept.map_err(damaged)?, length.map_err(damaged)?);
                    if kept > before.len() {
                        return Err(GaveUp::DAMAGED);
                    }
                    before.truncate(kept);
                    before.extend_from_slice(texts.get(..length).ok_or(GaveUp::DAMAGED)?);
                    texts.advance(length);
                    *number = self.meet(before)?;
                }
                Ok(())
            }
            Written::Delta(delta) => {
                let mut own = vec![0; out.len()];
                delta.read(&mut own)?;
                for (number, own) in out.iter_mut().zip(own) {
                    *number = self.meet_number(own)?;
                }
                Ok(())
            }
        }
    }
}

/// The numbers at the start of `bytes`, not more than `most`, and what follows them.
fn numbers(bytes: Bytes, most: usize) -> Result<(Delta, Bytes), GaveUp> {
    let numbers = Delta::new(bytes.clone())?;
    if numbers.left() > most {
        return Err(GaveUp::DAMAGED);
    }
    // Where they end shows only once they are read.
    let mut again = Delta::new(bytes)?;
    while again.left() > 0 {
        let count = again.left().min(1_024);
        again.read(&mut [0; 1_024][..count])?;
    }
    Ok((numbers, again.rest()))
}

fn damaged<E>(_: E) -> GaveUp {
    GaveUp::DAMAGED
}

impl Values for Texts {
    type Value = u32;

    fn null(&self) -> Result<u32, GaveUp> {
        Ok(self.kept as u32 - 1)
    }

    fn learn(&mut self, dictionary: &Bytes, count: usize) -> Result<(), GaveUp> {
        if self.ends.len() != 1 {
            return Err(GaveUp::DAMAGED);
        }
        (self.ends, self.words) = (Vec::new(), Vec::new());
        let mut bytes = dictionary.clone();
        for _ in 0..count {
            // Each has a number of its own, even if it is like the one before.
            self.kept = self.ends.len() + 1;
            self.read_plain(&mut bytes, &mut [0])?;
        }
        self.add(b"", Word::EMPTY)?;
        self.kept = self.ends.len();
        Ok(())
    }

    fn begin(&mut self, encoding: Encoding, values: Bytes, most: usize) -> Result<(), GaveUp> {
        self.page = match (encoding, self.kind) {
            _ if values.is_empty() => Written::Nothing,
            (Encoding::PLAIN, _) => Written::Plain(values),
            (Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY, _) => {
                Written::Coded(Hybrid::codes(&values)?)
            }
            (Encoding::DELTA_LENGTH_BYTE_ARRAY, Type::BYTE_ARRAY) => {
                let (lengths, texts) = numbers(values, most)?;
                Written::Lengths(lengths, texts)
            }
            (Encoding::DELTA_BYTE_ARRAY, Type::BYTE_ARRAY) => {
                let (shared, rest) = numbers(values, most)?;
                let (lengths, texts) = numbers(rest, most)?;
                Written::Prefixes { shared, lengths, texts, before: Vec::new() }
            }
            (Encoding::DELTA_BINARY_PACKED, Type::INT64) => Written::Delta(Delta::new(values)?),
            _ => return Err(GaveUp::ENCODING),
        };
        Ok(())
    }

    fn read(&mut self, out: &mut [u32]) -> Result<(), GaveUp> {
        let mut page = std::mem::replace(&mut self.page, Written::Nothing);
        let read = self.read_written(&mut page, out);
        self.page = page;
        read
    }
}
