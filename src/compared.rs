//! Two policies held against each other: what a comparison found, as plain data for reports.

use crate::table::Difference;
use crate::table::PolicyTables;

/// The second policy held against the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The first's scenario: what the comparison is filed under.
    pub scenario: String,
    /// The first, and the one that is held against it.
    pub sides: [Side; 2],
    /// Whether the same people stood under both.
    pub pairing: Pairing,
    /// Settings that differ: key, and the value of either side if it has one.
    pub settings: Vec<(String, [Option<String>; 2])>,
    /// How much the second exceeds the first, for the figures that have an interval.
    pub differences: Vec<Difference>,
    /// Who is hit; nothing where no person stood under both.
    pub people: Option<People>,
    /// By class of synthetic users; empty where there are none.
    pub classes: Vec<Class>,
}

/// Whose differences an interval holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// The same people stood under both: what they have in common cancels.
    Paired,
    /// Other people stood under the second.
    Apart,
    /// Both are stored results, which tell of no person: as if other people stood under the second,
    /// which is the careful way.
    Stored,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The scenario's name.
    pub scenario: String,
    /// For a person: where the activity came from.
    pub activity: String,
    /// How many users there were.
    pub users: u64,
    /// How many records.
    pub records: u64,
    /// The first record and the last, milliseconds.
    pub ends: (i64, i64),
    /// The seed of every random draw.
    pub seed: u64,
    /// The IANA time zone of calendar days.
    pub timezone: String,
    /// What the policy did.
    pub tables: PolicyTables,
}

/// How the change falls on people, by re-logins per own user-day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct People {
    /// Who logs in again more often than under the first.
    pub worse: u64,
    /// Who does as often.
    pub same: u64,
    /// Who does less often.
    pub better: u64,
    /// The middle person's change, per user-day.
    pub median: f64,
    /// The hundredth of the people on whom it falls hardest, at least one.
    pub most_hit: MostHit,
}

/// The people on whom a change falls hardest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MostHit {
    /// How many they are.
    pub people: u64,
    /// Their mean change in re-logins per own user-day.
    pub change: f64,
    /// Their part of all re-logins that anybody has more of.
    pub share: f64,
}

/// A class of users under both.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// How many of its users were active.
    pub people: u64,
    /// Re-logins per user-day on either side.
    pub rates: [f64; 2],
    /// How much they differ; nothing of too few people.
    pub difference: Option<Difference>,
}
