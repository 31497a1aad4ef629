//! The points of which no other is as good in every objective and better in one, and the one among
//! them where giving up a little of one objective stops buying much of another.

/// The numbers of the points that no other point dominates, in their order; less is better in every
/// objective. Of points that are the same in all of them the first stands for all. What is not a
/// number is worse than everything.
pub fn front<const K: usize>(points: &[[f64; K]]) -> Vec<usize> {
    // After sorting, what dominates a point stands before it, so that each point is held against
    // the front so far only.
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&one, &other| compare(&points[one], &points[other]).then(one.cmp(&other)));
    let mut kept: Vec<usize> = Vec::new();
    for index in order {
        if !kept.iter().any(|&better| covers(&points[better], &points[index])) {
            kept.push(index);
        }
    }
    kept.sort_unstable();
    kept
}

/// Whether `one` is at least as good as `other` in every objective.
fn covers<const K: usize>(one: &[f64; K], other: &[f64; K]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.total_cmp(other).is_le())
}

/// By the first objective, of equals by the second, and so on.
pub fn compare<const K: usize>(one: &[f64; K], other: &[f64; K]) -> std::cmp::Ordering {
    let pairs = one.iter().zip(other).map(|(one, other)| one.total_cmp(other));
    pairs.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
}

/// The knee of a front: the number, in `points`, of the one of `front` that lies farthest below the
/// plane through the worst of each objective, every objective scaled to run from 0 to 1 over the
/// front; for two objectives the greatest distance from the chord between the ends (Das 1999, *On
/// characterizing the "knee" of the Pareto curve*; Satopää et al. 2011, *Kneedle*). An objective
/// that is the same all over the front takes no part. Of equals the first in `compare`'s order;
/// points with an objective that has no end are none.
pub fn knee<const K: usize>(points: &[[f64; K]], front: &[usize]) -> Option<usize> {
    let finite = |index: &&usize| points[**index].iter().all(|value| value.is_finite());
    let front: Vec<usize> = front.iter().filter(finite).copied().collect();
    let ends = |objective: usize| {
        let values = front.iter().map(|&index| points[index][objective]);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, greatest), value| {
            (least.min(value), greatest.max(value))
        })
    };
    let ends: [(f64, f64); K] = std::array::from_fn(ends);
    // The distance to the plane is (1 - sum) / sqrt(K): the least sum is the greatest distance.
    let sum = |index: usize| -> f64 {
        let parts = points[index].iter().zip(&ends).map(|(value, (least, greatest))| {
            if greatest > least { (value - least) / (greatest - least) } else { 0.0 }
        });
        parts.sum()
    };
    front.into_iter().min_by(|&one, &other| {
        let nearer = sum(one).total_cmp(&sum(other));
        nearer.then_with(|| compare(&points[one], &points[other])).then(one.cmp(&other))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, word by word.
    fn slowly(points: &[[f64; 3]]) -> Vec<usize> {
        let dominates = |one: &[f64; 3], other: &[f64; 3]| {
            (0..3).all(|k| one[k] <= other[k]) && (0..3).any(|k| one[k] < other[k])
        };
        let first_of_equals =
            |index: usize| points.iter().position(|point| *point == points[index]) == Some(index);
        let good = |index: &usize| {
            first_of_equals(*index) && !points.iter().any(|one| dominates(one, &points[*index]))
        };
        (0..points.len()).filter(good).collect()
    }

    #[test]
    fn a_front_of_two_objectives() {
        let points = [[1.0, 5.0], [2.0, 2.0], [3.0, 2.0], [5.0, 1.0], [2.0, 2.0], [6.0, 6.0]];
        assert_eq!(front(&points), [0, 1, 3]);
        assert_eq!(knee(&points, &front(&points)), Some(1));
        assert_eq!(front::<2>(&[]), [0; 0]);
        assert_eq!(knee::<2>(&[], &[]), None);
    }

    #[test]
    fn the_knee_is_farthest_from_the_chord() {
        // On x·y = 1 the tangent that is parallel to the chord touches at x = 1.
        let points: Vec<[f64; 2]> = (-20..=20)
            .map(|step| libm::exp2(f64::from(step) / 4.0))
            .map(|x| [x, 1.0 / x])
            .collect();
        assert_eq!(knee(&points, &front(&points)).map(|index| points[index]), Some([1.0, 1.0]));
    }

    #[test]
    fn what_never_ends_may_be_on_the_front_and_is_no_knee() {
        let points = [[1.0, f64::INFINITY], [2.0, 3.0]];
        assert_eq!(front(&points), [0, 1]);
        assert_eq!(knee(&points, &[0, 1]), Some(1));
        assert_eq!(front(&[[f64::NAN, 1.0], [2.0, 1.0]]), [1]);
    }

    proptest! {
        #[test]
        fn the_front_is_what_nothing_dominates(
            points in prop::collection::vec(prop::array::uniform3(0_u8..6), 0..60)
        ) {
            let points: Vec<[f64; 3]> = points.iter().map(|point| point.map(f64::from)).collect();
            prop_assert_eq!(front(&points), slowly(&points));
        }

        #[test]
        fn the_knee_does_not_mind_the_units(
            points in prop::collection::vec(prop::array::uniform3(0_u8..200), 1..40)
        ) {
            let points: Vec<[f64; 3]> = points.iter().map(|point| point.map(f64::from)).collect();
            // Powers of two: scaling is exact.
            let scaled: Vec<[f64; 3]> =
                points.iter().map(|[x, y, z]| [x * 4.0, y / 8.0, z * 1_024.0]).collect();
            let front = front(&points);
            prop_assert_eq!(knee(&points, &front), knee(&scaled, &front));
        }
    }
}
