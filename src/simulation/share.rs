//! The records of one partition, user by user: what a thread works through.

use rayon::prelude::*;

use super::Division;
use crate::trace::{Action, Record};

/// Records of the users of one partition, each user's together and in time order.
///
/// A user's state stays in the nearest cache while the user's records go by; in time order every
/// record would meet somebody else's.
#[derive(Clone, Debug, Default)]
pub struct Share {
    records: Vec<Record>,
    /// The place of each record among those that were gathered.
    numbers: Vec<u32>,
    users: Vec<Run>,
    /// By user's place: how many records were met; all zeros between two gatherings.
    counts: Vec<u32>,
    homes: Vec<u32>,
}

/// A user's records: up to where, and what they ask of an engine.
#[derive(Clone, Copy, Debug)]
struct Run {
    place: u32,
    end: usize,
    /// A bit for each [`Action`] among the records.
    actions: u8,
}

impl Share {
    /// The share of each partition in `records`, which may come in any order; those of one instant
    /// keep it.
    pub fn all(records: &[Record], division: &Division) -> Vec<Self> {
        let partitions = (0..division.partitions()).into_par_iter();
        partitions.map(|partition| Self::of(records, division, partition)).collect()
    }

    /// The share of `partition` in `records`.
    pub fn of(records: &[Record], division: &Division, partition: usize) -> Self {
        let mut share = Self::default();
        share.gather(records, division, partition);
        // Nothing more will be gathered.
        (share.counts, share.homes) = (Vec::new(), Vec::new());
        share
    }

    /// The same into this share, whose memory is used again.
    pub(super) fn gather(&mut self, records: &[Record], division: &Division, partition: usize) {
        self.count(records, division, partition);
        let mut end = 0;
        for run in &mut self.users {
            // From now on it is where the user's next record goes.
            end += std::mem::replace(&mut self.counts[run.place as usize], end as u32) as usize;
            run.end = end;
        }
        let Some(&first) = records.first() else { return };
        self.records.resize(end, first);
        self.numbers.resize(end, 0);
        for ((record, number), &home) in records.iter().zip(0..).zip(&self.homes) {
            if home != ELSEWHERE {
                let next = &mut self.counts[home as usize];
                self.records[*next as usize] = *record;
                self.numbers[*next as usize] = number;
                *next += 1;
            }
        }
        let mut start = 0;
        for run in &mut self.users {
            self.counts[run.place as usize] = 0;
            let records = &mut self.records[start..run.end];
            run.actions = records.iter().fold(0, |all, record| all | bit(record.action()));
            sort(records, &mut self.numbers[start..run.end]);
            start = run.end;
        }
    }

    /// Finds the users, in the order in which they are met, and how many records each has.
    fn count(&mut self, records: &[Record], division: &Division, partition: usize) {
        assert!(u32::try_from(records.len()).is_ok(), "more records than a share can number");
        self.users.clear();
        self.homes.clear();
        self.counts.resize(division.size(partition).0, 0);
        for record in records {
            let (own, place) = division.home_of(record.agent());
            if own != partition {
                self.homes.push(ELSEWHERE);
                continue;
            }
            let count = &mut self.counts[place];
            if *count == 0 {
                self.users.push(Run { place: place as u32, end: 0, actions: 0 });
            }
            *count += 1;
            self.homes.push(place as u32);
        }
    }

    /// How many users it has records of.
    pub fn users(&self) -> usize {
        self.users.len()
    }

    /// Whether the user at `index` did nothing else than `actions`.
    #[inline]
    pub(super) fn only(&self, index: usize, actions: &[Action]) -> bool {
        let allowed = actions.iter().fold(0, |all, action| all | bit(*action));
        self.users[index].actions & !allowed == 0
    }

    /// The records of the user at `index`, and the number of each among those gathered.
    #[inline]
    pub(super) fn user(&self, index: usize) -> (&[Record], &[u32]) {
        let start = if index == 0 { 0 } else { self.users[index - 1].end };
        let range = start..self.users[index].end;
        (&self.records[range.clone()], &self.numbers[range])
    }
}

/// The home of a record of another partition.
const ELSEWHERE: u32 = u32::MAX;

#[inline]
fn bit(action: Action) -> u8 {
    1 << action as u8
}

/// Puts a user's records into time order, stably.
fn sort(records: &mut [Record], numbers: &mut [u32]) {
    if records.is_sorted_by_key(Record::at) {
        return;
    }
    let mut both: Vec<_> = records.iter().copied().zip(numbers.iter().copied()).collect();
    both.sort_by_key(|(record, _)| record.at());
    for ((record, number), sorted) in records.iter_mut().zip(numbers).zip(both) {
        (*record, *number) = sorted;
    }
}
