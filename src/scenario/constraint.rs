//! What must hold between settings: `session.idle_timeout <= session.absolute_timeout`.

use std::cmp::Ordering;
use std::fmt;

use super::amount::Amount;

/// A comparison of two settings, or of one with a constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    left: Operand,
    is: Comparison,
    right: Operand,
}

/// A side of a comparison.
#[derive(Clone, Debug, PartialEq)]
enum Operand {
    /// A dotted key.
    Setting(String),
    /// As it was written.
    Constant(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
}

/// Longer signs first, so that none is taken for its beginning.
const SIGNS: [(&str, Comparison); 5] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    (">", Comparison::More),
    ("=", Comparison::Equal),
];

impl Constraint {
    /// The comparison that `text` says.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let place = text.find(['<', '>', '=']).ok_or_else(|| {
            format!("`{text}` compares nothing: it has none of `<`, `<=`, `>`, `>=` and `=`")
        })?;
        let rest = &text[place..];
        let (sign, is) = SIGNS.into_iter().find(|(sign, _)| rest.starts_with(sign)).expect("found");
        let (left, right) = (text[..place].trim(), rest[sign.len()..].trim());
        if left.is_empty() || right.is_empty() || right.contains(['<', '>', '=']) {
            return Err(format!("`{text}` is no comparison of two sides"));
        }
        let constraint = Self { left: Operand::of(left), is, right: Operand::of(right) };
        if constraint.settings().next().is_none() {
            return Err(format!("`{text}` compares no setting"));
        }
        Ok(constraint)
    }

    /// The settings that it names.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        [&self.left, &self.right].into_iter().filter_map(|operand| match operand {
            Operand::Setting(key) => Some(key.as_str()),
            Operand::Constant(_) => None,
        })
    }

    /// Whether it holds where `value` gives the settings' values. What has no order can only be
    /// equal; a setting without a value is `none`.
    pub fn holds(&self, value: impl Fn(&str) -> Option<String>) -> bool {
        let text = |operand: &Operand| match operand {
            Operand::Setting(key) => value(key).unwrap_or_else(|| "none".to_owned()),
            Operand::Constant(text) => text.clone(),
        };
        let (left, right) = (text(&self.left), text(&self.right));
        let Some(order) = Amount::of(&left).compare(Amount::of(&right)) else {
            return self.is == Comparison::Equal && left == right;
        };
        match self.is {
            Comparison::Less => order == Ordering::Less,
            Comparison::AtMost => order != Ordering::Greater,
            Comparison::More => order == Ordering::Greater,
            Comparison::AtLeast => order != Ordering::Less,
            Comparison::Equal => order == Ordering::Equal,
        }
    }
}

impl Operand {
    /// Keys have a dot and begin with a letter; no duration does.
    fn of(text: &str) -> Self {
        let is_key = text.contains('.') && text.starts_with(|c: char| c.is_ascii_alphabetic());
        match is_key {
            true => Self::Setting(text.to_owned()),
            false => Self::Constant(text.trim_matches('"').to_owned()),
        }
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, _) = SIGNS.into_iter().find(|(_, is)| *is == self.is).expect("each has a sign");
        let [left, right] = [&self.left, &self.right].map(|operand| match operand {
            Operand::Setting(text) | Operand::Constant(text) => text,
        });
        write!(f, "{left} {sign} {right}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_hold_between_values_of_a_kind() {
        let value = |key: &str| match key {
            "session.idle_timeout" => Some("30m".to_owned()),
            "session.absolute_timeout" => Some("none".to_owned()),
            "workload.users" => Some("300".to_owned()),
            "app.web.logout" => Some("sso".to_owned()),
            _ => None,
        };
        let check = |text: &str, expected: bool| {
            assert_eq!(Constraint::parse(text).unwrap().holds(value), expected, "{text}");
        };
        check("session.idle_timeout <= session.absolute_timeout", true);
        check("session.absolute_timeout<session.idle_timeout", false);
        check("session.idle_timeout >= 30m", true);
        check("session.idle_timeout > PT30M", false);
        check("30m = session.idle_timeout", true);
        check("session.absolute_timeout = none", true);
        check("workload.users < 301", true);
        check("workload.users < 1h", false);
        check("app.web.logout = \"sso\"", true);
        check("app.web.keep_alive > 100d", true);
        for wrong in ["session.idle_timeout", "a.b < ", "a.b < c.d < e.f", "1h < 2h", ""] {
            assert!(Constraint::parse(wrong).is_err(), "{wrong}");
        }
    }
}
