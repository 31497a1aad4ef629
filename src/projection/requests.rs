//! What the identity provider has to answer: requests by kind, over time, and at the peak.

use super::tally::Tally;
use super::{Frame, count};
use crate::model::{Access, Instant, Outcome};
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

#[derive(Clone, Debug, Default)]
pub(super) struct Requests {
    by_kind: [u64; KINDS],
    background: [u64; KINDS],
    /// All kinds together, by second since the epoch.
    by_second: Tally,
    /// By bucket and kind: `bucket * KINDS + kind`.
    by_bucket: Tally,
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
    #[inline]
    pub(super) fn record(&mut self, frame: &Frame, at: Instant, access: &Access) {
        if access.refresh_refused {
            self.request(frame, at, access, Kind::Failed);
        }
        match access.outcome {
            Outcome::Valid => {}
            Outcome::Refresh => self.request(frame, at, access, Kind::Refresh),
            Outcome::Silent => self.request(frame, at, access, Kind::Silent),
            Outcome::Login => self.request(frame, at, access, Kind::Login),
            Outcome::Denied => self.request(frame, at, access, Kind::Failed),
        }
        if access.introspected {
            self.request(frame, at, access, Kind::Introspection);
        }
    }

    fn request(&mut self, frame: &Frame, at: Instant, access: &Access, kind: Kind) {
        self.by_kind[kind as usize] += 1;
        if access.initiator.is_background() {
            self.background[kind as usize] += 1;
        }
        let at = at.as_millis();
        self.by_second.add(at.div_euclid(1_000), 1);
        self.by_bucket.add(at.div_euclid(frame.bucket) * KINDS as i64 + kind as i64, 1);
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
        for &(key, requests) in self.by_bucket.entries() {
            let (bucket, kind) = (key.div_euclid(KINDS as i64), key.rem_euclid(KINDS as i64));
            if buckets.last().is_none_or(|(last, _)| *last != bucket) {
                buckets.push((bucket, [0; KINDS]));
            }
            if let Some((_, counts)) = buckets.last_mut() {
                counts[kind as usize] = requests as u64;
            }
        }
        let seconds = self.by_second.entries();
        let minutes = seconds.chunk_by(|(a, _), (b, _)| a.div_euclid(60) == b.div_euclid(60));
        let minutes = minutes.map(|minute| {
            (minute[0].0.div_euclid(60) * 60, minute.iter().map(|(_, requests)| requests).sum())
        });
        Load {
            width: frame.bucket,
            first: frame.counted_from.as_millis().div_euclid(frame.bucket),
            last: horizon.as_millis().div_euclid(frame.bucket),
            buckets,
            peak_second: fullest(seconds.iter().copied()),
            peak_minute: fullest(minutes),
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

/// The first of the fullest: its start in milliseconds, and its requests.
fn fullest(counts: impl Iterator<Item = (i64, i64)>) -> Option<(i64, u64)> {
    let fullest = counts.reduce(|best, next| if next.1 > best.1 { next } else { best });
    fullest.map(|(second, requests)| (second * 1_000, requests as u64))
}
