//! What a real client does at one event, and what the provider makes of it.

use super::holding::Holding;
use super::lockstep::{AccessCheck, Lockstep};
use super::prediction::Predicted;
use crate::client::flows::{FlowError, Silent, Trip};
use crate::model::{
    Access, AppId, AppSession, Fact, Initiator, Outcome, RefreshCause, TokenStorage,
};

/// What came of an event.
#[derive(Debug)]
pub struct Observed {
    /// What it turned into, or why it came to nothing.
    pub outcome: Result<Option<Outcome>, FlowError>,
    /// A refresh token was refused.
    pub refresh_refused: bool,
    /// How many HTTP requests it took.
    pub requests: u32,
}

impl Lockstep<'_> {
    /// Does what the clients of `holding` would at `predicted`.
    pub(super) async fn act(&self, holding: &mut Holding, predicted: &Predicted) -> Observed {
        let mut trip = Trip::default();
        let mut refused = false;
        let outcome = match &predicted.fact {
            Fact::Access(access) => {
                let access = self.access(holding, predicted, access, &mut trip, &mut refused);
                access.await.map(Some)
            }
            Fact::LoggedOut { app, everywhere, .. } => {
                self.log_out(holding, *app, *everywhere, &mut trip).await.map(|()| None)
            }
            Fact::BrowserClosed { .. } => {
                self.close(holding);
                Ok(None)
            }
            Fact::Revoked { ends_session } => {
                self.revoke(holding, *ends_session, &mut trip).await.map(|()| None)
            }
        };
        Observed { outcome, refresh_refused: refused, requests: trip.requests }
    }

    /// SPEC 4's steps, each asked of the provider.
    async fn access(
        &self,
        holding: &mut Holding,
        predicted: &Predicted,
        access: &Access,
        trip: &mut Trip,
        refused: &mut bool,
    ) -> Result<Outcome, FlowError> {
        let layout = self.asking.policy.layout();
        let slot = layout.slot(access.app, access.api).expect("readers leave out other APIs");
        // Step 1: the client's own storage.
        if access.tokens_lost {
            holding.drop_tokens(access.app, layout);
        }
        let by_timer = matches!(access.initiator, Initiator::Renewal | Initiator::KeepAlive);
        // Step 2: an app session that has to begin anew goes straight to the provider's session.
        let begins_session = access.refresh_cause == Some(RefreshCause::AppSession);
        // Step 3.
        let spent = begins_session || by_timer || self.is_spent(holding, predicted, access, slot);
        if !spent && self.is_good(holding, access.app, slot, trip).await? {
            return Ok(Outcome::Valid);
        }
        // Step 4.
        let may_refresh = !begins_session && access.initiator != Initiator::KeepAlive;
        let refreshed = may_refresh && self.refresh(holding, access, slot, trip, refused).await?;
        // Step 5. What nobody sees begins no app session, so it does not even ask.
        let background = access.initiator == Initiator::Background;
        let outcome = match (refreshed, background && begins_session) {
            (true, _) => Outcome::Refresh,
            (_, true) => Outcome::Denied,
            _ => self.authenticate(holding, predicted, access, slot, trip).await?,
        };
        // An API that asks the provider at each use also asks about the token that just came.
        if access.introspected && outcome.got_tokens() {
            self.is_good(holding, access.app, slot, trip).await?;
        }
        Ok(outcome)
    }

    /// Whether the client itself takes its access token for spent: it renews ahead, or its session
    /// is the ID token, whose `exp` it reads.
    fn is_spent(
        &self,
        holding: &Holding,
        predicted: &Predicted,
        access: &Access,
        slot: usize,
    ) -> bool {
        let policy = self.asking.policy.app(access.app);
        let believed = &holding.believed;
        let ahead = policy.renew_ahead.as_millis() > 0
            && predicted.at >= believed.tokens[slot].exp - policy.renew_ahead;
        let id_token = policy.session == AppSession::IdToken
            && predicted.at >= believed.apps[access.app.index()].id_token_exp;
        ahead || id_token
    }

    async fn is_good(
        &self,
        holding: &Holding,
        app: AppId,
        slot: usize,
        trip: &mut Trip,
    ) -> Result<bool, FlowError> {
        let Some(token) = &holding.access_tokens[slot] else { return Ok(false) };
        match self.asking.access_check {
            AccessCheck::Userinfo => self.provider.userinfo(token, trip).await,
            AccessCheck::Introspection => {
                self.provider.introspect(&self.asking.clients[app.index()], token, trip).await
            }
        }
    }

    /// Tries the refresh token, if there is one; a refused one is dropped.
    async fn refresh(
        &self,
        holding: &mut Holding,
        access: &Access,
        slot: usize,
        trip: &mut Trip,
        refused: &mut bool,
    ) -> Result<bool, FlowError> {
        let Some(token) = holding.apps[access.app.index()].refresh_token.clone() else {
            return Ok(false);
        };
        let (client, api) = (&self.asking.clients[access.app.index()], access.api.index());
        match self.provider.refresh(client, &self.asking.parameters[api], &token, trip).await {
            Ok(tokens) => {
                holding.keep(access.app, slot, tokens);
                Ok(true)
            }
            Err(error) if error.is_invalid_grant() => {
                holding.apps[access.app.index()].refresh_token = None;
                *refused = true;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Silently if the provider's session allows it; else a person logs in, if one is there.
    async fn authenticate(
        &self,
        holding: &mut Holding,
        predicted: &Predicted,
        access: &Access,
        slot: usize,
        trip: &mut Trip,
    ) -> Result<Outcome, FlowError> {
        let (app, api) = (access.app.index(), access.api.index());
        let (client, parameters) = (&self.asking.clients[app], &self.asking.parameters[api]);
        let is_code = !self.asking.password_grants[app];
        let mut is_known = false;
        if is_code {
            let silent = self.provider.silent(&mut holding.browser, client, parameters, trip);
            match silent.await? {
                Silent::Tokens(tokens) => {
                    holding.keep(access.app, slot, tokens);
                    return Ok(Outcome::Silent);
                }
                // The provider knows who it is, and wants something else of the person.
                Silent::Refused(why) => {
                    let known = ["consent_required", "account_selection_required"];
                    is_known = why.is_some_and(|why| known.contains(&&*why));
                }
            }
        }
        if access.initiator != Initiator::Use {
            return Ok(Outcome::Denied);
        }
        let credentials = (self.asking.credentials)(predicted.user);
        let (tokens, by_form) = if is_code {
            let browser = &mut holding.browser;
            let login = self.provider.login(browser, client, parameters, &credentials, trip);
            let login = login.await?;
            (login.tokens, login.by_form)
        } else {
            (self.provider.password(client, parameters, &credentials, trip).await?, true)
        };
        holding.keep(access.app, slot, tokens);
        // Consent is no login: the session was there.
        Ok(if by_form && !is_known { Outcome::Login } else { Outcome::Silent })
    }

    /// The app's tokens are gone and, but for a logout of the app alone, so is the session.
    async fn log_out(
        &self,
        holding: &mut Holding,
        app: AppId,
        everywhere: bool,
        trip: &mut Trip,
    ) -> Result<(), FlowError> {
        let policy = self.asking.policy;
        let id_token = holding.apps[app.index()].id_token.clone();
        match everywhere {
            true => all_apps(holding).for_each(|app| holding.drop_tokens(app, policy.layout())),
            false => holding.drop_tokens(app, policy.layout()),
        }
        if policy.app(app).logout == crate::model::LogoutScope::App
            || holding.browser.jar.is_empty()
        {
            return Ok(());
        }
        let client = &self.asking.clients[app.index()];
        self.provider.logout(&mut holding.browser, client, id_token.as_ref(), trip).await
    }

    /// Cookies and tokens that live as long as the browser are gone.
    fn close(&self, holding: &mut Holding) {
        let policy = self.asking.policy;
        holding.browser.jar.close_browser();
        for app in all_apps(holding) {
            if policy.app(app).token_storage == TokenStorage::Memory {
                holding.drop_tokens(app, policy.layout());
            }
        }
    }

    /// What an administrator does has no standard: refresh tokens are taken back by RFC 7009, and
    /// the session is ended by a logout in its browser. The clients do not know of it.
    async fn revoke(
        &self,
        holding: &mut Holding,
        ends_session: bool,
        trip: &mut Trip,
    ) -> Result<(), FlowError> {
        for app in all_apps(holding) {
            let client = &self.asking.clients[app.index()];
            if let Some(token) = &holding.apps[app.index()].refresh_token {
                self.provider.revoke(client, token, "refresh_token", trip).await?;
            }
        }
        let with_id_token = |app: &AppId| holding.apps[app.index()].id_token.is_some();
        let app = all_apps(holding).find(with_id_token);
        if let (true, Some(app)) = (ends_session, app) {
            let id_token = holding.apps[app.index()].id_token.clone();
            let client = &self.asking.clients[app.index()];
            self.provider.logout(&mut holding.browser, client, id_token.as_ref(), trip).await?;
        }
        Ok(())
    }
}

fn all_apps(holding: &Holding) -> impl Iterator<Item = AppId> + use<> {
    (0..holding.apps.len()).map(AppId::new)
}
