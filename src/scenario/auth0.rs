//! `[policy.auth0]`: the five settings in Auth0's own words (SPEC 2), as a layer below the file.

use super::problem::Problem;
use super::registry::{
    ABSOLUTE_TIMEOUT, ACCESS_TOKEN_LIFETIME, ACCESS_TOKEN_LIFETIME_BROWSER, AUTH0_TABLE,
    ID_TOKEN_LIFETIME, IDLE_TIMEOUT, INACTIVITY_TIMEOUT, JWT_EXPIRATION, Kind, REQUIRE_LOGIN_AFTER,
    SESSION_TABLE, Setting, TOKEN_EXPIRATION, TOKEN_EXPIRATION_FOR_BROWSER_FLOWS,
};
use super::tree::{Leaf, Node, Place, Table};
use super::value::Value;
use crate::model::Lifetime;

/// Whose setting a word of Auth0's sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The IdP session's.
    Session,
    /// Every API's that gives none of its own.
    Api,
    /// Every app's that gives none of its own.
    App,
}

/// Auth0's word, whose setting it sets, and which.
pub(super) const WORDS: [(Setting, Whose, Setting); 5] = [
    (JWT_EXPIRATION, Whose::App, ID_TOKEN_LIFETIME),
    (TOKEN_EXPIRATION, Whose::Api, ACCESS_TOKEN_LIFETIME),
    (TOKEN_EXPIRATION_FOR_BROWSER_FLOWS, Whose::Api, ACCESS_TOKEN_LIFETIME_BROWSER),
    (INACTIVITY_TIMEOUT, Whose::Session, IDLE_TIMEOUT),
    (REQUIRE_LOGIN_AFTER, Whose::Session, ABSOLUTE_TIMEOUT),
];

/// Puts what a policy's `[policy.auth0]` says below what `table`, one of `whose`, says itself.
pub(super) fn lay_below(policy: &Table, whose: Whose, table: &mut Table) {
    let Some(auth0) = policy.table(&AUTH0_TABLE) else { return };
    for (word, _, meant) in WORDS.iter().filter(|(_, of, _)| *of == whose) {
        let Some(Node::Leaf(Leaf { value, place })) = auth0.node(word) else { continue };
        if table.node(meant).is_some() {
            continue;
        }
        let value = match (value, meant.kind) {
            (Some(Value::Limit(limit)), Kind::Lifetime(_)) => {
                Some(Value::Lifetime(Lifetime::Fixed(*limit)))
            }
            (value, _) => value.clone(),
        };
        let leaf = Leaf { value, place: place.clone() };
        table.entries.insert(meant.key.to_owned(), Node::Leaf(leaf));
    }
}

/// Where both of Auth0's words and ours say the same thing: what stands on the command line
/// replaces what the file says in other words; twice in one of them is a problem.
pub(super) fn settle(policy: &mut Table, problems: &mut Vec<Problem>) {
    for (word, whose, meant) in &WORDS {
        if *whose != Whose::Session {
            continue;
        }
        let theirs = policy.table(&AUTH0_TABLE).and_then(|table| table.node(word));
        let ours = policy.table(&SESSION_TABLE).and_then(|table| table.node(meant));
        let (Some(theirs), Some(ours)) = (theirs, ours) else { continue };
        let on_command_line = |node: &Node| matches!(node.place(), Place::Override { .. });
        let (table, key) = match (on_command_line(theirs), on_command_line(ours)) {
            (true, false) => (SESSION_TABLE.key, meant.key),
            (false, true) => (AUTH0_TABLE.key, word.key),
            _ => {
                let title = format!(
                    "`auth0.{}` and `session.{}` say the same thing twice",
                    word.key, meant.key
                );
                let problem = Problem::new(theirs.place(), title)
                    .also(ours.place(), "and here")
                    .mend("leave one of them out");
                problems.push(problem);
                continue;
            }
        };
        if let Some(Node::Table(table)) = policy.entries.get_mut(table) {
            table.entries.remove(key);
        }
    }
}

/// A setting of `[policy.auth0]` whose value every API, or every app, replaces by its own.
pub(super) fn overshadowed(
    policy: &Table,
    whose: Whose,
    tables: &[&Table],
) -> Vec<(Place, &'static str, &'static str)> {
    let Some(auth0) = policy.table(&AUTH0_TABLE) else { return Vec::new() };
    let words = WORDS.iter().filter(|(_, of, _)| *of == whose);
    let idle = words.filter_map(|(word, _, meant)| {
        let place = auth0.written(word)?;
        let used = tables.iter().any(|table| table.place_of(meant) == place);
        (!used).then(|| (place.clone(), word.key, meant.key))
    });
    idle.collect()
}
