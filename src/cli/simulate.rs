//! The activity of a run through the model: in time order where a log is kept, else user by user.

use std::num::NonZeroUsize;

use anyhow::Context;

use super::Failure;
use super::chronicle::{Chronicle, Observer};
use super::interrupt::Interrupt;
use super::outcome::interrupted_at;
use super::terminal::Terminal;
use crate::event_log::End;
use crate::experiment::{Folding, Foldings};
use crate::model::{Instant, Policy, Span};
use crate::projection::{Arrival, Frame, Projection};
use crate::simulation::{Division, Setting, Share, Simulation, Users};
use crate::trace::{Record, Trace};

/// A run that may begin.
pub(super) struct Prepared<'a> {
    pub(super) setting: Setting<'a>,
    pub(super) policies: &'a [Policy],
    pub(super) frame: &'a Frame,
    pub(super) trace: &'a Trace,
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
    /// Replays everything on `jobs` threads, or on one for each core.
    pub(super) fn simulate(
        &self,
        chronicle: Option<Chronicle<'_>>,
        jobs: Option<NonZeroUsize>,
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<Happened, Failure> {
        let jobs = jobs.or_else(|| std::thread::available_parallelism().ok());
        // More threads than users would have nothing to do, and far too many never start.
        let most = self.trace.names.users().clamp(1, MOST_JOBS);
        let jobs = jobs.map_or(1, NonZeroUsize::get).min(most);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
        let pool = pool.context("cannot start threads")?;
        let division = Division::new(&self.trace.names, jobs);
        pool.install(|| match (chronicle, self.trace.arrived()) {
            (None, Some(records)) => self.user_by_user(&division, records, interrupt, terminal),
            (chronicle, _) => self.in_time_order(&division, chronicle, interrupt, terminal),
        })
    }

    fn user_by_user(
        &self,
        division: &Division,
        records: &[Record],
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<Happened, Failure> {
        let horizon = self.horizon()?;
        let shares = Share::all(records, division);
        let foldings = Foldings::new(self.frame);
        let mut simulation = Users::new(self.setting, self.policies, division, &foldings);
        let users = shares.iter().map(Share::users).max().unwrap_or(0);
        let all = self.trace.names.users();
        let bar = terminal.progress("replaying", all as u64, "users");
        let mut partial = None;
        for start in (0..users).step_by(ROUND) {
            let end = (start + ROUND).min(users);
            simulation.replay(&shares, start..end, horizon);
            let done = shares.iter().map(|share| share.users().min(end)).sum::<usize>();
            bar.set_position(done as u64);
            if interrupt.pressed() {
                partial = Some(format!("interrupted after {done} of {all} users"));
                break;
            }
        }
        bar.finish_and_clear();
        let projections = foldings.projections(simulation.finish(), self.policies);
        Ok(Happened { projections, horizon, partial })
    }

    fn in_time_order(
        &self,
        division: &Division,
        mut chronicle: Option<Chronicle<'_>>,
        interrupt: &Interrupt,
        terminal: &Terminal,
    ) -> Result<Happened, Failure> {
        let mut horizon = self.horizon()?;
        let keeps = chronicle.is_some();
        let observer = |users, agents| {
            Observer::new(Folding::new(self.frame, users, agents, Arrival::InTimeOrder), keeps)
        };
        let mut simulation =
            Simulation::in_time_order(self.setting, self.policies, division, observer);
        let mut partial = None;
        let bar = terminal.progress("replaying", self.trace.counts.records, "records");
        for chunk in self.trace.chunks() {
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

    fn horizon(&self) -> Result<Instant, Failure> {
        Ok(self.trace.last().context("an empty trace is refused before")?)
    }
}
