//! What the identity provider has to answer: requests by kind, over time, and at the peak.

use super::common::{AllAsked, Note};
use super::load::{Peak, gathered, second, united};
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

#[derive(Clone, Debug)]
pub(super) struct Requests {
    by_kind: [u64; KINDS],
    background: [u64; KINDS],
    /// All kinds together, by second since the epoch.
    by_second: Series,
    /// By bucket and kind: `bucket * KINDS + kind`.
    by_bucket: Series,
    /// Answers to uses of which it is known apart that they asked.
    told: Told,
    /// What these came to, with those that are not told of.
    answered: Option<Answered>,
}

/// The seconds of answers by kind. A list is written far sooner than a series is added to, and
/// each policy's lists are gone through at once in the end.
#[derive(Clone, Debug, Default)]
struct Told {
    /// When counting begins.
    first: i64,
    /// From there on.
    near: [Vec<u32>; KINDS],
    /// Those 136 years after it.
    far: Vec<(usize, i64)>,
}

/// A bucket, by its number since the epoch, and its requests by kind.
type Row = (i64, [u64; KINDS]);

#[derive(Clone, Debug)]
struct Answered {
    buckets: Vec<Row>,
    /// With all other requests of the policy.
    peak_second: Peak,
    peak_minute: Peak,
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
            by_second: Series::new(second(first), second(last)),
            by_bucket: Series::new(keys_of(first), keys_of(last) + KINDS as i64 - 1),
            told: Told { first: second(first), ..Told::default() },
            answered: None,
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
        self.by_second.add(second(at));
        self.by_bucket.add(frame.bucket_of(at) * KINDS as i64 + kind as i64);
    }

    /// A use of which it is known apart that it asked was answered silently.
    #[inline]
    pub(super) fn silent(&mut self, note: Note) {
        self.told.push(Kind::Silent, note.second);
    }

    /// Such a use had a refresh token refused before: a request besides.
    #[inline]
    pub(super) fn refused(&mut self, note: Note) {
        self.told.push(Kind::Failed, note.second);
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (own, more) in self.by_kind.iter_mut().zip(other.by_kind) {
            *own += more;
        }
        for (own, more) in self.background.iter_mut().zip(other.background) {
            *own += more;
        }
        self.told.merge(other.told);
        self.by_second.merge(other.by_second);
        self.by_bucket.merge(other.by_bucket);
    }

    /// Adds the counted uses of which it is known apart that they asked: those of which nothing was
    /// told turned into `rest`, and those at `logins` (in milliseconds, perhaps before they count)
    /// into logins. Gives what they turned into.
    pub(super) fn settle(
        &mut self,
        frame: &Frame,
        asked: &AllAsked,
        rest: Outcome,
        logins: impl Iterator<Item = i64>,
    ) -> [(Outcome, u64); 3] {
        let rest = if rest == Outcome::Refresh { Kind::Refresh } else { Kind::Silent };
        let counted_from = frame.counted_from.as_millis();
        let logins = logins.filter(|at| *at >= counted_from);
        logins.for_each(|at| self.told.push(Kind::Login, second(at)));
        let mut by_kind = self.told.by_kind();
        by_kind[rest as usize] += asked.uses - granted(&by_kind);
        self.by_kind.iter_mut().zip(by_kind).for_each(|(own, more)| *own += more);
        let (peak_second, peak_minute) = self.peaks(asked);
        let buckets = self.answered(frame, asked, rest);
        self.told = Told::default();
        self.answered = Some(Answered { buckets, peak_second, peak_minute });
        let outcomes = [
            (Outcome::Login, Kind::Login),
            (Outcome::Silent, Kind::Silent),
            (Outcome::Refresh, Kind::Refresh),
        ];
        outcomes.map(|(outcome, kind)| (outcome, by_kind[kind as usize]))
    }

    /// By bucket: how those uses were answered of which it is known apart that they asked.
    fn answered(&self, frame: &Frame, asked: &AllAsked, rest: Kind) -> Vec<Row> {
        let bucket_of = |at: Instant| frame.bucket_of(at.as_millis());
        let (first, last) = (bucket_of(frame.counted_from), bucket_of(frame.horizon));
        let told = [Kind::Login, Kind::Silent, Kind::Failed].map(|kind| {
            let mut series = Series::new(first, last);
            let seconds = self.told.seconds(kind);
            seconds.for_each(|second| series.add(frame.bucket_of(second * 1_000)));
            series.settle();
            (kind, series)
        });
        let by_bucket = asked.by_bucket.iter().map(|&(bucket, uses)| {
            let mut row = [0; KINDS];
            for (kind, series) in &told {
                row[*kind as usize] = series.get(bucket) as u64;
            }
            row[rest as usize] += uses as u64 - granted(&row);
            (bucket, row)
        });
        by_bucket.collect()
    }

    /// The fullest second and minute, where most requests are in common with other policies; those
    /// that failed come on top, and the policy's own.
    fn peaks(&mut self, asked: &AllAsked) -> (Peak, Peak) {
        let failed = self.told.seconds(Kind::Failed);
        let minutes = failed.clone().map(|second| second.div_euclid(60));
        let bounds = (minutes.clone().min(), minutes.clone().max());
        let mut by_minute = Series::new(bounds.0.unwrap_or(0), bounds.1.unwrap_or(-1));
        minutes.for_each(|minute| by_minute.add(minute));
        let own = self.by_second.entries();
        // At most as many fail as ask, so that only where half as many ask as at the peak the sum
        // can reach it.
        let least = if own.is_empty() { asked.peak_second.requests() } else { 0 };
        let may_peak = failed.filter(|second| 2 * asked.by_second.get(*second) >= least);
        let mut seconds: Vec<(i64, i64)> = may_peak.map(|second| (second, 1)).collect();
        seconds.sort_unstable();
        let seconds = united(own, gathered(seconds.into_iter(), |second| second), add);
        let by_minute = united(self.by_second.by_stretch(60), by_minute.entries(), add);
        let mut asked_by_minute = asked.by_minute.iter().peekable();
        let asked_in = |minute| {
            while asked_by_minute.next_if(|(other, _)| *other < minute).is_some() {}
            asked_by_minute.next_if(|(other, _)| *other == minute).map_or(0, |(_, asked)| *asked)
        };
        let peak_minute = asked.peak_minute.with(by_minute.into_iter(), asked_in);
        let asked_at = |second| asked.by_second.get(second);
        (asked.peak_second.with(seconds.into_iter(), asked_at), peak_minute)
    }

    /// Logins of such uses, by bucket.
    pub(super) fn answered_logins(&self) -> impl Iterator<Item = (i64, u64)> {
        let buckets = self.answered.iter().flat_map(|answered| &answered.buckets);
        let logins = buckets.map(|(bucket, row)| (*bucket, row[Kind::Login as usize]));
        logins.filter(|(_, logins)| *logins > 0)
    }

    /// Requests over time, up to the bucket that the horizon lies in.
    pub(super) fn load(&mut self, frame: &Frame, horizon: Instant) -> Load {
        let own = rows(&mut self.by_bucket);
        let (buckets, peak_second, peak_minute) = match self.answered.take() {
            None => {
                let minutes = self.by_second.by_stretch(60);
                (own, self.by_second.peak(), Peak::of(minutes.into_iter()))
            }
            Some(Answered { buckets, peak_second, peak_minute }) => {
                let add = |all: &mut [u64; KINDS], more: [u64; KINDS]| {
                    all.iter_mut().zip(more).for_each(|(all, more)| *all += more);
                };
                (united(own, buckets, add), peak_second, peak_minute)
            }
        };
        Load {
            width: frame.bucket,
            first: frame.bucket_of(frame.counted_from.as_millis()),
            last: frame.bucket_of(horizon.as_millis()),
            buckets,
            peak_second: peak_second.found(1_000),
            peak_minute: peak_minute.found(60_000),
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

impl Told {
    #[inline]
    fn push(&mut self, kind: Kind, second: i64) {
        match u32::try_from(second - self.first) {
            Ok(near) => self.near[kind as usize].push(near),
            Err(_) => self.far.push((kind as usize, second)),
        }
    }

    fn merge(&mut self, other: Self) {
        self.near.iter_mut().zip(other.near).for_each(|(own, more)| own.extend(more));
        self.far.extend(other.far);
    }

    /// The seconds since the epoch of those of a kind.
    fn seconds(&self, kind: Kind) -> impl Iterator<Item = i64> + Clone {
        let kind = kind as usize;
        let near = self.near[kind].iter().map(|near| self.first + i64::from(*near));
        let far = self.far.iter().filter(move |(own, _)| *own == kind).map(|(_, second)| *second);
        near.chain(far)
    }

    fn by_kind(&self) -> [u64; KINDS] {
        let mut by_kind = [0; KINDS];
        by_kind.iter_mut().zip(&self.near).for_each(|(all, near)| *all = near.len() as u64);
        self.far.iter().for_each(|(kind, _)| by_kind[*kind] += 1);
        by_kind
    }
}

/// How many requests were answered with tokens that no refresh token was given for.
fn granted(by_kind: &[u64; KINDS]) -> u64 {
    by_kind[Kind::Login as usize] + by_kind[Kind::Silent as usize]
}

fn add(all: &mut i64, more: i64) {
    *all += more;
}

/// A series by bucket and kind, as rows.
fn rows(series: &mut Series) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    series.each(|key, requests| {
        let (bucket, kind) = (key.div_euclid(KINDS as i64), key.rem_euclid(KINDS as i64));
        match rows.last_mut() {
            Some((last, row)) if *last == bucket => row[kind as usize] = requests as u64,
            _ => {
                let mut row = [0; KINDS];
                row[kind as usize] = requests as u64;
                rows.push((bucket, row));
            }
        }
    });
    rows
}
