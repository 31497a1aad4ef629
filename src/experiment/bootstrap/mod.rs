//! How sure figures are: people drawn anew, with intervals for figures and for differences between
//! policies.
//!
//! A Poisson bootstrap over people, the unit of independence (SPEC 1): in each resample a person
//! stands as often as a Poisson draw of mean 1 says (Hanley and MacGibbon 2006; Chamandy et al.
//! 2012, “Estimating uncertainty for massive data streams”). The draw is the person's own, so the
//! people of a resample are the same under every policy, and the difference between two policies
//! has an interval of its own, in which what people have in common cancels. Only figures that add
//! up over people, and quantiles over people, have one: a peak is no sum over people.

mod bca;
mod weights;

use rayon::prelude::*;

use crate::projection::Person;
use crate::seed::Key;
use crate::table::Difference;
use crate::table::Interval;
use crate::table::PolicyTables;
use weights::{RESAMPLES, Weights};

/// Of fewer people an interval would say nothing.
const FEWEST: usize = 10;

/// A figure that has an interval.
#[derive(Clone, Copy, Debug)]
enum Statistic {
    /// A sum over people, for as many of them; divided by this to be in the metric's unit.
    Sum(fn(&Person) -> u64, f64),
    /// Re-logins per user-day, over all people.
    Rate,
    /// This share of the active people has at most so many re-logins per own user-day.
    Quantile(f64),
}

const STATISTICS: [(&str, Statistic); 13] = [
    ("relogins", Statistic::Sum(|person| person.share.relogins as u64, 1.0)),
    ("relogins.mid_task", Statistic::Sum(|person| person.share.mid_task as u64, 1.0)),
    ("relogins_per_user_day", Statistic::Rate),
    ("relogins_per_user_day.p50", Statistic::Quantile(0.50)),
    ("relogins_per_user_day.p90", Statistic::Quantile(0.90)),
    ("relogins_per_user_day.p95", Statistic::Quantile(0.95)),
    ("relogins_per_user_day.p99", Statistic::Quantile(0.99)),
    ("requests.login", Statistic::Sum(|person| person.share.requests[0] as u64, 1.0)),
    ("requests.silent", Statistic::Sum(|person| person.share.requests[1] as u64, 1.0)),
    ("requests.refresh", Statistic::Sum(|person| person.share.requests[2] as u64, 1.0)),
    ("requests.failed", Statistic::Sum(|person| person.share.requests[3] as u64, 1.0)),
    ("requests.introspection", Statistic::Sum(|person| person.share.requests[4] as u64, 1.0)),
    ("sessions.unattended_hours", Statistic::Sum(|person| person.share.unattended, 3_600_000.0)),
];

/// One policy's figures of people drawn anew.
#[derive(Clone, Debug)]
pub struct Resampled {
    figures: Vec<Figure>,
}

/// One statistic of one policy.
#[derive(Clone, Debug)]
struct Figure {
    estimate: f64,
    /// By resample.
    resampled: Vec<f64>,
    /// By unit: how far it pulls the estimate.
    influence: Vec<f64>,
}

/// Tells how sure the figures of a run's policies are, and their differences from the first policy;
/// `keys` are those of its users, by number. Baselines are bounds that nobody chooses between, and
/// are left as they are.
pub fn weigh(keys: &[Key], policies: &mut [(PolicyTables, Vec<Person>)]) {
    let chosen = || policies.iter().filter(|(tables, _)| !tables.baseline);
    let Some(bootstrap) = Bootstrap::new(keys, chosen().map(|(_, persons)| persons.as_slice()))
    else {
        return;
    };
    let mut first = None;
    for (tables, persons) in policies.iter_mut().filter(|(tables, _)| !tables.baseline) {
        let own = bootstrap.resample(persons);
        tables.intervals = own.intervals();
        match &first {
            None => first = Some(own),
            Some(first) => tables.differences = own.differences(first),
        }
    }
}

/// The people of a run, drawn anew as often as it takes.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// By the user's number: the place among the people.
    places: Vec<usize>,
    weights: Weights,
    /// By unit: its people.
    people: Vec<u64>,
}

impl Bootstrap {
    /// For the people in `by_policy`, whose keys are `keys` by number. Nothing where there are too
    /// few.
    pub fn new<'a>(keys: &[Key], by_policy: impl Iterator<Item = &'a [Person]>) -> Option<Self> {
        let mut is_there = vec![false; keys.len()];
        by_policy.flatten().for_each(|person| is_there[person.user] = true);
        let there = is_there.iter().zip(keys).filter(|(is_there, _)| **is_there);
        let own: Vec<Key> = there.map(|(_, key)| *key).collect();
        if own.len() < FEWEST {
            return None;
        }
        let weights = Weights::new(&own);
        let mut people = vec![0; weights.units()];
        (0..own.len()).for_each(|person| people[weights.unit_of(person)] += 1);
        let places = is_there.iter().scan(0, |next, is_there| {
            *next += usize::from(*is_there);
            Some(next.wrapping_sub(1))
        });
        Some(Self { places: places.collect(), weights, people })
    }

    /// One policy's figures of the people drawn anew.
    pub fn resample(&self, persons: &[Person]) -> Resampled {
        let days = self.by_unit(persons, |person| person.days.into());
        let active = ActivePeople::new(self, persons);
        let quantiles = active.quantiles(self);
        let mut nth_quantile = 0;
        let figure = |(_, statistic): &(&str, Statistic)| match statistic {
            Statistic::Sum(of, unit) => {
                self.ratio(&self.by_unit(persons, of), &self.people, unit / self.all_people())
            }
            Statistic::Rate => {
                let relogins = self.by_unit(persons, |person| person.share.relogins.into());
                self.ratio(&relogins, &days, 1.0)
            }
            Statistic::Quantile(_) => {
                nth_quantile += 1;
                quantiles[nth_quantile - 1].clone()
            }
        };
        Resampled { figures: STATISTICS.iter().map(figure).collect() }
    }

    fn all_people(&self) -> f64 {
        self.people.iter().sum::<u64>() as f64
    }

    /// Sums by unit.
    fn by_unit(&self, persons: &[Person], of: impl Fn(&Person) -> u64) -> Vec<u64> {
        let mut sums = vec![0; self.weights.units()];
        for person in persons {
            sums[self.unit_of(person)] += of(person);
        }
        sums
    }

    fn unit_of(&self, person: &Person) -> usize {
        self.weights.unit_of(self.places[person.user])
    }

    /// A quotient of two sums over units, in units of `unit`.
    fn ratio(&self, above: &[u64], below: &[u64], unit: f64) -> Figure {
        let all: (u64, u64) = (above.iter().sum(), below.iter().sum());
        let quotient = |(above, below): (u64, u64)| match below {
            0 => f64::NAN,
            _ => above as f64 / below as f64 / unit,
        };
        let estimate = quotient(all);
        let resampled = match all.0 {
            0 => vec![estimate; RESAMPLES],
            _ => self.each(|weights| {
                let terms = weights.iter().zip(above.iter().zip(below));
                quotient(terms.fold((0, 0), |(top, bottom), (weight, (above, below))| {
                    let weight = u64::from(*weight);
                    (top + weight * above, bottom + weight * below)
                }))
            }),
        };
        let mean = all.1 as f64 / above.len() as f64;
        let pull =
            |(above, below): (&u64, &u64)| (*above as f64 / unit - estimate * *below as f64) / mean;
        Figure { estimate, resampled, influence: above.iter().zip(below).map(pull).collect() }
    }

    /// Something of each resample, given the units' weights.
    fn each<T: Send>(&self, of: impl Fn(&[u8]) -> T + Sync) -> Vec<T> {
        (0..RESAMPLES).into_par_iter().map(|resample| of(self.weights.of(resample))).collect()
    }
}

/// The people with a user-day, by their re-logins per own user-day.
#[derive(Debug)]
struct ActivePeople {
    /// Ascending: the rate and the unit.
    rates: Vec<(f64, usize)>,
}

impl ActivePeople {
    fn new(bootstrap: &Bootstrap, persons: &[Person]) -> Self {
        let active = persons.iter().filter(|person| person.days > 0);
        let rate = |person: &Person| f64::from(person.share.relogins) / f64::from(person.days);
        let mut rates: Vec<(f64, usize)> =
            active.map(|person| (rate(person), bootstrap.unit_of(person))).collect();
        rates.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        Self { rates }
    }

    /// Every quantile of [`STATISTICS`], in its order: nearest ranks, as SPEC 7 says.
    fn quantiles(&self, bootstrap: &Bootstrap) -> Vec<Figure> {
        let shares: Vec<f64> = STATISTICS
            .iter()
            .filter_map(|(_, statistic)| match statistic {
                Statistic::Quantile(share) => Some(*share),
                _ => None,
            })
            .collect();
        let by_resample = bootstrap.each(|weights| self.at(&shares, |unit| weights[unit].into()));
        let estimates = self.at(&shares, |_| 1);
        let figure = |(nth, estimate)| Figure {
            estimate,
            resampled: by_resample.iter().map(|quantiles| quantiles[nth]).collect(),
            influence: vec![0.0; bootstrap.weights.units()],
        };
        estimates.into_iter().enumerate().map(figure).collect()
    }

    /// The quantiles where each person counts as often as the weight of the unit.
    fn at(&self, shares: &[f64], weight: impl Fn(usize) -> u64) -> Vec<f64> {
        let all: u64 = self.rates.iter().map(|(_, unit)| weight(*unit)).sum();
        // A share such as 0.95 is a little off in binary.
        let rank = |share: &f64| ((share * all as f64) - 1e-9).ceil().max(1.0) as u64;
        let mut found = Vec::with_capacity(shares.len());
        let mut seen = 0;
        for (rate, unit) in &self.rates {
            seen += weight(*unit);
            while found.len() < shares.len() && seen >= rank(&shares[found.len()]) {
                found.push(*rate);
            }
            if found.len() == shares.len() {
                break;
            }
        }
        found.resize(shares.len(), f64::NAN);
        found
    }
}

impl Resampled {
    /// The 95 % interval of each figure that has one.
    pub fn intervals(&self) -> Vec<Interval> {
        let interval = |((metric, _), figure): (&(&'static str, Statistic), &Figure)| {
            let (low, high) = bca::interval(figure.estimate, &figure.resampled, &figure.influence);
            Interval { metric, low, high }
        };
        let all = STATISTICS.iter().zip(&self.figures).map(interval);
        all.filter(|interval| !interval.low.is_nan()).collect()
    }

    /// How much these figures exceed those of another policy, people being the same.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let both = self.figures.iter().zip(&other.figures);
        let difference = |(metric, (own, other)): (&'static str, (&Figure, &Figure))| {
            let value = own.estimate - other.estimate;
            let less = |own: &[f64], other: &[f64]| -> Vec<f64> {
                own.iter().zip(other).map(|(own, other)| own - other).collect()
            };
            let resampled = less(&own.resampled, &other.resampled);
            let influence = less(&own.influence, &other.influence);
            let (low, high) = bca::interval(value, &resampled, &influence);
            Difference { metric, value, low, high }
        };
        let names = STATISTICS.iter().map(|(metric, _)| *metric);
        let all = names.zip(both).map(difference);
        all.filter(|difference| !difference.low.is_nan()).collect()
    }
}

#[cfg(test)]
mod tests;
