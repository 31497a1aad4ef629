//! The `ts` of a record: RFC 3339, or a number whose size tells its unit (SPEC 6).

#[cfg(test)]
mod tests;

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

/// Makes whole numbers the milliseconds that [`from_integer`] gives.
///
/// # Errors
/// If one lies out of range.
#[cfg(any(feature = "parquet", test))]
pub(super) fn floor_to_millis(
    numbers: &mut [i64],
    unit: Option<TsUnit>,
) -> Result<(), TimestampError> {
    match unit {
        Some(TsUnit::Milliseconds) => {}
        Some(TsUnit::Microseconds) => {
            numbers.iter_mut().for_each(|number| *number = number.div_euclid(1_000));
        }
        Some(TsUnit::Nanoseconds) => {
            numbers.iter_mut().for_each(|number| *number = number.div_euclid(1_000_000));
        }
        Some(TsUnit::Seconds) | None => {
            for number in numbers {
                *number = from_integer(*number, unit)?.as_millis();
            }
            return Ok(());
        }
    }
    // All are looked at, which is quicker than to ask after each whether to go on.
    let is_in_range =
        |all, number: &i64| all & (*number >= *RANGE.start() && *number <= *RANGE.end());
    if numbers.iter().fold(true, is_in_range) { Ok(()) } else { Err(TimestampError::OutOfRange) }
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
