//! Many policies in passes that memory has room for.

use crate::model::Policy;
use crate::simulation::Plans;

/// Most policies of a pass. More would not go through the records sooner: what they have in common
/// is a small part by then.
const MOST: usize = 64;
/// Policies are answered in vectors of so many.
const LANES: usize = 8;
/// Records times policies of a pass: in the worst case each is a session that is kept.
const MOST_SESSIONS: u64 = 1 << 28;

/// The policies by number in the order of passes: those under which the same uses ask the IdP
/// stand together, and so share most of the work.
pub fn batches(policies: &[Policy], records: u64) -> Vec<Vec<usize>> {
    let Plans { asking, each_use } = Plans::of(policies);
    let asking = asking.into_iter().flat_map(|(_, members)| members);
    let order: Vec<usize> = asking.chain(each_use.into_iter().map(|(policy, _)| policy)).collect();
    order.chunks(size(records)).map(<[usize]>::to_vec).collect()
}

/// How many policies a pass over so many records has.
fn size(records: u64) -> usize {
    let room = (MOST_SESSIONS / records.max(1)) as usize;
    (room / LANES * LANES).clamp(LANES, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_are_as_large_as_memory_allows() {
        assert_eq!([0, 1_000, 10_000_000, 1 << 40].map(size), [64, 64, 24, 8]);
    }
}
