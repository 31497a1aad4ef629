//! What virtual users must hold before the test begins: the session and the tokens that they got
//! before its window, or would have in a state that is held.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Mix, Part};
use crate::load::Kind;
use crate::model::{ApiId, AppId};

/// What one virtual user has got within the window so far, and what it lacked.
#[derive(Default)]
struct User {
    has_session: bool,
    /// Apps that got tokens within the window.
    served: BTreeSet<AppId>,
    /// Apps whose tokens come from before, with the API of their first action.
    lacking: BTreeMap<AppId, ApiId>,
    lacks_session: bool,
}

/// The logins and silent authentications that prepare the virtual users of `actions`, user by
/// user: a login for the first app that needs something, then the others through its session.
pub fn of_actions(actions: &[Action]) -> Vec<Action> {
    let mut users: BTreeMap<usize, User> = BTreeMap::new();
    for action in actions {
        let user = users.entry(action.user()).or_default();
        let (app, api) = (action.app(), action.api());
        match action.kind() {
            Kind::Login => {
                user.has_session = true;
                user.served.insert(app);
            }
            Kind::Silent => {
                if !user.has_session {
                    user.lacks_session = true;
                    if user.lacking.is_empty() {
                        user.lacking.insert(app, api);
                    }
                }
                user.served.insert(app);
            }
            Kind::Refresh | Kind::Introspection | Kind::Logout => {
                if !user.served.contains(&app) {
                    user.lacking.entry(app).or_insert(api);
                }
            }
            Kind::Failed => {}
        }
        if action.kind() == Kind::Logout {
            user.has_session = false;
            user.served.remove(&app);
        }
    }
    let prepared = users.into_iter().flat_map(|(number, user)| {
        let kinds = std::iter::once(Kind::Login).chain(std::iter::repeat(Kind::Silent));
        let lacking = user.lacking.into_iter().zip(kinds);
        lacking.map(move |((app, api), kind)| {
            Action::new(0, number, kind, app, api).in_fresh_browser()
        })
    });
    prepared.collect()
}

/// The logins that prepare one thread's virtual users of a mix, but those of apps that only log in.
pub fn of_mix(mix: &Mix, part: Part) -> Vec<Action> {
    let users = mix.apps().filter(|(_, _, needs)| *needs);
    let logins = users.flat_map(|(users, action, _)| {
        users.map(move |user| {
            let user = user * part.of + part.number;
            let login = Action::new(0, user, Kind::Login, action.app(), action.api());
            login.in_fresh_browser()
        })
    });
    logins.collect()
}
