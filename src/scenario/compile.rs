//! Names become ids: from what a scenario says to what the model reads.

use std::collections::BTreeSet;

use super::{PolicySpec, WorkloadSpec};
use crate::model::{ApiId, AppId, AppPolicy, Policy, TokenPolicy};
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
                TokenPolicy { api: api_id(api), lifetime }
            })
            .collect();
        tokens.sort_by_key(|token| token.api);
        AppPolicy {
            tokens,
            default_api: api_id(&app.apis[0]),
            id_token_lifetime: app.id_token_lifetime,
            session: app.session,
            refresh_token: app.refresh_token,
            renew: app.renew,
            renew_ahead: app.renew_ahead,
            keep_alive: app.keep_alive,
            token_storage: app.token_storage,
            logout: app.logout,
        }
    });
    Policy::new(policy.session, workload.stay_open, apps.collect())
}
