//! Records put together by user, however they come and however many there are.
//!
//! Users are spread over buckets, each small enough to be held alone. What does not fit into memory
//! beside the others' goes to a temporary file, in blocks that each belong to one bucket.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use super::stream::{GaveUp, MOST_TOGETHER};
use super::{Names, OpenSpool, Record, Spool};
use crate::model::AgentId;

/// Takes records, and gives them back by user.
pub(super) struct Scatter {
    buckets: Vec<Bucket>,
    /// By agent: its user's bucket.
    homes: Vec<u16>,
    /// Records of a block.
    block: usize,
    spool: Option<Box<dyn Spool>>,
    open_spool: OpenSpool,
    blocks: u64,
    /// The bucket that is given back next.
    next: usize,
    bytes: Vec<u8>,
}

#[derive(Clone, Default)]
struct Bucket {
    /// Where its blocks are, counted in blocks.
    blocks: Vec<u64>,
    waiting: Vec<Record>,
}

/// Records of a bucket, on the average.
const BUCKET: u64 = 1 << 18;
/// Records that all buckets together hold in memory: eight megabytes.
const IN_MEMORY: usize = 1 << 19;
const MOST_BUCKETS: u64 = 1 << 12;

impl Scatter {
    /// For about so many records.
    pub(super) fn new(records: u64, open_spool: OpenSpool) -> Self {
        let buckets = match records {
            ..=0x8_0000 => 1,
            _ => records.div_ceil(BUCKET).min(MOST_BUCKETS) as usize,
        };
        Self::with(buckets, IN_MEMORY / buckets, open_spool)
    }

    fn with(buckets: usize, block: usize, open_spool: OpenSpool) -> Self {
        Self {
            buckets: vec![Bucket::default(); buckets],
            homes: Vec::new(),
            block,
            spool: None,
            open_spool,
            blocks: 0,
            next: 0,
            bytes: Vec::new(),
        }
    }

    /// How many records it took.
    pub(super) fn records(&self) -> u64 {
        let waiting: usize = self.buckets.iter().map(|bucket| bucket.waiting.len()).sum();
        self.blocks * self.block as u64 + waiting as u64
    }

    /// Takes records of agents that `names` has.
    pub(super) fn take(&mut self, names: &Names, records: &[Record]) -> Result<(), GaveUp> {
        let (buckets, new) = (self.buckets.len(), self.homes.len()..names.agents());
        let user = |agent| names.user_of(AgentId::new(agent)).index();
        self.homes.extend(new.map(|agent| (user(agent) % buckets) as u16));
        for record in records {
            let home = usize::from(self.homes[record.agent().index()]);
            let bucket = &mut self.buckets[home];
            bucket.waiting.push(*record);
            if bucket.waiting.len() >= self.block {
                self.write(home).map_err(|_| GaveUp::SPOOL)?;
            }
        }
        Ok(())
    }

    #[cold]
    fn write(&mut self, home: usize) -> std::io::Result<()> {
        let spool = match &mut self.spool {
            Some(spool) => spool,
            none => none.insert((self.open_spool)()?),
        };
        let bucket = &mut self.buckets[home];
        self.bytes.resize(self.block * Record::BYTES, 0);
        for (bytes, record) in self.bytes.as_chunks_mut().0.iter_mut().zip(&bucket.waiting) {
            *bytes = record.to_bytes();
        }
        spool.write_all(&self.bytes)?;
        bucket.waiting.clear();
        bucket.blocks.push(self.blocks);
        self.blocks += 1;
        Ok(())
    }

    /// Appends the records of the next bucket that has any, in the order in which they came.
    pub(super) fn next_users(&mut self, records: &mut Vec<Record>) -> Result<bool, GaveUp> {
        while let Some(bucket) = self.buckets.get_mut(self.next) {
            self.next += 1;
            let bucket = std::mem::take(bucket);
            if bucket.blocks.len() * self.block + bucket.waiting.len() > MOST_TOGETHER {
                return Err(GaveUp::TOO_MUCH);
            }
            for block in bucket.blocks {
                self.read(block, records).map_err(|_| GaveUp::SPOOL)?;
            }
            records.extend(bucket.waiting);
            if !records.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn read(&mut self, block: u64, records: &mut Vec<Record>) -> std::io::Result<()> {
        let length = self.block * Record::BYTES;
        self.bytes.resize(length, 0);
        if let Some(spool) = &mut self.spool {
            spool.seek(SeekFrom::Start(block * length as u64))?;
            spool.read_exact(&mut self.bytes)?;
        }
        records.extend(self.bytes.as_chunks().0.iter().map(Record::from_bytes));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor};

    use proptest::prelude::*;

    use super::*;
    use crate::model::{Instant, UserId};
    use crate::trace::Action;

    proptest! {
        #[test]
        fn each_user_comes_once_with_all_records_in_order(
            agents in proptest::collection::vec((0_usize..20, 0_usize..3), 0..300),
            buckets in 1_usize..9,
            block in 1_usize..20,
            piece in 1_usize..50,
        ) {
            let mut names = Names::default();
            let mut records = Vec::new();
            let open: OpenSpool = Box::new(|| Ok(Box::new(Cursor::new(Vec::new()))));
            let mut scatter = Scatter::with(buckets, block, open);
            for (place, (user, device)) in agents.iter().enumerate() {
                let agent = names.agent(&user.to_string(), &device.to_string()).unwrap();
                let at = Instant::from_millis(place as i64);
                records.push(Record::new(at, agent, Action::Use, None, None));
                if records.len() % piece == 0 {
                    scatter.take(&names, &records[records.len() - piece..]).unwrap();
                }
            }
            scatter.take(&names, &records[records.len() / piece * piece..]).unwrap();
            prop_assert_eq!(scatter.records(), records.len() as u64);
            let by = |record: &Record| names.user_of(record.agent());
            let mut given: Vec<Record> = Vec::new();
            let mut own = Vec::new();
            while scatter.next_users(&mut own).unwrap() {
                let is_new = |record: &Record| given.iter().all(|old| by(old) != by(record));
                prop_assert!(own.iter().all(is_new));
                given.append(&mut own);
            }
            // Stably, so that whatever is in another order shows.
            given.sort_by_key(by);
            records.sort_by_key(|record: &Record| -> UserId { by(record) });
            prop_assert_eq!(given, records);
        }
    }

    #[test]
    fn a_temporary_file_that_fails_is_given_up() {
        let mut names = Names::default();
        let agent = names.agent("ann", "").unwrap();
        let record = Record::new(Instant::from_millis(0), agent, Action::Use, None, None);
        let open: OpenSpool = Box::new(|| Err(io::Error::other("disk full")));
        let mut scatter = Scatter::with(1, 2, open);
        assert_eq!(scatter.take(&names, &[record]), Ok(()));
        assert_eq!(scatter.take(&names, &[record]), Err(GaveUp::SPOOL));
    }
}
