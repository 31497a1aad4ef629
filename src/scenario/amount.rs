//! How much a value is, so that values can be put in order.

use std::cmp::Ordering;

use super::duration;
use crate::model::Limit;

/// How much a value is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// A length of time; `none` is the longest.
    Time(Limit),
    /// A number.
    Number(f64),
    /// It has no order.
    Words,
}

impl Amount {
    /// The amount of a value as `--set` takes it: `15m`, `none`, `0.5`.
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        if text == "none" {
            return Self::Time(Limit::NONE);
        }
        if let Ok(span) = duration::parse(text) {
            return Self::Time(Limit::of(span));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Number(number),
            _ => Self::Words,
        }
    }

    /// Which of two is more; nothing if they cannot be compared.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Time(one), Self::Time(other)) => Some(one.cmp(&other)),
            (Self::Number(one), Self::Number(other)) => one.partial_cmp(&other),
            // A setting that counts in some unit may have no limit as well.
            (Self::Number(_), Self::Time(Limit::NONE)) => Some(Ordering::Less),
            (Self::Time(Limit::NONE), Self::Number(_)) => Some(Ordering::Greater),
            _ => None,
        }
    }
}
