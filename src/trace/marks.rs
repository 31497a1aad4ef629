//! Where the commas, quotes and line ends of CSV stand, found 64 bytes at a time.
//!
//! Looking for one field's end after the other costs a call and a mispredicted branch each. Here
//! a block's marks are all found first, without branches that depend on what is found.

/// What is looked at in one go.
pub(super) const BLOCK: usize = 64;

/// Appends to `found` where the marks of `bytes` end, one after each comma, quote and line feed,
/// counted from `from`. Stops when the next block might not fit below `most` marks, and gives how
/// many bytes it looked at: whole blocks only.
pub(super) fn find(bytes: &[u8], from: u32, most: usize, found: &mut Vec<u32>) -> usize {
    let mut len = found.len();
    found.resize(most.max(len), 0);
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let mut looked_at = 0;
    for block in blocks {
        let Some(free) = found[len..].first_chunk_mut::<BLOCK>() else { break };
        let mut mask = mask(block);
        let count = mask.count_ones() as usize;
        let from = from.wrapping_add(looked_at as u32 + 1);
        // Eight at a time, whether there are so many or not: what is too much is written over.
        for places in free.as_chunks_mut::<8>().0 {
            for place in places {
                *place = from.wrapping_add(mask.trailing_zeros());
                mask &= mask.wrapping_sub(1);
            }
            if mask == 0 {
                break;
            }
        }
        len += count;
        looked_at += BLOCK;
    }
    found.truncate(len);
    looked_at
}

/// The bit of each byte, in eights.
const WEIGHTS: [u8; BLOCK] = {
    let mut weights = [0; BLOCK];
    let mut place = 0;
    while place < BLOCK {
        weights[place] = 1 << (place % 8);
        place += 1;
    }
    weights
};

/// One bit for each byte of a block, the first one lowest.
#[inline]
fn mask(block: &[u8; BLOCK]) -> u64 {
    let mut weighed = [0_u8; BLOCK];
    for place in 0..BLOCK {
        let byte = block[place];
        let is_mark = (byte == b',') | (byte == b'\n') | (byte == b'"');
        weighed[place] = if is_mark { WEIGHTS[place] } else { 0 };
    }
    let (words, _) = weighed.as_chunks::<8>();
    let mut mask = 0;
    for (place, word) in words.iter().enumerate() {
        // The product's highest byte is the sum of all eight.
        let sum = u64::from_le_bytes(*word).wrapping_mul(0x0101_0101_0101_0101) >> 56;
        mask |= sum << (8 * place);
    }
    mask
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_position(bytes: &[u8]) -> Vec<u32> {
        let marks = bytes.iter().enumerate().filter(|(_, byte)| b",\n\"".contains(byte));
        marks.map(|(place, _)| place as u32 + 1).collect()
    }

    proptest! {
        #[test]
        fn marks_are_found_where_they_stand(
            text in proptest::collection::vec(
                prop_oneof![proptest::sample::select(&b",\n\"\r "[..]), any::<u8>()], 0..700,
            ),
            most in 64_usize..300,
            from in 0_u32..1_000,
        ) {
            let mut found = Vec::new();
            let mut start = 0;
            loop {
                let kept = found.len();
                let count = find(&text[start..], from + start as u32, kept + most, &mut found);
                prop_assert!(found.len() <= kept + most);
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
