//! Answers to uses of which it is known apart that they asked the IdP, as far as they have to be
//! told: where they stand in time.

use super::Frame;
use super::common::AllAsked;
use super::delayed::Delayed;
use super::load::{Peak, bucket_of, gathered, second, united};
use super::pile::Pile;
use super::series::Series;

/// What is told of such a use.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    /// It took a login.
    Login,
    /// It was answered silently.
    Silent,
    /// It had a refresh token refused before.
    Failed,
}

const ANSWERS: usize = 3;

/// How many of each were told, and when.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The grain, milliseconds.
    width: i64,
    counts: [u64; ANSWERS],
    by_grain: [Delayed; ANSWERS],
    /// The seconds of failures, as long as they are few.
    few_failed: Pile<i64>,
    /// All others.
    failed_by_second: Series,
}

/// From here on a series takes less than a list.
const FEW: usize = 1 << 18;

impl Told {
    pub(super) fn new(frame: &Frame) -> Self {
        let (first, last) = (frame.counted_from.as_millis(), frame.horizon.as_millis());
        let series = || Delayed::new(frame.grain_of(first), frame.grain_of(last));
        Self {
            width: frame.grain,
            counts: [0; ANSWERS],
            by_grain: [series(), series(), series()],
            few_failed: Pile::new(),
            failed_by_second: Series::new(second(first), second(last)),
        }
    }

    /// Takes an answer in a second since the epoch.
    #[inline]
    pub(super) fn push(&mut self, answer: Answer, second: i64) {
        self.counts[answer as usize] += 1;
        self.by_grain[answer as usize].add(bucket_of(self.width, second * 1_000));
        if matches!(answer, Answer::Failed) {
            self.few_failed.push(second);
            if self.few_failed.len() > FEW {
                let failed = std::mem::replace(&mut self.few_failed, Pile::new());
                failed.iter().for_each(|second| self.failed_by_second.add(second));
            }
        }
    }

    /// Adds what was told of other users.
    pub(super) fn merge(&mut self, other: Self) {
        self.counts.iter_mut().zip(other.counts).for_each(|(own, more)| *own += more);
        let both = self.by_grain.iter_mut().zip(other.by_grain);
        both.for_each(|(own, more)| own.merge(more));
        self.few_failed.merge(other.few_failed);
        self.failed_by_second.merge(other.failed_by_second);
    }

    /// How many answers of a kind there were.
    pub(super) fn count(&self, answer: Answer) -> u64 {
        self.counts[answer as usize]
    }

    /// By grain in which anything `asked`: its number, how many uses did, and how many of these
    /// took a login, were answered silently, and had a refresh token refused before.
    pub(super) fn grains(
        &mut self,
        asked: &AllAsked,
    ) -> impl Iterator<Item = (i64, u64, [u64; ANSWERS])> {
        let by_grain = self.by_grain.each_mut().map(|delayed| {
            let series = delayed.series();
            series.settle();
            &*series
        });
        asked.by_grain.iter().map(move |&(grain, uses)| {
            let told = [0, 1, 2].map(|answer: usize| by_grain[answer].get(grain) as u64);
            (grain, uses as u64, told)
        })
    }

    /// The fullest second and minute: uses that `asked`, failures on top, and `other` requests by
    /// second.
    pub(super) fn peaks(&mut self, asked: &AllAsked, other: &mut Series) -> (Peak, Peak) {
        let few = self.few_failed.iter();
        let few_minutes = by_any(few.clone().map(|second| second.div_euclid(60)));
        let rest = united(self.failed_by_second.entries(), other.entries(), add);
        let rest_minutes = gathered(rest.iter().copied(), |second| second.div_euclid(60));
        // At most as many fail as ask: only where half as many ask as at the peak the sum of both
        // can reach it.
        let least = if rest.is_empty() { asked.peak_second.requests() } else { 0 };
        let may_peak = few.filter(|second| 2 * asked.by_second.get(*second) >= least);
        let mut may_peak: Vec<(i64, i64)> = may_peak.map(|second| (second, 1)).collect();
        may_peak.sort_unstable();
        let may_peak = gathered(may_peak.into_iter(), |second| second);
        let seconds = united(rest, may_peak, add);
        let minutes = united(rest_minutes, few_minutes, add);
        let mut asked_by_minute = asked.by_minute.iter().peekable();
        let asked_in = |minute| {
            while asked_by_minute.next_if(|(other, _)| *other < minute).is_some() {}
            asked_by_minute.next_if(|(other, _)| *other == minute).map_or(0, |(_, asked)| *asked)
        };
        let peak_minute = asked.peak_minute.with(minutes.into_iter(), asked_in);
        let asked_at = |second| asked.by_second.get(second);
        (asked.peak_second.with(seconds.into_iter(), asked_at), peak_minute)
    }
}

fn add(all: &mut i64, more: i64) {
    *all += more;
}

/// How often each key is there, ascending; they come in any order, and are close to each other.
fn by_any(keys: impl Iterator<Item = i64> + Clone) -> Vec<(i64, i64)> {
    let bounds = (keys.clone().min(), keys.clone().max());
    let mut series = Series::new(bounds.0.unwrap_or(0), bounds.1.unwrap_or(-1));
    keys.for_each(|key| series.add(key));
    series.entries()
}
