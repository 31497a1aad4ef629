//! The slow twin: SPEC sections 4, 5 and 7 once more, in the plainest way, from the page alone.
//! Strings and maps, every limit worked out anew at every step, nothing shared with the engine
//! but the words of a policy.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use relogin::model::{
    AppSession, BindsAccessTokens, Expires, Lifetime, Limit, LogoutScope, Renew, Span, TokenStorage,
};
use relogin::scenario::{PolicySpec, WorkloadSpec};
use relogin::seed::Key;
use relogin::trace::Action;

/// A record, as a trace has it.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) at: i64,
    pub(crate) user: String,
    pub(crate) device: String,
    pub(crate) app: String,
    pub(crate) api: String,
    pub(crate) action: Action,
}

/// A row of a vector's `accesses.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) at: i64,
    pub(crate) user: String,
    pub(crate) device: String,
    pub(crate) app: String,
    pub(crate) api: String,
    pub(crate) outcome: String,
    pub(crate) cause: String,
    pub(crate) refresh_cause: String,
}

#[derive(Clone, Debug, Default)]
struct Agent {
    session: Option<Session>,
    why_none: Option<&'static str>,
    sessions: u64,
    apps: BTreeMap<String, App>,
    last_use: Option<i64>,
}

#[derive(Clone, Debug)]
struct Session {
    number: u64,
    /// The login; `created` is as the provider keeps it.
    begun: i64,
    created: i64,
    slid: i64,
    attended: i64,
}

#[derive(Clone, Debug, Default)]
struct App {
    opened: i64,
    open_until: Option<i64>,
    tokens: BTreeMap<String, Token>,
    issued: BTreeMap<String, u64>,
    id_exp: Option<Option<i64>>,
    got_tokens: Option<i64>,
    keep_alive_refused: bool,
    refresh: Option<Refresh>,
    session: Option<(i64, i64)>,
}

#[derive(Clone, Debug)]
struct Token {
    issued: i64,
    exp: Option<i64>,
    session: u64,
    by_refresh: bool,
    refused: bool,
}

#[derive(Clone, Debug)]
struct Refresh {
    family: i64,
    last: i64,
    session: u64,
    taken: Option<&'static str>,
    held: bool,
}

fn millis(limit: Limit) -> Option<i64> {
    limit.span().map(Span::as_millis)
}

/// `None` never comes.
fn after(from: i64, limit: Limit) -> Option<i64> {
    millis(limit).map(|limit| from + limit)
}

fn before(now: i64, end: Option<i64>) -> bool {
    end.is_none_or(|end| now < end)
}

fn earlier(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Which of two limits was reached first, if either was; `absolute` on a tie.
fn reached(now: i64, idle: Option<i64>, absolute: Option<i64>) -> Option<&'static str> {
    let end = earlier(idle, absolute).filter(|end| *end <= now)?;
    Some(if absolute == Some(end) { "absolute" } else { "idle" })
}

pub(crate) struct Twin<'a> {
    policy: &'a PolicySpec,
    workload: &'a WorkloadSpec,
    seed: u64,
    agents: BTreeMap<(String, String), Agent>,
    pub(crate) rows: Vec<Row>,
    pub(crate) metrics: BTreeMap<String, f64>,
    counted_from: i64,
    horizon: i64,
    seconds: BTreeMap<i64, u64>,
    minutes: BTreeMap<i64, u64>,
    intervals: Vec<(i64, i64)>,
    unattended: i64,
    lifetimes: Vec<i64>,
    people: BTreeMap<String, (BTreeSet<String>, u64)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Who {
    Person,
    Poll,
    Timer,
}

pub(crate) fn twin<'a>(
    policy: &'a PolicySpec,
    workload: &'a WorkloadSpec,
    seed: u64,
    lines: &[Line],
) -> Twin<'a> {
    let mut lines = lines.to_vec();
    lines.sort_by_key(|line| line.at);
    let (first, last) = match lines.as_slice() {
        [] => (0, 0),
        lines => (lines[0].at, lines[lines.len() - 1].at),
    };
    let mut twin = Twin {
        policy,
        workload,
        seed,
        agents: BTreeMap::new(),
        rows: Vec::new(),
        metrics: BTreeMap::new(),
        counted_from: first + workload.warmup.as_millis(),
        horizon: last,
        seconds: BTreeMap::new(),
        minutes: BTreeMap::new(),
        intervals: Vec::new(),
        unattended: 0,
        lifetimes: Vec::new(),
        people: BTreeMap::new(),
    };
    for line in &lines {
        twin.line(line);
    }
    let everyone: Vec<_> = twin.agents.keys().cloned().collect();
    for who in everyone {
        twin.timers(&who, last);
        let agent = twin.agents[&who].clone();
        if let Some(session) = &agent.session {
            twin.over(session, twin.session_end(session));
        }
    }
    twin.finish();
    twin
}

impl Twin<'_> {
    fn line(&mut self, line: &Line) {
        let who = (line.user.clone(), line.device.clone());
        self.agents.entry(who.clone()).or_default();
        let affected: Vec<_> = match line.action {
            Action::Revoke => {
                self.agents.keys().filter(|(user, _)| *user == line.user).cloned().collect()
            }
            _ => vec![who.clone()],
        };
        for agent in &affected {
            self.timers(agent, line.at);
        }
        let app = if line.app.is_empty() {
            match &self.workload.default_app {
                Some(app) => app.clone(),
                None => self.policy.apps.keys().next().unwrap().clone(),
            }
        } else {
            line.app.clone()
        };
        match line.action {
            Action::Use | Action::Background => {
                let api = if line.api.is_empty() {
                    self.policy.apps[&app].apis[0].clone()
                } else {
                    line.api.clone()
                };
                let person = line.action == Action::Use;
                let row = self.access(&who, line.at, &app, &api, person);
                self.rows.push(row);
            }
            Action::Logout => self.logout(&who, line.at, &app),
            Action::Close => {
                let now = line.at;
                let ends = !self.policy.session.persistent;
                let agent = self.agents.get_mut(&who).unwrap();
                for (name, app) in &mut agent.apps {
                    app.open_until = None;
                    if self.policy.apps[name].token_storage == TokenStorage::Memory {
                        lose(app);
                    }
                }
                if ends {
                    self.end_session(&who, now, "closed");
                }
            }
            Action::Revoke => {
                for other in affected {
                    self.end_session(&other, line.at, "revoked");
                    for app in self.agents.get_mut(&other).unwrap().apps.values_mut() {
                        if let Some(refresh) = &mut app.refresh {
                            refresh.taken = refresh.taken.or(Some("revoked"));
                        }
                    }
                }
            }
        }
    }

    /// An instant as the provider keeps it.
    fn kept(&self, at: i64) -> i64 {
        let tick = self.policy.clock.tick.as_millis();
        at.div_euclid(tick) * tick
    }

    /// From when on what has such a limit is over, counted from a kept instant: the first kept
    /// instant that the provider finds too late.
    fn over_at(&self, from: i64, limit: Limit, tolerance: Span) -> Option<i64> {
        let (tick, limit) = (self.policy.clock.tick.as_millis(), millis(limit)?);
        let limit = limit + tolerance.as_millis();
        let mut age = limit.div_euclid(tick) * tick;
        let too_late = |age: i64| match self.policy.clock.expires {
            Expires::At => age >= limit,
            Expires::After => age > limit,
        };
        while !too_late(age) {
            age += tick;
        }
        Some(from + age)
    }

    /// Whether what was renewed at a kept instant is old enough to be renewed again.
    fn old_enough(&self, renewed: i64, now: i64, interval: Span) -> bool {
        let age = self.kept(now) - renewed;
        match self.policy.clock.expires {
            Expires::After if interval > Span::ZERO => age > interval.as_millis(),
            _ => age >= interval.as_millis(),
        }
    }

    fn session_ends(&self, session: &Session) -> (Option<i64>, Option<i64>) {
        let (limits, tolerance) = (&self.policy.session, self.policy.session_clock_tolerance);
        (
            self.over_at(session.slid, limits.idle_timeout, tolerance),
            self.over_at(session.created, limits.absolute_timeout, tolerance),
        )
    }

    fn session_end(&self, session: &Session) -> Option<i64> {
        let (idle, absolute) = self.session_ends(session);
        earlier(idle, absolute)
    }

    /// Renews the idle window of a session that was looked at and is valid.
    fn slide(&mut self, who: &(String, String), now: i64) {
        let kept = self.kept(now);
        let Some(session) = self.agents[who].session.clone() else { return };
        if self.old_enough(session.slid, now, self.policy.session.slide_interval) {
            self.agents.get_mut(who).unwrap().session.as_mut().unwrap().slid = kept;
        }
    }

    /// Whether what takes an access token with it is still there.
    fn bond_holds(&mut self, who: &(String, String), now: i64, name: &str, api: &str) -> bool {
        let missing = self.missing(who, now);
        let agent = &self.agents[who];
        let app = &agent.apps[name];
        let Some(token) = app.tokens.get(api) else { return false };
        let binds = self.policy.session.binds_access_tokens;
        if binds == BindsAccessTokens::None {
            return true;
        }
        let session = agent.session.as_ref();
        let session_holds = missing.is_none() && session.is_some_and(|s| s.number == token.session);
        if binds == BindsAccessTokens::Session || !token.by_refresh {
            return session_holds;
        }
        if self.policy.apps[name].refresh_token.unwrap().bound_to_session && !session_holds {
            return false;
        }
        let refresh = app.refresh.as_ref().unwrap();
        let (idle, absolute) = self.refresh_ends(name, refresh);
        token.issued < refresh.family
            || refresh.taken != Some("revoked") && before(now, earlier(idle, absolute))
    }

    fn refresh_ends(&self, name: &str, refresh: &Refresh) -> (Option<i64>, Option<i64>) {
        let app = &self.policy.apps[name];
        let (limits, tolerance) = (app.refresh_token.unwrap(), app.refresh_token_clock_tolerance);
        (
            self.over_at(refresh.last, limits.idle_lifetime, tolerance),
            self.over_at(refresh.family, limits.absolute_lifetime, tolerance),
        )
    }

    /// Looks whether the agent has a valid session; if one is over, notes why.
    fn missing(&mut self, who: &(String, String), now: i64) -> Option<&'static str> {
        let agent = self.agents[who].clone();
        let Some(session) = agent.session else { return Some(agent.why_none.unwrap_or("first")) };
        let (idle, absolute) = self.session_ends(&session);
        let why = reached(now, idle, absolute)?;
        self.over(&session, earlier(idle, absolute));
        let agent = self.agents.get_mut(who).unwrap();
        agent.session = None;
        agent.why_none = Some(why);
        Some(why)
    }

    fn end_session(&mut self, who: &(String, String), now: i64, why: &'static str) {
        if self.missing(who, now).is_none() {
            let session = self.agents.get_mut(who).unwrap().session.take().unwrap();
            self.over(&session, Some(now));
            self.agents.get_mut(who).unwrap().why_none = Some(why);
        }
    }

    fn over(&mut self, session: &Session, end: Option<i64>) {
        let end = end.unwrap_or(i64::MAX);
        self.intervals.push((session.begun, end));
        self.unattended += end.min(self.horizon) - session.attended;
    }

    fn logout(&mut self, who: &(String, String), now: i64, app: &str) {
        let scope = self.policy.apps[app].logout;
        if scope != LogoutScope::App {
            self.end_session(who, now, "logout");
        }
        for (name, state) in &mut self.agents.get_mut(who).unwrap().apps {
            if name == app || scope == LogoutScope::Everywhere {
                state.tokens.clear();
                state.id_exp = None;
                state.session = None;
                if let Some(refresh) = &mut state.refresh {
                    refresh.taken = refresh.taken.or(Some("revoked"));
                    refresh.held = false;
                }
            }
            if name == app {
                state.open_until = None;
            }
        }
    }

    fn access(
        &mut self,
        who: &(String, String),
        now: i64,
        name: &str,
        api: &str,
        person: bool,
    ) -> Row {
        let policy = self.policy.apps[name].clone();
        let from = if person { Who::Person } else { Who::Poll };
        let missing = self.missing(who, now);
        self.agents.get_mut(who).unwrap().apps.entry(name.to_owned()).or_default();
        let bond_holds = self.bond_holds(who, now, name, api);
        let agent = self.agents.get_mut(who).unwrap();
        let app = agent.apps.get_mut(name).unwrap();
        // Step 1.
        if app.open_until.is_none_or(|until| now >= until) {
            app.opened = now;
            if policy.token_storage == TokenStorage::Memory {
                lose(app);
            }
        }
        app.open_until = Some(now + self.workload.stay_open.as_millis());
        // Step 2.
        let own_session = match policy.session {
            AppSession::Own { idle_timeout, absolute_timeout } => {
                app.session.is_some_and(|(created, last)| {
                    before(now, after(last, idle_timeout))
                        && before(now, after(created, absolute_timeout))
                })
            }
            _ => true,
        };
        let mut outcome = None;
        let mut refresh_cause = "";
        if !own_session {
            refresh_cause = "app_session";
        } else {
            // Step 3.
            let token_good = app.tokens.get(api).is_some_and(|token| {
                token.exp.is_none_or(|exp| now < exp - policy.renew_ahead.as_millis())
            });
            let id_good = policy.session != AppSession::IdToken
                || app.id_exp.is_some_and(|exp| before(now, exp));
            if token_good && bond_holds && id_good {
                outcome = Some("valid");
            } else {
                // Step 4.
                match self.refresh_unusable(who, now, name, missing) {
                    None => outcome = Some("refresh"),
                    Some(why) => {
                        refresh_cause = why;
                        self.refused(who, now, name, from);
                    }
                }
            }
        }
        // Step 5.
        let mut outcome = outcome.unwrap_or(if missing.is_none() { "silent" } else { "login" });
        let mut cause = if outcome == "login" { missing.unwrap() } else { "" };
        if !person && (outcome == "login" || !own_session) {
            outcome = "denied";
            cause = missing.unwrap_or("");
            self.request(now, "failed", from);
            if missing.is_none() && self.policy.session.slides_on.failed {
                self.slide(who, now);
            }
        } else {
            let slides = &self.policy.session.slides_on;
            if slides.r#use {
                self.request(now, "introspection", from);
                self.slide(who, now);
            }
            if outcome != "valid" {
                self.grant(who, now, name, api, outcome, from);
            }
            let app = self.agents.get_mut(who).unwrap().apps.get_mut(name).unwrap();
            if let AppSession::Own { .. } = policy.session {
                if outcome == "login" || !own_session {
                    app.session = Some((now, now));
                }
                app.session.as_mut().unwrap().1 = now;
            }
        }
        if person {
            self.person(who, now, outcome, cause);
        }
        Row {
            at: now,
            user: who.0.clone(),
            device: who.1.clone(),
            app: name.to_owned(),
            api: api.to_owned(),
            outcome: outcome.to_owned(),
            cause: cause.to_owned(),
            refresh_cause: refresh_cause.to_owned(),
        }
    }

    fn person(&mut self, who: &(String, String), now: i64, outcome: &str, cause: &str) {
        let agent = self.agents.get_mut(who).unwrap();
        let previous = agent.last_use.replace(now);
        if let Some(session) = &mut agent.session {
            session.attended = now;
        }
        let relogin = ["idle", "absolute", "closed"].contains(&cause);
        if now < self.counted_from {
            return;
        }
        self.count("uses");
        self.count(&format!("outcome.{outcome}"));
        if outcome == "login" {
            self.count(&format!("login.{cause}"));
        }
        let task_gap = self.workload.task_gap.as_millis();
        if relogin {
            self.count("relogins");
            if previous.is_some_and(|previous| now - previous < task_gap) {
                self.count("relogins.mid_task");
            }
        }
        let zone = TimeZone::get(&self.workload.timezone).unwrap();
        let day = Timestamp::from_millisecond(now).unwrap().to_zoned(zone).date().to_string();
        let person = self.people.entry(who.0.clone()).or_default();
        person.0.insert(day);
        person.1 += u64::from(relogin);
    }

    fn refresh_unusable(
        &self,
        who: &(String, String),
        now: i64,
        name: &str,
        missing: Option<&'static str>,
    ) -> Option<&'static str> {
        let agent = &self.agents[who];
        let Some(limits) = self.policy.apps[name].refresh_token else { return Some("none") };
        let Some(refresh) = &agent.apps[name].refresh else { return Some("none") };
        if refresh.taken.is_some() {
            return refresh.taken;
        }
        let (idle, absolute) = self.refresh_ends(name, refresh);
        if let Some(why) = reached(now, idle, absolute) {
            return Some(why);
        }
        let alive = missing.is_none()
            && agent.session.as_ref().is_some_and(|session| session.number == refresh.session);
        (limits.bound_to_session && !alive).then_some("session")
    }

    fn refused(&mut self, who: &(String, String), now: i64, name: &str, from: Who) {
        let app = self.agents.get_mut(who).unwrap().apps.get_mut(name).unwrap();
        if let Some(refresh) = &mut app.refresh
            && refresh.held
        {
            refresh.held = false;
            self.request(now, "failed", from);
        }
    }

    fn grant(
        &mut self,
        who: &(String, String),
        now: i64,
        name: &str,
        api: &str,
        outcome: &str,
        from: Who,
    ) {
        self.request(now, outcome, from);
        let policy = self.policy.apps[name].clone();
        let slides = self.policy.session.slides_on;
        let kept = self.kept(now);
        if outcome == "silent" && slides.silent || outcome == "refresh" && slides.refresh {
            self.slide(who, now);
        }
        if outcome == "login" {
            let agent = self.agents.get_mut(who).unwrap();
            agent.sessions += 1;
            let (number, begun) = (agent.sessions, now);
            agent.session =
                Some(Session { number, begun, created: kept, slid: kept, attended: now });
            *self.metrics.entry("sessions.started".to_owned()).or_default() += 1.0;
        }
        let mut exp = self.token_end(who, kept, name, api);
        let session = self.agents[who].session.clone();
        if self.policy.session.caps_tokens
            && let Some(session) = &session
        {
            exp = earlier(exp, self.session_ends(session).1);
        }
        let renew_after = policy.refresh_token.map_or(Span::ZERO, |token| token.renew_after);
        let agent = &self.agents[who];
        let last = agent.apps[name].refresh.as_ref().map_or(kept, |refresh| refresh.last);
        let renews = self.old_enough(last, now, renew_after);
        let session = self.agents[who].sessions;
        let app = self.agents.get_mut(who).unwrap().apps.get_mut(name).unwrap();
        let by_refresh = outcome == "refresh";
        let token = Token { issued: now, exp, session, by_refresh, refused: false };
        app.tokens.insert(api.to_owned(), token);
        app.id_exp = Some(after(kept, policy.id_token_lifetime));
        app.got_tokens = Some(now);
        app.keep_alive_refused = false;
        if by_refresh && renews {
            app.refresh.as_mut().unwrap().last = kept;
        } else if !by_refresh && policy.refresh_token.is_some() {
            app.refresh =
                Some(Refresh { family: kept, last: kept, session, taken: None, held: true });
        }
        if let Some(exp) = exp
            && now >= self.counted_from
        {
            self.lifetimes.push(exp - now);
        }
    }

    /// The end of the app's next access token for the API, before the session caps it.
    fn token_end(
        &mut self,
        who: &(String, String),
        kept: i64,
        name: &str,
        api: &str,
    ) -> Option<i64> {
        let limits = self.policy.apis[api];
        let lifetime = match self.policy.apps[name].browser_flow {
            true => limits.access_token_lifetime_browser,
            false => limits.access_token_lifetime,
        };
        let app = self.agents.get_mut(who).unwrap().apps.get_mut(name).unwrap();
        let number = app.issued.entry(api.to_owned()).or_default();
        let this = *number;
        *number += 1;
        match lifetime {
            Lifetime::Fixed(limit) => self.over_at(kept, limit, limits.clock_tolerance),
            Lifetime::Between { min, max } => {
                let key = Key::new(self.seed, "access_token_lifetime");
                let bits = key.with(&who.0).with(&who.1).with(name).with(api).bits(this);
                let end = |span| self.over_at(kept, Limit::of(span), limits.clock_tolerance);
                let (min, max) = (end(min).unwrap(), end(max).unwrap());
                let width = (max - min + 1) as u128;
                Some(min + ((u128::from(bits) * width) >> 64) as i64)
            }
        }
    }

    fn timers(&mut self, who: &(String, String), until: i64) {
        loop {
            let mut due: Vec<(i64, u8, String, String)> = Vec::new();
            for (name, app) in &self.agents[who].apps {
                let policy = &self.policy.apps[name];
                let Some(open_until) = app.open_until else { continue };
                if policy.renew == Renew::WhileOpen {
                    for (api, token) in &app.tokens {
                        let Some(exp) = token.exp else { continue };
                        let at = exp - policy.renew_ahead.as_millis();
                        if at > token.issued && at > app.opened && !token.refused && at < open_until
                        {
                            due.push((at, 0, name.clone(), api.clone()));
                        }
                    }
                }
                if let (Some(period), Some(got)) = (policy.keep_alive, app.got_tokens) {
                    let at = app.opened.max(got) + period.as_millis();
                    if !app.keep_alive_refused && at < open_until {
                        due.push((at, 1, name.clone(), policy.apis[0].clone()));
                    }
                }
            }
            due.sort();
            let Some((now, kind, name, api)) = due.into_iter().find(|timer| timer.0 <= until)
            else {
                return;
            };
            let missing = self.missing(who, now);
            if kind == 0 && self.refresh_unusable(who, now, &name, missing).is_none() {
                self.grant(who, now, &name, &api, "refresh", Who::Timer);
                continue;
            }
            if kind == 0 {
                self.refused(who, now, &name, Who::Timer);
            }
            if missing.is_none() {
                self.grant(who, now, &name, &api, "silent", Who::Timer);
                continue;
            }
            self.request(now, "failed", Who::Timer);
            let app = self.agents.get_mut(who).unwrap().apps.get_mut(&name).unwrap();
            match kind {
                0 => app.tokens.get_mut(&api).unwrap().refused = true,
                _ => app.keep_alive_refused = true,
            }
        }
    }

    fn request(&mut self, now: i64, kind: &str, from: Who) {
        if now < self.counted_from {
            return;
        }
        self.count(&format!("requests.{kind}"));
        if from != Who::Person {
            self.count(&format!("background.{kind}"));
        }
        *self.seconds.entry(now.div_euclid(1_000)).or_default() += 1;
        *self.minutes.entry(now.div_euclid(60_000)).or_default() += 1;
    }

    fn count(&mut self, metric: &str) {
        *self.metrics.entry(metric.to_owned()).or_default() += 1.0;
    }

    fn finish(&mut self) {
        let mut set = |name: &str, value: f64| self.metrics.insert(name.to_owned(), value);
        let mut rates: Vec<f64> = self
            .people
            .values()
            .map(|(days, relogins)| *relogins as f64 / days.len() as f64)
            .collect();
        rates.sort_by(f64::total_cmp);
        let days: usize = self.people.values().map(|(days, _)| days.len()).sum();
        let relogins: u64 = self.people.values().map(|(_, relogins)| relogins).sum();
        set("active_users", rates.len() as f64);
        set("active_user_days", days as f64);
        set("relogins_per_user_day", relogins as f64 / days.max(1) as f64);
        for (name, percent) in [("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("max", 100)] {
            let rank = (rates.len() * percent).div_ceil(100).max(1);
            let value = rates.get(rank - 1).copied().unwrap_or(0.0);
            set(&format!("relogins_per_user_day.{name}"), value);
        }
        set("peak_requests_per_second", self.seconds.values().copied().max().unwrap_or(0) as f64);
        set("peak_requests_per_minute", self.minutes.values().copied().max().unwrap_or(0) as f64);
        let alive_at = |at: i64| {
            self.intervals.iter().filter(|(from, until)| *from <= at && at < *until).count()
        };
        let peak = self.intervals.iter().map(|(from, _)| alive_at(*from)).max().unwrap_or(0);
        set("sessions.peak", peak as f64);
        set("sessions.unattended_hours", self.unattended as f64 / 3_600_000.0);
        let sum: f64 = self.lifetimes.iter().map(|life| *life as f64).sum();
        let squares: f64 = self.lifetimes.iter().map(|life| (*life as f64).powi(2)).sum();
        let mean = if sum > 0.0 { squares / (2.0 * sum) / 1_000.0 } else { 0.0 };
        set("access_token.mean_residual_s", mean);
        let longest = self.lifetimes.iter().copied().max().unwrap_or(0);
        set("access_token.max_lifetime_s", longest as f64 / 1_000.0);
    }
}

/// Tokens kept in memory are gone.
fn lose(app: &mut App) {
    app.tokens.clear();
    app.id_exp = None;
    if let Some(refresh) = &mut app.refresh {
        refresh.taken = refresh.taken.or(Some("lost"));
        refresh.held = false;
    }
}
