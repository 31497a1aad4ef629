//! Virtual users as OpenID clients: each has its own browser and tokens, and does what real
//! clients do. One that lacks what it is meant to use goes on as a client would: from the refresh
//! token to a silent authentication, and from there to a login.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::{Acting, Action, Endpoint, Kind, Outcome, Probe};
use crate::client::Secret;
use crate::client::flows::{
    Browser, Client, FlowError, Login, Parameters, Provider, Silent, Tokens, Trip,
};
use crate::client::forms::Credentials;
use crate::model::{AppId, LogoutScope};

/// A refresh token that no server gave: what is refused when nothing else is at hand.
const UNUSABLE: &str = "relogin-unusable-refresh-token";

/// Who the users are, and what they use; the same for every thread.
#[derive(Debug)]
pub struct Parties {
    /// The apps' clients, by app.
    pub clients: Vec<AppClient>,
    /// What requests say of the APIs, by API.
    pub apis: Vec<Parameters>,
    /// Users' names; virtual users beyond them begin again with the first.
    pub names: Vec<Box<str>>,
    /// How a user is called at the provider; `{user}` in it is the name.
    pub user: String,
    /// Their password; `{user}` in it is the name.
    pub password: Option<Secret>,
}

/// An app, as its users meet it.
#[derive(Debug)]
pub struct AppClient {
    /// Its registration.
    pub client: Client,
    /// Whether users log in by the password grant (RFC 6749 §4.3).
    pub password_grant: bool,
    /// What its logout ends.
    pub logout: LogoutScope,
}

/// The virtual users of one thread.
#[derive(Debug)]
pub struct Users {
    provider: Rc<Provider>,
    parties: Arc<Parties>,
    /// Users are numbered over all threads.
    jobs: usize,
    users: RefCell<Vec<User>>,
}

/// What one virtual user has.
#[derive(Debug, Default)]
struct User {
    browser: Browser,
    tokens: Vec<(AppId, Kept)>,
}

/// The tokens that an app keeps.
#[derive(Debug)]
struct Kept {
    access: Secret,
    refresh: Option<Secret>,
    id: Option<Secret>,
}

impl Users {
    /// The users of one of `jobs` threads.
    pub fn new(provider: Rc<Provider>, parties: Arc<Parties>, jobs: usize) -> Self {
        Self { provider, parties, jobs, users: RefCell::default() }
    }

    fn take(&self, number: usize) -> User {
        let mut users = self.users.borrow_mut();
        let place = number / self.jobs;
        if users.len() <= place {
            users.resize_with(place + 1, User::default);
        }
        std::mem::take(&mut users[place])
    }

    fn put(&self, number: usize, user: User) {
        self.users.borrow_mut()[number / self.jobs] = user;
    }

    fn credentials(&self, number: usize) -> Credentials {
        let Parties { names, user, password, .. } = &*self.parties;
        let name = names.get(number % names.len().max(1)).map_or("", |name| name);
        let fill = |template: &str| template.replace("{user}", name);
        let password = password.as_ref().map(|word| Secret::new(fill(word.expose())));
        Credentials { user: fill(user), password }
    }
}

impl Acting for Users {
    async fn act(&self, action: Action, probe: &Probe<'_>) -> Outcome {
        let mut doing = Doing {
            provider: &self.provider,
            app: &self.parties.clients[action.app().index()],
            api: &self.parties.apis[action.api().index()],
            all: self,
            user: self.take(action.user()),
            action,
            probe,
        };
        let outcome = doing.act().await;
        self.put(action.user(), doing.user);
        outcome.unwrap_or_else(|error| Outcome::Error(error.kind().into_owned()))
    }
}

/// One action under way.
struct Doing<'a> {
    provider: &'a Provider,
    app: &'a AppClient,
    api: &'a Parameters,
    all: &'a Users,
    user: User,
    action: Action,
    probe: &'a Probe<'a>,
}

impl Doing<'_> {
    async fn act(&mut self) -> Result<Outcome, FlowError> {
        if self.action.is_refused_before() && Box::pin(self.is_accepted_after_all()).await? {
            return Ok(Outcome::Came(Kind::Refresh));
        }
        match self.action.kind() {
            Kind::Refresh => self.refresh().await,
            // Apart, so that the room of the commonest is all that each action takes.
            Kind::Silent => Box::pin(self.silent()).await,
            Kind::Login => Box::pin(self.login()).await,
            Kind::Failed => Box::pin(self.denied()).await,
            Kind::Introspection => Box::pin(self.introspect()).await,
            Kind::Logout => Box::pin(self.logout()).await,
        }
    }

    /// Tries a refresh token that is meant to be refused.
    async fn is_accepted_after_all(&mut self) -> Result<bool, FlowError> {
        // Where time is compressed the user's own is still good, and is wanted later.
        let own = self.own().and_then(|kept| kept.refresh.clone());
        let own = own.filter(|_| !self.action.is_in_fresh_browser());
        let token = own.unwrap_or_else(|| Secret::new(UNUSABLE));
        let mut trip = Trip::default();
        let answer = self.provider.refresh(&self.app.client, self.api, &token, &mut trip).await;
        self.tell(&trip);
        match answer {
            Ok(tokens) => {
                self.keep(tokens);
                Ok(true)
            }
            Err(FlowError::OAuth { .. }) => {
                self.probe.refused();
                if !self.action.is_in_fresh_browser() {
                    self.drop_refresh_token();
                }
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    async fn refresh(&mut self) -> Result<Outcome, FlowError> {
        let Some(token) = self.own().and_then(|kept| kept.refresh.clone()) else {
            return Box::pin(self.silent()).await;
        };
        let mut trip = Trip::default();
        let answer = self.provider.refresh(&self.app.client, self.api, &token, &mut trip).await;
        self.tell(&trip);
        match answer {
            Ok(tokens) => {
                self.keep(tokens);
                Ok(Outcome::Came(Kind::Refresh))
            }
            Err(error) if error.is_invalid_grant() => {
                self.probe.error(error.kind().into_owned());
                self.drop_refresh_token();
                Box::pin(self.silent()).await
            }
            Err(error) => Err(error),
        }
    }

    async fn silent(&mut self) -> Result<Outcome, FlowError> {
        if self.app.password_grant {
            return self.login().await;
        }
        let mut trip = Trip::default();
        let client = &self.app.client;
        let answer =
            self.provider.silent(&mut self.user.browser, client, self.api, &mut trip).await;
        self.tell(&trip);
        match answer? {
            Silent::Tokens(tokens) => {
                self.keep(tokens);
                Ok(Outcome::Came(Kind::Silent))
            }
            Silent::Refused(word) => {
                self.probe.error(word.as_deref().unwrap_or("login_required").to_owned());
                Box::pin(self.login()).await
            }
        }
    }

    async fn login(&mut self) -> Result<Outcome, FlowError> {
        if self.action.is_in_fresh_browser() {
            self.user = User::default();
        }
        let credentials = self.all.credentials(self.action.user());
        let mut trip = Trip::default();
        let (client, browser) = (&self.app.client, &mut self.user.browser);
        let answer = if self.app.password_grant {
            let tokens = self.provider.password(client, self.api, &credentials, &mut trip).await;
            tokens.map(|tokens| Login { tokens, by_form: true })
        } else {
            Box::pin(self.provider.login(browser, client, self.api, &credentials, &mut trip)).await
        };
        self.tell(&trip);
        let login = answer?;
        self.keep(login.tokens);
        // Without the form there was a session after all.
        Ok(Outcome::Came(if login.by_form { Kind::Login } else { Kind::Silent }))
    }

    /// What a client does by itself, with nobody there: it is meant to be refused.
    async fn denied(&mut self) -> Result<Outcome, FlowError> {
        let mut trip = Trip::default();
        let mut nobody = Browser::default();
        let fresh = self.action.is_in_fresh_browser();
        let browser = if fresh { &mut nobody } else { &mut self.user.browser };
        let answer = self.provider.silent(browser, &self.app.client, self.api, &mut trip).await;
        self.tell(&trip);
        match answer? {
            Silent::Refused(_) => Ok(Outcome::Came(Kind::Failed)),
            Silent::Tokens(tokens) => {
                self.keep(tokens);
                Ok(Outcome::Came(Kind::Silent))
            }
        }
    }

    async fn introspect(&mut self) -> Result<Outcome, FlowError> {
        let Some(token) = self.own().map(|kept| kept.access.clone()) else {
            return Ok(Outcome::Error("no_token".to_owned()));
        };
        let mut trip = Trip::default();
        let answer = self.provider.introspect(&self.app.client, &token, &mut trip).await;
        self.tell(&trip);
        // Whether it is active is the model's business; that it was asked is the load.
        answer.map(|_| Outcome::Came(Kind::Introspection))
    }

    async fn logout(&mut self) -> Result<Outcome, FlowError> {
        let mut trip = Trip::default();
        let kept = self.forget();
        let client = &self.app.client;
        let answer = match (self.app.logout, kept) {
            (LogoutScope::App, Some(Kept { refresh: Some(token), .. })) => {
                self.provider.revoke(client, &token, "refresh_token", &mut trip).await
            }
            // The app forgets, and nobody is told.
            (LogoutScope::App, _) => Ok(()),
            (LogoutScope::Sso | LogoutScope::Everywhere, kept) => {
                let id_token = kept.and_then(|kept| kept.id);
                let browser = &mut self.user.browser;
                self.provider.logout(browser, client, id_token.as_ref(), &mut trip).await
            }
        };
        self.tell(&trip);
        answer.map(|()| Outcome::Came(Kind::Logout))
    }

    fn own(&self) -> Option<&Kept> {
        let app = self.action.app();
        self.user.tokens.iter().find(|(own, _)| *own == app).map(|(_, kept)| kept)
    }

    /// The tokens of the app, which it has no more; everywhere, all are gone.
    fn forget(&mut self) -> Option<Kept> {
        let app = self.action.app();
        let place = self.user.tokens.iter().position(|(own, _)| *own == app);
        let kept = place.map(|place| self.user.tokens.swap_remove(place).1);
        if self.app.logout == LogoutScope::Everywhere {
            self.user.tokens.clear();
        }
        kept
    }

    fn drop_refresh_token(&mut self) {
        let app = self.action.app();
        let own = self.user.tokens.iter_mut().find(|(own, _)| *own == app);
        if let Some((_, kept)) = own {
            kept.refresh = None;
        }
    }

    fn keep(&mut self, tokens: Tokens) {
        let app = self.action.app();
        let Tokens { access_token: access, refresh_token, id_token, .. } = tokens;
        match self.user.tokens.iter_mut().find(|(own, _)| *own == app) {
            Some((_, kept)) => {
                kept.access = access;
                // Without rotation the former one stays good (RFC 6749 §6).
                kept.refresh = refresh_token.or_else(|| kept.refresh.take());
                kept.id = id_token.or_else(|| kept.id.take());
            }
            None => {
                self.user.tokens.reserve_exact(1);
                self.user.tokens.push((app, Kept { access, refresh: refresh_token, id: id_token }));
            }
        }
    }

    /// Tells what was asked.
    fn tell(&self, trip: &Trip) {
        if let Some(sent_at) = trip.sent_at {
            self.probe.sent(sent_at);
        }
        let mut pages = 0;
        for (at, service) in trip.exchanges.iter().flatten() {
            let endpoint = match *at {
                "token endpoint" => Endpoint::Token,
                "userinfo endpoint" => Endpoint::UserInfo,
                "introspection endpoint" => Endpoint::Introspection,
                "revocation endpoint" => Endpoint::Revocation,
                "logout endpoint" => Endpoint::EndSession,
                _ if pages == 0 => Endpoint::Authorization,
                _ => Endpoint::Interaction,
            };
            pages += u32::from(endpoint == Endpoint::Authorization);
            self.probe.exchange(endpoint, *service);
        }
    }
}
