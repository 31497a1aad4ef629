//! Instants and lengths of time: integer milliseconds, never bare numbers.

use std::fmt;
use std::ops::{Add, Sub};

/// An instant: integer milliseconds since the Unix epoch (SPEC 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// A length of time in whole milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

/// A timeout or a lifetime: a [`Span`], or none, which never ends.
///
/// ```
/// use relogin::model::{Instant, Limit, Span};
///
/// let login = Instant::from_millis(0);
/// let idle = Limit::of(Span::from_secs(1_800));
/// // A limit reached is a limit passed (RFC 7519 §4.1.4).
/// assert!(Instant::from_millis(1_799_999) < login + idle);
/// assert!(!(Instant::from_millis(1_800_000) < login + idle));
/// assert_eq!(login + Limit::NONE, Instant::NEVER);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limit(i64);

impl Instant {
    /// Later than every instant that happens: the end of what never ends.
    pub const NEVER: Self = Self(i64::MAX);
    /// Earlier than every instant that happens: when something was that never was.
    pub const LONG_AGO: Self = Self(i64::MIN);

    /// The instant `millis` milliseconds after the Unix epoch.
    #[inline]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    #[inline]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// `Some(self)` unless it is [`Instant::NEVER`].
    #[inline]
    pub fn finite(self) -> Option<Self> {
        (self != Self::NEVER).then_some(self)
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `millis` milliseconds.
    #[inline]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// A span of `secs` seconds.
    #[inline]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1_000)
    }

    /// A span of `minutes` minutes.
    #[inline]
    pub const fn from_mins(minutes: i64) -> Self {
        Self(minutes * 60_000)
    }

    /// A span of `hours` hours.
    #[inline]
    pub const fn from_hours(hours: i64) -> Self {
        Self(hours * 3_600_000)
    }

    /// A span of `days` days of 24 hours (SPEC 3).
    #[inline]
    pub const fn from_days(days: i64) -> Self {
        Self(days * 86_400_000)
    }

    /// Its length in milliseconds.
    #[inline]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Its length in seconds.
    #[inline]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1_000.0
    }
}

impl Limit {
    /// It never ends.
    pub const NONE: Self = Self(i64::MAX);
    /// It is over as soon as it begins; scenarios may not say it, the `always` baseline does.
    pub const ZERO: Self = Self(0);

    /// A limit of `span`, which must not be negative.
    #[inline]
    pub const fn of(span: Span) -> Self {
        Self(span.0)
    }

    /// The span, or `None` where there is no limit.
    #[inline]
    pub const fn span(self) -> Option<Span> {
        if self.0 == i64::MAX { None } else { Some(Span(self.0)) }
    }
}

impl Add<Span> for Instant {
    type Output = Self;
    #[inline]
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Instant {
    type Output = Self;
    #[inline]
    fn sub(self, span: Span) -> Self {
        // What never ends does not end a little earlier either.
        if self == Self::NEVER { self } else { Self(self.0.saturating_sub(span.0)) }
    }
}

impl Sub for Instant {
    type Output = Span;
    #[inline]
    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Limit> for Instant {
    type Output = Self;
    #[inline]
    fn add(self, limit: Limit) -> Self {
        if limit == Limit::NONE {
            return Self::NEVER;
        }
        // No limit is negative, so there is one end to overflow at: two instructions instead of
        // the five of a saturating addition, in the path that a server calls at every request.
        self.0.checked_add(limit.0).map_or(Self::NEVER, Self)
    }
}

/// The shortest form of SPEC 3's durations: `1d12h`, `30m`, `250ms`, `0s`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        if rest == 0 {
            return f.write_str("0s");
        }
        if rest < 0 {
            f.write_str("-")?;
            rest = -rest;
        }
        for (unit, millis) in
            [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]
        {
            if rest >= millis {
                write!(f, "{}{unit}", rest / millis)?;
                rest %= millis;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.span() {
            Some(span) => span.fmt(f),
            None => f.write_str("none"),
        }
    }
}
