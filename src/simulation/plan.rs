//! Which way a policy's users go: each use through the model, or only those that ask the IdP.
//!
//! Where tokens are renewed by uses alone, whether a use finds a good access token depends on the
//! uses before it and the tokens' lifetimes, and on nothing else of the policy: whatever answers
//! (a login, the session, a refresh token), the token that it brings lives equally long. So the
//! uses that ask are found first, once for all policies with the same lifetimes, and only these are
//! answered ([`answers`](super::answers)).

use std::fmt;
use std::hint::select_unpredictable;
use std::ops::Range;

use crate::model::{
    AppId, AppPolicy, AppSession, BindsAccessTokens, Lifetime, Limit, LogoutScope, Policy, Span,
    TokenStorage,
};
use crate::trace::{Action, Record};

/// The ways of all policies of a run.
#[derive(Clone, Debug)]
pub struct Plans {
    /// Sets of access tokens, each with the numbers of the policies that have it: the same uses
    /// ask the IdP under all of them.
    pub asking: Vec<(AccessTokens, Vec<usize>)>,
    /// The numbers of policies under which each use goes through the model.
    pub each_use: Vec<(usize, Why)>,
}

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
    /// Access tokens end with the session or with what they were issued for.
    Bound,
    /// The provider keeps instants in ticks longer than a millisecond.
    Ticks,
    /// A session or a refresh token is not renewed each time it could be.
    LazyRenewal,
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
    /// By app: the apps whose tokens its logout takes.
    emptied: Vec<Range<usize>>,
    /// By app: the slots of its tokens.
    first_slots: Vec<usize>,
}

/// Where the access token for an app and an API stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slots {
    /// By app and API (after the last API comes "none was named").
    slots: Vec<u32>,
    /// How many entries an app has.
    stride: usize,
}

/// What the users do who may be passed over. Whether a poll gets tokens depends on the session, and
/// a revocation meets all agents at once: with these, each use goes through the model.
pub const PLAIN: [Action; 3] = [Action::Use, Action::Logout, Action::Close];

impl Plans {
    /// The ways of `policies`.
    pub fn of(policies: &[Policy]) -> Self {
        let (mut asking, mut each_use) = (Vec::<(AccessTokens, Vec<usize>)>::new(), Vec::new());
        for (number, policy) in policies.iter().enumerate() {
            match Plan::of(policy) {
                Plan::EachUse(why) => each_use.push((number, why)),
                Plan::Asking(tokens) => match asking.iter_mut().find(|(own, _)| *own == tokens) {
                    Some((_, members)) => members.push(number),
                    None => asking.push((tokens, vec![number])),
                },
            }
        }
        Self { asking, each_use }
    }
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
        (session.binds_access_tokens != BindsAccessTokens::None, Why::Bound),
        (policy.layout().tick() > Span::from_millis(1), Why::Ticks),
        (session.slide_interval > Span::ZERO || lazy(policy), Why::LazyRenewal),
    ]
    .into_iter()
    .find_map(|(is_so, why)| is_so.then_some(why))
}

/// Whether some use of a refresh token leaves its idle lifetime as it was.
fn lazy(policy: &Policy) -> bool {
    let tokens = policy.apps().iter().filter_map(|app| app.refresh_token.as_ref());
    tokens.into_iter().any(|token| token.renew_after > Span::ZERO)
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
        let (apps, layout) = (policy.apps(), policy.layout());
        let tokens = apps.iter().flat_map(|app| app.tokens.iter().map(move |token| (app, token)));
        let reach = tokens.map(|(app, token)| match token.lifetime {
            Lifetime::Fixed(limit) => reach(limit, app.renew_ahead),
            Lifetime::Between { .. } => unreachable!("drawn lifetimes go each use"),
        });
        let emptied = |(index, app): (usize, &AppPolicy)| match app.logout {
            LogoutScope::Everywhere => 0..apps.len(),
            LogoutScope::App | LogoutScope::Sso => index..index + 1,
        };
        let first_slots = (0..apps.len()).map(|app| layout.slots_of(AppId::new(app)).start);
        Self {
            reach: reach.collect(),
            slots,
            emptied: apps.iter().enumerate().map(emptied).collect(),
            first_slots: first_slots.chain([layout.slots()]).collect(),
        }
    }

    /// How many access tokens an agent can hold.
    pub(super) fn slots(&self) -> usize {
        self.reach.len()
    }

    /// The slot of the token that a use needs.
    #[inline]
    pub(super) fn slot(&self, use_: &Record) -> usize {
        self.slots.find(use_).1
    }

    /// The apps whose tokens a logout of `app` takes.
    #[inline]
    pub(super) fn emptied(&self, app: AppId) -> Range<usize> {
        self.emptied[app.index()].clone()
    }

    /// Takes the access tokens of some apps out of `until`.
    pub(super) fn empty(&self, apps: Range<usize>, until: &mut [i64]) {
        until[self.first_slots[apps.start]..self.first_slots[apps.end]].fill(NO_TOKEN);
    }

    /// Finds the uses without a good access token among the next `uses` of an agent, which are in
    /// time order: gives their places. `until` tells, by slot, how long the agent's tokens serve.
    pub(super) fn find<'a>(
        &self,
        uses: &[Record],
        room: &'a mut Vec<u32>,
        until: &mut [i64],
    ) -> &'a [u32] {
        if room.len() < uses.len() {
            room.resize(uses.len(), 0);
        }
        let places = &mut room[..uses.len()];
        let mut found = 0;
        // Each place is written in any case and kept if the use asks: nobody could foretell a
        // branch here.
        if let ([reach], [until]) = (&self.reach[..], &mut *until) {
            let mut end = *until;
            for (place, use_) in (0..).zip(uses) {
                places[found] = place;
                let at = use_.at().as_millis();
                let asks = at >= end;
                end = select_unpredictable(asks, at + reach, end);
                found += usize::from(asks);
            }
            *until = end;
        } else {
            for (place, use_) in (0..).zip(uses) {
                places[found] = place;
                let slot = self.slot(use_);
                let (at, end) = (use_.at().as_millis(), until[slot]);
                let asks = at >= end;
                until[slot] = select_unpredictable(asks, at + self.reach[slot], end);
                found += usize::from(asks);
            }
        }
        &places[..found]
    }
}

/// Until when a token serves that is not there.
pub(super) const NO_TOKEN: i64 = i64::MIN;

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
            Self::Bound => "access tokens end with the session",
            Self::Ticks => "the provider does not count milliseconds",
            Self::LazyRenewal => "sessions or refresh tokens are not renewed each time",
            Self::ManyApps => "there are too many apps and APIs for a table",
        })
    }
}
