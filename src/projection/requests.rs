//! What the identity provider has to answer: requests by kind, over time, and at the peak.

use super::common::{AllAsked, Note};
use super::load::{Peak, second, united};
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
    /// The same for uses of which it is known apart that they asked.
    answers: Series,
    answers_by_kind: [u64; KINDS],
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
            answers: Series::new(keys_of(first), keys_of(last) + KINDS as i64 - 1),
            answers_by_kind: [0; KINDS],
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

    /// A use of which it is known apart that it asked took a login.
    #[inline]
    pub(super) fn login(&mut self, note: Note) {
        self.answer(note, Kind::Login);
    }

    /// Such a use was answered silently.
    #[inline]
    pub(super) fn silent(&mut self, note: Note) {
        self.answer(note, Kind::Silent);
    }

    /// Such a use had a refresh token refused before: a request besides.
    #[inline]
    pub(super) fn refused(&mut self, note: Note, at: Instant) {
        self.answer(note, Kind::Failed);
        self.by_second.add(second(at.as_millis()));
    }

    #[inline]
    fn answer(&mut self, note: Note, kind: Kind) {
        self.answers_by_kind[kind as usize] += 1;
        self.answers.add(note.bucket * KINDS as i64 + kind as i64);
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (own, more) in self.by_kind.iter_mut().zip(other.by_kind) {
            *own += more;
        }
        for (own, more) in self.background.iter_mut().zip(other.background) {
            *own += more;
        }
        for (own, more) in self.answers_by_kind.iter_mut().zip(other.answers_by_kind) {
            *own += more;
        }
        self.by_second.merge(other.by_second);
        self.by_bucket.merge(other.by_bucket);
        self.answers.merge(other.answers);
    }

    /// Adds the counted uses of which it is known apart that they asked: those of which nothing was
    /// told turned into `rest`. Gives what they turned into.
    pub(super) fn settle(&mut self, asked: &AllAsked, rest: Outcome) -> [(Outcome, u64); 3] {
        let told = self.answers_by_kind;
        let told = told[Kind::Login as usize] + told[Kind::Silent as usize];
        self.answers_by_kind[kind_of_rest(rest) as usize] += asked.uses - told;
        for (own, more) in self.by_kind.iter_mut().zip(self.answers_by_kind) {
            *own += more;
        }
        [
            (Outcome::Login, Kind::Login),
            (Outcome::Silent, Kind::Silent),
            (Outcome::Refresh, Kind::Refresh),
        ]
        .map(|(outcome, kind)| (outcome, self.answers_by_kind[kind as usize]))
    }

    /// Logins of such uses, by bucket.
    pub(super) fn answered_logins(&mut self) -> Vec<(i64, u64)> {
        let rows = rows(&mut self.answers).into_iter();
        rows.map(|(bucket, by_kind)| (bucket, by_kind[Kind::Login as usize])).collect()
    }

    /// Requests over time, up to the bucket that the horizon lies in.
    pub(super) fn load(
        &mut self,
        frame: &Frame,
        horizon: Instant,
        common: Option<(&AllAsked, Outcome)>,
    ) -> Load {
        let own = rows(&mut self.by_bucket);
        let minutes = self.by_second.by_stretch(60);
        let (buckets, peak_second, peak_minute) = match common {
            None => (own, self.by_second.peak(), Peak::of(minutes.into_iter())),
            Some((asked, rest)) => {
                let add = |all: &mut [u64; KINDS], more: [u64; KINDS]| {
                    all.iter_mut().zip(more).for_each(|(all, more)| *all += more);
                };
                let seconds = self.by_second.entries();
                let peak_second = asked.peak_second.with(seconds, |key| asked.by_second.get(key));
                let by_minute = |key| {
                    let found = asked.by_minute.binary_search_by_key(&key, |(key, _)| *key);
                    found.map_or(0, |place| asked.by_minute[place].1)
                };
                let peak_minute = asked.peak_minute.with(minutes.into_iter(), by_minute);
                (united(own, self.answered(asked, rest), add), peak_second, peak_minute)
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

    /// By bucket: how those uses were answered of which it is known apart that they asked.
    fn answered(&mut self, asked: &AllAsked, rest: Outcome) -> Vec<(i64, [u64; KINDS])> {
        let rest = kind_of_rest(rest) as usize;
        let mut told = rows(&mut self.answers).into_iter().peekable();
        let by_bucket = asked.by_bucket.iter().map(|&(bucket, uses)| {
            let (_, mut row) = told.next_if(|(own, _)| *own == bucket).unwrap_or_default();
            row[rest] += uses as u64 - row[Kind::Login as usize] - row[Kind::Silent as usize];
            (bucket, row)
        });
        by_bucket.collect()
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

/// The kind of request of the answers that are not told one by one.
fn kind_of_rest(rest: Outcome) -> Kind {
    if rest == Outcome::Refresh { Kind::Refresh } else { Kind::Silent }
}

/// A series by bucket and kind, as rows.
fn rows(series: &mut Series) -> Vec<(i64, [u64; KINDS])> {
    let mut rows: Vec<(i64, [u64; KINDS])> = Vec::new();
    for (key, requests) in series.entries() {
        let (bucket, kind) = (key.div_euclid(KINDS as i64), key.rem_euclid(KINDS as i64));
        if rows.last().is_none_or(|(last, _)| *last != bucket) {
            rows.push((bucket, [0; KINDS]));
        }
        if let Some((_, counts)) = rows.last_mut() {
            counts[kind as usize] = requests as u64;
        }
    }
    rows
}
