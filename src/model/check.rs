//! The session check: what a server asks at every request. The one copy of SPEC 4's rule of
//! when an IdP session is valid; [`decide`](super::decide) asks it too.

use super::{IdpSession, Instant, LoginCause, Policy, SessionPolicy};

/// What an IdP session is worth at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionCheck {
    /// It is valid.
    Valid {
        /// When it ends unless it is renewed before; [`Instant::NEVER`] without limits.
        expires_at: Instant,
    },
    /// There is none any more, or none yet, and this is why.
    Ended(LoginCause),
}

impl SessionCheck {
    /// Whether the session is valid.
    #[inline]
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Valid { .. })
    }

    /// When a valid session ends unless it is renewed.
    #[inline]
    pub const fn expires_at(self) -> Option<Instant> {
        match self {
            Self::Valid { expires_at } => Some(expires_at),
            Self::Ended(_) => None,
        }
    }

    /// Why there is no valid session: the cause of the login that it takes.
    #[inline]
    pub const fn cause(self) -> Option<LoginCause> {
        match self {
            Self::Valid { .. } => None,
            Self::Ended(cause) => Some(cause),
        }
    }
}

impl SessionPolicy {
    /// What `session` is worth at `now`.
    ///
    /// A limit reached is a limit passed; the session ended at the earlier of its two limits, and
    /// on a tie the absolute one is the reason. What took it back before (a logout, a browser
    /// close, a revocation) stays the reason whatever time passes.
    ///
    /// It reads no clock and allocates nothing. It does not renew the session either: what does
    /// is for [`slides_on`](Self::slides_on) to say.
    #[inline]
    pub fn check(&self, session: &IdpSession, now: Instant) -> SessionCheck {
        let expires_at = self.expiry(session.created, session.slid);
        match session.ended {
            Some(cause) => SessionCheck::Ended(cause),
            None if now < expires_at => SessionCheck::Valid { expires_at },
            None if expires_at == session.created + self.absolute_timeout => {
                SessionCheck::Ended(LoginCause::Absolute)
            }
            None => SessionCheck::Ended(LoginCause::Idle),
        }
    }

    /// [`check`](Self::check) for many sessions at one instant: `checks[i]` becomes what
    /// `sessions[i]` is worth.
    ///
    /// # Panics
    /// If the slices differ in length.
    #[inline]
    pub fn check_batch(&self, sessions: &[IdpSession], now: Instant, checks: &mut [SessionCheck]) {
        assert_eq!(sessions.len(), checks.len(), "a check for each session");
        for (session, check) in sessions.iter().zip(checks) {
            *check = self.check(session, now);
        }
    }
}

impl Policy {
    /// What `session` is worth at `now`, by [`SessionPolicy::check`].
    ///
    /// ```
    /// use relogin::model::{
    ///     ApiId, AppPolicy, IdpSession, Instant, Lifetime, Limit, LoginCause, Policy,
    ///     SessionCheck, SessionPolicy, Span, TokenPolicy,
    /// };
    ///
    /// let policy = Policy::new(
    ///     SessionPolicy::new(Limit::of(Span::from_mins(30)), Limit::of(Span::from_hours(8))),
    ///     Span::ZERO,
    ///     vec![AppPolicy::new(vec![TokenPolicy {
    ///         api: ApiId::new(0),
    ///         lifetime: Lifetime::Fixed(Limit::of(Span::from_mins(10))),
    ///     }])],
    /// );
    /// let login = Instant::from_millis(1_700_000_000_000);
    /// let mut session = IdpSession { created: login, slid: login, ended: None, number: 1 };
    ///
    /// // Good for 20 minutes more: the cookie's Max-Age.
    /// let now = login + Span::from_mins(10);
    /// let SessionCheck::Valid { expires_at } = policy.check(&session, now) else { unreachable!() };
    /// assert_eq!((expires_at - now).as_millis() / 1_000, 1_200);
    ///
    /// // At the 30th minute it is over, and the next request needs a login.
    /// let idle = policy.check(&session, login + Span::from_mins(30));
    /// assert_eq!(idle, SessionCheck::Ended(LoginCause::Idle));
    ///
    /// // Renewed or not, eight hours after the login it is over.
    /// session.slid = login + Span::from_mins(470);
    /// let absolute = policy.check(&session, login + Span::from_hours(8));
    /// assert_eq!(absolute.cause(), Some(LoginCause::Absolute));
    ///
    /// // Nobody logged in yet.
    /// assert_eq!(policy.check(&IdpSession::NONE, now).cause(), Some(LoginCause::First));
    /// ```
    #[inline]
    pub fn check(&self, session: &IdpSession, now: Instant) -> SessionCheck {
        self.session.check(session, now)
    }

    /// [`check`](Self::check) for many sessions, by [`SessionPolicy::check_batch`].
    ///
    /// # Panics
    /// If the slices differ in length.
    #[inline]
    pub fn check_batch(&self, sessions: &[IdpSession], now: Instant, checks: &mut [SessionCheck]) {
        self.session.check_batch(sessions, now, checks);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Limit, Span};
    use super::*;

    fn policy(idle_timeout: Limit, absolute_timeout: Limit) -> SessionPolicy {
        SessionPolicy::new(idle_timeout, absolute_timeout)
    }

    /// Small numbers, so that limits meet and ties are common, and the edges of time.
    fn millis() -> impl Strategy<Value = i64> {
        prop_oneof![8 => -4..12_i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
    }

    fn limit() -> impl Strategy<Value = Limit> {
        let some = (0..8_i64).prop_map(|millis| Limit::of(Span::from_millis(millis)));
        prop_oneof![4 => some, 1 => Just(Limit::NONE)]
    }

    fn session() -> impl Strategy<Value = IdpSession> {
        let ended = prop_oneof![
            3 => Just(None),
            1 => prop::sample::select(LoginCause::ALL).prop_map(Some)
        ];
        (millis(), millis(), ended).prop_map(|(created, slid, ended)| IdpSession {
            created: Instant::from_millis(created),
            slid: Instant::from_millis(slid),
            ended,
            number: 1,
        })
    }

    /// SPEC 4's sentences one by one, in numbers too wide to overflow.
    fn twin(policy: &SessionPolicy, session: &IdpSession, now: Instant) -> SessionCheck {
        let end = |from: Instant, limit: Limit| {
            let never = i128::from(i64::MAX);
            let length = limit.span().map(|span| i128::from(span.as_millis()));
            length.map_or(never, |length| (i128::from(from.as_millis()) + length).min(never))
        };
        let idle = end(session.slid, policy.idle_timeout);
        let absolute = end(session.created, policy.absolute_timeout);
        let now = i128::from(now.as_millis());
        if let Some(cause) = session.ended {
            SessionCheck::Ended(cause)
        } else if now < idle && now < absolute {
            let first = i64::try_from(idle.min(absolute)).expect("at most the largest i64");
            SessionCheck::Valid { expires_at: Instant::from_millis(first) }
        } else if idle < absolute {
            SessionCheck::Ended(LoginCause::Idle)
        } else {
            SessionCheck::Ended(LoginCause::Absolute)
        }
    }

    proptest! {
        #[test]
        fn one_by_one_is_the_specification(
            idle in limit(), absolute in limit(), session in session(), now in millis(),
        ) {
            let policy = policy(idle, absolute);
            let now = Instant::from_millis(now);
            prop_assert_eq!(policy.check(&session, now), twin(&policy, &session, now));
        }

        #[test]
        fn a_batch_is_one_by_one(
            idle in limit(), absolute in limit(), now in millis(),
            sessions in prop::collection::vec(session(), 0..70),
        ) {
            let policy = policy(idle, absolute);
            let now = Instant::from_millis(now);
            let mut checks = vec![SessionCheck::Ended(LoginCause::First); sessions.len()];
            policy.check_batch(&sessions, now, &mut checks);
            let singly: Vec<_> = sessions.iter().map(|session| policy.check(session, now)).collect();
            prop_assert_eq!(checks, singly);
        }
    }

    #[test]
    fn a_limit_reached_is_passed_and_on_a_tie_it_is_the_absolute_one() {
        let minutes = |count| Limit::of(Span::from_mins(count));
        let at = |minute: i64| Instant::from_millis(minute * 60_000);
        let policy = policy(minutes(30), minutes(60));
        let session = |slid| IdpSession { created: at(0), slid: at(slid), ended: None, number: 1 };
        let check = |slid, minute| policy.check(&session(slid), at(minute));
        assert_eq!(check(0, 29), SessionCheck::Valid { expires_at: at(30) });
        assert_eq!(check(0, 30), SessionCheck::Ended(LoginCause::Idle));
        assert_eq!(check(0, 90), SessionCheck::Ended(LoginCause::Idle));
        assert_eq!(check(29, 59), SessionCheck::Ended(LoginCause::Idle));
        assert_eq!(check(30, 59), SessionCheck::Valid { expires_at: at(60) });
        assert_eq!(check(30, 60), SessionCheck::Ended(LoginCause::Absolute));
        assert_eq!(check(31, 60), SessionCheck::Ended(LoginCause::Absolute));
    }

    #[test]
    fn what_took_a_session_back_stays_the_reason() {
        let policy = policy(Limit::ZERO, Limit::ZERO);
        let session = IdpSession {
            created: Instant::from_millis(0),
            slid: Instant::from_millis(0),
            ended: Some(LoginCause::Logout),
            number: 1,
        };
        let late = policy.check(&session, Instant::from_millis(i64::MAX));
        assert_eq!(late, SessionCheck::Ended(LoginCause::Logout));
        assert_eq!(late.expires_at(), None);
        assert!(!late.is_valid());
    }

    #[test]
    #[should_panic(expected = "a check for each session")]
    fn a_batch_wants_room_for_every_answer() {
        policy(Limit::NONE, Limit::NONE).check_batch(
            &[IdpSession::NONE],
            Instant::from_millis(0),
            &mut [],
        );
    }
}
