//! What the IdP answers to uses that ask, under many policies at once.
//!
//! The rules are the model's (SPEC 4, steps 4 and 5, logouts and closed browsers, where no app has a
//! session of its own), in a form without branches: a lane is a policy, and whatever all lanes do
//! is a few additions, comparisons and selections that the compiler puts into vectors. Only where
//! something has to be told, lanes are looked at one by one. Tests hold it against the general
//! engine and the slow twin.

#![allow(
    clippy::needless_range_loop,
    reason = "one loop over lanes is what the compiler vectorises"
)]

use super::asks::{Ask, Ending, Step, latest_use};
use super::engine::Engine;
use super::plan::AccessTokens;
use super::{Fold, Session, Who};
use crate::model::{Instant, Limit, LoginCause, LogoutScope, Policy, RefreshToken};
use crate::trace::Record;

/// Whether something is so: all ones or nothing, as wide as an instant, so that it selects one by
/// arithmetic alone. Compilers give up on vectors where they meet a branch.
type Is = i64;

#[inline(always)]
fn is(so: bool) -> Is {
    -i64::from(so)
}

#[inline(always)]
fn select(so: Is, this: i64, that: i64) -> i64 {
    (this & so) | (that & !so)
}

/// `N` policies under which the same uses ask the IdP.
#[derive(Clone, Debug)]
pub(super) struct Lanes<const N: usize> {
    /// By lane that is taken: the policy's number.
    policies: Vec<usize>,
    idle_timeout: [i64; N],
    absolute_timeout: [i64; N],
    slides_on_silent: [Is; N],
    slides_on_refresh: [Is; N],
    is_persistent: [Is; N],
    /// By app: whether its logout ends the session.
    logout_ends: Vec<[Is; N]>,
    /// By app; empty where no policy has refresh tokens.
    refresh: Vec<RefreshLanes<N>>,
    /// By app: the refresh tokens of the agent at hand.
    tokens: Vec<TokenLanes<N>>,
    /// Silent authentications are told; elsewhere they are all that is neither told nor a login.
    tells_silent: [Is; N],
}

/// An app's refresh tokens under each policy.
#[derive(Clone, Copy, Debug)]
struct RefreshLanes<const N: usize> {
    is_there: [Is; N],
    idle_lifetime: [i64; N],
    absolute_lifetime: [i64; N],
    is_bound: [Is; N],
}

/// The refresh token that an app got last.
#[derive(Clone, Copy, Debug)]
struct TokenLanes<const N: usize> {
    idle_end: [i64; N],
    absolute_end: [i64; N],
    /// When the session that it came with was created.
    session: [i64; N],
}

/// The session of the agent at hand.
#[derive(Clone, Copy)]
struct SessionLanes<const N: usize> {
    created: [i64; N],
    idle_end: [i64; N],
    absolute_end: [i64; N],
}

/// There is none, and never was.
const NONE: i64 = i64::MIN;
/// In both ends: the session was ended by a logout, or by a closed browser.
const LOGGED_OUT: i64 = i64::MIN + 1;
const CLOSED: i64 = i64::MIN + 2;

// What a lane has to tell of an ask, in any combination.
const LOGIN: i64 = 1;
const SILENT: i64 = 2;
const REFUSED: i64 = 4;

impl<const N: usize> Lanes<N> {
    /// Lanes for at most `N` of `policies`, called by their numbers.
    pub(super) fn new(policies: &[Policy], numbers: &[usize]) -> Self {
        // A lane that is left over repeats the last.
        let by_lane: [&Policy; N] =
            std::array::from_fn(|lane| &policies[numbers[lane.min(numbers.len() - 1)]]);
        let of = |limit: fn(&Policy) -> Limit| by_lane.map(|policy| length(limit(policy)));
        let all = |is_so: fn(&Policy) -> bool| by_lane.map(|policy| is(is_so(policy)));
        let refresh: Vec<_> = match by_lane.into_iter().any(Policy::has_refresh_tokens) {
            true => {
                (0..by_lane[0].apps().len()).map(|app| RefreshLanes::new(by_lane, app)).collect()
            }
            false => Vec::new(),
        };
        Self {
            policies: numbers.to_vec(),
            idle_timeout: of(|policy| policy.session.idle_timeout),
            absolute_timeout: of(|policy| policy.session.absolute_timeout),
            slides_on_silent: all(|policy| policy.session.slides_on.silent),
            slides_on_refresh: all(|policy| policy.session.slides_on.refresh),
            is_persistent: all(|policy| policy.session.persistent),
            logout_ends: (0..by_lane[0].apps().len())
                .map(|app| by_lane.map(|policy| is(policy.apps()[app].logout != LogoutScope::App)))
                .collect(),
            tokens: vec![TokenLanes::NONE; refresh.len()],
            refresh,
            tells_silent: all(Policy::has_refresh_tokens),
        }
    }

    /// All that an agent asks, answered. `records` are all of the agent's.
    #[inline(always)]
    pub(super) fn answer<F: Fold>(
        &mut self,
        (who, records, tokens): (Who, &[Record], &AccessTokens),
        steps: &[Step<F::Note>],
        engines: &mut [Engine<'_, F>],
    ) {
        if self.refresh.is_empty() {
            self.run::<false, F>((who, records, tokens), steps, engines);
        } else {
            self.run::<true, F>((who, records, tokens), steps, engines);
        }
    }

    #[inline(always)]
    fn run<const REFRESH: bool, F: Fold>(
        &mut self,
        (who, records, tokens): (Who, &[Record], &AccessTokens),
        steps: &[Step<F::Note>],
        engines: &mut [Engine<'_, F>],
    ) {
        let mut sessions = SessionLanes::NONE;
        self.tokens.fill(TokenLanes::NONE);
        for step in steps {
            match step {
                Step::Ask(ask) => {
                    let before = sessions;
                    let told;
                    (sessions, told) = match REFRESH {
                        true => self.with_refresh_tokens(ask, before),
                        false => self.without_refresh_tokens(ask, before),
                    };
                    if told.into_iter().fold(0, |any, one| any | one) != 0 {
                        self.tell((who, records), ask, before, told, engines);
                    }
                }
                Step::Ending(ending) => {
                    let of = (who, records, tokens);
                    let ended = self.end_early(ending, of, sessions, engines);
                    // Copied part by part: what is lent to no other function stays in registers.
                    let SessionLanes { created, idle_end, absolute_end } = ended;
                    sessions = SessionLanes { created, idle_end, absolute_end };
                }
            }
        }
        for (lane, &policy) in self.policies.iter().enumerate() {
            self.end(lane, &sessions, (who, records), engines[policy].sink_mut());
        }
    }

    /// One ask where the session alone can answer. Gives what there is to tell, lane by lane.
    #[inline(always)]
    fn without_refresh_tokens<T>(
        &self,
        ask: &Ask<T>,
        sessions: SessionLanes<N>,
    ) -> (SessionLanes<N>, [i64; N]) {
        let at = ask.at.as_millis();
        let SessionLanes { created, mut idle_end, mut absolute_end } = sessions;
        let (idle_timeout, absolute_timeout) = (self.idle_timeout, self.absolute_timeout);
        let on_silent = self.slides_on_silent;
        let mut told = [0; N];
        for lane in 0..N {
            let valid = is(at < idle_end[lane]) & is(at < absolute_end[lane]);
            let slides = !valid | on_silent[lane];
            idle_end[lane] = select(slides, at + idle_timeout[lane], idle_end[lane]);
            let anew = at + absolute_timeout[lane];
            absolute_end[lane] = select(valid, absolute_end[lane], anew);
            told[lane] = !valid & LOGIN;
        }
        (SessionLanes { created, idle_end, absolute_end }, told)
    }

    /// One ask where the app's refresh token is tried first.
    #[inline(always)]
    fn with_refresh_tokens<T>(
        &mut self,
        ask: &Ask<T>,
        sessions: SessionLanes<N>,
    ) -> (SessionLanes<N>, [i64; N]) {
        let (at, is_held) = (ask.at.as_millis(), is(!ask.is_fresh));
        // Copies, which nothing else can change: references would have to be proven apart.
        let refresh = self.refresh[ask.app.index()];
        let mut token = self.tokens[ask.app.index()];
        let SessionLanes { mut created, mut idle_end, mut absolute_end } = sessions;
        let (idle_timeout, absolute_timeout) = (self.idle_timeout, self.absolute_timeout);
        let (on_silent, on_refresh) = (self.slides_on_silent, self.slides_on_refresh);
        let tells_silent = self.tells_silent;
        let mut told = [0; N];
        for lane in 0..N {
            let is_there = refresh.is_there[lane];
            let valid = is(at < idle_end[lane]) & is(at < absolute_end[lane]);
            let fits = !refresh.is_bound[lane] | (valid & is(token.session[lane] == created[lane]));
            let lives = is(at < token.idle_end[lane]) & is(at < token.absolute_end[lane]);
            let refreshes = lives & fits & is_there;
            let logs_in = !refreshes & !valid;
            let is_silent = !refreshes & valid;
            let slides =
                logs_in | (is_silent & on_silent[lane]) | (refreshes & valid & on_refresh[lane]);
            idle_end[lane] = select(slides, at + idle_timeout[lane], idle_end[lane]);
            let anew = at + absolute_timeout[lane];
            absolute_end[lane] = select(logs_in, anew, absolute_end[lane]);
            created[lane] = select(logs_in, at, created[lane]);
            token.idle_end[lane] = at + refresh.idle_lifetime[lane];
            let anew = at + refresh.absolute_lifetime[lane];
            token.absolute_end[lane] = select(refreshes, token.absolute_end[lane], anew);
            token.session[lane] = select(refreshes, token.session[lane], created[lane]);
            // Whoever got tokens before still holds an unusable one, and tries it.
            told[lane] = (logs_in & LOGIN)
                | (is_silent & tells_silent[lane] & SILENT)
                | (!refreshes & is_there & is_held & REFUSED);
        }
        self.tokens[ask.app.index()] = token;
        (SessionLanes { created, idle_end, absolute_end }, told)
    }

    /// Tells what is no plain answer.
    #[inline(never)]
    fn tell<F: Fold>(
        &self,
        (who, records): (Who, &[Record]),
        ask: &Ask<F::Note>,
        before: SessionLanes<N>,
        told: [i64; N],
        engines: &mut [Engine<'_, F>],
    ) {
        // A bit for each lane that has something to tell.
        let mut lanes = (0..self.policies.len())
            .fold(0_u32, |lanes, lane| lanes | u32::from(told[lane] != 0) << lane);
        while lanes != 0 {
            let lane = lanes.trailing_zeros() as usize;
            lanes &= lanes - 1;
            let (fold, told) = (engines[self.policies[lane]].sink_mut(), told[lane]);
            if told & REFUSED != 0 {
                fold.refused(who, ask.note);
            }
            if told & SILENT != 0 {
                fold.silent(who, ask.note);
            }
            if told & LOGIN != 0 {
                self.end(lane, &before, (who, &records[..ask.place as usize]), fold);
                fold.login(who, ask.at, ask.app, before.cause(lane), ask.note);
            }
        }
    }

    /// A logout takes tokens and, where it is more than the app's own, the session; a browser that
    /// is closed takes the session where that is not persistent.
    #[inline(never)]
    fn end_early<F: Fold>(
        &mut self,
        ending: &Ending,
        (who, records, tokens): (Who, &[Record], &AccessTokens),
        mut sessions: SessionLanes<N>,
        engines: &mut [Engine<'_, F>],
    ) -> SessionLanes<N> {
        if let Some(app) = ending.app
            && !self.tokens.is_empty()
        {
            self.tokens[tokens.emptied(app)].fill(TokenLanes::NONE);
        }
        let at = ending.at.as_millis();
        let attended = latest_use(&records[..ending.place as usize]);
        for (lane, &policy) in self.policies.iter().enumerate() {
            let (ends, mark) = match ending.app {
                Some(app) => (self.logout_ends[app.index()][lane] != 0, LOGGED_OUT),
                None => (self.is_persistent[lane] == 0, CLOSED),
            };
            let (idle_end, absolute_end) = (sessions.idle_end[lane], sessions.absolute_end[lane]);
            if ends && at < idle_end && at < absolute_end {
                let created = Instant::from_millis(absolute_end - self.absolute_timeout[lane]);
                // It was valid up to here, and there was a use at its login.
                let attended = attended.unwrap_or(created);
                let session = Session { created, end: ending.at, attended };
                engines[policy].sink_mut().session(who, session);
                (sessions.idle_end[lane], sessions.absolute_end[lane]) = (mark, mark);
            }
        }
        sessions
    }

    /// Tells of the session in `lane`, if there is one: since the last of `records` nothing renews it.
    #[inline]
    fn end<F: Fold>(
        &self,
        lane: usize,
        sessions: &SessionLanes<N>,
        (who, records): (Who, &[Record]),
        fold: &mut F,
    ) {
        let (idle_end, absolute_end) = (sessions.idle_end[lane], sessions.absolute_end[lane]);
        if absolute_end > CLOSED {
            let created = Instant::from_millis(absolute_end - self.absolute_timeout[lane]);
            let end = Instant::from_millis(idle_end.min(absolute_end));
            let attended = last_before(end, records).unwrap_or(created).max(created);
            fold.session(who, Session { created, end, attended });
        }
    }
}

impl<const N: usize> SessionLanes<N> {
    const NONE: Self = Self { created: [NONE; N], idle_end: [NONE; N], absolute_end: [NONE; N] };

    /// Why there is no session in `lane`.
    #[inline]
    fn cause(&self, lane: usize) -> LoginCause {
        match (self.absolute_end[lane], self.idle_end[lane]) {
            (NONE, _) => LoginCause::First,
            (LOGGED_OUT, _) => LoginCause::Logout,
            (CLOSED, _) => LoginCause::Closed,
            (absolute_end, idle_end) if absolute_end <= idle_end => LoginCause::Absolute,
            _ => LoginCause::Idle,
        }
    }
}

/// When the latest use before `end` was.
#[inline]
fn last_before(end: Instant, records: &[Record]) -> Option<Instant> {
    let at = |place: usize| records[place].at();
    let mut later = records.len();
    // Seldom many are later: steps that double find the stretch to search.
    let mut step = 1;
    while step <= records.len() && at(records.len() - step) >= end {
        later = records.len() - step;
        step *= 2;
    }
    let from = records.len().saturating_sub(step);
    let before = from + records[from..later].partition_point(|record| record.at() < end);
    latest_use(&records[..before])
}

impl<const N: usize> TokenLanes<N> {
    const NONE: Self = Self { idle_end: [NONE; N], absolute_end: [NONE; N], session: [NONE; N] };
}

impl<const N: usize> RefreshLanes<N> {
    fn new(by_lane: [&Policy; N], app: usize) -> Self {
        let tokens = by_lane.map(|policy| policy.apps()[app].refresh_token);
        let limits = |of: fn(RefreshToken) -> Limit| {
            tokens.map(|token| token.map_or(0, |token| length(of(token))))
        };
        Self {
            is_there: tokens.map(|token| is(token.is_some())),
            idle_lifetime: limits(|token| token.idle_lifetime),
            absolute_lifetime: limits(|token| token.absolute_lifetime),
            is_bound: tokens.map(|token| is(token.is_some_and(|token| token.bound_to_session))),
        }
    }
}

/// Milliseconds; what never ends is far beyond all instants, and still can be added to one.
fn length(limit: Limit) -> i64 {
    limit.span().map_or(i64::MAX / 4, |span| span.as_millis().min(i64::MAX / 4))
}
