//! One user's activity: visits on the clock, actions within them, and polls in between.

use super::clock::Clock;
use super::distribution::{gamma, geometric};
use super::generator::Plan;
use crate::model::Instant;
use crate::seed::{Key, Stream};
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
    visit: Visit<'p>,
    /// For each of the class's polls.
    screens: Vec<Screen>,
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
struct Visit<'p> {
    device: &'p str,
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
    pub(super) fn new(plan: &'p Plan<'p>, seed: u64, number: u64) -> Self {
        let digits = number.to_string();
        let stream =
            |purpose| Key::new(seed, purpose).with(&plan.class.name).with(&digits).stream();
        let mut traits = stream("synthetic.traits");
        let clock = &plan.clocks[plan.zones.draw(&mut traits)];
        let pace = gamma(plan.class.spread, &mut traits);
        let mut user = Self {
            plan,
            clock,
            number,
            absence_factor: plan.absence_factor(pace),
            absences: stream("synthetic.absences"),
            visits: stream("synthetic.visits"),
            gaps: stream("synthetic.gaps"),
            apps: stream("synthetic.apps"),
            next: Next::Nothing,
            at: clock.end(),
            shown: 0.0,
            next_visit: None,
            visit: Visit { device: "", left: 0, end: End::Away, reach: 0.0, app: 0 },
            screens: vec![OFF; plan.polls.len()],
        };
        user.come_in(&mut stream("synthetic.start"));
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

    fn step(&self, app: usize, action: Action) -> Step<'p> {
        let app = if action.needs_app() { self.plan.app(app) } else { "" };
        Step { at: self.instant(self.at), device: self.visit.device, app, api: "", action }
    }

    fn instant(&self, at: f64) -> Instant {
        // The floor keeps it in the hour that it fell into.
        Instant::from_millis(self.plan.start.as_millis() + at.floor() as i64)
    }

    /// The first action of a visit. Each visit takes the same number of draws, whatever comes of
    /// them, so that a changed share does not change all visits after it.
    fn begin_visit(&mut self) -> Step<'p> {
        let class = self.plan.class;
        self.screens.fill(OFF);
        let device = self.plan.devices.draw(&mut self.visits);
        let device = class.devices.get(device).map_or("", |(name, _)| name);
        let actions = geometric(class.actions_per_visit, &mut self.visits);
        let mark = self.visits.unit();
        let end = if mark < class.logout {
            End::Logout
        } else if mark < class.logout + class.close {
            End::Close
        } else {
            End::Away
        };
        let reach = REACH.start + (REACH.end - REACH.start) * self.visits.unit();
        let app = self.plan.apps.draw(&mut self.apps);
        self.visit = Visit { device, left: actions - 1, end, reach, app };
        self.act()
    }

    /// One more action of the visit.
    fn go_on(&mut self) -> Step<'p> {
        if self.plan.class.apps.len() > 1 && self.apps.unit() >= self.plan.class.stickiness {
            self.visit.app = self.plan.apps.draw(&mut self.apps);
        }
        self.visit.left -= 1;
        self.act()
    }

    fn act(&mut self) -> Step<'p> {
        let step = self.step(self.visit.app, Action::Use);
        let plan = self.plan;
        for (screen, poll) in self.screens.iter_mut().zip(&plan.polls) {
            if poll.app == self.visit.app && screen.due == f64::INFINITY {
                *screen = Screen { due: self.at + poll.every, until: f64::INFINITY };
            }
        }
        if self.visit.left > 0 {
            self.next = Next::Action;
            self.at += plan.gap.draw(&mut self.gaps);
        } else {
            self.leave();
        }
        if self.at >= self.clock.end() {
            (self.next, self.at) = (Next::Nothing, self.clock.end());
        }
        step
    }

    /// After a visit's last action: when the next one begins, and what happens until then.
    fn leave(&mut self) {
        for (screen, poll) in self.screens.iter_mut().zip(&self.plan.polls) {
            screen.until = screen.until.min(self.at + poll.stays);
        }
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

    fn end_visit(&mut self) -> Step<'p> {
        let close = self.visit.end == End::Close;
        let action = if close { Action::Close } else { Action::Logout };
        let step = self.step(self.visit.app, action);
        self.screens.fill(OFF);
        self.expect_next_visit();
        step
    }

    /// The next poll before what the user does next.
    fn poll(&mut self) -> Option<Step<'p>> {
        let due = |screen: &Screen| screen.due < screen.until;
        let screens = self.screens.iter().enumerate().filter(|(_, screen)| due(screen));
        let (place, _) = screens.min_by(|(_, a), (_, b)| a.due.total_cmp(&b.due))?;
        let screen = &mut self.screens[place];
        if screen.due >= self.at {
            return None;
        }
        let (at, poll) = (screen.due, &self.plan.polls[place]);
        screen.due += poll.every;
        Some(Step {
            at: self.instant(at),
            device: self.visit.device,
            app: self.plan.app(poll.app),
            api: poll.api,
            action: Action::Background,
        })
    }
}

impl<'p> Iterator for UserActivity<'p> {
    type Item = Step<'p>;

    fn next(&mut self) -> Option<Step<'p>> {
        if !self.screens.is_empty()
            && let Some(poll) = self.poll()
        {
            return Some(poll);
        }
        match self.next {
            Next::Visit => Some(self.begin_visit()),
            Next::Action => Some(self.go_on()),
            Next::End => Some(self.end_visit()),
            Next::Nothing => None,
        }
    }
}

impl<'p> Step<'p> {
    /// The activity, by that user.
    pub fn of<'a>(&self, user: &'a str) -> Activity<'a>
    where
        'p: 'a,
    {
        let Self { at, device, app, api, action } = *self;
        Activity { at, user, device, app, api, action }
    }
}
