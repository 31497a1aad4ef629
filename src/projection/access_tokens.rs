//! How long access tokens live: what a revoked user keeps.

use super::number;
use crate::model::{Access, Instant, Limit, Span};
use crate::table::Metric;

#[derive(Clone, Debug, Default)]
pub(super) struct AccessTokens {
    /// Sum of the lifetimes, milliseconds; tokens that never end are left out.
    lifetimes: u128,
    /// Sum of their squares.
    squares: u128,
    longest: u64,
    endless: u64,
}

impl AccessTokens {
    #[inline(always)]
    pub(super) fn record(&mut self, at: Instant, access: &Access) {
        if !access.outcome.got_tokens() {
            return;
        }
        self.issued(access.access_token_exp.finite().map(|exp| exp - at), 1);
    }

    /// So many tokens were issued that live for `lifetime`.
    #[inline(always)]
    pub(super) fn issued(&mut self, lifetime: Option<Span>, tokens: u64) {
        if let Some(lifetime) = lifetime {
            let lifetime = lifetime.as_millis().unsigned_abs();
            self.lifetimes += u128::from(lifetime) * u128::from(tokens);
            self.squares += u128::from(lifetime) * u128::from(lifetime) * u128::from(tokens);
            self.longest = self.longest.max(lifetime);
        } else {
            self.endless += tokens;
        }
    }

    /// By slot: so many tokens were issued, which live for so long.
    pub(super) fn asked(&mut self, by_slot: &[u64], lifetimes: &[Limit]) {
        for (&tokens, lifetime) in by_slot.iter().zip(lifetimes).filter(|(tokens, _)| **tokens > 0)
        {
            self.issued(lifetime.span(), tokens);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.lifetimes += other.lifetimes;
        self.squares += other.squares;
        self.longest = self.longest.max(other.longest);
        self.endless += other.endless;
    }

    /// Tokens issued that never end.
    pub(super) fn endless(&self) -> u64 {
        self.endless
    }

    pub(super) fn metrics(&self, metrics: &mut Vec<Metric>) {
        let mean = self.squares as f64 / (2.0 * self.lifetimes as f64) / 1_000.0;
        metrics.push(number("access_token.mean_residual_s", mean, "s"));
        let longest = self.longest as f64 / 1_000.0;
        metrics.push(number("access_token.max_lifetime_s", longest, "s"));
    }
}
