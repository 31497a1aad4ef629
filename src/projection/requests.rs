//! What the identity provider has to answer: requests by kind, over time, and at the peak.

use super::series::Series;
use super::{Frame, count};
use crate::model::{Access, Initiator, Instant, Outcome};
use crate::table::{Load, Metric, REQUEST_KINDS};

/// Kinds of requests, in the order of [`REQUEST_KINDS`].
#[derive(Clone, Copy)]
enum Kind {
    Login,
    Silent,
    Refresh,
    Failed,
    Introspection,
}

const KINDS: usize = REQUEST_KINDS.len();

const MINUTE: i64 = 60_000;

#[derive(Clone, Debug)]
pub(super) struct Requests {
    by_kind: [u64; KINDS],
    background: [u64; KINDS],
    /// All kinds together, by second since the epoch.
    by_second: Series,
    /// By bucket and kind: `bucket * KINDS + kind`.
    by_bucket: Series,
}

const NAMES: [&str; KINDS] = [
    "requests.login",
    "requests.silent",
    "requests.refresh",
    "requests.failed",
    "requests.introspection",
];

/// Nobody logs in in the background.
const BACKGROUND_NAMES: [(Kind, &str); 4] = [
    (Kind::Silent, "background.silent"),
    (Kind::Refresh, "background.refresh"),
    (Kind::Failed, "background.failed"),
    (Kind::Introspection, "background.introspection"),
];

impl Requests {
    pub(super) fn new(frame: &Frame) -> Self {
        let (first, last) = (frame.counted_from.as_millis(), frame.horizon.as_millis());
        let keys_of = |at: i64| at.div_euclid(frame.bucket) * KINDS as i64;
        Self {
            by_kind: [0; KINDS],
            background: [0; KINDS],
            by_second: Series::new(first.div_euclid(1_000), last.div_euclid(1_000)),
            by_bucket: Series::new(keys_of(first), keys_of(last) + KINDS as i64 - 1),
        }
    }

    #[inline(always)]
    pub(super) fn record(&mut self, frame: &Frame, at: Instant, access: &Access) {
        if access.refresh_refused {
            self.request(frame, at, access.initiator, Kind::Failed);
        }
        match access.outcome {
            Outcome::Valid => {}
            Outcome::Refresh => self.request(frame, at, access.initiator, Kind::Refresh),
            Outcome::Silent => self.request(frame, at, access.initiator, Kind::Silent),
            Outcome::Login => self.request(frame, at, access.initiator, Kind::Login),
            Outcome::Denied => self.request(frame, at, access.initiator, Kind::Failed),
        }
        if access.introspected {
            self.request(frame, at, access.initiator, Kind::Introspection);
        }
    }

    #[inline]
    fn request(&mut self, frame: &Frame, at: Instant, initiator: Initiator, kind: Kind) {
        self.by_kind[kind as usize] += 1;
        if initiator.is_background() {
            self.background[kind as usize] += 1;
        }
        let at = at.as_millis();
        self.by_second.add(at.div_euclid(1_000));
        // Dividing by what the compiler knows is ten times faster, and most buckets are minutes.
        let bucket = match frame.bucket {
            MINUTE => at.div_euclid(MINUTE),
            width => at.div_euclid(width),
        };
        self.by_bucket.add(bucket * KINDS as i64 + kind as i64);
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (own, more) in self.by_kind.iter_mut().zip(other.by_kind) {
            *own += more;
        }
        for (own, more) in self.background.iter_mut().zip(other.background) {
            *own += more;
        }
        self.by_second.merge(other.by_second);
        self.by_bucket.merge(other.by_bucket);
    }

    /// Requests over time, up to the bucket that the horizon lies in.
    pub(super) fn load(&mut self, frame: &Frame, horizon: Instant) -> Load {
        let mut buckets: Vec<(i64, [u64; KINDS])> = Vec::new();
        for (key, requests) in self.by_bucket.entries() {
            let (bucket, kind) = (key.div_euclid(KINDS as i64), key.rem_euclid(KINDS as i64));
            if buckets.last().is_none_or(|(last, _)| *last != bucket) {
                buckets.push((bucket, [0; KINDS]));
            }
            if let Some((_, counts)) = buckets.last_mut() {
                counts[kind as usize] = requests as u64;
            }
        }
        let (mut peak_second, mut peak_minute) = (Peak::default(), Peak::default());
        let mut minute = (0, 0);
        for (second, requests) in self.by_second.entries() {
            peak_second.consider(second, requests);
            let begin = second.div_euclid(60) * 60;
            minute =
                if begin == minute.0 { (begin, minute.1 + requests) } else { (begin, requests) };
            peak_minute.consider(minute.0, minute.1);
        }
        Load {
            width: frame.bucket,
            first: frame.counted_from.as_millis().div_euclid(frame.bucket),
            last: horizon.as_millis().div_euclid(frame.bucket),
            buckets,
            peak_second: peak_second.found(),
            peak_minute: peak_minute.found(),
        }
    }

    pub(super) fn metrics(&self, load: &Load, metrics: &mut Vec<Metric>) {
        let requests = NAMES.iter().zip(self.by_kind);
        metrics.extend(requests.map(|(name, requests)| count(name, requests, "requests")));
        metrics.extend(
            BACKGROUND_NAMES
                .map(|(kind, name)| count(name, self.background[kind as usize], "requests")),
        );
        let most = |peak: Option<(i64, u64)>| peak.map_or(0, |(_, requests)| requests);
        let (second, minute) = (most(load.peak_second), most(load.peak_minute));
        metrics.push(count("peak_requests_per_second", second, "requests/s"));
        metrics.push(count("peak_requests_per_minute", minute, "requests/min"));
    }
}

/// The fullest stretch of time so far, and of several the first.
#[derive(Default)]
struct Peak {
    /// In seconds.
    start: i64,
    requests: i64,
}

impl Peak {
    fn consider(&mut self, start: i64, requests: i64) {
        if requests > self.requests {
            *self = Self { start, requests };
        }
    }

    /// Its start in milliseconds, and its requests.
    fn found(&self) -> Option<(i64, u64)> {
        (self.requests > 0).then_some((self.start * 1_000, self.requests as u64))
    }
}
