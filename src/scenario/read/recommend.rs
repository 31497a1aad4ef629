//! Values that say what a policy must hold and what may change.

use toml::de::DeValue;

use super::{Reader, Toml};
use crate::scenario::condition::Condition;
use crate::scenario::problem::Problem;
use crate::scenario::profiles::PROFILES;
use crate::scenario::registry::Kind;

impl Reader {
    /// Conditions, each with its own place.
    pub(super) fn conditions(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<Vec<Condition>> {
        let DeValue::Array(items) = toml.get_ref() else {
            return self.mismatch(kind, toml);
        };
        let read: Vec<Option<Condition>> = items
            .iter()
            .map(|item| {
                let DeValue::String(text) = item.get_ref() else {
                    return self.mismatch(kind, item);
                };
                match Condition::parse(text) {
                    Ok(condition) => Some(condition),
                    Err(flaw) => {
                        let span = item.span();
                        // Where nothing is escaped, the very bytes of the slip are known.
                        let place = match span.len() == text.len() + 2 {
                            true => flaw.at.start + span.start + 1..flaw.at.end + span.start + 1,
                            false => span,
                        };
                        let place = self.place(place);
                        self.problems.push(Problem::new(&place, flaw.title).mend(flaw.mend));
                        None
                    }
                }
            })
            .collect();
        read.into_iter().collect()
    }

    /// The names of profiles, each once.
    pub(super) fn profiles(&mut self, kind: Kind, toml: &Toml<'_>) -> Option<Vec<String>> {
        let items = match toml.get_ref() {
            DeValue::String(_) => std::slice::from_ref(toml),
            DeValue::Array(items) if !items.is_empty() => items,
            _ => return self.mismatch(kind, toml),
        };
        let read: Vec<Option<String>> = items
            .iter()
            .map(|item| {
                let DeValue::String(name) = item.get_ref() else {
                    return self.mismatch(kind, item);
                };
                match PROFILES.iter().any(|profile| profile.name == *name) {
                    true => Some(name.to_string()),
                    false => {
                        let known = PROFILES.iter().map(|profile| profile.name);
                        self.unknown(item, "profile", name, known)
                    }
                }
            })
            .collect();
        let mut names: Vec<String> = Vec::new();
        for name in read {
            let name = name?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Some(names)
    }
}
