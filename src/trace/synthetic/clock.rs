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

/// The hours of a local week.
#[derive(Clone, Debug)]
pub(super) struct Week {
    /// And, as the last one, the hour after them.
    hours: [Hour; HOURS + 1],
    /// The hour from which to look for what the clock has run: one for each [`SIGN`] of it.
    signposts: [u8; SIGNS],
}

/// An hour of the week.
#[derive(Clone, Copy, Debug, Default)]
struct Hour {
    /// What the clock has run since Monday 00:00 when it begins, milliseconds.
    begin: f64,
    /// How fast the clock runs: over the week, on average 1.
    pace: f64,
    /// Its inverse: a product takes less time than a quotient.
    slowness: f64,
}

/// So many that from most of them on the search takes no step, and a processor's guess holds.
const SIGNS: usize = 1024;
/// How far apart they are on the clock, milliseconds.
const SIGN: f64 = WEEK_MS / SIGNS as f64;

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
    /// What the clock runs in a normal week until then.
    run: f64,
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
        let mut hours = [Hour::default(); HOURS + 1];
        let mut sum = 0.0;
        for (hour, weight) in hours.iter_mut().zip(weights.iter().chain([&0.0])) {
            let pace = weight * HOURS as f64 / total;
            // Divided first, so that from the last positive hour on it is a week to the last bit.
            *hour = Hour { begin: WEEK_MS * (sum / total), pace, slowness: 1.0 / pace };
            sum += weight;
        }
        let mut signposts = [0; SIGNS];
        for (sign, post) in signposts.iter_mut().enumerate() {
            // A hair before, lest rounding leads to an hour that begins after what is looked for.
            let run = sign as f64 * SIGN - ROUNDING;
            *post = hours.partition_point(|hour| hour.begin <= run).saturating_sub(1) as u8;
        }
        Some(Self { hours, signposts })
    }

    fn paces(&self) -> impl Iterator<Item = f64> {
        self.hours[..HOURS].iter().map(|hour| hour.pace)
    }

    /// How many days of a normal week have any activity.
    pub(super) fn active_days(&self) -> usize {
        self.hours[..HOURS].chunks(24).filter(|day| day.iter().any(|h| h.pace > 0.0)).count()
    }

    /// The clock's pace when visits begin, on average: they begin at `w` with a density of `w`, so
    /// it is `sum w^2 / sum w`.
    pub(super) fn pace_of_visits(&self) -> f64 {
        self.paces().map(|pace| pace * pace).sum::<f64>() / self.paces().sum::<f64>()
    }

    /// What the clock has run at a local time, both since some Monday 00:00.
    #[inline]
    fn run_at(&self, local: f64) -> f64 {
        // Where a product is rounded down to the hour before, that one's end is the same moment.
        let number = (local * (1.0 / HOUR_MS)) as i64 as u64;
        let hour = &self.hours[(number % HOURS as u64) as usize];
        let weeks = (number / HOURS as u64) as i64 as f64 * WEEK_MS;
        weeks + hour.begin + (local - number as i64 as f64 * HOUR_MS) * hour.pace
    }

    /// The local time at which the clock has run so far; always within an hour in which it runs.
    #[inline]
    fn local_at(&self, run: f64) -> f64 {
        // A quotient, as a product might be rounded down into a week that is over.
        let sign = (run / SIGN) as i64 as usize;
        let weeks = (sign / SIGNS) as i64 as f64 * WEEK_MS;
        let rest = larger(run - weeks, 0.0);
        let mut number = usize::from(self.signposts[sign % SIGNS]);
        // The last hour that begins at or before: hours in which the clock stands are skipped.
        while number + 1 < HOURS && self.hours[number + 1].begin <= rest {
            number += 1;
        }
        let hour = &self.hours[number];
        // Rounding must not carry it over into the next hour, which may have no activity.
        let within = smaller((rest - hour.begin) * hour.slowness, HOUR_MS - ROUNDING);
        weeks + (number as i64 as f64 * HOUR_MS + within)
    }
}

/// Of numbers that are numbers: `f64::max` would ask.
#[inline]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline]
fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
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
                    let (run, shown) = (clock.week.run_at(in_week), clock.shown_so_far(from));
                    let stretch = Stretch { from, in_week, run, shown, stands_still: holiday };
                    clock.stretches.push(stretch);
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
        let next = self.first_after(|stretch| stretch.from <= at);
        self.stretches[next - 1].shown_at(&self.week, at)
    }

    /// When the clock shows that much; `None` if the run is over before.
    #[inline]
    pub(super) fn when(&self, shown: f64) -> Option<f64> {
        // Anything that is not a number never comes either.
        if !matches!(shown.partial_cmp(&self.shown_at_end), Some(std::cmp::Ordering::Less)) {
            return None;
        }
        let next = self.first_after(|stretch| stretch.shown <= shown);
        let stretch = &self.stretches[next - 1];
        let run = stretch.run + (shown - stretch.shown);
        let at = stretch.from + (self.week.local_at(run) - stretch.in_week);
        let end = self.stretches.get(next).map_or(self.end, |next| next.from);
        // Rounding must not carry it out of its stretch.
        Some(larger(smaller(at, end - ROUNDING), stretch.from))
    }

    /// The first stretch of those that are not `before`, as the first of all is.
    #[inline]
    fn first_after(&self, before: impl Fn(&Stretch) -> bool) -> usize {
        // In most runs there is nothing to search, and nothing to wait for.
        if self.stretches.len() == 1 { 1 } else { self.stretches.partition_point(before) }
    }

    /// How fast it runs at the start.
    pub(super) fn pace_at_start(&self) -> f64 {
        let first = &self.stretches[0];
        let hour = ((first.in_week / HOUR_MS) as usize).min(HOURS - 1);
        if first.stands_still { 0.0 } else { self.week.hours[hour].pace }
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
        self.shown + week.run_at(self.in_week + (at - self.from)) - self.run
    }
}
