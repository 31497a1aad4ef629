//! The activity of a run through the model: in time order where a log is kept, else user by user,
//! from memory or as a stream.

use std::num::NonZeroUsize;

use anyhow::Context;

use super::Failure;
use super::activity::Records;
use super::chronicle::{Chronicle, Observer};
use super::interrupt::Interrupt;
use super::outcome::interrupted_at;
use super::terminal::Terminal;
use crate::event_log::{End, Writer};
use crate::experiment::{Folding, Foldings};
use crate::model::{Instant, Policy, Span};
use crate::projection::{Arrival, Frame, Projection};
use crate::simulation::{Division, Setting, Share, Simulation, Users};
use crate::trace::{Names, Record, Stream, Trace};

/// A run that may begin.
pub(super) struct Prepared<'a> {
    pub(super) apps: &'a [String],
    pub(super) apis: &'a [String],
    pub(super) seed: u64,
    pub(super) policies: &'a [Policy],
    pub(super) frame: &'a Frame,
}

/// What happened, up to where, and why no further.
pub(super) struct Happened {
    pub(super) projections: Vec<Projection>,
    pub(super) horizon: Instant,
    pub(super) partial: Option<String>,
}

/// More threads than any machine it will meet has cores to spare for.
const MOST_JOBS: usize = 256;

/// After so many users of each thread the progress is told and an interrupt looked for.
const ROUND: usize = 1_024;

const MILLISECOND: Span = Span::from_millis(1);

impl<'a> Prepared<'a> {
    /// Replays everything on `jobs` threads, or on one for each core, and writes it down where there
    /// is a `log`. Gives nothing if a stream turns out to be none.
    pub(super) fn simulate(
        &self,
        records: &mut Records,
        log: Option<Writer>,
        jobs: Option<NonZeroUsize>,
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<Option<Happened>, Failure> {
        let (pool, division) = threads(jobs, records.names())?;
        pool.install(|| match records {
            Records::Streamed(stream) => self.streamed(&division, stream, interrupt, terminal),
            Records::Held(trace) => match (log, trace.arrived()) {
                (None, Some(records)) => {
                    self.user_by_user(&division, (trace, records), interrupt, terminal)
                }
                (log, _) => {
                    let chronicle = log.map(|writer| Chronicle::new(writer, &trace.names));
                    self.in_time_order(&division, (trace, chronicle), interrupt, terminal)
                }
            }
            .map(Some),
        })
    }

    fn setting<'b>(&self, names: &'b Names) -> Setting<'b>
    where
        'a: 'b,
    {
        Setting { names, apps: self.apps, apis: self.apis, seed: self.seed }
    }

    fn user_by_user(
        &self,
        division: &Division,
        (trace, records): (&Trace, &[Record]),
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<Happened, Failure> {
        let horizon = horizon(trace)?;
        let shares = Share::all(records, division);
        let all = trace.names.users();
        let bar = terminal.progress("replaying", all as u64, "users");
        let mut progress = |done: usize| {
            bar.set_position(done as u64);
            interrupt.pressed()
        };
        let names = &trace.names;
        let (projections, done) =
            self.over_shares(names, division, &shares, horizon, &mut progress);
        bar.finish_and_clear();
        let partial = done.map(|done| format!("interrupted after {done} of {all} users"));
        Ok(Happened { projections, horizon, partial })
    }

    /// Replays whole users from memory. `stop` is told after how many users it is asked whether
    /// that is enough; if it says so, their number comes with what they did.
    pub(super) fn over_shares(
        &self,
        names: &Names,
        division: &Division,
        shares: &[Share],
        horizon: Instant,
        stop: &mut dyn FnMut(usize) -> bool,
    ) -> (Vec<Projection>, Option<usize>) {
        let foldings = Foldings::new(self.frame);
        let setting = Setting { names, apps: self.apps, apis: self.apis, seed: self.seed };
        let mut simulation = Users::new(setting, self.policies, division, &foldings);
        let users = shares.iter().map(Share::users).max().unwrap_or(0);
        let mut stopped = None;
        for start in (0..users).step_by(ROUND) {
            let end = (start + ROUND).min(users);
            simulation.replay(shares, start..end, horizon);
            let done = shares.iter().map(|share| share.users().min(end)).sum::<usize>();
            if stop(done) {
                stopped = Some(done);
                break;
            }
        }
        (foldings.projections(simulation.finish(), self.policies), stopped)
    }

    /// Whole users as they are read; the next ones are while these are replayed.
    fn streamed(
        &self,
        division: &Division,
        stream: &mut Stream,
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<Option<Happened>, Failure> {
        let Stream { names, records, last: horizon, users, .. } = stream;
        let (names, horizon) = (&*names, *horizon);
        let foldings = Foldings::new(self.frame);
        let mut simulation = Users::new(self.setting(names), self.policies, division, &foldings);
        let bar = terminal.progress("replaying", *records, "records");
        let (mut now, mut next) = (Vec::new(), Vec::new());
        let mut any = users.next_users(names, &mut now);
        let (mut done, mut partial, mut shares) = (0, None, Vec::new());
        while let Ok(true) = any {
            let replay = || {
                Share::all_again(&mut shares, &now, division);
                let most = shares.iter().map(Share::users).max().unwrap_or(0);
                simulation.replay(&shares, 0..most, horizon);
                shares.iter().map(Share::users).sum::<usize>()
            };
            let (replayed, read) = rayon::join(replay, || users.next_users(names, &mut next));
            done += replayed;
            bar.inc(now.len() as u64);
            any = read;
            std::mem::swap(&mut now, &mut next);
            if interrupt.pressed() {
                partial = Some(format!("interrupted after {done} of {} users", names.users()));
                break;
            }
        }
        bar.finish_and_clear();
        if any.is_err() {
            return Ok(None);
        }
        let projections = foldings.projections(simulation.finish(), self.policies);
        Ok(Some(Happened { projections, horizon, partial }))
    }

    fn in_time_order(
        &self,
        division: &Division,
        (trace, mut chronicle): (&Trace, Option<Chronicle<'_>>),
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<Happened, Failure> {
        let mut horizon = horizon(trace)?;
        let keeps = chronicle.is_some();
        let observer = |users, agents| {
            Observer::new(Folding::new(self.frame, users, agents, Arrival::InTimeOrder), keeps)
        };
        let setting = self.setting(&trace.names);
        let mut simulation = Simulation::in_time_order(setting, self.policies, division, observer);
        let mut partial = None;
        let bar = terminal.progress("replaying", trace.counts.records, "records");
        for chunk in trace.chunks() {
            let chunk = chunk.context("cannot read the sorted trace back")?;
            let Some(reached) = chunk.last().map(Record::at) else { continue };
            simulation.advance(&chunk);
            if let Some(chronicle) = &mut chronicle {
                // Records of the instant reached may still come, and timers before them.
                simulation.settle(reached - MILLISECOND);
                chronicle.write(&mut simulation, reached)?;
            }
            bar.inc(chunk.len() as u64);
            if interrupt.pressed() {
                (horizon, partial) = (reached, Some(interrupted_at(reached)));
                break;
            }
        }
        bar.finish_and_clear();
        simulation.settle(horizon);
        if let Some(mut chronicle) = chronicle {
            chronicle.write(&mut simulation, horizon + MILLISECOND)?;
            let end = if partial.is_some() { End::Partial } else { End::Complete };
            chronicle.close(end, horizon)?;
        }
        let sinks = simulation.into_sinks().into_iter();
        let foldings = |observers: Vec<_>| observers.into_iter().map(Observer::into_folding);
        let projections = sinks.map(|own| Folding::merged(self.frame, foldings(own))).collect();
        Ok(Happened { projections, horizon, partial })
    }
}

/// Threads, and how the users are divided among them.
pub(super) fn threads(
    jobs: Option<NonZeroUsize>,
    names: &Names,
) -> Result<(rayon::ThreadPool, Division), Failure> {
    let jobs = jobs.or_else(|| std::thread::available_parallelism().ok());
    // More threads than users would have nothing to do, and far too many never start.
    let most = names.users().clamp(1, MOST_JOBS);
    let jobs = jobs.map_or(1, NonZeroUsize::get).min(most);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    Ok((pool.context("cannot start threads")?, Division::new(names, jobs)))
}

fn horizon(trace: &Trace) -> Result<Instant, Failure> {
    Ok(trace.last().context("an empty trace is refused before")?)
}
