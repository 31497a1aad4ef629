//! Values of the kinds that synthetic users are made of.

use toml::de::{DeArray, DeValue};

use super::{Reader, Toml};
use crate::model::{Instant, Span};
use crate::scenario::registry::{
    Group, Kind, MEAN, MEDIAN, MOST_WEIGHT, SIGMA, WEEKDAY, WEEKEND, WEIGHT,
};
use crate::scenario::tree::Table;
use crate::trace::synthetic::{Component, Distribution};

impl Reader {
    /// Weights by name, in byte order whatever the file's: the order in which they are written
    /// must not change who people are.
    pub(super) fn weights(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<Vec<(String, f64)>> {
        let DeValue::Table(entries) = toml.get_ref() else {
            return self.mismatch(kind, toml);
        };
        let mut weights = Vec::new();
        let mut good = true;
        for (name, weight) in entries {
            if matches!(kind, Kind::ZoneWeights) {
                let key = toml::Spanned::new(name.span(), DeValue::Boolean(true));
                good &= self.time_zone(&key, name.get_ref()).is_some();
            }
            let weight = self.weight(weight);
            good &= weight.is_some();
            weights.push((name.get_ref().to_string(), weight.unwrap_or(0.0)));
        }
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        if good && total == 0.0 {
            let title = "the weights add up to 0";
            return self.refuse(toml, title, "give at least one of them a weight above 0");
        }
        good.then_some(weights)
    }

    fn weight(&mut self, toml: &Toml<'_>) -> Option<f64> {
        self.number(Kind::Number(0.0, MOST_WEIGHT), 0.0, MOST_WEIGHT, toml)
    }

    /// 24 weights, or 168, or 24 each for weekday and weekend, as those of a week.
    pub(super) fn hours(
        &mut self,
        kind: Kind,
        group: &'static Group,
        toml: &Toml<'_>,
    ) -> Option<Box<[f64; 168]>> {
        let week: Vec<f64> = match toml.get_ref() {
            DeValue::Array(items) if items.len() == 168 => self.numbers(items)?,
            DeValue::Array(_) => self.day(kind, toml)?.repeat(7),
            DeValue::Table(entries) => {
                let place = self.place(toml.span());
                let halves = self.table(group, entries, place);
                self.require(group, &halves);
                let (weekday, weekend): (Vec<f64>, Vec<f64>) =
                    (halves.get(&WEEKDAY)?, halves.get(&WEEKEND)?);
                [weekday.repeat(5), weekend.repeat(2)].concat()
            }
            _ => return self.mismatch(kind, toml),
        };
        let week: Box<[f64; 168]> = week.into_boxed_slice().try_into().ok()?;
        if week.iter().all(|weight| *weight == 0.0) {
            return self.refuse(toml, "every hour has weight 0", "give active hours a weight");
        }
        Some(week)
    }

    /// 24 weights.
    pub(super) fn day(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<Vec<f64>> {
        match toml.get_ref() {
            DeValue::Array(items) if items.len() == 24 => self.numbers(items),
            DeValue::Array(items) => {
                let (what, _) = kind.expected();
                let title = format!("expected {what}, found {} numbers", items.len());
                self.refuse(toml, title, "one weight for each hour, from 00:00 on")
            }
            _ => self.mismatch(kind, toml),
        }
    }

    fn numbers(&mut self, items: &DeArray<'_>) -> Option<Vec<f64>> {
        let numbers: Vec<Option<f64>> = items.iter().map(|item| self.weight(item)).collect();
        numbers.into_iter().collect()
    }

    /// A component, a mixture of them, or the mean of an exponential.
    pub(super) fn distribution(
        &mut self,
        kind: Kind,
        group: &'static Group,
        toml: &Toml<'_>,
    ) -> Option<Distribution> {
        let parts: Vec<&Toml<'_>> = match toml.get_ref() {
            DeValue::Table(_) => vec![toml],
            DeValue::Array(items) if !items.is_empty() => items.iter().collect(),
            _ => return self.mismatch(kind, toml),
        };
        let mixed = parts.len() > 1;
        let mut components = Vec::new();
        for part in &parts {
            let DeValue::Table(entries) = part.get_ref() else {
                return self.mismatch(kind, part);
            };
            let before = self.problems.len();
            let place = self.place(part.span());
            let table = self.table(group, entries, place);
            if self.problems.len() > before {
                return None;
            }
            if let Some(mean) = table.get::<Span>(&MEAN) {
                if mixed || table.entries.len() > 1 {
                    let mend = "write `{ mean = \"1d\" }` alone, or `median` and `sigma`";
                    return self.refuse(part, "`mean` stands alone, it is an exponential", mend);
                }
                return Some(Distribution::Exponential { mean: mean.as_millis() as f64 });
            }
            components.push(self.component(part, &table)?);
        }
        let total: f64 = components.iter().map(|part| part.weight).sum();
        if total == 0.0 {
            let title = "the components' weights add up to 0";
            return self.refuse(toml, title, "give at least one of them a weight above 0");
        }
        Some(Distribution::LogNormal(components))
    }

    fn component(&mut self, part: &Toml<'_>, table: &Table) -> Option<Component> {
        let (median, sigma) = (table.get::<Span>(&MEDIAN), table.get::<f64>(&SIGMA));
        let (Some(median), Some(sigma)) = (median, sigma) else {
            let mend = "write `{ median = \"8h\", sigma = 1.2 }` or `{ mean = \"1d\" }`";
            return self.refuse(part, "a log-normal has a `median` and a `sigma`", mend);
        };
        let weight = table.get(&WEIGHT).unwrap_or(1.0);
        Some(Component { weight, median: median.as_millis() as f64, sigma })
    }

    /// Days since 1970-01-01, in order, each once.
    pub(super) fn dates(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<Vec<i32>> {
        let DeValue::Array(items) = toml.get_ref() else {
            return self.mismatch(kind, toml);
        };
        let days: Vec<Option<i32>> = items
            .iter()
            .map(|item| match text_of(item).map(|text| text.parse::<jiff::civil::Date>()) {
                Some(Ok(date)) => Some(day_number(date)),
                Some(Err(_)) => self.refuse(item, "not a date", "write `\"2026-12-25\"`"),
                None => self.mismatch(kind, item),
            })
            .collect();
        let mut days: Vec<i32> = days.into_iter().collect::<Option<_>>()?;
        days.sort_unstable();
        days.dedup();
        Some(days)
    }

    pub(super) fn instant(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<Instant> {
        let Some(text) = text_of(toml) else {
            return self.mismatch(kind, toml);
        };
        // A timestamp's text is also a date with something behind it, so that one goes first.
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Some(Instant::from_millis(at.as_millisecond()));
        }
        if text.len() == "2026-01-05".len()
            && let Ok(date) = text.parse::<jiff::civil::Date>()
        {
            return Some(Instant::from_millis(i64::from(day_number(date)) * 86_400_000));
        }
        let mend = "write `\"2026-01-05\"`, or with an offset `\"2026-01-05T08:00:00Z\"`";
        self.refuse(toml, format!("`{text}` is no date and no instant"), mend)
    }
}

/// A string, or one of TOML's own dates and times.
fn text_of(toml: &Toml<'_>) -> Option<String> {
    match toml.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Datetime(datetime) => Some(datetime.to_string()),
        _ => None,
    }
}

fn day_number(date: jiff::civil::Date) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    date.duration_since(epoch).as_hours().div_euclid(24).try_into().unwrap_or(i32::MAX)
}
