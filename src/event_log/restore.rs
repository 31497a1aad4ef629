//! Rows to facts.

use std::ops::Range;

use super::error::AN_INTEGER;
use super::event::Event;
use super::names::Names;
use super::open_apps::OpenApps;
use super::row::{Row, truth_word};
use super::tell::{is_timer, stays_open};
use super::{Entry, Problem};
use crate::model::{
    Access, Fact, Initiator, Instant, LoginCause, Outcome, RefreshCause, RefreshTokenChange,
    SessionChange, Span,
};

/// Facts of one block, and the rows of the one that is not whole yet.
#[derive(Debug)]
pub(super) struct Assembly {
    names: Names,
    stay_open: Span,
    open_apps: OpenApps,
    facts: Vec<Told>,
    /// Names of users and devices.
    text: String,
    pending: Option<Pending>,
}

/// A fact, and whose it is; texts are ranges of the block's.
#[derive(Clone, Debug)]
struct Told {
    policy: usize,
    user: Range<usize>,
    device: Range<usize>,
    at: Instant,
    fact: Fact,
}

/// A fact of which rows may still come.
#[derive(Clone, Debug)]
struct Pending {
    told: Told,
    last: Event,
    background: Option<bool>,
}

impl Assembly {
    pub(super) fn new(names: Names, stay_open: Span) -> Self {
        let open_apps = OpenApps::default();
        let (facts, text) = (Vec::new(), String::new());
        Self { names, stay_open, open_apps, facts, text, pending: None }
    }

    /// Takes a row that tells a fact, or a part of one.
    pub(super) fn take(&mut self, row: &Row<'_>, event: Event) -> Result<(), Problem> {
        if event.is_primary() {
            self.settle();
            self.begin(row, event)
        } else {
            self.extend(row, event)
        }
    }

    /// The fact at hand is whole.
    pub(super) fn settle(&mut self) {
        self.facts.extend(self.pending.take().map(|pending| pending.told));
    }

    /// Forgets every fact, and the one that is not whole.
    pub(super) fn clear(&mut self) {
        self.facts.clear();
        self.text.clear();
        self.pending = None;
    }

    /// Forgets the fact that is not whole.
    pub(super) fn drop_pending(&mut self) {
        self.pending = None;
    }

    /// How many facts are whole.
    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    /// The latest instant of a whole fact.
    pub(super) fn latest(&self) -> Instant {
        self.facts.iter().map(|told| told.at).max().unwrap_or(Instant::LONG_AGO)
    }

    /// The whole fact of that number.
    pub(super) fn entry(&self, number: usize) -> Option<Entry<'_>> {
        self.facts.get(number).map(|told| Entry {
            policy: told.policy,
            user: &self.text[told.user.clone()],
            device: &self.text[told.device.clone()],
            at: told.at,
            fact: &told.fact,
        })
    }

    fn begin(&mut self, row: &Row<'_>, event: Event) -> Result<(), Problem> {
        let policy = self.names.policies.find(row.policy);
        let policy = policy.ok_or_else(|| Problem::cell("policy", row.policy, A_POLICY))?;
        let at = row.ts.ok_or_else(|| Problem::cell("ts", "", AN_INTEGER))?;
        let at = Instant::from_millis(at);
        if row.user.is_empty() {
            return Err(Problem::cell("user", "", "a name"));
        }
        let fact = match event {
            Event::LoggedOut => {
                let app = self.names.find_app(row.app);
                let app = app.ok_or_else(|| Problem::cell("app", row.app, AN_APP))?;
                Fact::LoggedOut { app, everywhere: false, ends_session: false }
            }
            Event::BrowserClosed => Fact::BrowserClosed { ends_session: false },
            Event::AccessRevoked => Fact::Revoked { ends_session: false },
            _ => Fact::Access(self.begin_access(row, event, at)?),
        };
        let fact = self.follow_apps(fact, row, policy, at)?;
        let user = self.keep(row.user);
        let device = self.keep(row.device);
        let told = Told { policy, user, device, at, fact };
        self.pending = Some(Pending { told, last: event, background: row.background });
        Ok(())
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    fn begin_access(&self, row: &Row<'_>, event: Event, at: Instant) -> Result<Access, Problem> {
        let initiator = match (event, row.background) {
            (Event::Accessed, Some(false)) => Initiator::Use,
            (Event::Accessed, Some(true)) => Initiator::Background,
            (Event::Renewed, Some(true)) => Initiator::Renewal,
            (Event::KeptAlive, Some(true)) => Initiator::KeepAlive,
            (_, found) => {
                let expected =
                    if event == Event::Accessed { "`true` or `false`" } else { "`true`" };
                return Err(Problem::cell("background", found.map_or("", truth_word), expected));
            }
        };
        let outcome = Outcome::from_word(row.outcome);
        let outcome = outcome.ok_or_else(|| Problem::cell("outcome", row.outcome, AN_OUTCOME))?;
        let app = self.names.find_app(row.app);
        let api = self.names.find_api(row.api);
        let open_until = at + self.stay_open;
        Ok(Access {
            app: app.ok_or_else(|| Problem::cell("app", row.app, AN_APP))?,
            api: api.ok_or_else(|| Problem::cell("api", row.api, AN_API))?,
            initiator,
            outcome,
            cause: word("cause", row.cause, LoginCause::from_word)?,
            refresh_cause: word("refresh_cause", row.refresh_cause, RefreshCause::from_word)?,
            opened: !is_timer(initiator) && !stays_open(at, open_until),
            tokens_lost: false,
            refresh_refused: false,
            introspected: false,
            open_until,
            access_token_exp: match outcome {
                Outcome::Denied => Instant::LONG_AGO,
                _ => row.end(),
            },
            id_token_exp: None,
            refresh_token: RefreshTokenChange::None,
            app_session_started: None,
            session: SessionChange::None,
        })
    }

    /// Keeps in mind which apps are open, and tells a timer until when its app is.
    fn follow_apps(
        &mut self,
        mut fact: Fact,
        row: &Row<'_>,
        policy: usize,
        at: Instant,
    ) -> Result<Fact, Problem> {
        if self.stay_open <= Span::ZERO {
            // No app is ever open, so there is nothing to follow, and no timer can run.
            return match fact {
                Fact::Access(access) if is_timer(access.initiator) => {
                    Err(Problem::Closed { app: row.app.to_owned() })
                }
                _ => Ok(fact),
            };
        }
        let place = self.open_apps.place(policy, row.user, row.device);
        match &mut fact {
            Fact::Access(access) if is_timer(access.initiator) => {
                access.open_until = self.open_apps.until(place, access.app);
                if !stays_open(at, access.open_until) {
                    return Err(Problem::Closed { app: row.app.to_owned() });
                }
            }
            Fact::Access(access) => self.open_apps.open(place, access.app, access.open_until),
            Fact::LoggedOut { app, .. } => self.open_apps.close(place, *app),
            Fact::BrowserClosed { .. } => self.open_apps.close_all(place),
            Fact::Revoked { .. } => {}
        }
        Ok(fact)
    }

    fn extend(&mut self, row: &Row<'_>, event: Event) -> Result<(), Problem> {
        let orphan = Problem::Orphan { event: event.word() };
        let Some(Pending { told, last, background }) = &mut self.pending else {
            return Err(orphan);
        };
        let app = match &told.fact {
            Fact::Access(Access { app, .. }) | Fact::LoggedOut { app, .. } => self.names.app(*app),
            Fact::BrowserClosed { .. } | Fact::Revoked { .. } => None,
        };
        let belongs = event > *last
            && self.names.policies.name(told.policy) == Some(row.policy)
            && row.ts == Some(told.at.as_millis())
            && row.user == &self.text[told.user.clone()]
            && row.device == &self.text[told.device.clone()]
            && row.app == app.unwrap_or_default()
            && row.background == *background;
        if !belongs {
            return Err(orphan);
        }
        *last = event;
        let known = match &mut told.fact {
            Fact::Access(access) => extend_access(access, told.at, row, event),
            Fact::LoggedOut { everywhere, .. } if event == Event::OtherAppsLoggedOut => {
                *everywhere = true;
                true
            }
            Fact::LoggedOut { ends_session, .. } => {
                end_session(ends_session, LoginCause::Logout, row, event)
            }
            Fact::BrowserClosed { ends_session } => {
                end_session(ends_session, LoginCause::Closed, row, event)
            }
            Fact::Revoked { ends_session } => {
                end_session(ends_session, LoginCause::Revoked, row, event)
            }
        };
        if known { Ok(()) } else { Err(orphan) }
    }
}

const A_POLICY: &str = "the name of a policy of the run";
const AN_APP: &str = "the name of an app of the run";
const AN_API: &str = "the name of an API of the run";
const AN_OUTCOME: &str = "`valid`, `refresh`, `silent`, `login` or `denied`";

/// The word in a cell that may be empty.
fn word<T>(
    column: &'static str,
    cell: &str,
    from_word: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    if cell.is_empty() {
        return Ok(None);
    }
    match from_word(cell) {
        Some(known) => Ok(Some(known)),
        None => Err(Problem::cell(column, cell, "nothing or a cause of SPEC 4")),
    }
}

/// Adds what a row says to its access; false if no access can have such a row.
fn extend_access(access: &mut Access, at: Instant, row: &Row<'_>, event: Event) -> bool {
    match event {
        Event::AppOpened => {
            let can_open = !is_timer(access.initiator) && stays_open(at, access.open_until);
            access.opened = can_open && row.end() == access.open_until;
            return access.opened;
        }
        Event::TokensLost => access.tokens_lost = true,
        Event::RefreshRefused => access.refresh_refused = true,
        Event::SessionStarted => access.session = SessionChange::Started { expires_at: row.end() },
        Event::SessionRenewed if access.session == SessionChange::None => {
            access.session = SessionChange::Renewed { expires_at: row.end() };
        }
        Event::IdTokenIssued => access.id_token_exp = Some(row.end()),
        Event::RefreshTokenIssued => {
            access.refresh_token = RefreshTokenChange::Issued { expires_at: row.end() };
        }
        Event::RefreshTokenUsed if access.refresh_token == RefreshTokenChange::None => {
            access.refresh_token = RefreshTokenChange::Used { expires_at: row.end() };
        }
        Event::AppSessionStarted => access.app_session_started = Some(row.end()),
        Event::Introspected => access.introspected = true,
        _ => return false,
    }
    true
}

fn end_session(ends_session: &mut bool, cause: LoginCause, row: &Row<'_>, event: Event) -> bool {
    *ends_session = event == Event::SessionEnded && row.cause == cause.word();
    *ends_session
}
