//! The search itself: the grid, then rounds around the best policy and around the knee.

use super::decide::{Candidate, Decision, decide};
use super::search::{Point, Space};

/// How far a search goes.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Rounds after the grid; each halves what lies between the values around a point.
    pub rounds: usize,
    /// No round begins once so many points were tried.
    pub most: usize,
}

/// What a search tried, and what it found; numbers are places in `points`.
#[derive(Clone, Debug)]
pub struct Explored<T> {
    /// Every point that could be evaluated, today's first.
    pub points: Vec<(Point, T)>,
    /// What each came to.
    pub candidates: Vec<Candidate>,
    /// How many of them the grid has, today's included.
    pub grid: usize,
    /// What was found.
    pub decision: Decision,
}

/// Evaluates today's point, the grid, and what lies around the best of it. `evaluate` gives nothing
/// for a point that is no policy.
///
/// # Errors
/// What `evaluate` fails with.
pub fn explore<T, E>(
    space: &mut Space,
    today: Point,
    effort: Effort,
    makes_sense: impl Fn(&Point) -> bool,
    mut evaluate: impl FnMut(&[Point]) -> Result<Vec<Option<(T, Candidate)>>, E>,
) -> Result<Explored<T>, E> {
    let mut points = vec![today];
    space.ask(&points[0]);
    points.extend(space.grid(&makes_sense));
    let mut explored = Explored {
        points: Vec::new(),
        candidates: Vec::new(),
        grid: 0,
        decision: Decision::default(),
    };
    for round in 0..=effort.rounds {
        let told = evaluate(&points)?;
        for (point, told) in points.drain(..).zip(told) {
            if let Some((told, candidate)) = told {
                explored.points.push((point, told));
                explored.candidates.push(candidate);
            }
        }
        explored.decision = decide(&explored.candidates);
        if round == 0 {
            explored.grid = explored.points.len();
        }
        if explored.points.len() >= effort.most {
            break;
        }
        for centre in centres(&explored.decision) {
            points.extend(space.around(&explored.points[centre].0, &makes_sense));
        }
        if points.is_empty() {
            break;
        }
    }
    Ok(explored)
}

/// Where to look closer: at the best and the knee or, where nothing is good, at what comes nearest.
fn centres(decision: &Decision) -> Vec<usize> {
    let good = [decision.best, decision.knee, decision.nearest];
    let relax = decision.relax.first().map(|(_, step)| step.candidate);
    let mut centres: Vec<usize> = good.into_iter().chain([relax]).flatten().collect();
    centres.sort_unstable();
    centres.dedup();
    centres
}

#[cfg(test)]
mod tests {
    use super::super::decide::Check;
    use super::super::search::{Axis, Choice};
    use super::*;
    use crate::model::{Limit, Span};

    fn minutes(minutes: i64) -> Choice {
        Choice::Limit(Limit::of(Span::from_mins(minutes)))
    }

    /// People want it long, and it must not be longer than 100 minutes.
    fn candidate(point: &Point) -> Candidate {
        let length = point[0].limit().unwrap().span().unwrap().as_secs_f64() / 60.0;
        let held = length <= 100.0;
        let excess = if held { 0.0 } else { length / 100.0 - 1.0 };
        let checks = vec![Check { held, value: length, excess }];
        let people = 1_000.0 / length;
        Candidate { objectives: [people, 1.0, length], least: Some(people), change: 0.0, checks }
    }

    fn search(rounds: usize, most: usize) -> (Explored<()>, usize) {
        let axis = Axis::new("idle", [15, 30, 60, 120, 240].map(minutes).into());
        let mut space = Space::new(vec![axis]);
        let mut asked = 0;
        let explored = explore(
            &mut space,
            vec![minutes(120)],
            Effort { rounds, most },
            |_| true,
            |points| {
                asked += points.len();
                Ok::<_, ()>(points.iter().map(|point| Some(((), candidate(point)))).collect())
            },
        );
        (explored.unwrap(), asked)
    }

    #[test]
    fn refinement_closes_in_on_the_limit() {
        let (grid, asked) = search(0, 1_000);
        assert_eq!((grid.grid, asked, grid.points.len()), (5, 5, 5));
        assert_eq!(grid.points[grid.decision.best.unwrap()].0, [minutes(60)]);
        let (fine, asked) = search(8, 1_000);
        assert_eq!(asked, fine.points.len());
        assert_eq!(fine.points[fine.decision.best.unwrap()].0, [minutes(100)]);
        assert_eq!(fine.points[0].0, [minutes(120)], "today's comes first");
        let step = fine.decision.binding[0].unwrap();
        assert_eq!(fine.points[step.candidate].0, [minutes(105)]);
        let (bounded, _) = search(8, 6);
        assert!(bounded.points.len() < fine.points.len());
    }
}
