//! Where the values of an axis stand along a line.

use super::super::text::{SMALL, width};
use crate::report::numeral::short;
use crate::swept::{Axis, Counts};

/// Places of an axis' values, from 0 to 1.
#[derive(Clone, Debug)]
pub(super) struct Across {
    places: Vec<f64>,
    /// For amounts between the values: the least, the greatest, and whether distances are ratios.
    between: Option<(f64, f64, bool)>,
    /// Where the greatest finite amount stands: `none` stands apart, to its right.
    end: f64,
}

/// From this ratio on, distances are ratios.
const LOGARITHMIC: f64 = 8.0;

impl Across {
    pub(super) fn of(axis: &Axis) -> Self {
        let finite: Vec<f64> = axis
            .values
            .iter()
            .filter_map(|value| value.amount)
            .filter(|amount| amount.is_finite())
            .collect();
        let (Some(&least), Some(&most)) = (finite.first(), finite.last()) else {
            return Self::even(axis);
        };
        let is_log = least > 0.0 && most / least >= LOGARITHMIC;
        // From zero on no distance is a ratio, and a wide range would lie on one heap.
        let is_heap = least <= 0.0 && finite.get(1).is_some_and(|next| most / next > 20.0);
        if axis.counts == Counts::Words || least >= most || is_heap {
            return Self::even(axis);
        }
        let has_end = finite.len() < axis.values.len();
        let mut own = Self {
            places: Vec::new(),
            between: Some((least, most, is_log)),
            end: if has_end { 0.9 } else { 1.0 },
        };
        let place = |amount: f64| own.place(amount).unwrap_or(1.0);
        let places = axis.values.iter().map(|value| value.amount.map_or(1.0, place));
        own.places = places.collect();
        own
    }

    /// One value beside the other.
    fn even(axis: &Axis) -> Self {
        let last = axis.values.len().saturating_sub(1).max(1) as f64;
        let places = (0..axis.values.len()).map(|index| index as f64 / last);
        Self { places: places.collect(), between: None, end: 1.0 }
    }

    /// Where a value stands.
    pub(super) fn of_value(&self, value: usize) -> f64 {
        self.places[value]
    }

    /// Where an amount would stand, if amounts between the values have a place; beyond the ends
    /// they have none.
    pub(super) fn place(&self, amount: f64) -> Option<f64> {
        let (least, most, is_log) = self.between?;
        if !amount.is_finite() {
            return Some(1.0);
        }
        let part = match is_log {
            true => libm::log10(amount / least) / libm::log10(most / least),
            false => (amount - least) / (most - least),
        };
        (-1e-9..=1.0 + 1e-9).contains(&part).then_some(part.clamp(0.0, 1.0) * self.end)
    }

    /// The values whose names find room along a line of that length: the current one first, then
    /// the ends, then the rest.
    pub(super) fn marks(&self, axis: &Axis, length: f64) -> Vec<(usize, String)> {
        let last = axis.values.len() - 1;
        let mut order = vec![axis.current, 0, last];
        order.extend(1..last);
        let mut marks: Vec<(usize, String)> = Vec::new();
        for value in order {
            let name = short(&axis.values[value].text, 16);
            let room = |one: usize, text: &str, other: usize, own: &str| {
                let apart = (self.places[one] - self.places[other]).abs() * length;
                apart >= (width(text, SMALL) + width(own, SMALL)) / 2.0 + 12.0
            };
            if marks.iter().all(|(other, text)| room(*other, text, value, &name)) {
                marks.push((value, name));
            }
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swept::AxisValue;

    fn axis(amounts: &[Option<f64>], counts: Counts) -> Axis {
        let value = |amount: &Option<f64>| AxisValue { text: "x".into(), amount: *amount };
        Axis { key: "k".into(), values: amounts.iter().map(value).collect(), current: 0, counts }
    }

    #[test]
    fn values_stand_in_order_and_none_stands_apart() {
        let of = |amounts: &[f64]| {
            let amounts: Vec<Option<f64>> = amounts.iter().copied().map(Some).collect();
            Across::of(&axis(&amounts, Counts::Time)).places
        };
        assert_eq!(of(&[1.0, 10.0, 100.0]), [0.0, 0.5, 1.0]);
        assert_eq!(of(&[1.0, 100.0, f64::INFINITY]), [0.0, 0.9, 1.0]);
        assert_eq!(of(&[0.0, 1.0, 2.0]), [0.0, 0.5, 1.0]);
        assert_eq!(of(&[0.0, 1.0, 1e6]), [0.0, 0.5, 1.0]);
        assert_eq!(of(&[f64::INFINITY]), [0.0]);
        assert_eq!(Across::of(&axis(&[None, None], Counts::Words)).places, [0.0, 1.0]);
        let across = Across::of(&axis(&[Some(1.0), Some(100.0)], Counts::Time));
        assert_eq!([0.5, 10.0, 101.0].map(|amount| across.place(amount)), [None, Some(0.5), None]);
    }
}
