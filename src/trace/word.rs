//! Texts as numbers: names are mostly so short that two of them compare like integers.

/// How many bytes after the text it holds a window must have, so that a word can be loaded from
/// anywhere in it without asking how much is left.
pub(super) const MARGIN: usize = 64;

/// A text of up to sixteen bytes, padded with zeros; of a longer one its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) bytes: u128,
    pub(super) len: u32,
}

/// By length: which bytes of sixteen belong to a text. Shifting numbers this wide takes longer.
pub(super) const KEPT: [u128; Word::MOST + 1] = {
    let mut kept = [u128::MAX; Word::MOST + 1];
    let mut len = 0;
    while len < Word::MOST {
        kept[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    kept
};

impl Word {
    /// The word of no text.
    pub(super) const EMPTY: Self = Self { bytes: 0, len: 0 };

    /// What a word holds as it is.
    pub(super) const MOST: usize = 16;

    /// The word of a text.
    #[inline]
    pub(super) fn new(text: &[u8]) -> Self {
        let bytes = match text.len() {
            0 => 0,
            1..=3 => {
                // The first, the middle and the last byte are all there are.
                let (middle, last) = (text.len() / 2, text.len() - 1);
                u128::from(text[0])
                    | u128::from(text[middle]) << (8 * middle)
                    | u128::from(text[last]) << (8 * last)
            }
            4..=7 => {
                let low = text.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
                let high = text.last_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
                u128::from(low) | u128::from(high) << (8 * (text.len() - 4))
            }
            8..=Self::MOST => {
                let low = text.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
                let high = text.last_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
                u128::from(low) | u128::from(high) << (8 * (text.len() - 8))
            }
            _ => digest(text).into(),
        };
        Self { bytes, len: text.len() as u32 }
    }

    /// The word of `window[start..end]`, where at least [`MARGIN`] bytes follow `start`.
    #[inline]
    pub(super) fn within(window: &[u8], start: usize, end: usize) -> Self {
        let len = end - start;
        if len > Self::MOST {
            return Self { bytes: digest(&window[start..end]).into(), len: len as u32 };
        }
        Self { bytes: sixteen(window, start) & KEPT[len], len: len as u32 }
    }

    /// Whether it is a digest, so that words that are equal may be of texts that are not.
    #[inline]
    pub(super) fn is_digest(self) -> bool {
        self.len as usize > Self::MOST
    }

    /// A hash that is quick for small numbers of words.
    #[inline]
    pub(super) fn hash(self) -> u64 {
        mixed(self.bytes ^ u128::from(self.len) << 120)
    }
}

/// Sixteen bytes of a window, the first one lowest.
#[inline]
pub(super) fn sixteen(window: &[u8], start: usize) -> u128 {
    let bytes: &[u8; 16] = window[start..start + 16].first_chunk().expect("as many");
    u128::from_le_bytes(*bytes)
}

/// Eight bytes of a window, the first one lowest.
#[inline]
pub(super) fn eight(window: &[u8], start: usize) -> u64 {
    let bytes: &[u8; 8] = window[start..start + 8].first_chunk().expect("as many");
    u64::from_le_bytes(*bytes)
}

/// A digest of a text of sixteen bytes or more: sixteen after the other, and the last ones.
#[inline(never)]
fn digest(text: &[u8]) -> u64 {
    let (whole, _) = text.as_chunks::<16>();
    let last = text.last_chunk().map_or(0, |bytes| u128::from_le_bytes(*bytes));
    let mut digest = text.len() as u64;
    for bytes in whole {
        digest = mixed(u128::from_le_bytes(*bytes) ^ u128::from(digest));
    }
    mixed(last ^ u128::from(digest))
}

/// Both halves multiplied, and the product's halves mixed: the step that wyhash repeats.
#[inline]
pub(super) fn mixed(bytes: u128) -> u64 {
    let (low, high) = (bytes as u64, (bytes >> 64) as u64);
    let product =
        u128::from(low ^ 0xa076_1d64_78bd_642f) * u128::from(high ^ 0xe703_7ed1_a0b4_28db);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However it is loaded, a word is what the plain way of padding gives.
        #[test]
        fn words_are_padded_texts(
            before in proptest::collection::vec(any::<u8>(), 0..40),
            text in proptest::collection::vec(any::<u8>(), 0..40),
            after: [u8; 4],
        ) {
            let mut window = [&before[..], &text].concat();
            let (start, end) = (before.len(), window.len());
            window.extend(after.iter().cycle().take(MARGIN));
            let word = Word::new(&text);
            prop_assert_eq!(word, Word::within(&window, start, end));
            prop_assert_eq!(word.is_digest(), text.len() > 16);
            if text.len() <= 16 {
                let mut padded = [0; 16];
                padded[..text.len()].copy_from_slice(&text);
                prop_assert_eq!(word.bytes, u128::from_le_bytes(padded));
            }
        }
    }

    #[test]
    fn zeros_at_the_end_count() {
        assert_ne!(Word::new(b"a"), Word::new(b"a\0"));
        assert_ne!(Word::new(b"a").hash(), Word::new(b"a\0").hash());
    }
}
