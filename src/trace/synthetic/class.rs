//! What is asked of synthetic users (`[[workload.class]]`).

use crate::model::{Instant, Span};

/// All synthetic users of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// How many, over all classes.
    pub users: u64,
    /// When their activity begins.
    pub start: Instant,
    /// For how long it goes on.
    pub span: Span,
    /// Their classes; shares are relative to each other.
    pub classes: Vec<Class>,
}

/// Users of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name; users are called `NAME-1`, `NAME-2`…
    pub name: String,
    /// Its weight among the classes.
    pub share: f64,
    /// How often an average person begins a visit on an active day; `None` takes `absence` as it
    /// stands.
    pub visits_per_active_day: Option<f64>,
    /// Days of the week with activity, Monday first.
    pub active_days: [bool; 7],
    /// How likely a visit begins in each local hour of the week, Monday 00:00 first, relative to
    /// the other hours. Days that are not active count as 0.
    pub hours: Box<[f64; 168]>,
    /// IANA time zones that people live in, with weights.
    pub time_zones: Vec<(String, f64)>,
    /// Devices, one chosen for each visit, with weights; empty: the trace does not tell.
    pub devices: Vec<(String, f64)>,
    /// Apps, with weights; empty: the default app.
    pub apps: Vec<(String, f64)>,
    /// The chance that an action stays in the app of the one before; else one is chosen anew, as
    /// at a visit's first action.
    pub stickiness: f64,
    /// Actions in a visit, on average (geometric, at least one).
    pub actions_per_visit: f64,
    /// Time between two actions of a visit.
    pub gap: Distribution,
    /// Time from a visit's last action to the next visit, on a clock that runs as fast as `hours`
    /// says: a median of a day stays about a day, yet visits begin in active hours.
    pub absence: Distribution,
    /// Spread between people: the coefficient of variation of how often each visits (gamma); 0
    /// makes everyone average. The few who would have no time left between visits visit as often
    /// as they can.
    pub spread: f64,
    /// Local dates without any activity, as days since 1970-01-01.
    pub holidays: Vec<i32>,
    /// Share of visits that end in a logout.
    pub logout: f64,
    /// Share of visits that end in a browser close.
    pub close: f64,
    /// Apps that ask by themselves.
    pub polls: Vec<Poll>,
}

/// A length of time that varies.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Poisson arrivals: exponential with this mean.
    Exponential {
        /// Milliseconds.
        mean: f64,
    },
    /// A mixture of log-normal components.
    LogNormal(Vec<Component>),
}

/// A log-normal component of a mixture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component {
    /// Its weight among the components.
    pub weight: f64,
    /// Half of its values are shorter: milliseconds.
    pub median: f64,
    /// The standard deviation of the values' natural logarithms.
    pub sigma: f64,
}

/// An app that asks by itself while it is on somebody's screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Poll {
    /// The app; empty for the default one, or the only one that the class names.
    pub app: String,
    /// The API; empty for the app's first.
    pub api: String,
    /// How often it asks.
    pub every: Span,
    /// How long it stays on the screen after a visit's last action, unless that visit ends in a
    /// logout or a close.
    pub stays: Span,
}

impl Population {
    /// How many users each class has: shares split them, and what is left over goes to the
    /// largest remainders (of equal ones to the first).
    ///
    /// ```
    /// # use relogin::model::{Instant, Span};
    /// # use relogin::trace::synthetic::{Class, Population, patterns};
    /// let class = |name: &str| Class { name: name.to_owned(), ..patterns::plain() };
    /// let population = Population {
    ///     users: 10,
    ///     start: Instant::from_millis(0),
    ///     span: Span::from_days(7),
    ///     classes: vec![class("sales"), class("legal"), class("press")],
    /// };
    /// assert_eq!(population.class_sizes(), [4, 3, 3]);
    /// assert_eq!(population.user_name(4).as_deref(), Some("legal-1"));
    /// ```
    pub fn class_sizes(&self) -> Vec<u64> {
        let total: f64 = self.classes.iter().map(|class| class.share).sum();
        let quotas = self.classes.iter().map(|class| self.users as f64 * (class.share / total));
        let quotas: Vec<f64> = quotas.collect();
        let mut sizes: Vec<u64> = quotas.iter().map(|quota| *quota as u64).collect();
        let mut order: Vec<usize> = (0..quotas.len()).collect();
        let rest = |class: &usize| quotas[*class] - quotas[*class].floor();
        order.sort_by(|a, b| rest(b).total_cmp(&rest(a)));
        let given: u64 = sizes.iter().sum();
        let left = usize::try_from(self.users.saturating_sub(given)).unwrap_or(usize::MAX);
        for class in order.into_iter().take(left) {
            sizes[class] += 1;
        }
        sizes
    }

    /// The name of the user at `index`, counted over all classes: `CLASS-N`, where `N` counts
    /// from 1 within the class. `None` beyond the last user.
    pub fn user_name(&self, index: u64) -> Option<String> {
        let mut before = 0;
        for (class, size) in self.classes.iter().zip(self.class_sizes()) {
            if index - before < size {
                return Some(class.user_name(index - before + 1));
            }
            before += size;
        }
        None
    }
}

impl Class {
    /// The name of the class's user of that number, from 1.
    pub fn user_name(&self, number: u64) -> String {
        format!("{}-{number}", self.name)
    }

    /// Where the app that `poll` is about stands in `apps`; 0 where the class names none. `None`
    /// if nobody uses it.
    pub(super) fn app_of(&self, poll: &Poll) -> Option<usize> {
        if self.apps.len() <= 1 && poll.app.is_empty() {
            return Some(0);
        }
        self.apps.iter().position(|(name, _)| *name == poll.app)
    }
}
