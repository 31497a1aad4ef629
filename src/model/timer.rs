//! When clients act by themselves (SPEC 5).

use super::{AgentRef, ApiId, AppId, Instant, Policy, Renew};

/// Something that a client will do by itself, unless something happens before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    /// When.
    pub due: Instant,
    /// Renewals come before keep-alives of the same instant.
    pub keep_alive: bool,
    /// The client.
    pub app: AppId,
    /// The API that the token is for.
    pub api: ApiId,
}

/// The timer of `agent` that is due first, whenever that is (SPEC 5).
pub fn next_timer(agent: AgentRef<'_>, policy: &Policy) -> Option<Timer> {
    let timers = (0..policy.apps().len()).map(AppId::new);
    let timers = timers.filter_map(|app| app_timer(agent, policy, app));
    timers.filter(|timer| timer.due < agent.apps[timer.app.index()].open_until).min()
}

/// The timer of one app of `agent` that is due first, if the app is still open then. It changes
/// only with what the app holds and when it was opened, so that an engine may keep it.
#[inline]
pub fn app_timer(agent: AgentRef<'_>, policy: &Policy, id: AppId) -> Option<Timer> {
    let (app_policy, app) = (policy.app(id), &agent.apps[id.index()]);
    let mut first: Option<Timer> = None;
    let mut consider = |timer: Timer| {
        first = Some(first.map_or(timer, |earlier| earlier.min(timer)));
    };
    if app_policy.renew == Renew::WhileOpen {
        for slot in policy.layout().slots_of(id) {
            let token = &agent.tokens[slot];
            let due = token.exp - app_policy.renew_ahead;
            // What fell due while the app was closed waits for a use; what never ends needs none.
            let waits = due <= token.issued || due <= app.opened || due == Instant::NEVER;
            if !waits && !token.renewal_refused {
                let api = policy.layout().api(slot);
                consider(Timer { due, keep_alive: false, app: id, api });
            }
        }
    }
    if let Some(period) = app_policy.keep_alive
        && app.tokens_at != Instant::LONG_AGO
        && !app.keep_alive_stopped
    {
        let due = app.opened.max(app.tokens_at) + period;
        consider(Timer { due, keep_alive: true, app: id, api: app_policy.default_api });
    }
    first
}
