//! Many variants of a scenario's policy, each replayed over its activity: what sweeps and searches
//! ask. Nothing is written or shown here.

mod closer;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use rayon::prelude::*;

use super::Failure;
use super::activity::{ReadArguments, Records, Taken, take};
use super::describe::describe;
use super::interrupt::Interrupt;
use super::scenario::{Loaded, ScenarioArguments};
use super::simulate::{Prepared, threads};
use super::terminal::Terminal;
use crate::calendar::UnknownTimeZone;
use crate::description::Description;
use crate::experiment::{GapCounter, Gaps, NotExact, batches, ends_session, exact_from};
use crate::model::{Policy, Span, UserId};
use crate::projection::{Frame, Projection};
use crate::scenario::{PolicySpec, Scenario, Source, WorkloadSpec, compile, vocabulary};
use crate::simulation::{Division, Share};
use crate::table::{Load, PolicyTables};
use crate::trace::{Action, Vocabulary};

/// What an evaluator works with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Means<'a> {
    pub(super) arguments: &'a ScenarioArguments,
    pub(super) reading: &'a ReadArguments,
    /// Recorded activity instead of the scenario's own.
    pub(super) traces: &'a [PathBuf],
    pub(super) jobs: Option<NonZeroUsize>,
    pub(super) interrupt: &'a Interrupt,
    pub(super) terminal: &'a Terminal,
}

/// Replays variants of a scenario's policy. The activity that it took in last stays at hand.
pub(super) struct Evaluator<'a> {
    means: Means<'a>,
    loaded: &'a Loaded,
    activity: Option<Activity>,
    /// Those of points so far, that many points share one.
    workloads: Vec<Arc<WorkloadSpec>>,
}

/// One variant, ready to be replayed.
#[derive(Clone, Debug)]
pub(super) struct Point {
    policy: PolicySpec,
    workload: Arc<WorkloadSpec>,
    seed: u64,
    /// Settings that cannot have an effect there.
    pub(super) warnings: Vec<String>,
}

/// Activity, divided among threads.
struct Activity {
    source: Source,
    default_app: Option<String>,
    seed: u64,
    vocabulary: Vocabulary,
    taken: Taken,
    pool: rayon::ThreadPool,
    division: Division,
    /// Where all records are in memory.
    shares: Option<Vec<Share>>,
}

/// Points that are replayed over the same activity and counted alike.
struct Alike {
    workload: WorkloadSpec,
    seed: u64,
    members: Vec<usize>,
}

impl<'a> Evaluator<'a> {
    /// Over variants of the loaded scenario.
    pub(super) fn new(means: Means<'a>, loaded: &'a Loaded) -> Self {
        Self { means, loaded, activity: None, workloads: Vec::new() }
    }

    /// The scenario of a variant ([`Variants::with`](crate::scenario::Variants::with)) as a point.
    pub(super) fn point(&mut self, scenario: Scenario) -> Point {
        let Scenario { mut policies, workload, seed, warnings, .. } = scenario;
        let known = self.workloads.iter().rev().find(|known| ***known == workload);
        let workload = known.cloned().unwrap_or_else(|| {
            let new = Arc::new(workload);
            self.workloads.push(Arc::clone(&new));
            new
        });
        let mut policy = policies.swap_remove(0);
        // Of many thousands of points nobody reads where each value came from.
        policy.settings = Vec::new();
        Point { policy, workload, seed, warnings }
    }

    /// What each point comes to, in their order; of those that an interrupt left out, nothing. Only
    /// figures are kept: no load over time, no sessions, no people one by one.
    ///
    /// `progress` is told of each pass how many points it had.
    pub(super) fn evaluate(
        &mut self,
        points: &[Point],
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<Option<PolicyTables>>, Failure> {
        let mut found: Vec<Option<PolicyTables>> = vec![None; points.len()];
        let shapes = self.shapes(points.iter().map(|point| &point.policy));
        for Alike { workload, seed, members } in alike(points) {
            if self.means.interrupt.pressed() {
                break;
            }
            let vocabulary = vocabulary(&shapes, &workload);
            self.take(&workload, seed, &vocabulary)?;
            let Some(activity) = &mut self.activity else { continue };
            let of = (self.loaded, &*self.means.arguments.set);
            let description = described(of, (&workload, seed), &[], activity);
            let frame = frame(&description, activity)?;
            let compiled = |member: &usize| {
                let point = &points[*member];
                compile(&point.policy, &vocabulary, &point.workload)
            };
            let policies: Vec<Policy> = members.iter().map(compiled).collect();
            let (records, _) = activity.taken.records.counts();
            let users = activity.taken.records.names().users() as u64;
            for batch in batches(&policies, records, users) {
                let own: Vec<Policy> = batch.iter().map(|own| policies[*own].clone()).collect();
                let run = Prepared {
                    apps: &vocabulary.apps,
                    apis: &vocabulary.apis,
                    seed,
                    policies: &own,
                    frame: &frame,
                };
                let Some(tables) = activity.replay(&run, &self.means)? else {
                    return Ok(found);
                };
                for (member, tables) in batch.iter().zip(tables) {
                    found[members[*member]] = Some(tables);
                }
                progress(batch.len());
            }
        }
        Ok(found)
    }

    /// The run of one point, described.
    pub(super) fn describe(&mut self, point: &Point) -> Result<Description, Failure> {
        let spec = [self.loaded_policy(point)];
        let (loaded, overrides) = (self.loaded, &*self.means.arguments.set);
        let activity = self.activity_of(point)?;
        Ok(described((loaded, overrides), (&point.workload, point.seed), &spec, activity))
    }

    /// The gaps of a point's activity, and from which idle timeout on they are the exact answer
    /// under its policy.
    pub(super) fn gaps(
        &mut self,
        point: &Point,
    ) -> Result<(Gaps, Result<Span, NotExact>), Failure> {
        let activity = self.activity_of(point)?;
        let policy = compile(&point.policy, &activity.vocabulary, &point.workload);
        let trace = match &activity.taken.records {
            Records::Held(trace) => trace,
            Records::Streamed(_) => unreachable!("activity is taken in to be gone through again"),
        };
        let (start, horizon) = trace.first().zip(trace.last()).context("no record")?;
        let workload = &point.workload;
        let mut counter =
            GapCounter::new(trace.names.agents(), start + workload.warmup, workload.task_gap);
        let mut seen = [false; Action::ALL.len()];
        for chunk in trace.chunks() {
            for record in chunk.context("cannot read the sorted trace back")?.iter() {
                counter.take_ending(record, ends_session(&policy, record));
                seen[record.action() as usize] = true;
            }
        }
        let actions = Action::ALL.into_iter().filter(|action| seen[*action as usize]);
        let exact = exact_from(&policy, &actions.collect::<Vec<_>>(), horizon - start);
        Ok((counter.finish(horizon), exact))
    }

    /// The point's policy with where each of its values comes from, if it is the scenario's own.
    fn loaded_policy(&self, point: &Point) -> PolicySpec {
        let own = self.loaded.scenario.policies.iter();
        let mut same = own.filter(|policy| policy.name == point.policy.name);
        same.next().unwrap_or(&point.policy).clone()
    }

    fn activity_of(&mut self, point: &Point) -> Result<&Activity, Failure> {
        let vocabulary = vocabulary(&self.shapes([&point.policy]), &point.workload);
        self.take(&point.workload, point.seed, &vocabulary)?;
        self.activity.as_ref().context("it was just taken in").map_err(Failure::from)
    }

    /// The scenario's own policies, and one of each kind of point that has other apps or APIs: what
    /// records may name follows from all of them (SPEC 6).
    fn shapes<'b>(&self, points: impl IntoIterator<Item = &'b PolicySpec>) -> Vec<PolicySpec> {
        let shape = |policy: &PolicySpec| {
            let apps = policy.apps.iter().map(|(name, app)| (name.clone(), app.apis.clone()));
            (policy.apis.keys().cloned().collect::<Vec<_>>(), apps.collect::<Vec<_>>())
        };
        let mut specs = self.loaded.policies();
        let mut shapes: Vec<_> = specs.iter().map(shape).collect();
        for policy in points {
            let own = shape(policy);
            if !shapes.contains(&own) {
                shapes.push(own);
                specs.push(policy.clone());
            }
        }
        specs
    }

    /// Takes in the activity of a workload, unless it is at hand.
    fn take(
        &mut self,
        workload: &WorkloadSpec,
        seed: u64,
        vocabulary: &Vocabulary,
    ) -> Result<(), Failure> {
        let is_recorded =
            !self.means.traces.is_empty() || matches!(workload.source, Source::Trace(_));
        if let Some(own) = &self.activity
            && own.vocabulary == *vocabulary
            && own.default_app == workload.default_app
            && (own.source == workload.source || !self.means.traces.is_empty())
            && (own.seed == seed || is_recorded)
        {
            return Ok(());
        }
        if self
            .activity
            .take()
            .is_some_and(|old| old.taken.files.iter().any(|f| f.as_os_str() == "-"))
        {
            return Err(Failure::Usage(
                "standard input (-) can be read only once, and this sweep reads the activity anew \
                 for other values; name a file"
                    .to_owned(),
            ));
        }
        let mut loaded = Loaded { scenario: self.loaded.scenario.clone(), text: String::new() };
        (loaded.scenario.workload, loaded.scenario.seed) = (workload.clone(), seed);
        let Means { arguments, reading, traces, jobs, terminal, .. } = self.means;
        let taken = take(arguments, reading, &loaded, traces, vocabulary.clone(), false, terminal)?;
        let (pool, division) = threads(jobs, taken.records.names())?;
        let shares = match &taken.records {
            Records::Held(trace) => {
                trace.arrived().map(|records| pool.install(|| Share::all(records, &division)))
            }
            Records::Streamed(_) => None,
        };
        self.activity = Some(Activity {
            source: workload.source.clone(),
            default_app: workload.default_app.clone(),
            seed,
            vocabulary: vocabulary.clone(),
            taken,
            pool,
            division,
            shares,
        });
        Ok(())
    }
}

impl Activity {
    /// The figures of one pass; nothing if it was interrupted.
    fn replay(
        &mut self,
        run: &Prepared<'_>,
        means: &Means<'_>,
    ) -> Result<Option<Vec<PolicyTables>>, Failure> {
        let Some((start, horizon)) = self.taken.records.ends() else { return Ok(None) };
        let Some(projections) = self.projections(run, means)? else { return Ok(None) };
        let figures = |projection: Projection| {
            let (whole, _) = projection.finish(run.frame, "", false, start, horizon);
            PolicyTables {
                load: Load { buckets: Vec::new(), ..whole.load },
                people: Vec::new(),
                sessions: Vec::new(),
                logins_by_hour: Vec::new(),
                relogins: Vec::new(),
                ..whole
            }
        };
        let figures = || projections.into_par_iter().map(figures).collect();
        Ok(Some(self.pool.install(figures)))
    }

    /// One pass, folded; nothing if it was interrupted: what was cut off in its midst says nothing.
    fn projections(
        &mut self,
        run: &Prepared<'_>,
        means: &Means<'_>,
    ) -> Result<Option<Vec<Projection>>, Failure> {
        let Some((_, horizon)) = self.taken.records.ends() else { return Ok(None) };
        let (projections, interrupted) = match &self.shares {
            Some(shares) => {
                let names = self.taken.records.names();
                let mut stop = |_| means.interrupt.pressed();
                let replay = || run.over_shares(names, &self.division, shares, horizon, &mut stop);
                let (projections, stopped) = self.pool.install(replay);
                (projections, stopped.is_some())
            }
            None => {
                let records = &mut self.taken.records;
                let happened =
                    run.simulate(records, None, means.jobs, means.interrupt, means.terminal)?;
                let Some(happened) = happened else { return Ok(None) };
                (happened.projections, happened.partial.is_some())
            }
        };
        Ok((!interrupted).then_some(projections))
    }
}

/// Points over the same activity, which may differ in how long apps stay open: that is a part of
/// the policy. The first point's come first, then those that need nothing taken in anew.
fn alike(points: &[Point]) -> Vec<Alike> {
    let mut all: Vec<Alike> = Vec::new();
    for (number, point) in points.iter().enumerate() {
        let workload = WorkloadSpec { stay_open: Span::ZERO, ..(*point.workload).clone() };
        let known = all.iter_mut().find(|own| own.seed == point.seed && own.workload == workload);
        match known {
            Some(own) => own.members.push(number),
            None => all.push(Alike { workload, seed: point.seed, members: vec![number] }),
        }
    }
    let mut ordered: Vec<Alike> = Vec::with_capacity(all.len());
    while !all.is_empty() {
        let first = all.remove(0);
        let same = |own: &Alike| {
            own.seed == first.seed
                && own.workload.source == first.workload.source
                && own.workload.default_app == first.workload.default_app
        };
        let (near, far): (Vec<_>, Vec<_>) = all.into_iter().partition(same);
        ordered.push(first);
        ordered.extend(near);
        all = far;
    }
    ordered
}

fn described(
    (loaded, overrides): (&Loaded, &[String]),
    (workload, seed): (&WorkloadSpec, u64),
    policies: &[PolicySpec],
    activity: &Activity,
) -> Description {
    let mut own = Loaded { scenario: loaded.scenario.clone(), text: loaded.text.clone() };
    (own.scenario.workload, own.scenario.seed) = (workload.clone(), seed);
    let bucket = Span::from_mins(1);
    describe(&own, overrides, policies, &activity.vocabulary, &activity.taken, bucket)
}

fn frame(description: &Description, activity: &Activity) -> Result<Frame, Failure> {
    let names = activity.taken.records.names();
    let users = (0..names.users()).map(|user| names.user(UserId::new(user)));
    Frame::new(description, users)
        .map_err(|error: UnknownTimeZone| Failure::Usage(error.to_string()))
}
