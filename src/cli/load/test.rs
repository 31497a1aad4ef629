//! A test under way: preparing users, driving them, and what came of it.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;

use super::plan::{Plan, Stage};
use super::{Connected, Failure, Interrupt, Load, Terminal, duration, failure};
use crate::client::flows::Provider;
use crate::client::transport::Transport;
use crate::load::{
    Action, Arrivals, Asked, Bounds, Fleet, Held, Kind, Live, Pace, Part, Parties, Ramp, Recorded,
    Thresholds, Users, hgrm, of_actions, of_mix, summarize,
};
use crate::measured::{LoadTest, RampLimit, Setup, Step};
use crate::oidc::Metadata;

/// So many users are prepared at once.
const PREPARED_AT_ONCE: usize = 32;
/// So long are answers waited for after an interrupt.
const SOON: Duration = Duration::from_secs(2);

/// Files beside the report: name and content.
type Files = Vec<(String, Vec<u8>)>;

/// What a test needs.
pub(super) struct Test<'a> {
    pub(super) arguments: &'a Load,
    pub(super) connected: &'a Connected,
    pub(super) metadata: Metadata,
    pub(super) parties: Arc<Parties>,
    pub(super) thresholds: Thresholds,
    pub(super) interrupt: &'a Interrupt,
    pub(super) terminal: &'a Terminal,
}

/// A test that has begun.
struct Running<'a> {
    test: Test<'a>,
    fleet: Fleet,
    stop: Arc<AtomicBool>,
    began: SystemTime,
}

/// A rate that was tried.
struct Tried {
    step: Step,
    test: LoadTest,
    recorded: Recorded,
}

impl Tried {
    /// The highest rate that was held tells most; if none was, the last one.
    fn is_better_than(&self, other: &Self) -> bool {
        match (self.step.held, other.step.held) {
            (true, true) => self.step.rate > other.step.rate,
            (held, other_held) => held || !other_held,
        }
    }
}

impl<'a> Test<'a> {
    /// Does what is planned.
    pub(super) fn run(self, plan: Plan) -> Result<(LoadTest, Files), Failure> {
        let running = self.start()?;
        match plan {
            Plan::Listed { mode, actions, length } => running.listed(mode, actions, length),
            Plan::Held { mode, stage, rate, length } => running.held(mode, &stage, rate, length),
            Plan::Ramp { mode, stage, ramp, step, most } => {
                running.ramp(mode, &stage, ramp, step, most)
            }
        }
    }

    fn start(self) -> Result<Running<'a>, Failure> {
        let jobs = self.arguments.jobs.get();
        let limits = &self.arguments.limits;
        let bounds = Bounds {
            in_flight: limits.max_in_flight.get().div_ceil(jobs),
            drain: duration(limits.timeout),
            drain_interrupted: SOON,
        };
        // An endpoint that may not be asked is told here, and not by every thread.
        let settings = self.connected.settings.clone();
        let (metadata, fields) = (self.metadata.clone(), self.connected.fields.clone());
        let provider = move || {
            let transport = Rc::new(Transport::new(settings.clone()));
            Provider::new(transport, metadata.clone(), fields.clone())
        };
        provider().map_err(|error| Failure::Usage(error.to_string()))?;
        let parties = Arc::clone(&self.parties);
        let users = move |_| {
            let provider = provider().expect("it was made once before");
            Users::new(Rc::new(provider), Arc::clone(&parties), jobs)
        };
        let stop = Arc::new(AtomicBool::new(false));
        let fleet = Fleet::start(jobs, users, bounds, duration(limits.late_after), &stop);
        Ok(Running { test: self, fleet, stop, began: SystemTime::now() })
    }
}

impl Running<'_> {
    fn listed(
        self,
        mode: String,
        actions: Vec<Action>,
        length: Duration,
    ) -> Result<(LoadTest, Files), Failure> {
        let jobs = self.test.arguments.jobs.get();
        let mut users: Vec<usize> = actions.iter().map(|action| action.user()).collect();
        users.sort_unstable();
        users.dedup();
        let users = users.len();
        let mut needed = vec![Vec::new(); jobs];
        for action in of_actions(&actions) {
            needed[action.user() % jobs].push(action);
        }
        let setup = self.prepare(needed)?;
        let began = SystemTime::now();
        let (recorded, took) = self.drive(Arrivals::listed(actions, jobs), length)?;
        let mut test = self.figures(&recorded, length, took);
        (test.mode, test.users, test.setup) = (mode, users as u64, setup);
        Ok(self.finished(test, &recorded, began))
    }

    fn held(
        self,
        mode: String,
        stage: &Stage,
        rate: f64,
        length: Duration,
    ) -> Result<(LoadTest, Files), Failure> {
        let (setup, users) = self.prepare_stage(stage)?;
        let began = SystemTime::now();
        let arrivals = stage.held(rate, length)?;
        let (recorded, took) = self.drive(boxed(arrivals), length)?;
        let mut test = self.figures(&recorded, length, took);
        (test.mode, test.users, test.setup) = (mode, users, setup);
        Ok(self.finished(test, &recorded, began))
    }

    /// Tries rates until the limit is known. The figures are those of the highest rate that was
    /// held, or else of the last.
    fn ramp(
        mut self,
        mode: String,
        stage: &Stage,
        mut ramp: Ramp,
        step: Duration,
        most: Duration,
    ) -> Result<(LoadTest, Files), Failure> {
        let mut notes = Vec::new();
        if self.test.thresholds.is_empty() {
            self.test.thresholds = Thresholds::usual();
            let usual = "No [load.thresholds] are given: 1% errors, 95% achieved and all.p99 = 1s";
            notes.push(format!("{usual} were looked at."));
        }
        let (setup, users) = self.prepare_stage(stage)?;
        let (begun, began) = (Instant::now(), SystemTime::now());
        let (mut steps, mut best): (Vec<Step>, Option<Tried>) = (Vec::new(), None);
        while let Some(rate) = ramp.next().filter(|_| !self.stop.load(Ordering::Relaxed)) {
            if begun.elapsed() + step > most {
                notes.push("The ceiling of --max-time ended the search before its end.".to_owned());
                break;
            }
            let tried = self.try_rate(stage, rate, step)?;
            if self.stop.load(Ordering::Relaxed) && best.is_some() {
                // Half a step says nothing of its rate.
                break;
            }
            ramp.tell(tried.step.held);
            steps.push(tried.step.clone());
            if best.as_ref().is_none_or(|best| tried.is_better_than(best)) {
                best = Some(tried);
            }
        }
        let Tried { mut test, recorded, .. } = best.context("no rate was tried")?;
        let limit = ramp.limit();
        test.limit = Some(RampLimit { held: limit.held, broke: limit.broke });
        (test.steps, test.notes) = (steps, notes);
        (test.mode, test.users, test.setup) = (mode, users, setup);
        Ok(self.finished(test, &recorded, began))
    }

    fn try_rate(&self, stage: &Stage, rate: f64, length: Duration) -> Result<Tried, Failure> {
        let (recorded, took) = self.drive(boxed(stage.held(rate, length)?), length)?;
        let test = self.figures(&recorded, length, took);
        let step = told(rate, &test);
        let broke = match step.held {
            true => String::new(),
            false => format!(", broke {}", step.broke.join(", ")),
        };
        self.test.terminal.note(&format!(
            "{rate:>10.1}/s: {:.1}/s answered, p99 {:.1} ms{broke}",
            step.achieved, step.p99_ms
        ));
        Ok(Tried { step, test, recorded })
    }

    fn prepare_stage(&self, stage: &Stage) -> Result<(Option<Setup>, u64), Failure> {
        let jobs = self.test.arguments.jobs.get();
        let mix = stage.mix()?;
        let needed = (0..jobs).map(|number| of_mix(&mix, Part { number, of: jobs })).collect();
        Ok((self.prepare(needed)?, (mix.users() * jobs) as u64))
    }

    /// Logs users in that need it.
    fn prepare(&self, needed: Vec<Vec<Action>>) -> Result<Option<Setup>, Failure> {
        let count: usize = needed.iter().map(Vec::len).sum();
        if count == 0 {
            return Ok(None);
        }
        let bar = self.test.terminal.progress("preparing", count as u64, "logins");
        let rate = self.test.arguments.ceilings(self.test.connected).rate;
        let pace = Pace { at_once: PREPARED_AT_ONCE, rate };
        let done = self.fleet.prepare(needed, pace, |live| {
            bar.set_position(live.over.load(Ordering::Relaxed));
            self.look();
        });
        bar.finish_and_clear();
        let (recorded, took) = done.map_err(failure)?;
        let sum = |of: fn(&crate::load::Counts) -> u64| -> u64 {
            recorded.totals.counts.iter().map(of).sum()
        };
        let (prepared, failed) = (sum(|counts| counts.completed), sum(|counts| counts.errors));
        if prepared == 0 && failed > 0 {
            let words = recorded.totals.errors.iter();
            let words: Vec<String> =
                words.map(|((_, w), count)| format!("{count} × {w}")).collect();
            return Err(Failure::Unexpected(anyhow::anyhow!(
                "no virtual user could be logged in ({}): check [provider], and try \
                 `relogin verify` with one user",
                words.join(", ")
            )));
        }
        Ok(Some(Setup { took_s: took.as_secs_f64(), prepared, failed }))
    }

    fn drive(
        &self,
        arrivals: Vec<Arrivals>,
        length: Duration,
    ) -> Result<(Recorded, Duration), Failure> {
        let bar = self.test.terminal.progress_of_load(length);
        let done = self.fleet.drive(arrivals, |live| {
            bar.set_position(live.seconds.load(Ordering::Relaxed));
            bar.set_message(told_live(live));
            self.look();
        });
        bar.finish_and_clear();
        done.map_err(failure)
    }

    /// Stops everything once somebody pressed Ctrl-C.
    fn look(&self) {
        if self.test.interrupt.pressed() {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn figures(&self, recorded: &Recorded, planned: Duration, took: Duration) -> LoadTest {
        let mut predicted = [0; crate::load::KINDS];
        for second in &recorded.seconds {
            for (sum, due) in predicted.iter_mut().zip(second.intended) {
                *sum += due;
            }
        }
        predicted[Kind::Failed.index()] += recorded.totals.refused;
        let late_after = duration(self.test.arguments.limits.late_after);
        let checks = self.test.thresholds.check(recorded);
        summarize(recorded, &Asked { predicted, planned, took, late_after, checks })
    }

    fn finished(
        self,
        mut test: LoadTest,
        recorded: &Recorded,
        began: SystemTime,
    ) -> (LoadTest, Files) {
        let since = began.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        test.began = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        test.jobs = self.test.arguments.jobs.get() as u64;
        if self.stop.load(Ordering::Relaxed) {
            let after = self.began.elapsed().unwrap_or_default().as_secs();
            test.partial = Some(format!("interrupted after {after} s"));
        }
        let [response, service] = &recorded.logs;
        let mut files = vec![
            ("response.hlog".to_owned(), response.clone()),
            ("service.hlog".to_owned(), service.clone()),
        ];
        let totals = &recorded.totals;
        let kinds = Kind::ALL.into_iter().map(|kind| (kind.word(), &totals.times[kind.index()]));
        for (word, times) in kinds.chain([("all", &totals.all)]) {
            if !times.response.is_empty() {
                files.push((format!("response-{word}.hgrm"), hgrm(&times.response).into_bytes()));
                files.push((format!("service-{word}.hgrm"), hgrm(&times.service).into_bytes()));
            }
        }
        (test, files)
    }
}

fn boxed(held: Vec<Held>) -> Vec<Arrivals> {
    held.into_iter().map(|held| Arrivals::Held(Box::new(held))).collect()
}

fn told(rate: f64, test: &LoadTest) -> Step {
    let all = &test.whole;
    let over = all.completed + all.errors;
    let broke = test.thresholds.iter().filter(|threshold| !threshold.held);
    let broke: Vec<String> = broke.map(|threshold| threshold.name.clone()).collect();
    Step {
        rate,
        achieved: all.achieved_rate,
        p99_ms: test.all().map_or(0.0, |all| all.response_ms.p99),
        errors: if over > 0 { all.errors as f64 / over as f64 } else { 0.0 },
        held: broke.is_empty(),
        broke,
    }
}

/// How it goes, in so few words that 80 columns hold them.
fn told_live(live: &Live) -> String {
    let of = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
    format!(
        "{}/s begun, {} failed, {} in flight, p99 {:.1} ms",
        of(&live.last_started),
        of(&live.errors),
        of(&live.in_flight),
        of(&live.p99) as f64 / 1_000.0
    )
}
