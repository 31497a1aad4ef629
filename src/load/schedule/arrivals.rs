//! Actions in the order in which they are to begin, wherever they come from.

use super::{Action, Held};

/// The actions of one thread.
#[derive(Clone, Debug)]
pub enum Arrivals {
    /// Known one by one.
    Listed(std::vec::IntoIter<Action>),
    /// At a constant rate.
    Held(Box<Held>),
}

impl Arrivals {
    /// What each of `jobs` threads has to do: listed actions by their virtual users, so that each
    /// user is on one thread.
    pub fn listed(actions: Vec<Action>, jobs: usize) -> Vec<Self> {
        if jobs == 1 {
            return vec![Self::Listed(actions.into_iter())];
        }
        let mut parts = vec![Vec::new(); jobs];
        for action in actions {
            parts[action.user() % jobs].push(action);
        }
        parts.into_iter().map(|part| Self::Listed(part.into_iter())).collect()
    }
}

impl Iterator for Arrivals {
    type Item = Action;

    fn next(&mut self) -> Option<Action> {
        match self {
            Self::Listed(actions) => actions.next(),
            Self::Held(held) => held.next(),
        }
    }
}
