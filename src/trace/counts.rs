//! How much came in, how much was left out, and how much may be.

use std::fmt;
use std::str::FromStr;

use super::TraceError;

/// Why a line was left out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BrokenLine {
    /// The file as the user named it.
    pub file: String,
    /// Its line, from 1; for Parquet its row.
    pub line: u64,
    /// What is wrong, for a person.
    pub why: String,
}

/// What came in, and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records taken.
    pub records: u64,
    /// Lines that are not blank, headers apart. A record that runs over several lines is one.
    pub lines: u64,
    /// Of these, broken ones.
    pub broken: u64,
    /// Records earlier than the one before them.
    pub out_of_order: u64,
    /// The first broken lines, [`Counts::EXAMPLES`] at most.
    pub examples: Vec<BrokenLine>,
}

/// How many lines may be broken: `--max-bad`, a share such as `0.5%` or a plain count.
///
/// ```
/// use relogin::trace::MaxBad;
///
/// assert_eq!(MaxBad::default(), "1%".parse().unwrap());
/// assert_eq!("0.5%".parse::<MaxBad>().unwrap().to_string(), "0.5%");
/// assert!("20".parse::<MaxBad>().unwrap().allows(20, 20));
/// assert!("one".parse::<MaxBad>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxBad {
    /// Of the lines that are not blank, this many millionths.
    Share {
        /// From 0 to 1,000,000.
        millionths: u32,
    },
    /// This many lines.
    Count(u64),
}

/// A `--max-bad` that is neither a share nor a count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a count such as 20 nor a share from 0% to 100% such as 0.5%")]
pub struct InvalidMaxBad(String);

impl Counts {
    /// How many broken lines are kept as examples.
    pub const EXAMPLES: usize = 5;

    /// Whether what was left out is little enough to believe the rest (SPEC 6).
    ///
    /// # Errors
    /// If more lines than `max_bad` allows are broken; the message shows the first ones.
    pub fn check(&self, max_bad: MaxBad) -> Result<(), TraceError> {
        if max_bad.allows(self.broken, self.lines) {
            return Ok(());
        }
        Err(TraceError::TooManyBroken { counts: self.clone(), max_bad })
    }
}

impl MaxBad {
    /// Whether `broken` of `lines` lines may be.
    pub fn allows(self, broken: u64, lines: u64) -> bool {
        match self {
            Self::Share { millionths } => {
                u128::from(broken) * 1_000_000 <= u128::from(lines) * u128::from(millionths)
            }
            Self::Count(most) => broken <= most,
        }
    }
}

impl Default for MaxBad {
    fn default() -> Self {
        Self::Share { millionths: 10_000 }
    }
}

impl FromStr for MaxBad {
    type Err = InvalidMaxBad;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidMaxBad(text.to_owned());
        let only_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let Some(percent) = text.strip_suffix('%') else {
            let count = only_digits(text).then(|| text.parse().ok()).flatten();
            return count.map(Self::Count).ok_or_else(invalid);
        };
        // A percent is ten thousand millionths, so four decimals are exact.
        let (whole, decimals) = percent.split_once('.').unwrap_or((percent, "0"));
        if !only_digits(whole) || !only_digits(decimals) || decimals.len() > 4 {
            return Err(invalid());
        }
        let millionths = format!("{whole}{decimals:0<4}").parse().map_err(|_| invalid())?;
        if millionths > 1_000_000 {
            return Err(invalid());
        }
        Ok(Self::Share { millionths })
    }
}

impl fmt::Display for MaxBad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share { millionths } => {
                let decimals = format!("{:04}", millionths % 10_000);
                let decimals = decimals.trim_end_matches('0');
                let point = if decimals.is_empty() { "" } else { "." };
                write!(f, "{}{point}{decimals}%", millionths / 10_000)
            }
            Self::Count(count) => count.fmt(f),
        }
    }
}

impl fmt::Display for BrokenLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_bad_reads_what_it_writes() {
        for text in ["1%", "0.5%", "0%", "100%", "0.0001%", "12.25%", "0", "17"] {
            assert_eq!(text.parse::<MaxBad>().unwrap().to_string(), text);
        }
        for text in ["", "%", "-1", "+1", "1.5", "101%", "100.0001%", "0.00001%", "1 %", ".5%"] {
            assert!(text.parse::<MaxBad>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn more_than_allowed_is_an_error_and_as_many_is_not() {
        let check = |max_bad: &str, broken, lines| {
            Counts { broken, lines, ..Counts::default() }.check(max_bad.parse().unwrap()).is_ok()
        };
        assert!(check("1%", 1, 100));
        assert!(!check("1%", 1, 99));
        assert!(check("0%", 0, 0));
        assert!(!check("0%", 1, u64::MAX));
        assert!(check("100%", u64::MAX, u64::MAX));
        assert!(check("3", 3, 3));
        assert!(!check("3", 4, 1_000_000));
    }

    #[test]
    fn the_error_shows_the_examples() {
        let example = BrokenLine { file: "a.csv".into(), line: 7, why: "names no user".to_owned() };
        let counts = Counts { broken: 1, lines: 4, examples: vec![example], ..Counts::default() };
        insta::assert_snapshot!(counts.check(MaxBad::default()).unwrap_err(), @r"
        1 of 4 lines are broken, more than --max-bad 1% allows; the first:
          a.csv:7: names no user
        ");
    }
}
