//! Lengths of time and choices, drawn from a stream: the same bits on every machine, because
//! logarithms and exponentials come from `libm`, not from the platform.

use super::normal::normal_quantile;
use super::{Component, Distribution};
use crate::seed::Stream;

/// A [`Distribution`] made ready to be drawn from. Lengths are milliseconds.
#[derive(Clone, Debug)]
pub(super) enum Law {
    Exponential { mean: f64 },
    LogNormal(Box<Mixture>),
}

/// A mixture of log-normal components.
#[derive(Clone, Debug)]
pub(super) struct Mixture {
    components: Vec<Component>,
    /// By weight.
    choice: Choice,
    /// By weight times mean: which component a random moment falls into.
    length_biased: Choice,
    mean: f64,
}

/// A choice among things by weight.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// Running sums of the weights.
    sums: Vec<f64>,
}

impl Law {
    /// The law of `distribution`, every length multiplied by `factor`.
    pub(super) fn new(distribution: &Distribution, factor: f64) -> Self {
        match distribution {
            Distribution::Exponential { mean } => Self::Exponential { mean: mean * factor },
            Distribution::LogNormal(components) => {
                let scaled = |c: &Component| Component { median: c.median * factor, ..*c };
                Self::LogNormal(Box::new(Mixture::new(components.iter().map(scaled).collect())))
            }
        }
    }

    /// The mean length.
    pub(super) fn mean(&self) -> f64 {
        match self {
            Self::Exponential { mean } => *mean,
            Self::LogNormal(mixture) => mixture.mean,
        }
    }

    /// A length.
    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream) -> f64 {
        match self {
            Self::Exponential { mean } => mean * exponential(stream),
            Self::LogNormal(mixture) => {
                let component = &mixture.components[mixture.choice.draw(stream)];
                component.median * libm::exp(component.sigma * normal(stream))
            }
        }
    }

    /// What is left of the length that a random moment falls into: the wait of one who comes in
    /// the middle. Long lengths catch more moments (the inspection paradox): the log-normal that
    /// is weighted by length has its median multiplied by `exp(sigma^2)`, and the moment lies
    /// anywhere in it.
    pub(super) fn draw_rest(&self, stream: &mut Stream) -> f64 {
        match self {
            Self::Exponential { mean } => mean * exponential(stream),
            Self::LogNormal(mixture) => {
                let component = &mixture.components[mixture.length_biased.draw(stream)];
                let sigma = component.sigma;
                let length = component.median * libm::exp(sigma * (sigma + normal(stream)));
                length * stream.unit()
            }
        }
    }
}

impl Mixture {
    fn new(components: Vec<Component>) -> Self {
        let choice = Choice::new(components.iter().map(|c| c.weight));
        let length_biased = Choice::new(components.iter().map(|c| c.weight * c.mean()));
        let mean = length_biased.total() / choice.total();
        Self { components, choice, length_biased, mean }
    }
}

impl Component {
    /// The mean of a log-normal component: its median times `exp(sigma^2 / 2)`.
    pub(super) fn mean(&self) -> f64 {
        self.median * libm::exp(self.sigma * self.sigma / 2.0)
    }
}

impl Choice {
    pub(super) fn new(weights: impl Iterator<Item = f64>) -> Self {
        let sums = weights.scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    fn total(&self) -> f64 {
        self.sums.last().copied().unwrap_or(0.0)
    }

    /// Where the chosen thing stands; 0 where there is nothing to choose. It takes one draw even
    /// then, so that one thing more or less to choose from does not change the draws after it.
    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream) -> usize {
        let mark = stream.unit() * self.total();
        // `unit` stays below 1, so the mark stays below the total; a weight of 0 is never met.
        self.sums.partition_point(|sum| *sum <= mark)
    }
}

/// An exponential length of mean 1.
#[inline]
pub(super) fn exponential(stream: &mut Stream) -> f64 {
    -libm::log(stream.unit())
}

/// A standard normal number.
#[inline]
pub(super) fn normal(stream: &mut Stream) -> f64 {
    normal_quantile(stream.unit())
}

/// A whole number of at least 1 with that mean: how often one goes on, if the chance to stop is
/// the same each time.
pub(super) fn geometric(mean: f64, stream: &mut Stream) -> u64 {
    let unit = stream.unit();
    if mean <= 1.0 {
        return 1;
    }
    // P(N > n) = (1 - 1/mean)^n; the cast saturates.
    let more = libm::log(unit) / libm::log1p(-1.0 / mean);
    (more as u64).saturating_add(1)
}

/// A gamma number of mean 1 whose coefficient of variation is `spread`.
pub(super) fn gamma(spread: f64, stream: &mut Stream) -> f64 {
    let variance = spread * spread;
    // So narrow that it is 1 to every digit that matters.
    if variance < 1e-12 {
        return 1.0;
    }
    let shape = 1.0 / variance;
    if shape >= 1.0 {
        variance * standard_gamma(shape, stream)
    } else {
        // Below shape 1, a gamma number of the next shape times U^(1/shape) has the right shape.
        let next = standard_gamma(shape + 1.0, stream);
        variance * next * libm::exp(libm::log(stream.unit()) / shape)
    }
}

/// A gamma number of scale 1 and a shape of at least 1, by the method of Marsaglia and Tsang, "A
/// Simple Method for Generating Gamma Variables", ACM TOMS 26 (2000).
fn standard_gamma(shape: f64, stream: &mut Stream) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(stream);
        let root = 1.0 + c * x;
        let unit = stream.unit();
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        if libm::log(unit) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return d * v;
        }
    }
}
