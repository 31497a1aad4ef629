//! The provider that a command asks: the scenario's `[provider]` and the command line, with the
//! secrets that neither holds.

use std::path::Path;

use anyhow::Context;
use clap::Args;
use url::Url;

use super::scenario::{Loaded, ScenarioArguments};
use super::{Failure, files};
use crate::client::Secret;
use crate::client::flows::{Client, ClientAuth, Parameters, Registration};
use crate::client::forms::{Credentials, Fields};
use crate::client::target::Targets;
use crate::client::transport::{Settings, Trust};
use crate::scenario::{ClientAuthSpec, ClientSpec, ProviderSpec, SecretPlace};
use crate::trace::Vocabulary;

/// Which provider is asked, and whether it may be.
#[derive(Args, Debug)]
pub(super) struct TargetArguments {
    /// Issuer of the provider [default: `provider.issuer` of the scenario]
    #[arg(long, value_name = "ISSUER")]
    target: Option<String>,
    /// A host outside of this machine that may be asked; may be given several times
    #[arg(long, value_name = "HOST")]
    allow_target: Vec<String>,
    /// The vendor whose host is asked has agreed to the test
    #[arg(long)]
    i_have_permission: bool,
}

/// A provider, ready to be asked; everything can be shared by threads.
#[derive(Clone, Debug)]
pub(super) struct Connected {
    /// The issuer.
    pub(super) issuer: String,
    /// How it is asked.
    pub(super) settings: Settings,
    /// What the login form's fields hold.
    pub(super) fields: Fields,
    /// The clients, by `AppId`.
    pub(super) clients: Vec<Client>,
    /// Whether users of an app log in by the password grant, by `AppId`.
    pub(super) password_grants: Vec<bool>,
    /// What requests for an API say beside, by `ApiId`.
    pub(super) parameters: Vec<Parameters>,
    /// Who logs in.
    pub(super) people: People,
    /// Whether the provider is on this machine.
    pub(super) is_here: bool,
}

/// How users of the activity are called at the provider.
#[derive(Clone, Debug)]
pub(super) struct People {
    user: String,
    password: Option<Secret>,
}

impl TargetArguments {
    /// The provider of a scenario, its secrets read and its address checked.
    pub(super) fn connect(
        &self,
        arguments: &ScenarioArguments,
        loaded: &Loaded,
        vocabulary: &Vocabulary,
    ) -> Result<Connected, Failure> {
        let provider = &loaded.scenario.provider;
        let issuer = self.target.as_ref().or(provider.issuer.as_ref()).ok_or_else(|| {
            let mend = "give --target ISSUER, or `issuer` in [provider]";
            Failure::Usage(format!("no provider to ask: {mend}"))
        })?;
        let url = address("the issuer", issuer)?;
        let targets = Targets::new(self.allow_target.iter().cloned(), self.i_have_permission);
        targets.check(&url).map_err(|error| Failure::Usage(error.to_string()))?;
        let ca = provider.ca_file.as_ref().map(|file| certificates(&arguments.beside(file)));
        let trust = Trust::new(ca.transpose()?.as_deref()).map_err(|error| {
            Failure::Usage(format!("ca_file: {error}; give certificates in PEM"))
        })?;
        let client = |app: &String| {
            let spec = provider.clients.get(app).context("every app has a client")?;
            registered(arguments, app, spec)
        };
        let clients: Result<Vec<Client>, Failure> = vocabulary.apps.iter().map(client).collect();
        let password =
            provider.password.as_ref().map(|place| secret(arguments, place)).transpose()?;
        Ok(Connected {
            is_here: Targets::default().check(&url).is_ok(),
            issuer: issuer.clone(),
            settings: Settings { targets, trust: Some(trust), ..Settings::default() },
            fields: provider.form.clone(),
            clients: clients?,
            password_grants: vocabulary
                .apps
                .iter()
                .map(|app| provider.clients.get(app).is_some_and(|client| client.password_grant))
                .collect(),
            parameters: vocabulary.apis.iter().map(|api| parameters(provider, api)).collect(),
            people: People { user: provider.user.clone(), password },
        })
    }
}

impl People {
    /// What a user of the activity types into the login form.
    pub(super) fn credentials(&self, user: &str) -> Credentials {
        let fill = |template: &str| template.replace("{user}", user);
        Credentials {
            user: fill(&self.user),
            password: self.password.as_ref().map(|word| Secret::new(fill(word.expose()))),
        }
    }
}

fn registered(
    arguments: &ScenarioArguments,
    app: &str,
    spec: &ClientSpec,
) -> Result<Client, Failure> {
    let of = |what: &str| format!("[provider.client.{app}] {what}");
    let redirect_uri = spec.redirect_uris.first().context("a client has a redirect URI")?;
    let after_logout = spec.post_logout_redirect_uris.first();
    Ok(Client::new(Registration {
        client_id: spec.client_id.clone(),
        auth: match spec.auth {
            ClientAuthSpec::None => ClientAuth::None,
            ClientAuthSpec::Basic => ClientAuth::Basic,
            ClientAuthSpec::Post => ClientAuth::Post,
        },
        secret: spec.secret.as_ref().map(|place| secret(arguments, place)).transpose()?,
        redirect_uri: address(&of("redirect_uris"), redirect_uri)?,
        post_logout_redirect_uri: after_logout
            .map(|to| address(&of("post_logout_redirect_uris"), to))
            .transpose()?,
        scope: spec.scope.clone(),
        parameters: spec.parameters.clone(),
    }))
}

fn parameters(provider: &ProviderSpec, api: &str) -> Parameters {
    let pairs = provider.apis.get(api).into_iter().flatten();
    Parameters::new(pairs.map(|(name, value)| (&**name, &**value)))
}

fn address(what: &str, text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|error| {
        let mend = "write the whole address, as https://idp.example/realms/shop";
        Failure::Usage(format!("{what}: {text:?} is no address ({error}); {mend}"))
    })
}

/// A secret, from where the scenario says that it is. No message tells it.
/// A secret that a scenario says the place of.
pub(super) fn secret(
    arguments: &ScenarioArguments,
    place: &SecretPlace,
) -> Result<Secret, Failure> {
    let word = match place {
        SecretPlace::Env(name) => std::env::var(name).map_err(|_| {
            Failure::Usage(format!("the environment variable {name} is not set: it holds a secret"))
        })?,
        SecretPlace::File(file) => {
            let text = files::read_text(&arguments.beside(file))?;
            text.lines().next().unwrap_or_default().to_owned()
        }
    };
    match word.is_empty() {
        true => Err(Failure::Usage(format!("{place:?} is empty: it must hold a secret"))),
        false => Ok(Secret::new(word)),
    }
}

fn certificates(path: &Path) -> Result<Vec<u8>, Failure> {
    Ok(files::read_text(path)?.into_bytes())
}
