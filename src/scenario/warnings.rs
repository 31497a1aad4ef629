//! Settings that cannot have an effect.
//!
//! A warning is for what the scenario's author wrote: a preset's value that happens to lie idle is
//! no news, unless what they wrote beside it makes it harmful.

use super::auth0::{self, Whose};
use super::baselines;
use super::problem::SourceText;
use super::registry::{
    ABSOLUTE_LIFETIME, ABSOLUTE_TIMEOUT, ACCESS_TOKEN_LIFETIME_BROWSER, API_TABLES, APIS,
    APP_ABSOLUTE_TIMEOUT, APP_IDLE_TIMEOUT, APP_SESSION_CHOICE, APP_TABLES, AUTH0_TABLE,
    CAPS_TOKENS, CLASS_LIST, FLOW, ID_TOKEN_LIFETIME, IDLE_LIFETIME, IDLE_TIMEOUT, KEEP_ALIVE,
    PERSISTENT, POLICY_NAME, REFRESH_TOKEN_CHOICE, RENEW, RENEW_AFTER, REUSE_LEEWAY, ROTATION,
    SESSION_TABLE, SLIDE_INTERVAL, SLIDES_ON, SPAN, START, STAY_OPEN, Setting,
    TOKEN_EXPIRATION_FOR_BROWSER_FLOWS, TOKEN_STORAGE, USERS, WARMUP,
};
use super::tree::{Place, Table};
use super::workload::build_class;
use crate::model::{Limit, Span};

/// Collects warnings, each once for a cause and a place.
#[derive(Debug)]
pub(super) struct Warnings<'a> {
    source: &'a SourceText,
    told: Vec<((usize, usize), String)>,
}

/// What of the workload makes a policy's settings idle.
#[derive(Clone, Copy, Debug)]
struct Activity {
    /// Apps are closed again as soon as they are used.
    never_open: bool,
    /// Synthetic users, none of whom ever closes a browser.
    never_closed: bool,
}

/// Every warning of a scenario without errors. `written` are the policies as the file and the
/// command line say them, `resolved` the same with all defaults.
pub(super) fn find(
    source: &SourceText,
    workload: &Table,
    written: &[Table],
    resolved: &[Table],
    with_baselines: bool,
) -> Vec<String> {
    let mut warnings = Warnings { source, told: Vec::new() };
    let classes = workload.list(&CLASS_LIST);
    let never_closed =
        !classes.is_empty() && classes.iter().all(|class| build_class(class).close == 0.0);
    let never_open = workload.get(&STAY_OPEN) == Some(Span::ZERO);
    warnings.workload(workload);
    for (written, policy) in written.iter().zip(resolved) {
        let name: String = policy.get(&POLICY_NAME).unwrap_or_default();
        if with_baselines && baselines::is_one(&name) {
            warnings.tell(
                policy.place_of(&POLICY_NAME),
                format!("policy `{name}` takes the place of the baseline of that name"),
            );
        }
        warnings.session(written, policy, Activity { never_open, never_closed });
        warnings.apis(written, policy);
        for (name, app) in policy.named(&APP_TABLES) {
            warnings.app(name, app, Activity { never_open, never_closed });
        }
    }
    warnings.told.sort_by_key(|(order, _)| *order);
    warnings.told.into_iter().map(|(_, warning)| warning).collect()
}

impl Warnings<'_> {
    fn tell(&mut self, place: &Place, message: impl Into<String>) {
        let warning = format!("{}: {}", self.source.locate(place), message.into());
        if self.told.iter().all(|(_, told)| *told != warning) {
            self.told.push((place.order(), warning));
        }
    }

    fn workload(&mut self, workload: &Table) {
        if workload.list(&CLASS_LIST).is_empty() {
            for setting in [&USERS, &START, &SPAN] {
                if let Some(place) = workload.written(setting) {
                    let key = setting.key;
                    self.tell(
                        place,
                        format!("`{key}` has no effect without a `[[workload.class]]`"),
                    );
                }
            }
            return;
        }
        let (warmup, span): (Option<Span>, Option<Span>) =
            (workload.get(&WARMUP), workload.get(&SPAN));
        if let (Some(warmup), Some(span), Some(place)) = (warmup, span, workload.written(&WARMUP))
            && warmup >= span
        {
            self.tell(
                place,
                format!("nothing is counted: the warm-up of {warmup} takes all of the {span}"),
            );
        }
    }

    fn session(&mut self, written: &Table, policy: &Table, activity: Activity) {
        let Some(session) = policy.table(&SESSION_TABLE) else { return };
        self.idle_above_absolute(session, &IDLE_TIMEOUT, &ABSOLUTE_TIMEOUT);
        if let Some(place) = session.written(&CAPS_TOKENS)
            && session.get(&CAPS_TOKENS) == Some(true)
            && session.get(&ABSOLUTE_TIMEOUT) == Some(Limit::NONE)
        {
            self.tell(place, "`caps_tokens` has no effect without an `absolute_timeout`");
        }
        if let Some(place) = session.written(&PERSISTENT)
            && session.get(&PERSISTENT) == Some(false)
            && activity.never_closed
        {
            self.tell(
                place,
                "`persistent = false` has no effect: no `[[workload.class]]` has a `close`",
            );
        }
        self.renewed_too_late(session, &SLIDE_INTERVAL, &IDLE_TIMEOUT);
        self.slides_on(written, policy, session);
    }

    fn slides_on(&mut self, written: &Table, policy: &Table, session: &Table) {
        let Some(place) = session.written(&SLIDES_ON) else { return };
        let said: Vec<&str> = written
            .table(&SESSION_TABLE)
            .and_then(|session| session.get(&SLIDES_ON))
            .unwrap_or_default();
        if !said.contains(&"login") {
            self.tell(place, "a login always renews the session: `slides_on` has \"login\"");
        }
        let asks = said.contains(&"use");
        if session.get(&IDLE_TIMEOUT) == Some(Limit::NONE) && !asks {
            self.tell(place, "`slides_on` has no effect without an `idle_timeout`");
            return;
        }
        let refreshes =
            policy.named(&APP_TABLES).any(|(_, app)| app.table(&REFRESH_TOKEN_CHOICE).is_some());
        if said.contains(&"refresh") && !refreshes {
            self.tell(place, "\"refresh\" has no effect: no app has a `refresh_token`");
        }
    }

    fn apis(&mut self, written: &Table, policy: &Table) {
        let is_browser = |app: &Table| app.get(&FLOW) == Some("browser");
        for (name, api) in written.named(&API_TABLES) {
            let users = policy.named(&APP_TABLES).filter(|(_, app)| {
                app.get::<Vec<String>>(&APIS).is_some_and(|apis| apis.contains(name))
            });
            let users: Vec<&Table> = users.map(|(_, app)| app).collect();
            if users.is_empty() {
                self.tell(&api.place, format!("no app uses API `{name}`"));
            } else if let Some(place) = api.written(&ACCESS_TOKEN_LIFETIME_BROWSER)
                && !users.into_iter().any(is_browser)
            {
                let key = ACCESS_TOKEN_LIFETIME_BROWSER.key;
                let why = format!("no app that uses `{name}` has `flow = \"browser\"`");
                self.tell(place, format!("`{key}` has no effect: {why}"));
            }
        }
        if let Some(auth0) = written.table(&AUTH0_TABLE)
            && let Some(place) = auth0.written(&TOKEN_EXPIRATION_FOR_BROWSER_FLOWS)
            && !policy.named(&APP_TABLES).any(|(_, app)| is_browser(app))
        {
            let key = TOKEN_EXPIRATION_FOR_BROWSER_FLOWS.key;
            let why = "no app has `flow = \"browser\"`";
            self.tell(place, format!("`{key}` has no effect: {why}"));
        }
        self.overshadowed(written, policy);
    }

    /// Words of Auth0's that say nothing, because every API or app says it itself.
    fn overshadowed(&mut self, written: &Table, policy: &Table) {
        for (whose, tables, all) in
            [(Whose::Api, &API_TABLES, "API"), (Whose::App, &APP_TABLES, "app")]
        {
            let tables: Vec<&Table> = policy.named(tables).map(|(_, table)| table).collect();
            for (place, word, meant) in auth0::overshadowed(written, whose, &tables) {
                let message =
                    format!("`{word}` has no effect: every {all} gives its own `{meant}`");
                self.tell(&place, message);
            }
        }
    }

    fn app(&mut self, name: &str, app: &Table, activity: Activity) {
        if activity.never_open {
            self.never_open(name, app);
        }
        if let Some(own) = app.table(&APP_SESSION_CHOICE) {
            self.idle_above_absolute(own, &APP_IDLE_TIMEOUT, &APP_ABSOLUTE_TIMEOUT);
        } else if app.get(&APP_SESSION_CHOICE) == Some("id_token")
            && app.get(&ID_TOKEN_LIFETIME) == Some(Limit::NONE)
            && let Some(place) = app.written(&APP_SESSION_CHOICE)
        {
            let message =
                "`session = \"id_token\"` has no effect: the `id_token_lifetime` is \"none\"";
            self.tell(place, message);
        }
        if let Some(token) = app.table(&REFRESH_TOKEN_CHOICE) {
            self.idle_above_absolute(token, &IDLE_LIFETIME, &ABSOLUTE_LIFETIME);
            self.renewed_too_late(token, &RENEW_AFTER, &IDLE_LIFETIME);
            if let Some(place) = token.written(&REUSE_LEEWAY)
                && token.get(&ROTATION) == Some(false)
            {
                self.tell(place, "`reuse_leeway` has no effect without `rotation = true`");
            }
        }
    }

    /// What is renewed only after its end is never renewed.
    fn renewed_too_late(&mut self, table: &Table, interval: &Setting, idle: &Setting) {
        let Some(place) = table.written(interval) else { return };
        if let (Some(wait), Some(limit)) = (table.get::<Span>(interval), table.get::<Limit>(idle))
            && limit <= Limit::of(wait)
        {
            let (interval, idle) = (interval.key, idle.key);
            self.tell(
                place,
                format!("`{interval}` of {wait} is not below `{idle}`: it is never renewed"),
            );
        }
    }

    /// With `stay_open = "0s"` an app is closed at the very instant of its use.
    fn never_open(&mut self, name: &str, app: &Table) {
        const CLOSED: &str = "`workload.stay_open` is \"0s\", so the app is never open";
        if let Some(place) = app.written(&RENEW)
            && app.get(&RENEW) == Some("while_open")
        {
            self.tell(place, format!("`renew = \"while_open\"` has no effect: {CLOSED}"));
        }
        if let Some(place) = app.written(&KEEP_ALIVE)
            && app.get(&KEEP_ALIVE) != Some(Limit::NONE)
        {
            self.tell(place, format!("`keep_alive` has no effect: {CLOSED}"));
        }
        if app.get(&TOKEN_STORAGE) == Some("memory") {
            let place = app.written(&TOKEN_STORAGE).unwrap_or(&app.place);
            self.tell(
                place,
                format!(
                    "app `{name}` keeps tokens in memory and `workload.stay_open` is \"0s\": \
                     they are gone at each use"
                ),
            );
        }
    }

    /// An idle limit above the absolute one is never reached.
    fn idle_above_absolute(&mut self, table: &Table, idle: &Setting, absolute: &Setting) {
        let limits = (table.get::<Limit>(idle), table.get::<Limit>(absolute));
        if let (Some(idle_limit), Some(absolute_limit)) = limits
            && idle_limit != Limit::NONE
            && idle_limit > absolute_limit
            && let Some(place) = table.written(idle).or_else(|| table.written(absolute))
        {
            self.tell(
                place,
                format!(
                    "`{}` of {idle_limit} has no effect above `{}` of {absolute_limit}",
                    idle.key, absolute.key
                ),
            );
        }
    }
}
