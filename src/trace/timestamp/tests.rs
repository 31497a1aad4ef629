//! Every form of `ts`, its borders, and its twins in slower arithmetic.

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

proptest! {
    #[test]
    fn many_at_once_are_what_each_is(
        numbers in proptest::collection::vec(
            prop_oneof![
                any::<i64>(),
                -2_000_000_i64..2_000_000,
                99_999_999_990_i64..100_000_000_010,
            ],
            1..9,
        ),
        unit in proptest::sample::select(&["", "s", "ms", "us", "ns"][..]),
    ) {
        let unit = unit.parse().ok();
        let each: Result<Vec<i64>, _> =
            numbers.iter().map(|n| from_integer(*n, unit).map(Instant::as_millis)).collect();
        let mut all = numbers.clone();
        prop_assert_eq!(floor_to_millis(&mut all, unit).map(|()| all), each);
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
    assert_eq!((*RANGE.start(), *RANGE.end()), (ends.0.as_millisecond(), ends.1.as_millisecond()));
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
