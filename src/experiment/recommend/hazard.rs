//! The idle timeout that costs least, for a price of a re-login and one of unattended session time.
//!
//! Somebody who stays away for `g` under an idle timeout `T` that every use renews costs
//! `r · min(g, T)`, and a re-login `c` if `g >= T`. Waiting a little longer pays as long as the
//! hazard of the gaps (how likely it is that the person is back in the next moment) is above `r/c`:
//! the optimum lies where it falls through. Without knowing anything of the gaps, `T = c/r` never
//! costs more than twice the optimum: the ski-rental argument (Karlin, Manasse, Rudolph, Sleator
//! 1988, *Competitive snoopy caching*).

use crate::model::{Limit, Span};

/// What is paid, in any currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// A re-login.
    pub relogin: f64,
    /// An hour in which a session is alive and nobody is there.
    pub unattended_hour: f64,
}

/// Lengths of the stays away from one use to the next of an agent, ascending and distinct, with how
/// many there are of each.
pub type Gaps = [(Span, u64)];

/// An idle timeout, and what it costs over all gaps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Priced {
    /// The timeout.
    pub idle_timeout: Limit,
    /// What it costs.
    pub cost: f64,
    /// Gaps that reach it.
    pub relogins: u64,
    /// Hours in which a session was alive and nobody there.
    pub unattended_hours: f64,
}

const HOUR: f64 = 3_600_000.0;

/// What an idle timeout that every use renews costs: sessions that nobody comes back to are left
/// out, for nothing is known of how long they stay away.
pub fn cost(gaps: &Gaps, prices: Prices, idle_timeout: Limit) -> Priced {
    let kept = gaps.partition_point(|(gap, _)| Limit::of(*gap) < idle_timeout);
    let attended: i128 = gaps[..kept].iter().map(weighed).sum();
    let relogins: u64 = gaps[kept..].iter().map(|(_, count)| count).sum();
    priced(prices, idle_timeout, relogins, attended)
}

fn weighed((gap, count): &(Span, u64)) -> i128 {
    i128::from(gap.as_millis()) * i128::from(*count)
}

/// `kept` milliseconds of gaps that stay below the timeout, `relogins` gaps that reach it.
fn priced(prices: Prices, idle_timeout: Limit, relogins: u64, kept: i128) -> Priced {
    let waited = idle_timeout.span().map_or(0, |span| i128::from(span.as_millis()));
    let unattended_hours = (kept + waited * i128::from(relogins)) as f64 / HOUR;
    let cost = prices.relogin * relogins as f64 + prices.unattended_hour * unattended_hours;
    Priced { idle_timeout, cost, relogins, unattended_hours }
}

/// The idle timeout that costs least over these gaps, exactly; of equals the shortest. Between two
/// gaps a longer timeout only costs more, so that it lies a millisecond above a gap, or at once.
pub fn optimum(gaps: &Gaps, prices: Prices) -> Priced {
    let mut relogins: u64 = gaps.iter().map(|(_, count)| count).sum();
    let mut kept = 0;
    let mut best = priced(prices, Limit::ZERO, relogins, kept);
    for pair in gaps {
        relogins -= pair.1;
        kept += weighed(pair);
        let above = Limit::of(Span::from_millis(pair.0.as_millis() + 1));
        let here = priced(prices, above, relogins, kept);
        if here.cost < best.cost {
            best = here;
        }
    }
    best
}

/// The timeout that needs no knowledge of the gaps: `c/r`; never if sessions cost nothing.
pub fn competitive(prices: Prices) -> Limit {
    let millis = prices.relogin / prices.unattended_hour * HOUR;
    if millis.is_finite() && millis < 3e14 {
        Limit::of(Span::from_millis(millis.round() as i64))
    } else {
        Limit::NONE
    }
}

/// Where the hazard falls through `r/c` between `from` and `to`, found by halving; the hazard is
/// per hour at a stay of so many hours, above `r/c` at `from` and below at `to`.
pub fn crossing(
    hazard: impl Fn(f64) -> f64,
    prices: Prices,
    (mut from, mut to): (f64, f64),
) -> Option<f64> {
    let level = prices.unattended_hour / prices.relogin;
    if !(hazard(from) >= level && hazard(to) < level) {
        return None;
    }
    for _ in 0..200 {
        let middle = (from + to) / 2.0;
        if hazard(middle) >= level { from = middle } else { to = middle }
    }
    Some((from + to) / 2.0)
}

/// A stretch of stays, and the hazard in it: how many came back within, per hour that people were
/// away within (the life-table estimate).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hazard {
    /// Where the stretch begins.
    pub from: Span,
    /// Where it ends.
    pub to: Span,
    /// Coming back per hour of being away.
    pub per_hour: f64,
}

/// The hazard in stretches of which each is twice as long as the one before, the first up to
/// `first`; stretches in which nobody was away any more are left out.
pub fn hazards(gaps: &Gaps, first: Span) -> Vec<Hazard> {
    let mut hazards = Vec::new();
    let (mut from, mut to) = (Span::ZERO, first);
    let mut start = 0;
    let mut away: u64 = gaps.iter().map(|(_, count)| count).sum();
    while away > 0 {
        let end = start + gaps[start..].partition_point(|(gap, _)| *gap < to);
        let within = &gaps[start..end];
        let back: u64 = within.iter().map(|(_, count)| count).sum();
        let stayed = |gap: Span| i128::from(gap.as_millis() - from.as_millis());
        let partly: i128 = within.iter().map(|(gap, n)| stayed(*gap) * i128::from(*n)).sum();
        let time = (partly + stayed(to) * i128::from(away - back)) as f64 / HOUR;
        let per_hour = if time > 0.0 { back as f64 / time } else { 0.0 };
        hazards.push(Hazard { from, to, per_hour });
        (start, away) = (end, away - back);
        (from, to) = (to, Span::from_millis(to.as_millis().saturating_mul(2)));
    }
    hazards
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_core::SeedableRng as _;
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    /// The example of the project's closed forms: 9 stays in 10 of 2 minutes on average, the rest
    /// of 12 hours; an unattended minute costs 1/240 of a re-login.
    const PRICES: Prices = Prices { relogin: 1.0, unattended_hour: 60.0 / 240.0 };

    fn example_hazard(hours: f64) -> f64 {
        let minutes = hours * 60.0;
        let parts = [(0.9, 2.0), (0.1, 720.0)];
        let alive = parts.map(|(weight, mean)| weight * libm::exp(-minutes / mean));
        let density = alive[0] / 2.0 + alive[1] / 720.0;
        60.0 * density / (alive[0] + alive[1])
    }

    fn counted(mut gaps: Vec<i64>) -> Vec<(Span, u64)> {
        gaps.sort_unstable();
        let runs = gaps.chunk_by(|one, other| one == other);
        runs.map(|run| (Span::from_millis(run[0]), run.len() as u64)).collect()
    }

    /// Gap by gap.
    fn slowly(gaps: &Gaps, prices: Prices, timeout: i64) -> f64 {
        let one = |(gap, count): &(Span, u64)| {
            let waited = gap.as_millis().min(timeout) as f64 / HOUR;
            let relogin = if gap.as_millis() >= timeout { prices.relogin } else { 0.0 };
            *count as f64 * (relogin + prices.unattended_hour * waited)
        };
        gaps.iter().map(one).sum()
    }

    #[test]
    fn the_example_by_its_hazard() {
        let crossing = crossing(example_hazard, PRICES, (1.0 / 60.0, 12.0)).expect("it falls");
        assert!((crossing * 60.0 - 14.8).abs() < 0.05, "{} min", crossing * 60.0);
        assert_eq!(competitive(PRICES), Limit::of(Span::from_hours(4)));
    }

    #[test]
    fn the_example_by_drawn_gaps() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut even = || ((random.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        let draw = |_| {
            let mean = if even() < 0.9 { 2.0 } else { 720.0 };
            (-libm::log(even()) * mean * 60_000.0) as i64
        };
        let gaps = counted((0..400_000).map(draw).collect());
        let best = optimum(&gaps, PRICES);
        let minutes = best.idle_timeout.span().unwrap().as_secs_f64() / 60.0;
        // Around the optimum the cost is flat, so that drawn gaps move it a little.
        assert!((minutes - 14.8).abs() < 1.5, "{minutes} min");
        let told = cost(&gaps, PRICES, Limit::of(Span::from_millis(888_000)));
        assert!(told.cost >= best.cost && told.cost < best.cost * 1.001, "{told:?} {best:?}");
        // The stretch of 8 to 16 minutes holds the crossing: before it the hazard is above r/c.
        let hazards = hazards(&gaps, Span::from_mins(1));
        let level = PRICES.unattended_hour / PRICES.relogin;
        let below = hazards.iter().position(|hazard| hazard.per_hour < level).unwrap();
        assert_eq!(hazards[below].from, Span::from_mins(16));
    }

    #[test]
    fn without_gaps_or_prices_nothing_breaks() {
        assert_eq!(optimum(&[], PRICES).cost, 0.0);
        let free = Prices { relogin: 1.0, unattended_hour: 0.0 };
        assert_eq!(competitive(free), Limit::NONE);
        let gaps = counted(vec![5, 5, 70_000]);
        let best = optimum(&gaps, free);
        assert_eq!((best.relogins, best.cost), (0, 0.0));
        let hour = Span::from_hours(1);
        let told = hazards(&counted(vec![1_800_000, 1_800_000, 5_400_000]), hour);
        assert_eq!(told[0], Hazard { from: Span::ZERO, to: hour, per_hour: 1.0 });
        assert_eq!(told[1], Hazard { from: hour, to: Span::from_hours(2), per_hour: 2.0 });
        assert_eq!(told.len(), 2);
    }

    proptest! {
        #[test]
        fn no_timeout_costs_less_than_the_optimum_and_c_over_r_at_most_twice_as_much(
            gaps in prop::collection::vec(0_i64..400_000_000, 1..60),
            relogin in 0.01_f64..100.0,
            unattended_hour in 0.001_f64..10.0,
            others in prop::collection::vec(0_i64..400_000_000, 0..20),
        ) {
            let gaps = counted(gaps);
            let prices = Prices { relogin, unattended_hour };
            let best = optimum(&gaps, prices);
            let at = best.idle_timeout.span().unwrap().as_millis();
            prop_assert!((slowly(&gaps, prices, at) - best.cost).abs() <= 1e-9 * best.cost);
            let beside = gaps.iter().flat_map(|(gap, _)| [gap.as_millis(), gap.as_millis() + 1]);
            for timeout in others.into_iter().chain(beside) {
                let told = cost(&gaps, prices, Limit::of(Span::from_millis(timeout)));
                let slow = slowly(&gaps, prices, timeout);
                prop_assert!((told.cost - slow).abs() <= 1e-9 * slow.max(1e-9));
                prop_assert!(best.cost <= told.cost * (1.0 + 1e-12));
            }
            // A millisecond of rounding of c/r is let pass.
            let blind = cost(&gaps, prices, competitive(prices));
            prop_assert!(blind.cost <= 2.0 * best.cost * (1.0 + 1e-3), "{blind:?} {best:?}");
        }
    }
}
