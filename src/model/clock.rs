//! How a provider keeps time. Providers differ in little more than this: whether instants are whole
//! seconds, and whether what reaches its limit is over at once or one tick later.

use super::{Instant, Limit, Span};

/// How instants are kept and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Instants are kept in whole ticks, rounded down; at least a millisecond.
    pub tick: Span,
    /// When what reaches its limit is over.
    pub expires: Expires,
}

/// When what reaches its limit is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expires {
    /// At it: `t < e` (RFC 7519 §4.1.4).
    #[default]
    At,
    /// After it, a tick later: `t <= e`.
    After,
}

/// Milliseconds, and SPEC 1's comparison.
impl Default for Clock {
    fn default() -> Self {
        Self { tick: Span::from_millis(1), expires: Expires::At }
    }
}

impl Clock {
    /// The instant as it is kept.
    #[inline]
    pub fn kept(self, at: Instant) -> Instant {
        kept(self.tick, at)
    }

    /// The limit as it works out, when it is overlooked for `tolerance`: added to a kept instant it
    /// gives one from which on things are over by SPEC 1's comparison, whatever this clock's.
    pub fn limit(self, limit: Limit, tolerance: Span) -> Limit {
        let Some(span) = limit.span() else { return Limit::NONE };
        let tick = self.tick.as_millis();
        let span = span.as_millis().saturating_add(tolerance.as_millis());
        // With kept instants on both sides nothing can end between two ticks.
        let ticks = match self.expires {
            Expires::At => span.saturating_add(tick - 1) / tick,
            Expires::After => span / tick + 1,
        };
        Limit::of(Span::from_millis(ticks.saturating_mul(tick)))
    }

    /// The interval as it works out: what was kept so long ago is old enough.
    pub fn interval(self, interval: Span) -> Span {
        match interval {
            Span::ZERO => Span::ZERO,
            _ => self.limit(Limit::of(interval), Span::ZERO).span().unwrap_or(interval),
        }
    }
}

/// `at` in whole ticks, rounded down.
#[inline(always)]
pub(super) fn kept(tick: Span, at: Instant) -> Instant {
    // Nearly every provider of a simulation counts milliseconds, and a division is dear.
    if tick.as_millis() == 1 {
        return at;
    }
    let since = at.as_millis().rem_euclid(tick.as_millis());
    at - Span::from_millis(since)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The definition, tick by tick, against the limit that works out.
        #[test]
        fn a_limit_works_out_as_the_provider_compares(
            from in -9_000_i64..9_000, at in -9_000_i64..20_000, limit in 0_i64..5_000,
            tolerance in 0_i64..3_000, tick in prop::sample::select(vec![1_i64, 7, 1_000]),
            after: bool,
        ) {
            let expires = if after { Expires::After } else { Expires::At };
            let clock = Clock { tick: Span::from_millis(tick), expires };
            let age = (at.div_euclid(tick) - from.div_euclid(tick)) * tick;
            let lives = match expires {
                Expires::At => age < limit + tolerance,
                Expires::After => age <= limit + tolerance,
            };
            let kept = clock.kept(Instant::from_millis(from));
            let end = kept + clock.limit(Limit::of(Span::from_millis(limit)), Span::from_millis(tolerance));
            prop_assert_eq!(Instant::from_millis(at) < end, lives);
        }
    }

    #[test]
    fn milliseconds_change_nothing() {
        let clock = Clock::default();
        let at = Instant::from_millis(-1_234);
        assert_eq!(clock.kept(at), at);
        let limit = Limit::of(Span::from_millis(90_001));
        assert_eq!(clock.limit(limit, Span::ZERO), limit);
        assert_eq!(clock.limit(Limit::NONE, Span::from_secs(15)), Limit::NONE);
        assert_eq!(clock.interval(Span::from_secs(60)), Span::from_secs(60));
    }

    #[test]
    fn whole_seconds_round_down_before_the_epoch_too() {
        let clock = Clock { tick: Span::from_secs(1), expires: Expires::After };
        assert_eq!(clock.kept(Instant::from_millis(-1)), Instant::from_millis(-1_000));
        assert_eq!(clock.kept(Instant::from_millis(1_999)), Instant::from_millis(1_000));
        // Alive at the age of a minute, over at 61 seconds.
        let minute = clock.limit(Limit::of(Span::from_secs(60)), Span::ZERO);
        assert_eq!(minute.span(), Some(Span::from_secs(61)));
        assert_eq!(clock.interval(Span::ZERO), Span::ZERO);
    }
}
