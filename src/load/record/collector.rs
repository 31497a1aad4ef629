//! What all threads measured, put together second by second on a thread of its own, so that none
//! that sends has to pack histograms.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::log::Log;
use super::recorder::{Counts, Endpoint, Interval, Message, Recorder, Rest};
use super::times::{Times, histogram, starts};
use crate::load::Kind;
use crate::load::kind::{ByKind, KINDS};

/// What a second came to.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// Seconds after the begin.
    pub second: u64,
    /// By kind: what was due in it.
    pub intended: ByKind<u64>,
    /// By kind.
    pub counts: ByKind<Counts>,
    /// Begun, and not over at its end.
    pub in_flight: u64,
    /// Response times of what was over in it, microseconds: median, 90 %, 99 %, all; by kind, and
    /// last over all kinds. Zeros where nothing was.
    pub response: [[u64; 4]; KINDS + 1],
}

/// Counts of a whole test.
#[derive(Clone, Debug)]
pub struct Totals {
    /// By kind.
    pub counts: ByKind<Counts>,
    /// By kind.
    pub times: ByKind<Times>,
    /// Over all kinds.
    pub all: Times,
    /// By endpoint, microseconds.
    pub endpoints: [Histogram<u32>; Endpoint::ALL.len()],
    /// How late starts were, nanoseconds.
    pub starts: Histogram<u32>,
    /// By what was predicted, and by what came.
    pub outcomes: [ByKind<u64>; KINDS],
    /// By the kind that was predicted, and by the error.
    pub errors: BTreeMap<(Kind, String), u64>,
    /// Attempts with a refresh token that were meant to be refused, before something else.
    pub refused: u64,
    /// Those that were.
    pub refusals: u64,
    /// By kind: due, and not begun for want of room.
    pub dropped: ByKind<u64>,
    /// Begun later than the bound.
    pub late: u64,
    /// Begun, and not over when the test ended.
    pub in_flight: u64,
}

/// Everything that was measured.
#[derive(Debug)]
pub struct Recorded {
    /// Of the whole test.
    pub totals: Totals,
    /// Second by second, without gaps.
    pub seconds: Vec<Second>,
    /// The interval logs: response times and service times.
    pub logs: [Vec<u8>; 2],
}

/// Figures of a test under way, to be read at any time.
#[derive(Debug, Default)]
pub struct Live {
    /// Begun.
    pub started: AtomicU64,
    /// Over.
    pub over: AtomicU64,
    /// Over with an error.
    pub errors: AtomicU64,
    /// Begun, and not over.
    pub in_flight: AtomicU64,
    /// The 99th percentile of response times so far, microseconds.
    pub p99: AtomicU64,
    /// How many seconds are put together.
    pub seconds: AtomicU64,
    /// What was begun in the last of them.
    pub last_started: AtomicU64,
}

/// Puts together what threads measure.
#[derive(Debug)]
pub struct Collector {
    handle: JoinHandle<Recorded>,
    recorders: Mutex<Vec<Option<Recorder>>>,
    /// To be read while the test is under way.
    pub live: Arc<Live>,
}

impl Collector {
    /// Begins, with a recorder for each of `jobs` threads. `wall` is the time of day of `begin`.
    pub fn start(jobs: usize, begin: Instant, wall: Duration, late_after: Duration) -> Self {
        let (out, messages) = channel();
        let mut back = Vec::new();
        let mut recorders = Vec::new();
        for job in 0..jobs {
            let (give, emptied) = channel();
            back.push(give);
            recorders.push(Some(Recorder::new(job, begin, late_after, out.clone(), emptied)));
        }
        let live = Arc::new(Live::default());
        let told = Arc::clone(&live);
        let collect = move || Collecting::new(back, wall, told).collect(&messages);
        let handle = std::thread::spawn(collect);
        Self { handle, recorders: Mutex::new(recorders), live }
    }

    /// The recorder of a thread, once.
    pub fn recorder(&self, job: usize) -> Option<Recorder> {
        let mut recorders = self.recorders.lock().unwrap_or_else(PoisonError::into_inner);
        recorders.get_mut(job)?.take()
    }

    /// Everything, when every recorder is finished.
    ///
    /// # Panics
    /// If the collecting thread did: a mistake in this room.
    pub fn finish(self) -> Recorded {
        drop(self.recorders);
        self.handle.join().expect("the collector has no reason to panic")
    }
}

struct Collecting {
    back: Vec<Sender<Box<Times>>>,
    /// By thread: the second that it is in.
    reached: Vec<u64>,
    waiting: BTreeMap<u64, Gathered>,
    totals: Totals,
    seconds: Vec<Second>,
    /// By second: what was due.
    intended: Vec<ByKind<u64>>,
    logs: [Log; 2],
    live: Arc<Live>,
}

/// A second on its way.
struct Gathered {
    times: ByKind<Option<Box<Times>>>,
    counts: ByKind<Counts>,
    in_flight: u64,
}

impl Collecting {
    fn new(back: Vec<Sender<Box<Times>>>, wall: Duration, live: Arc<Live>) -> Self {
        Self {
            reached: vec![0; back.len()],
            back,
            waiting: BTreeMap::new(),
            totals: Totals::default(),
            seconds: Vec::new(),
            intended: Vec::new(),
            logs: [Log::new(wall, "response"), Log::new(wall, "service")],
            live,
        }
    }

    fn collect(mut self, messages: &Receiver<Message>) -> Recorded {
        while let Ok(message) = messages.recv() {
            match message {
                Message::Interval(interval) => self.take(interval),
                Message::Done { job, rest } => {
                    self.reached[job] = u64::MAX;
                    self.rest(*rest);
                }
            }
            self.settle();
        }
        // A thread that ended without a word has nothing more to say.
        self.reached.fill(u64::MAX);
        self.settle();
        for (second, intended) in self.intended.iter().enumerate() {
            if let Some(row) = self.seconds.get_mut(second) {
                row.intended = *intended;
            } else {
                let second = second as u64;
                self.seconds.push(Second { second, intended: *intended, ..Second::default() });
            }
        }
        Recorded {
            totals: self.totals,
            seconds: self.seconds,
            logs: self.logs.map(Log::into_bytes),
        }
    }

    fn take(&mut self, mut interval: Interval) {
        let gathered = self.waiting.entry(interval.second).or_insert_with(|| Gathered {
            times: std::array::from_fn(|_| None),
            counts: [Counts::default(); KINDS],
            in_flight: 0,
        });
        for kind in 0..KINDS {
            gathered.counts[kind].add(interval.counts[kind]);
            let Some(mut times) = interval.times[kind].take() else { continue };
            match &mut gathered.times[kind] {
                None => gathered.times[kind] = Some(times),
                Some(sum) => {
                    sum.add(&times);
                    times.reset();
                    let _ = self.back[interval.job].send(times);
                }
            }
        }
        gathered.in_flight += interval.in_flight;
        self.reached[interval.job] = interval.second + 1;
    }

    /// Finishes every second that all threads have left.
    fn settle(&mut self) {
        let reached = self.reached.iter().copied().min().unwrap_or(0);
        while let Some(entry) = self.waiting.first_entry() {
            if *entry.key() >= reached {
                break;
            }
            let (second, gathered) = entry.remove_entry();
            while (self.seconds.len() as u64) < second {
                let empty = self.seconds.len() as u64;
                let in_flight = self.seconds.last().map_or(0, |last| last.in_flight);
                self.seconds.push(Second { second: empty, in_flight, ..Second::default() });
            }
            self.second(second, gathered);
        }
    }

    fn second(&mut self, second: u64, gathered: Gathered) {
        let mut row = Second { second, in_flight: gathered.in_flight, ..Second::default() };
        row.counts = gathered.counts;
        let mut all: Option<Box<Times>> = None;
        for (kind, times) in gathered.times.into_iter().enumerate() {
            self.totals.counts[kind].add(gathered.counts[kind]);
            let Some(mut times) = times else { continue };
            self.totals.times[kind].add(&times);
            row.response[kind] = quantiles(&times.response);
            let name = Kind::ALL[kind].word();
            self.logs[0].write(Some(name), second, &times.response);
            self.logs[1].write(Some(name), second, &times.service);
            match &mut all {
                None => all = Some(times),
                Some(all) => {
                    all.add(&times);
                    times.reset();
                    let _ = self.back[0].send(times);
                }
            }
        }
        if let Some(mut all) = all {
            row.response[KINDS] = quantiles(&all.response);
            self.logs[0].write(None, second, &all.response);
            self.logs[1].write(None, second, &all.service);
            self.totals.all.add(&all);
            all.reset();
            let _ = self.back[0].send(all);
        }
        self.tell(&row);
        self.seconds.push(row);
    }

    fn tell(&self, row: &Second) {
        let sum = |of: fn(&Counts) -> u64| self.totals.counts.iter().map(of).sum::<u64>();
        let (started, errors) = (sum(|c| c.started), sum(|c| c.errors));
        self.live.started.store(started, Ordering::Relaxed);
        self.live.errors.store(errors, Ordering::Relaxed);
        self.live.over.store(sum(|c| c.completed) + errors, Ordering::Relaxed);
        self.live.in_flight.store(row.in_flight, Ordering::Relaxed);
        let p99 = self.totals.all.response.value_at_quantile(0.99);
        self.live.p99.store(p99, Ordering::Relaxed);
        let last = row.counts.iter().map(|counts| counts.started).sum();
        self.live.last_started.store(last, Ordering::Relaxed);
        self.live.seconds.store(row.second + 1, Ordering::Relaxed);
    }

    fn rest(&mut self, rest: Rest) {
        let totals = &mut self.totals;
        totals.starts.add(&rest.starts).expect("all have the same bounds");
        for (sum, own) in totals.endpoints.iter_mut().zip(&rest.endpoints) {
            sum.add(own).expect("all have the same bounds");
        }
        for (sum, own) in totals.outcomes.iter_mut().flatten().zip(rest.outcomes.iter().flatten()) {
            *sum += own;
        }
        for (error, count) in rest.errors {
            *totals.errors.entry(error).or_default() += count;
        }
        for (sum, own) in totals.dropped.iter_mut().zip(rest.dropped) {
            *sum += own;
        }
        totals.refused += rest.refused;
        totals.refusals += rest.refusals;
        totals.late += rest.late;
        totals.in_flight += rest.in_flight;
        if self.intended.len() < rest.intended.len() {
            self.intended.resize(rest.intended.len(), [0; KINDS]);
        }
        for (sum, own) in self.intended.iter_mut().zip(rest.intended) {
            for (sum, own) in sum.iter_mut().zip(own) {
                *sum += u64::from(own);
            }
        }
    }
}

fn quantiles(times: &Histogram<u32>) -> [u64; 4] {
    [0.5, 0.9, 0.99, 1.0].map(|quantile| times.value_at_quantile(quantile))
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.started += other.started;
        self.completed += other.completed;
        self.errors += other.errors;
    }
}

impl Default for Totals {
    fn default() -> Self {
        Self {
            counts: [Counts::default(); KINDS],
            times: std::array::from_fn(|_| Times::new()),
            all: Times::new(),
            endpoints: std::array::from_fn(|_| histogram()),
            starts: starts(),
            outcomes: [[0; KINDS]; KINDS],
            errors: BTreeMap::new(),
            refused: 0,
            refusals: 0,
            dropped: [0; KINDS],
            late: 0,
            in_flight: 0,
        }
    }
}
