//! A population made ready: what all users of a class share, worked out once.

use super::class::{Class, Population};
use super::clock::{Clock, Week};
use super::distribution::{Choice, Geometric, Law};
use super::user::Move;
use super::{PopulationError, Step, UserActivity};
use crate::calendar::Calendar;
use crate::model::{Instant, Span};
use crate::seed::Key;
use crate::trace::{Action, Activity};

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
    pub(super) keys: Keys,
    pub(super) start: Instant,
    pub(super) actions: Geometric,
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
    pub(super) polls: Vec<PollPlan>,
    /// Everything that can be done: a use of each app, a logout of each, the close, each poll.
    pub(super) deeds: Vec<Deed<'p>>,
}

/// For each purpose, the key of the class; each of its users has a stream below.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) traits: Key,
    pub(super) start: Key,
    pub(super) absences: Key,
    pub(super) visits: Key,
    pub(super) gaps: Key,
    pub(super) apps: Key,
}

/// What a user or an app can do, whenever and wherever.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed<'p> {
    pub(super) app: &'p str,
    pub(super) api: &'p str,
    pub(super) action: Action,
}

/// A poll made ready.
#[derive(Debug)]
pub(super) struct PollPlan {
    /// Where its app stands in the class's apps.
    pub(super) app: usize,
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
            let plan = Plan::new(class, seed, first, (population.start, population.span));
            plans.push(plan.map_err(|(field, problem)| {
                let class = class.name.clone();
                PopulationError::Class { index, class, field, problem }
            })?);
            first += size;
        }
        Ok(Self { start: population.start, users: population.users, plans })
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
        plan.user(number)
    }

    /// The name of the user at `index`: `CLASS-N`, where `N` counts from 1 within the class.
    ///
    /// # Panics
    /// If there are not that many users.
    pub fn user_name(&self, index: u64) -> String {
        let (plan, number) = self.place(index);
        plan.class.user_name(number)
    }

    /// The classes, and how many users each has.
    pub(super) fn plans(&self) -> impl Iterator<Item = (&Plan<'p>, u64)> {
        let ends = self.plans.iter().skip(1).map(|next| next.first).chain([self.users]);
        self.plans.iter().zip(ends).map(|(plan, end)| (plan, end - plan.first))
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
        sink: &mut impl FnMut(&Activity<'_>) -> Result<(), E>,
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
        sink: &mut impl FnMut(&Activity<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut user = self.user(index);
        let name = user.name();
        user.try_for_each(|step| sink(&step.of(&name)))
    }
}

impl<'p> Plan<'p> {
    fn new(
        class: &'p Class,
        seed: u64,
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
                every: poll.every.as_millis() as f64,
                stays: poll.stays.as_millis() as f64,
            })
        });
        Ok(Self {
            class,
            first,
            keys: Keys::new(seed, &class.name),
            start,
            actions: Geometric::new(class.actions_per_visit),
            gap: Law::new(&class.gap, 1.0),
            absence: Law::new(&class.absence, class.absence_factor()?),
            visit: class.mean_visit(&week),
            zones: choice(&class.time_zones),
            clocks: clocks.collect::<Result<_, _>>()?,
            devices: choice(&class.devices),
            apps: choice(&class.apps),
            polls: polls.collect(),
            deeds: deeds(class),
        })
    }

    /// The activity of the class's user of that number, from 1.
    pub(super) fn user(&self, number: u64) -> UserActivity<'_> {
        UserActivity::new(self, number)
    }

    /// What a person who visits `pace` times as often as an average one multiplies absences by.
    /// Visits do not shorten, so absences shorten more than the whole round from visit to visit
    /// does; a tenth of their share is left to those who would have no time between visits.
    pub(super) fn absence_factor(&self, pace: f64) -> f64 {
        let absence = self.absence.mean();
        let round = (self.visit + absence) / pace;
        ((round - self.visit) / absence).max(0.1 / pace)
    }

    /// In words.
    #[inline]
    pub(super) fn step(&self, made: Move) -> Step<'p> {
        let Deed { app, api, action } = self.deeds[made.deed as usize];
        Step { at: made.at, device: self.device(made.device), app, api, action }
    }

    /// The device at `place`; empty where the class names none.
    #[inline]
    pub(super) fn device(&self, place: u32) -> &'p str {
        self.class.devices.get(place as usize).map_or("", |(name, _)| name)
    }

    /// How many apps there are to act in: the default one where the class names none.
    #[inline]
    fn apps(&self) -> usize {
        self.class.apps.len().max(1)
    }

    /// Where a use of an app stands among the deeds.
    #[inline]
    pub(super) fn use_of(&self, app: usize) -> usize {
        app
    }

    /// Where a logout of an app stands among the deeds.
    pub(super) fn logout_of(&self, app: usize) -> usize {
        self.apps() + app
    }

    /// Where the close stands among the deeds.
    pub(super) fn close(&self) -> usize {
        2 * self.apps()
    }

    /// Where a poll stands among the deeds.
    pub(super) fn poll(&self, place: usize) -> usize {
        2 * self.apps() + 1 + place
    }
}

impl Keys {
    fn new(seed: u64, class: &str) -> Self {
        let key = |purpose| Key::new(seed, purpose).with(class);
        Self {
            traits: key("synthetic.traits"),
            start: key("synthetic.start"),
            absences: key("synthetic.absences"),
            visits: key("synthetic.visits"),
            gaps: key("synthetic.gaps"),
            apps: key("synthetic.apps"),
        }
    }
}

/// In the order of [`Plan::use_of`] and its neighbours.
fn deeds(class: &Class) -> Vec<Deed<'_>> {
    let mut apps: Vec<&str> = class.apps.iter().map(|(name, _)| name.as_str()).collect();
    if apps.is_empty() {
        apps.push("");
    }
    let of_each = |action| apps.iter().map(move |app| Deed { app, api: "", action });
    let close = Deed { app: "", api: "", action: Action::Close };
    let polls = class.polls.iter().filter_map(|poll| {
        Some(Deed { app: apps[class.app_of(poll)?], api: &poll.api, action: Action::Background })
    });
    of_each(Action::Use).chain(of_each(Action::Logout)).chain([close]).chain(polls).collect()
}

fn choice(weighted: &[(String, f64)]) -> Choice {
    Choice::new(&weighted.iter().map(|(_, weight)| *weight).collect::<Vec<_>>())
}
