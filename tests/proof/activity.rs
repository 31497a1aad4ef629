//! Activity that asks where policies are most easily wrong: half of the gaps end on a boundary.

use std::fmt::Write;

use relogin::model::{
    Agent, AppId, Fact, Instant, Policy, RefreshCause, Request, Span, apply, decide, next_timer,
};

use crate::numbers::Numbers;

/// Distances from a boundary, in milliseconds.
const BESIDE: [i64; 5] = [-1_000, -1, 0, 1, 1_000];

/// What a run does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How many uses there are.
    pub(crate) uses: usize,
    /// Who, at the provider.
    pub(crate) people: &'static [&'static str],
    /// How many devices each of them has.
    pub(crate) devices: usize,
    /// The longest gap that is not on a boundary, in milliseconds.
    pub(crate) longest: i64,
    /// In how many of a thousand steps somebody logs out.
    pub(crate) logouts: u64,
    /// In how many of a thousand steps somebody closes the browser.
    pub(crate) closes: u64,
    /// In how many of a thousand steps an administrator revokes.
    pub(crate) revokes: u64,
    /// In how many of a thousand steps an app polls.
    pub(crate) polls: u64,
}

impl Plan {
    /// A plan of uses alone.
    pub(crate) const fn of(uses: usize, people: &'static [&'static str], longest: i64) -> Self {
        Self { uses, people, devices: 2, longest, logouts: 0, closes: 0, revokes: 0, polls: 0 }
    }
}

/// From a fifth of a second to the longest; short ones are as likely as long ones.
fn gap(numbers: &mut Numbers, longest: i64) -> i64 {
    let doublings = (longest / 200).max(2).ilog2() as usize;
    let least = 200 << numbers.below(doublings + 1);
    (least + numbers.below(least as usize) as i64).min(longest)
}

/// A trace of a policy, as CSV, and how many of its uses were put on a boundary.
pub(crate) fn trace(
    plan: Plan,
    policy: &Policy,
    apps: &[String],
    start: Instant,
    seed: u64,
) -> (String, usize) {
    let mut numbers = Numbers::new(seed);
    let devices = |user| (0..plan.devices).map(move |device| (user, format!("device{device}")));
    let agents: Vec<(&str, String)> = plan.people.iter().copied().flat_map(devices).collect();
    let mut records: Vec<(i64, String)> = Vec::new();
    let mut on_boundaries = 0;
    for (place, (user, device)) in agents.iter().enumerate() {
        let mut agent = Agent::new(policy);
        // Instants are not on whole seconds.
        let mut now = start + Span::from_millis(numbers.below(5_000) as i64 + 1_000);
        let uses = plan.uses / agents.len() + usize::from(place < plan.uses % agents.len());
        let mut used = 0;
        while used < uses {
            let roll = numbers.below(1_000) as u64;
            let app = AppId::new(numbers.below(apps.len()));
            let (request, action) = match roll {
                roll if roll < plan.logouts => (Request::Logout(app), "logout"),
                roll if roll < plan.logouts + plan.closes => (Request::Close, "close"),
                roll if roll < plan.logouts + plan.closes + plan.revokes => {
                    (Request::Revoke, "revoke")
                }
                roll if roll < plan.logouts + plan.closes + plan.revokes + plan.polls => {
                    (Request::Background(app, None), "background")
                }
                _ => (Request::Use(app, None), "use"),
            };
            used += usize::from(action == "use");
            let name = &apps[app.index()];
            records.push((
                now.as_millis(),
                format!("{},{user},{device},{name},{action}", now.as_millis()),
            ));
            run_timers(&mut agent, policy, now);
            happen(&mut agent, policy, now, request);
            let ends = boundaries(&agent, policy, now);
            let mut next = now + Span::from_millis(gap(&mut numbers, plan.longest));
            if numbers.below(2) == 0 && !ends.is_empty() {
                let end = ends[numbers.below(ends.len())];
                let beside = end + Span::from_millis(BESIDE[numbers.below(BESIDE.len())]);
                if beside > now {
                    next = beside;
                    on_boundaries += 1;
                }
            }
            now = next;
        }
    }
    records.sort_by_key(|(at, _)| *at);
    let mut csv = String::from("ts,user,device,app,action\n");
    for (_, record) in records {
        let _ = writeln!(csv, "{record}");
    }
    (csv, on_boundaries)
}

fn happen(agent: &mut Agent, policy: &Policy, now: Instant, request: Request) -> Fact {
    let fact = decide(agent.as_ref(), policy, now, request, &|_, _, _| 0);
    apply(&mut agent.as_mut(), policy.layout(), now, &fact);
    fact
}

fn run_timers(agent: &mut Agent, policy: &Policy, until: Instant) {
    while let Some(timer) = next_timer(agent.as_ref(), policy).filter(|timer| timer.due <= until) {
        happen(agent, policy, timer.due, Request::Timer(timer));
    }
}

/// When something that the agent has will be over by itself.
fn boundaries(agent: &Agent, policy: &Policy, now: Instant) -> Vec<Instant> {
    let session = &agent.session;
    let mut ends = Vec::new();
    if session.ended.is_none() {
        let (idle, absolute) = (policy.session.idle_timeout, policy.session.absolute_timeout);
        ends.push((session.slid + idle).min(session.created + absolute));
        // Lazy sliding has a boundary of its own.
        ends.push(session.slid + policy.session.slide_interval);
    }
    ends.extend(agent.tokens.iter().map(|token| token.exp));
    for (limits, app) in policy.apps().iter().zip(&agent.apps) {
        let Some(limits) = &limits.refresh_token else { continue };
        if app.holds_refresh && app.refresh_taken != Some(RefreshCause::Revoked) {
            ends.push(limits.expiry(app.refresh_family, app.refresh_last));
            ends.push(app.refresh_last + limits.renew_after);
        }
    }
    ends.retain(|end| *end > now && end.finite().is_some() && *end < now + Span::from_hours(24));
    ends
}
