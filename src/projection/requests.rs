//! What the identity provider has to answer: requests by kind, over time, and at the peak.

use std::sync::Arc;

use super::common::{AllAsked, Note};
use super::load::{Peak, second, united};
use super::series::{LONGEST, Series};
use super::told::{Answer, Told};
use super::{Frame, count};
use crate::model::{Access, Initiator, Instant, Outcome};
use crate::table::{Load, Metric, REQUEST_KINDS};

/// Kinds of requests, in the order of [`REQUEST_KINDS`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Login,
    Silent,
    Refresh,
    Failed,
    Introspection,
}

pub(super) const KINDS: usize = REQUEST_KINDS.len();

#[derive(Clone, Debug)]
pub(super) struct Requests {
    by_kind: [u64; KINDS],
    background: [u64; KINDS],
    /// All kinds together, by second since the epoch.
    by_second: Series,
    /// By grain and kind: `grain * KINDS + kind`.
    by_grain: Series,
    /// Answers to uses of which it is known apart that they asked.
    told: Told,
    /// What these came to, with those that are not told of.
    answered: Option<Answered>,
}

/// Tells the requests that an access took.
#[inline(always)]
pub(super) fn each_kind(access: &Access, mut tell: impl FnMut(Kind)) {
    if access.refresh_refused {
        tell(Kind::Failed);
    }
    match access.outcome {
        Outcome::Valid => {}
        Outcome::Refresh => tell(Kind::Refresh),
        Outcome::Silent => tell(Kind::Silent),
        Outcome::Login => tell(Kind::Login),
        Outcome::Denied => tell(Kind::Failed),
    }
    if access.introspected {
        tell(Kind::Introspection);
    }
}

impl Kind {
    /// What uses that ask turn into where nothing is told of them.
    pub(super) fn of_rest(rest: Outcome) -> Self {
        if rest == Outcome::Refresh { Self::Refresh } else { Self::Silent }
    }
}

/// A bucket, by its number since the epoch, and its requests by kind.
type Row = (i64, [u64; KINDS]);

#[derive(Clone, Debug)]
struct Answered {
    /// Who asked, and what those turned into of which nothing was told.
    asked: Arc<AllAsked>,
    rest: Outcome,
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
        let keys_of = |at: i64| at.div_euclid(frame.grain) * KINDS as i64;
        // As many grains as others have keys.
        let longest = if frame.grains() > 1 { KINDS as i64 * LONGEST } else { LONGEST };
        Self {
            by_kind: [0; KINDS],
            background: [0; KINDS],
            by_second: Series::new(second(first), second(last)),
            by_grain: Series::dense_up_to(
                longest,
                keys_of(first),
                keys_of(last) + KINDS as i64 - 1,
            ),
            told: Told::new(frame),
            answered: None,
        }
    }

    #[inline(always)]
    pub(super) fn record(&mut self, frame: &Frame, at: Instant, access: &Access) {
        each_kind(access, |kind| self.request(frame, at, access.initiator, kind));
    }

    #[inline]
    fn request(&mut self, frame: &Frame, at: Instant, initiator: Initiator, kind: Kind) {
        self.by_kind[kind as usize] += 1;
        if initiator.is_background() {
            self.background[kind as usize] += 1;
        }
        let at = at.as_millis();
        self.by_second.add(second(at));
        self.by_grain.add(frame.grain_of(at) * KINDS as i64 + kind as i64);
    }

    /// A use of which it is known apart that it asked took a login whose session is not kept.
    #[inline]
    pub(super) fn login(&mut self, at: Instant) {
        self.told.push(Answer::Login, second(at.as_millis()));
    }

    /// Such a use was answered silently.
    #[inline]
    pub(super) fn silent(&mut self, note: Note) {
        self.told.push(Answer::Silent, note.second);
    }

    /// Such a use had a refresh token refused before: a request besides.
    #[inline]
    pub(super) fn refused(&mut self, note: Note) {
        self.told.push(Answer::Failed, note.second);
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
        self.by_grain.merge(other.by_grain);
    }

    /// Adds the counted uses of which it is known apart that they asked: those of which nothing was
    /// told turned into `rest`, and those at `logins` into logins. Gives what they turned into.
    pub(super) fn settle(
        &mut self,
        frame: &Frame,
        asked: &Arc<AllAsked>,
        rest: Outcome,
        logins: impl Iterator<Item = Instant>,
    ) -> [(Outcome, u64); 3] {
        let seconds = logins.map(|at| second(at.as_millis()));
        seconds.for_each(|second| self.told.push(Answer::Login, second));
        let count = [Answer::Login, Answer::Silent, Answer::Failed].map(|a| self.told.count(a));
        let by_kind = row(asked.uses, count, rest);
        self.by_kind.iter_mut().zip(by_kind).for_each(|(own, more)| *own += more);
        let (peak_second, peak_minute) = self.told.peaks(asked, &mut self.by_second);
        let grains = self.told.grains(asked);
        let rows = grains.map(|(grain, uses, told)| (grain, row(uses, told, rest)));
        let buckets = wider(rows, frame.grains());
        let asked = Arc::clone(asked);
        self.answered = Some(Answered { asked, rest, buckets, peak_second, peak_minute });
        let outcomes = [
            (Outcome::Login, Kind::Login),
            (Outcome::Silent, Kind::Silent),
            (Outcome::Refresh, Kind::Refresh),
        ];
        outcomes.map(|(outcome, kind)| (outcome, by_kind[kind as usize]))
    }

    /// Logins of such uses, by bucket.
    pub(super) fn answered_logins(&self) -> impl Iterator<Item = (i64, u64)> {
        let buckets = self.answered.iter().flat_map(|answered| &answered.buckets);
        let logins = buckets.map(|(bucket, row)| (*bucket, row[Kind::Login as usize]));
        logins.filter(|(_, logins)| *logins > 0)
    }

    /// Gives each grain in which anything was asked, ascending: its number since the epoch, and its
    /// requests by kind. No list of them is ever made.
    pub(super) fn each_grain(&mut self, mut take: impl FnMut(i64, [u64; KINDS])) {
        let Self { told, by_grain, answered, .. } = self;
        let rest = answered.as_ref().map_or(Outcome::Silent, |answered| answered.rest);
        let grains = answered.as_ref().map(|answered| told.grains(&answered.asked));
        let rows = grains.into_iter().flatten();
        let rows = rows.map(|(grain, uses, told)| (grain, row(uses, told, rest)));
        let mut answered = rows.peekable();
        let mut own: Option<Row> = None;
        let mut give = |(grain, mut row): Row| {
            while let Some((before, row)) = answered.next_if(|(other, _)| *other < grain) {
                take(before, row);
            }
            if let Some((_, more)) = answered.next_if(|(other, _)| *other == grain) {
                row.iter_mut().zip(more).for_each(|(all, more)| *all += more);
            }
            take(grain, row);
        };
        by_grain.each(|key, requests| {
            let (grain, kind) = (key.div_euclid(KINDS as i64), key.rem_euclid(KINDS as i64));
            if own.is_some_and(|(open, _)| open != grain) {
                own.take().into_iter().for_each(&mut give);
            }
            own.get_or_insert((grain, [0; KINDS])).1[kind as usize] = requests as u64;
        });
        own.into_iter().for_each(give);
        answered.for_each(|(grain, row)| take(grain, row));
    }

    /// Requests over time, up to the bucket that the horizon lies in.
    pub(super) fn load(&mut self, frame: &Frame, horizon: Instant) -> Load {
        let own = rows(&mut self.by_grain, frame.grains());
        let (buckets, peak_second, peak_minute) = match self.answered.take() {
            None => {
                let minutes = self.by_second.by_stretch(60);
                (own, self.by_second.peak(), Peak::of(minutes.into_iter()))
            }
            Some(Answered { buckets, peak_second, peak_minute, .. }) => {
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

/// The requests of uses that asked, of which so many took a login, were answered silently, and had
/// a refresh token refused before; all others turned into `rest`.
fn row(uses: u64, [logins, silent, failed]: [u64; 3], rest: Outcome) -> [u64; KINDS] {
    let mut row = [logins, silent, 0, failed, 0];
    row[Kind::of_rest(rest) as usize] += uses - logins - silent;
    row
}

/// Ascending rows by grain as rows by bucket, which has so many of them.
fn wider(rows: impl Iterator<Item = Row>, grains: i64) -> Vec<Row> {
    if grains == 1 {
        return rows.collect();
    }
    let mut wider: Vec<Row> = Vec::new();
    for (grain, row) in rows {
        let bucket = grain.div_euclid(grains);
        match wider.last_mut() {
            Some((last, sums)) if *last == bucket => {
                sums.iter_mut().zip(row).for_each(|(sum, more)| *sum += more);
            }
            _ => wider.push((bucket, row)),
        }
    }
    wider
}

/// A series by grain and kind, as rows by bucket, which has so many grains.
fn rows(series: &mut Series, grains: i64) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    series.each(|key, requests| {
        let (grain, kind) = (key.div_euclid(KINDS as i64), key.rem_euclid(KINDS as i64));
        let bucket = if grains == 1 { grain } else { grain.div_euclid(grains) };
        match rows.last_mut() {
            Some((last, row)) if *last == bucket => row[kind as usize] += requests as u64,
            _ => {
                let mut row = [0; KINDS];
                row[kind as usize] = requests as u64;
                rows.push((bucket, row));
            }
        }
    });
    rows
}
