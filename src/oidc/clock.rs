//! A clock in a file, in libfaketime's format: one line, `YYYY-MM-DD hh:mm:ss[.mmm]` in UTC, is a
//! frozen instant; `+N` is so many seconds ahead of the real clock. Whoever sets it replaces the
//! file by a rename, so that a reader never sees half a line.

use crate::model::{Instant, Span};

/// What a clock file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Time stands still here.
    Frozen(Instant),
    /// Time goes on, so far ahead of the real clock.
    Ahead(Span),
}

/// Why a clock file can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no clock: write YYYY-MM-DD hh:mm:ss[.mmm] in UTC, or +N seconds")]
pub struct ClockError(String);

/// Reads the line of a clock file.
///
/// # Errors
/// If it is in neither form.
pub fn parse_clock(line: &str) -> Result<Clock, ClockError> {
    let line = line.trim();
    let error = || ClockError(line.chars().take(40).collect());
    if line.starts_with(['+', '-']) {
        let seconds: f64 = line.parse().map_err(|_| error())?;
        if !seconds.is_finite() || seconds.abs() > 1e11 {
            return Err(error());
        }
        return Ok(Clock::Ahead(Span::from_millis((seconds * 1_000.0).round() as i64)));
    }
    let at: jiff::civil::DateTime = line.parse().map_err(|_| error())?;
    let at = at.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| error())?;
    Ok(Clock::Frozen(Instant::from_millis(at.timestamp().as_millisecond())))
}

/// The line of a clock frozen at `at`.
///
/// # Panics
/// If `at` is outside of years that a calendar can show; traces are checked when they are read.
pub fn render_clock(at: Instant) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).expect("an instant of a trace");
    at.strftime("%Y-%m-%d %H:%M:%S.%3f\n").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_is_read_as_it_was_written() {
        let at = Instant::from_millis(1_700_000_000_123);
        assert_eq!(render_clock(at), "2023-11-14 22:13:20.123\n");
        assert_eq!(parse_clock(&render_clock(at)), Ok(Clock::Frozen(at)));
        let whole = parse_clock("2023-11-14 22:13:20");
        assert_eq!(whole, Ok(Clock::Frozen(Instant::from_millis(1_700_000_000_000))));
    }

    #[test]
    fn seconds_ahead_may_have_decimals_and_a_sign() {
        assert_eq!(parse_clock("+1.5"), Ok(Clock::Ahead(Span::from_millis(1_500))));
        assert_eq!(parse_clock("-2\n"), Ok(Clock::Ahead(Span::from_millis(-2_000))));
    }

    #[test]
    fn anything_else_is_refused_with_the_forms_that_are_not() {
        for wrong in ["", "now", "2023-11-14T", "+", "+1e99", "+NaN", "2023-02-30 00:00:00"] {
            let error = parse_clock(wrong).expect_err(wrong).to_string();
            assert!(error.contains("YYYY-MM-DD hh:mm:ss[.mmm]"), "{error}");
        }
    }
}
