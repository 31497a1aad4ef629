//! From axes to points: every combination of their values that the constraints allow.

use crate::cli::Failure;
use crate::cli::evaluate::{Evaluator, Point};
use crate::cli::terminal::Terminal;
use crate::experiment::Gaps;
use crate::model::{Limit, Span};
use crate::scenario::{Amount, AxisSpec, Constraint, Grid, Variants, readable_grid};
use crate::swept::{Axis, AxisValue, Counts};

/// Resolved axes.
pub(super) struct Axes {
    pub(super) told: Vec<Axis>,
    /// By axis and value: what is set; nothing for the current value.
    values: Vec<Vec<Option<String>>>,
}

/// The points of a sweep.
pub(super) struct Told {
    /// Each with its place on the axes; the current setting first.
    pub(super) points: Vec<(Vec<usize>, Option<Point>)>,
    /// How many no constraint let in.
    pub(super) left_out: u64,
    /// How many have settings without an effect, and what one of them is told.
    pub(super) without_effect: usize,
    pub(super) warning: String,
}

/// Points enough for every question, and a slip of a digit away from a night.
const MOST_POINTS: usize = 100_000;

/// Automatic values are quantiles of the gaps from here on: shorter ones lie within a visit, and no
/// idle timeout.
const LEAST_GAP: Limit = Limit::of(Span::from_mins(1));

/// Whether an axis takes its values from the activity.
pub(in crate::cli) fn is_auto(axis: &AxisSpec) -> bool {
    matches!(axis.grid, Grid::Auto(_))
}

impl Axes {
    /// The axes with their values; `current` are what holds now, by axis.
    pub(super) fn new(
        specs: Vec<AxisSpec>,
        current: &[Option<String>],
        gaps: Option<&Gaps>,
    ) -> Result<Self, Failure> {
        let mut axes = Self { told: Vec::new(), values: Vec::new() };
        for (spec, current) in specs.into_iter().zip(current) {
            let values = match spec.grid {
                Grid::Values(values) => values,
                Grid::Auto(points) => {
                    let found = gaps.map(|gaps| quantiles(gaps, points)).unwrap_or_default();
                    if found.is_empty() {
                        return Err(Failure::Usage(format!(
                            "{}: nobody comes back, so there are no gaps for `auto`; give values",
                            spec.key
                        )));
                    }
                    found
                }
            };
            axes.add(spec.key, values, current.as_deref());
        }
        let all =
            axes.told.iter().try_fold(1_usize, |all, axis| all.checked_mul(axis.values.len()));
        if all.is_none_or(|all| all > MOST_POINTS) {
            let sizes: Vec<String> =
                axes.told.iter().map(|axis| axis.values.len().to_string()).collect();
            return Err(Failure::Usage(format!(
                "{} points are more than {MOST_POINTS}: give the axes fewer values",
                sizes.join(" × ")
            )));
        }
        Ok(axes)
    }

    fn add(&mut self, key: String, values: Vec<String>, current: Option<&str>) {
        const NOT_SET: &str = "not set";
        let mut all: Vec<(String, Option<String>)> = Vec::with_capacity(values.len() + 1);
        let now = current.unwrap_or(NOT_SET);
        all.push((now.to_owned(), None));
        for value in values {
            let same = |(known, _): &(String, Option<String>)| {
                known == &value
                    || Amount::of(known) != Amount::Words && Amount::of(known) == Amount::of(&value)
            };
            if !all.iter().any(same) {
                all.push((value.clone(), Some(value)));
            }
        }
        // Where every value has its place in an order, so has the axis.
        let order = |one: &str, other: &str| Amount::of(one).compare(Amount::of(other));
        let is_ordered = all.iter().all(|(text, _)| order(text, &all[0].0).is_some());
        if is_ordered {
            all.sort_by(|(one, _), (other, _)| {
                order(one, other).unwrap_or(std::cmp::Ordering::Equal)
            });
        }
        let amounts = all.iter().map(|(text, _)| Amount::of(text));
        let counts = match is_ordered {
            false => Counts::Words,
            true if amounts.clone().all(|amount| matches!(amount, Amount::Time(_))) => Counts::Time,
            true => Counts::Number,
        };
        let amount = |amount: Amount| match amount {
            _ if !is_ordered => None,
            Amount::Time(limit) => {
                Some(limit.span().map_or(f64::INFINITY, |span| span.as_millis() as f64))
            }
            Amount::Number(number) => Some(number),
            Amount::Words => None,
        };
        let told = all.iter().zip(amounts.map(amount));
        let told = told.map(|((text, _), amount)| AxisValue { text: text.clone(), amount });
        self.told.push(Axis {
            key,
            values: told.collect(),
            current: all.iter().position(|(_, set)| set.is_none()).unwrap_or(0),
            counts,
        });
        self.values.push(all.into_iter().map(|(_, set)| set).collect());
    }

    /// Every combination that `constraints` allow, ready to be replayed. The current setting is
    /// among them whether or not they do.
    pub(super) fn points(
        &self,
        evaluator: &mut Evaluator<'_>,
        variants: &Variants,
        constraints: &[Constraint],
        base: Point,
        terminal: &Terminal,
    ) -> Result<Told, Failure> {
        let current: Vec<usize> = self.told.iter().map(|axis| axis.current).collect();
        // What the current setting is told, every point would be told again.
        let known = base.warnings.clone();
        let mut told = Told {
            points: vec![(current.clone(), Some(base))],
            left_out: 0,
            without_effect: 0,
            warning: String::new(),
        };
        let all: usize = self.values.iter().map(Vec::len).product();
        for number in 0..all {
            let place = self.place(number);
            if place == current {
                continue;
            }
            let set = self.settings(&place);
            let overrides: Vec<String> =
                set.iter().map(|(key, value)| variants.setting(key, value)).collect();
            let wrong = |errors: crate::scenario::ScenarioErrors| {
                let pairs: Vec<String> =
                    set.iter().map(|(key, value)| format!("{key} = {value}")).collect();
                Failure::Usage(format!(
                    "{}\nThis is the point {}; `where` in [sweep], or --where, leaves points out.",
                    errors.render(terminal.colors_errors()).trim_end(),
                    pairs.join(", ")
                ))
            };
            let variant = variants.with(&overrides).map_err(wrong)?;
            if !constraints.iter().all(|own| own.holds(|key| variant.value(key))) {
                told.left_out += 1;
                continue;
            }
            let mut point = evaluator.point(variant.scenario().map_err(wrong)?);
            let mut warnings = std::mem::take(&mut point.warnings).into_iter();
            if let Some(warning) = warnings.find(|own| !known.contains(own)) {
                told.without_effect += 1;
                if told.warning.is_empty() {
                    told.warning = warning;
                }
            }
            told.points.push((place, Some(point)));
        }
        Ok(told)
    }

    /// Where on each axis the point of that number is; the last axis goes fastest.
    fn place(&self, mut number: usize) -> Vec<usize> {
        let mut place = vec![0; self.values.len()];
        for (own, values) in place.iter_mut().zip(&self.values).rev() {
            (*own, number) = (number % values.len(), number / values.len());
        }
        place
    }

    /// What is set at a place; the current values are not set anew.
    fn settings(&self, place: &[usize]) -> Vec<(&str, &str)> {
        let axes = self.told.iter().zip(&self.values).zip(place);
        axes.filter_map(|((axis, values), own)| Some((axis.key.as_str(), values[*own].as_deref()?)))
            .collect()
    }
}

/// So many readable spans between which equally many of the longer gaps lie.
pub(in crate::cli) fn quantiles(gaps: &Gaps, points: usize) -> Vec<String> {
    let all = gaps.count();
    let longer = match gaps.relogins(LEAST_GAP) {
        0 => all,
        longer => longer,
    };
    let below = 1.0 - longer as f64 / all.max(1) as f64;
    let share = |point: usize| below + (1.0 - below) * (point as f64 + 0.5) / points as f64;
    let shares: Vec<f64> = (0..points).map(share).collect();
    readable_grid(gaps.quantiles(&shares).unwrap_or_default())
}
