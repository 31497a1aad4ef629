//! A limit, met second by second.

use crate::bill::{LimitUse, PlanLimit, Steps};

/// Follows how far a limit is used, from requests in the order of time.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    /// Seconds of a window.
    every: i64,
    burst: f64,
    refill: f64,
    /// Units that one request of each kind takes.
    units: [f64; 5],
    /// The number of the window that is open, since the epoch.
    window: i64,
    /// Whether any window was.
    begun: bool,
    /// What the bucket held as the window opened, and holds now.
    offered: f64,
    level: f64,
    /// Asked for and refused in the window that is open.
    asked: f64,
    refused: f64,
    found: LimitUse,
}

/// Sums of fractions are not exact: less than this share of what was asked is no refusal.
const SLACK: f64 = 1e-9;

/// So many steps of time are kept at most.
const STEPS: i64 = 300;

impl Meter {
    /// Follows `limit`, the one at those places, over the time from `from` to `to`, milliseconds.
    pub(super) fn new(
        limit: &PlanLimit,
        (plan, place): (usize, usize),
        (from, to): (i64, i64),
    ) -> Self {
        let every = limit.every.seconds();
        let (first, last) = (from.div_euclid(1_000 * every), to.div_euclid(1_000 * every));
        let found = LimitUse {
            plan,
            limit: place,
            units: 0.0,
            peak: 0.0,
            peak_at: None,
            used: 0.0,
            above: 0,
            windows: (last - first + 1).max(0) as u64,
            first_above: None,
            refused: 0.0,
            relogin_of_all: None,
            steps: steps(first, last, every),
        };
        Self {
            every,
            burst: limit.burst,
            refill: limit.refill,
            units: limit.units,
            window: 0,
            begun: false,
            offered: 0.0,
            level: limit.burst,
            asked: 0.0,
            refused: 0.0,
            found,
        }
    }

    /// Takes the requests of a second since the epoch; seconds come in their order.
    pub(super) fn take(&mut self, second: i64, requests: &[u64; 5]) {
        let both = self.units.iter().zip(requests);
        let units: f64 = both.map(|(units, count)| units * *count as f64).sum();
        if units <= 0.0 {
            return;
        }
        let window = second.div_euclid(self.every);
        if !self.begun || window != self.window {
            self.close();
            // It was full before anything was asked.
            let since = if self.begun { (window - self.window) as f64 } else { f64::INFINITY };
            self.level = (self.level + since * self.refill).min(self.burst);
            self.offered = self.level;
            (self.begun, self.window) = (true, window);
        }
        let granted = units.min(self.level);
        self.level -= granted;
        self.asked += units;
        self.refused += units - granted;
    }

    fn close(&mut self) {
        if self.asked <= 0.0 {
            return;
        }
        let at = self.window * self.every * 1_000;
        let found = &mut self.found;
        found.units += self.asked;
        if self.asked > found.peak {
            (found.peak, found.peak_at) = (self.asked, Some(at));
        }
        found.used = found.used.max(self.asked / self.offered);
        if self.refused > SLACK * self.asked {
            found.above += 1;
            found.refused += self.refused;
            found.first_above.get_or_insert(at);
        }
        let step = (at - found.steps.start).div_euclid(found.steps.width);
        if let Some(most) = found.steps.values.get_mut(step as usize) {
            *most = most.max(self.asked);
        }
        (self.asked, self.refused) = (0.0, 0.0);
    }

    /// What was found out, if so many sessions were alive at the peak, and a login takes so many
    /// units.
    pub(super) fn finish(mut self, sessions: f64, login_units: f64) -> LimitUse {
        self.close();
        let per_second = self.refill.min(self.burst) / self.every as f64;
        self.found.relogin_of_all =
            (login_units > 0.0).then(|| relogin_of_all(sessions, login_units, per_second));
        self.found
    }
}

/// How long it takes, in seconds, until all users of `sessions` that were lost at once are logged
/// in again, if a login takes `units` of a limit of so many units per second and nothing else draws
/// on it.
pub fn relogin_of_all(sessions: f64, units: f64, per_second: f64) -> f64 {
    sessions * units / per_second
}

fn steps(first: i64, last: i64, every: i64) -> Steps {
    let windows = (last - first + 1).max(1);
    let width = width(windows * every) * 1_000;
    let start = (first * every * 1_000).div_euclid(width) * width;
    let count = ((last * every * 1_000 - start).div_euclid(width) + 1).max(0);
    Steps { start, width, values: vec![0.0; count as usize] }
}

/// The least width, in seconds, that people read easily and of which few enough cover `length`.
fn width(length: i64) -> i64 {
    const MINUTES: [i64; 13] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880];
    const WEEK: i64 = 7 * 1_440;
    let least = length / (STEPS - 1) / 60;
    let minutes = MINUTES.into_iter().find(|minutes| *minutes > least);
    minutes.unwrap_or((least / WEEK + 1) * WEEK) * 60
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bill::Basis;

    fn limit(burst: f64, refill: f64, every: Basis) -> PlanLimit {
        PlanLimit { name: "all".to_owned(), burst, refill, every, units: [5.0, 1.0, 1.0, 1.0, 0.0] }
    }

    fn used(limit: &PlanLimit, requests: &[(i64, [u64; 5])]) -> LimitUse {
        let last = requests.last().map_or(0, |(second, _)| second * 1_000);
        let mut meter = Meter::new(limit, (0, 0), (0, last));
        requests.iter().for_each(|(second, requests)| meter.take(*second, requests));
        meter.finish(100_000.0, limit.units[0])
    }

    /// Auth0's own example (rate-limit-use-cases): a burst of 5, 10 a second. Six in the first
    /// second: the sixth is refused; six in the next: again.
    #[test]
    fn a_bucket_never_holds_more_than_its_burst() {
        let six = [0, 6, 0, 0, 0];
        let used =
            used(&limit(5.0, 10.0, Basis::Second), &[(0, six), (1, six), (2, [0, 1, 0, 0, 0])]);
        assert_eq!((used.above, used.refused, used.windows), (2, 2.0, 3));
        assert_eq!((used.peak, used.first_above), (6.0, Some(0)));
        assert_eq!(used.used, 1.2);
    }

    /// The same page: a burst of 5 and 6 a minute.
    #[test]
    fn a_minute_refills_at_its_top() {
        let requests = [(0, [0, 3, 0, 0, 0]), (59, [0, 3, 0, 0, 0]), (60, [0, 5, 0, 0, 0])];
        let used = used(&limit(5.0, 6.0, Basis::Minute), &requests);
        assert_eq!((used.above, used.refused), (1, 1.0));
    }

    #[test]
    fn a_token_bucket_saves_up_for_bursts() {
        let bucket = limit(10.0, 2.0, Basis::Second);
        let burst = [0, 10, 0, 0, 0];
        let all = used(&bucket, &[(0, burst), (5, burst)]);
        assert_eq!((all.above, all.refused), (0, 0.0));
        // Four seconds bring back eight.
        let some = used(&bucket, &[(0, burst), (4, burst)]);
        assert_eq!((some.above, some.refused, some.used), (1, 2.0, 1.25));
    }

    #[test]
    fn all_can_be_back_in_eighty_three_minutes() {
        let used = used(&limit(100.0, 100.0, Basis::Second), &[]);
        let seconds = used.relogin_of_all.unwrap();
        assert_eq!((seconds / 60.0).round(), 83.0);
        assert_eq!(seconds, 100_000.0 / 20.0);
    }

    proptest! {
        /// A fixed window against counting each window by itself; a token bucket against looking
        /// at every second.
        #[test]
        fn it_is_what_looking_at_every_second_finds(
            counts in prop::collection::vec((0_u64..4, 0_u64..6), 1..200),
            gaps in prop::collection::vec(1_i64..100, 200),
            burst in 1_u32..40,
            refill in 1_u32..40,
            minute in any::<bool>(),
        ) {
            let every = if minute { Basis::Minute } else { Basis::Second };
            let limit = limit(f64::from(burst), f64::from(refill), every);
            let mut second = -70;
            let requests: Vec<(i64, [u64; 5])> = counts.iter().zip(gaps).map(|((login, refresh), gap)| {
                second += gap;
                (second, [*login, 0, *refresh, 0, 7])
            }).collect();
            let found = used(&limit, &requests);
            let (first, last) = (requests[0].0, requests[requests.len() - 1].0);
            let (mut level, mut refused, mut above, mut here) = (f64::from(burst), 0.0, 0, 0.0);
            for second in first..=last {
                if second.rem_euclid(every.seconds()) == 0 {
                    level = (level + f64::from(refill)).min(f64::from(burst));
                    above += u64::from(here > 0.0);
                    here = 0.0;
                }
                let own = requests.iter().filter(|(at, _)| *at == second);
                for (_, [login, _, refresh, _, _]) in own {
                    for _ in 0..5 * login + refresh {
                        if level >= 1.0 { level -= 1.0 } else { refused += 1.0; here += 1.0 }
                    }
                }
            }
            above += u64::from(here > 0.0);
            prop_assert_eq!((found.refused, found.above), (refused, above));
            prop_assert_eq!(found.above > 0, found.used > 1.0);
            let most = found.steps.values.iter().copied().fold(0.0, f64::max);
            prop_assert!(found.peak_at.is_none_or(|at| at < 0) || most <= found.peak);
        }
    }

    #[test]
    fn few_steps_cover_any_time() {
        for hours in 1..20_000 {
            let steps = steps(0, hours * 3_600 - 1, 1);
            assert!(steps.values.len() as i64 <= STEPS + 1, "{hours} hours");
        }
    }
}
