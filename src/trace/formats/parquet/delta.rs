//! Numbers as their differences (`DELTA_BINARY_PACKED` in Parquet's specification of encodings).

use bytes::Bytes;

use super::hybrid::varint;
use crate::trace::stream::GaveUp;

/// Numbers of 64 bits, to be read some at a time.
#[derive(Debug)]
pub(super) struct Delta {
    bytes: Bytes,
    at: usize,
    /// Numbers of a miniblock.
    length: usize,
    /// Miniblocks of a block.
    miniblocks: usize,
    /// How many numbers are left in all.
    left: usize,
    /// The next number, but for the difference that is read next.
    last: i64,
    is_first: bool,
    least: i64,
    /// Where the widths of the block's miniblocks stand that are left.
    widths: std::ops::Range<usize>,
    width: usize,
    /// Of the miniblock: where it starts, and how many of its numbers are read.
    start: usize,
    taken: usize,
}

impl Delta {
    pub(super) fn new(bytes: Bytes) -> Result<Self, GaveUp> {
        let mut at = 0;
        let mut next = || varint(&bytes, &mut at);
        let header = (next(), next(), next(), next());
        let (Some(block), Some(miniblocks), Some(count), Some(first)) = header else {
            return Err(GaveUp::DAMAGED);
        };
        let small = |number: u64| usize::try_from(number).ok().filter(|n| *n <= 1 << 24);
        let (Some(block), Some(miniblocks)) = (small(block), small(miniblocks)) else {
            return Err(GaveUp::DAMAGED);
        };
        let length = block.checked_div(miniblocks).filter(|length| *length > 0);
        Ok(Self {
            length: length.ok_or(GaveUp::DAMAGED)?,
            miniblocks,
            left: usize::try_from(count).map_err(|_| GaveUp::DAMAGED)?,
            last: unzigzag(first),
            is_first: true,
            least: 0,
            widths: 0..0,
            width: 0,
            start: at,
            taken: usize::MAX,
            at,
            bytes,
        })
    }

    /// How many numbers are left.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// What follows the numbers once they are read.
    pub(super) fn rest(&self) -> Bytes {
        self.bytes.slice(self.at.min(self.bytes.len())..)
    }

    /// Fills `out` with the next numbers.
    pub(super) fn read(&mut self, mut out: &mut [i64]) -> Result<(), GaveUp> {
        self.left = self.left.checked_sub(out.len()).ok_or(GaveUp::DAMAGED)?;
        if self.is_first && !out.is_empty() {
            (out[0], self.is_first) = (self.last, false);
            out = &mut out[1..];
        }
        while !out.is_empty() {
            if self.taken >= self.length {
                self.next_miniblock()?;
            }
            let count = out.len().min(self.length - self.taken);
            let (now, rest) = out.split_at_mut(count);
            let bytes = &self.bytes[self.start..self.at];
            for (number, place) in now.iter_mut().zip(self.taken..) {
                let more = unpacked(bytes, self.width, place);
                self.last = self.last.wrapping_add(self.least).wrapping_add(more as i64);
                *number = self.last;
            }
            self.taken += count;
            out = rest;
        }
        Ok(())
    }

    fn next_miniblock(&mut self) -> Result<(), GaveUp> {
        if self.widths.is_empty() {
            self.least = unzigzag(varint(&self.bytes, &mut self.at).ok_or(GaveUp::DAMAGED)?);
            self.widths = self.at..self.at + self.miniblocks;
            self.at += self.miniblocks;
        }
        let width = self.widths.next().and_then(|place| self.bytes.get(place));
        self.width = usize::from(*width.ok_or(GaveUp::DAMAGED)?);
        let length = (self.length * self.width).div_ceil(8);
        if self.width > 64 || self.at + length > self.bytes.len() {
            return Err(GaveUp::DAMAGED);
        }
        (self.start, self.taken) = (self.at, 0);
        self.at += length;
        Ok(())
    }
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// The packed number at `place`, of at most 64 bits.
#[inline]
fn unpacked(bytes: &[u8], width: usize, place: usize) -> u64 {
    let bit = place * width;
    let rest = bytes.get(bit / 8..).unwrap_or_default();
    let mask = u64::MAX.checked_shr(64 - width as u32).unwrap_or(0);
    // Wider numbers may reach into a ninth byte.
    if width <= 56
        && let Some(word) = rest.first_chunk()
    {
        return u64::from_le_bytes(*word) >> (bit % 8) & mask;
    }
    let mut word = [0; 16];
    let count = rest.len().min(16);
    word[..count].copy_from_slice(&rest[..count]);
    (u128::from_le_bytes(word) >> (bit % 8)) as u64 & mask
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes numbers in blocks of 128, each of four miniblocks.
    fn written(numbers: &[i64]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let varint = |bytes: &mut Vec<u8>, mut number: u64| {
            while number >= 0x80 {
                bytes.push(number as u8 | 0x80);
                number >>= 7;
            }
            bytes.push(number as u8);
        };
        let zigzag = |number: i64| (number << 1 ^ number >> 63) as u64;
        for number in [128, 4, numbers.len() as u64, zigzag(numbers[0])] {
            varint(&mut bytes, number);
        }
        let deltas: Vec<i64> = numbers.windows(2).map(|two| two[1].wrapping_sub(two[0])).collect();
        for block in deltas.chunks(128) {
            let least = *block.iter().min().unwrap();
            varint(&mut bytes, zigzag(least));
            let more: Vec<u64> =
                block.iter().map(|delta| delta.wrapping_sub(least) as u64).collect();
            let width = |own: &[u64]| 64 - own.iter().fold(0, |all, n| all | n).leading_zeros();
            let mut widths: Vec<u8> = more.chunks(32).map(|own| width(own) as u8).collect();
            widths.resize(4, 0);
            bytes.extend(&widths);
            for (own, width) in more.chunks(32).zip(widths) {
                let mut bits = Vec::new();
                for place in 0..32 {
                    let number = own.get(place).copied().unwrap_or(0);
                    bits.extend((0..width).map(|bit| number >> bit & 1 == 1));
                }
                let byte = |bits: &[bool]| {
                    bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit))
                };
                bytes.extend(bits.chunks(8).map(byte));
            }
        }
        bytes
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_in_any_pieces(
            numbers in proptest::collection::vec(
                prop_oneof![any::<i64>(), -5_i64..5, 1_760_000_000_000_i64..1_760_000_900_000],
                1..400,
            ),
            piece in 1_usize..50,
        ) {
            let mut bytes = written(&numbers);
            bytes.extend(b"rest");
            let mut delta = Delta::new(bytes.into()).unwrap();
            prop_assert_eq!(delta.left(), numbers.len());
            let mut read = vec![0; numbers.len()];
            for piece in read.chunks_mut(piece) {
                delta.read(piece).unwrap();
            }
            prop_assert_eq!(read, numbers);
            prop_assert_eq!(&delta.rest()[..], b"rest");
            prop_assert!(delta.read(&mut [0]).is_err());
        }

        #[test]
        fn damage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(mut delta) = Delta::new(bytes.into()) {
                let count = delta.left().min(300);
                let _ = delta.read(&mut vec![0; count]);
                let _ = delta.rest();
            }
        }
    }
}
