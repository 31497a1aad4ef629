//! The clock that absences are counted on: it runs as fast as people are likely to begin a visit.
//!
//! Over a normal week it runs as far as a real one. In hours of weight 0, on days that are not
//! active and on holidays it stands still, so no visit begins there. What it shows is the
//! cumulative intensity of visits; reading it backwards takes an absence to a real instant.

use super::Class;
use crate::calendar::{Calendar, DAY, HOUR};
use crate::model::Instant;

/// Hours in a week.
pub(super) const HOURS: usize = 168;
/// Milliseconds in a week.
pub(super) const WEEK_MS: f64 = 168.0 * HOUR_MS;
const HOUR_MS: f64 = HOUR as f64;
/// More than rounding adds up to within a century, and far less than traces tell.
const ROUNDING: f64 = 0.001;

/// The pace of each local hour of the week.
#[derive(Clone, Debug)]
pub(super) struct Week {
    /// On average 1.
    pace: [f64; HOURS],
    /// What the clock has run since Monday 00:00 when each hour begins, milliseconds.
    run: [f64; HOURS + 1],
}

/// The clock of people in one time zone, from a run's start on. All times are milliseconds since
/// the start, with fractions.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    week: Week,
    stretches: Vec<Stretch>,
    /// When the run is over, and what the clock shows then.
    end: f64,
    shown_at_end: f64,
}

/// A stretch of time without a change of offset, holidays or working days throughout.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: f64,
    /// Local time since Monday 00:00 at `from`.
    in_week: f64,
    /// What the clock shows at `from`.
    shown: f64,
    stands_still: bool,
}

impl Week {
    /// The hours of a class: days that are not active count as 0. `None` where no hour has a
    /// positive weight.
    pub(super) fn new(class: &Class) -> Option<Self> {
        let mut weights = [0.0; HOURS];
        for (hour, weight) in weights.iter_mut().enumerate() {
            if class.active_days[hour / 24] {
                *weight = class.hours[hour];
            }
        }
        let total: f64 = weights.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return None;
        }
        let mut run = [0.0; HOURS + 1];
        let mut sum = 0.0;
        for (hour, weight) in weights.iter().enumerate() {
            sum += weight;
            // Divided first, so that from the last positive hour on it is a week to the last bit.
            run[hour + 1] = WEEK_MS * (sum / total);
        }
        Some(Self { pace: weights.map(|weight| weight * HOURS as f64 / total), run })
    }

    /// How many days of a normal week have any activity.
    pub(super) fn active_days(&self) -> usize {
        self.pace.chunks(24).filter(|day| day.iter().any(|pace| *pace > 0.0)).count()
    }

    /// The clock's pace when visits begin, on average: they begin at `w` with a density of `w`, so
    /// it is `sum w^2 / sum w`.
    pub(super) fn pace_of_visits(&self) -> f64 {
        self.pace.iter().map(|pace| pace * pace).sum::<f64>() / self.pace.iter().sum::<f64>()
    }

    /// What the clock has run at a local time, both since some Monday 00:00.
    #[inline]
    fn run_at(&self, local: f64) -> f64 {
        let weeks = (local / WEEK_MS).floor();
        let rest = (local - weeks * WEEK_MS).max(0.0);
        let hour = ((rest / HOUR_MS) as usize).min(HOURS - 1);
        weeks * WEEK_MS + self.run[hour] + (rest - hour as f64 * HOUR_MS) * self.pace[hour]
    }

    /// The local time at which the clock has run so far; always within an hour in which it runs.
    #[inline]
    fn local_at(&self, run: f64) -> f64 {
        let weeks = (run / WEEK_MS).floor();
        let rest = (run - weeks * WEEK_MS).max(0.0);
        // The last hour that begins at or before: hours in which the clock stands are skipped.
        let hour = (self.run.partition_point(|begin| *begin <= rest) - 1).min(HOURS - 1);
        // Rounding must not carry it over into the next hour, which may have no activity.
        let within = ((rest - self.run[hour]) / self.pace[hour]).min(HOUR_MS - ROUNDING);
        weeks * WEEK_MS + hour as f64 * HOUR_MS + within
    }
}

impl Clock {
    /// The clock of people who live by `calendar`, for a run from `start` to `end`. `holidays`
    /// are local days, ascending.
    pub(super) fn new(
        week: Week,
        calendar: &Calendar,
        holidays: &[i32],
        (start, end): (Instant, Instant),
    ) -> Self {
        let (start, end) = (start.as_millis(), end.as_millis());
        let end_ms = (end - start) as f64;
        let mut clock = Self { week, stretches: Vec::new(), end: end_ms, shown_at_end: 0.0 };
        let mut offsets = calendar.offsets().peekable();
        while let Some((from, offset)) = offsets.next() {
            let to = offsets.peek().map_or(end, |next| next.0.min(end));
            let mut at = from.max(start);
            let mut stands_still = None;
            while at < to {
                let local = at + offset;
                let day = local.div_euclid(DAY);
                let holiday = i32::try_from(day).is_ok_and(|d| holidays.binary_search(&d).is_ok());
                if stands_still != Some(holiday) {
                    stands_still = Some(holiday);
                    // 1970-01-01 was a Thursday, three days into its week.
                    let in_week = (local + 3 * DAY).rem_euclid(7 * DAY) as f64;
                    let from = (at - start) as f64;
                    let shown = clock.shown_so_far(from);
                    clock.stretches.push(Stretch { from, in_week, shown, stands_still: holiday });
                }
                at = (day + 1) * DAY - offset;
            }
        }
        clock.shown_at_end = clock.shown_so_far(end_ms);
        clock
    }

    /// What it shows at `at`, which lies in the last stretch so far.
    fn shown_so_far(&self, at: f64) -> f64 {
        self.stretches.last().map_or(0.0, |last| last.shown_at(&self.week, at))
    }

    /// What the clock shows at `at`.
    #[inline]
    pub(super) fn shown(&self, at: f64) -> f64 {
        let stretch = self.stretches.partition_point(|stretch| stretch.from <= at) - 1;
        self.stretches[stretch].shown_at(&self.week, at)
    }

    /// When the clock shows that much; `None` if the run is over before.
    #[inline]
    pub(super) fn when(&self, shown: f64) -> Option<f64> {
        // Anything that is not a number never comes either.
        if !matches!(shown.partial_cmp(&self.shown_at_end), Some(std::cmp::Ordering::Less)) {
            return None;
        }
        let next = self.stretches.partition_point(|stretch| stretch.shown <= shown);
        let stretch = &self.stretches[next - 1];
        let run = self.week.run_at(stretch.in_week) + (shown - stretch.shown);
        let at = stretch.from + (self.week.local_at(run) - stretch.in_week);
        let end = self.stretches.get(next).map_or(self.end, |next| next.from);
        // Rounding must not carry it out of its stretch.
        Some(at.min(end - ROUNDING).max(stretch.from))
    }

    /// How fast it runs at the start.
    pub(super) fn pace_at_start(&self) -> f64 {
        let first = &self.stretches[0];
        let hour = ((first.in_week / HOUR_MS) as usize).min(HOURS - 1);
        if first.stands_still { 0.0 } else { self.week.pace[hour] }
    }

    /// When the run is over.
    #[inline]
    pub(super) fn end(&self) -> f64 {
        self.end
    }
}

impl Stretch {
    #[inline]
    fn shown_at(&self, week: &Week, at: f64) -> f64 {
        if self.stands_still {
            return self.shown;
        }
        self.shown + week.run_at(self.in_week + (at - self.from)) - week.run_at(self.in_week)
    }
}
