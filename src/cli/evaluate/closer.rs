//! A closer look at a few points: with intervals, and at the gaps over which access was kept.

use anyhow::Context;

use super::{Evaluator, Point, described, frame};
use crate::cli::Failure;
use crate::cli::activity::Records;
use crate::cli::simulate::Prepared;
use crate::experiment;
use crate::experiment::recommend::presence::Presence;
use crate::experiment::recommend::presence::Stays;
use crate::model::Policy;
use crate::scenario::{compile, vocabulary};
use crate::simulation::{Division, Setting, Simulation};
use crate::table::PolicyTables;

impl Evaluator<'_> {
    /// The whole tables of a few points over the same activity, in one pass: with the intervals of
    /// their figures, and how each differs from the first.
    pub(in crate::cli) fn weighed(
        &mut self,
        points: &[Point],
    ) -> Result<Vec<PolicyTables>, Failure> {
        let Some(first) = points.first() else { return Ok(Vec::new()) };
        let policies = self.compiled(points)?;
        let activity = self.activity.as_mut().context("it was just taken in")?;
        let (loaded, overrides) = (self.loaded, &*self.means.arguments.set);
        let description =
            described((loaded, overrides), (&first.workload, first.seed), &[], activity);
        let frame = frame(&description, activity)?;
        let vocabulary = activity.vocabulary.clone();
        let run = Prepared {
            apps: &vocabulary.apps,
            apis: &vocabulary.apis,
            seed: first.seed,
            policies: &policies,
            frame: &frame,
        };
        let Some((start, horizon)) = activity.taken.records.ends() else { return Ok(Vec::new()) };
        let projections = activity.projections(&run, &self.means)?;
        let Some(projections) = projections else {
            return Err(Failure::Interrupted { written: false });
        };
        let tables = |(point, projection): (&Point, crate::projection::Projection)| {
            projection.finish(&frame, &point.policy.name, false, start, horizon)
        };
        let mut finished: Vec<_> = points.iter().zip(projections).map(tables).collect();
        experiment::weigh(&frame.keys, &mut finished);
        Ok(finished.into_iter().map(|(tables, _)| tables).collect())
    }

    /// The gaps between the uses of each agent, and which of them each point's policy kept access
    /// over.
    pub(in crate::cli) fn presence(&mut self, points: &[Point]) -> Result<Vec<Stays>, Failure> {
        let Some(first) = points.first() else { return Ok(Vec::new()) };
        let policies = self.compiled(points)?;
        let activity = self.activity.as_ref().context("it was just taken in")?;
        let Records::Held(trace) = &activity.taken.records else {
            unreachable!("activity is taken in to be gone through again")
        };
        let start = trace.first().context("no record")?;
        let from = start + first.workload.warmup;
        let setting = Setting {
            names: &trace.names,
            apps: &activity.vocabulary.apps,
            apis: &activity.vocabulary.apis,
            seed: first.seed,
        };
        let division = Division::new(&trace.names, 1);
        let sink = |_, agents| Presence::new(agents, from);
        let mut simulation = Simulation::in_time_order(setting, &policies, &division, sink);
        for chunk in trace.chunks() {
            simulation.advance(&chunk.context("cannot read the sorted trace back")?);
        }
        Ok(simulation.into_sinks().into_iter().map(Presence::together).collect())
    }

    /// The points' policies, their activity at hand; its workload is the first one's.
    fn compiled(&mut self, points: &[Point]) -> Result<Vec<Policy>, Failure> {
        let first = &points[0];
        let shapes = self.shapes(points.iter().map(|point| &point.policy));
        let vocabulary = vocabulary(&shapes, &first.workload);
        self.take(&first.workload, first.seed, &vocabulary)?;
        Ok(points.iter().map(|own| compile(&own.policy, &vocabulary, &own.workload)).collect())
    }
}
