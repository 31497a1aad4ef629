//! A policy as a scenario would write it.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::value::{key, string};
use super::{Origin, PolicySpec};

/// A `[[policy]]` of that name with every effective value that no default gives, so that it says the
/// same alone, at the end of a scenario, and without the preset that it once started from. `about`
/// are lines of comment above it, `beside` the comment beside a key, if there is any.
pub fn policy_toml(
    policy: &PolicySpec,
    name: &str,
    about: &[String],
    beside: impl Fn(&str) -> Option<String>,
) -> String {
    let mut text = String::new();
    for line in about {
        let _ = writeln!(text, "# {}", line.replace(['\n', '\r'], " "));
    }
    let _ = writeln!(text, "[[policy]]\nname = {}", string(name));
    let mut told = BTreeSet::new();
    for (path, value, origin) in &policy.settings {
        // That there is a refresh token, or a session of the app's own, is said by its values.
        let inner = path.contains(".refresh_token.") || path.contains(".session.");
        if *origin == Origin::Default && !inner {
            continue;
        }
        let comment = beside(path).map_or_else(String::new, |comment| format!(" # {comment}"));
        let _ = writeln!(text, "{path} = {value}{comment}");
        told.extend(
            policy.apps.keys().filter(|app| path.starts_with(&format!("app.{}.", key(app)))),
        );
    }
    for app in policy.apps.keys().filter(|app| !told.contains(app)) {
        let _ = writeln!(text, "app.{} = {{}}", key(app));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    #[test]
    fn what_is_written_is_read_back_the_same() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenario");
        let mut policies = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            if path.extension().is_none_or(|ending| ending != "toml") {
                continue;
            }
            for policy in parse("x.toml", &text, &[]).map(|s| s.policies).unwrap_or_default() {
                let written = policy_toml(&policy, "again", &["why".to_owned()], |_| None);
                let again = parse("x.toml", &written, &[]).unwrap_or_else(|e| panic!("{e}"));
                let again = &again.policies[0];
                assert_eq!((&again.name[..], &again.apis), ("again", &policy.apis), "{written}");
                assert_eq!((again.session, &again.apps), (policy.session, &policy.apps));
                assert_eq!(again.clock, policy.clock, "{written}");
                let tolerance = policy.session_clock_tolerance;
                assert_eq!(again.session_clock_tolerance, tolerance, "{written}");
                policies += 1;
            }
        }
        assert!(policies > 10, "{policies}");
    }
}
