//! `[provider]`: what it says, checked against the policies.

use std::collections::{BTreeMap, BTreeSet};

use super::nearest::suggest;
use super::problem::Problem;
use super::registry::{
    ACCESS_CHECK, API_PARAMETERS, API_TABLES, APP_TABLES, CA_FILE, CLIENT, CLIENT_AUTH, CLIENT_ID,
    CLIENT_PARAMETERS, CLIENT_SCOPE, CLIENT_TABLES, FORM, GRANT, ISSUER, PASSWORD_ENV,
    PASSWORD_FILE, POST_LOGOUT_REDIRECT_URIS, PROVIDER_API_TABLES, PROVIDER_SCOPE, REDIRECT_URIS,
    SECRET_ENV, SECRET_FILE, Setting, USER,
};
use super::tree::{Place, Table};

/// `[provider]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderSpec {
    /// `issuer`, where the file gives it.
    pub issuer: Option<String>,
    /// `user`: a name with `{user}` in it.
    pub user: String,
    /// Where the users' password is.
    pub password: Option<SecretPlace>,
    /// `access_check`.
    pub access_check: AccessCheck,
    /// `ca_file`.
    pub ca_file: Option<String>,
    /// `form`: templates by field name.
    pub form: Vec<(String, String)>,
    /// `[provider.client.*]`, for every app of the policies.
    pub clients: BTreeMap<String, ClientSpec>,
    /// `[provider.api.*]`: parameters, for APIs that have some.
    pub apis: BTreeMap<String, Vec<(String, String)>>,
}

/// Where a secret is: it never stands in a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// In an environment variable.
    Env(String),
    /// In the first line of a file relative to the scenario.
    File(String),
}

/// Which endpoint says whether an access token is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessCheck {
    /// Userinfo (OpenID Connect Core §5.3).
    Userinfo,
    /// Introspection (RFC 7662).
    Introspection,
}

/// `[provider.client.*]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSpec {
    /// `client_id`.
    pub client_id: String,
    /// `auth`.
    pub auth: ClientAuthSpec,
    /// Where its secret is.
    pub secret: Option<SecretPlace>,
    /// Whether users log in by the password grant.
    pub password_grant: bool,
    /// `redirect_uris`, at least one.
    pub redirect_uris: Vec<String>,
    /// `post_logout_redirect_uris`.
    pub post_logout_redirect_uris: Vec<String>,
    /// `scope`.
    pub scope: String,
    /// `parameters`.
    pub parameters: Vec<(String, String)>,
}

/// How a client proves itself at the token endpoint (OpenID Connect Core §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthSpec {
    /// `none`: a public client.
    None,
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
}

/// What is wrong with a provider that its values do not show one by one; `policies` are resolved.
pub(super) fn check(provider: &Table, policies: &[Table], problems: &mut Vec<Problem>) {
    one_place(provider, &PASSWORD_ENV, &PASSWORD_FILE, problems);
    known(provider, &CLIENT_TABLES, policies, &APP_TABLES, "app", problems);
    known(provider, &PROVIDER_API_TABLES, policies, &API_TABLES, "API", problems);
    for (app, client) in provider.named(&CLIENT_TABLES) {
        one_place(client, &SECRET_ENV, &SECRET_FILE, problems);
        let secret = client.written(&SECRET_ENV).or_else(|| client.written(&SECRET_FILE));
        match (client.get::<&str>(&CLIENT_AUTH), secret) {
            (Some("none"), Some(secret)) => {
                let title = format!("client `{app}` is public and has a secret");
                let problem = Problem::new(secret, title);
                problems.push(problem.mend("leave the secret out, or say `auth = \"basic\"`"));
            }
            (Some(auth @ ("basic" | "post")), None) => {
                let title = format!("client `{app}` proves itself by `{auth}` without a secret");
                let problem = Problem::new(client.place_of(&CLIENT_AUTH), title);
                problems
                    .push(problem.mend("add `secret_env = \"NAME\"` or `secret_file = \"FILE\"`"));
            }
            _ => {}
        }
    }
}

fn one_place(table: &Table, env: &Setting, file: &Setting, problems: &mut Vec<Problem>) {
    if let (Some(first), Some(second)) = (table.written(env), table.written(file)) {
        let title = format!("both `{}` and `{}`", env.key, file.key);
        let problem = Problem::new(second, title).also(first, "the other is here");
        problems.push(problem.mend("leave one of them out"));
    }
}

/// Every named table is of something that some policy has.
fn known(
    provider: &Table,
    tables: &Setting,
    policies: &[Table],
    of: &Setting,
    what: &str,
    problems: &mut Vec<Problem>,
) {
    let names: BTreeSet<&str> = names(policies, of);
    for (name, table) in provider.named(tables) {
        if !names.is_empty() && !names.contains(name.as_str()) {
            let problem = Problem::new(&table.place, format!("no policy has an {what} `{name}`"));
            problems.push(problem.mend(suggest(name, names.iter().copied())));
        }
    }
}

fn names<'a>(policies: &'a [Table], of: &Setting) -> BTreeSet<&'a str> {
    policies.iter().flat_map(|policy| policy.named(of)).map(|(name, _)| name.as_str()).collect()
}

/// A completed and checked provider as a spec, with a client for each app of the policies.
pub(super) fn build(provider: &Table, policies: &[Table]) -> ProviderSpec {
    let written: BTreeMap<&str, &Table> =
        provider.named(&CLIENT_TABLES).map(|(name, client)| (name.as_str(), client)).collect();
    let mut unwritten = Table::new(Place::Default);
    unwritten.complete(&CLIENT);
    let clients = names(policies, &APP_TABLES).into_iter().map(|app| {
        let client = written.get(app).copied().unwrap_or(&unwritten);
        (app.to_owned(), client_spec(app, client, provider))
    });
    let apis = provider.named(&PROVIDER_API_TABLES);
    ProviderSpec {
        issuer: provider.get(&ISSUER),
        user: provider.sure(&USER),
        password: place(provider, &PASSWORD_ENV, &PASSWORD_FILE),
        access_check: match provider.sure(&ACCESS_CHECK) {
            "introspection" => AccessCheck::Introspection,
            _ => AccessCheck::Userinfo,
        },
        ca_file: provider.get(&CA_FILE),
        form: provider.get(&FORM).unwrap_or_default(),
        clients: clients.collect(),
        apis: apis
            .map(|(name, api)| (name.clone(), api.get(&API_PARAMETERS).unwrap_or_default()))
            .collect(),
    }
}

fn client_spec(app: &str, client: &Table, provider: &Table) -> ClientSpec {
    let secret = place(client, &SECRET_ENV, &SECRET_FILE);
    ClientSpec {
        client_id: client.get(&CLIENT_ID).unwrap_or_else(|| app.to_owned()),
        auth: match client.get(&CLIENT_AUTH) {
            Some("post") => ClientAuthSpec::Post,
            Some("basic") => ClientAuthSpec::Basic,
            None if secret.is_some() => ClientAuthSpec::Basic,
            _ => ClientAuthSpec::None,
        },
        secret,
        password_grant: client.sure::<&str>(&GRANT) == "password",
        redirect_uris: client.sure(&REDIRECT_URIS),
        post_logout_redirect_uris: client.get(&POST_LOGOUT_REDIRECT_URIS).unwrap_or_default(),
        scope: client.get(&CLIENT_SCOPE).unwrap_or_else(|| provider.sure(&PROVIDER_SCOPE)),
        parameters: client.get(&CLIENT_PARAMETERS).unwrap_or_default(),
    }
}

fn place(table: &Table, env: &Setting, file: &Setting) -> Option<SecretPlace> {
    let env = table.get(env).map(SecretPlace::Env);
    env.or_else(|| table.get(file).map(SecretPlace::File))
}
