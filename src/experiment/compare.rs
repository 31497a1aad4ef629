//! Two policies over people: which are the same, who is hit, and how sure that is.

use std::collections::BTreeMap;

use super::bootstrap::{Bootstrap, Resampled};
use crate::compared::{Class, MostHit, People};
use crate::projection::Frame;
use crate::projection::Person;
use crate::seed::Key;
use crate::table::Difference;
use crate::table::Interval;
use crate::table::PolicyTables;

/// One policy's people.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What each came to.
    pub persons: &'a [Person],
    /// The run that they were in.
    pub frame: &'a Frame,
}

/// What a comparison of people found.
#[derive(Clone, Debug)]
pub struct Contrast {
    /// Whether the same people stood under both.
    pub is_paired: bool,
    /// How much the second exceeds the first.
    pub differences: Vec<Difference>,
    /// Who is hit; nothing where no person stood under both.
    pub people: Option<People>,
    /// By class.
    pub classes: Vec<Class>,
}

/// The people of both sides, with one number for each: whoever has the same key is the same person.
struct Crowd {
    keys: Vec<Key>,
    sides: [Vec<Person>; 2],
    /// The classes' names, by person.
    classes: Vec<String>,
}

const RATE: &str = "relogins_per_user_day";

/// Holds the second side against the first.
pub fn contrast(sides: [Side<'_>; 2]) -> Contrast {
    let crowd = Crowd::of(sides);
    let active = |side: usize| crowd.sides[side].iter().filter(|person| person.days > 0);
    let is_paired = active(0).map(|p| p.user).eq(active(1).map(|p| p.user));
    Contrast {
        is_paired,
        differences: crowd.differences(|_| true),
        people: crowd.people(),
        classes: crowd.by_class(),
    }
}

/// How much the second policy's figures exceed the first's where only their intervals are known: the
/// distances to the ends add up as squares, as those of independent figures do (Zou and Donner 2008,
/// “Construction of confidence limits about effect measures”).
pub fn differences_apart(first: &PolicyTables, second: &PolicyTables) -> Vec<Difference> {
    let difference = |one: &Interval| {
        let other = second.intervals.iter().find(|own| own.metric == one.metric)?;
        let (from, to) = (first.metric(one.metric), second.metric(one.metric));
        let value = to - from;
        let below = (to - other.low).hypot(one.high - from);
        let above = (other.high - to).hypot(from - one.low);
        Some(Difference { metric: one.metric, value, low: value - below, high: value + above })
    };
    first.intervals.iter().filter_map(difference).collect()
}

impl Crowd {
    fn of(sides: [Side<'_>; 2]) -> Self {
        let mut numbers = BTreeMap::new();
        let mut crowd =
            Self { keys: Vec::new(), sides: [const { Vec::new() }; 2], classes: Vec::new() };
        for (number, Side { persons, frame }) in sides.into_iter().enumerate() {
            for person in persons {
                let key = frame.keys[person.user];
                let user = *numbers.entry(key).or_insert_with(|| {
                    crowd.keys.push(key);
                    let class = usize::from(frame.class_of[person.user]).checked_sub(1);
                    crowd
                        .classes
                        .push(class.map_or_else(String::new, |c| frame.classes[c].clone()));
                    crowd.keys.len() - 1
                });
                crowd.sides[number].push(Person { user, ..*person });
            }
            crowd.sides[number].sort_unstable_by_key(|person| person.user);
        }
        crowd
    }

    /// Of the people that are `chosen` by number.
    fn differences(&self, chosen: impl Fn(usize) -> bool) -> Vec<Difference> {
        let of = |side: &Vec<Person>| -> Vec<Person> {
            side.iter().filter(|person| chosen(person.user)).copied().collect()
        };
        let sides = self.sides.each_ref().map(of);
        let bootstrap = Bootstrap::new(&self.keys, sides.iter().map(Vec::as_slice));
        let Some(bootstrap) = bootstrap else { return Vec::new() };
        let [first, second]: [Resampled; 2] = sides.each_ref().map(|own| bootstrap.resample(own));
        second.differences(&first)
    }

    /// Those who were active on both sides: the change in re-logins per own user-day, and in
    /// re-logins.
    fn changes(&self) -> Vec<(f64, i64)> {
        let second: BTreeMap<usize, &Person> =
            self.sides[1].iter().map(|person| (person.user, person)).collect();
        let both = self.sides[0].iter().filter_map(|one| Some((one, *second.get(&one.user)?)));
        let active = both.filter(|(one, other)| one.days > 0 && other.days > 0);
        active
            .map(|(one, other)| {
                let more = i64::from(other.share.relogins) - i64::from(one.share.relogins);
                (rate([other]) - rate([one]), more)
            })
            .collect()
    }

    fn people(&self) -> Option<People> {
        let mut changes = self.changes();
        changes.sort_unstable_by(|(a, _), (b, _)| b.total_cmp(a));
        let middle = changes.get(changes.len() / 2)?;
        let most = &changes[..changes.len().div_ceil(100)];
        let more = |of: &[(f64, i64)]| of.iter().map(|(_, more)| *more.max(&0)).sum::<i64>() as f64;
        let count = |is: fn(f64) -> bool| changes.iter().filter(|(c, _)| is(*c)).count() as u64;
        Some(People {
            worse: count(|change| change > 0.0),
            same: count(|change| change == 0.0),
            better: count(|change| change < 0.0),
            median: middle.0,
            most_hit: MostHit {
                people: most.len() as u64,
                change: most.iter().map(|(change, _)| change).sum::<f64>() / most.len() as f64,
                share: if more(&changes) > 0.0 { more(most) / more(&changes) } else { 0.0 },
            },
        })
    }

    fn by_class(&self) -> Vec<Class> {
        let mut names: Vec<&String> = self.classes.iter().filter(|own| !own.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        let class = |name: &String| {
            let is_of = |user: usize| self.classes[user] == *name;
            let own = |side: usize| self.sides[side].iter().filter(move |p| is_of(p.user));
            let mut differences = self.differences(is_of);
            differences.retain(|difference| difference.metric == RATE);
            Class {
                name: name.clone(),
                people: own(0).filter(|person| person.days > 0).count() as u64,
                rates: [rate(own(0)), rate(own(1))],
                difference: differences.pop(),
            }
        };
        names.into_iter().map(class).collect()
    }
}

/// Re-logins per user-day of some people; 0 without a day.
fn rate<'a>(people: impl IntoIterator<Item = &'a Person>) -> f64 {
    let (relogins, days) = people.into_iter().fold((0, 0), |(relogins, days), person| {
        (relogins + u64::from(person.share.relogins), days + u64::from(person.days))
    });
    if days > 0 { relogins as f64 / days as f64 } else { 0.0 }
}
