//! The gaps between an agent's successive uses, by length: what an idle timeout that every use
//! renews comes to, for all timeouts at once.
//!
//! Under such a timeout `T` a session lapses exactly over the gaps of at least `T`, so one count of
//! gaps gives the whole curve (re-logins, those in the middle of a task, unattended time) without a
//! replay. For which policies it is the exact answer, [`exact_from`](super::exact_from) says. Pure: records come in,
//! sums go out; everything is whole numbers, so that no order of users matters.

use crate::model::{Instant, Limit, Span};
use crate::trace::{Action, Record};

/// Collects gaps from records that come in time order, or agent by agent in time order.
#[derive(Clone, Debug)]
pub struct GapCounter {
    counted_from: Instant,
    task_gap: Span,
    /// By agent.
    latest: Vec<Option<Latest>>,
    stretches: Vec<Stretch>,
}

/// The gaps of a trace, ascending, and the rests after each agent's last use.
#[derive(Clone, Debug)]
pub struct Gaps {
    stretches: Vec<Stretch>,
    /// What all stretches before every `EVERY`th come to; last of all, what all come to.
    marks: Vec<Sums>,
}

/// An agent's latest use, and when something ended the session after it.
#[derive(Clone, Copy, Debug)]
struct Latest {
    used: Instant,
    ended: Option<Instant>,
}

/// A time during which an idle timeout runs, in eight bytes: its length in milliseconds, and below
/// it what it is. It orders by length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch(u64);

/// What some stretches come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    /// Stretches after whose end there was a use that counts.
    counted: u64,
    /// Of these, those where it came in the middle of a task.
    mid_task: u64,
    /// Milliseconds of those that no use ended.
    cut_short: u128,
}

/// Sums stand before every so many stretches: a look-up adds up at most as many.
const EVERY: usize = 1 << 10;

impl Stretch {
    /// A use came at its end, or a while after it, and counts (SPEC 7).
    const COUNTED: u64 = 0b001;
    /// That use came in the middle of a task.
    const MID_TASK: u64 = 0b010;
    /// It was no use that ended it, but a logout or the end of the trace.
    const CUT_SHORT: u64 = 0b100;
    const BITS: u32 = 3;

    fn new(length: Span, kind: u64) -> Self {
        // A trace of two hundred million years would be cut here.
        let length = (length.as_millis().max(0) as u64).min(u64::MAX >> Self::BITS);
        Self(length << Self::BITS | kind)
    }

    fn length(self) -> u64 {
        self.0 >> Self::BITS
    }

    fn is(self, kind: u64) -> bool {
        self.0 & kind != 0
    }
}

impl Sums {
    fn add(&mut self, stretch: Stretch) {
        self.counted += u64::from(stretch.is(Stretch::COUNTED));
        self.mid_task += u64::from(stretch.is(Stretch::MID_TASK));
        if stretch.is(Stretch::CUT_SHORT) {
            self.cut_short += u128::from(stretch.length());
        }
    }
}

impl GapCounter {
    /// For so many agents. Uses count from `counted_from` on; one sooner than `task_gap` after the
    /// agent's previous use is in the middle of a task.
    pub fn new(agents: usize, counted_from: Instant, task_gap: Span) -> Self {
        Self { counted_from, task_gap, latest: vec![None; agents], stretches: Vec::new() }
    }

    /// Takes the next record; only uses matter.
    pub fn take(&mut self, record: &Record) {
        self.take_ending(record, false);
    }

    /// Takes the next record; one that is no use may end the agent's session.
    pub fn take_ending(&mut self, record: &Record, ends_session: bool) {
        let at = record.at();
        let latest = &mut self.latest[record.agent().index()];
        match (record.action(), latest.as_mut()) {
            (Action::Use, _) => {
                if let Some(before) = latest.replace(Latest { used: at, ended: None }) {
                    let mut kind = 0;
                    if at >= self.counted_from {
                        kind |= Stretch::COUNTED;
                        let is_mid_task = at - before.used < self.task_gap;
                        kind |= if is_mid_task { Stretch::MID_TASK } else { 0 };
                    }
                    self.stretches.push(match before.ended {
                        None => Stretch::new(at - before.used, kind),
                        Some(end) => Stretch::new(end - before.used, kind | Stretch::CUT_SHORT),
                    });
                }
            }
            (_, Some(before)) if ends_session => {
                before.ended.get_or_insert(at);
            }
            _ => {}
        }
    }

    /// The gaps of a trace that ends at `horizon`.
    pub fn finish(mut self, horizon: Instant) -> Gaps {
        let rest = |latest: Latest| {
            let end = latest.ended.unwrap_or(horizon);
            Stretch::new(end - latest.used, Stretch::CUT_SHORT)
        };
        self.stretches.extend(self.latest.into_iter().flatten().map(rest));
        Gaps::new(self.stretches)
    }
}

impl Gaps {
    fn new(mut stretches: Vec<Stretch>) -> Self {
        stretches.sort_unstable();
        let mut marks = Vec::with_capacity(stretches.len() / EVERY + 2);
        let mut sums = Sums::default();
        for chunk in stretches.chunks(EVERY) {
            marks.push(sums);
            chunk.iter().for_each(|stretch| sums.add(*stretch));
        }
        marks.push(sums);
        Self { stretches, marks }
    }

    /// How many stretches are shorter than `timeout`.
    fn shorter(&self, timeout: Limit) -> usize {
        let Some(timeout) = timeout.span() else { return self.stretches.len() };
        let timeout = timeout.as_millis().max(0) as u64;
        self.stretches.partition_point(|stretch| stretch.length() < timeout)
    }

    /// What the first `count` stretches come to.
    fn first(&self, count: usize) -> Sums {
        let start = count / EVERY * EVERY;
        let mut sums = self.marks[count / EVERY];
        self.stretches[start..count].iter().for_each(|stretch| sums.add(*stretch));
        sums
    }

    fn all(&self) -> Sums {
        self.marks[self.marks.len() - 1]
    }

    /// How many gaps end in a use that counts.
    pub fn count(&self) -> u64 {
        self.all().counted
    }

    /// Re-logins under an idle timeout that every use renews: the gaps of at least `timeout`.
    pub fn relogins(&self, timeout: Limit) -> u64 {
        self.all().counted - self.first(self.shorter(timeout)).counted
    }

    /// Of these, those in the middle of a task.
    pub fn mid_task(&self, timeout: Limit) -> u64 {
        self.all().mid_task - self.first(self.shorter(timeout)).mid_task
    }

    /// Milliseconds from the last use of each session to its end, at the latest the end of the
    /// trace; the warm-up's sessions too (SPEC 7).
    pub fn unattended(&self, timeout: Limit) -> u128 {
        let shorter = self.shorter(timeout);
        let lapsed = (self.stretches.len() - shorter) as u128;
        let each = timeout.span().map_or(0, |span| span.as_millis().max(0) as u128);
        self.first(shorter).cut_short + lapsed * each
    }

    /// The distinct lengths of the gaps that end in a use that counts, ascending, each with how
    /// many there are.
    pub fn lengths(&self) -> impl Iterator<Item = (Span, u64)> + '_ {
        let runs = self.stretches.chunk_by(|one, other| one.length() == other.length());
        let counted = |run: &[Stretch]| {
            let gap = |stretch: &&Stretch| {
                stretch.is(Stretch::COUNTED) && !stretch.is(Stretch::CUT_SHORT)
            };
            (Span::from_millis(run[0].length() as i64), run.iter().filter(gap).count() as u64)
        };
        runs.map(counted).filter(|(_, count)| *count > 0)
    }

    /// The shortest gap that `share` of the gaps do not exceed (nearest rank); `None` without gaps.
    pub fn quantile(&self, share: f64) -> Option<Span> {
        self.quantiles(&[share]).map(|found| found[0])
    }

    /// The same for several shares, which ascend.
    pub fn quantiles(&self, shares: &[f64]) -> Option<Vec<Span>> {
        let all: u64 = self.lengths().map(|(_, count)| count).sum();
        let (mut lengths, mut reached) = (self.lengths(), 0);
        let mut length = Span::ZERO;
        let found = shares.iter().map(|share| {
            // A share such as 0.95 is a little off in binary.
            let rank = ((share * all as f64) - 1e-9).ceil().max(1.0) as u64;
            while reached < rank.min(all) {
                let Some((next, count)) = lengths.next() else { break };
                (length, reached) = (next, reached + count);
            }
            length
        });
        (all > 0).then(|| found.collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::AgentId;

    fn record(at: i64, agent: usize, action: Action) -> Record {
        Record::new(Instant::from_millis(at), AgentId::new(agent), action, None, None)
    }

    fn gaps(records: &[(i64, usize, Action)], counted_from: i64, horizon: i64) -> Gaps {
        let from = Instant::from_millis(counted_from);
        let mut counter = GapCounter::new(8, from, Span::from_millis(30));
        for (at, agent, action) in records {
            counter.take_ending(&record(*at, *agent, *action), *action == Action::Logout);
        }
        counter.finish(Instant::from_millis(horizon))
    }

    fn limit(millis: i64) -> Limit {
        Limit::of(Span::from_millis(millis))
    }

    #[test]
    fn a_limit_reached_is_a_limit_passed() {
        let uses = [0, 10, 40, 140].map(|at| (at, 0, Action::Use));
        let gaps = gaps(&uses, 0, 200);
        let all: Vec<u64> = [10, 11, 30, 31, 100, 101].map(|t| gaps.relogins(limit(t))).to_vec();
        assert_eq!(all, [3, 2, 2, 1, 1, 0]);
        assert_eq!([10, 11, 30].map(|t| gaps.mid_task(limit(t))), [1, 0, 0]);
        // Sessions of 10: each lapses unused. Of 101: only the last does, and not before the end.
        assert_eq!([10, 101, 50].map(|t| gaps.unattended(limit(t))), [40, 60, 100]);
        assert_eq!(gaps.relogins(Limit::NONE), 0);
        assert_eq!(gaps.unattended(Limit::NONE), 60);
        assert_eq!(gaps.quantiles(&[0.1, 0.5, 1.0]).unwrap(), [10, 30, 100].map(Span::from_millis));
        assert_eq!(gaps.lengths().map(|(_, count)| count).sum::<u64>(), gaps.count());
    }

    #[test]
    fn without_uses_there_is_nothing() {
        let gaps = gaps(&[(5, 1, Action::Logout)], 0, 10);
        assert_eq!((gaps.count(), gaps.relogins(limit(1)), gaps.unattended(limit(1))), (0, 0, 0));
        assert_eq!(gaps.quantile(0.5), None);
    }

    /// Session by session, as SPEC 4 and 7 say it: re-logins, mid-task ones, unattended time.
    fn slowly(
        records: &[(i64, usize, Action)],
        from: i64,
        horizon: i64,
        t: i64,
    ) -> (u64, u64, u128) {
        let (mut relogins, mut mid_task, mut unattended) = (0, 0, 0);
        for agent in 0..8 {
            // When it was last renewed, unless something ended it.
            let mut session: Option<i64> = None;
            let mut last = None;
            for (at, _, action) in records.iter().filter(|(_, own, _)| *own == agent) {
                let over = session.filter(|slid| *at >= slid + t);
                if let Some(slid) = over {
                    unattended += t.min(horizon - slid) as u128;
                }
                match action {
                    Action::Use => {
                        if over.is_some() && *at >= from {
                            relogins += 1;
                            mid_task += u64::from(last.is_some_and(|last| at - last < 30));
                        }
                        (session, last) = (Some(*at), Some(*at));
                    }
                    _ if over.is_some() => session = Some(i64::MIN / 2),
                    _ => {
                        unattended += session.map_or(0, |slid| (at - slid) as u128);
                        session = None;
                    }
                }
                if session == Some(i64::MIN / 2) {
                    // Lapsed before it was ended: the next use is a re-login all the same.
                    let next = records.iter().filter(|(_, own, _)| *own == agent);
                    let next = next.filter(|(_, _, action)| *action == Action::Use);
                    if let Some((next, ..)) = next.clone().find(|(next, ..)| next > at)
                        && *next >= from
                    {
                        relogins += 1;
                        mid_task += u64::from(last.is_some_and(|last| next - last < 30));
                    }
                    session = None;
                }
            }
            unattended += session.map_or(0, |slid| t.min(horizon - slid) as u128);
        }
        (relogins, mid_task, unattended)
    }

    proptest! {
        #[test]
        fn one_count_of_gaps_is_every_session(
            steps in prop::collection::vec((1_i64..40, 0_usize..8, 0_u8..6), 0..300),
            from in 0_i64..500,
            after in 0_i64..60,
            timeouts in prop::collection::vec(1_i64..200, 1..12),
        ) {
            let mut now = 0;
            let records: Vec<_> = steps.into_iter().map(|(step, agent, kind)| {
                now += step;
                (now, agent, if kind == 0 { Action::Logout } else { Action::Use })
            }).collect();
            let gaps = gaps(&records, from, now + after);
            for t in timeouts {
                let t_limit = limit(t);
                let own = (gaps.relogins(t_limit), gaps.mid_task(t_limit), gaps.unattended(t_limit));
                prop_assert_eq!(own, slowly(&records, from, now + after, t));
            }
        }
    }
}
