//! Capacity as plain data: what it is reckoned with, and the bill of a policy.
//!
//! Arrays of five are by kind of request, in the order of
//! [`REQUEST_KINDS`](crate::table::REQUEST_KINDS). Rates are per second; instants are milliseconds
//! since the Unix epoch.

use serde::{Deserialize, Serialize};

/// What capacity is reckoned with: `[capacity]` with every published figure filled in, so that an
/// event log gives the same bill whatever a later version publishes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumptions {
    /// For how many users each user of the activity stands: what multiplies every count.
    pub scale: f64,
    /// Over how long these users are spread where they are not one each, milliseconds: whole
    /// minutes, of which an hour is a whole number.
    pub spread: i64,
    /// The stretch of time whose rate is sized for.
    pub basis: Basis,
    /// A provider that is run by oneself.
    pub sizing: Option<Sizing>,
    /// Providers that are rented, or any other limits.
    pub plans: Vec<Plan>,
}

/// The stretch of time whose rate is sized for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The fullest second.
    Second,
    /// The average over the fullest minute.
    Minute,
}

/// What a provider that is run by oneself needs: linear in the requests of each kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizing {
    /// Whose figures these are: `keycloak` or `own`.
    pub name: String,
    /// Where they stand; empty for one's own.
    pub source: String,
    /// How many pods share the load.
    pub pods: u32,
    /// Share of the vCPU that is added for spikes: 1.5 is 150 %.
    pub headroom: f64,
    /// Requests per second that one vCPU answers.
    pub per_vcpu: [f64; 5],
    /// The same, of client credentials grants.
    pub client_credentials_per_vcpu: f64,
    /// Up to how many a second the source has tested, where it says so.
    pub tested: [Option<f64>; 5],
    /// What is asked besides, of which the activity tells nothing.
    pub besides: Besides,
    /// A pod's memory.
    pub memory: Memory,
    /// The database.
    pub database: Database,
}

/// Requests per second that no activity tells of, at full scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Besides {
    /// Client credentials grants (RFC 6749 §4.4).
    pub client_credentials: f64,
    /// Logouts.
    pub logouts: f64,
}

/// A pod's memory, megabytes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// What a pod takes with its caches.
    pub base_mb: f64,
    /// Of that, what is not heap.
    pub nonheap_mb: f64,
    /// The share of the memory limit that is heap.
    pub heap_share: f64,
    /// What each 1,000 sessions alive take besides, over all pods.
    pub per_1000_sessions_mb: f64,
}

/// What a database needs for each 100 requests per second that write to it: logins, silent
/// authentications, refreshes and logouts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Write operations per second.
    pub write_iops: f64,
    /// vCPU at the least.
    pub vcpu_low: f64,
    /// vCPU for short response times.
    pub vcpu_high: f64,
}

/// The limits that one customer of a provider has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// `auth0-enterprise`.
    pub name: String,
    /// For people.
    pub about: String,
    /// Where the figures stand; empty for one's own.
    pub source: String,
    /// What is not sure about them; empty if they stand there as they are here.
    pub caveat: String,
    /// Each is held by itself.
    pub limits: Vec<PlanLimit>,
}

/// A bucket of units that is refilled at the top of each window: a fixed window if it is refilled
/// whole, else a token bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanLimit {
    /// What draws on it.
    pub name: String,
    /// The most that the bucket holds.
    pub burst: f64,
    /// What is put in at the top of each window.
    pub refill: f64,
    /// The window.
    pub every: Basis,
    /// Units that a request of each kind takes: mostly how many HTTP requests it is.
    pub units: [f64; 5],
}

/// What a policy costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Bill {
    /// Active users at full scale.
    pub users: f64,
    /// Their days with a use.
    pub user_days: f64,
    /// Re-logins in a user-day.
    pub relogins_per_user_day: f64,
    /// IdP sessions alive at once, at most.
    pub sessions: f64,
    /// Requests in all, by kind.
    pub requests: [f64; 5],
    /// The fullest second, all kinds together.
    pub peak_second: Option<Fullest>,
    /// The fullest minute.
    pub peak_minute: Option<Fullest>,
    /// What is needed where a provider is run by oneself.
    pub size: Option<Size>,
    /// The use of each limit, in the order of the plans and of their limits.
    pub limits: Vec<LimitUse>,
    /// Files for load test tools.
    pub exports: Vec<Export>,
}

/// A full stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fullest {
    /// When it began.
    pub at: i64,
    /// Its requests by kind, at full scale.
    pub requests: [f64; 5],
}

/// What a provider needs that is run by oneself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// When the stretch began that asks for most; none if nothing was ever asked.
    pub at: Option<i64>,
    /// Its requests per second.
    pub rates: [f64; 5],
    /// vCPU for each kind.
    pub vcpu: [f64; 5],
    /// vCPU for what is asked besides.
    pub vcpu_besides: f64,
    /// vCPU to request, over all pods.
    pub vcpu_total: f64,
    /// vCPU with headroom, over all pods.
    pub vcpu_limit: f64,
    /// vCPU that the counted time takes on average.
    pub vcpu_mean: f64,
    /// Memory that a pod requests, MB.
    pub memory_request_mb: f64,
    /// A pod's memory limit, MB.
    pub memory_limit_mb: f64,
    /// Requests per second that write to the database.
    pub database_requests: f64,
    /// The database's write operations per second.
    pub write_iops: f64,
    /// The database's vCPU, at the least and for short response times.
    pub database_vcpu: (f64, f64),
}

/// How far a limit is used.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitUse {
    /// The plan's place.
    pub plan: usize,
    /// The limit's place in it.
    pub limit: usize,
    /// Units asked for in all.
    pub units: f64,
    /// Units asked for in the fullest window.
    pub peak: f64,
    /// When that began.
    pub peak_at: Option<i64>,
    /// The greatest share, in any window, of what there was then: above 1 where something was
    /// refused.
    pub used: f64,
    /// Windows in which more was asked for than there was.
    pub above: u64,
    /// Windows of the counted time.
    pub windows: u64,
    /// When the first of those above began.
    pub first_above: Option<i64>,
    /// Units that were refused, if nobody tried again.
    pub refused: f64,
    /// How long it takes, in seconds, until everybody who had a session at the peak is logged in
    /// again, once all sessions are lost; none if a login takes nothing of this limit.
    pub relogin_of_all: Option<f64>,
    /// Over time, the units of the fullest window of each step.
    pub steps: Steps,
}

/// Values over time in steps of equal width.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    /// When the first begins.
    pub start: i64,
    /// The width of each, milliseconds.
    pub width: i64,
    /// One a step.
    pub values: Vec<f64>,
}

/// A file for a load test tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Its name below the policy's folder.
    pub file: &'static str,
    /// What it holds.
    pub text: String,
}

impl Bill {
    /// Requests of all kinds in a user-day; none without a user-day.
    pub fn requests_per_user_day(&self) -> f64 {
        if self.user_days > 0.0 { self.requests.iter().sum::<f64>() / self.user_days } else { 0.0 }
    }
}

impl Fullest {
    /// Requests of all kinds.
    pub fn all(&self) -> f64 {
        self.requests.iter().sum()
    }
}

impl LimitUse {
    /// The share of the counted time that is above the limit.
    pub fn share_above(&self) -> f64 {
        if self.windows > 0 { self.above as f64 / self.windows as f64 } else { 0.0 }
    }
}

impl Basis {
    /// How long it is, in seconds.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
        }
    }

    /// `second` or `minute`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
        }
    }
}
