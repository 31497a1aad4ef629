//! Local days and hours of a time zone, safe at daylight-saving changes and leap days.

use jiff::tz::TimeZone;

/// Milliseconds in an hour.
pub const HOUR: i64 = 3_600_000;
/// Milliseconds in a day of 24 hours.
pub const DAY: i64 = 24 * HOUR;

/// A time zone's offsets over a span of time, ready to be asked for each record.
///
/// ```
/// use relogin::calendar::Calendar;
///
/// let berlin = Calendar::new("Europe/Berlin", 0, 1_800_000_000_000).unwrap();
/// // 2026-03-28T23:30:00Z is already the 29th in Berlin.
/// let late = 1_774_740_600_000;
/// assert_eq!(berlin.day(late), 20_541);
/// assert_eq!(berlin.hour_of_week(late), 6 * 24);
/// assert_eq!(Calendar::new("Europe/Berlim", 0, 0).unwrap_err().nearest, "Europe/Berlin");
/// ```
#[derive(Clone, Debug)]
pub struct Calendar {
    /// From each instant on (milliseconds), the offset from UTC (milliseconds), in order.
    offsets: Vec<(i64, i64)>,
}

/// A time zone that the IANA database does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone {name:?}; the nearest name is {nearest:?}")]
pub struct UnknownTimeZone {
    /// What was asked for.
    pub name: String,
    /// The known name that looks most like it.
    pub nearest: String,
}

impl Calendar {
    /// The calendar of an IANA time zone, for instants from `first` to `last` (milliseconds since
    /// the Unix epoch; outside of them the nearest offset is taken).
    ///
    /// # Errors
    /// If there is no such time zone.
    pub fn new(name: &str, first: i64, last: i64) -> Result<Self, UnknownTimeZone> {
        let zone = find_zone(name)?;
        let start = timestamp(first);
        let mut offsets = vec![(i64::MIN, offset_ms(zone.to_offset(start)))];
        for transition in zone.following(start) {
            let at = transition.timestamp().as_millisecond();
            if at > last {
                break;
            }
            offsets.push((at, offset_ms(transition.offset())));
        }
        Ok(Self { offsets })
    }

    /// Local milliseconds since 1970-01-01T00:00 on the wall clock.
    #[inline]
    pub fn local(&self, at: i64) -> i64 {
        at + self.offset(at)
    }

    /// The local calendar day: days since 1970-01-01.
    #[inline]
    pub fn day(&self, at: i64) -> i64 {
        self.local(at).div_euclid(DAY)
    }

    /// The local hour of the week, 0 to 167, from Monday 00:00 on.
    #[inline]
    pub fn hour_of_week(&self, at: i64) -> usize {
        // 1970-01-01 was a Thursday, three days into its week.
        ((self.local(at).div_euclid(HOUR) + 3 * 24).rem_euclid(7 * 24)) as usize
    }

    /// The offsets from UTC (milliseconds) in order, each with the instant from which on it holds;
    /// the first holds from [`i64::MIN`] on.
    pub fn offsets(&self) -> &[(i64, i64)] {
        &self.offsets
    }

    #[inline]
    fn offset(&self, at: i64) -> i64 {
        // The latest segments are asked for most often, and there are few.
        let (_, offset) = self.offsets.iter().rev().find(|(from, _)| *from <= at).expect("first");
        *offset
    }
}

fn find_zone(name: &str) -> Result<TimeZone, UnknownTimeZone> {
    let bundled = jiff::tz::TimeZoneDatabase::bundled();
    bundled.get(name).map_err(|_| {
        let distance = |known: &str| strsim::damerau_levenshtein(known, name);
        let nearest = bundled.available().map(|known| known.as_str().to_owned());
        UnknownTimeZone {
            name: name.to_owned(),
            nearest: nearest.min_by_key(|known| distance(known)).unwrap_or_default(),
        }
    })
}

fn timestamp(millis: i64) -> jiff::Timestamp {
    let bounds = (jiff::Timestamp::MIN.as_millisecond(), jiff::Timestamp::MAX.as_millisecond());
    jiff::Timestamp::from_millisecond(millis.clamp(bounds.0, bounds.1)).expect("clamped")
}

fn offset_ms(offset: jiff::tz::Offset) -> i64 {
    i64::from(offset.seconds()) * 1_000
}
