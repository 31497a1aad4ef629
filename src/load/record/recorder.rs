//! What one thread measures. Nothing is allocated for a request: a second's histograms are handed
//! over when it is over, and come back empty.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::times::{Times, histogram, micros, starts};
use crate::load::kind::{ByKind, KINDS};
use crate::load::{Kind, schedule::Action};

/// So many errors are told apart; a server's own words must not fill the memory.
const MOST_ERRORS: usize = 200;
/// So long is an error's word at most.
const LONGEST_WORD: usize = 60;

/// What a virtual user asks over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The authorization endpoint.
    Authorization,
    /// Forms and redirects between the authorization request and its answer.
    Interaction,
    /// The token endpoint.
    Token,
    /// The introspection endpoint.
    Introspection,
    /// The revocation endpoint.
    Revocation,
    /// The end-session endpoint.
    EndSession,
    /// The UserInfo endpoint.
    UserInfo,
}

/// How something that a virtual user did came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server answered, and this is what it came to: perhaps not what was predicted.
    Came(Kind),
    /// It failed: an OAuth error code, `http 503`, `timeout`, `reset`, `connect`…
    Error(String),
}

/// Counts of one second, by the kind that was predicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Begun in it.
    pub started: u64,
    /// Over in it, well.
    pub completed: u64,
    /// Over in it, with an error.
    pub errors: u64,
}

/// What was over in one second, on one thread.
#[derive(Debug)]
pub struct Interval {
    /// Seconds after the begin.
    pub second: u64,
    /// The thread.
    pub job: usize,
    /// By kind; none where nothing was over.
    pub times: ByKind<Option<Box<Times>>>,
    /// By kind.
    pub counts: ByKind<Counts>,
    /// Begun, and not over at its end.
    pub in_flight: u64,
}

/// What is known when the thread is done.
#[derive(Debug)]
pub(super) struct Rest {
    pub(super) intended: Vec<ByKind<u32>>,
    pub(super) starts: Histogram<u32>,
    pub(super) endpoints: [Histogram<u32>; Endpoint::ALL.len()],
    pub(super) outcomes: [ByKind<u64>; KINDS],
    pub(super) errors: BTreeMap<(Kind, String), u64>,
    pub(super) refused: u64,
    pub(super) refusals: u64,
    pub(super) dropped: ByKind<u64>,
    pub(super) late: u64,
    pub(super) in_flight: u64,
}

/// What goes from a thread to the collector.
#[derive(Debug)]
pub(super) enum Message {
    Interval(Interval),
    Done { job: usize, rest: Box<Rest> },
}

/// One thread's measurements.
#[derive(Debug)]
pub struct Recorder {
    job: usize,
    begin: Instant,
    now: Interval,
    rest: Box<Rest>,
    out: Sender<Message>,
    emptied: Receiver<Box<Times>>,
    /// A start later than this is counted as late.
    late_after: Duration,
}

impl Endpoint {
    /// Every one, in the order of the tables.
    pub const ALL: [Self; 7] = [
        Self::Authorization,
        Self::Interaction,
        Self::Token,
        Self::Introspection,
        Self::Revocation,
        Self::EndSession,
        Self::UserInfo,
    ];

    /// Its word in files and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Interaction => "interaction",
            Self::Token => "token",
            Self::Introspection => "introspection",
            Self::Revocation => "revocation",
            Self::EndSession => "end_session",
            Self::UserInfo => "userinfo",
        }
    }
}

impl Recorder {
    pub(super) fn new(
        job: usize,
        begin: Instant,
        late_after: Duration,
        out: Sender<Message>,
        emptied: Receiver<Box<Times>>,
    ) -> Self {
        let rest = Box::new(Rest {
            intended: Vec::new(),
            starts: starts(),
            endpoints: std::array::from_fn(|_| histogram()),
            outcomes: [[0; KINDS]; KINDS],
            errors: BTreeMap::new(),
            refused: 0,
            refusals: 0,
            dropped: [0; KINDS],
            late: 0,
            in_flight: 0,
        });
        Self { job, begin, now: Interval::empty(0, job, 0), rest, out, emptied, late_after }
    }

    /// When the test began: what offsets count from.
    pub fn begin(&self) -> Instant {
        self.begin
    }

    /// Begun, and not over.
    pub fn in_flight(&self) -> u64 {
        self.rest.in_flight
    }

    /// An action was due.
    pub fn intended(&mut self, action: Action) {
        let second = (action.offset() / 1_000_000) as usize;
        if self.rest.intended.len() <= second {
            self.rest.intended.resize(second + 1, [0; KINDS]);
        }
        self.rest.intended[second][action.kind().index()] += 1;
        self.rest.refused += u64::from(action.is_refused_before());
    }

    /// There was no room to begin it.
    pub fn dropped(&mut self, action: Action) {
        self.rest.dropped[action.kind().index()] += 1;
    }

    /// An action was taken up at `at`, by the thread; its virtual user may still be busy.
    pub fn took_up(&mut self, action: Action, at: Instant) {
        let late = at.saturating_duration_since(self.intended_start(action));
        self.rest
            .starts
            .saturating_record(u64::try_from(late.as_nanos()).unwrap_or(u64::MAX).max(1));
        self.rest.late += u64::from(late > self.late_after);
        self.turn_to(at);
        self.now.counts[action.kind().index()].started += 1;
        self.rest.in_flight += 1;
        self.now.in_flight = self.rest.in_flight;
    }

    /// An action is over at `at`; `sent_at` is when its first request was sent, if one was.
    pub fn over(
        &mut self,
        action: Action,
        sent_at: Option<Instant>,
        at: Instant,
        outcome: Outcome,
    ) {
        self.turn_to(at);
        let kind = action.kind();
        self.rest.in_flight = self.rest.in_flight.saturating_sub(1);
        self.now.in_flight = self.rest.in_flight;
        let counts = &mut self.now.counts[kind.index()];
        let waited_in_vain = matches!(&outcome, Outcome::Error(word) if word == "timeout");
        match outcome {
            Outcome::Came(came) => {
                counts.completed += 1;
                self.rest.outcomes[kind.index()][came.index()] += 1;
            }
            Outcome::Error(word) => {
                counts.errors += 1;
                self.error(kind, word);
                if !waited_in_vain {
                    // A quick refusal must not make a server look quick.
                    return;
                }
            }
        }
        let response = at.saturating_duration_since(self.intended_start(action));
        let service = sent_at.map_or(response, |sent_at| at.saturating_duration_since(sent_at));
        let emptied = &self.emptied;
        let times = self.now.times[kind.index()]
            .get_or_insert_with(|| emptied.try_recv().unwrap_or_default());
        times.record(response, service);
    }

    /// One HTTP request took so long.
    pub fn exchange(&mut self, endpoint: Endpoint, service: Duration) {
        self.rest.endpoints[endpoint as usize].saturating_record(micros(service));
    }

    /// A refresh token was refused, as it was meant to be, before something else.
    pub fn refusal(&mut self) {
        self.rest.refusals += 1;
    }

    /// Something went wrong in an action, which may still come to something.
    pub fn error(&mut self, kind: Kind, word: String) {
        let errors = &mut self.rest.errors;
        let word: String = word.chars().filter(|c| !c.is_control()).take(LONGEST_WORD).collect();
        let is_room = errors.len() < MOST_ERRORS || errors.contains_key(&(kind, word.clone()));
        let word = if is_room { word } else { "other".to_owned() };
        *errors.entry((kind, word)).or_default() += 1;
    }

    /// Hands over what is older than the second of `at`.
    pub fn turn_to(&mut self, at: Instant) {
        let second = at.saturating_duration_since(self.begin).as_secs();
        if second > self.now.second {
            let next = Interval::empty(second, self.job, self.rest.in_flight);
            let over = std::mem::replace(&mut self.now, next);
            // The collector goes last.
            let _ = self.out.send(Message::Interval(over));
        }
    }

    /// Hands over everything.
    pub fn finish(self) {
        let Self { job, now, rest, out, .. } = self;
        let _ = out.send(Message::Interval(now));
        let _ = out.send(Message::Done { job, rest });
    }

    /// When an action was meant to begin.
    pub fn intended_start(&self, action: Action) -> Instant {
        self.begin + Duration::from_micros(action.offset())
    }
}

impl Interval {
    fn empty(second: u64, job: usize, in_flight: u64) -> Self {
        let times = std::array::from_fn(|_| None);
        Self { second, job, times, counts: [Counts::default(); KINDS], in_flight }
    }
}
