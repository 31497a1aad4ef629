//! The values that a sweep gives to a setting.

use std::fmt;
use std::ops::Range;

use toml::de::DeValue;

use super::amount::Amount;
use super::value::{key as toml_key, string};
use crate::model::{Limit, Span};

/// A setting, and the values that it takes one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisSpec {
    /// Below the policy, or beginning with `workload.` or `scenario.`.
    pub key: String,
    /// Its values.
    pub grid: Grid,
}

/// Where the values of an axis come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Grid {
    /// These, as `--set` takes them.
    Values(Vec<String>),
    /// So many from quantiles of the activity's gaps.
    Auto(usize),
}

/// What is wrong with a grid: where, what, and the mend.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) span: Range<usize>,
    pub(super) title: String,
    pub(super) mend: &'static str,
}

/// How many values an automatic grid has, and a range.
const AUTO: usize = 12;
const STEPS: usize = 10;
const MOST_STEPS: usize = 10_000;

const MEND: &str =
    "write `[\"15m\", \"1h\"]`, `{ from = \"5m\", to = \"8h\", steps = 12 }` or `\"auto\"`";

/// Values are rounded to units of at most this share of them.
const READABLE: f64 = 0.125;

impl AxisSpec {
    /// The axis that `KEY=VALUES` says: `15m,30m,1h`, `5m..8h/12 log`, `auto/12`, or the same in
    /// TOML.
    ///
    /// # Errors
    /// What is wrong with it and how to mend it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=').map(|(key, values)| (key.trim(), values.trim()));
        let Some((key, values)) = parts.filter(|(key, _)| !key.is_empty()) else {
            return Err(format!(
                "`{text}` is no axis: write KEY=VALUES, `session.idle_timeout=15m,30m,1h`"
            ));
        };
        let grid = Grid::parse(values).map_err(|why| format!("{key}: {why}"))?;
        Ok(Self { key: key.to_owned(), grid })
    }
}

impl Grid {
    fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with(['[', '{', '"']) {
            let toml = DeValue::parse(text).map_err(|error| error.message().to_owned())?;
            let grid = Self::read(toml.get_ref(), 0..text.len());
            return grid.map_err(|flaw| format!("{}; {}", flaw.title, flaw.mend));
        }
        let count = |text: &str| match text.trim().parse() {
            Ok(count) if (1..=MOST_STEPS).contains(&count) => Ok(count),
            _ => Err(format!("`{text}` is no number of values from 1 to {MOST_STEPS}")),
        };
        if let Some(rest) = text.strip_prefix("auto") {
            return match rest.trim().strip_prefix('/') {
                Some(points) => Ok(Self::Auto(count(points)?)),
                None if rest.trim().is_empty() => Ok(Self::Auto(AUTO)),
                None => Err(format!("`{text}` is no grid; write `auto` or `auto/12`")),
            };
        }
        if let Some((from, rest)) = text.split_once("..") {
            let (rest, is_log) = match (rest.strip_suffix("linear"), rest.strip_suffix("log")) {
                (Some(rest), _) => (rest, false),
                (_, Some(rest)) => (rest, true),
                _ => (rest, true),
            };
            let (to, steps) = match rest.split_once('/') {
                Some((to, steps)) => (to, count(steps)?),
                None => (rest, STEPS),
            };
            return range(from.trim(), to.trim(), steps, is_log).map(Self::Values);
        }
        let values: Vec<String> = text.split(',').map(|value| value.trim().to_owned()).collect();
        match values.iter().any(String::is_empty) {
            true => Err(format!("`{text}` lacks a value; write `15m,30m,1h`")),
            false => Ok(Self::Values(values)),
        }
    }

    /// The grid of a value of TOML.
    pub(super) fn read(toml: &DeValue<'_>, span: Range<usize>) -> Result<Self, Flaw> {
        let flaw = |span: &Range<usize>, title: String| {
            Err(Flaw { span: span.clone(), title, mend: MEND })
        };
        match toml {
            DeValue::Array(items) if items.is_empty() => flaw(&span, "no values".to_owned()),
            DeValue::Array(items) => {
                Ok(Self::Values(items.iter().map(|item| text_of(item.get_ref())).collect()))
            }
            DeValue::String(word) if word == "auto" => Ok(Self::Auto(AUTO)),
            DeValue::Table(table) => {
                let (mut ends, mut steps, mut is_log, mut auto) = ([None, None], STEPS, true, None);
                for (key, value) in table {
                    let (toml, place) = (value.get_ref(), value.span());
                    let whole = || match toml {
                        DeValue::Integer(own) => own.as_str().parse::<usize>().ok(),
                        _ => None,
                    };
                    let counted = whole().filter(|count| (1..=MOST_STEPS).contains(count));
                    match (key.get_ref().as_ref(), toml, counted) {
                        ("from", ..) => ends[0] = Some(text_of(toml)),
                        ("to", ..) => ends[1] = Some(text_of(toml)),
                        ("steps", _, Some(count)) => steps = count,
                        ("auto", _, Some(count)) => auto = Some(count),
                        ("scale", DeValue::String(word), _) if word == "log" => is_log = true,
                        ("scale", DeValue::String(word), _) if word == "linear" => is_log = false,
                        ("steps" | "auto", ..) => {
                            let title = format!("expected a whole number from 1 to {MOST_STEPS}");
                            return flaw(&place, title);
                        }
                        ("scale", ..) => {
                            return flaw(&place, "expected \"log\" or \"linear\"".to_owned());
                        }
                        (other, ..) => {
                            return flaw(&key.span(), format!("unknown key `{other}` in a range"));
                        }
                    }
                }
                match (ends, auto) {
                    ([None, None], Some(points)) => Ok(Self::Auto(points)),
                    ([Some(from), Some(to)], None) => range(&from, &to, steps, is_log)
                        .map(Self::Values)
                        .or_else(|title| flaw(&span, title)),
                    _ => flaw(&span, "a range has `from` and `to`".to_owned()),
                }
            }
            _ => flaw(&span, "expected values for a setting".to_owned()),
        }
    }
}

/// A value as `--set` takes it: strings without their quotes.
fn text_of(toml: &DeValue<'_>) -> String {
    match toml {
        DeValue::String(text) => text.to_string(),
        _ => toml_of(toml),
    }
}

fn toml_of(toml: &DeValue<'_>) -> String {
    match toml {
        DeValue::String(text) => string(text),
        DeValue::Integer(number) => {
            let whole = i64::from_str_radix(number.as_str(), number.radix());
            whole.map_or_else(|_| number.to_string(), |number| number.to_string())
        }
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| toml_of(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Table(table) => {
            let pair = |(key, value): (
                &toml::Spanned<std::borrow::Cow<'_, str>>,
                &toml::Spanned<DeValue<'_>>,
            )| {
                format!("{} = {}", toml_key(key.get_ref()), toml_of(value.get_ref()))
            };
            format!("{{ {} }}", table.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    }
}

/// `steps` values from one to the other, both included, rounded to what people would write; fewer
/// where two would be alike.
fn range(from: &str, to: &str, steps: usize, is_log: bool) -> Result<Vec<String>, String> {
    let unlike = || format!("`{from}` and `{to}` are not the ends of a range of one kind");
    let between = |low: f64, high: f64| {
        let part = |step: usize| step as f64 / (steps.max(2) - 1) as f64;
        let value = move |step| match is_log {
            true => low * libm::pow(high / low, part(step)),
            false => low + (high - low) * part(step),
        };
        (1..steps.saturating_sub(1)).map(value)
    };
    let order = |low: f64, high: f64| match (low < high, is_log && low <= 0.0) {
        (false, _) => Err(format!("a range from `{from}` to `{to}` does not go up")),
        (_, true) => Err(format!("a log scale cannot begin at `{from}`: begin above 0")),
        _ => Ok(()),
    };
    let mut values = vec![from.to_owned()];
    match (Amount::of(from), Amount::of(to)) {
        (Amount::Time(Limit::NONE), _) | (_, Amount::Time(Limit::NONE)) => {
            return Err("a range ends somewhere: list `\"none\"` among values instead".to_owned());
        }
        (Amount::Time(low), Amount::Time(high)) => {
            let [low, high] =
                [low, high].map(|limit| limit.span().map_or(0.0, |span| span.as_millis() as f64));
            order(low, high)?;
            values.extend(between(low, high).map(|millis| readable(millis).to_string()));
        }
        (Amount::Number(low), Amount::Number(high)) => {
            order(low, high)?;
            let is_whole = [from, to].iter().all(|end| end.parse::<i64>().is_ok());
            values.extend(between(low, high).map(|number| readable_number(number, is_whole)));
        }
        _ => return Err(unlike()),
    }
    if steps > 1 {
        values.push(to.to_owned());
    }
    let mut distinct: Vec<String> = Vec::with_capacity(values.len());
    for value in values {
        let is = Amount::of(&value);
        if distinct.iter().all(|known| Amount::of(known) != is) {
            distinct.push(value);
        }
    }
    Ok(distinct)
}

/// The span near `millis` that a person would write: in the largest unit that is at most an
/// eighth of it.
pub(super) fn readable(millis: f64) -> Span {
    const UNITS: [i64; 15] = [
        1,
        10,
        100,
        1_000,
        5_000,
        15_000,
        30_000,
        60_000,
        5 * 60_000,
        15 * 60_000,
        30 * 60_000,
        3_600_000,
        6 * 3_600_000,
        12 * 3_600_000,
        86_400_000,
    ];
    let unit = UNITS.iter().rev().find(|unit| **unit as f64 <= millis * READABLE).unwrap_or(&1);
    let times = (millis / *unit as f64).round().max(1.0);
    Span::from_millis(times as i64 * unit)
}

fn readable_number(number: f64, is_whole: bool) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    // Two significant digits are within a twentieth.
    let power = libm::floor(libm::log10(number.abs())) as i32 - 1;
    match (is_whole, power >= 0) {
        (true, false) => format!("{}", number.round()),
        (_, true) => {
            let unit = libm::pow(10.0, f64::from(power));
            format!("{}", (number / unit).round() * unit)
        }
        (false, false) => format!("{:.*}", power.unsigned_abs() as usize, number),
    }
}

/// Spans as a grid: readable, ascending, none twice.
pub fn readable_grid(spans: impl IntoIterator<Item = Span>) -> Vec<String> {
    let mut all: Vec<Span> =
        spans.into_iter().map(|span| readable(span.as_millis() as f64)).collect();
    all.sort_unstable();
    all.dedup();
    all.iter().map(Span::to_string).collect()
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> String {
        match AxisSpec::parse(text).map(|axis| axis.grid) {
            Ok(Grid::Values(values)) => values.join(" "),
            Ok(Grid::Auto(points)) => format!("auto {points}"),
            Err(why) => format!("error {why}"),
        }
    }

    #[test]
    fn grids_are_what_people_would_write() {
        let check = |text: &str, expected: &str| assert_eq!(values(text), expected, "{text}");
        check("a.b=15m, 30m,none", "15m 30m none");
        check(
            "a.b=[\"15m\", 7, true, { min = \"1m\", max = \"2m\" }]",
            "15m 7 true { max = \"2m\", min = \"1m\" }",
        );
        check("a.b=auto", "auto 12");
        check("a.b=auto/30", "auto 30");
        check("a.b={ auto = 3 }", "auto 3");
        check("a.b=5m..8h/6 log", "5m 12m 31m 1h15m 3h15m 8h");
        check("a.b=5m..8h/4 linear", "5m 2h45m 5h30m 8h");
        check("a.b=1s..3s/9", "1s 1s100ms 1s300ms 1s500ms 1s700ms 2s 2s300ms 2s600ms 3s");
        check("a.b=100..1000/4", "100 220 460 1000");
        check("a.b=1..3/9 linear", "1 2 3");
        check("a.b=0.1..1/3", "0.1 0.32 1");
        check("a.b={ from = \"1h\", to = \"3h\", steps = 3, scale = \"linear\" }", "1h 2h 3h");
        check("a.b=1h..1d/1", "1h");
    }

    #[test]
    fn what_is_no_grid_is_told() {
        for wrong in [
            "a.b",
            "=1h",
            "a.b=",
            "a.b=1h,,2h",
            "a.b=1h..none/3",
            "a.b=1h..5/3",
            "a.b=2h..1h/3",
            "a.b=0s..1h/3",
            "a.b=1h..2h/0",
            "a.b=automatic",
            "a.b={ from = \"1h\" }",
            "a.b=[]",
            "a.b={ steps = 1.5 }",
            "a.b=\"hourly\"",
            "a.b={ to = 1, scale = \"square\" }",
            "a.b=[",
        ] {
            assert!(values(wrong).starts_with("error "), "{wrong}: {}", values(wrong));
        }
    }
}
