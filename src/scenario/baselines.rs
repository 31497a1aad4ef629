//! The policies that stand beside every other one: nothing expires, and every use is a login.

use std::collections::{BTreeMap, BTreeSet};

use super::policy;
use super::problem::SourceText;
use super::registry::{
    ACCESS_TOKEN_LIFETIME, API_TABLES, APIS, APP_TABLES, IDLE_TIMEOUT, POLICY_NAME, SESSION_TABLE,
};
use super::spec::PolicySpec;
use super::tree::{Node, Place, Table};
use super::value::Value;
use crate::model::{Lifetime, Limit};

/// The names of the baselines, and what their session and their tokens are limited to.
const BASELINES: [(&str, Limit); 2] = [("never", Limit::NONE), ("always", Limit::ZERO)];

/// The baselines' names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BASELINES.iter().map(|(name, _)| *name)
}

/// Whether a policy of that name takes the place of a baseline.
pub(super) fn is_one(name: &str) -> bool {
    BASELINES.iter().any(|(baseline, _)| *baseline == name)
}

/// relogin's own policies for the apps and APIs of `policies`: `never` (nothing expires) and
/// `always` (every use is a login, by limits of zero, which no scenario may say).
///
/// Each app calls the APIs of the first policy that has it, in that order. A baseline whose name
/// one of `policies` has is left out.
pub fn baselines(policies: &[PolicySpec]) -> Vec<PolicySpec> {
    let apis: BTreeSet<&String> = policies.iter().flat_map(|policy| policy.apis.keys()).collect();
    let mut apps: BTreeMap<&String, &Vec<String>> = BTreeMap::new();
    for (name, app) in policies.iter().flat_map(|policy| &policy.apps) {
        apps.entry(name).or_insert(&app.apis);
    }
    let taken = |name: &str| policies.iter().any(|policy| policy.name == name);
    let wanted = BASELINES.iter().filter(|(name, _)| !taken(name));
    wanted.map(|(name, limit)| baseline(name, *limit, &apis, &apps)).collect()
}

fn baseline(
    name: &str,
    limit: Limit,
    apis: &BTreeSet<&String>,
    apps: &BTreeMap<&String, &Vec<String>>,
) -> PolicySpec {
    let mut written = Table::new(Place::Default);
    written.put(&POLICY_NAME, Value::Text(name.to_owned()), Place::Default);
    let session = written.open(SESSION_TABLE.key, &Place::Default);
    session.put(&IDLE_TIMEOUT, Value::Limit(limit), Place::Default);
    let tables = written.open(API_TABLES.key, &Place::Default);
    for name in apis {
        let api = tables.open(name, &Place::Default);
        let lifetime = Value::Lifetime(Lifetime::Fixed(limit));
        api.put(&ACCESS_TOKEN_LIFETIME, lifetime, Place::Default);
    }
    let tables = written.open(APP_TABLES.key, &Place::Default);
    for (name, apis) in apps {
        let mut app = Table::new(Place::Default);
        app.put(&APIS, Value::Texts((*apis).clone()), Place::Default);
        tables.entries.insert((*name).clone(), Node::Table(app));
    }
    let resolved = policy::resolve(&written, &mut Vec::new());
    let source = SourceText { file: String::new(), text: String::new(), overrides: Vec::new() };
    policy::build(&resolved, true, &source)
}
