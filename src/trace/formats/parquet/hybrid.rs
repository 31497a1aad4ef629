//! Small numbers as Parquet writes them: runs of one number, and groups of eight packed bit by bit
//! (`RLE` and `RLE_DICTIONARY` in its specification of encodings).

use bytes::Bytes;

use crate::trace::stream::GaveUp;

/// Numbers of a fixed width in bits, to be read some at a time.
#[derive(Debug)]
pub(super) struct Hybrid {
    bytes: Bytes,
    /// Where the next run begins.
    at: usize,
    width: usize,
    run: Run,
}

#[derive(Debug)]
enum Run {
    /// The same number over and over.
    Same { number: u32, left: usize },
    /// Packed numbers from byte `start` on, of which `taken` are read.
    Packed { start: usize, taken: usize, left: usize },
}

impl Hybrid {
    /// Numbers of `width` bits.
    pub(super) fn new(bytes: Bytes, width: usize) -> Result<Self, GaveUp> {
        if width > 32 {
            return Err(GaveUp::DAMAGED);
        }
        Ok(Self { bytes, at: 0, width, run: Run::Same { number: 0, left: 0 } })
    }

    /// Numbers that begin with a byte that tells their width: codes of a dictionary.
    pub(super) fn codes(bytes: &Bytes) -> Result<Self, GaveUp> {
        let width = usize::from(*bytes.first().ok_or(GaveUp::DAMAGED)?);
        Self::new(bytes.slice(1..), width)
    }

    /// Whether the next `count` numbers are all `number`, as far as one run tells.
    pub(super) fn are_all(&mut self, wanted: u32, count: usize) -> Result<bool, GaveUp> {
        while self.left() == 0 && count > 0 {
            self.next_run()?;
        }
        Ok(count == 0
            || matches!(self.run, Run::Same { number, left } if number == wanted && left >= count))
    }

    /// Fills `out` with the next numbers.
    pub(super) fn read(&mut self, mut out: &mut [u32]) -> Result<(), GaveUp> {
        while !out.is_empty() {
            let count = self.left().min(out.len());
            if count == 0 {
                self.next_run()?;
                continue;
            }
            let (now, rest) = out.split_at_mut(count);
            match &mut self.run {
                Run::Same { number, left } => {
                    now.fill(*number);
                    *left -= count;
                }
                Run::Packed { start, taken, left } => {
                    unpack(&self.bytes[*start..], self.width, *taken, now);
                    *taken += count;
                    *left -= count;
                }
            }
            out = rest;
        }
        Ok(())
    }

    fn left(&self) -> usize {
        match self.run {
            Run::Same { left, .. } | Run::Packed { left, .. } => left,
        }
    }

    fn next_run(&mut self) -> Result<(), GaveUp> {
        let header = varint(&self.bytes, &mut self.at).ok_or(GaveUp::DAMAGED)?;
        let count = usize::try_from(header >> 1).map_err(|_| GaveUp::DAMAGED)?;
        let rest = self.bytes.len() - self.at;
        if header & 1 == 0 {
            let length = self.width.div_ceil(8);
            let bytes = self.bytes.get(self.at..self.at + length).ok_or(GaveUp::DAMAGED)?;
            let number = bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte));
            self.run = Run::Same { number, left: count };
            self.at += length;
            return Ok(());
        }
        let (left, length) = match self.width {
            0 => (count.saturating_mul(8), 0),
            // Some writers cut the last groups off where no number is left.
            width => match count.checked_mul(width).filter(|length| *length <= rest) {
                Some(length) => (count * 8, length),
                None => (rest * 8 / width, rest),
            },
        };
        self.run = Run::Packed { start: self.at, taken: 0, left };
        self.at += length;
        Ok(())
    }
}

/// A number in seven bits a byte, lowest first.
pub(super) fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Unpacks numbers of `width` bits, at most 32, from the one at place `first` on.
#[inline]
fn unpack(bytes: &[u8], width: usize, first: usize, out: &mut [u32]) {
    let mask = ((1_u64 << width) - 1) as u32;
    let mut bit = first * width;
    let mut places = out.iter_mut();
    // Eight bytes hold any number, wherever in its first byte it begins.
    if let Some(last) = bytes.len().checked_sub(8) {
        let safe = ((last + 1) * 8).saturating_sub(bit).div_ceil(width.max(1));
        for place in places.by_ref().take(safe) {
            let Some(word) = bytes[bit / 8..].first_chunk() else { break };
            *place = (u64::from_le_bytes(*word) >> (bit % 8)) as u32 & mask;
            bit += width;
        }
    }
    for place in places {
        let rest = bytes.get(bit / 8..).unwrap_or_default();
        let mut word = [0; 8];
        let count = rest.len().min(8);
        word[..count].copy_from_slice(&rest[..count]);
        *place = (u64::from_le_bytes(word) >> (bit % 8)) as u32 & mask;
        bit += width;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes runs, as they are or packed, and what they hold.
    fn written(runs: &[(bool, Vec<u32>)], width: usize) -> (Vec<u8>, Vec<u32>) {
        let (mut bytes, mut numbers) = (Vec::new(), Vec::new());
        let varint = |bytes: &mut Vec<u8>, mut number: usize| {
            while number >= 0x80 {
                bytes.push(number as u8 | 0x80);
                number >>= 7;
            }
            bytes.push(number as u8);
        };
        let mask = ((1_u64 << width) - 1) as u32;
        for (packed, run) in runs {
            let run: Vec<u32> = run.iter().map(|number| number & mask).collect();
            if *packed {
                let groups = run.len().div_ceil(8);
                varint(&mut bytes, groups << 1 | 1);
                let mut bits = vec![false; groups * 8 * width];
                for (place, number) in run.iter().enumerate() {
                    for bit in 0..width {
                        bits[place * width + bit] = number >> bit & 1 == 1;
                    }
                }
                let byte = |bits: &[bool]| {
                    bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit))
                };
                bytes.extend(bits.chunks(8).map(byte));
                numbers.extend(&run);
                numbers.resize(numbers.len() + groups * 8 - run.len(), 0);
            } else {
                varint(&mut bytes, run.len() << 1);
                bytes.extend(&run[0].to_le_bytes()[..width.div_ceil(8)]);
                numbers.extend(run.iter().map(|_| run[0]));
            }
        }
        (bytes, numbers)
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_in_any_pieces(
            width in 0_usize..=32,
            runs in proptest::collection::vec(
                (any::<bool>(), proptest::collection::vec(any::<u32>(), 1..70)), 1..8,
            ),
            piece in 1_usize..50,
        ) {
            let (bytes, numbers) = written(&runs, width);
            let mut hybrid = Hybrid::new(bytes.into(), width).unwrap();
            let mut read = vec![0; numbers.len()];
            for piece in read.chunks_mut(piece) {
                hybrid.read(piece).unwrap();
            }
            prop_assert_eq!(read, numbers);
            prop_assert!(hybrid.read(&mut [0]).is_err());
        }

        #[test]
        fn damage_never_panics(
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
            width in 0_usize..=40,
        ) {
            if let Ok(mut hybrid) = Hybrid::new(bytes.into(), width) {
                let _ = hybrid.are_all(1, 9);
                let _ = hybrid.read(&mut [0; 300]);
            }
        }
    }

    #[test]
    fn one_run_tells_that_all_are_the_same() {
        let all = |runs: &[(bool, Vec<u32>)], count| {
            Hybrid::new(written(runs, 1).0.into(), 1).unwrap().are_all(1, count).unwrap()
        };
        assert!(all(&[(false, vec![1; 9])], 9));
        assert!(all(&[], 0));
        assert!(!all(&[(false, vec![1; 9])], 10));
        assert!(!all(&[(false, vec![0; 9])], 9));
        assert!(!all(&[(true, vec![1; 8])], 8));
    }
}
