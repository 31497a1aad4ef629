//! What was found out, as columns with a name and a unit: the only thing that reports read.

use crate::bill::Bill;

/// A value in a table. A missing one is an empty cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing to say.
    Missing,
    /// Words.
    Text(String),
    /// A whole number of things.
    Count(u64),
    /// A quotient or a measure.
    Number(f64),
    /// Milliseconds since the Unix epoch, shown as RFC 3339.
    Instant(i64),
}

/// A column: what it holds, and in what unit (empty for words and plain numbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// As it stands in a CSV header.
    pub name: &'static str,
    /// `s`, `h`, `1/user-day`…; empty where there is none.
    pub unit: &'static str,
}

/// Rows under named columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Left to right.
    pub columns: Vec<Column>,
    /// Top to bottom; each as long as `columns`.
    pub rows: Vec<Vec<Value>>,
}

/// What kind of figure SPEC 7 knows: the same for every policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its flat key.
    pub name: &'static str,
    /// `uses`, `requests/s`, `h`…
    pub unit: &'static str,
    /// Which way is the better one.
    pub better: Better,
    /// Whether it has a 95 % interval, under policies that are no baselines: it adds up over people,
    /// or is a quantile of them.
    pub has_interval: bool,
}

/// Which way of a figure is the better one for people, the provider and the risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less costs less.
    Less,
    /// Neither: it describes the activity, or what it costs stands in another figure.
    Neither,
}

/// Every figure of SPEC 7, in its order.
pub const METRICS: [Measure; 37] = [
    neutral("uses", "uses"),
    neutral("outcome.valid", "uses"),
    neutral("outcome.refresh", "uses"),
    neutral("outcome.silent", "uses"),
    less("outcome.login", "uses"),
    neutral("login.first", "logins"),
    less("login.idle", "logins"),
    less("login.absolute", "logins"),
    less("login.closed", "logins"),
    neutral("login.logout", "logins"),
    neutral("login.revoked", "logins"),
    less_of_people("relogins", "logins"),
    less_of_people("relogins.mid_task", "logins"),
    neutral("active_users", "users"),
    neutral("active_user_days", "user-days"),
    less_of_people("relogins_per_user_day", "logins/user-day"),
    less_of_people("relogins_per_user_day.p50", "logins/user-day"),
    less_of_people("relogins_per_user_day.p90", "logins/user-day"),
    less_of_people("relogins_per_user_day.p95", "logins/user-day"),
    less_of_people("relogins_per_user_day.p99", "logins/user-day"),
    less("relogins_per_user_day.max", "logins/user-day"),
    less_of_people("requests.login", "requests"),
    less_of_people("requests.silent", "requests"),
    less_of_people("requests.refresh", "requests"),
    less_of_people("requests.failed", "requests"),
    less_of_people("requests.introspection", "requests"),
    less("background.silent", "requests"),
    less("background.refresh", "requests"),
    less("background.failed", "requests"),
    less("background.introspection", "requests"),
    less("peak_requests_per_second", "requests/s"),
    less("peak_requests_per_minute", "requests/min"),
    neutral("sessions.started", "sessions"),
    less("sessions.peak", "sessions"),
    less_of_people("sessions.unattended_hours", "h"),
    less("access_token.mean_residual_s", "s"),
    less("access_token.max_lifetime_s", "s"),
];

const fn less(name: &'static str, unit: &'static str) -> Measure {
    Measure { name, unit, better: Better::Less, has_interval: false }
}

const fn less_of_people(name: &'static str, unit: &'static str) -> Measure {
    Measure { name, unit, better: Better::Less, has_interval: true }
}

const fn neutral(name: &'static str, unit: &'static str) -> Measure {
    Measure { name, unit, better: Better::Neither, has_interval: false }
}

/// One figure of SPEC 7.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Its flat key.
    pub name: &'static str,
    /// [`Value::Count`] or [`Value::Number`].
    pub value: Value,
    /// Its unit: `uses`, `requests/s`, `h`…
    pub unit: &'static str,
}

/// The kinds of requests to the identity provider, in the order of every row.
pub const REQUEST_KINDS: [&str; 5] = ["login", "silent", "refresh", "failed", "introspection"];

/// Requests to the identity provider over time, by kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// The width of a bucket in milliseconds; buckets are aligned to the epoch.
    pub width: i64,
    /// Index (start / width) of the first bucket and of the last; no rows if `last < first`.
    pub first: i64,
    /// See `first`.
    pub last: i64,
    /// The buckets that are not empty: index and requests by kind, in time order.
    pub buckets: Vec<(i64, [u64; 5])>,
    /// The fullest second: its start in milliseconds, and its requests.
    pub peak_second: Option<(i64, u64)>,
    /// The fullest minute: its start in milliseconds, and its requests.
    pub peak_minute: Option<(i64, u64)>,
}

/// Re-logins and other logins of one class and app by one cause, as counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginCount {
    /// The class of synthetic users, or empty.
    pub class: String,
    /// The app.
    pub app: String,
    /// `idle`, `absolute` or `closed`.
    pub cause: &'static str,
    /// How many.
    pub count: u64,
}

/// Everything that one policy did, ready to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyTables {
    /// The policy's name.
    pub name: String,
    /// Whether it is one of relogin's own.
    pub baseline: bool,
    /// SPEC 7, in its order.
    pub metrics: Vec<Metric>,
    /// Access tokens issued that never end. SPEC 7 leaves them out of `access_token.*`, so that
    /// those figures alone would look as if nobody kept access.
    pub endless_access_tokens: u64,
    /// Re-logins by class, app and cause; none that are zero.
    pub relogins: Vec<LoginCount>,
    /// Requests over time.
    pub load: Load,
    /// Re-logins per own user-day of each active user, ascending, with how many users have it.
    pub people: Vec<(f64, u64)>,
    /// Interactive logins by local hour of the week, Monday 00:00 first.
    pub logins_by_hour: Vec<u64>,
    /// Sessions alive, in steps of equal width from the first record to the horizon.
    pub sessions: Vec<SessionsAlive>,
    /// Hours that sessions were alive, all together, up to the end of the run.
    pub session_hours: f64,
    /// How sure the figures are that add up over people, or are quantiles of people; in the order
    /// of `metrics`.
    pub intervals: Vec<Interval>,
    /// How much this policy differs from the run's first; empty for the first itself.
    pub differences: Vec<Difference>,
    /// What it costs, where the scenario asks for it.
    pub bill: Option<Box<Bill>>,
}

/// Where a figure would lie for other people like these, in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The metric's name.
    pub metric: &'static str,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How much a figure of one policy exceeds that of another, person by person: with its own
/// interval, for the people are the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The metric's name.
    pub metric: &'static str,
    /// The one's figure less the other's.
    pub value: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// IdP sessions alive in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionsAlive {
    /// Start of the stretch, milliseconds.
    pub start: i64,
    /// Most at once within it.
    pub most: u64,
    /// Fewest at once within it.
    pub fewest: u64,
}

impl Measure {
    /// The figure of that key.
    pub fn named(name: &str) -> Option<&'static Self> {
        METRICS.iter().find(|measure| measure.name == name)
    }

    /// Whether figures stand beside it that tell how it is spread over users.
    pub fn has_quantiles(&self) -> bool {
        let below = |other: &Self| other.name.strip_prefix(self.name);
        METRICS.iter().any(|other| below(other) == Some(".p50"))
    }
}

impl Load {
    /// Every bucket from first to last, empty ones too: start in milliseconds, requests by kind.
    pub fn rows(&self) -> impl Iterator<Item = (i64, [u64; 5])> + '_ {
        let mut filled = self.buckets.iter().peekable();
        (self.first..=self.last).map(move |index| {
            let counts = filled.next_if(|(own, _)| *own == index).map_or([0; 5], |(_, c)| *c);
            (index * self.width, counts)
        })
    }
}

impl PolicyTables {
    /// Figures alone, as where nothing else was kept.
    pub fn of(name: &str, baseline: bool, metrics: Vec<Metric>) -> Self {
        let load = Load {
            width: 60_000,
            first: 0,
            last: -1,
            buckets: Vec::new(),
            peak_second: None,
            peak_minute: None,
        };
        Self {
            name: name.to_owned(),
            baseline,
            metrics,
            endless_access_tokens: 0,
            relogins: Vec::new(),
            load,
            people: Vec::new(),
            logins_by_hour: Vec::new(),
            sessions: Vec::new(),
            session_hours: 0.0,
            intervals: Vec::new(),
            differences: Vec::new(),
            bill: None,
        }
    }

    /// The figure of that name, as a number.
    ///
    /// # Panics
    /// If there is no such metric: names are SPEC 7's, written in code only.
    pub fn metric(&self, name: &str) -> f64 {
        let metric = self.metrics.iter().find(|metric| metric.name == name);
        match metric.unwrap_or_else(|| panic!("no metric {name:?}")).value {
            Value::Count(count) => count as f64,
            Value::Number(number) => number,
            _ => f64::NAN,
        }
    }
}
