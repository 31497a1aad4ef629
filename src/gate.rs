//! Gates: bounds on figures, and whether they held.

use crate::table::Measure;
use crate::table::PolicyTables;

/// A bound that a run must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// Its key, as it is written.
    pub name: String,
    /// Whose figure.
    pub whose: Whose,
    /// Which figure.
    pub measure: &'static Measure,
    /// The figure itself, or an end of its interval.
    pub statistic: Statistic,
    /// How it must stand to the bound.
    pub comparison: Comparison,
    /// In the figure's unit, or percent of the other policy's figure.
    pub bound: f64,
    /// Whether the bound is in percent.
    pub percent: bool,
    /// Its line of the scenario file, from 1 on; `None` where the command line set it.
    pub line: Option<usize>,
}

/// Whose figure a threshold is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Of every policy that is no baseline.
    Every,
    /// Of this one.
    Policy(String),
    /// The one's less the other's.
    Difference {
        /// The one.
        policy: String,
        /// The other.
        other: String,
    },
}

/// A threshold against one policy, or a difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// What had to hold.
    pub threshold: Threshold,
    /// The policy.
    pub policy: String,
    /// The policy whose figure is taken off, of a difference.
    pub other: Option<String>,
    /// What was measured, in the bound's unit; `None` where there is no such number.
    pub measured: Option<f64>,
    /// Whether it held. What was not measured did not.
    pub held: bool,
}

/// How a figure stands to its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `=`
    Equal,
}

/// Which number of a figure is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// The figure itself.
    Value,
    /// The lower end of its 95 % interval.
    Low,
    /// The upper end of its 95 % interval.
    High,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Less, Self::AtMost, Self::Greater, Self::AtLeast, Self::Equal];

    /// As it is written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Equal => "=",
        }
    }

    /// Whether `measured` stands so to `bound`; not a number stands in no way to anything.
    pub fn holds(self, measured: f64, bound: f64) -> bool {
        match self {
            Self::Less => measured < bound,
            Self::AtMost => measured <= bound,
            Self::Greater => measured > bound,
            Self::AtLeast => measured >= bound,
            Self::Equal => measured == bound,
        }
    }
}

impl Statistic {
    /// As it ends a figure's name.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Value => "",
            Self::Low => ".low",
            Self::High => ".high",
        }
    }
}

/// Every threshold against every policy that it is about, in order.
pub fn judge(thresholds: &[Threshold], policies: &[PolicyTables]) -> Vec<Gate> {
    let find = |name: &String| policies.iter().find(|policy| policy.name == *name);
    let mut gates = Vec::new();
    for threshold in thresholds {
        match &threshold.whose {
            Whose::Every => {
                let own = policies.iter().filter(|policy| !policy.baseline);
                gates.extend(
                    own.map(|policy| gate(threshold, &policy.name, None, of(threshold, policy))),
                );
            }
            Whose::Policy(name) => {
                let measured = find(name).and_then(|policy| of(threshold, policy));
                gates.push(gate(threshold, name, None, measured));
            }
            Whose::Difference { policy, other } => {
                let both = find(policy).zip(find(other));
                let measured = both.and_then(|both| difference(threshold, both));
                gates.push(gate(threshold, policy, Some(other), measured));
            }
        }
    }
    gates
}

fn gate(
    threshold: &Threshold,
    policy: &str,
    other: Option<&String>,
    measured: Option<f64>,
) -> Gate {
    let measured = measured.filter(|measured| !measured.is_nan());
    let held = measured.is_some_and(|it| threshold.comparison.holds(it, threshold.bound));
    let (threshold, policy, other) = (threshold.clone(), policy.to_owned(), other.cloned());
    Gate { threshold, policy, other, measured, held }
}

/// The number of one policy that a threshold bounds.
fn of(threshold: &Threshold, policy: &PolicyTables) -> Option<f64> {
    let name = threshold.measure.name;
    let interval = || policy.intervals.iter().find(|interval| interval.metric == name);
    match threshold.statistic {
        Statistic::Value => Some(figure(policy, name)),
        Statistic::Low => interval().map(|interval| interval.low),
        Statistic::High => interval().map(|interval| interval.high),
    }
}

/// A policy's figure: without end where access tokens never end, which SPEC 7 leaves out.
fn figure(policy: &PolicyTables, name: &str) -> f64 {
    let endless = name.starts_with("access_token.") && policy.endless_access_tokens > 0;
    if endless { f64::INFINITY } else { policy.metric(name) }
}

/// The number of a difference that a threshold bounds. Its interval is known where one of both is
/// the run's first policy.
fn difference(
    threshold: &Threshold,
    (policy, other): (&PolicyTables, &PolicyTables),
) -> Option<f64> {
    let name = threshold.measure.name;
    let paired = |of: &PolicyTables| {
        let found = of.differences.iter().find(|difference| difference.metric == name);
        found.map(|difference| (difference.low, difference.high))
    };
    // Only the first policy has no differences, from itself.
    let ends = || match other.differences.is_empty() {
        true => paired(policy),
        false if policy.differences.is_empty() => paired(other).map(|(low, high)| (-high, -low)),
        false => None,
    };
    let whole = figure(other, name);
    let difference = match threshold.statistic {
        Statistic::Value => figure(policy, name) - whole,
        Statistic::Low => ends()?.0,
        Statistic::High => ends()?.1,
    };
    match threshold.percent {
        // Nothing more than nothing is no change.
        true if difference == 0.0 => Some(0.0),
        true => Some(difference / whole.abs() * 100.0),
        false => Some(difference),
    }
}

impl Threshold {
    /// `< 0.3`, `<= 10 %`.
    pub fn wanted(&self) -> String {
        let unit = if self.percent { " %" } else { "" };
        format!("{} {}{unit}", self.comparison.sign(), self.bound)
    }
}

impl Gate {
    /// Whose figure it is: `strict`, `strict - today`.
    pub fn whose(&self) -> String {
        match &self.other {
            Some(other) => format!("{} - {other}", self.policy),
            None => self.policy.clone(),
        }
    }

    /// The figure's name, with the end of its interval.
    pub fn figure(&self) -> String {
        format!("{}{}", self.threshold.measure.name, self.threshold.statistic.ending())
    }

    /// What was measured, in as few digits as tell it from the bound.
    pub fn found(&self) -> String {
        let Some(measured) = self.measured else { return "not known".to_owned() };
        if measured.is_infinite() {
            return "without end".to_owned();
        }
        let short = shown(measured);
        let misleads = !self.held && short == shown(self.threshold.bound);
        let number = if misleads { measured.to_string() } else { short };
        if self.threshold.percent { format!("{number} %") } else { number }
    }

    /// In a sentence: `strict: relogins_per_user_day is 0.41 logins/user-day, and must be < 0.3`.
    pub fn sentence(&self) -> String {
        let (whose, figure, found) = (self.whose(), self.figure(), self.found());
        let unit = match self.measured {
            Some(measured) if measured.is_finite() && !self.threshold.percent => {
                let unit = self.threshold.measure.unit;
                let one = measured == 1.0 && unit.len() > 1 && !unit.contains('/');
                format!(" {}", if one { unit.trim_end_matches('s') } else { unit })
            }
            _ => String::new(),
        };
        let why = match self.measured {
            None if self.threshold.statistic != Statistic::Value => {
                ": there are too few users for an interval"
            }
            _ => "",
        };
        let wanted = self.threshold.wanted();
        format!("{whose}: {figure} is {found}{unit}{why}, and must be {wanted}")
    }
}

/// Five significant digits of a fraction, whole numbers as they are.
pub fn shown(number: f64) -> String {
    if number == 0.0 || !number.is_finite() || number.fract() == 0.0 {
        return number.to_string();
    }
    let magnitude = number.abs().log10().floor() as i32;
    let decimals = (4 - magnitude).clamp(0, 12) as usize;
    let fixed = format!("{number:.decimals$}");
    match fixed.contains('.') {
        true => fixed.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => fixed,
    }
}
