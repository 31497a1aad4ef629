//! What people feel: re-logins per own user-day. And what each of them came to, as far as it adds
//! up over people.

use super::common::AllAsked;
use super::requests::{KINDS, Kind, each_kind};
use super::{Arrival, Frame, Moment, Subject, count, number};
use crate::model::{Access, Initiator, Instant, Outcome};
use crate::table::Metric;

#[derive(Clone, Debug)]
pub(super) struct People {
    days: Days,
    /// By user: the number in the run, if it is told of here, and what they came to.
    shares: Vec<(u32, Share)>,
}

const NO_SHARE: (u32, Share) = (u32::MAX, Share::NONE);

/// What one person came to under one policy: that part of SPEC 7's figures which adds up over
/// people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The user's number in the run.
    pub user: usize,
    /// On how many days there was a counted use.
    pub days: u32,
    /// The rest.
    pub share: Share,
}

impl Share {
    /// Nothing of anything.
    pub const NONE: Self = Self { relogins: 0, mid_task: 0, requests: [0; KINDS], unattended: 0 };
}

/// One person's share of a policy's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Of `relogins`.
    pub relogins: u32,
    /// Of `relogins.mid_task`.
    pub mid_task: u32,
    /// Of requests by kind, as [`REQUEST_KINDS`](crate::table::REQUEST_KINDS) orders them.
    pub requests: [u32; KINDS],
    /// Of the time that sessions lay unattended, milliseconds.
    pub unattended: u64,
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
    /// The user's number in the run.
    number: u32,
}

const NEVER_THERE: Presence =
    Presence { from: i64::MIN, until: i64::MIN, last_day: i32::MIN, days: 0, number: u32::MAX };

const QUANTILES: [(f64, &str); 5] = [
    (0.50, "relogins_per_user_day.p50"),
    (0.90, "relogins_per_user_day.p90"),
    (0.95, "relogins_per_user_day.p95"),
    (0.99, "relogins_per_user_day.p99"),
    (1.00, "relogins_per_user_day.max"),
];

impl People {
    pub(super) fn new(users: usize, arrival: Arrival) -> Self {
        Self { days: Days::new(users, arrival), shares: vec![NO_SHARE; users] }
    }

    /// How many users it has room for.
    pub(super) fn users(&self) -> usize {
        self.days.presences.len().max(self.shares.len())
    }

    /// A counted access.
    #[inline(always)]
    pub(super) fn record(&mut self, frame: &Frame, moment: &Moment, access: &Access) {
        if access.initiator == Initiator::Use {
            self.days.came(frame, moment.subject, std::iter::once(moment.at));
        }
        if access.outcome != Outcome::Valid || access.introspected {
            let share = self.share(moment.subject);
            each_kind(access, |kind| share.requests[kind as usize] += 1);
        }
    }

    /// The share of a user.
    #[inline(always)]
    fn share(&mut self, Subject { user, user_number, .. }: Subject) -> &mut Share {
        if user >= self.shares.len() {
            self.shares.resize(user + 1, NO_SHARE);
        }
        let (number, share) = &mut self.shares[user];
        *number = user_number as u32;
        share
    }

    /// A counted re-login.
    #[inline]
    pub(super) fn relogin(&mut self, subject: Subject, is_mid_task: bool) {
        let share = self.share(subject);
        share.relogins += 1;
        share.mid_task += u32::from(is_mid_task);
    }

    /// A counted login of which no fact is told, and whether it was a re-login.
    #[inline]
    pub(super) fn login(&mut self, subject: Subject, is_relogin: bool, is_mid_task: bool) {
        let share = self.share(subject);
        share.requests[Kind::Login as usize] += 1;
        share.relogins += u32::from(is_relogin);
        share.mid_task += u32::from(is_relogin & is_mid_task);
    }

    /// A counted request of which no fact is told.
    #[inline]
    pub(super) fn request(&mut self, subject: Subject, kind: Kind) {
        self.share(subject).requests[kind as usize] += 1;
    }

    /// A session of the user lay unattended so many milliseconds.
    #[inline]
    pub(super) fn unattended(&mut self, subject: Subject, length: u64) {
        if length > 0 {
            self.share(subject).unattended += length;
        }
    }

    /// An agent of a user had counted uses, ascending.
    #[inline]
    pub(super) fn came(
        &mut self,
        frame: &Frame,
        subject: Subject,
        uses: impl Iterator<Item = Instant>,
    ) {
        self.days.came(frame, subject, uses);
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        // Of the last users perhaps only one of both is known.
        for own in [&mut *self, &mut other] {
            let users = own.users();
            own.shares.resize(users, NO_SHARE);
            own.days.presences.resize(users, NEVER_THERE);
        }
        self.days.merge(other.days);
        self.shares.extend(other.shares);
    }

    /// Adds what is known apart of users' asking: that of which nothing was told turned into `rest`.
    pub(super) fn settle(&mut self, asked: &AllAsked, rest: Kind) {
        self.shares.resize(self.shares.len().max(asked.by_user.len()), NO_SHARE);
        for ((_, share), &asked) in self.shares.iter_mut().zip(&asked.by_user) {
            if asked > 0 {
                let [logins, silent, ..] = share.requests;
                share.requests[rest as usize] += asked - logins - silent;
            }
        }
    }

    /// What each user came to, by number; those are left out who came to nothing.
    pub(super) fn persons(&self) -> Vec<Person> {
        let known = |user: usize| {
            let presence = self.days.presences.get(user).copied().unwrap_or(NEVER_THERE);
            let (number, share) = self.shares.get(user).copied().unwrap_or(NO_SHARE);
            let user = presence.number.min(number) as usize;
            Person { user, days: presence.days, share }
        };
        let known = (0..self.users()).map(known);
        let mut persons: Vec<Person> =
            known.filter(|own| own.days > 0 || own.share != Share::NONE).collect();
        persons.sort_unstable_by_key(|person| person.user);
        persons
    }

    /// All time that sessions lay unattended, milliseconds.
    pub(super) fn all_unattended(&self) -> u128 {
        self.shares.iter().map(|(_, share)| u128::from(share.unattended)).sum()
    }

    /// Re-logins in the middle of a task.
    pub(super) fn all_mid_task(&self) -> u64 {
        self.shares.iter().map(|(_, share)| u64::from(share.mid_task)).sum()
    }

    /// Adds the days of users whose own were counted apart.
    pub(super) fn add(&mut self, days: &Days) {
        self.days
            .presences
            .resize(self.days.presences.len().max(days.presences.len()), NEVER_THERE);
        for (own, more) in self.days.presences.iter_mut().zip(&days.presences) {
            own.days += more.days;
            own.number = own.number.min(more.number);
        }
    }

    /// Re-logins per own user-day of the active users, ascending, with how many have each.
    pub(super) fn distribution(&self) -> Vec<(f64, u64)> {
        let shares = self.shares.iter().map(|(_, share)| share.relogins);
        let relogins = shares.chain(std::iter::repeat(0));
        let both = self.days.presences.iter().zip(relogins);
        let mut kinds: Vec<(u32, u32)> = both
            .filter(|(presence, _)| presence.days > 0)
            .map(|(presence, relogins)| (presence.days, relogins))
            .collect();
        // Many are alike, and whole numbers are sorted sooner than quotients.
        kinds.sort_unstable();
        let rate =
            |run: &[(u32, u32)]| (f64::from(run[0].1) / f64::from(run[0].0), run.len() as u64);
        let mut rates: Vec<(f64, u64)> = kinds.chunk_by(|a, b| a == b).map(rate).collect();
        rates.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let runs = rates.chunk_by(|(a, _), (b, _)| a == b);
        runs.map(|run| (run[0].0, run.iter().map(|(_, users)| users).sum())).collect()
    }

    pub(super) fn metrics(&self, distribution: &[(f64, u64)], metrics: &mut Vec<Metric>) {
        let users: u64 = distribution.iter().map(|(_, users)| users).sum();
        let presences = self.days.presences.iter();
        let days: u64 = presences.map(|presence| u64::from(presence.days)).sum();
        let relogins: u64 = self.shares.iter().map(|(_, share)| u64::from(share.relogins)).sum();
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
    pub(super) fn came(
        &mut self,
        frame: &Frame,
        subject: Subject,
        uses: impl Iterator<Item = Instant>,
    ) {
        self.meet(subject);
        let user = subject.user;
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
    fn meet(&mut self, Subject { user, user_number, .. }: Subject) {
        if user >= self.presences.len() {
            self.presences.resize(user + 1, NEVER_THERE);
        }
        self.presences[user].number = user_number as u32;
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
