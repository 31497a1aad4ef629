//! Interactive logins: why, in which app, at what hour, and whether in the middle of a task.

use super::{Frame, Moment, count};
use crate::model::{Access, AppId, Initiator, Instant, LoginCause};
use crate::table::{LoginCount, Metric};

#[derive(Clone, Debug)]
pub(super) struct Logins {
    /// By local hour of the week.
    by_hour: Vec<u64>,
    /// By class number, app number and cause, in this order.
    by_kind: Vec<u64>,
    apps: usize,
    /// By agent: its latest use, in any app, warm-up included.
    last_use: Vec<Instant>,
}

const CAUSES: usize = LoginCause::ALL.len();

const NAMES: [(LoginCause, &str); CAUSES] = [
    (LoginCause::First, "login.first"),
    (LoginCause::Idle, "login.idle"),
    (LoginCause::Absolute, "login.absolute"),
    (LoginCause::Closed, "login.closed"),
    (LoginCause::Logout, "login.logout"),
    (LoginCause::Revoked, "login.revoked"),
];

impl Logins {
    pub(super) fn new(frame: &Frame, agents: usize) -> Self {
        Self {
            by_hour: vec![0; 7 * 24],
            by_kind: vec![0; (frame.classes.len() + 1) * frame.apps.len() * CAUSES],
            apps: frame.apps.len(),
            last_use: vec![Instant::LONG_AGO; agents],
        }
    }

    /// Takes an access. Gives whether its agent was in the middle of a task.
    #[inline(always)]
    pub(super) fn record(&mut self, frame: &Frame, moment: &Moment, access: &Access) -> bool {
        if access.initiator != Initiator::Use {
            return false;
        }
        let previous = self.seen(moment.subject.agent, moment.at);
        if let Some(cause) = access.cause
            && moment.counted
        {
            self.at_hour(frame, moment.at.as_millis(), 1);
            self.count(frame, moment.subject.user_number, access.app, cause);
        }
        (moment.at - previous).as_millis() < frame.task_gap
    }

    /// The agent's latest use was `at`; when was the one before it?
    #[inline]
    pub(super) fn seen(&mut self, agent: usize, at: Instant) -> Instant {
        if agent >= self.last_use.len() {
            self.last_use.resize(agent + 1, Instant::LONG_AGO);
        }
        std::mem::replace(&mut self.last_use[agent], at)
    }

    /// So many logins were at an instant.
    pub(super) fn at_hour(&mut self, frame: &Frame, at: i64, logins: u64) {
        self.by_hour[frame.calendar.hour_of_week(at)] += logins;
    }

    /// A login of a user, at whatever hour.
    #[inline]
    pub(super) fn count(
        &mut self,
        frame: &Frame,
        user_number: usize,
        app: AppId,
        cause: LoginCause,
    ) {
        let class = frame.class_of[user_number];
        let kind = usize::from(class) * self.apps + app.index();
        self.by_kind[kind * CAUSES + cause as usize] += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (own, more) in self.by_hour.iter_mut().zip(&other.by_hour) {
            *own += more;
        }
        for (own, more) in self.by_kind.iter_mut().zip(&other.by_kind) {
            *own += more;
        }
    }

    /// `mid_task` is how many re-logins came in the middle of a task.
    pub(super) fn metrics(&self, mid_task: u64, metrics: &mut Vec<Metric>) {
        let own = |cause: LoginCause| -> u64 {
            self.by_kind.iter().skip(cause as usize).step_by(CAUSES).sum()
        };
        metrics.extend(NAMES.map(|(cause, name)| count(name, own(cause), "logins")));
        let causes = LoginCause::ALL.iter().filter(|cause| cause.is_relogin());
        metrics.push(count("relogins", causes.map(|cause| own(*cause)).sum(), "logins"));
        metrics.push(count("relogins.mid_task", mid_task, "logins"));
    }

    pub(super) fn by_hour(&self) -> Vec<u64> {
        self.by_hour.clone()
    }

    pub(super) fn by_class_and_app(&self, frame: &Frame) -> Vec<LoginCount> {
        let cause = |place: usize| LoginCause::ALL[place % CAUSES];
        let counts = self.by_kind.iter().enumerate();
        let counts = counts.filter(|(place, count)| cause(*place).is_relogin() && **count > 0);
        let row = |(place, &count): (usize, &u64)| {
            let (kind, cause) = (place / CAUSES, cause(place));
            LoginCount {
                class: match kind / self.apps {
                    0 => String::new(),
                    number => frame.classes[number - 1].clone(),
                },
                app: frame.apps[kind % self.apps].clone(),
                cause: cause.word(),
                count,
            }
        };
        counts.map(row).collect()
    }
}
