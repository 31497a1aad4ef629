//! The `ts` of a record: RFC 3339, or a number whose size tells its unit (SPEC 6).

use std::str::FromStr;

use crate::model::Instant;

/// The unit of numeric timestamps: `--ts-unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TsUnit {
    /// `s`
    Seconds,
    /// `ms`
    Milliseconds,
    /// `us`
    Microseconds,
    /// `ns`
    Nanoseconds,
}

/// A `--ts-unit` that is no unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no unit of timestamps; the units are s, ms, us and ns")]
pub struct InvalidTsUnit(String);

/// Why a timestamp can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Nothing is there.
    #[error("has no ts")]
    Missing,
    /// Neither RFC 3339 nor a plain number.
    #[error("is neither RFC 3339 with an offset, as in 2026-01-31T09:00:00Z, nor a plain number")]
    Malformed,
    /// Such a day or time of day does not exist.
    #[error("is no day and time that exist")]
    Impossible,
    /// It is before the year -9999 or after 9999.
    #[error("lies outside of -9999-01-02 to 9999-12-30; --ts-unit tells the unit of numbers")]
    OutOfRange,
}

/// jiff's range, so that whatever is read can be shown: -9999-01-02T01:59:59Z, and
/// 9999-12-30T22:00:00.999Z, in milliseconds.
const RANGE: std::ops::RangeInclusive<i64> = -377_705_023_201_000..=253_402_207_200_999;

/// Reads a timestamp, floored to milliseconds. Numbers are in `unit`, or else in the one that
/// their absolute value tells.
///
/// # Errors
/// If it is missing, can't be read or lies out of range.
pub(super) fn parse(text: &[u8], unit: Option<TsUnit>) -> Result<Instant, TimestampError> {
    let digits = match text {
        [] => return Err(TimestampError::Missing),
        [b'+' | b'-', digits @ ..] => digits,
        digits => digits,
    };
    if let Some(parsed) = number(digits, text[0] == b'-', unit) {
        return parsed;
    }
    rfc_3339(text).unwrap_or_else(|| by_jiff(text))
}

/// The instant of a whole number.
///
/// # Errors
/// If it lies out of range.
#[cfg(any(feature = "parquet", test))]
pub(super) fn from_integer(number: i64, unit: Option<TsUnit>) -> Result<Instant, TimestampError> {
    scaled(u128::from(number.unsigned_abs()), &[], number < 0, unit)
}

/// Reads digits, perhaps with a point and more digits; `None` if they are something else.
fn number(
    text: &[u8],
    is_negative: bool,
    unit: Option<TsUnit>,
) -> Option<Result<Instant, TimestampError>> {
    let mut whole: u64 = 0;
    let mut length = 0;
    while let Some(digit) = text.get(length).filter(|byte| byte.is_ascii_digit()) {
        whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        length += 1;
    }
    let decimals = match &text[length..] {
        [] => &[][..],
        [b'.', decimals @ ..] if !decimals.is_empty() => decimals,
        _ => return None,
    };
    if length == 0 || !decimals.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // 19 digits fit into 64 bits; more are rare.
    let whole = if length <= 19 { u128::from(whole) } else { wide(&text[..length]) };
    Some(scaled(whole, decimals, is_negative, unit))
}

fn wide(digits: &[u8]) -> u128 {
    digits.iter().fold(0_u128, |number, digit| {
        number.saturating_mul(10).saturating_add(u128::from(digit - b'0'))
    })
}

/// A number's whole part and decimals to milliseconds, floored.
#[inline]
fn scaled(
    whole: u128,
    decimals: &[u8],
    is_negative: bool,
    unit: Option<TsUnit>,
) -> Result<Instant, TimestampError> {
    let unit = unit.unwrap_or(match whole {
        ..=99_999_999_999 => TsUnit::Seconds,
        100_000_000_000..=99_999_999_999_999 => TsUnit::Milliseconds,
        100_000_000_000_000..=99_999_999_999_999_999 => TsUnit::Microseconds,
        _ => TsUnit::Nanoseconds,
    });
    let (millis, cut) = match unit {
        TsUnit::Seconds => {
            let (millis, cut) = thousandths(decimals);
            (whole.saturating_mul(1_000).saturating_add(u128::from(millis)), cut)
        }
        TsUnit::Milliseconds => (whole, false),
        TsUnit::Microseconds => (whole / 1_000, !whole.is_multiple_of(1_000)),
        TsUnit::Nanoseconds => (whole / 1_000_000, !whole.is_multiple_of(1_000_000)),
    };
    let cut = cut || unit != TsUnit::Seconds && decimals.iter().any(|digit| *digit != b'0');
    // Both bounds are far below what 64 bits hold, so a larger number is out of range as well.
    let millis = i64::try_from(millis).map_err(|_| TimestampError::OutOfRange)?;
    // What was cut off makes a negative number greater, and floors go the other way.
    in_range(if is_negative { -millis - i64::from(cut) } else { millis })
}

/// The first three decimals, and whether others than zeros follow.
#[inline]
fn thousandths(decimals: &[u8]) -> (u32, bool) {
    let digit = |place: usize| decimals.get(place).map_or(0, |digit| u32::from(digit - b'0'));
    let millis = digit(0) * 100 + digit(1) * 10 + digit(2);
    (millis, decimals.iter().skip(3).any(|digit| *digit != b'0'))
}

#[inline]
pub(super) fn in_range(millis: i64) -> Result<Instant, TimestampError> {
    if RANGE.contains(&millis) {
        Ok(Instant::from_millis(millis))
    } else {
        Err(TimestampError::OutOfRange)
    }
}

/// Reads the shapes that RFC 3339 §5.6 has, with `T`, `t` or a space; `None` if it is another one
/// or a leap second.
pub(super) fn rfc_3339(text: &[u8]) -> Option<Result<Instant, TimestampError>> {
    let (date_time, rest) = text.split_first_chunk::<19>()?;
    if !matches!(date_time, [_, _, _, _, b'-', _, _, b'-', _, _, b'T' | b't' | b' ', ..])
        || (date_time[13], date_time[16]) != (b':', b':')
    {
        return None;
    }
    let year = two(date_time, 0)? * 100 + two(date_time, 2)?;
    let [month, day, hour, minute, second] = [5, 8, 11, 14, 17].map(|place| two(date_time, place));
    let (month, day, hour, minute, second) = (month?, day?, hour?, minute?, second?);
    let (decimals, offset) = match rest {
        [b'.', rest @ ..] => {
            let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
            rest.split_at_checked(end).filter(|(decimals, _)| !decimals.is_empty())?
        }
        offset => (&[][..], offset),
    };
    let offset_minutes = match *offset {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (two(offset, 1)?, two(offset, 4)?);
            if hours > 23 || minutes > 59 {
                return Some(Err(TimestampError::Impossible));
            }
            let minutes = hours * 60 + minutes;
            if sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    if second == 60 {
        return None;
    }
    let exists = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !exists {
        return Some(Err(TimestampError::Impossible));
    }
    let minutes = (days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset_minutes;
    // Decimals count upwards on either side of the epoch: cutting them off is flooring.
    let (millis, _) = thousandths(decimals);
    Some(in_range((minutes * 60 + second) * 1_000 + i64::from(millis)))
}

/// Two digits as a number.
#[inline]
fn two(text: &[u8], place: usize) -> Option<i64> {
    let (tens, ones) = (text[place].wrapping_sub(b'0'), text[place + 1].wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, for years that are not negative. Years are
/// taken to begin in March, so that leap days end them.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Counted from the March of the year -400, a whole number of 400-year cycles of 146,097 days.
    let year = year + 400 - i64::from(month <= 2);
    let months_since_march = (month + 9) % 12;
    let day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 146_097 - 719_468
}

/// The rarer forms of ISO 8601, all with an offset: hours alone (`+02`), a leap second, years of
/// six digits, no separators. A bracketed zone name is refused: what it says depends on a
/// database, and RFC 3339 has none.
fn by_jiff(text: &[u8]) -> Result<Instant, TimestampError> {
    let text = std::str::from_utf8(text).map_err(|_| TimestampError::Malformed)?;
    if text.contains('[') {
        return Err(TimestampError::Malformed);
    }
    let timestamp = jiff::Timestamp::from_str(text).map_err(|_| TimestampError::Malformed)?;
    let millis = timestamp.as_nanosecond().div_euclid(1_000_000);
    in_range(i64::try_from(millis).map_err(|_| TimestampError::OutOfRange)?)
}

impl FromStr for TsUnit {
    type Err = InvalidTsUnit;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "s" => Self::Seconds,
            "ms" => Self::Milliseconds,
            "us" => Self::Microseconds,
            "ns" => Self::Nanoseconds,
            _ => return Err(InvalidTsUnit(text.to_owned())),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(unit: &str, text: &str, expected: Result<i64, TimestampError>) {
        let unit = (!unit.is_empty()).then(|| unit.parse().unwrap());
        let found = parse(text.as_bytes(), unit).map(Instant::as_millis);
        assert_eq!(found, expected, "{text:?} in {unit:?}");
    }

    #[test]
    fn numbers() {
        use TimestampError::{Malformed, Missing, OutOfRange};
        for (text, expected) in [
            ("0", Ok(0)),
            ("-0", Ok(0)),
            ("+1", Ok(1_000)),
            ("0001", Ok(1_000)),
            ("1317462163.308", Ok(1_317_462_163_308)),
            ("1317462163.3089", Ok(1_317_462_163_308)),
            ("-0.0005", Ok(-1)),
            ("-0.001", Ok(-1)),
            ("-0.0010000000000000000000000000000000000000000001", Ok(-2)),
            ("-1.5", Ok(-1_500)),
            // The units' borders, by absolute value.
            ("99999999999", Ok(99_999_999_999_000)),
            ("99999999999.9999", Ok(99_999_999_999_999)),
            ("100000000000", Ok(100_000_000_000)),
            ("-99999999999", Ok(-99_999_999_999_000)),
            ("-100000000000", Ok(-100_000_000_000)),
            ("99999999999999.9", Ok(99_999_999_999_999)),
            ("-99999999999999.9", Ok(-100_000_000_000_000)),
            ("100000000000000", Ok(100_000_000_000)),
            ("-100000000000001", Ok(-100_000_000_001)),
            ("99999999999999999.9", Ok(99_999_999_999_999)),
            ("100000000000000000", Ok(100_000_000_000)),
            ("-100000000000000000.1", Ok(-100_000_000_001)),
            ("18446744073709551616", Ok(18_446_744_073_709)),
            ("253402207200999999999", Ok(253_402_207_200_999)),
            ("253402207201000000000", Err(OutOfRange)),
            ("-377705023201000000000", Ok(-377_705_023_201_000)),
            ("-377705023201000000001", Err(OutOfRange)),
            ("999999999999999999999999999999999999999999999999999", Err(OutOfRange)),
            ("00000000000000000000000000000000000000000000000000001", Ok(1_000)),
            ("", Err(Missing)),
            ("-", Err(Malformed)),
            (".", Err(Malformed)),
            (".5", Err(Malformed)),
            ("5.", Err(Malformed)),
            ("+-5", Err(Malformed)),
            ("1e9", Err(Malformed)),
            ("1_000", Err(Malformed)),
            ("0x10", Err(Malformed)),
            ("1,5", Err(Malformed)),
            ("NaN", Err(Malformed)),
            (" 5", Err(Malformed)),
            ("5 ", Err(Malformed)),
            ("1.5.5", Err(Malformed)),
            ("٣", Err(Malformed)),
        ] {
            check("", text, expected);
        }
    }

    #[test]
    fn a_unit_overrides() {
        for (unit, text, expected) in [
            ("ms", "1000", Ok(1_000)),
            ("ms", "-0.5", Ok(-1)),
            ("us", "1999", Ok(1)),
            ("us", "-1", Ok(-1)),
            ("ns", "1000000", Ok(1)),
            ("ns", "999999.9", Ok(0)),
            ("s", "253402207200.9999", Ok(253_402_207_200_999)),
            ("s", "253402207201", Err(TimestampError::OutOfRange)),
            ("s", "2026-01-31T09:00:00Z", Ok(1_769_850_000_000)),
        ] {
            check(unit, text, expected);
        }
        assert!("m".parse::<TsUnit>().is_err());
    }

    #[test]
    fn rfc_3339_and_its_kin() {
        use TimestampError::{Impossible, Malformed, OutOfRange};
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Ok(0)),
            ("2026-01-31T09:00:00Z", Ok(1_769_850_000_000)),
            ("2026-01-31t09:00:00z", Ok(1_769_850_000_000)),
            ("2026-01-31 09:00:00Z", Ok(1_769_850_000_000)),
            ("2026-01-31T10:00:00+01:00", Ok(1_769_850_000_000)),
            ("2026-01-31T03:30:00-05:30", Ok(1_769_850_000_000)),
            ("2026-01-31T09:00:00-00:00", Ok(1_769_850_000_000)),
            ("2026-01-31T09:00:00.1Z", Ok(1_769_850_000_100)),
            ("2026-01-31T09:00:00.12399999999999999999999Z", Ok(1_769_850_000_123)),
            ("1969-12-31T23:59:59.9999Z", Ok(-1)),
            ("1969-12-31T23:59:59.0001Z", Ok(-1_000)),
            ("2024-02-29T00:00:00Z", Ok(1_709_164_800_000)),
            ("2000-02-29T00:00:00Z", Ok(951_782_400_000)),
            ("0000-01-01T00:00:00Z", Ok(-62_167_219_200_000)),
            ("0000-02-29T00:00:00Z", Ok(-62_162_121_600_000)),
            ("9999-12-30T22:00:00.999Z", Ok(253_402_207_200_999)),
            ("9999-12-31T00:00:00Z", Err(OutOfRange)),
            // Rarer forms.
            ("2026-01-31 09:00:00+00", Ok(1_769_850_000_000)),
            ("20260131T090000Z", Ok(1_769_850_000_000)),
            ("2026-01-31T09:00Z", Ok(1_769_850_000_000)),
            ("-000001-01-01T00:00:00Z", Ok(-62_198_755_200_000)),
            ("2016-12-31T23:59:60Z", Ok(1_483_228_799_000)),
            // What does not exist.
            ("2026-02-29T00:00:00Z", Err(Impossible)),
            ("1900-02-29T00:00:00Z", Err(Impossible)),
            ("2026-04-31T00:00:00Z", Err(Impossible)),
            ("2026-13-01T00:00:00Z", Err(Impossible)),
            ("2026-00-01T00:00:00Z", Err(Impossible)),
            ("2026-01-00T00:00:00Z", Err(Impossible)),
            ("2026-01-31T24:00:00Z", Err(Impossible)),
            ("2026-01-31T09:60:00Z", Err(Impossible)),
            ("2026-01-31T09:00:61Z", Err(Impossible)),
            ("2026-01-31T09:00:00+24:00", Err(Impossible)),
            ("2026-01-31T09:00:00+01:60", Err(Impossible)),
            // No offset, a zone's name, and other things.
            ("2026-01-31T09:00:00", Err(Malformed)),
            ("2026-01-31", Err(Malformed)),
            ("2026-01-31T09:00:00Z[UTC]", Err(Malformed)),
            ("2026-01-31T09:00:00[Europe/Berlin]", Err(Malformed)),
            ("2026-01-31T10:00:00+01:00[Europe/Berlin]", Err(Malformed)),
            ("2026-01-31T09:00:00.Z", Err(Malformed)),
            ("2026-01-31T09:00:00Z ", Err(Malformed)),
            ("31/01/2026 09:00:00Z", Err(Malformed)),
            ("2026-01-31T09:0é:00Z", Err(Malformed)),
        ] {
            check("", text, expected);
        }
    }

    #[test]
    fn the_range_is_jiffs() {
        let ends = (jiff::Timestamp::MIN, jiff::Timestamp::MAX);
        assert_eq!(
            (*RANGE.start(), *RANGE.end()),
            (ends.0.as_millisecond(), ends.1.as_millisecond())
        );
    }

    /// The plain twin: the number as one big integer of 10^-30 units, divided.
    fn by_big_integer(is_negative: bool, whole: u64, decimals: &str, unit: Option<TsUnit>) -> i128 {
        let power = match (unit, whole.to_string().len()) {
            (Some(TsUnit::Seconds), _) | (None, ..=11) => 3,
            (Some(TsUnit::Milliseconds), _) | (None, ..=14) => 0,
            (Some(TsUnit::Microseconds), _) | (None, ..=17) => -3,
            (Some(TsUnit::Nanoseconds), _) | (None, _) => -6,
        };
        let big: i128 = format!("{whole}{decimals:0<12}").parse().unwrap();
        let big = if is_negative { -big } else { big };
        big.div_euclid(10_i128.pow((12 - power) as u32))
    }

    proptest! {
        #[test]
        fn numbers_are_floored_exactly(
            is_negative: bool,
            digits in 1_u32..20,
            bits: u64,
            decimals in "[0-9]{1,12}|[0-9]{0,2}0{1,9}[01]",
            unit in proptest::option::of(prop_oneof![
                Just(TsUnit::Seconds), Just(TsUnit::Milliseconds),
                Just(TsUnit::Microseconds), Just(TsUnit::Nanoseconds),
            ]),
        ) {
            let whole = bits % 10_u64.pow(digits);
            let sign = if is_negative { "-" } else { "" };
            let found = parse(format!("{sign}{whole}.{decimals}").as_bytes(), unit);
            let expected = by_big_integer(is_negative, whole, &decimals, unit);
            match i64::try_from(expected) {
                Ok(millis) if RANGE.contains(&millis) => {
                    prop_assert_eq!(found, Ok(Instant::from_millis(millis)));
                }
                _ => prop_assert_eq!(found, Err(TimestampError::OutOfRange)),
            }
        }

        #[test]
        fn whole_numbers_need_no_text(number: i64) {
            prop_assert_eq!(
                from_integer(number, None),
                parse(number.to_string().as_bytes(), None)
            );
        }

        #[test]
        fn civil_times_are_jiffs(
            millis in -62_167_219_200_000_i64..253_402_207_200_000,
            offset in -23 * 60 - 59..=23 * 60 + 59,
        ) {
            let offset = jiff::tz::Offset::from_seconds(offset * 60).unwrap();
            let timestamp = jiff::Timestamp::from_millisecond(millis).unwrap();
            let text = timestamp.display_with_offset(offset).to_string();
            prop_assume!(!text.starts_with('-'));
            let found = rfc_3339(text.as_bytes());
            prop_assert_eq!(found, Some(Ok(Instant::from_millis(millis))), "{}", text);
        }

        #[test]
        fn nothing_panics(text in "[-+0-9TZ:. ]{0,40}|\\PC*", bytes: Vec<u8>) {
            let _ = parse(text.as_bytes(), None);
            let _ = parse(&bytes, None);
        }
    }
}
