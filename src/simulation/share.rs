//! The records of one partition, user by user and agent by agent: what a thread works through.

use std::ops::Range;

use rayon::prelude::*;

use super::Division;
use crate::trace::{Action, Record};

/// Records of the users of one partition: each user's together, of these each agent's, and of
/// these all in time order.
///
/// An agent's state stays in the nearest cache while its records go by; in time order every record
/// would meet somebody else's.
#[derive(Clone, Debug, Default)]
pub struct Share {
    records: Vec<Record>,
    /// The place of each record among those that were gathered.
    numbers: Vec<u32>,
    runs: Vec<Run>,
    /// The places of records that are no uses, ascending.
    others: Vec<usize>,
    /// By user: where its runs end.
    users: Vec<usize>,
    /// By agent's place: how many records were met; all zeros between two gatherings.
    counts: Vec<u32>,
    homes: Vec<u32>,
}

/// Where an agent's records are, and what they ask of an engine.
#[derive(Clone, Debug)]
struct Run {
    range: Range<usize>,
    /// Which of the places of others are its own.
    others: Range<usize>,
    /// A bit for each [`Action`] among the records.
    actions: u8,
}

/// All records of an agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfAgent<'a> {
    /// In time order.
    pub(super) records: &'a [Record],
    /// The place of each among those that were gathered.
    pub(super) numbers: &'a [u32],
    others: &'a [usize],
    first: usize,
}

/// Room to put the records of a user's agents into one order.
#[derive(Debug, Default)]
pub(super) struct Room {
    both: Vec<(Record, u32)>,
    records: Vec<Record>,
    numbers: Vec<u32>,
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

    /// The same into `shares`, one for each partition or none yet, whose memory is used again.
    pub fn all_again(shares: &mut Vec<Self>, records: &[Record], division: &Division) {
        shares.resize_with(division.partitions(), Self::default);
        let shares = shares.par_iter_mut().enumerate();
        shares.for_each(|(partition, share)| share.gather(records, division, partition));
    }

    /// The same into this share, whose memory is used again.
    pub(super) fn gather(&mut self, records: &[Record], division: &Division, partition: usize) {
        self.count(records, division, partition);
        let all = self.divide(division.agents(partition), division);
        let Some(&first) = records.first() else { return };
        self.records.resize(all, first);
        self.numbers.resize(all, 0);
        for ((record, number), &home) in records.iter().zip(0..).zip(&self.homes) {
            if home != ELSEWHERE {
                let next = &mut self.counts[home as usize];
                self.records[*next as usize] = *record;
                self.numbers[*next as usize] = number;
                *next += 1;
            }
        }
        self.counts.fill(0);
        self.others.clear();
        for run in &mut self.runs {
            let records = &mut self.records[run.range.clone()];
            sort(records, &mut self.numbers[run.range.clone()]);
            run.actions = records.iter().fold(0, |all, record| all | bit(record.action()));
            run.others.start = self.others.len();
            if run.actions != bit(Action::Use) {
                let places = run.range.clone().zip(records);
                let others = places.filter(|(_, record)| record.action() != Action::Use);
                self.others.extend(others.map(|(place, _)| place));
            }
            run.others.end = self.others.len();
        }
    }

    /// Counts each agent's records.
    fn count(&mut self, records: &[Record], division: &Division, partition: usize) {
        assert!(u32::try_from(records.len()).is_ok(), "more records than a share can number");
        self.homes.clear();
        self.counts.resize(division.agents(partition).len(), 0);
        self.homes.extend(records.iter().map(|record| {
            let (own, place) = division.home_of(record.agent());
            if own != partition {
                return ELSEWHERE;
            }
            self.counts[place] += 1;
            place as u32
        }));
    }

    /// Gives each agent its room: its count becomes where its next record goes. Gives how many
    /// records there are.
    fn divide(&mut self, agents: &[crate::model::AgentId], division: &Division) -> usize {
        self.runs.clear();
        self.users.clear();
        let (mut start, mut user) = (0, None);
        for (agent, count) in agents.iter().zip(&mut self.counts).filter(|(_, count)| **count > 0) {
            let end = start + std::mem::replace(count, start as u32) as usize;
            self.runs.push(Run { range: start..end, others: 0..0, actions: 0 });
            start = end;
            let own = Some(division.user_of(*agent));
            if own != user {
                user = own;
                self.users.push(0);
            }
            if let Some(runs) = self.users.last_mut() {
                *runs = self.runs.len();
            }
        }
        start
    }

    /// How many users it has records of.
    pub fn users(&self) -> usize {
        self.users.len()
    }

    /// Whether the user at `index` did nothing else than `actions`.
    #[inline]
    pub(super) fn only(&self, index: usize, actions: &[Action]) -> bool {
        self.runs(index).iter().all(|run| only(run.actions, actions))
    }

    /// What each agent of the user at `index` did.
    #[inline]
    pub(super) fn agents(&self, index: usize) -> impl Iterator<Item = OfAgent<'_>> + Clone {
        self.runs(index).iter().map(|run| OfAgent {
            records: &self.records[run.range.clone()],
            numbers: &self.numbers[run.range.clone()],
            others: &self.others[run.others.clone()],
            first: run.range.start,
        })
    }

    /// The records of the user at `index` in one order, and the number of each among those
    /// gathered.
    pub(super) fn in_time_order<'a>(
        &'a self,
        index: usize,
        room: &'a mut Room,
    ) -> (&'a [Record], &'a [u32]) {
        let runs = self.runs(index);
        if let [run] = runs {
            return (&self.records[run.range.clone()], &self.numbers[run.range.clone()]);
        }
        let all = runs[0].range.start..runs[runs.len() - 1].range.end;
        room.both.clear();
        room.both.extend(
            self.records[all.clone()].iter().copied().zip(self.numbers[all].iter().copied()),
        );
        room.both.sort_by_key(|(record, number)| (record.at(), *number));
        room.records.clear();
        room.records.extend(room.both.iter().map(|(record, _)| *record));
        room.numbers.clear();
        room.numbers.extend(room.both.iter().map(|(_, number)| *number));
        (&room.records, &room.numbers)
    }

    #[inline]
    fn runs(&self, index: usize) -> &[Run] {
        let start = if index == 0 { 0 } else { self.users[index - 1] };
        &self.runs[start..self.users[index]]
    }
}

impl OfAgent<'_> {
    /// The places of records that are no uses.
    #[inline]
    pub(super) fn others(&self) -> impl Iterator<Item = usize> {
        self.others.iter().map(|place| place - self.first)
    }
}

/// The home of a record of another partition.
const ELSEWHERE: u32 = u32::MAX;

#[inline]
fn bit(action: Action) -> u8 {
    1 << action as u8
}

#[inline]
fn only(bits: u8, actions: &[Action]) -> bool {
    bits & !actions.iter().fold(0, |all, action| all | bit(*action)) == 0
}

/// Puts an agent's records into time order, stably.
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
