//! A population made ready: what all users of a class share, worked out once.

use super::class::{Class, Population};
use super::clock::{Clock, Week};
use super::distribution::{Choice, Law};
use super::{PopulationError, UserActivity};
use crate::calendar::Calendar;
use crate::model::{Instant, Span};
use crate::trace::Activity;

/// Makes up the activity of a [`Population`]: the same for the same population and seed, and for
/// each user whatever the others do and however many there are.
///
/// ```
/// use relogin::model::{Instant, Span};
/// use relogin::trace::synthetic::{Generator, Population, patterns};
///
/// let population = Population {
///     users: 2,
///     start: Instant::from_millis(1_767_225_600_000),
///     span: Span::from_days(28),
///     classes: vec![(patterns::find("office-hours").unwrap().class)()],
/// };
/// let generator = Generator::new(&population, 42)?;
/// let second = generator.user(1);
/// assert_eq!(second.name(), "office-hours-2");
/// assert!(second.count() > 100);
/// # Ok::<(), relogin::trace::synthetic::PopulationError>(())
/// ```
#[derive(Debug)]
pub struct Generator<'p> {
    seed: u64,
    start: Instant,
    users: u64,
    plans: Vec<Plan<'p>>,
}

/// What all users of a class share. Lengths are milliseconds.
#[derive(Debug)]
pub(super) struct Plan<'p> {
    pub(super) class: &'p Class,
    /// The index of the class's first user among all.
    first: u64,
    pub(super) start: Instant,
    pub(super) gap: Law,
    /// On the clock, of an average person.
    pub(super) absence: Law,
    /// How far the clock runs during a visit, on average.
    pub(super) visit: f64,
    pub(super) zones: Choice,
    /// One for each of the class's time zones.
    pub(super) clocks: Vec<Clock>,
    pub(super) devices: Choice,
    pub(super) apps: Choice,
    pub(super) polls: Vec<PollPlan<'p>>,
}

/// A poll made ready.
#[derive(Debug)]
pub(super) struct PollPlan<'p> {
    /// Where its app stands in the class's apps.
    pub(super) app: usize,
    pub(super) api: &'p str,
    pub(super) every: f64,
    pub(super) stays: f64,
}

impl<'p> Generator<'p> {
    /// Makes `population` ready.
    ///
    /// # Errors
    /// What [`Population::check`] finds.
    pub fn new(population: &'p Population, seed: u64) -> Result<Self, PopulationError> {
        population.check()?;
        let mut first = 0;
        let mut plans = Vec::with_capacity(population.classes.len());
        let sizes = population.class_sizes();
        for (index, (class, size)) in population.classes.iter().zip(sizes).enumerate() {
            let plan = Plan::new(class, first, (population.start, population.span));
            plans.push(plan.map_err(|(field, problem)| {
                let class = class.name.clone();
                PopulationError::Class { index, class, field, problem }
            })?);
            first += size;
        }
        Ok(Self { seed, start: population.start, users: population.users, plans })
    }

    /// How many users there are.
    pub fn users(&self) -> u64 {
        self.users
    }

    /// When their activity begins.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// The activity of the user at `index`, in time order. Users stand class by class; each can
    /// be made up alone, on any thread.
    ///
    /// # Panics
    /// If there are not that many users.
    pub fn user(&self, index: u64) -> UserActivity<'_> {
        let (plan, number) = self.place(index);
        UserActivity::new(plan, self.seed, number)
    }

    /// The name of the user at `index`: `CLASS-N`, where `N` counts from 1 within the class.
    ///
    /// # Panics
    /// If there are not that many users.
    pub fn user_name(&self, index: u64) -> String {
        let (plan, number) = self.place(index);
        plan.class.user_name(number)
    }

    /// A user's class and number in it.
    fn place(&self, index: u64) -> (&Plan<'p>, u64) {
        assert!(index < self.users, "user {index} of {}", self.users);
        // Of classes that begin at the same index, all but the last are empty.
        let plan = &self.plans[self.plans.partition_point(|plan| plan.first <= index) - 1];
        (plan, index - plan.first + 1)
    }

    /// Pushes all activity into `sink`, user by user, each user's in time order.
    ///
    /// # Errors
    /// The first of `sink`'s.
    pub fn generate<E>(
        &self,
        sink: &mut dyn FnMut(&Activity<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        (0..self.users).try_for_each(|index| self.generate_user(index, sink))
    }

    /// Pushes one user's activity into `sink`, in time order.
    ///
    /// # Errors
    /// The first of `sink`'s.
    ///
    /// # Panics
    /// If there is no such user.
    pub fn generate_user<E>(
        &self,
        index: u64,
        sink: &mut dyn FnMut(&Activity<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut user = self.user(index);
        let name = user.name();
        user.try_for_each(|step| sink(&step.of(&name)))
    }
}

impl<'p> Plan<'p> {
    fn new(
        class: &'p Class,
        first: u64,
        (start, span): (Instant, Span),
    ) -> Result<Self, (&'static str, String)> {
        let week = Week::new(class).ok_or(("hours", "is 0 in every active hour".to_owned()))?;
        let end = start + span;
        let mut holidays = class.holidays.clone();
        holidays.sort_unstable();
        let clocks = class.time_zones.iter().map(|(zone, _)| {
            let calendar = Calendar::new(zone, start.as_millis(), end.as_millis())
                .map_err(|unknown| ("time_zones", unknown.to_string()))?;
            Ok(Clock::new(week.clone(), &calendar, &holidays, (start, end)))
        });
        let polls = class.polls.iter().filter_map(|poll| {
            Some(PollPlan {
                app: class.app_of(poll)?,
                api: &poll.api,
                every: poll.every.as_millis() as f64,
                stays: poll.stays.as_millis() as f64,
            })
        });
        Ok(Self {
            class,
            first,
            start,
            gap: Law::new(&class.gap, 1.0),
            absence: Law::new(&class.absence, class.absence_factor()?),
            visit: class.mean_visit(&week),
            zones: choice(&class.time_zones),
            clocks: clocks.collect::<Result<_, _>>()?,
            devices: choice(&class.devices),
            apps: choice(&class.apps),
            polls: polls.collect(),
        })
    }

    /// What a person who visits `pace` times as often as an average one multiplies absences by.
    /// Visits do not shorten, so absences shorten more than the whole round from visit to visit
    /// does; a tenth of their share is left to those who would have no time between visits.
    pub(super) fn absence_factor(&self, pace: f64) -> f64 {
        let absence = self.absence.mean();
        let round = (self.visit + absence) / pace;
        ((round - self.visit) / absence).max(0.1 / pace)
    }

    /// The app at `place`; empty where the class names none.
    #[inline]
    pub(super) fn app(&self, place: usize) -> &'p str {
        self.class.apps.get(place).map_or("", |(name, _)| name)
    }
}

fn choice(weighted: &[(String, f64)]) -> Choice {
    Choice::new(weighted.iter().map(|(_, weight)| *weight))
}
