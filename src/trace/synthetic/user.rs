//! One user's activity: visits on the clock, actions within them, and polls in between.

use super::clock::Clock;
use super::distribution::gamma;
use super::generator::Plan;
use crate::model::Instant;
use crate::seed::Stream;
use crate::trace::{Action, Activity};

/// How long after a visit's last action it is logged out or closed, milliseconds: the reach for
/// the button.
const REACH: std::ops::Range<f64> = 1_000.0..10_000.0;

/// One thing that a user, or an app of theirs, did: an [`Activity`] but for the user's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'p> {
    /// When.
    pub at: Instant,
    /// On which device; empty where the class names none.
    pub device: &'p str,
    /// In which app; empty for the default one.
    pub app: &'p str,
    /// For which API; empty for the app's first.
    pub api: &'p str,
    /// What.
    pub action: Action,
}

/// A [`Step`] in numbers: sixteen bytes, which nobody has to spell out who does not want words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) at: Instant,
    /// Where its device stands in the class's devices; 0 where the class names none.
    pub(super) device: u32,
    /// Where it stands in the plan's deeds.
    pub(super) deed: u32,
}

/// A user's activity in time order, made up as it is asked for.
///
/// Times are milliseconds since the run's start, with fractions: only what comes out is floored,
/// so rounding adds up nowhere.
#[derive(Clone, Debug)]
pub struct UserActivity<'p> {
    plan: &'p Plan<'p>,
    clock: &'p Clock,
    number: u64,
    /// What this person multiplies absences by.
    absence_factor: f64,
    absences: Stream,
    visits: Stream,
    gaps: Stream,
    apps: Stream,
    /// What comes next, and when: never before what came out.
    next: Next,
    at: f64,
    /// What the clock shows when the next visit begins. Kept, not read again: where many visits
    /// fall into the last instant before a pause of the clock, it still goes on from one to the
    /// next.
    shown: f64,
    /// After a visit's last action: when the next visit begins, if the run is not over before.
    next_visit: Option<f64>,
    /// The visit going on, or the last one.
    visit: Visit,
    /// For each of the class's polls.
    screens: Vec<Screen>,
    /// When the first of them asks next.
    due: f64,
}

/// What a user does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// A visit's first action.
    Visit,
    /// One more action of the visit.
    Action,
    /// The visit's end, a logout or a close.
    End,
    /// Nothing before the run is over.
    Nothing,
}

/// How a visit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Away,
    Logout,
    Close,
}

/// What is drawn at a visit's first action, and the app of its latest one.
#[derive(Clone, Copy, Debug)]
struct Visit {
    device: u32,
    /// Actions still to come.
    left: u64,
    end: End,
    /// From the last action to the end, milliseconds.
    reach: f64,
    app: usize,
}

/// A poll's app on a screen: when it asks next, and until when it stays. Not on a screen, it
/// stays until long ago.
#[derive(Clone, Copy, Debug)]
struct Screen {
    due: f64,
    until: f64,
}

const OFF: Screen = Screen { due: f64::INFINITY, until: f64::NEG_INFINITY };

impl<'p> UserActivity<'p> {
    /// The activity of the user of that number, from 1, within the class of `plan`.
    pub(super) fn new(plan: &'p Plan<'p>, number: u64) -> Self {
        let (digits, keys) = (number.to_string(), &plan.keys);
        let mut traits = keys.traits.with(&digits).stream();
        let clock = &plan.clocks[plan.zones.draw(&mut traits)];
        let pace = gamma(plan.class.spread, &mut traits);
        let mut user = Self {
            plan,
            clock,
            number,
            absence_factor: plan.absence_factor(pace),
            absences: keys.absences.with(&digits).stream(),
            visits: keys.visits.with(&digits).stream(),
            gaps: keys.gaps.with(&digits).stream(),
            apps: keys.apps.with(&digits).stream(),
            next: Next::Nothing,
            at: clock.end(),
            shown: 0.0,
            next_visit: None,
            visit: Visit { device: 0, left: 0, end: End::Away, reach: 0.0, app: 0 },
            screens: vec![OFF; plan.polls.len()],
            due: f64::INFINITY,
        };
        user.come_in(&mut keys.start.with(&digits).stream());
        user
    }

    /// The user's name: `CLASS-N`.
    pub fn name(&self) -> String {
        self.plan.class.user_name(self.number)
    }

    /// Sets the first action so that the run seems to cut a life that has long been going on: if
    /// everybody began at the start, they would come and go in step for a long while.
    ///
    /// Either the start falls into an absence, and its rest remains; or it falls into a visit,
    /// between two actions, and the rest of that gap remains, after which a visit goes on as if
    /// it began (how many actions are to come does not depend on how many there were).
    fn come_in(&mut self, start: &mut Stream) {
        let plan = self.plan;
        let round = plan.visit + plan.absence.mean() * self.absence_factor;
        // As many visits begin as the clock runs, so their share grows and shrinks with its pace.
        let gaps = (plan.class.actions_per_visit - 1.0) * plan.gap.mean();
        let first = if start.unit() * round < gaps * self.clock.pace_at_start() {
            Some(plan.gap.draw_rest(start))
        } else {
            self.shown = plan.absence.draw_rest(start) * self.absence_factor;
            self.clock.when(self.shown)
        };
        self.next_visit = first;
        self.expect_next_visit();
    }

    fn expect_next_visit(&mut self) {
        match self.next_visit.filter(|at| *at < self.clock.end()) {
            Some(at) => (self.next, self.at) = (Next::Visit, at),
            None => (self.next, self.at) = (Next::Nothing, self.clock.end()),
        }
    }

    /// The next thing, or `None` once the run is over.
    #[inline]
    pub(super) fn advance(&mut self) -> Option<Move> {
        if self.due < self.at {
            return Some(self.poll());
        }
        match self.next {
            Next::Action => Some(self.go_on()),
            Next::Visit => Some(self.begin_visit()),
            Next::End => Some(self.end_visit()),
            Next::Nothing => None,
        }
    }

    #[inline]
    fn move_at(&self, at: f64, deed: usize) -> Move {
        // Cut off, it stays in the hour that it fell into; it is never negative.
        let at = Instant::from_millis(self.plan.start.as_millis() + at as i64);
        Move { at, device: self.visit.device, deed: deed as u32 }
    }

    /// The first action of a visit. Each visit takes the same number of draws, whatever comes of
    /// them, so that a changed share does not change all visits after it.
    fn begin_visit(&mut self) -> Move {
        let plan = self.plan;
        self.clear_screens();
        let device = plan.devices.draw(&mut self.visits) as u32;
        let actions = plan.actions.draw(&mut self.visits);
        let mark = self.visits.unit();
        let end = if mark < plan.class.logout {
            End::Logout
        } else if mark < plan.class.logout + plan.class.close {
            End::Close
        } else {
            End::Away
        };
        let reach = REACH.start + (REACH.end - REACH.start) * self.visits.unit();
        let app = plan.apps.draw(&mut self.apps);
        self.visit = Visit { device, left: actions - 1, end, reach, app };
        self.show();
        self.act()
    }

    /// One more action of the visit.
    #[inline]
    fn go_on(&mut self) -> Move {
        if self.plan.class.apps.len() > 1 && self.apps.unit() >= self.plan.class.stickiness {
            self.visit.app = self.plan.apps.draw(&mut self.apps);
            self.show();
        }
        self.visit.left -= 1;
        self.act()
    }

    #[inline]
    fn act(&mut self) -> Move {
        let plan = self.plan;
        let action = self.move_at(self.at, plan.use_of(self.visit.app));
        if self.visit.left > 0 {
            self.next = Next::Action;
            self.at += plan.gap.draw(&mut self.gaps);
        } else {
            self.leave();
        }
        if self.at >= self.clock.end() {
            (self.next, self.at) = (Next::Nothing, self.clock.end());
        }
        action
    }

    /// After a visit's last action: when the next one begins, and what happens until then.
    fn leave(&mut self) {
        for (screen, poll) in self.screens.iter_mut().zip(&self.plan.polls) {
            screen.until = screen.until.min(self.at + poll.stays);
        }
        self.look_for_polls();
        let absence = self.plan.absence.draw(&mut self.absences) * self.absence_factor;
        self.shown = self.clock.shown(self.at).max(self.shown) + absence;
        self.next_visit = self.clock.when(self.shown);
        if self.visit.end == End::Away {
            self.expect_next_visit();
        } else {
            self.next = Next::End;
            let end = self.at + self.visit.reach;
            self.at = self.next_visit.map_or(end, |next| end.min(next));
        }
    }

    fn end_visit(&mut self) -> Move {
        let deed = match self.visit.end {
            End::Close => self.plan.close(),
            _ => self.plan.logout_of(self.visit.app),
        };
        let end = self.move_at(self.at, deed);
        self.clear_screens();
        self.expect_next_visit();
        end
    }

    /// Puts the app that the next action is in on a screen, if it polls.
    fn show(&mut self) {
        for (screen, poll) in self.screens.iter_mut().zip(&self.plan.polls) {
            if poll.app == self.visit.app && screen.due == f64::INFINITY {
                *screen = Screen { due: self.at + poll.every, until: f64::INFINITY };
            }
        }
        self.look_for_polls();
    }

    fn clear_screens(&mut self) {
        self.screens.fill(OFF);
        self.due = f64::INFINITY;
    }

    /// The first poll that is due, even if the user does something before.
    fn first_due(&self) -> Option<(usize, f64)> {
        let screens = self.screens.iter().enumerate();
        let due = screens.filter(|(_, screen)| screen.due < screen.until);
        due.map(|(place, screen)| (place, screen.due)).min_by(|(_, a), (_, b)| a.total_cmp(b))
    }

    fn look_for_polls(&mut self) {
        self.due = self.first_due().map_or(f64::INFINITY, |(_, due)| due);
    }

    fn poll(&mut self) -> Move {
        let (place, at) = self.first_due().expect("`due` tells of one");
        self.screens[place].due += self.plan.polls[place].every;
        self.look_for_polls();
        self.move_at(at, self.plan.poll(place))
    }
}

impl<'p> Iterator for UserActivity<'p> {
    type Item = Step<'p>;

    #[inline]
    fn next(&mut self) -> Option<Step<'p>> {
        self.advance().map(|made| self.plan.step(made))
    }
}

impl<'p> Step<'p> {
    /// The activity, by that user.
    #[inline]
    pub fn of<'a>(&self, user: &'a str) -> Activity<'a>
    where
        'p: 'a,
    {
        let Self { at, device, app, api, action } = *self;
        Activity { at, user, device, app, api, action }
    }
}
