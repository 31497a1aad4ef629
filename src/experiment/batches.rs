//! Many policies in passes that memory has room for.

use crate::model::Policy;
use crate::simulation::Plans;

/// Most policies of a pass. More would not go through the records sooner: what they have in common
/// is a small part by then.
const MOST: usize = 64;
/// Policies are answered in vectors of so many.
const LANES: usize = 8;
/// Memory that the folds of a pass may take, bytes: in the worst case each record begins a session,
/// which is kept in about so many bytes, and each user has a tally.
const MEMORY: u64 = 2 << 30;
const OF_A_RECORD: u64 = 8;
const OF_A_USER: u64 = 96;

/// The policies by number in the order of passes: those under which the same uses ask the IdP
/// stand together, and so share most of the work.
pub fn batches(policies: &[Policy], records: u64, users: u64) -> Vec<Vec<usize>> {
    let Plans { asking, each_use } = Plans::of(policies);
    let asking = asking.into_iter().flat_map(|(_, members)| members);
    let order: Vec<usize> = asking.chain(each_use.into_iter().map(|(policy, _)| policy)).collect();
    order.chunks(size(records, users)).map(<[usize]>::to_vec).collect()
}

/// How many policies a pass over so many records of so many users has.
fn size(records: u64, users: u64) -> usize {
    let each = records.saturating_mul(OF_A_RECORD).saturating_add(users * OF_A_USER);
    let room = (MEMORY / each.max(1)) as usize;
    (room / LANES * LANES).clamp(LANES, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_are_as_large_as_memory_allows() {
        assert_eq!(size(0, 0), 64);
        assert_eq!(size(1_000_000, 10_000), 64);
        assert_eq!(size(10_000_000, 100_000), 16);
        assert_eq!(size(1 << 40, 1 << 30), 8);
    }
}
