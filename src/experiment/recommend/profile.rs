//! Whether a policy keeps within a compliance profile.
//!
//! What counts is how long access goes on in effect. The idle timeout of the session is only a part
//! of it: an API that checks an access token by itself serves whoever holds it until its `exp`, and
//! a refresh token that is not bound to the session outlives it. So a session of 15 minutes beside
//! a token of 24 hours is one of 24 hours.

use super::decide::Check;
use crate::model::{AppSession, BindsAccessTokens, Limit, Renew, Span};
use crate::scenario::{ApiSpec, AppSpec, PolicySpec, Profile, Rule, Severity};

/// How long access goes on under a policy at most, over all apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Without a use, from the last one on, until a login is asked for.
    pub idle: Limit,
    /// From a login on, until one is asked for whatever was used.
    pub absolute: Limit,
    /// The same, with the access token that was fetched last.
    pub absolute_with_token: Limit,
}

/// A rule that a policy breaks, or a word of warning.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How much the profile means it; nothing if the profile leaves it open, and it should be known
    /// all the same.
    pub severity: Option<Severity>,
    /// What is wrong, in a sentence without its full stop.
    pub what: String,
    /// How much longer than the rule allows, as a quotient; infinite where something is missing.
    pub excess: f64,
}

fn longer(one: Limit, other: Limit) -> Limit {
    one.max(other)
}

fn shorter(one: Limit, other: Limit) -> Limit {
    one.min(other)
}

/// One after the other.
fn sum(one: Limit, other: Limit) -> Limit {
    match (one.span(), other.span()) {
        (Some(one), Some(other)) => {
            Limit::of(Span::from_millis(one.as_millis().saturating_add(other.as_millis())))
        }
        _ => Limit::NONE,
    }
}

/// The longest access token of an app.
fn longest_token(policy: &PolicySpec, app: &AppSpec) -> Limit {
    let of = |api: &ApiSpec| {
        let lifetime = match app.browser_flow {
            true => api.access_token_lifetime_browser,
            false => api.access_token_lifetime,
        };
        // The most that can be drawn.
        lifetime.choose(|| u64::MAX)
    };
    app.apis.iter().map(|api| of(&policy.apis[api])).max().unwrap_or(Limit::ZERO)
}

/// How long access goes on under a policy; `stay_open` is how long apps stay open after a use, and
/// renew by themselves if the policy says so.
pub fn reach(policy: &PolicySpec, stay_open: Span) -> Reach {
    let nothing =
        Reach { idle: Limit::ZERO, absolute: Limit::ZERO, absolute_with_token: Limit::ZERO };
    policy.apps.values().fold(nothing, |reach, app| {
        let own = reach_of(policy, app, stay_open);
        Reach {
            idle: longer(reach.idle, own.idle),
            absolute: longer(reach.absolute, own.absolute),
            absolute_with_token: longer(reach.absolute_with_token, own.absolute_with_token),
        }
    })
}

fn reach_of(policy: &PolicySpec, app: &AppSpec, stay_open: Span) -> Reach {
    let session = &policy.session;
    let (own_idle, own_absolute) = match app.session {
        AppSession::None => (Limit::NONE, Limit::NONE),
        // Its end only makes the app renew its tokens, which may work without a login.
        AppSession::IdToken => (Limit::NONE, Limit::NONE),
        AppSession::Own { idle_timeout, absolute_timeout } => (idle_timeout, absolute_timeout),
    };
    // A token that ends with its session, or with what it came from, adds nothing to it.
    let token = match session.binds_access_tokens {
        BindsAccessTokens::None if app.session == AppSession::IdToken => {
            shorter(longest_token(policy, app), app.id_token_lifetime)
        }
        BindsAccessTokens::None => longest_token(policy, app),
        BindsAccessTokens::Session | BindsAccessTokens::Parent => Limit::ZERO,
    };
    // An app that renews while it is open does so as long as nobody closes it.
    let by_itself = app.renew == Renew::WhileOpen || app.keep_alive.is_some();
    let open = if by_itself { Limit::of(stay_open) } else { Limit::ZERO };
    let refresh = app.refresh_token.filter(|token| !token.bound_to_session);
    let refresh_idle = refresh.map_or(Limit::ZERO, |token| token.idle_lifetime);
    let refresh_absolute = refresh.map_or(Limit::ZERO, |token| token.absolute_lifetime);

    // The app asks for its own session before it looks at its tokens (SPEC 4, step 2).
    let tokens = sum(longer(token, refresh_idle), open);
    let idle = longer(sum(session.idle_timeout, open), shorter(own_idle, tokens));

    let by_session = session.absolute_timeout;
    let own_end = sum(by_session, own_absolute);
    let absolute = longer(by_session, shorter(own_end, sum(by_session, refresh_absolute)));
    let caps = session.caps_tokens && refresh.is_none();
    let last = if caps { Limit::ZERO } else { token };
    let absolute_with_token = longer(absolute, shorter(own_end, sum(absolute, last)));
    Reach { idle: shorter(idle, absolute_with_token), absolute, absolute_with_token }
}

/// What of a profile a policy does not keep.
pub fn findings(profile: &Profile, policy: &PolicySpec, stay_open: Span) -> Vec<Finding> {
    let reach = reach(policy, stay_open);
    let mut findings = Vec::new();
    if let Some(rule) = profile.idle {
        let session = policy.session.idle_timeout;
        let why = match reach.idle > session && session != Limit::NONE {
            true => format!(" (the session ends after {session}, its tokens reach further)"),
            false => String::new(),
        };
        findings.extend(broken(rule, reach.idle, "without a use access goes on", &why));
    }
    if let Some(rule) = profile.absolute {
        findings.extend(broken(rule, reach.absolute, "after a login access goes on", ""));
        let over = rule.most.is_some_and(|most| reach.absolute_with_token > Limit::of(most));
        let kept = rule.most.is_some_and(|most| reach.absolute <= Limit::of(most));
        if over && kept {
            let what = format!(
                "an access token fetched just before the end is good until {} after the login; \
                 `caps_tokens = true` would end it in time",
                reach.absolute_with_token
            );
            findings.push(Finding { severity: None, what, excess: 0.0 });
        }
    }
    for (name, app) in &policy.apps {
        let Some(token) = &app.refresh_token else { continue };
        if profile.refresh_token_ends && token.absolute_lifetime == Limit::NONE {
            let what = format!("the refresh token of {name} has no absolute lifetime");
            findings.push(missing(Severity::Error, what));
        }
        if profile.refresh_token_rotates && !token.rotation {
            let what = format!(
                "the refresh token of {name} is not rotated (nor, here, bound to its sender)"
            );
            findings.push(missing(Severity::Error, what));
        }
    }
    findings
}

/// How a policy stands to a profile as a whole: its value is how many rules it breaks, and its excess
/// the greatest.
pub fn check(profile: &Profile, policy: &PolicySpec, stay_open: Span) -> Check {
    let findings = findings(profile, policy, stay_open);
    let broken = findings.iter().filter(|finding| finding.severity.is_some());
    let value = broken.clone().count() as f64;
    let excess = broken.map(|finding| finding.excess).fold(0.0, f64::max);
    Check { held: value == 0.0, value, excess }
}

fn missing(severity: Severity, what: String) -> Finding {
    Finding { severity: Some(severity), what, excess: f64::INFINITY }
}

fn broken(rule: Rule, reached: Limit, what: &str, why: &str) -> Option<Finding> {
    let Some(span) = reached.span() else {
        return Some(missing(rule.missing, format!("{what} for good")));
    };
    let most = rule.most.filter(|most| span > *most)?;
    let what = format!("{what} for {span}, {most} is the most{why}");
    let excess = span.as_millis() as f64 / most.as_millis() as f64 - 1.0;
    Some(Finding { severity: Some(rule.severity), what, excess })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{PROFILES, parse};

    fn policy(settings: &str) -> PolicySpec {
        let text = format!("[[policy]]\nname = \"p\"\n{settings}");
        parse("p.toml", &text, &[]).unwrap_or_else(|error| panic!("{error}")).policies.remove(0)
    }

    fn check(settings: &str, idle: &str, absolute: &str, with_token: &str) {
        let reach = reach(&policy(settings), Span::from_mins(30));
        let told = [reach.idle, reach.absolute, reach.absolute_with_token].map(|l| l.to_string());
        assert_eq!(told, [idle, absolute, with_token], "{settings}");
    }

    const WEB: &str = "api.a.access_token_lifetime = \"1h\"\napp.web = {}\n";

    #[test]
    fn access_goes_on_for_as_long_as_its_longest_part() {
        let session = "session = { idle_timeout = \"15m\", absolute_timeout = \"8h\" }\n";
        check(&format!("{session}{WEB}"), "1h", "8h", "9h");
        let short = "api.a.access_token_lifetime = \"5m\"\napp.web = {}\n";
        check(&format!("{session}{short}"), "15m", "8h", "8h5m");
        // The app's own session ends access before the token does, and bounds what follows.
        let own = "api.a.access_token_lifetime = \"1h\"\n\
                   app.web.session = { idle_timeout = \"20m\", absolute_timeout = \"30m\" }\n";
        check(&format!("{session}{own}"), "20m", "8h", "8h30m");
        let refresh = "api.a.access_token_lifetime = \"5m\"\n\
             app.web.refresh_token = { idle_lifetime = \"2d\", absolute_lifetime = \"30d\" }\n";
        check(&format!("{session}{refresh}"), "2d", "30d8h", "30d8h5m");
        let bound = "api.a.access_token_lifetime = \"5m\"\n\
             app.web.refresh_token = { idle_lifetime = \"2d\", bound_to_session = true }\n";
        check(&format!("{session}{bound}"), "15m", "8h", "8h5m");
        let open = "api.a.access_token_lifetime = \"5m\"\napp.web.renew = \"while_open\"\n";
        check(&format!("{session}{open}"), "45m", "8h", "8h5m");
        let capped = "session = { absolute_timeout = \"8h\", caps_tokens = true }\n";
        check(&format!("{capped}{WEB}"), "8h", "8h", "8h");
        check(WEB, "none", "none", "none");
    }

    fn found(profile: &str, settings: &str) -> Vec<(Option<Severity>, String)> {
        let profile = PROFILES.iter().find(|known| known.name == profile).expect("a profile");
        let findings = findings(profile, &policy(settings), Span::ZERO);
        findings.into_iter().map(|finding| (finding.severity, finding.what)).collect()
    }

    #[test]
    fn a_short_session_beside_a_long_token_is_not_short() {
        let settings = "session.idle_timeout = \"15m\"\napi.a.access_token_lifetime = \"24h\"\n\
                        app.web = {}\n";
        let told = found("pci-dss-4", settings);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, Some(Severity::Error));
        assert_eq!(
            told[0].1,
            "without a use access goes on for 1d, 15m is the most (the session ends after 15m, its \
             tokens reach further)"
        );
        assert_eq!(found("pci-dss-4", &settings.replace("24h", "15m")), []);
    }

    #[test]
    fn what_must_exist_and_what_should_not_be_longer() {
        let told = found("nist-63b-4-aal2", WEB);
        let severities: Vec<_> = told.iter().map(|(severity, _)| severity.unwrap()).collect();
        assert_eq!(severities, [Severity::Warn, Severity::Error]);
        let day = "session = { idle_timeout = \"1h\", absolute_timeout = \"24h\" }\n";
        let told = found("nist-63b-4-aal2", &format!("{day}{WEB}"));
        assert_eq!(told.iter().map(|(severity, _)| *severity).collect::<Vec<_>>(), [None]);
        let two = "session = { idle_timeout = \"1h\", absolute_timeout = \"2d\" }\n";
        let told = found("nist-63b-4-aal2", &format!("{two}{WEB}"));
        assert_eq!(told[0].0, Some(Severity::Warn));
        assert!(told[0].1.contains("for 2d, 1d is the most"), "{told:?}");
    }

    #[test]
    fn refresh_tokens_must_end_and_rotate() {
        let settings = "session = { idle_timeout = \"1h\", absolute_timeout = \"24h\" }\n\
             api.a.access_token_lifetime = \"5m\"\n\
             app.web.refresh_token = { idle_lifetime = \"2d\" }\n";
        let told = found("asvs-5-l2", settings);
        assert_eq!(told.len(), 3, "{told:?}");
        let good =
            settings.replace("\"2d\"", "\"2d\", absolute_lifetime = \"30d\", rotation = true");
        assert_eq!(found("asvs-5-l2", &good), []);
    }
}
