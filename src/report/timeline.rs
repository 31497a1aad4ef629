//! Instants as people read them in the workload's time zone, and where a time axis has its marks.

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp, ToSpan, Zoned};

const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;

/// A time zone to show instants in. An unknown one shows as UTC: scenarios are checked long
/// before a report is made.
pub(super) struct Timeline(TimeZone);

/// A mark of a time axis: its instant in milliseconds, and what stands at it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) at: i64,
    pub(super) label: String,
}

impl Timeline {
    pub(super) fn new(zone: &str) -> Self {
        Self(TimeZoneDatabase::bundled().get(zone).unwrap_or(TimeZone::UTC))
    }

    /// `12 Jan 2026`.
    pub(super) fn date(&self, at: i64) -> String {
        self.zoned(at).strftime("%-d %b %Y").to_string()
    }

    /// `Mon 12 Jan 09:14`.
    pub(super) fn moment(&self, at: i64) -> String {
        self.zoned(at).strftime("%a %-d %b %H:%M").to_string()
    }

    /// `Mon 12 Jan 2026, 09:14`.
    pub(super) fn full(&self, at: i64) -> String {
        self.zoned(at).strftime("%a %-d %b %Y, %H:%M").to_string()
    }

    /// At most `most` marks between two instants, at whole local hours, days, weeks or months.
    pub(super) fn marks(&self, first: i64, last: i64, most: usize) -> Vec<Mark> {
        let [first, last] = [first, last].map(|at| timestamp(at).as_millisecond());
        let fits = |step: i64| (last - first) / step <= most as i64;
        let minutes = [1, 5, 15, 30, 60, 120, 180, 360, 720].map(|count| count * MINUTE);
        if let Some(step) = minutes.into_iter().find(|step| fits(*step)) {
            return self.within_days(first, last, step);
        }
        if let Some(days) = [1, 2, 3, 7, 14].into_iter().find(|days| fits(days * DAY)) {
            return self.by_days(first, last, days);
        }
        let months = [1, 2, 3, 6, 12, 24, 60, 120, 600, 1_200, 6_000, 12_000];
        let months = months.into_iter().find(|months| fits(months * 28 * DAY)).unwrap_or(12_000);
        self.by_months(first, last, months)
    }

    /// How many times each hour of the week, from Monday's first, began or went on between two
    /// instants. Whole weeks have each once: an hour that a change of the clocks skips or repeats
    /// is not told apart.
    pub(super) fn hours_of_week(&self, first: i64, last: i64) -> [u64; 168] {
        const QUARTER: i64 = 15 * MINUTE;
        let [first, last] = [first, last].map(|at| timestamp(at).as_millisecond());
        let weeks = ((last - first) / (7 * DAY)).max(0);
        let mut hours = [weeks as u64; 168];
        let rest = first + weeks * 7 * DAY;
        // All offsets of today's zones are whole quarters of an hour.
        let quarters = (rest.div_euclid(QUARTER)..).map(|quarter| quarter * QUARTER);
        let mut before = None;
        for at in quarters.take_while(|at| *at <= last) {
            let local = self.zoned(at);
            let day = local.weekday().to_monday_zero_offset() as usize;
            let hour = 24 * day + local.hour() as usize;
            if before != Some(hour) {
                hours[hour] += 1;
            }
            before = Some(hour);
        }
        hours
    }

    fn within_days(&self, first: i64, last: i64, step: i64) -> Vec<Mark> {
        let midnight = self.zoned(first).date().to_datetime(jiff::civil::Time::midnight());
        let steps = (0..).map(|index| index * step / MINUTE);
        let days = (last - first) / DAY + 2;
        let local = steps.take_while(|minutes| *minutes <= days * 1_440);
        let local = local.filter_map(|minutes| midnight.checked_add(minutes.minutes()).ok());
        self.kept(local, first, last, |at| {
            if at.hour() == 0 && at.minute() == 0 { "%-d %b" } else { "%H:%M" }
        })
    }

    fn by_days(&self, first: i64, last: i64, days: i64) -> Vec<Mark> {
        let date = self.zoned(first).date();
        // Weeks begin on Mondays; other steps at the first day.
        let back =
            if days % 7 == 0 { i64::from(date.weekday().to_monday_zero_offset()) } else { 0 };
        let start = date.checked_sub(back.days()).unwrap_or(date);
        let start = start.to_datetime(jiff::civil::Time::midnight());
        let count = (last - first) / DAY / days + 3;
        let local = (0..count).filter_map(|index| start.checked_add((index * days).days()).ok());
        self.kept(local, first, last, |_| "%a %-d %b")
    }

    fn by_months(&self, first: i64, last: i64, months: i64) -> Vec<Mark> {
        let date = self.zoned(first).date();
        let january = date.first_of_year().to_datetime(jiff::civil::Time::midnight());
        let count = ((last - first) / (28 * DAY) + 14) / months + 2;
        let local = (0..count).filter_map(|index| {
            january.checked_add(Span::new().try_months(index * months).ok()?).ok()
        });
        self.kept(local, first, last, |_| "%b %Y")
    }

    fn kept(
        &self,
        local: impl Iterator<Item = DateTime>,
        first: i64,
        last: i64,
        form: impl Fn(&DateTime) -> &'static str,
    ) -> Vec<Mark> {
        let marks = local.filter_map(|local| {
            let at = local.to_zoned(self.0.clone()).ok()?.timestamp().as_millisecond();
            let label = local.strftime(form(&local)).to_string();
            (first <= at && at <= last).then_some(Mark { at, label })
        });
        marks.collect()
    }

    fn zoned(&self, at: i64) -> Zoned {
        timestamp(at).to_zoned(self.0.clone())
    }
}

/// RFC 3339 in UTC with `Z`: `2026-01-05T09:00:00Z`, with milliseconds only where there are some.
pub(super) fn rfc3339(at: i64) -> String {
    timestamp(at).to_string()
}

fn timestamp(at: i64) -> Timestamp {
    // A day inside the bounds, so that no zone's offset leads out of them.
    let day = 86_400_000;
    let bounds = (Timestamp::MIN.as_millisecond() + day, Timestamp::MAX.as_millisecond() - day);
    Timestamp::from_millisecond(at.clamp(bounds.0, bounds.1)).expect("clamped")
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2026-01-05T00:00:00Z, a Monday.
    const MONDAY: i64 = 1_767_571_200_000;

    fn check(span: i64, most: usize, labels: &[&str]) {
        let marks = Timeline::new("UTC").marks(MONDAY, MONDAY + span, most);
        let texts: Vec<&str> = marks.iter().map(|mark| mark.label.as_str()).collect();
        assert_eq!(texts, labels, "{span} ms in {most} marks");
    }

    #[test]
    fn an_axis_is_marked_at_whole_local_times() {
        check(0, 8, &["5 Jan"]);
        check(3 * 3_600_000, 8, &["5 Jan", "00:30", "01:00", "01:30", "02:00", "02:30", "03:00"]);
        check(2 * DAY, 5, &["5 Jan", "12:00", "6 Jan", "12:00", "7 Jan"]);
        check(27 * DAY, 6, &["Mon 5 Jan", "Mon 12 Jan", "Mon 19 Jan", "Mon 26 Jan"]);
        check(100 * DAY, 4, &["Feb 2026", "Mar 2026", "Apr 2026"]);
        check(800 * DAY, 6, &["Jul 2026", "Jan 2027", "Jul 2027", "Jan 2028"]);
    }

    #[test]
    fn midnight_is_local() {
        let berlin = Timeline::new("Europe/Berlin");
        assert_eq!(berlin.marks(MONDAY, MONDAY + DAY, 1)[0].at, MONDAY + 23 * 3_600_000);
        assert_eq!(berlin.moment(MONDAY), "Mon 5 Jan 01:00");
        assert_eq!(berlin.full(MONDAY), "Mon 5 Jan 2026, 01:00");
        assert_eq!(Timeline::new("No/Where").date(MONDAY), "5 Jan 2026");
    }

    #[test]
    fn hours_of_the_week_are_counted() {
        let hours = |zone, first, last| Timeline::new(zone).hours_of_week(first, last);
        let hour = 60 * MINUTE;
        let day = hours("UTC", MONDAY + hour, MONDAY + DAY - 1);
        assert_eq!((day[0], day[1], day[23], day[24]), (0, 1, 1, 0));
        let weeks = hours("UTC", MONDAY, MONDAY + 15 * DAY);
        assert_eq!((weeks[0], weeks[23], weeks[24], weeks[25]), (3, 3, 3, 2));
        let kolkata = hours("Asia/Kolkata", MONDAY, MONDAY + hour);
        assert_eq!((kolkata[4], kolkata[5], kolkata[6], kolkata[7]), (0, 1, 1, 0));
        assert_eq!(hours("UTC", MONDAY, MONDAY - DAY), [0; 168]);
    }

    #[test]
    fn the_ends_of_time_are_no_panic() {
        let timeline = Timeline::new("Pacific/Kiritimati");
        assert!(timeline.marks(i64::MIN / 4, i64::MAX / 4, 8).len() < 30);
        assert_eq!(rfc3339(MONDAY + 5), "2026-01-05T00:00:00.005Z");
        timeline.moment(i64::MAX);
        timeline.moment(i64::MIN);
    }
}
