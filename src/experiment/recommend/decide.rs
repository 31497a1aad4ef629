//! Which of the evaluated points is best, which constraint keeps a better one away, and what would
//! have to give where none is good.

use std::cmp::Ordering;

use super::front::{compare, front, knee};

/// How a point stands to one constraint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// Whether it holds.
    pub held: bool,
    /// What the point comes to there.
    pub value: f64,
    /// How far it is from holding, as a share of the limit; 0 where it holds.
    pub excess: f64,
}

/// A point, evaluated. Less is better everywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// People's cost, load and exposure.
    pub objectives: [f64; 3],
    /// What is to be least; `None` if that is the balance of the three.
    pub least: Option<f64>,
    /// How far its settings are from today's policy.
    pub change: f64,
    /// By constraint.
    pub checks: Vec<Check>,
}

/// What was found; numbers are those of candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// Those that hold every constraint, and are dominated by none that does.
    pub front: Vec<usize>,
    /// The knee of the front.
    pub knee: Option<usize>,
    /// The best that holds every constraint.
    pub best: Option<usize>,
    /// By constraint: the best if it was given up, where that is better.
    pub without: Vec<Option<usize>>,
    /// By constraint: the smallest step of giving way that brings a better point; `None` if none
    /// does.
    pub binding: Vec<Option<Step>>,
    /// Where nothing holds them all: constraints that could give way alone, the smallest step first.
    pub relax: Vec<(usize, Step)>,
    /// Where nothing holds them all: the point that is nearest to it.
    pub nearest: Option<usize>,
}

/// A constraint that gives way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The point that it lets in.
    pub candidate: usize,
    /// What it would have to allow: the point's value.
    pub to: f64,
    /// How much more that is, as a share of the limit.
    pub excess: f64,
}

/// A gain smaller than this share is none: it is not worth a sentence.
const GAIN: f64 = 0.005;

/// Candidates, and the front of those that hold every constraint.
struct Field<'a> {
    candidates: &'a [Candidate],
    /// Over the front, by objective: the least and the greatest.
    ends: [(f64, f64); 3],
}

/// Decides among candidates, of which all have as many checks.
pub fn decide(candidates: &[Candidate]) -> Decision {
    let Some(first) = candidates.first() else { return Decision::default() };
    let objectives: Vec<[f64; 3]> = candidates.iter().map(|c| c.objectives).collect();
    let good: Vec<usize> = good(candidates, None).collect();
    let good_objectives: Vec<[f64; 3]> = good.iter().map(|&index| objectives[index]).collect();
    let front: Vec<usize> = front(&good_objectives).into_iter().map(|place| good[place]).collect();
    let knee = knee(&objectives, &front);
    let field = Field { candidates, ends: ends(&objectives, &front) };
    // What is least is on the front, or as good as one that is.
    let best = match first.least {
        None => knee,
        Some(_) => good.iter().copied().min_by(|one, other| field.order(*one, *other)),
    };
    let constraints = 0..first.checks.len();
    let mut decision = Decision { front, knee, best, ..Decision::default() };
    if let Some(best) = best {
        let least = field.least(best);
        let better = |index: usize| field.least(index) < least - GAIN * least.abs();
        decision.binding = constraints.clone().map(|own| field.step(own, better)).collect();
        let without = constraints.map(|own| {
            let best = self::good(candidates, Some(own)).min_by(|a, b| field.order(*a, *b));
            best.filter(|&index| better(index))
        });
        decision.without = without.collect();
    } else {
        decision.binding = vec![None; first.checks.len()];
        decision.without = vec![None; first.checks.len()];
        let steps = constraints.filter_map(|own| Some((own, field.step(own, |_| true)?)));
        decision.relax = steps.collect();
        decision.relax.sort_by(|(_, one), (_, other)| one.excess.total_cmp(&other.excess));
        decision.nearest = (0..candidates.len()).min_by(|one, other| field.nearer(*one, *other));
    }
    decision
}

/// The candidates that hold every constraint, `except` left out.
fn good(candidates: &[Candidate], except: Option<usize>) -> impl Iterator<Item = usize> + '_ {
    let holds = move |candidate: &Candidate| {
        let mut checks = candidate.checks.iter().enumerate();
        checks.all(|(index, check)| check.held || Some(index) == except)
    };
    (0..candidates.len()).filter(move |&index| holds(&candidates[index]))
}

fn ends(objectives: &[[f64; 3]], front: &[usize]) -> [(f64, f64); 3] {
    std::array::from_fn(|objective| {
        let values = front.iter().map(|&own| objectives[own][objective]).filter(|v| v.is_finite());
        let least = values.clone().fold(f64::INFINITY, f64::min);
        (least, values.fold(f64::NEG_INFINITY, f64::max))
    })
}

impl Field<'_> {
    /// What is to be least: for the balance, the sum of the objectives, each scaled to run from 0
    /// to 1 over the front, which the knee has least of.
    fn least(&self, index: usize) -> f64 {
        let candidate = &self.candidates[index];
        candidate.least.unwrap_or_else(|| {
            let parts = candidate.objectives.iter().zip(self.ends).map(|(value, (from, to))| {
                if to > from { (value - from) / (to - from) } else { 0.0 }
            });
            parts.sum()
        })
    }

    /// By what is to be least; of equals by exposure, load and people's cost, then by how little
    /// changes.
    fn order(&self, one: usize, other: usize) -> Ordering {
        let rest = |index: usize| {
            let [people, load, exposure] = self.candidates[index].objectives;
            [exposure, load, people]
        };
        let change = |index: usize| self.candidates[index].change;
        let first = self.least(one).total_cmp(&self.least(other));
        let then = first.then_with(|| compare(&rest(one), &rest(other)));
        then.then_with(|| change(one).total_cmp(&change(other))).then(one.cmp(&other))
    }

    /// The smallest step of a constraint that lets in a point that is `worth` it.
    fn step(&self, constraint: usize, worth: impl Fn(usize) -> bool) -> Option<Step> {
        let check = |index: usize| self.candidates[index].checks[constraint];
        let let_in = good(self.candidates, Some(constraint))
            .filter(|&index| !check(index).held && check(index).excess.is_finite() && worth(index));
        let nearest = let_in.min_by(|&one, &other| {
            let nearer = check(one).excess.total_cmp(&check(other).excess);
            nearer.then_with(|| self.order(one, other))
        })?;
        let Check { value, excess, .. } = check(nearest);
        Some(Step { candidate: nearest, to: value, excess })
    }

    /// By how far points are from holding every constraint.
    fn nearer(&self, one: usize, other: usize) -> Ordering {
        let far = |index: usize| {
            let excesses = self.candidates[index].checks.iter().map(|check| check.excess);
            let (endless, finite): (Vec<f64>, Vec<f64>) = excesses.partition(|e| e.is_infinite());
            (endless.len(), finite.iter().sum::<f64>())
        };
        let (a, b) = (far(one), far(other));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then_with(|| self.order(one, other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A point of these objectives whose people's cost is to be least; `values` are held against
    /// limits of 10.
    fn candidate(objectives: [f64; 3], values: &[f64]) -> Candidate {
        let check = |value: &f64| {
            let held = *value <= 10.0;
            Check { held, value: *value, excess: if held { 0.0 } else { value / 10.0 - 1.0 } }
        };
        let checks = values.iter().map(check).collect();
        Candidate { objectives, least: Some(objectives[0]), change: 0.0, checks }
    }

    #[test]
    fn the_best_of_the_good_and_what_keeps_a_better_one_away() {
        let candidates = [
            candidate([3.0, 1.0, 1.0], &[5.0, 5.0]),
            candidate([2.0, 1.0, 9.0], &[9.0, 5.0]),
            candidate([2.0, 1.0, 8.0], &[9.0, 5.0]),
            candidate([1.0, 1.0, 9.0], &[12.0, 5.0]),
            candidate([0.5, 1.0, 9.0], &[15.0, 5.0]),
            candidate([0.1, 1.0, 9.0], &[15.0, 11.0]),
        ];
        let decision = decide(&candidates);
        assert_eq!(decision.best, Some(2));
        assert_eq!(decision.front, [0, 2]);
        let step = decision.binding[0].unwrap();
        assert_eq!((step.candidate, step.to), (3, 12.0));
        assert_eq!(decision.binding[1], None);
        assert_eq!(decision.without, [Some(4), None]);
        assert_eq!((decision.relax, decision.nearest), (vec![], None));
    }

    #[test]
    fn the_balance_is_the_knee() {
        let mut candidates: Vec<Candidate> =
            [[0.0, 1.0, 9.0], [2.0, 1.0, 1.0], [9.0, 1.0, 0.0], [1.0, 1.0, 6.0]]
                .map(|objectives| candidate(objectives, &[]))
                .into();
        candidates.iter_mut().for_each(|candidate| candidate.least = None);
        let decision = decide(&candidates);
        assert_eq!((decision.best, decision.knee), (Some(1), Some(1)));
    }

    #[test]
    fn where_nothing_is_good_it_says_what_would_have_to_give() {
        let candidates = [
            candidate([3.0, 1.0, 1.0], &[5.0, 30.0]),
            candidate([2.0, 1.0, 9.0], &[12.0, 5.0]),
            candidate([1.0, 1.0, 9.0], &[13.0, 5.0]),
            candidate([1.0, 1.0, 9.0], &[10.5, 10.5]),
        ];
        let decision = decide(&candidates);
        assert_eq!((decision.best, decision.knee), (None, None));
        let relax: Vec<_> = decision.relax.iter().map(|(index, step)| (*index, step.to)).collect();
        assert_eq!(relax, [(0, 12.0), (1, 30.0)]);
        assert_eq!(decision.nearest, Some(3));
        assert_eq!(decide(&[]).best, None);
    }

    proptest! {
        #[test]
        fn the_best_is_good_least_and_on_the_front(
            points in prop::collection::vec(
                (prop::array::uniform3(0_u8..8), prop::array::uniform2(5_u8..15)), 1..40)
        ) {
            let candidates: Vec<Candidate> = points
                .iter()
                .map(|(o, v)| candidate(o.map(f64::from), &v.map(f64::from)))
                .collect();
            let decision = decide(&candidates);
            let good = |c: &&Candidate| c.checks.iter().all(|check| check.value <= 10.0);
            let people = candidates.iter().filter(good).map(|candidate| candidate.objectives[0]);
            let found = decision.best.map(|best| candidates[best].objectives);
            prop_assert_eq!(found.map(|own| own[0]), people.min_by(f64::total_cmp));
            if let Some(own) = found {
                let mut front = decision.front.iter().map(|&index| candidates[index].objectives);
                prop_assert!(front.any(|other| other == own));
            }
            for (constraint, step) in decision.binding.iter().enumerate() {
                let Some(step) = step else { continue };
                let let_in = &candidates[step.candidate];
                prop_assert!(let_in.objectives[0] < found.unwrap()[0]);
                for (index, check) in let_in.checks.iter().enumerate() {
                    prop_assert_eq!(check.held, index != constraint);
                }
            }
        }
    }
}
