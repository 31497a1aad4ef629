//! Which way a policy's users go: each use through the model, or only those that ask the IdP.
//!
//! Where tokens are renewed by uses alone, whether a use finds a good access token depends on the
//! uses before it and the tokens' lifetimes, and on nothing else of the policy: whatever answers
//! (a login, the session, a refresh token), the token that it brings lives equally long. So the
//! uses that ask are found first, once for all policies with the same lifetimes, and the model
//! decides on these only.

use std::fmt;
use std::hint::select_unpredictable;

use super::Division;
use crate::model::{AppId, AppSession, Lifetime, Limit, LogoutScope, Policy, Span, TokenStorage};
use crate::trace::{Action, Record};

/// The way of one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Uses that find a good access token are passed over, many at a time.
    Asking(AccessTokens),
    /// Each use goes through the model.
    EachUse(Why),
}

/// Why each use has to go through the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Timers renew tokens.
    Timers,
    /// An app has a session of its own, which every use renews or finds over.
    AppSession,
    /// An app keeps its tokens in memory, and finds them lost when it opens.
    Memory,
    /// The IdP session caps the tokens.
    Capped,
    /// Lifetimes are drawn for each token.
    Drawn,
    /// The API asks the IdP at each use.
    Introspection,
    /// A table of apps and APIs would be too large.
    ManyApps,
}

/// Four megabytes.
const LARGEST_TABLE: usize = 1 << 20;

/// What there is to know of a policy's access tokens to find the uses that ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessTokens {
    /// By slot: how long a token serves after its issue, milliseconds.
    reach: Vec<i64>,
    slots: Slots,
    /// By app: the slots that its logout empties.
    emptied: Vec<std::ops::Range<usize>>,
}

/// Where the access token for an app and an API stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slots {
    /// By app and API (after the last API comes "none was named").
    slots: Vec<u32>,
    /// How many entries an app has.
    stride: usize,
}

impl Plan {
    /// The way of `policy`, for records of whole users.
    pub fn of(policy: &Policy) -> Self {
        match (why_each(policy), Slots::of(policy)) {
            (Some(why), _) => Self::EachUse(why),
            (None, None) => Self::EachUse(Why::ManyApps),
            (None, Some(slots)) => Self::Asking(AccessTokens::of(policy, slots)),
        }
    }
}

fn why_each(policy: &Policy) -> Option<Why> {
    let session = &policy.session;
    let some_app = |is: fn(&crate::model::AppPolicy) -> bool| policy.apps().iter().any(is);
    let drawn = |lifetime: Lifetime| matches!(lifetime, Lifetime::Between { .. });
    let mut tokens = policy.apps().iter().flat_map(|app| &app.tokens);
    [
        (policy.has_timers(), Why::Timers),
        (some_app(|app| app.session != AppSession::None), Why::AppSession),
        (some_app(|app| app.token_storage == TokenStorage::Memory), Why::Memory),
        (session.caps_tokens, Why::Capped),
        (tokens.any(|token| drawn(token.lifetime)), Why::Drawn),
        (session.slides_on.r#use, Why::Introspection),
    ]
    .into_iter()
    .find_map(|(is_so, why)| is_so.then_some(why))
}

impl Slots {
    /// Those of a policy, unless there are too many for a table.
    pub(super) fn of(policy: &Policy) -> Option<Self> {
        let tokens = policy.apps().iter().flat_map(|app| &app.tokens);
        let stride = tokens.map(|token| token.api.index() + 2).max().unwrap_or(1);
        if policy.apps().len() * stride > LARGEST_TABLE {
            return None;
        }
        let mut slots = vec![u32::MAX; policy.apps().len() * stride];
        for (index, app) in policy.apps().iter().enumerate() {
            let own = &mut slots[index * stride..][..stride];
            for (token, slot) in app.tokens.iter().zip(policy.layout().slots_of(AppId::new(index)))
            {
                own[token.api.index()] = slot as u32;
                if token.api == app.default_api {
                    own[stride - 1] = slot as u32;
                }
            }
        }
        Some(Self { slots, stride })
    }

    /// The app of a record that has one, and the slot of the token that it needs.
    #[inline(always)]
    pub(super) fn find(&self, record: &Record) -> (usize, usize) {
        let app = record.app().map_or(0, AppId::index);
        let api = record.api().map_or(self.stride - 1, |api| api.index());
        (app, self.slots[app * self.stride + api] as usize)
    }
}

impl AccessTokens {
    fn of(policy: &Policy, slots: Slots) -> Self {
        let (layout, mut reaches, mut emptied) = (policy.layout(), Vec::new(), Vec::new());
        for (index, app) in policy.apps().iter().enumerate() {
            reaches.extend(app.tokens.iter().map(|token| match token.lifetime {
                Lifetime::Fixed(limit) => reach(limit, app.renew_ahead),
                Lifetime::Between { .. } => unreachable!("drawn lifetimes go each use"),
            }));
            emptied.push(match app.logout {
                LogoutScope::Everywhere => 0..layout.slots(),
                LogoutScope::App | LogoutScope::Sso => layout.slots_of(AppId::new(index)),
            });
        }
        Self { reach: reaches, slots, emptied }
    }

    /// Finds what a user did that the model has to decide on: uses without a good access token,
    /// and whatever is no use. `records` are the user's in time order; `asking` becomes their
    /// places. `until` is room for the tokens. Gives how many agents to reckon with.
    pub(super) fn find(
        &self,
        records: &[Record],
        division: &Division,
        until: &mut Vec<i64>,
        asking: &mut Vec<u32>,
    ) -> usize {
        let slots = self.reach.len();
        until.clear();
        asking.clear();
        asking.resize(records.len(), 0);
        let (mut found, mut start) = (0, 0);
        for own in records.chunk_by(|a, b| a.agent() == b.agent()) {
            let first = division.ordinal(own[0].agent()) * slots;
            until.resize(until.len().max(first + slots), i64::MIN);
            let until = &mut until[first..][..slots];
            for (place, record) in (start..).zip(own) {
                // Written in any case and kept if it asks: nobody could foretell a branch here.
                asking[found] = place;
                match record.action() {
                    Action::Use => {
                        let (_, slot) = self.slots.find(record);
                        let (at, end) = (record.at().as_millis(), until[slot]);
                        let asks = at >= end;
                        until[slot] = select_unpredictable(asks, at + self.reach[slot], end);
                        found += usize::from(asks);
                    }
                    Action::Logout => {
                        let app = record.app().map_or(0, AppId::index);
                        until[self.emptied[app].clone()].fill(i64::MIN);
                        found += 1;
                    }
                    Action::Background | Action::Close | Action::Revoke => found += 1,
                }
            }
            start += own.len() as u32;
        }
        asking.truncate(found);
        until.len() / slots
    }
}

/// How long after its issue, in milliseconds, a client uses a token that it renews `ahead` of its
/// end. What never ends is far beyond all instants, and still can be added to one.
fn reach(lifetime: Limit, ahead: Span) -> i64 {
    let reach = lifetime.span().map_or(i64::MAX, |span| span.as_millis() - ahead.as_millis());
    reach.clamp(0, i64::MAX / 4)
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timers => "timers renew tokens",
            Self::AppSession => "an app has a session of its own",
            Self::Memory => "an app keeps its tokens in memory",
            Self::Capped => "the session caps access tokens",
            Self::Drawn => "lifetimes of access tokens are drawn",
            Self::Introspection => "the session slides on every use",
            Self::ManyApps => "there are too many apps and APIs for a table",
        })
    }
}
