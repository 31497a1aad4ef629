//! Durations as SPEC 3 writes them: `1h30m`, `3d`, `250ms`, `PT15M`, `P1DT2H`.

use crate::model::Span;

/// Why a text is no duration, with the mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DurationError {
    #[error("`{0}` is not a duration")]
    Malformed(String),
    #[error("`{0}` has no unit")]
    NoUnit(String),
    #[error("`{text}` has the unknown unit `{unit}`")]
    UnknownUnit { text: String, unit: String },
    #[error("`{0}` has a fraction")]
    Fraction(String),
    #[error("`{0}` is negative")]
    Negative(String),
    #[error("the units of `{0}` are not in order, largest first and each once")]
    Order(String),
    #[error("`{0}` counts months or years, which have no fixed length")]
    Calendar(String),
    #[error("`{0}` is longer than 10000 years")]
    TooLong(String),
}

impl DurationError {
    /// What to write instead.
    pub(super) fn mend(&self) -> String {
        match self {
            Self::NoUnit(text) => format!("write `{text}s`, or with `ms`, `m`, `h`, `d` or `w`"),
            Self::UnknownUnit { .. } => "units are `ms`, `s`, `m`, `h`, `d` and `w`".to_owned(),
            Self::Fraction(_) => "write whole numbers: `1h30m`, not `1.5h`".to_owned(),
            Self::Negative(_) => "time runs forward only".to_owned(),
            Self::Order(_) => "write `1h30m`, not `30m1h` or `1h1h`".to_owned(),
            Self::Calendar(_) => "count in days or weeks: `P30D`".to_owned(),
            Self::TooLong(_) => "a limit that never ends is `\"none\"`".to_owned(),
            Self::Malformed(_) => "write `90s`, `1h30m`, `3d` or `PT15M`".to_owned(),
        }
    }
}

/// Units by their letters, largest first: milliseconds in each.
const UNITS: [(&str, i64); 6] = [
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Ten thousand years of 365 days: far from where sums of milliseconds overflow.
pub(super) const LONGEST: Span = Span::from_days(10_000 * 365);

/// The span that `text` says; zero is one.
pub(super) fn parse(text: &str) -> Result<Span, DurationError> {
    let fail = |error: fn(String) -> DurationError| Err(error(text.to_owned()));
    if text.starts_with('-') {
        return fail(DurationError::Negative);
    }
    let millis = match text.strip_prefix('P') {
        Some(iso) => {
            let (date, time) = match iso.split_once('T') {
                Some((date, time)) if !time.is_empty() => (date, time),
                Some(_) => return fail(DurationError::Malformed),
                None => (iso, ""),
            };
            if iso.is_empty() {
                return fail(DurationError::Malformed);
            }
            if date.contains(['Y', 'M']) {
                return fail(DurationError::Calendar);
            }
            let days = sum(text, date, &[("W", UNITS[0].1), ("D", UNITS[1].1)])?;
            let clock = [("H", UNITS[2].1), ("M", UNITS[3].1), ("S", UNITS[4].1)];
            days.saturating_add(sum(text, time, &clock)?)
        }
        None if text.is_empty() => return fail(DurationError::Malformed),
        None => sum(text, text, &UNITS)?,
    };
    if millis > LONGEST.as_millis() {
        return fail(DurationError::TooLong);
    }
    Ok(Span::from_millis(millis))
}

/// Adds up `part`'s numbers, each followed by one of `units`, in that order.
fn sum(text: &str, part: &str, units: &[(&str, i64)]) -> Result<i64, DurationError> {
    let fail = |error: fn(String) -> DurationError| Err(error(text.to_owned()));
    let mut rest = part;
    let mut units_left = units;
    let mut millis = 0_i64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let is_fraction = after.starts_with(['.', ',']);
        if number.is_empty() && !is_fraction {
            return fail(DurationError::Malformed);
        }
        if is_fraction {
            return fail(DurationError::Fraction);
        }
        if after.is_empty() {
            return fail(DurationError::NoUnit);
        }
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (unit, next) = after.split_at(letters);
        let Some(index) = units_left.iter().position(|(name, _)| *name == unit) else {
            if units.iter().any(|(name, _)| *name == unit) {
                return fail(DurationError::Order);
            }
            return Err(DurationError::UnknownUnit {
                text: text.to_owned(),
                unit: if unit.is_empty() { after.to_owned() } else { unit.to_owned() },
            });
        };
        // Too many digits for an i64 are too long as well.
        let count: i64 = number.parse().unwrap_or(i64::MAX);
        millis = millis.saturating_add(count.saturating_mul(units_left[index].1));
        units_left = &units_left[index + 1..];
        rest = next;
    }
    Ok(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<i64, &str>) {
        let found = parse(text).map(Span::as_millis).map_err(|error| error.to_string());
        assert_eq!(found, expected.map_err(str::to_owned), "{text:?}");
    }

    #[test]
    fn what_spec_3_lists() {
        check("90s", Ok(90_000));
        check("15m", Ok(900_000));
        check("1h30m", Ok(5_400_000));
        check("3d", Ok(259_200_000));
        check("2w", Ok(1_209_600_000));
        check("250ms", Ok(250));
        check("PT15M", Ok(900_000));
        check("P1DT2H", Ok(93_600_000));
        check("P2W", Ok(1_209_600_000));
        check("P2DT2H19M44S", Ok(181_184_000));
        check("1d4h8m45s", Ok(101_325_000));
        check("1m30ms", Ok(60_030));
        check("0s", Ok(0));
    }

    #[test]
    fn what_is_no_duration() {
        check("", Err("`` is not a duration"));
        check("P", Err("`P` is not a duration"));
        check("PT", Err("`PT` is not a duration"));
        check("P1DT", Err("`P1DT` is not a duration"));
        check("soon", Err("`soon` is not a duration"));
        check("1 h", Err("`1 h` has the unknown unit ` h`"));
        check("30", Err("`30` has no unit"));
        check("5min", Err("`5min` has the unknown unit `min`"));
        check("1.5h", Err("`1.5h` has a fraction"));
        check("PT1.5S", Err("`PT1.5S` has a fraction"));
        check("-5m", Err("`-5m` is negative"));
        check("30m1h", Err("the units of `30m1h` are not in order, largest first and each once"));
        check("1h1h", Err("the units of `1h1h` are not in order, largest first and each once"));
        check("P1M", Err("`P1M` counts months or years, which have no fixed length"));
        check("99999999999999999999d", Err("`99999999999999999999d` is longer than 10000 years"));
        check("3650001d", Err("`3650001d` is longer than 10000 years"));
        check("1h\u{e9}", Err("`1h\u{e9}` has the unknown unit `h\u{e9}`"));
    }

    #[test]
    fn what_spans_show_is_read_back() {
        for millis in [0, 1, 999, 1_000, 61_001, 86_400_000, 181_184_123] {
            let shown = Span::from_millis(millis).to_string();
            check(&shown, Ok(millis));
        }
    }
}
