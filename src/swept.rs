//! What a sweep found out, as data: reports read it, and nothing else.

use crate::description::Description;

/// A whole sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The run of the current setting: its one policy is the one that was varied.
    pub about: Description,
    /// What was varied.
    pub axes: Vec<Axis>,
    /// The figures that every point has: name and unit.
    pub metrics: Vec<Figure>,
    /// Every point that was replayed; the current setting is one of them, and the first.
    pub points: Vec<Point>,
    /// What had to hold between settings.
    pub constraints: Vec<String>,
    /// How many points were left out because it did not.
    pub left_out: u64,
    /// How many points an interrupt left out.
    pub unfinished: u64,
    /// What every idle timeout would come to if every use renewed it.
    pub curve: Option<IdleCurve>,
    /// Why the sweep is not whole.
    pub partial: Option<String>,
}

/// A figure of SPEC 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its flat key.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Whether it counts things.
    pub is_count: bool,
}

/// A setting that was varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Below the policy, or beginning with `workload.` or `scenario.`.
    pub key: String,
    /// Ascending where they have an order, else as they were given.
    pub values: Vec<AxisValue>,
    /// Which of them is the current one.
    pub current: usize,
    /// What the amounts count.
    pub counts: Counts,
}

/// What the amounts of an axis count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Milliseconds.
    Time,
    /// Something else.
    Number,
    /// Nothing: words.
    Words,
}

/// A value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisValue {
    /// As a scenario would write it, without quotes.
    pub text: String,
    /// How much it is; infinite where it never ends, nothing where it has no order.
    pub amount: Option<f64>,
}

/// One setting of all that was varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// By axis: which of its values.
    pub place: Vec<usize>,
    /// By figure.
    pub values: Vec<f64>,
}

/// What every idle timeout would come to if every use renewed it and nothing else ended a session:
/// a count of gaps, no replay.
#[derive(Clone, Debug, PartialEq)]
pub struct IdleCurve {
    /// Ascending.
    pub steps: Vec<CurveStep>,
    /// From which timeout on, milliseconds, the policy that was varied behaves exactly so; or why
    /// it does not.
    pub exact_from: Result<i64, String>,
}

/// One idle timeout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveStep {
    /// Milliseconds.
    pub timeout: i64,
    /// Gaps of at least this.
    pub relogins: u64,
    /// The same per user-day.
    pub relogins_per_user_day: f64,
    /// Of these, those in the middle of a task.
    pub mid_task: u64,
    /// From the last use of each session to its end, hours.
    pub unattended_hours: f64,
}

impl Sweep {
    /// The figure's place among those of a point.
    pub fn figure(&self, name: &str) -> Option<usize> {
        self.metrics.iter().position(|metric| metric.name == name)
    }

    /// The current setting, if it was finished.
    pub fn current(&self) -> Option<&Point> {
        self.points.first().filter(|point| self.is_current(point))
    }

    /// Whether a point is the current setting.
    pub fn is_current(&self, point: &Point) -> bool {
        point.place.iter().zip(&self.axes).all(|(place, axis)| *place == axis.current)
    }

    /// The points that differ from the current setting in nothing but some axes.
    pub fn along(&self, axes: &[usize]) -> Vec<&Point> {
        let is_along = |point: &&Point| {
            let mut places = point.place.iter().zip(&self.axes).enumerate();
            places.all(|(axis, (place, own))| axes.contains(&axis) || *place == own.current)
        };
        self.points.iter().filter(is_along).collect()
    }
}
