//! One `[[policy]]`: its layers laid over one another, checked, and made a [`PolicySpec`].

use std::collections::BTreeMap;

use super::auth0::{self, Whose};
use super::nearest::suggest;
use super::presets;
use super::problem::{Problem, SourceText};
use super::read::lacking;
use super::registry::{
    ABSOLUTE_LIFETIME, ABSOLUTE_TIMEOUT, ACCESS_TOKEN_CLOCK_TOLERANCE, ACCESS_TOKEN_LIFETIME,
    ACCESS_TOKEN_LIFETIME_BROWSER, API, API_TABLES, APIS, APP, APP_ABSOLUTE_TIMEOUT,
    APP_IDLE_TIMEOUT, APP_SESSION_CHOICE, APP_TABLES, BINDS_ACCESS_TOKENS, BOUND_TO_SESSION,
    CAPS_TOKENS, CLOCK, CLOCK_TABLE, EXPIRES, FLOW, Group, ID_TOKEN_LIFETIME, IDLE_LIFETIME,
    IDLE_TIMEOUT, KEEP_ALIVE, LOGOUT, PERSISTENT, POLICY, POLICY_NAME, PRESET,
    REFRESH_TOKEN_CHOICE, REFRESH_TOKEN_CLOCK_TOLERANCE, RENEW, RENEW_AFTER, RENEW_AHEAD,
    REUSE_LEEWAY, ROTATION, SESSION, SESSION_CLOCK_TOLERANCE, SESSION_TABLE, SLIDE_INTERVAL,
    SLIDES_ON, Setting, TICK, TOKEN_STORAGE,
};
use super::spec::{ApiSpec, AppSpec, Origin, PolicySpec};
use super::tree::{Leaf, Node, Place, Table};
use super::value::{Value, key};
use crate::model::{
    AppSession, BindsAccessTokens, Clock, Expires, Lifetime, Limit, LogoutScope, RefreshToken,
    Renew, SessionPolicy, SlidesOn, Span, TokenStorage,
};

/// The tables of a policy that hold effective settings, in SPEC 3's order.
const EFFECTIVE: [Setting; 4] = [CLOCK_TABLE, SESSION_TABLE, API_TABLES, APP_TABLES];

/// Lays the layers of a policy over one another: SPEC's defaults, the preset, `[policy.auth0]`,
/// then what is written. Every setting that has a default has a value afterwards.
pub(super) fn resolve(written: &Table, problems: &mut Vec<Problem>) -> Table {
    let mut policy = written.clone();
    auth0::settle(&mut policy, problems);
    let words = policy.clone();
    let preset = written.get::<String>(&PRESET).and_then(|name| presets::find(&name));
    let nothing = Table::new(Place::Default);

    let clock = policy.open(CLOCK_TABLE.key, &Place::Default);
    if let Some(preset) = preset {
        clock.lay_over(&preset.section("clock", &CLOCK, &nothing));
    }
    clock.complete(&CLOCK);
    let session = policy.open(SESSION_TABLE.key, &Place::Default);
    auth0::lay_below(&words, Whose::Session, session);
    if let Some(preset) = preset {
        session.lay_over(&preset.section("session", &SESSION, &nothing));
    }
    session.complete(&SESSION);
    say_login(session);
    let session = session.clone();

    let mut names = Vec::new();
    for (name, api) in tables_mut(&mut policy, &API_TABLES) {
        names.push(name.clone());
        auth0::lay_below(&words, Whose::Api, api);
        if let Some(preset) = preset {
            api.lay_over(&preset.section("api", &API, &session));
        }
        if let Some(lifetime) = api.get(&ACCESS_TOKEN_LIFETIME) {
            let lifetime = Value::Lifetime(lifetime);
            api.put_below(&ACCESS_TOKEN_LIFETIME_BROWSER, lifetime, Place::Default);
        }
        api.complete(&API);
    }
    for (_, app) in tables_mut(&mut policy, &APP_TABLES) {
        auth0::lay_below(&words, Whose::App, app);
        if let Some(preset) = preset {
            preset.fill_given(app, &session);
            app.lay_over(&preset.section("app", &APP, &session));
        }
        app.put_below(&APIS, Value::Texts(names.clone()), Place::Default);
        app.complete(&APP);
    }
    policy
}

/// A login always renews the idle window, because it makes the session: said or not.
fn say_login(session: &mut Table) {
    if let Some(Node::Leaf(Leaf { value: Some(Value::Words(words)), .. })) =
        session.entries.get_mut(SLIDES_ON.key)
        && !words.contains(&"login")
    {
        words.insert(0, "login");
    }
}

fn tables_mut<'a>(
    policy: &'a mut Table,
    setting: &Setting,
) -> impl Iterator<Item = (&'a String, &'a mut Table)> {
    let named = match policy.entries.get_mut(setting.key) {
        Some(Node::Table(named)) => Some(named),
        _ => None,
    };
    named.into_iter().flat_map(|named| &mut named.entries).filter_map(|(name, node)| match node {
        Node::Table(table) => Some((name, table)),
        Node::Leaf(_) | Node::List(_) => None,
    })
}

/// What is wrong with a policy that its values do not show one by one.
pub(super) fn check(policy: &Table, problems: &mut Vec<Problem>) {
    if policy.node(&POLICY_NAME).is_none() {
        problems.push(lacking(&POLICY, &POLICY_NAME, &policy.place));
    }
    for (setting, group, example) in [
        (&API_TABLES, &API, "add `[policy.api.orders]` with an `access_token_lifetime`"),
        (&APP_TABLES, &APP, "add `[policy.app.web]`; it may be empty"),
    ] {
        let stands = policy.node(setting).is_some_and(|node| match node {
            Node::Table(table) => !table.entries.is_empty(),
            Node::Leaf(_) | Node::List(_) => true,
        });
        if !stands {
            let title = format!("a policy without {}", group.header);
            problems.push(Problem::new(&policy.place, title).mend(example));
        }
    }
    for (_, api) in policy.named(&API_TABLES) {
        if api.node(&ACCESS_TOKEN_LIFETIME).is_none() {
            problems.push(lacking(&API, &ACCESS_TOKEN_LIFETIME, &api.place));
        }
    }
    for (name, app) in policy.named(&APP_TABLES) {
        check_app(policy, name, app, problems);
    }
}

fn check_app(policy: &Table, name: &str, app: &Table, problems: &mut Vec<Problem>) {
    let apis: BTreeMap<&String, &Table> = policy.named(&API_TABLES).collect();
    let ahead: Option<Span> = app.get(&RENEW_AHEAD);
    let browser = app.get(&FLOW) == Some("browser");
    for api in app.get::<Vec<String>>(&APIS).unwrap_or_default() {
        let Some(table) = apis.get(&api) else {
            let title = format!("app `{name}` uses the unknown API `{api}`");
            let mend = suggest(&api, apis.keys().map(|known| known.as_str()));
            problems.push(Problem::new(app.place_of(&APIS), title).mend(mend));
            continue;
        };
        let setting = if browser { &ACCESS_TOKEN_LIFETIME_BROWSER } else { &ACCESS_TOKEN_LIFETIME };
        let shortest = match table.get(setting) {
            Some(Lifetime::Fixed(limit)) => limit.span(),
            Some(Lifetime::Between { min, .. }) => Some(min),
            None => None,
        };
        if let (Some(ahead), Some(shortest)) = (ahead, shortest)
            && ahead >= shortest
        {
            problems.push(spent_at_birth(name, app, &api, table, ahead, shortest, setting));
        }
    }
}

/// Told where the scenario's author wrote something: the preset's side is only named.
fn spent_at_birth(
    name: &str,
    app: &Table,
    api: &str,
    limits: &Table,
    ahead: Span,
    shortest: Span,
    lifetime: &Setting,
) -> Problem {
    let title = format!(
        "app `{name}` treats tokens for `{api}` as spent {ahead} ahead, but they live only {shortest}"
    );
    let lifetime = limits.place_of(lifetime);
    let problem = match app.written(&RENEW_AHEAD) {
        Some(place) => Problem::new(place, title).also(lifetime, "their lifetime"),
        None if lifetime.is_written() => Problem::new(lifetime, title),
        None => Problem::new(&app.place, title),
    };
    problem.mend(format!("give `renew_ahead` less than the lifetime, here below \"{shortest}\""))
}

/// Two tables of one name cannot be told apart.
pub(super) fn check_names<'a>(
    named: impl Iterator<Item = (String, &'a Place)>,
    group: &Group,
    problems: &mut Vec<Problem>,
) {
    let mut first: BTreeMap<String, &Place> = BTreeMap::new();
    for (name, place) in named {
        if let Some(before) = first.get(&name) {
            let title = format!("two {} are called `{name}`", group.header);
            let problem = Problem::new(place, title)
                .also(before, "the first is here")
                .mend("give each a `name` of its own");
            problems.push(problem);
        } else {
            first.insert(name, place);
        }
    }
}

/// A resolved and checked policy as a spec.
pub(super) fn build(policy: &Table, baseline: bool, source: &SourceText) -> PolicySpec {
    let session = policy.table(&SESSION_TABLE).expect("resolved");
    let clock = policy.table(&CLOCK_TABLE).expect("resolved");
    let slides_on: Vec<&str> = session.sure(&SLIDES_ON);
    let mut settings = Vec::new();
    for setting in &EFFECTIVE {
        if let (Some(Node::Table(table)), Some(group)) =
            (policy.node(setting), setting.kind.group())
        {
            emit(setting, group, table, setting.key, source, &mut settings);
        }
    }
    PolicySpec {
        name: policy.sure(&POLICY_NAME),
        baseline,
        clock: Clock {
            tick: clock.sure(&TICK),
            expires: match clock.sure(&EXPIRES) {
                "after" => Expires::After,
                _ => Expires::At,
            },
        },
        session: SessionPolicy {
            idle_timeout: session.sure(&IDLE_TIMEOUT),
            absolute_timeout: session.sure(&ABSOLUTE_TIMEOUT),
            slides_on: SlidesOn {
                silent: slides_on.contains(&"silent"),
                refresh: slides_on.contains(&"refresh"),
                r#use: slides_on.contains(&"use"),
                failed: slides_on.contains(&"failed"),
            },
            slide_interval: session.sure(&SLIDE_INTERVAL),
            persistent: session.sure(&PERSISTENT),
            caps_tokens: session.sure(&CAPS_TOKENS),
            binds_access_tokens: match session.sure(&BINDS_ACCESS_TOKENS) {
                "session" => BindsAccessTokens::Session,
                "parent" => BindsAccessTokens::Parent,
                _ => BindsAccessTokens::None,
            },
        },
        session_clock_tolerance: session.sure(&SESSION_CLOCK_TOLERANCE),
        apis: policy.named(&API_TABLES).map(|(name, api)| (name.clone(), api_spec(api))).collect(),
        apps: policy.named(&APP_TABLES).map(|(name, app)| (name.clone(), app_spec(app))).collect(),
        settings,
    }
}

fn api_spec(api: &Table) -> ApiSpec {
    ApiSpec {
        access_token_lifetime: api.sure(&ACCESS_TOKEN_LIFETIME),
        access_token_lifetime_browser: api.sure(&ACCESS_TOKEN_LIFETIME_BROWSER),
        clock_tolerance: api.sure(&ACCESS_TOKEN_CLOCK_TOLERANCE),
    }
}

fn app_spec(app: &Table) -> AppSpec {
    let session = match app.table(&APP_SESSION_CHOICE) {
        Some(own) => AppSession::Own {
            idle_timeout: own.sure(&APP_IDLE_TIMEOUT),
            absolute_timeout: own.sure(&APP_ABSOLUTE_TIMEOUT),
        },
        None if app.sure::<&str>(&APP_SESSION_CHOICE) == "id_token" => AppSession::IdToken,
        None => AppSession::None,
    };
    let token = app.table(&REFRESH_TOKEN_CHOICE);
    let refresh_token = token.map(|token| RefreshToken {
        idle_lifetime: token.sure(&IDLE_LIFETIME),
        absolute_lifetime: token.sure(&ABSOLUTE_LIFETIME),
        bound_to_session: token.sure(&BOUND_TO_SESSION),
        renew_after: token.sure(&RENEW_AFTER),
        rotation: token.sure(&ROTATION),
        reuse_leeway: token.sure(&REUSE_LEEWAY),
    });
    AppSpec {
        browser_flow: app.sure::<&str>(&FLOW) == "browser",
        apis: app.sure(&APIS),
        id_token_lifetime: app.sure(&ID_TOKEN_LIFETIME),
        session,
        refresh_token,
        refresh_token_clock_tolerance: token
            .map_or(Span::ZERO, |token| token.sure(&REFRESH_TOKEN_CLOCK_TOLERANCE)),
        renew: match app.sure(&RENEW) {
            "while_open" => Renew::WhileOpen,
            _ => Renew::OnUse,
        },
        renew_ahead: app.sure(&RENEW_AHEAD),
        keep_alive: app.sure::<Limit>(&KEEP_ALIVE).span(),
        token_storage: match app.sure(&TOKEN_STORAGE) {
            "memory" => TokenStorage::Memory,
            _ => TokenStorage::Persistent,
        },
        logout: match app.sure(&LOGOUT) {
            "app" => LogoutScope::App,
            "everywhere" => LogoutScope::Everywhere,
            _ => LogoutScope::Sso,
        },
    }
}

/// The effective values below `path`, in the registry's order, names in byte order.
fn emit(
    setting: &Setting,
    group: &Group,
    table: &Table,
    path: &str,
    source: &SourceText,
    settings: &mut Vec<(String, String, Origin)>,
) {
    if matches!(setting.kind, super::registry::Kind::Each(_)) {
        for (name, node) in &table.entries {
            if let Node::Table(named) = node {
                emit_table(group, named, &format!("{path}.{}", key(name)), source, settings);
            }
        }
    } else {
        emit_table(group, table, path, source, settings);
    }
}

fn emit_table(
    group: &Group,
    table: &Table,
    path: &str,
    source: &SourceText,
    settings: &mut Vec<(String, String, Origin)>,
) {
    for setting in group.settings {
        let path = format!("{path}.{}", setting.key);
        match (table.node(setting), setting.kind.group()) {
            (Some(Node::Leaf(Leaf { place: Place::Default, .. })), _) if setting.seldom => {}
            (Some(Node::Leaf(Leaf { value: Some(value), place })), _) => {
                settings.push((path, value.to_string(), origin(place, source)));
            }
            (Some(Node::Table(inner)), Some(group)) => {
                emit(setting, group, inner, &path, source, settings);
            }
            _ => {}
        }
    }
}

fn origin(place: &Place, source: &SourceText) -> Origin {
    match place {
        Place::Default => Origin::Default,
        Place::Preset { name, source } => Origin::Preset { name, source: source.clone() },
        Place::File(span) => Origin::Line(source.line(span.start)),
        Place::Override { .. } => Origin::CommandLine,
    }
}
