//! What a parsed scenario holds, value by value.

use super::super::registry::{Fallback, Group, ROOT};
use super::super::tree::{Place, Table};
use super::super::*;
use crate::model::{
    AppSession, Lifetime, Limit, LogoutScope, RefreshToken, Renew, SlidesOn, Span, TokenStorage,
};

/// SPEC 3's own example.
const STRICT: &str = r#"
[[policy]]
name = "strict"

[policy.session]
idle_timeout = "3d"
absolute_timeout = "7d"
slides_on = ["login", "silent"]
persistent = true
caps_tokens = false

[policy.api.orders]
access_token_lifetime = "24h"
access_token_lifetime_browser = "2h"

[policy.app.web]
flow = "code"
apis = ["orders"]
id_token_lifetime = "10h"
session = { idle_timeout = "30m", absolute_timeout = "12h" }
refresh_token = { idle_lifetime = "15d", absolute_lifetime = "30d", bound_to_session = false }
renew = "on_use"
renew_ahead = "0s"
keep_alive = "none"
token_storage = "persistent"
logout = "sso"
"#;

/// A policy that says as little as it may.
pub(super) const LEAST: &str = r#"
[[policy]]
name = "least"
[policy.api.b]
access_token_lifetime = "1h"
[policy.api.a]
access_token_lifetime = { min = "60m", max = "90m" }
[policy.app.web]
"#;

pub(super) fn parsed(text: &str, overrides: &[&str]) -> Scenario {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    parse("dir/case.toml", text, &overrides).unwrap_or_else(|errors| panic!("{errors}"))
}

/// An effective value and where it comes from.
fn check(policy: &PolicySpec, key: &str, value: &str, origin: &str) {
    let found = policy.settings.iter().find(|(known, ..)| known == key);
    let (_, found, from) = found.unwrap_or_else(|| panic!("{key} is not in {:?}", policy.settings));
    assert_eq!((found.as_str(), from.to_string().as_str()), (value, origin), "{key}");
}

#[test]
fn the_example_of_spec_3() {
    let scenario = parsed(STRICT, &[]);
    let policy = &scenario.policies[0];
    let app = &policy.apps["web"];
    assert_eq!(policy.session.idle_timeout, Limit::of(Span::from_days(3)));
    assert_eq!(policy.session.slides_on, SlidesOn { silent: true, ..SlidesOn::default() });
    assert_eq!(app.renew, Renew::OnUse);
    assert_eq!(
        app.session,
        AppSession::Own {
            idle_timeout: Limit::of(Span::from_mins(30)),
            absolute_timeout: Limit::of(Span::from_hours(12)),
        }
    );
    assert_eq!(
        app.refresh_token,
        Some(RefreshToken::new(Limit::of(Span::from_days(15)), Limit::of(Span::from_days(30))))
    );
    // In SPEC's order, each value as the example writes it.
    let shown: Vec<String> =
        policy.settings.iter().map(|(key, value, _)| format!("{key} = {value}")).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    session.idle_timeout = "3d"
    session.absolute_timeout = "7d"
    session.slides_on = ["login", "silent"]
    session.persistent = true
    session.caps_tokens = false
    api.orders.access_token_lifetime = "1d"
    api.orders.access_token_lifetime_browser = "2h"
    app.web.flow = "code"
    app.web.apis = ["orders"]
    app.web.id_token_lifetime = "10h"
    app.web.session.idle_timeout = "30m"
    app.web.session.absolute_timeout = "12h"
    app.web.refresh_token.idle_lifetime = "15d"
    app.web.refresh_token.absolute_lifetime = "30d"
    app.web.refresh_token.bound_to_session = false
    app.web.renew = "on_use"
    app.web.renew_ahead = "0s"
    app.web.keep_alive = "none"
    app.web.token_storage = "persistent"
    app.web.logout = "sso"
    "#);
}

#[test]
fn what_is_left_out_is_none_or_as_the_example() {
    let scenario = parsed(LEAST, &[]);
    assert_eq!((scenario.name.as_str(), scenario.question.as_str()), ("case", ""));
    assert_eq!((scenario.seed, scenario.baselines), (1, true));
    let workload = &scenario.workload;
    assert_eq!(workload.source, Source::None);
    assert_eq!((workload.stay_open, workload.warmup), (Span::ZERO, Span::ZERO));
    assert_eq!((workload.task_gap, workload.timezone.as_str()), (Span::from_mins(30), "UTC"));
    let policy = &scenario.policies[0];
    assert_eq!(policy.session.idle_timeout, Limit::NONE);
    assert_eq!(policy.session.absolute_timeout, Limit::NONE);
    assert!(policy.session.persistent && !policy.session.caps_tokens);
    let app = &policy.apps["web"];
    assert_eq!(app.apis, ["a", "b"]);
    assert_eq!(app.id_token_lifetime, Limit::NONE);
    assert_eq!((app.session, app.refresh_token), (AppSession::None, None));
    assert_eq!((app.renew_ahead, app.keep_alive), (Span::ZERO, None));
    assert_eq!((app.token_storage, app.logout), (TokenStorage::Persistent, LogoutScope::Sso));
    let range = Lifetime::Between { min: Span::from_mins(60), max: Span::from_mins(90) };
    assert_eq!(policy.apis["a"].access_token_lifetime_browser, range);
}

#[test]
fn each_layer_wins_over_the_one_below() {
    let text = r#"
[[policy]]
name = "tenant"
preset = "auth0"
[policy.auth0]
jwt_expiration = 7200
inactivity_timeout = 90
[policy.api.orders]
[policy.api.stock]
access_token_lifetime = "10m"
[policy.app.web]
refresh_token = {}
[policy.app.shop]
id_token_lifetime = "1h"
"#;
    let overrides =
        ["policy.tenant.app.web.renew_ahead=30s", "policy.tenant.auth0.token_expiration=600"];
    let scenario = parsed(text, &overrides);
    let policy = &scenario.policies[0];
    check(policy, "session.idle_timeout", "\"1h30m\"", "scenario line 7");
    let source = "auth0/docs-v2 main/docs/get-started/tenant-settings/enable-sso-for-legacy-tenants.mdx (10,080 minutes)";
    check(policy, "session.absolute_timeout", "\"7d\"", &format!("preset auth0 ({source})"));
    check(policy, "api.orders.access_token_lifetime", "\"10m\"", "--set");
    check(policy, "api.stock.access_token_lifetime", "\"10m\"", "scenario line 10");
    check(policy, "app.web.id_token_lifetime", "\"2h\"", "scenario line 6");
    check(policy, "app.shop.id_token_lifetime", "\"1h\"", "scenario line 14");
    check(policy, "app.web.renew_ahead", "\"30s\"", "--set");
    check(policy, "app.web.token_storage", "\"persistent\"", "default");
    assert!(policy.apps["shop"].refresh_token.is_none());
    assert!(policy.apps["web"].refresh_token.is_some());
}

#[test]
fn keycloaks_refresh_tokens_follow_the_session() {
    let text = "[[policy]]\nname = \"realm\"\npreset = \"keycloak\"\n[policy.session]\n\
                idle_timeout = \"8h\"\n[policy.api.a]\n[policy.app.web]\n";
    let scenario = parsed(text, &[]);
    let token = scenario.policies[0].apps["web"].refresh_token.unwrap();
    assert_eq!(token.idle_lifetime, Limit::of(Span::from_hours(8)));
    assert_eq!(token.absolute_lifetime, Limit::of(Span::from_hours(10)));
    assert!(token.bound_to_session);
}

#[test]
fn the_command_line_replaces_auth0s_words() {
    let text = "[[policy]]\nname = \"p\"\n[policy.auth0]\ninactivity_timeout = 60\n\
                [policy.api.a]\naccess_token_lifetime = \"1h\"\n[policy.app.web]\n";
    let scenario = parsed(text, &["policy.p.session.idle_timeout=5m"]);
    check(&scenario.policies[0], "session.idle_timeout", "\"5m\"", "--set");
    let scenario = parsed(LEAST, &["policy.least.auth0.inactivity_timeout=60"]);
    check(&scenario.policies[0], "session.idle_timeout", "\"1h\"", "--set");
}

#[test]
fn overrides_are_toml_or_else_strings() {
    let check = |text: &str, look: fn(&Scenario) -> bool| {
        let scenario = parsed(LEAST, &[text]);
        assert!(look(&scenario), "{text}: {scenario:?}");
    };
    check("scenario.seed=7", |s| s.seed == 7);
    check("scenario.name=7", |s| s.name == "7");
    check("scenario.name = \"a=b\"", |s| s.name == "a=b");
    check("scenario.baselines=false", |s| !s.baselines);
    check("workload.stay_open=1h", |s| s.workload.stay_open == Span::from_hours(1));
    check("workload.trace=[\"a.csv\", \"b.csv\"]", |s| {
        s.workload.source == Source::Trace(vec!["a.csv".to_owned(), "b.csv".to_owned()])
    });
    check("policy.least.session={ idle_timeout = \"1h\" }", |s| {
        s.policies[0].session.idle_timeout == Limit::of(Span::from_hours(1))
    });
    check("policy.least.session.slides_on=[\"refresh\"]", |s| {
        s.policies[0].session.slides_on == SlidesOn { refresh: true, ..SlidesOn::default() }
    });
    check("policy.least.app.web.refresh_token.idle_lifetime=1d", |s| {
        s.policies[0].apps["web"].refresh_token.is_some()
    });
    check("policy.\"least\".app.'web'.session=id_token", |s| {
        s.policies[0].apps["web"].session == AppSession::IdToken
    });
}

#[test]
fn baselines_stand_for_the_union_of_the_policies() {
    let text = format!("{STRICT}{LEAST}");
    let scenario = parsed(&text, &[]);
    let [never, always] = &baselines(&scenario.policies)[..] else { panic!("two") };
    assert_eq!((never.name.as_str(), always.name.as_str()), ("never", "always"));
    for policy in [never, always] {
        assert!(policy.baseline && policy.session.persistent);
        assert_eq!(policy.apis.keys().collect::<Vec<_>>(), ["a", "b", "orders"]);
        assert_eq!(policy.apps["web"].apis, ["orders"]);
        assert_eq!(policy.apps["web"].session, AppSession::None);
        assert_eq!(policy.session.absolute_timeout, Limit::NONE);
    }
    assert_eq!(never.session.idle_timeout, Limit::NONE);
    assert_eq!(never.apis["a"].access_token_lifetime, Lifetime::Fixed(Limit::NONE));
    assert_eq!(always.session.idle_timeout, Limit::ZERO);
    assert_eq!(always.apis["a"].access_token_lifetime_browser, Lifetime::Fixed(Limit::ZERO));

    let named = parsed(&LEAST.replace("least", "never"), &[]);
    let left: Vec<String> = baselines(&named.policies).into_iter().map(|p| p.name).collect();
    assert_eq!(left, ["always"]);
    assert_eq!(
        named.warnings,
        ["dir/case.toml:3: policy `never` takes the place of the baseline of that name"]
    );
}

#[test]
fn every_default_is_of_its_kind() {
    fn complete(group: &'static Group) {
        let mut table = Table::new(Place::Default);
        table.complete(group);
        for setting in group.settings {
            let has_default = matches!(setting.fallback, Fallback::Value(_));
            let wants = has_default || matches!(setting.kind, registry::Kind::Table(_));
            assert_eq!(table.node(setting).is_some(), wants, "{}", setting.key);
            if let Some(inner) = setting.kind.group() {
                complete(inner);
            }
        }
    }
    complete(&ROOT);
}

#[test]
fn no_group_has_a_key_twice() {
    fn check_keys(group: &'static Group) {
        let mut keys: Vec<&str> = group.keys().collect();
        keys.sort_unstable();
        let count = keys.len();
        keys.dedup();
        assert_eq!(keys.len(), count, "{}", group.header);
        group.settings.iter().filter_map(|setting| setting.kind.group()).for_each(check_keys);
    }
    check_keys(&ROOT);
}

#[test]
fn the_reference_has_a_row_for_every_key() {
    let page = reference();
    fn check_rows(group: &Group, page: &str) {
        for setting in group.settings {
            assert!(page.contains(&format!("| `{}` |", setting.key)), "{}", setting.key);
            if let Some(inner) = setting.kind.group() {
                assert!(page.contains(inner.header), "{}", inner.header);
                check_rows(inner, page);
            }
        }
    }
    for setting in ROOT.settings {
        match setting.kind.group() {
            Some(group) => check_rows(group, &page),
            None => assert!(page.contains(&format!("## `[{}]`", setting.key)), "{}", setting.key),
        }
    }
}

/// Bad text is told, never a panic: every prefix of a scenario, and every byte of it replaced.
#[test]
fn no_text_makes_it_panic() {
    let text =
        format!("{STRICT}[workload]\nstart = 2026-01-05\n[[workload.class]]\nname = \"x\"\n");
    for end in 0..text.len() {
        let _ = parse("x.toml", &text[..end], &[]);
        for byte in ["\"", "[", "-", "=", "\u{e9}", "0"] {
            let broken = format!("{}{byte}{}", &text[..end], &text[end + 1..]);
            if let Err(errors) = parse("x.toml", &broken, &[]) {
                assert!(!errors.render(true).is_empty());
            }
        }
    }
    for deep in ["[", "{a=", "a."] {
        assert!(parse("x.toml", &format!("x = {}", deep.repeat(100_000)), &[]).is_err());
        assert!(
            parse("x.toml", LEAST, &[format!("scenario.seed={}", deep.repeat(9_999))]).is_err()
        );
    }
    let bom = parsed(&format!("\u{feff}# Is it seen?\n{LEAST}"), &[]);
    assert_eq!(bom.question, "Is it seen?");
}
