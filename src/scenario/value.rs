//! Checked values, and how a scenario would write them.

use std::fmt;

use super::condition::Condition;
use super::sweep::{WrittenAxis, WrittenConstraint};
use crate::model::{Instant, Lifetime, Limit, Span};
use crate::trace::synthetic::Distribution;

/// What a [`Value`] may hold, to be asked for by type.
pub(super) trait Typed: Sized {
    /// What `value` holds, if it is of this type.
    fn of(value: &Value) -> Option<Self>;
}

macro_rules! values {
    ($($variant:ident($inner:ty)),* $(,)?) => {
        /// A value of one of the registry's kinds.
        #[derive(Clone, Debug, PartialEq)]
        pub(super) enum Value {
            $($variant($inner)),*
        }

        $(impl Typed for $inner {
            fn of(value: &Value) -> Option<Self> {
                match value {
                    Value::$variant(inner) => Some(inner.clone()),
                    _ => None,
                }
            }
        })*
    };
}

values! {
    Text(String),
    Texts(Vec<String>),
    Conditions(Vec<Condition>),
    Pairs(Vec<(String, String)>),
    Flag(bool),
    Whole(u64),
    Number(f64),
    Rate(Option<f64>),
    Span(Span),
    Limit(Limit),
    Lifetime(Lifetime),
    Word(&'static str),
    Words(Vec<&'static str>),
    Weights(Vec<(String, f64)>),
    Day(Vec<f64>),
    Hours(Box<[f64; 168]>),
    Distribution(Distribution),
    Dates(Vec<i32>),
    Instant(Instant),
    Axes(Vec<WrittenAxis>),
    Constraints(Vec<WrittenConstraint>),
}

/// As TOML, in the form that a person would write.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&string(text)),
            Self::Texts(texts) => array(f, texts.iter().map(|text| string(text))),
            Self::Conditions(conditions) => {
                array(f, conditions.iter().map(|condition| string(&condition.to_string())))
            }
            Self::Pairs(pairs) => {
                let pairs =
                    pairs.iter().map(|(name, text)| format!("{} = {}", key(name), string(text)));
                write!(f, "{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
            }
            Self::Flag(flag) => flag.fmt(f),
            Self::Whole(number) => number.fmt(f),
            Self::Number(number) | Self::Rate(Some(number)) => number.fmt(f),
            Self::Rate(None) => f.write_str("\"none\""),
            Self::Span(span) => write!(f, "\"{span}\""),
            Self::Limit(limit) | Self::Lifetime(Lifetime::Fixed(limit)) => {
                write!(f, "\"{limit}\"")
            }
            Self::Lifetime(Lifetime::Between { min, max }) => {
                write!(f, "{{ min = \"{min}\", max = \"{max}\" }}")
            }
            Self::Word(word) => write!(f, "\"{word}\""),
            Self::Words(words) => array(f, words.iter().map(|word| string(word))),
            Self::Weights(weights) => {
                let pairs =
                    weights.iter().map(|(name, weight)| format!("{} = {weight}", key(name)));
                write!(f, "{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
            }
            Self::Day(hours) => array(f, hours.iter().map(f64::to_string)),
            Self::Hours(hours) => array(f, hours.iter().map(f64::to_string)),
            Self::Distribution(Distribution::Exponential { mean }) => {
                write!(f, "{{ mean = \"{mean}ms\" }}")
            }
            Self::Distribution(Distribution::LogNormal(components)) => array(
                f,
                components.iter().map(|part| {
                    let (weight, median, sigma) = (part.weight, part.median, part.sigma);
                    format!("{{ weight = {weight}, median = \"{median}ms\", sigma = {sigma} }}")
                }),
            ),
            Self::Dates(days) => array(f, days.iter().map(|day| format!("\"{}\"", date(*day)))),
            // Neither is a policy's setting, which alone are shown.
            Self::Axes(axes) => write!(f, "{} axes", axes.len()),
            Self::Constraints(all) => write!(f, "{} constraints", all.len()),
            Self::Instant(instant) => {
                let shown = jiff::Timestamp::from_millisecond(instant.as_millis());
                write!(f, "\"{}\"", shown.map_or_else(|_| String::new(), |at| at.to_string()))
            }
        }
    }
}

/// A key as TOML writes it: bare where it can be.
pub(super) fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { string(name) }
}

/// A basic string of TOML.
pub(super) fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn array(f: &mut fmt::Formatter<'_>, items: impl Iterator<Item = String>) -> fmt::Result {
    write!(f, "[{}]", items.collect::<Vec<_>>().join(", "))
}

/// A day since 1970-01-01 as a calendar date.
fn date(day: i32) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    let date = epoch.checked_add(jiff::Span::new().days(i64::from(day)));
    date.map_or_else(|_| day.to_string(), |date| date.to_string())
}
