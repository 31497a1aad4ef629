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
    /// In order, the first from the beginning of time on.
    segments: Vec<Segment>,
    /// For each stretch of [`STRETCH`] milliseconds from `start` on: the segment at its beginning.
    by_stretch: Vec<u32>,
    start: i64,
}

/// A time without a change of the offset, up to the next segment.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// Its first millisecond.
    from: i64,
    /// What local clocks are ahead of UTC, in milliseconds.
    offset: i64,
}

/// 2^31 ms are 25 days: most stretches have no change of the offset, few have two, so that the
/// right segment is found in a step or two.
const STRETCH: u32 = 31;

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
        let mut segments =
            vec![Segment { from: i64::MIN, offset: offset_ms(zone.to_offset(start)) }];
        for transition in zone.following(start) {
            let from = transition.timestamp().as_millisecond();
            if from > last {
                break;
            }
            segments.push(Segment { from, offset: offset_ms(transition.offset()) });
        }
        let start = start.as_millisecond();
        Ok(Self { by_stretch: by_stretch(&segments, start), segments, start })
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

    /// The local calendar day, and until when it lasts: its end, or an earlier change of the
    /// offset.
    #[inline]
    pub fn day_until(&self, at: i64) -> (i64, i64) {
        let segment = self.segment(at);
        let offset = self.segments[segment].offset;
        let day = (at + offset).div_euclid(DAY);
        let end = (day + 1) * DAY - offset;
        (day, self.segments.get(segment + 1).map_or(end, |next| end.min(next.from)))
    }

    /// The local hour of the week, 0 to 167, from Monday 00:00 on.
    #[inline]
    pub fn hour_of_week(&self, at: i64) -> usize {
        // 1970-01-01 was a Thursday, three days into its week.
        ((self.local(at).div_euclid(HOUR) + 3 * 24).rem_euclid(7 * 24)) as usize
    }

    /// The offsets from UTC (milliseconds) in order, each with the instant from which on it holds;
    /// the first holds from [`i64::MIN`] on.
    pub fn offsets(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.segments.iter().map(|segment| (segment.from, segment.offset))
    }

    #[inline]
    fn offset(&self, at: i64) -> i64 {
        self.segments[self.segment(at)].offset
    }

    /// The segment that `at` lies in.
    #[inline]
    fn segment(&self, at: i64) -> usize {
        // Before the start it is the first stretch, and after the last change the last one.
        let stretch = (at.saturating_sub(self.start).max(0) >> STRETCH) as usize;
        let stretch = stretch.min(self.by_stretch.len() - 1);
        let mut segment = self.by_stretch[stretch] as usize;
        while self.segments.get(segment + 1).is_some_and(|next| next.from <= at) {
            segment += 1;
        }
        segment
    }
}

/// For each stretch from `start` to the last change: the segment that its beginning lies in.
fn by_stretch(segments: &[Segment], start: i64) -> Vec<u32> {
    let last_change = segments[segments.len() - 1].from.max(start);
    let stretches = ((last_change - start) >> STRETCH) + 1;
    let mut segment = 0;
    (0..stretches)
        .map(|stretch| {
            let begin = start + (stretch << STRETCH);
            while segments.get(segment + 1).is_some_and(|next| next.from <= begin) {
                segment += 1;
            }
            segment as u32
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::Weekday;
    use proptest::prelude::*;

    use super::*;

    const EVER: (i64, i64) = (i64::MIN, i64::MAX);

    /// Asks for the local date and hour at an instant in RFC 3339, by a calendar of all times.
    fn check(zone: &str, at: &str, date: &str, weekday: Weekday, hour: usize) {
        let calendar = Calendar::new(zone, EVER.0, EVER.1).unwrap();
        let at = at.parse::<Timestamp>().unwrap().as_millisecond();
        let midnight = format!("{date}T00:00:00Z").parse::<Timestamp>().unwrap();
        let day = midnight.as_millisecond().div_euclid(DAY);
        let hour_of_week = weekday.to_monday_zero_offset() as usize * 24 + hour;
        let found = (calendar.day(at), calendar.hour_of_week(at));
        assert_eq!(found, (day, hour_of_week), "{zone} {at}");
    }

    #[test]
    fn days_and_hours() {
        use Weekday::*;
        for (zone, at, date, weekday, hour) in [
            // Clocks go forward: 02:00 to 03:00.
            ("Europe/Berlin", "2026-03-29T00:59:59.999Z", "2026-03-29", Sunday, 1),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29", Sunday, 3),
            ("Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-29", Sunday, 23),
            ("Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30", Monday, 0),
            // Clocks go back: the hour from 02:00 is there twice.
            ("Europe/Berlin", "2026-10-25T00:59:59Z", "2026-10-25", Sunday, 2),
            ("Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25", Sunday, 2),
            ("Europe/Berlin", "2026-10-25T02:00:00Z", "2026-10-25", Sunday, 3),
            ("America/New_York", "2026-03-08T06:59:59Z", "2026-03-08", Sunday, 1),
            ("America/New_York", "2026-03-08T07:00:00Z", "2026-03-08", Sunday, 3),
            // A day that begins at 01:00, and a day that never was.
            ("America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04", Sunday, 1),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29", Thursday, 23),
            ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31", Saturday, 0),
            // Leap days.
            ("UTC", "2024-02-29T23:59:59.999Z", "2024-02-29", Thursday, 23),
            ("Asia/Tokyo", "2024-02-28T15:00:00Z", "2024-02-29", Thursday, 0),
            ("America/Los_Angeles", "2024-03-01T07:59:59Z", "2024-02-29", Thursday, 23),
            // Half and quarter hours, and a half hour of summer time.
            ("Asia/Kolkata", "2026-01-01T18:29:59Z", "2026-01-01", Thursday, 23),
            ("Asia/Kolkata", "2026-01-01T18:30:00Z", "2026-01-02", Friday, 0),
            ("Asia/Kathmandu", "2026-01-01T18:15:00Z", "2026-01-02", Friday, 0),
            ("Australia/Lord_Howe", "2026-04-04T14:59:59Z", "2026-04-05", Sunday, 1),
            ("Australia/Lord_Howe", "2026-04-04T15:00:00Z", "2026-04-05", Sunday, 1),
            ("Australia/Lord_Howe", "2026-04-04T15:30:00Z", "2026-04-05", Sunday, 2),
            // Before the epoch, and before offsets were whole minutes.
            ("UTC", "1969-12-31T23:59:59.999Z", "1969-12-31", Wednesday, 23),
            ("Europe/Berlin", "1969-12-31T23:00:00Z", "1970-01-01", Thursday, 0),
            ("Europe/Amsterdam", "1900-01-01T23:40:00Z", "1900-01-01", Monday, 23),
            ("America/New_York", "1883-11-18T16:59:59Z", "1883-11-18", Sunday, 12),
            ("UTC", "-000001-01-01T00:00:00Z", "-000001-01-01", Friday, 0),
        ] {
            check(zone, at, date, weekday, hour);
        }
    }

    #[test]
    fn outside_of_its_span_the_nearest_offset_is_taken() {
        // From February to April 2026, with one change.
        let (first, last) = (1_769_900_400_000, 1_777_586_400_000);
        let berlin = Calendar::new("Europe/Berlin", first, last).unwrap();
        for (at, hours) in
            [(i64::MIN / 2, 1), (first - 1, 1), (first, 1), (last, 2), (last + 365 * DAY, 2)]
        {
            assert_eq!(berlin.local(at) - at, hours * HOUR, "{at}");
        }
    }

    proptest! {
        #[test]
        fn days_and_hours_are_jiffs(
            zone in prop_oneof![
                Just("UTC"), Just("Europe/Berlin"), Just("America/St_Johns"),
                Just("Australia/Lord_Howe"), Just("Africa/Casablanca"), Just("Pacific/Apia"),
                Just("Asia/Kathmandu"), Just("America/Caracas"),
            ],
            first in -3_000_000_000_000_i64..3_000_000_000_000,
            length in 0_i64..2_000_000_000_000,
            parts in proptest::collection::vec(0.0..=1.0_f64, 1..20),
        ) {
            let calendar = Calendar::new(zone, first, first + length).unwrap();
            let zone = TimeZone::get(zone).unwrap();
            for part in parts {
                let at = first + (part * length as f64) as i64;
                let local = zone.to_datetime(timestamp(at));
                let epoch = jiff::civil::date(1970, 1, 1);
                let days = (local.date() - epoch).get_days();
                let weekday = local.weekday().to_monday_zero_offset() as usize;
                prop_assert_eq!(calendar.day(at), i64::from(days));
                let (day, until) = calendar.day_until(at);
                prop_assert_eq!((day, calendar.day(until - 1)), (i64::from(days), day));
                let offset = |at: i64| calendar.local(at) - at;
                prop_assert!(until > at && (calendar.day(until) != day || offset(until) != offset(at)));
                prop_assert_eq!(calendar.hour_of_week(at), weekday * 24 + local.hour() as usize);
            }
        }
    }
}
