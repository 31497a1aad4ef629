//! Records come out as a stable sort gives them, in memory or spooled.

use proptest::prelude::*;

use super::*;
use crate::model::AgentId;
use crate::trace::Action;

fn records_at(instants: &[i64]) -> Vec<Record> {
    let record = |(place, at): (usize, &i64)| {
        Record::new(Instant::from_millis(*at), AgentId::new(place), Action::Use, None, None)
    };
    instants.iter().enumerate().map(record).collect()
}

fn sorted(records: &[Record], budget: usize, open: Option<OpenSpool>) -> Records {
    let mut sorter = Sorter::new(budget, open);
    records.iter().for_each(|record| sorter.push(*record).unwrap());
    sorter.finish().unwrap()
}

fn sorted_by(records: &[Record], step: usize, open: Option<OpenSpool>) -> Records {
    let mut sorter = Sorter::new(20, open);
    let mut taken = 0;
    for records_of_step in records.chunks(step) {
        taken += records_of_step.len();
        let before = &records[taken.saturating_sub(records_of_step.len() + 1)..taken];
        sorter.extend(records_of_step, before.is_sorted_by_key(Record::at)).unwrap();
    }
    sorter.finish().unwrap()
}

fn in_memory_spool() -> Option<OpenSpool> {
    Some(Box::new(|| Ok(Box::new(io::Cursor::new(Vec::new())))))
}

fn collected(records: &Records) -> Vec<Record> {
    records.chunks().flat_map(|chunk| chunk.unwrap().into_owned()).collect()
}

proptest! {
    #[test]
    fn spilled_is_what_a_stable_sort_gives(
        instants in proptest::collection::vec(-20_i64..20, 0..200),
        budget in 1_usize..40,
        step in 1_usize..40,
    ) {
        let records = records_at(&instants);
        let spilled = sorted(&records, budget, in_memory_spool());
        let mut expected = records.clone();
        expected.sort_by_key(Record::at);
        for _ in 0..2 {
            prop_assert_eq!(&collected(&spilled), &expected);
        }
        for others in [
            sorted(&records, budget, None),
            sorted_by(&records, step, None),
            sorted_by(&records, step, in_memory_spool()),
        ] {
            prop_assert_eq!(&collected(&others), &expected);
            prop_assert_eq!(others.first_last(), spilled.first_last());
        }
        let ends = expected.first().zip(expected.last());
        let ends = ends.map(|(first, last)| (first.at(), last.at()));
        prop_assert_eq!(spilled.first_last(), ends);
        prop_assert_eq!(
            matches!(spilled.kept, Kept::Spooled { .. }),
            records.len() > budget,
        );
    }
}

#[test]
fn chunks_of_overlapping_runs_are_full_and_iterations_may_interleave() {
    let instants: Vec<i64> = (0..200_000).map(|n| n * 7_919 % 200_003).collect();
    let records = records_at(&instants);
    let spilled = sorted(&records, 30_000, in_memory_spool());
    let sizes: Vec<_> = spilled.chunks().map(|chunk| chunk.unwrap().len()).collect();
    assert_eq!(sizes, [65_536, 65_536, 65_536, 3_392]);
    let in_memory = sorted(&records, usize::MAX, None);
    for ((one, other), expected) in spilled.chunks().zip(spilled.chunks()).zip(in_memory.chunks()) {
        assert!(one.unwrap() == expected.unwrap() && !other.unwrap().is_empty());
    }
}

#[test]
fn a_spool_that_fails_is_an_error() {
    let open: OpenSpool = Box::new(|| Err(io::Error::other("disk full")));
    let mut sorter = Sorter::new(1, Some(open));
    let records = records_at(&[1, 2]);
    sorter.push(records[0]).unwrap();
    assert_eq!(sorter.push(records[1]).unwrap_err().to_string(), "disk full");
}
