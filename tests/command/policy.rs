//! `relogin policy show`, `relogin schema`, `relogin completions`.

use serde_json::Value;

use crate::program::*;

#[test]
fn every_value_is_shown_with_where_it_comes_from() {
    let folder = scratch();
    let scenario = write(
        &folder,
        "p.toml",
        "[[policy]]\nname = \"today\"\npreset = \"auth0\"\n[policy.api.orders]\n\
         access_token_lifetime = \"1h\"\n[policy.app.web]\n",
    );
    let set = "policy.today.session.idle_timeout=30m";
    let shown = relogin(&["policy", "show", &scenario, "--set", set]).expect(0).stdout;
    let line = |key: &str| {
        let lines = shown.lines().filter(|line| line.split_whitespace().next() == Some(key));
        lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).next()
    };
    assert_eq!(line("session.idle_timeout").as_deref(), Some("session.idle_timeout \"30m\" --set"));
    let lifetime = line("api.orders.access_token_lifetime").expect("a lifetime");
    assert_eq!(lifetime, "api.orders.access_token_lifetime \"1h\" scenario line 5");
    let absolute = line("session.absolute_timeout").expect("an absolute timeout");
    assert!(absolute.contains("preset auth0") && absolute.contains("7d"), "{absolute}");
    assert!(line("app.web.keep_alive").expect("keep_alive").ends_with("default"));
}

#[test]
fn an_unknown_policy_is_told_with_those_there_are() {
    let folder = scratch();
    let scenario = small(&folder);
    let show = relogin(&["policy", "show", &scenario, "--policy", "week"]).expect(2);
    show.says(&["week", "day, hour"]);
}

#[test]
fn the_schema_is_json_and_knows_the_five_settings() {
    let schema = relogin(&["schema"]).expect(0).stdout;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let text = schema.to_string();
    for key in [
        "jwt_expiration",
        "token_expiration",
        "token_expiration_for_browser_flows",
        "inactivity_timeout",
        "require_login_after",
    ] {
        assert!(text.contains(&format!("\"{key}\"")), "{key}");
    }
}

#[test]
fn shells_complete() {
    let script = relogin(&["completions", "bash"]).expect(0).stdout;
    assert!(script.contains("replay"));
}

#[test]
fn the_reference_is_the_one_that_the_program_prints() {
    let printed = relogin(&["schema", "--format", "markdown"]).expect(0).stdout;
    let kept = std::fs::read_to_string(root().join("scenarios/REFERENCE.md")).expect("the page");
    assert!(printed == kept, "relogin schema --format markdown > scenarios/REFERENCE.md");
}
