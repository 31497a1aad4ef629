//! What people feel: re-logins per own user-day.

use super::{Arrival, Frame, Moment, count, number};
use crate::model::{Access, Initiator, Instant, LoginCause};
use crate::table::Metric;

#[derive(Clone, Debug)]
pub(super) struct People {
    days: Days,
    /// By user.
    relogins: Vec<u64>,
}

/// On how many local days each user was there.
#[derive(Clone, Debug)]
pub(super) struct Days {
    presences: Vec<Presence>,
    /// Where users come one after the other and their agents too: the days of the user at hand,
    /// ascending. Elsewhere a user's uses come in time order, and no day again that is over.
    seen: Option<(usize, Vec<i32>)>,
}

#[derive(Clone, Copy, Debug)]
struct Presence {
    /// The local day of the latest counted use, as far as was looked.
    from: i64,
    until: i64,
    last_day: i32,
    days: u32,
}

const NEVER_THERE: Presence =
    Presence { from: i64::MIN, until: i64::MIN, last_day: i32::MIN, days: 0 };

const QUANTILES: [(f64, &str); 5] = [
    (0.50, "relogins_per_user_day.p50"),
    (0.90, "relogins_per_user_day.p90"),
    (0.95, "relogins_per_user_day.p95"),
    (0.99, "relogins_per_user_day.p99"),
    (1.00, "relogins_per_user_day.max"),
];

impl People {
    pub(super) fn new(users: usize, arrival: Arrival) -> Self {
        Self { days: Days::new(users, arrival), relogins: vec![0; users] }
    }

    #[inline(always)]
    pub(super) fn record(&mut self, frame: &Frame, moment: &Moment, access: &Access) {
        if access.initiator != Initiator::Use {
            return;
        }
        let user = moment.subject.user;
        self.days.came(frame, user, std::iter::once(moment.at));
        if access.cause.is_some_and(LoginCause::is_relogin) {
            self.relogin(user);
        }
    }

    #[inline]
    pub(super) fn relogin(&mut self, user: usize) {
        if user >= self.relogins.len() {
            self.relogins.resize(user + 1, 0);
        }
        self.relogins[user] += 1;
    }

    /// An agent of a user had counted uses, ascending.
    #[inline]
    pub(super) fn came(&mut self, frame: &Frame, user: usize, uses: impl Iterator<Item = Instant>) {
        self.days.came(frame, user, uses);
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        // Who was there is known of all users, who had to log in again perhaps not of the last.
        self.relogins.resize(self.days.presences.len(), 0);
        other.relogins.resize(other.days.presences.len(), 0);
        self.days.merge(other.days);
        self.relogins.extend(other.relogins);
    }

    /// Adds the days of users whose own were counted apart.
    pub(super) fn add(&mut self, days: &Days) {
        self.days
            .presences
            .resize(self.days.presences.len().max(days.presences.len()), NEVER_THERE);
        for (own, more) in self.days.presences.iter_mut().zip(&days.presences) {
            own.days += more.days;
        }
    }

    /// Re-logins per own user-day of the active users, ascending, with how many have each.
    pub(super) fn distribution(&self) -> Vec<(f64, u64)> {
        let relogins = self.relogins.iter().chain(std::iter::repeat(&0));
        let both = self.days.presences.iter().zip(relogins);
        let mut kinds: Vec<(u32, u64)> = both
            .filter(|(presence, _)| presence.days > 0)
            .map(|(presence, relogins)| (presence.days, *relogins))
            .collect();
        // Many are alike, and whole numbers are sorted sooner than quotients.
        kinds.sort_unstable();
        let rate = |run: &[(u32, u64)]| (run[0].1 as f64 / f64::from(run[0].0), run.len() as u64);
        let mut rates: Vec<(f64, u64)> = kinds.chunk_by(|a, b| a == b).map(rate).collect();
        rates.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let runs = rates.chunk_by(|(a, _), (b, _)| a == b);
        runs.map(|run| (run[0].0, run.iter().map(|(_, users)| users).sum())).collect()
    }

    pub(super) fn metrics(&self, distribution: &[(f64, u64)], metrics: &mut Vec<Metric>) {
        let users: u64 = distribution.iter().map(|(_, users)| users).sum();
        let presences = self.days.presences.iter();
        let days: u64 = presences.map(|presence| u64::from(presence.days)).sum();
        let relogins: u64 = self.relogins.iter().sum();
        let unit = "logins/user-day";
        metrics.push(count("active_users", users, "users"));
        metrics.push(count("active_user_days", days, "user-days"));
        metrics.push(number("relogins_per_user_day", relogins as f64 / days as f64, unit));
        metrics.extend(
            QUANTILES.map(|(share, name)| number(name, quantile(distribution, users, share), unit)),
        );
    }
}

impl Days {
    pub(super) fn new(users: usize, arrival: Arrival) -> Self {
        let seen = (arrival == Arrival::UserByUser).then(|| (usize::MAX, Vec::new()));
        Self { presences: vec![NEVER_THERE; users], seen }
    }

    /// An agent of a user had counted uses, ascending.
    #[inline]
    pub(super) fn came(&mut self, frame: &Frame, user: usize, uses: impl Iterator<Item = Instant>) {
        self.meet(user);
        let Presence { mut from, mut until, .. } = self.presences[user];
        for at in uses.map(Instant::as_millis) {
            // What lies before is as far off as can be.
            if at.wrapping_sub(from) as u64 >= until.wrapping_sub(from) as u64 {
                self.look(frame, user, at);
                Presence { from, until, .. } = self.presences[user];
            }
        }
    }

    #[inline]
    fn meet(&mut self, user: usize) {
        if user >= self.presences.len() {
            self.presences.resize(user + 1, NEVER_THERE);
        }
    }

    fn look(&mut self, frame: &Frame, user: usize, at: i64) {
        let (day, until) = frame.calendar.day_until(at);
        let (presence, day) = (&mut self.presences[user], day as i32);
        // What was looked at may begin after the day does, or end before.
        (presence.from, presence.until) = (at, until);
        let is_new = match &mut self.seen {
            None => day != presence.last_day,
            Some((at_hand, seen)) => {
                if *at_hand != user {
                    (*at_hand, _) = (user, seen.clear());
                }
                let place = seen.partition_point(|other| *other < day);
                let is_new = seen.get(place) != Some(&day);
                if is_new {
                    seen.insert(place, day);
                }
                is_new
            }
        };
        presence.last_day = day;
        presence.days += u32::from(is_new);
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.presences.extend(other.presences);
    }
}

/// The nearest-rank quantile: the smallest value that at least `share` of the users do not exceed.
fn quantile(distribution: &[(f64, u64)], users: u64, share: f64) -> f64 {
    // A share such as 0.95 is a little off in binary; ranks are small enough for the correction.
    let rank = ((share * users as f64) - 1e-9).ceil().max(1.0) as u64;
    let mut seen = 0;
    let reached = distribution.iter().find(|(_, users)| {
        seen += users;
        seen >= rank
    });
    reached.map_or(0.0, |(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_are_nearest_ranks() {
        let check = |values: &[f64], share: f64, expected: f64| {
            let distribution: Vec<(f64, u64)> = values.iter().map(|value| (*value, 1)).collect();
            assert_eq!(quantile(&distribution, values.len() as u64, share), expected, "{share}");
        };
        check(&[], 0.5, 0.0);
        check(&[7.0], 0.5, 7.0);
        check(&[1.0, 2.0], 0.5, 1.0);
        check(&[1.0, 2.0, 3.0], 0.5, 2.0);
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        check(&hundred, 0.95, 95.0);
        check(&hundred, 0.99, 99.0);
        check(&hundred, 1.0, 100.0);
        let twenty: Vec<f64> = (1..=20).map(f64::from).collect();
        check(&twenty, 0.9, 18.0);
        check(&twenty, 0.95, 19.0);
    }
}
