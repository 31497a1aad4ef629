//! A bound on a figure of SPEC 7 as text: `relogins_per_user_day.p95 <= 0.2`.

use std::fmt;
use std::ops::Range;

use super::duration;
use super::nearest::suggest;
use crate::gate::Comparison;
use crate::gate::Statistic;
use crate::table::METRICS;
use crate::table::Measure;

/// A bound on one figure of a policy.
///
/// ```
/// use relogin::scenario::Condition;
///
/// let condition = Condition::parse("access_token.max_lifetime_s <= 1h").unwrap();
/// assert_eq!(condition.measure.name, "access_token.max_lifetime_s");
/// assert_eq!(condition.bound, 3600.0);
/// assert!(condition.holds(3600.0) && !condition.holds(3601.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// The figure.
    pub measure: &'static Measure,
    /// The figure itself, or an end of its interval.
    pub statistic: Statistic,
    /// How it must stand to the bound.
    pub comparison: Comparison,
    /// In the figure's unit.
    pub bound: f64,
}

/// What is wrong with a text, where in it, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{title}: {mend}")]
pub struct Flaw {
    /// Bytes of the text.
    pub at: Range<usize>,
    /// What is wrong.
    pub title: String,
    /// How to mend it.
    pub mend: String,
}

/// What stands right of the comparison's sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    /// In the figure's unit.
    Absolute(f64),
    /// Percent of another policy's figure.
    Percent(f64),
}

impl Condition {
    /// The condition that `text` says: a figure, optionally `.low` or `.high` for an end of its
    /// 95 % interval, one of `<`, `<=`, `>`, `>=` and `=`, and a number in the figure's unit, or a
    /// duration where that is `s` or `h`.
    ///
    /// # Errors
    /// What is wrong first, with its bytes of `text`.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        let Some(sign) = text.find(['<', '>', '=', '!', '≤', '≥']) else {
            let title = format!("`{}` compares nothing", text.trim());
            let mend = "write FIGURE <= BOUND: `relogins_per_user_day.p95 <= 0.2`";
            return Err(Flaw::new(0..text.len(), title, mend));
        };
        let (left, right) = text.split_at(sign);
        let (measure, statistic) = figure(left)?;
        let (comparison, bound) = requirement(right, measure).map_err(|flaw| flaw.after(sign))?;
        match bound {
            Bound::Absolute(bound) => Ok(Self { measure, statistic, comparison, bound }),
            Bound::Percent(_) => Err(percent_of_nothing(right, measure).after(sign)),
        }
    }

    /// Whether a figure of `measured` is within the bound; what is not a number is not.
    pub fn holds(&self, measured: f64) -> bool {
        self.comparison.holds(measured, self.bound)
    }
}

/// As it would be written, with single spaces.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, end) = (self.measure.name, self.statistic.ending());
        write!(f, "{name}{end} {} {}", self.comparison.sign(), self.bound)
    }
}

impl Flaw {
    pub(super) fn new(at: Range<usize>, title: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { at, title: title.into(), mend: mend.into() }
    }

    /// The same flaw, of a text that begins at byte `start` of another one.
    pub(super) fn after(mut self, start: usize) -> Self {
        self.at = self.at.start + start..self.at.end + start;
        self
    }
}

/// The figure that `text` names, and which number of it.
pub(super) fn figure(text: &str) -> Result<(&'static Measure, Statistic), Flaw> {
    let at = trimmed(text);
    let name = &text[at.clone()];
    if name.is_empty() {
        let mend = "name one before the sign: `relogins_per_user_day.p95 <= 0.2`";
        return Err(Flaw::new(at, "no figure", mend));
    }
    let ends = [Statistic::Low, Statistic::High];
    let end = ends.into_iter().find(|end| name.ends_with(end.ending()));
    let statistic = end.unwrap_or(Statistic::Value);
    let whole = name.strip_suffix(statistic.ending()).unwrap_or(name);
    let mean = whole.strip_suffix(".mean").and_then(Measure::named);
    match Measure::named(whole).or_else(|| mean.filter(|measure| measure.has_quantiles())) {
        Some(measure) if measure.has_interval || statistic == Statistic::Value => {
            Ok((measure, statistic))
        }
        Some(_) => {
            let title = format!("`{whole}` has no interval");
            let end = statistic.ending();
            let mend = format!("leave `{end}` out: only figures that add up over people have one");
            Err(Flaw::new(at, title, mend))
        }
        None => {
            let at = at.start..at.start + whole.len();
            let mend = suggest(whole, METRICS.iter().map(|measure| measure.name));
            Err(Flaw::new(at, format!("no figure `{whole}`"), mend))
        }
    }
}

/// What `text` wants of a figure: `<= 0.2`, `< 10 %`, `<= 1h`.
pub(super) fn requirement(text: &str, measure: &Measure) -> Result<(Comparison, Bound), Flaw> {
    let at = trimmed(text);
    let (comparison, written) =
        sign(&text[at.clone()], measure).map_err(|flaw| flaw.after(at.start))?;
    let rest = at.start + written;
    let bound = bound(&text[rest..at.end], measure).map_err(|flaw| flaw.after(rest))?;
    Ok((comparison, bound))
}

/// The sign that `text` begins with, and how many bytes it takes.
fn sign(text: &str, measure: &Measure) -> Result<(Comparison, usize), Flaw> {
    const SIGNS: [(&str, Comparison); 8] = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("==", Comparison::Equal),
        ("≤", Comparison::AtMost),
        ("≥", Comparison::AtLeast),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
        ("=", Comparison::Equal),
    ];
    let length = text.find(|c| !"<>=!≤≥".contains(c)).unwrap_or(text.len());
    let signs = &text[..length];
    match SIGNS.iter().find(|(sign, _)| *sign == signs) {
        Some((sign, comparison)) => Ok((*comparison, sign.len())),
        None => {
            let mend = format!(
                "write `<= {}`; the signs are `<`, `<=`, `>`, `>=` and `=`",
                such_as(&text[length..], measure)
            );
            let title = match signs {
                "" => format!("`{text}` has no sign that compares"),
                signs => format!("`{signs}` is no comparison"),
            };
            let at = if length == 0 { 0..text.len() } else { 0..length };
            Err(Flaw::new(at, title, mend))
        }
    }
}

/// The bound that stood there without a sign, or an example.
fn such_as(text: &str, measure: &Measure) -> String {
    match bound(text, measure) {
        Ok(_) => text.trim().to_owned(),
        Err(_) if is_time(measure) => "1h".to_owned(),
        Err(_) => "0.2".to_owned(),
    }
}

/// What stands right of the sign.
fn bound(text: &str, measure: &Measure) -> Result<Bound, Flaw> {
    let at = trimmed(text);
    let written = &text[at.clone()];
    let fail = |title: String, mend: String| Err(Flaw::new(at.clone(), title, mend));
    let number = |text: &str| {
        let plain = text.chars().all(|c| c.is_ascii_digit() || "+-.eE_".contains(c));
        let number = text.replace('_', "").parse::<f64>().ok();
        number.filter(|number| plain && number.is_finite())
    };
    if written.is_empty() {
        return fail("no bound".to_owned(), "write a number after the sign: `<= 0.2`".to_owned());
    }
    if let Some(number) = number(written) {
        return Ok(Bound::Absolute(number));
    }
    if let Some(number) = written.strip_suffix('%').and_then(|text| number(text.trim_end())) {
        return Ok(Bound::Percent(number));
    }
    if written.contains(',') && number(&written.replace(',', "")).is_some() {
        let mend = "write a point before decimals, and nothing between thousands";
        return fail(format!("`{written}` has a comma"), mend.to_owned());
    }
    match (duration::parse(written), is_time(measure)) {
        (Ok(span), true) => {
            let unit = if measure.unit == "h" { 3_600_000.0 } else { 1_000.0 };
            Ok(Bound::Absolute(span.as_millis() as f64 / unit))
        }
        (Ok(_), false) => {
            let (name, unit) = (measure.name, measure.unit);
            fail(
                format!("`{written}` is a duration, and `{name}` counts {unit}"),
                "write a number".to_owned(),
            )
        }
        (Err(error), true) if written.starts_with(|c: char| c.is_ascii_digit() || c == 'P') => {
            fail(error.to_string(), error.mend())
        }
        (Err(_), true) => fail(
            format!("`{written}` is no number and no duration"),
            "write `3600`, `1h` or `PT1H`".to_owned(),
        ),
        (Err(_), false) => fail(
            format!("`{written}` is no number"),
            "write digits with a point: `0.2`, `500`".to_owned(),
        ),
    }
}

/// That a percentage has nothing to be one of.
pub(super) fn percent_of_nothing(right: &str, measure: &Measure) -> Flaw {
    let title = "percent of what?";
    let mend = format!(
        "only differences have a bound in percent, of the other policy's figure: \
         `\"strict - today: {}\" = \"< 10 %\"` in `[thresholds]`",
        measure.name
    );
    Flaw::new(trimmed(right), title, mend)
}

/// Whether a duration can bound it.
fn is_time(measure: &Measure) -> bool {
    matches!(measure.unit, "s" | "h")
}

/// The bytes of a text without spaces around.
fn trimmed(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, told: &str) {
        assert_eq!(Condition::parse(text).unwrap().to_string(), told, "{text}");
    }

    /// The bytes that are underlined, and what is said.
    #[track_caller]
    fn refuse(text: &str, at: &str, title: &str, mend: &str) {
        let flaw = Condition::parse(text).unwrap_err();
        assert_eq!(&text[flaw.at.clone()], at, "{flaw}");
        assert!(flaw.title.contains(title) && flaw.mend.contains(mend), "{text}: {flaw}");
    }

    #[test]
    fn a_condition_says_figure_sign_and_bound() {
        check("relogins_per_user_day.p95 <= 0.2", "relogins_per_user_day.p95 <= 0.2");
        check("  relogins_per_user_day.mean<0.3 ", "relogins_per_user_day < 0.3");
        check("relogins_per_user_day.mean.high < .3", "relogins_per_user_day.high < 0.3");
        check("relogins_per_user_day.low >= 1e-3", "relogins_per_user_day.low >= 0.001");
        check("peak_requests_per_second ≤ 1_000", "peak_requests_per_second <= 1000");
        check("relogins == 0", "relogins = 0");
        check("uses > -1", "uses > -1");
        check("access_token.max_lifetime_s <= 1h30m", "access_token.max_lifetime_s <= 5400");
        check("access_token.max_lifetime_s <= 3600", "access_token.max_lifetime_s <= 3600");
        check("sessions.unattended_hours < P1D", "sessions.unattended_hours < 24");
        check("sessions.unattended_hours < 90m", "sessions.unattended_hours < 1.5");
    }

    #[test]
    fn a_flaw_has_its_place_and_its_mend() {
        let known = "relogins_per_user_day.p95";
        refuse("relogins_per_user_dya.p95 < 1", "relogins_per_user_dya.p95", "no figure", known);
        refuse("relogins.mean < 1", "relogins.mean", "no figure", "relogins");
        refuse("relogins.p95 < 1", "relogins.p95", "no figure", "did you mean");
        refuse("sessions.peak.low < 1", "sessions.peak.low", "no interval", "leave `.low` out");
        refuse(" < 1", "", "no figure", "before the sign");
        refuse("relogins", "relogins", "compares nothing", "<=");
        refuse("relogins <", "", "no bound", "<= 0.2");
        refuse("relogins != 3", "!=", "no comparison", "`<= 3`");
        refuse("relogins =< 3", "=<", "no comparison", "`>=`");
        refuse("relogins <  many ", "many", "no number", "digits");
        refuse("relogins < 1,000", "1,000", "comma", "point");
        refuse("relogins < 1h", "1h", "counts logins", "number");
        refuse("relogins < 10 %", "< 10 %", "percent of what", "differences");
        refuse("relogins < inf", "inf", "no number", "digits");
        refuse("access_token.max_lifetime_s < 1.5h", "1.5h", "fraction", "1h30m");
        refuse("access_token.max_lifetime_s < none", "none", "no duration", "PT1H");
    }

    #[test]
    fn what_is_not_a_number_holds_to_nothing() {
        for sign in Comparison::ALL {
            assert!(!sign.holds(f64::NAN, 1.0), "{}", sign.sign());
        }
    }
}
