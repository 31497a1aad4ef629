//! Names become ids: from what a scenario says to what the model reads.

use std::collections::BTreeSet;

use super::{PolicySpec, WorkloadSpec};
use crate::model::{
    ApiId, AppId, AppPolicy, Clock, Lifetime, Limit, Policy, RefreshToken, SessionPolicy, Span,
    TokenPolicy,
};
use crate::trace::Vocabulary;

/// The names that every policy of a run knows, with the ids that [`compile`] gives them: records
/// may name an app that no policy lacks, and of its APIs those that it uses under every policy
/// (SPEC 6).
pub fn vocabulary(policies: &[PolicySpec], workload: &WorkloadSpec) -> Vocabulary {
    let known = |name: &&String| policies.iter().all(|policy| policy.apps.contains_key(*name));
    let apps: BTreeSet<&String> =
        policies.iter().flat_map(|policy| policy.apps.keys()).filter(known).collect();
    let apis: BTreeSet<&String> = policies.iter().flat_map(|policy| policy.apis.keys()).collect();
    let apps: Vec<String> = apps.into_iter().cloned().collect();
    let apis: Vec<String> = apis.into_iter().cloned().collect();
    let everywhere = |app: &String, api: &String| {
        policies.iter().all(|policy| policy.apps[app].apis.contains(api))
    };
    let uses = apps
        .iter()
        .map(|app| {
            let ids = apis.iter().enumerate().filter(|(_, api)| everywhere(app, api));
            ids.map(|(id, _)| ApiId::new(id)).collect()
        })
        .collect();
    let default_app = match &workload.default_app {
        Some(name) => apps.iter().position(|app| app == name),
        None => {
            (apps.len() == 1 && policies.iter().all(|policy| policy.apps.len() == 1)).then_some(0)
        }
    };
    Vocabulary { apps, apis, uses, default_app: default_app.map(AppId::new), open: false }
}

/// A policy by id, for records that `vocabulary` let in. Apps that no record can name are left
/// out: nothing of theirs could ever happen.
pub fn compile(policy: &PolicySpec, vocabulary: &Vocabulary, workload: &WorkloadSpec) -> Policy {
    let clock = policy.clock;
    let api_id = |name: &String| vocabulary.api(name).expect("a vocabulary has every API");
    let apps = vocabulary.apps.iter().map(|name| {
        let app = &policy.apps[name];
        let mut tokens: Vec<TokenPolicy> = app
            .apis
            .iter()
            .map(|api| {
                let limits = &policy.apis[api];
                let lifetime = if app.browser_flow {
                    limits.access_token_lifetime_browser
                } else {
                    limits.access_token_lifetime
                };
                let lifetime = works_out(clock, lifetime, limits.clock_tolerance);
                TokenPolicy { api: api_id(api), lifetime }
            })
            .collect();
        tokens.sort_by_key(|token| token.api);
        AppPolicy {
            tokens,
            default_api: api_id(&app.apis[0]),
            id_token_lifetime: app.id_token_lifetime,
            session: app.session,
            refresh_token: app.refresh_token.map(|token| RefreshToken {
                idle_lifetime: clock.limit(token.idle_lifetime, app.refresh_token_clock_tolerance),
                absolute_lifetime: clock
                    .limit(token.absolute_lifetime, app.refresh_token_clock_tolerance),
                renew_after: clock.interval(token.renew_after),
                ..token
            }),
            renew: app.renew,
            renew_ahead: app.renew_ahead,
            keep_alive: app.keep_alive,
            token_storage: app.token_storage,
            logout: app.logout,
        }
    });
    let tolerance = policy.session_clock_tolerance;
    let session = SessionPolicy {
        idle_timeout: clock.limit(policy.session.idle_timeout, tolerance),
        absolute_timeout: clock.limit(policy.session.absolute_timeout, tolerance),
        slide_interval: clock.interval(policy.session.slide_interval),
        ..policy.session
    };
    Policy::new(session, workload.stay_open, apps.collect()).with_tick(clock.tick)
}

/// A lifetime as it works out at a provider with such a clock.
fn works_out(clock: Clock, lifetime: Lifetime, tolerance: Span) -> Lifetime {
    let span = |span| clock.limit(Limit::of(span), tolerance).span().unwrap_or(span);
    match lifetime {
        Lifetime::Fixed(limit) => Lifetime::Fixed(clock.limit(limit, tolerance)),
        Lifetime::Between { min, max } => Lifetime::Between { min: span(min), max: span(max) },
    }
}
