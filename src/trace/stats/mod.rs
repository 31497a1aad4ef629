//! What a trace is like, before any policy: `relogin trace stats`.
//!
//! One pass over the records; memory follows agents and users. Shares and counts are exact, only
//! the percentiles of gaps come from a histogram with three significant digits.

mod render;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::{Action, BrokenLine, Trace};
use crate::calendar::{Calendar, UnknownTimeZone};
use crate::model::Instant;

/// A trace in figures. Instants and spans are integer milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// `relogin.trace-stats/1`: what the other fields mean.
    pub schema: &'static str,
    /// Lines that are not blank, headers apart.
    pub lines: u64,
    /// Of these, broken ones.
    pub broken: u64,
    /// The first broken lines.
    pub broken_examples: Vec<BrokenLine>,
    /// Records taken, of any action.
    pub records: u64,
    /// Records earlier than the one before them.
    pub out_of_order: u64,
    /// Records by action.
    pub actions: Actions,
    /// Distinct users.
    pub users: u64,
    /// Distinct (user, device) pairs.
    pub agents: u64,
    /// The first record's instant.
    pub first_ms: Option<i64>,
    /// The last record's instant.
    pub last_ms: Option<i64>,
    /// From the first record to the last.
    pub span_ms: i64,
    /// Times from a use to the same agent's next one.
    pub gaps: Gaps,
    /// The time zone of days and hours.
    pub timezone: String,
    /// How much is used on a day on which somebody uses anything.
    pub uses_per_user_day: UsesPerUserDay,
    /// Uses by local hour of the week, Monday 00:00 first: 168 counts.
    pub uses_by_hour_of_week: Vec<u64>,
}

/// Records by action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the actions of SPEC 6")]
pub struct Actions {
    pub r#use: u64,
    pub background: u64,
    pub logout: u64,
    pub close: u64,
    pub revoke: u64,
}

/// Times from a use to the same agent's next one, in any app.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Gaps {
    /// How many there are.
    pub count: u64,
    /// Half of them are not longer; three significant digits, as the others.
    pub p50_ms: i64,
    /// Nine of ten are not longer.
    pub p90_ms: i64,
    /// 99 of 100 are not longer.
    pub p99_ms: i64,
    /// How many are longer than the timeouts that people choose; exact.
    pub longer: Vec<Longer>,
}

/// Gaps longer than a limit: with that idle timeout, each would need a login.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Longer {
    /// The limit.
    pub than_ms: i64,
    /// Gaps longer than it.
    pub gaps: u64,
    /// Of all gaps; 0 if there are none.
    pub share: f64,
}

/// Uses of one user on one local calendar day with at least one; nearest ranks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct UsesPerUserDay {
    /// How many user-days there are.
    pub user_days: u64,
    /// Uses over user-days; 0 if there are none.
    pub mean: f64,
    /// Half of the user-days have no more.
    pub p50: u64,
    /// Nine of ten user-days have no more.
    pub p90: u64,
    /// The fullest user-day.
    pub max: u64,
}

/// Why a trace has no figures.
#[derive(Debug, thiserror::Error)]
pub enum StatsError {
    /// The time zone of days is none.
    #[error(transparent)]
    TimeZone(#[from] UnknownTimeZone),
    /// The sorted records can't be read back.
    #[error("the temporary file for sorting a large trace: {0}")]
    Spool(#[from] io::Error),
}

/// The limits of [`Gaps::longer`]: 15 and 30 minutes, 1 and 8 hours, a day.
const LIMITS: [i64; 5] = [900_000, 1_800_000, 3_600_000, 28_800_000, 86_400_000];

impl Stats {
    /// Goes through `trace` once; days and hours are those of the IANA zone `timezone`.
    ///
    /// # Errors
    /// If there is no such zone, or if sorted records can't be read back.
    pub fn of(trace: &Trace, timezone: &str) -> Result<Self, StatsError> {
        let (first, last) = (trace.first(), trace.last());
        let millis = |instant: Option<Instant>| instant.map_or(0, Instant::as_millis);
        let calendar = Calendar::new(timezone, millis(first), millis(last))?;
        let mut fold = Fold::new(trace, calendar);
        for chunk in trace.chunks() {
            for record in chunk?.iter() {
                fold.count(record.action());
                if record.action() == Action::Use {
                    let agent = record.agent();
                    let user = trace.names.user_of(agent).index();
                    fold.take_use(record.at(), agent.index(), user);
                }
            }
        }
        let counts = &trace.counts;
        Ok(Self {
            schema: "relogin.trace-stats/1",
            lines: counts.lines,
            broken: counts.broken,
            broken_examples: counts.examples.clone(),
            records: counts.records,
            out_of_order: counts.out_of_order,
            actions: fold.actions,
            users: trace.names.users() as u64,
            agents: trace.names.agents() as u64,
            first_ms: first.map(Instant::as_millis),
            last_ms: last.map(Instant::as_millis),
            span_ms: millis(last) - millis(first),
            gaps: fold.gaps(),
            timezone: timezone.to_owned(),
            uses_per_user_day: fold.uses_per_user_day(),
            uses_by_hour_of_week: fold.by_hour,
        })
    }
}

/// What is known while the records go by.
struct Fold {
    calendar: Calendar,
    actions: Actions,
    /// By agent: its last use so far.
    last_use: Vec<Instant>,
    gaps: Histogram<u64>,
    longest_gap: i64,
    longer: [u64; LIMITS.len()],
    /// By user: its latest days so far.
    days: Vec<LatestDays>,
    /// How many user-days have how many uses.
    user_days: BTreeMap<u64, u64>,
    by_hour: Vec<u64>,
}

/// Uses on a user's latest local day and on the day before: where clocks go back over midnight
/// (St. John's until 2011), a day that seemed over goes on.
#[derive(Clone, Copy, Default)]
struct LatestDays {
    latest: i64,
    uses: u64,
    uses_before: u64,
}

impl Fold {
    fn new(trace: &Trace, calendar: Calendar) -> Self {
        // Gaps reach from 0 ms to the whole range of timestamps, 20,000 years.
        let gaps = Histogram::new_with_bounds(1, 1 << 50, 3).expect("bounds are fixed");
        Self {
            calendar,
            actions: Actions::default(),
            last_use: vec![Instant::LONG_AGO; trace.names.agents()],
            gaps,
            longest_gap: 0,
            longer: [0; LIMITS.len()],
            days: vec![LatestDays::default(); trace.names.users()],
            user_days: BTreeMap::new(),
            by_hour: vec![0; 7 * 24],
        }
    }

    fn count(&mut self, action: Action) {
        *match action {
            Action::Use => &mut self.actions.r#use,
            Action::Background => &mut self.actions.background,
            Action::Logout => &mut self.actions.logout,
            Action::Close => &mut self.actions.close,
            Action::Revoke => &mut self.actions.revoke,
        } += 1;
    }

    fn take_use(&mut self, at: Instant, agent: usize, user: usize) {
        let before = std::mem::replace(&mut self.last_use[agent], at);
        if before != Instant::LONG_AGO {
            let gap = (at - before).as_millis();
            self.gaps.saturating_record(gap as u64);
            self.longest_gap = self.longest_gap.max(gap);
            for (longer, limit) in self.longer.iter_mut().zip(LIMITS) {
                *longer += u64::from(gap > limit);
            }
        }
        let at = at.as_millis();
        self.by_hour[self.calendar.hour_of_week(at)] += 1;
        let day = self.calendar.day(at);
        let days = &mut self.days[user];
        if days.uses > 0 && day < days.latest {
            days.uses_before += 1;
            return;
        }
        if days.uses > 0 && day > days.latest {
            let is_next = day == days.latest + 1;
            note(&mut self.user_days, days.uses_before);
            if !is_next {
                note(&mut self.user_days, days.uses);
            }
            days.uses_before = if is_next { days.uses } else { 0 };
            days.uses = 0;
        }
        days.latest = day;
        days.uses += 1;
    }

    fn gaps(&self) -> Gaps {
        let count = self.gaps.len();
        // A bucket's upper end may lie above everything that was recorded.
        let percentile = |q| (self.gaps.value_at_quantile(q) as i64).min(self.longest_gap);
        let longer = LIMITS.into_iter().zip(self.longer);
        Gaps {
            count,
            p50_ms: percentile(0.5),
            p90_ms: percentile(0.9),
            p99_ms: percentile(0.99),
            longer: longer
                .map(|(than_ms, gaps)| Longer { than_ms, gaps, share: quotient(gaps, count) })
                .collect(),
        }
    }

    fn uses_per_user_day(&mut self) -> UsesPerUserDay {
        for days in std::mem::take(&mut self.days) {
            note(&mut self.user_days, days.uses_before);
            note(&mut self.user_days, days.uses);
        }
        let user_days = self.user_days.values().sum();
        let at_rank = |rank: u64| {
            let mut passed = 0;
            let reaches = |(_, count): &(&u64, &u64)| {
                passed += **count;
                passed >= rank
            };
            self.user_days.iter().find(reaches).map_or(0, |(uses, _)| *uses)
        };
        UsesPerUserDay {
            user_days,
            mean: quotient(self.actions.r#use, user_days),
            p50: at_rank((user_days * 50).div_ceil(100)),
            p90: at_rank((user_days * 90).div_ceil(100)),
            max: self.user_days.keys().next_back().copied().unwrap_or(0),
        }
    }
}

/// Counts a user-day with that many uses; a day without any is none.
fn note(user_days: &mut BTreeMap<u64, u64>, uses: u64) {
    if uses > 0 {
        *user_days.entry(uses).or_default() += 1;
    }
}

/// What has no denominator is 0 (SPEC 7).
fn quotient(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
