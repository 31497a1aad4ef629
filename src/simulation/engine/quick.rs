//! Until when uses need nothing of the model: what an engine has to know to pass them over.

use crate::model::{
    AccessToken, AppSession, AppState, BindsAccessTokens, Fact, Instant, Limit, Outcome, Policy,
    Span, TokenStorage,
};
use crate::simulation::plan::Slots;
use crate::trace::{Action, Record};

/// What follows for uses from the tokens that the agents of one user hold.
#[derive(Clone, Debug)]
pub(super) struct Quick {
    /// Where the tokens stand; empty if every use has an effect of its own.
    slots: Option<Slots>,
    apps: Vec<Rule>,
    /// By agent and slot: until when an access token serves.
    until: Vec<Instant>,
    tokens: usize,
    /// Whether it matters if an app is open.
    watches_open: bool,
    stay_open: Span,
}

/// What an app asks for beside an access token.
#[derive(Clone, Debug)]
struct Rule {
    renew_ahead: Span,
    /// Its session is the ID token.
    by_id_token: bool,
    /// The idle and the absolute timeout of a session of its own.
    own_session: Option<(Limit, Limit)>,
}

impl Quick {
    /// For as many agents at a time.
    pub(super) fn new(policy: &Policy, agents: usize) -> Self {
        let rule = |app: &crate::model::AppPolicy| Rule {
            renew_ahead: app.renew_ahead,
            by_id_token: app.session == AppSession::IdToken,
            own_session: match app.session {
                AppSession::Own { idle_timeout, absolute_timeout } => {
                    Some((idle_timeout, absolute_timeout))
                }
                AppSession::None | AppSession::IdToken => None,
            },
        };
        let in_memory = |app: &crate::model::AppPolicy| app.token_storage == TokenStorage::Memory;
        let tokens = policy.layout().slots();
        let bound = policy.session.binds_access_tokens != BindsAccessTokens::None;
        Self {
            // Where every use asks the IdP about its token, none can be passed over; nor where a
            // token can end before its time.
            slots: Slots::of(policy)
                .filter(|_| !policy.session.slides_on.r#use && !bound && agents > 0),
            apps: policy.apps().iter().map(rule).collect(),
            until: vec![Instant::LONG_AGO; tokens * agents],
            tokens,
            watches_open: policy.has_timers() || policy.apps().iter().any(in_memory),
            stay_open: policy.stay_open,
        }
    }

    /// Nobody holds a token.
    pub(super) fn forget(&mut self, agents: usize) {
        self.until[..agents * self.tokens].fill(Instant::LONG_AGO);
    }

    /// What the agent at `place` holds after `fact`.
    #[inline]
    pub(super) fn learn(
        &mut self,
        place: usize,
        fact: &Fact,
        policy: &Policy,
        (apps, tokens): (&[AppState], &[AccessToken]),
    ) {
        match fact {
            Fact::Access(access) if access.outcome == Outcome::Valid => {}
            Fact::Access(access) => self.look(place, access.app.index(), policy, apps, tokens),
            Fact::LoggedOut { .. } | Fact::BrowserClosed { .. } => {
                (0..apps.len()).for_each(|app| self.look(place, app, policy, apps, tokens));
            }
            // Access tokens stay good.
            Fact::Revoked { .. } => {}
        }
    }

    #[inline]
    fn look(
        &mut self,
        place: usize,
        app: usize,
        policy: &Policy,
        apps: &[AppState],
        tokens: &[AccessToken],
    ) {
        let rule = &self.apps[app];
        let until = &mut self.until[place * self.tokens..][..self.tokens];
        let end = if rule.by_id_token { apps[app].id_token_exp } else { Instant::NEVER };
        for slot in policy.layout().slots_of(crate::model::AppId::new(app)) {
            until[slot] = (tokens[slot].exp - rule.renew_ahead).min(end);
        }
    }

    /// Takes a use of the agent at `place`, if it finds a good access token and nothing else comes
    /// of it before `due`, when the agent's next timer is.
    #[inline(always)]
    pub(super) fn take(
        &self,
        place: usize,
        record: &Record,
        apps: &mut [AppState],
        due: Instant,
    ) -> bool {
        let (Some(slots), Action::Use) = (&self.slots, record.action()) else { return false };
        let (app_id, slot) = slots.find(record);
        let at = record.at();
        if at >= self.until[place * self.tokens + slot] || at >= due {
            return false;
        }
        let app = &mut apps[app_id];
        if self.watches_open && at >= app.open_until {
            return false;
        }
        if let Some((idle, absolute)) = self.apps[app_id].own_session {
            let is_there = app.session_created != Instant::LONG_AGO;
            if !is_there || at >= app.session_last + idle || at >= app.session_created + absolute {
                return false;
            }
            app.session_last = at;
        }
        if self.watches_open {
            app.open_until = at + self.stay_open;
        }
        true
    }
}
