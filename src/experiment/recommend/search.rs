//! The space of policies: a grid over a few settings, then finer around what looks best.

use std::collections::BTreeSet;

use crate::model::{Limit, Span};

/// A value that a setting can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// A timeout or a lifetime; between two of them there are others.
    Limit(Limit),
    /// Anything else, as TOML.
    Toml(String),
}

/// A setting that may change, and the values tried so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Its key below the policy.
    pub key: String,
    /// Distinct; limits ascending.
    pub values: Vec<Choice>,
}

/// A value for each axis.
pub type Point = Vec<Choice>;

/// The settings that may change, and the points that were asked for.
#[derive(Clone, Debug)]
pub struct Space {
    axes: Vec<Axis>,
    asked: BTreeSet<Point>,
}

impl Choice {
    /// The limit, if it is one.
    pub fn limit(&self) -> Option<Limit> {
        match self {
            Self::Limit(limit) => Some(*limit),
            Self::Toml(_) => None,
        }
    }

    /// As TOML.
    pub fn toml(&self) -> String {
        match self {
            Self::Limit(limit) => format!("\"{limit}\""),
            Self::Toml(text) => text.clone(),
        }
    }
}

impl Axis {
    /// An axis over these values, limits in ascending order.
    pub fn new(key: impl Into<String>, mut values: Vec<Choice>) -> Self {
        if values.iter().all(|value| value.limit().is_some()) {
            values.sort();
        }
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
        Self { key: key.into(), values }
    }

    /// The values halfway, by their quotient, to those tried on either side of `value`.
    fn between(&self, value: &Choice) -> Vec<Choice> {
        let Some(own) = value.limit() else { return Vec::new() };
        let limits = || self.values.iter().filter_map(Choice::limit);
        let below = limits().filter(|limit| *limit < own).max();
        let above = limits().filter(|limit| *limit > own).min();
        let beside = [below, above].into_iter().flatten();
        beside.filter_map(|other| middle(own, other)).map(Choice::Limit).collect()
    }
}

/// A length of time between two others that people would write, near the root of their product.
fn middle(one: Limit, other: Limit) -> Option<Limit> {
    let (low, high) = (one.min(other).span()?, one.max(other).span()?);
    let root = libm::sqrt(low.as_millis() as f64) * libm::sqrt(high.as_millis() as f64);
    // Steps that leave two digits or so at any length.
    let steps = [1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000];
    let fitting = steps.into_iter().rev().find(|step| *step as f64 * 12.0 <= root);
    let step = fitting.unwrap_or(1_000);
    let rounded = (root / step as f64).round() as i64 * step;
    let inside = low.as_millis() < rounded && rounded < high.as_millis();
    inside.then(|| Limit::of(Span::from_millis(rounded)))
}

impl Space {
    /// The space over some axes.
    pub fn new(axes: Vec<Axis>) -> Self {
        Self { axes, asked: BTreeSet::new() }
    }

    /// The axes, with every value that was tried.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// How many points the grid has, those that make no sense included.
    pub fn size(&self) -> usize {
        self.axes.iter().fold(1, |size: usize, axis| size.saturating_mul(axis.values.len()))
    }

    /// Takes a point as asked for.
    pub fn ask(&mut self, point: &Point) {
        self.asked.insert(point.clone());
    }

    /// Every combination of the axes' values that makes sense and was not asked for yet, the last
    /// axis turning fastest.
    pub fn grid(&mut self, makes_sense: impl Fn(&Point) -> bool) -> Vec<Point> {
        let values: Vec<Vec<Choice>> = self.axes.iter().map(|axis| axis.values.clone()).collect();
        self.fresh(&values, makes_sense)
    }

    /// The points around `centre`, each axis at its value or halfway to the next ones tried, that
    /// were not asked for yet. The values in between count as tried afterwards.
    pub fn around(&mut self, centre: &Point, makes_sense: impl Fn(&Point) -> bool) -> Vec<Point> {
        let mut values = Vec::new();
        for (axis, own) in self.axes.iter_mut().zip(centre) {
            let mut here = vec![own.clone()];
            here.extend(axis.between(own));
            axis.values.extend_from_slice(&here[1..]);
            if own.limit().is_some() {
                axis.values.sort();
            }
            values.push(here);
        }
        self.fresh(&values, makes_sense)
    }

    /// The combinations of values that make sense and were not asked for yet.
    fn fresh(
        &mut self,
        values: &[Vec<Choice>],
        makes_sense: impl Fn(&Point) -> bool,
    ) -> Vec<Point> {
        let mut points: Vec<Point> = vec![Vec::new()];
        for values in values {
            let mut longer = Vec::with_capacity(points.len() * values.len());
            for point in &points {
                longer.extend(values.iter().map(|value| [point, &[value.clone()][..]].concat()));
            }
            points = longer;
        }
        points.retain(|point| makes_sense(point) && self.asked.insert(point.clone()));
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(minutes: &[i64]) -> Vec<Choice> {
        minutes.iter().map(|minutes| Choice::Limit(Limit::of(Span::from_mins(*minutes)))).collect()
    }

    fn told(points: &[Point]) -> Vec<String> {
        let told = |point: &Point| {
            point.iter().map(Choice::toml).collect::<Vec<_>>().join(" ").replace('"', "")
        };
        points.iter().map(told).collect()
    }

    #[test]
    fn a_grid_is_asked_for_once() {
        let flags = vec![Choice::Toml("true".to_owned()), Choice::Toml("false".to_owned())];
        let axes = vec![Axis::new("a", limits(&[60, 15, 15])), Axis::new("b", flags)];
        let mut space = Space::new(axes);
        assert_eq!(space.size(), 4);
        let grid = space.grid(|_| true);
        assert_eq!(told(&grid), ["15m true", "15m false", "1h true", "1h false"]);
        assert!(space.grid(|_| true).is_empty());
    }

    #[test]
    fn around_a_point_it_gets_finer_until_nothing_lies_between() {
        let mut values = limits(&[15, 60, 240]);
        values.push(Choice::Limit(Limit::NONE));
        let mut space = Space::new(vec![Axis::new("a", values)]);
        space.grid(|_| true);
        let centre = limits(&[60]);
        assert_eq!(told(&space.around(&centre, |_| true)), ["30m", "2h"]);
        assert_eq!(told(&space.around(&centre, |_| true)), ["42m", "1h25m"]);
        assert_eq!(space.around(&centre, |point| point[0] < centre[0]).len(), 1);
        // To what never ends there is no halfway.
        assert_eq!(space.around(&limits(&[240]), |_| true).len(), 1);
        for _ in 0..40 {
            space.around(&centre, |_| true);
        }
        assert!(space.around(&centre, |_| true).is_empty());
    }
}
