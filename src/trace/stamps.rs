//! The shapes of `ts` that nearly all traces have, read eight digits at a time.
//!
//! Whatever is not exactly one of them is left to [`super::timestamp::parse`]; where something is
//! read here, it gives the same.

use super::timestamp::{self, TsUnit};
use super::word::{MARGIN, eight, sixteen};
use crate::model::Instant;

/// Reads one timestamp after the other. It remembers what the last one began with, which is mostly
/// what the next one does too.
#[derive(Debug)]
pub(super) struct Stamps {
    unit: Option<TsUnit>,
    /// `2026-01-31`, in the ten lowest bytes.
    day: u128,
    /// When it begins.
    midnight: i64,
    /// `2026-01-31T09:00`.
    minute: u128,
    /// When it begins.
    minute_start: i64,
    /// Those of up to sixteen digits that stand before the last eight, as many as `led` says.
    lead: u64,
    led: usize,
    /// What they stand for.
    lead_value: u64,
}

const DATE: u128 = u128::MAX >> 48;
const ZEROS: u64 = 0x3030_3030_3030_3030;
/// A floating point's place in seconds of this century's and the next ones.
const POINT: usize = 10;
/// What is as long is rare.
const SOME: usize = MARGIN / 2;
/// How long a minute is written: `2026-01-31T09:00`.
const MINUTE: usize = 16;

/// What makes `09:00` a time of day.
const NO_SECONDS: u64 = u64::from_le_bytes(*b"\0\0\0\0\0:00");

/// What follows the minute, as it is compared with: seconds and thousandths.
const TAIL: u64 = u64::from_le_bytes(*b":00.0000");

/// By how many bytes follow the minute, `Z` being the last: which of eight count. The others are
/// as in [`TAIL`]. With more than these, the first seven count. A point without decimals is wrong,
/// and so is what is shorter than seconds.
const COUNTED: [u64; 9] = [0, 0, 0, 0, FIRST[3], 0, FIRST[5], FIRST[6], FIRST[7]];

/// By how many there are: the first ones of eight bytes.
const FIRST: [u64; 16] = {
    let mut first = [u64::MAX; 16];
    let mut bytes = 0;
    while bytes < 8 {
        first[bytes] = (1 << (8 * bytes)) - 1;
        bytes += 1;
    }
    first
};

impl Stamps {
    pub(super) fn new(unit: Option<TsUnit>) -> Self {
        let (midnight, minute_start, led, lead_value) = (0, 0, 0, 0);
        Self { unit, day: 0, midnight, minute: 0, minute_start, lead: 0, led, lead_value }
    }

    /// Reads `window[start..end]`, where at least [`MARGIN`] bytes follow `start`; `None` if it is
    /// of a rarer shape or wrong.
    #[inline]
    pub(super) fn read(&mut self, window: &[u8], start: usize, end: usize) -> Option<Instant> {
        let len = end - start;
        let millis = match len {
            1..=16 => match self.digits(window, start, len) {
                Some(number) => self.whole(number)?,
                None => self.seconds(window, start, len)?,
            },
            20..SOME if window[start + 4] == b'-' => self.rfc_3339(window, start, len)?,
            _ => self.seconds(window, start, len)?,
        };
        timestamp::in_range(millis).ok()
    }

    /// A whole number, without a sign, in milliseconds.
    #[inline]
    fn whole(&self, number: u64) -> Option<i64> {
        let millis = match self.unit {
            None => match number {
                ..=99_999_999_999 => number * 1_000,
                100_000_000_000..=99_999_999_999_999 => number,
                // Nanoseconds have more than sixteen digits.
                _ => number / 1_000,
            },
            Some(TsUnit::Seconds) => number.checked_mul(1_000)?,
            Some(TsUnit::Milliseconds) => number,
            Some(TsUnit::Microseconds) => number / 1_000,
            Some(TsUnit::Nanoseconds) => number / 1_000_000,
        };
        i64::try_from(millis).ok()
    }

    /// Ten digits, a point and decimals.
    #[inline(never)]
    fn seconds(&mut self, window: &[u8], start: usize, len: usize) -> Option<i64> {
        let is_right = matches!(self.unit, None | Some(TsUnit::Seconds))
            && (POINT + 2..SOME).contains(&len)
            && window[start + POINT] == b'.';
        if !is_right {
            return None;
        }
        let seconds = self.digits(window, start, POINT)?;
        let millis = thousandths(window, start + POINT + 1, start + len)?;
        Some(seconds as i64 * 1_000 + millis)
    }

    /// `2026-01-31T09:00:00Z`, perhaps with decimals.
    #[inline]
    fn rfc_3339(&mut self, window: &[u8], start: usize, len: usize) -> Option<i64> {
        let minute = sixteen(window, start);
        if minute != self.minute {
            self.begin_minute(minute)?;
        }
        let rest = len - MINUTE;
        if !matches!(window[start + len - 1], b'Z' | b'z') {
            return None;
        }
        if rest > 8 {
            // Of more than three decimals, the others must be digits too: fewer than eight.
            let others = to_the_end(eight(window, start + MINUTE + 7), rest - 8);
            are_digits(others).then_some(())?;
        }
        let counted = COUNTED[rest.min(8)];
        let tail = eight(window, start + MINUTE) & counted | TAIL & !counted;
        let millis = thousandths_of_tail(tail)?;
        (counted != 0).then_some(self.minute_start + millis)
    }

    /// Remembers a minute such as `2026-01-31T09:00`.
    fn begin_minute(&mut self, minute: u128) -> Option<()> {
        let date = minute & DATE;
        if date != self.day {
            self.midnight = midnight(date)?;
            self.day = date;
        }
        let seconds = time_of_day((minute >> 88) as u64 | NO_SECONDS)?;
        if !matches!((minute >> 80) as u8, b'T' | b't' | b' ') {
            return None;
        }
        self.minute_start = self.midnight + seconds * 1_000;
        self.minute = minute;
        Some(())
    }

    /// The number that is written in `len` digits, from 1 to 16.
    #[inline(always)]
    fn digits(&mut self, window: &[u8], start: usize, len: usize) -> Option<u64> {
        let Some(led) = len.checked_sub(8) else { return digits(window, start, len) };
        let lead = eight(window, start) & FIRST[led % 16];
        if (lead, led) != (self.lead, self.led) {
            self.lead_value = digits(window, start, led)? * 100_000_000;
            (self.lead, self.led) = (lead, led);
        }
        let last = eight(window, start + led);
        are_digits(last).then(|| self.lead_value + number(last))
    }
}

/// The thousandths of a second in `:SS.mmm0`, first byte lowest, if all are digits and it is no leap
/// second.
#[inline]
fn thousandths_of_tail(tail: u64) -> Option<i64> {
    const NO_DIGIT: u64 = u64::from_le_bytes([0xff, 0xf0, 0xf0, 0xff, 0xf0, 0xf0, 0xf0, 0xff]);
    // A tenth of a minute is below six.
    const TOO_MUCH: u64 = u64::from_le_bytes([0, 10, 6, 0, 6, 6, 6, 0]);
    let digits = tail ^ TAIL;
    if (digits | digits.wrapping_add(TOO_MUCH)) & NO_DIGIT != 0 {
        return None;
    }
    let pairs = digits * 10 + (digits >> 8);
    let (seconds, hundredths, thousandths) = (pairs >> 8 & 0xff, pairs >> 32 & 0xff, digits >> 48);
    Some((seconds * 1_000 + hundredths * 10 + thousandths) as i64)
}

/// When a day such as `2026-01-31` begins.
#[cold]
fn midnight(date: u128) -> Option<i64> {
    let mut text = *b"YYYY-MM-DDT00:00:00Z";
    text[..10].copy_from_slice(&date.to_le_bytes()[..10]);
    Some(timestamp::rfc_3339(&text)?.ok()?.as_millis())
}

/// The seconds of `09:00:00`, first byte lowest, if that is a time of day and no leap second.
#[inline]
fn time_of_day(text: u64) -> Option<i64> {
    const NO_DIGIT: u64 = 0xf0f0_fff0_f0ff_f0f0;
    // Colons become zeros, and six more than nine needs a fifth bit.
    let digits = text ^ u64::from_le_bytes(*b"00:00:00");
    if (digits | digits.wrapping_add(0x0606_0006_0600_0606)) & NO_DIGIT != 0 {
        return None;
    }
    let pairs = digits * 10 + (digits >> 8);
    let [hour, minute, second] = [0, 24, 48].map(|shift| (pairs >> shift & 0xff) as i64);
    (hour < 24 && minute < 60 && second < 60).then_some((hour * 60 + minute) * 60 + second)
}

/// The first three decimals of `window[start..end]`, which are all digits.
#[inline]
fn thousandths(window: &[u8], start: usize, end: usize) -> Option<i64> {
    let len = (end - start).min(3);
    if end - start > 3 && !window[start + 3..end].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = digits(window, start, len)? as i64;
    Some(number * [100, 10, 1][len - 1])
}

/// The number that is written in up to eight digits, `len` of them.
#[inline]
fn digits(window: &[u8], start: usize, len: usize) -> Option<u64> {
    let text = to_the_end(eight(window, start), len);
    are_digits(text).then(|| number(text))
}

/// The first `len` digits of eight, with zeros before them in place of the others behind.
#[inline]
fn to_the_end(text: u64, len: usize) -> u64 {
    // In two steps each, since either may be all of a word.
    let (kept, gone) = (4 * len, 4 * (8 - len));
    text << gone << gone | ZEROS >> kept >> kept
}

#[inline]
fn are_digits(text: u64) -> bool {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    let above_nine = text.wrapping_add(0x0606_0606_0606_0606) & HIGH;
    (text & HIGH | above_nine >> 4) == 0x3333_3333_3333_3333
}

/// Eight digits, the first one lowest: pairs are joined to fours, and those to eight.
#[inline]
fn number(text: u64) -> u64 {
    const SECOND: u64 = 0x0000_00ff_0000_00ff;
    let digits = text & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = digits * 10 + (digits >> 8);
    let high = (pairs & SECOND).wrapping_mul(100 + (1_000_000 << 32));
    let low = (pairs >> 16 & SECOND).wrapping_mul(1 + (10_000 << 32));
    high.wrapping_add(low) >> 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads `text` where other bytes stand around it.
    fn read(stamps: &mut Stamps, text: &[u8], around: u8) -> Option<Instant> {
        let mut window = vec![around; 3 + text.len() + MARGIN];
        window[3..3 + text.len()].copy_from_slice(text);
        stamps.read(&window, 3, 3 + text.len())
    }

    fn units() -> impl Strategy<Value = Option<TsUnit>> {
        let units = [
            None,
            Some(TsUnit::Seconds),
            Some(TsUnit::Milliseconds),
            Some(TsUnit::Microseconds),
            Some(TsUnit::Nanoseconds),
        ];
        proptest::sample::select(units.to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        /// Whatever is read is what the general way reads, whatever was read before.
        #[test]
        fn nothing_else_is_read(
            texts in proptest::collection::vec(
                prop_oneof![
                    "[0-9]{1,20}",
                    "[-+]?[0-9]{9,11}[.:/0-9][0-9]{0,8}",
                    "(2024|2100|9999|0000)-[01][0-9]-[0-3][0-9][Tt x][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,9})?(Z|z|\\+01:00)?",
                    "2026-01-31T09:0[0-9:/]:[/0-9:]0[.:]?[0-9]{0,12}Z",
                    "2026-01-3[12]T23:59:59[.Z/:;?@JZ]{1,2}",
                    "[-0-9:TZ.]{0,32}",
                    "\\PC{0,24}",
                ],
                1..4,
            ),
            flipped in proptest::option::of((0_usize..30, 0_u32..8)),
            around: u8,
            unit in units(),
        ) {
            let mut stamps = Stamps::new(unit);
            for text in texts {
                let mut text = text.into_bytes();
                if let Some((place, bit)) = flipped
                    && let Some(byte) = text.get_mut(place)
                {
                    *byte ^= 1 << bit;
                }
                if let Some(found) = read(&mut stamps, &text, around) {
                    let expected = timestamp::parse(&text, unit);
                    prop_assert_eq!(Ok(found), expected, "{}", text.escape_ascii());
                }
            }
        }
    }

    #[test]
    fn what_is_usual_is_read() {
        for text in [
            "0",
            "1769850000",
            "1769850000000",
            "1769850000000000",
            "1769850000.5",
            "1769850000.123",
            "1769850000.1234567",
            "2026-01-31T09:00:00Z",
            "2026-01-31 09:00:00z",
            "2026-01-31T09:00:00.1Z",
            "2026-01-31T09:00:00.123Z",
            "2026-01-31T09:00:00.123456789Z",
            "2024-02-29T23:59:59.999Z",
        ] {
            let found = read(&mut Stamps::new(None), text.as_bytes(), b'7');
            assert_eq!(found, timestamp::parse(text.as_bytes(), None).ok(), "{text}");
            assert!(found.is_some(), "{text}");
        }
    }
}
