//! What was found out, as columns with a name and a unit: the only thing that reports read.

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
    /// How sure the figures are that add up over people, or are quantiles of people; in the order
    /// of `metrics`.
    pub intervals: Vec<Interval>,
    /// How much this policy differs from the run's first; empty for the first itself.
    pub differences: Vec<Difference>,
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
