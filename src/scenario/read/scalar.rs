//! Values of the kinds that policies are made of.

use toml::de::{DeInteger, DeValue};

use super::{Reader, Toml};
use crate::calendar::Calendar;
use crate::model::{Lifetime, Limit, Span};
use crate::scenario::duration;
use crate::scenario::presets::PRESETS;
use crate::scenario::recommend::{is_objective, objectives};
use crate::scenario::registry::{Group, Kind, MAX, MIN};
use crate::trace::synthetic::patterns::PATTERNS;

impl Reader {
    pub(super) fn text(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<String> {
        let DeValue::String(text) = toml.get_ref() else {
            return self.mismatch(kind, toml);
        };
        match kind {
            Kind::Name if text.is_empty() => self.refuse(toml, "an empty name", "write a name"),
            Kind::FolderName if !can_be_folder(text) => {
                let mend = "write a name without `/`, `\\` and control characters";
                self.refuse(toml, format!("`{}` can't name a folder", text.escape_debug()), mend)
            }
            Kind::TimeZone => self.time_zone(toml, text),
            Kind::Objective if !is_objective(text) => {
                self.unknown(toml, "objective", text, objectives())
            }
            Kind::Preset if PRESETS.iter().all(|preset| preset.name != text) => {
                self.unknown(toml, "preset", text, PRESETS.iter().map(|preset| preset.name))
            }
            Kind::Pattern if PATTERNS.iter().all(|pattern| pattern.name != text) => {
                self.unknown(toml, "pattern", text, PATTERNS.iter().map(|pattern| pattern.name))
            }
            _ => Some(text.to_string()),
        }
    }

    pub(super) fn time_zone(&mut self, toml: &Toml<'_>, name: &str) -> Option<String> {
        match Calendar::new(name, 0, 0) {
            Ok(_) => Some(name.to_owned()),
            Err(unknown) => {
                let mend = format!("the nearest name is `{}`", unknown.nearest);
                self.refuse(toml, format!("there is no time zone `{name}`"), mend)
            }
        }
    }

    /// Distinct words that are not empty, at least one.
    pub(super) fn names(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<Vec<String>> {
        let DeValue::Array(items) = toml.get_ref() else {
            return self.mismatch(kind, toml);
        };
        if items.is_empty() {
            let (what, example) = kind.expected();
            let title = format!("expected {what}, found an empty array");
            return self.refuse(toml, title, format!("write `{example}`"));
        }
        let mut names: Vec<String> = Vec::new();
        let mut good = true;
        for item in items {
            let name = self.text(Kind::Name, item);
            if name.as_ref().is_some_and(|name| names.contains(name)) {
                good = false;
                let title = format!("`{}` stands here twice", names[names.len() - 1]);
                self.refuse::<()>(item, title, "name each once");
            }
            good &= name.is_some();
            names.extend(name);
        }
        good.then_some(names)
    }

    /// Words by name, in byte order whatever the file's.
    pub(super) fn pairs(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<Vec<(String, String)>> {
        let DeValue::Table(entries) = toml.get_ref() else {
            return self.mismatch(kind, toml);
        };
        let pairs: Vec<Option<(String, String)>> = entries
            .iter()
            .map(|(name, value)| Some((name.get_ref().to_string(), self.text(Kind::Text, value)?)))
            .collect();
        pairs.into_iter().collect()
    }

    pub(super) fn whole(
        &mut self,
        kind: Kind,
        least: u64,
        most: u64,
        toml: &Toml<'_>,
    ) -> Option<u64> {
        let DeValue::Integer(integer) = toml.get_ref() else {
            return self.mismatch(kind, toml);
        };
        match integer_of(integer).map(u64::try_from) {
            Some(Ok(number)) if (least..=most).contains(&number) => Some(number),
            _ => {
                let (what, example) = kind.expected();
                let title = format!("expected {what} from {least} to {most}, found {integer}");
                self.refuse(toml, title, format!("write `{example}`"))
            }
        }
    }

    pub(super) fn number(
        &mut self,
        kind: Kind,
        least: f64,
        most: f64,
        toml: &Toml<'_>,
    ) -> Option<f64> {
        let (number, found) = match toml.get_ref() {
            DeValue::Integer(integer) => {
                (integer_of(integer).map(|integer| integer as f64), integer.to_string())
            }
            DeValue::Float(float) => (float.as_str().parse::<f64>().ok(), float.to_string()),
            _ => return self.mismatch(kind, toml),
        };
        // Not a number is in no range.
        if let Some(number) = number.filter(|number| (least..=most).contains(number)) {
            return Some(number);
        }
        let title = format!("expected a number from {least} to {most}, found {found}");
        self.refuse(toml, title, format!("write `{}`", least.max(0.5)))
    }

    pub(super) fn rate(&mut self, kind: Kind, most: f64, toml: &Toml<'_>) -> Option<Option<f64>> {
        if toml.get_ref().as_str() == Some("none") {
            return Some(None);
        }
        let rate = self.number(kind, 0.0, most, toml)?;
        if rate == 0.0 {
            let mend = "leave it out, or write \"none\" to take `absence` as it stands";
            return self.refuse(toml, "a rate of zero", mend);
        }
        Some(Some(rate))
    }

    pub(super) fn span(&mut self, kind: Kind, toml: &Toml<'_>, positive: bool) -> Option<Span> {
        let DeValue::String(text) = toml.get_ref() else {
            return self.mismatch(kind, toml);
        };
        match duration::parse(text) {
            Ok(span) if positive && span == Span::ZERO => {
                let mend = match kind {
                    Kind::Limit | Kind::Lifetime(_) => "what never ends is `\"none\"`",
                    _ => "write a duration such as `\"30m\"`",
                };
                self.refuse(toml, "a duration of zero", mend)
            }
            Ok(span) => Some(span),
            Err(error) => self.refuse(toml, error.to_string(), error.mend()),
        }
    }

    pub(super) fn limit(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<Limit> {
        if toml.get_ref().as_str() == Some("none") {
            return Some(Limit::NONE);
        }
        self.span(kind, toml, true).map(Limit::of)
    }

    pub(super) fn lifetime(
        &mut self,
        kind: Kind,
        group: &'static Group,
        toml: &Toml<'_>,
    ) -> Option<Lifetime> {
        let DeValue::Table(range) = toml.get_ref() else {
            return self.limit(kind, toml).map(Lifetime::Fixed);
        };
        let place = self.place(toml.span());
        let range = self.table(group, range, place);
        self.require(group, &range);
        let (min, max): (Span, Span) = (range.get(&MIN)?, range.get(&MAX)?);
        if min > max {
            let title = format!("the range's `min` of {min} is above its `max` of {max}");
            return self.refuse(toml, title, "swap them");
        }
        Some(Lifetime::Between { min, max })
    }

    pub(super) fn counted(&mut self, kind: Kind, unit: i64, toml: &Toml<'_>) -> Option<Limit> {
        let count = self.whole(kind, 1, i64::MAX as u64, toml)?;
        let millis = i64::try_from(count).ok().and_then(|count| count.checked_mul(unit));
        match millis.map(Span::from_millis).filter(|span| *span <= duration::LONGEST) {
            Some(span) => Some(Limit::of(span)),
            None => {
                let unit = if unit == 1_000 { "seconds" } else { "minutes" };
                let mend = format!("the number counts {unit}");
                self.refuse(toml, "longer than 10000 years", mend)
            }
        }
    }

    pub(super) fn word(
        &mut self,
        kind: Kind,
        words: &'static [&'static str],
        toml: &Toml<'_>,
    ) -> Option<&'static str> {
        let DeValue::String(text) = toml.get_ref() else {
            return self.mismatch(kind, toml);
        };
        match words.iter().find(|word| **word == *text) {
            Some(word) => Some(word),
            None => self.unknown(toml, "value", text, words.iter().copied()),
        }
    }

    /// Some of `words`, in their order whatever the file's.
    pub(super) fn words(
        &mut self,
        kind: Kind,
        words: &'static [&'static str],
        toml: &Toml<'_>,
    ) -> Option<Vec<&'static str>> {
        let DeValue::Array(items) = toml.get_ref() else {
            return self.mismatch(kind, toml);
        };
        let found: Vec<Option<&'static str>> =
            items.iter().map(|item| self.word(Kind::Word(words), words, item)).collect();
        let found: Vec<&str> = found.into_iter().collect::<Option<_>>()?;
        Some(words.iter().copied().filter(|word| found.contains(word)).collect())
    }
}

fn integer_of(integer: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// Reports go to a folder of this name, which must not lead anywhere else.
fn can_be_folder(name: &str) -> bool {
    let dots = name.chars().all(|c| c == '.');
    !dots && !name.contains(|c: char| c == '/' || c == '\\' || c.is_control())
}
