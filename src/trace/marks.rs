//! Where the commas, quotes and line ends of CSV stand, found 64 bytes at a time.
//!
//! Looking for one field's end after the other costs a call and a mispredicted branch each. Here
//! a block's marks are all found first, without branches that depend on what is found.

/// What is looked at in one go.
pub(super) const BLOCK: usize = 64;

/// Writes to `found`, from its place `len`, where the marks of `bytes` end, one after each comma,
/// quote and line feed, counted from `from`. Stops when the next block might not find room, and
/// gives how many marks there are then, and how many bytes it looked at: whole blocks only.
pub(super) fn find(bytes: &[u8], from: u16, found: &mut [u16], mut len: usize) -> (usize, usize) {
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let mut looked_at = 0;
    for block in blocks {
        let Some(free) = found[len..].first_chunk_mut::<BLOCK>() else { break };
        let mut mask = mask(block);
        let count = mask.count_ones() as usize;
        let from = u32::from(from) + looked_at as u32 + 1;
        // Eight at a time, whether there are so many or not: what is too much is written over.
        for places in free.as_chunks_mut::<8>().0 {
            for place in places {
                *place = (from + mask.trailing_zeros()) as u16;
                mask &= mask.wrapping_sub(1);
            }
            if mask == 0 {
                break;
            }
        }
        len += count;
        looked_at += BLOCK;
    }
    (len, looked_at)
}

/// By byte of a block: the bit that tells which eight it stands in.
const ROWS: [u8; BLOCK] = {
    let mut rows = [0; BLOCK];
    let mut place = 0;
    while place < BLOCK {
        rows[place] = 1 << (place / 8);
        place += 1;
    }
    rows
};

/// One bit for each byte of a block, the first one lowest.
#[inline]
fn mask(block: &[u8; BLOCK]) -> u64 {
    let mut rows = [0_u8; BLOCK];
    for place in 0..BLOCK {
        let byte = block[place];
        let is_mark = (byte == b',') | (byte == b'\n') | (byte == b'"');
        rows[place] = if is_mark { ROWS[place] } else { 0 };
    }
    let words = rows.as_chunks::<8>().0.iter().map(|row| u64::from_le_bytes(*row));
    transposed(words.fold(0, |all, row| all | row))
}

/// Eight bytes as a square of bits, turned over so that rows become columns: squares of one, two
/// and four bits change places (Hacker's Delight, 7-3).
#[inline]
fn transposed(mut square: u64) -> u64 {
    for (distance, corner) in
        [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)]
    {
        let changed = (square ^ square >> distance) & corner;
        square ^= changed ^ changed << distance;
    }
    square
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_position(bytes: &[u8]) -> Vec<u16> {
        let marks = bytes.iter().enumerate().filter(|(_, byte)| b",\n\"".contains(byte));
        marks.map(|(place, _)| place as u16 + 1).collect()
    }

    proptest! {
        #[test]
        fn marks_are_found_where_they_stand(
            text in proptest::collection::vec(
                prop_oneof![proptest::sample::select(&b",\n\"\r "[..]), any::<u8>()], 0..700,
            ),
            most in 64_usize..300,
            from in 0_u16..1_000,
        ) {
            let mut found = Vec::new();
            let mut start = 0;
            loop {
                let kept = found.len();
                found.resize(kept + most, 0);
                let (len, count) = find(&text[start..], from + start as u16, &mut found, kept);
                found.truncate(len);
                prop_assert_eq!(count % BLOCK, 0);
                start += count;
                if count == 0 {
                    break;
                }
            }
            prop_assert!(text.len() - start < BLOCK);
            let expected: Vec<_> = by_position(&text[..start]).iter().map(|m| m + from).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
