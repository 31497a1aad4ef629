//! Lengths of time and choices, drawn from a stream: the same bits on every machine, because
//! logarithms and exponentials come from `libm`, not from the platform.

use super::normal::normal_quantile;
use super::quantiles::{Quantiles, Tail};
use super::{Component, Distribution};
use crate::seed::Stream;

/// A [`Distribution`] made ready to be drawn from. Lengths are milliseconds.
#[derive(Clone, Debug)]
pub(super) struct Law {
    /// One for each component. A mixture has no table of its own: where components lie apart, its
    /// quantiles leap, and no cubic does.
    tables: Vec<Quantiles>,
    choice: Choice,
    rest: Rest,
    mean: f64,
}

/// What is left of the length that a random moment falls into.
#[derive(Clone, Debug)]
enum Rest {
    /// As long as a whole one: it has no memory.
    Exponential {
        mean: f64,
    },
    LogNormal {
        components: Vec<Component>,
        length_biased: Choice,
    },
}

/// A choice among things by weight.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// Of 2^64 equally likely numbers, where each thing's end; those of the last one that has
    /// any go on to the end of them all.
    ends: Vec<u64>,
}

impl Law {
    /// The law of `distribution`, every length multiplied by `factor`.
    pub(super) fn new(distribution: &Distribution, factor: f64) -> Self {
        let mean = distribution.mean() * factor;
        let (tables, choice, rest) = match distribution {
            Distribution::Exponential { .. } => {
                (vec![exponential_table(mean)], Choice::new(&[1.0]), Rest::Exponential { mean })
            }
            Distribution::LogNormal(components) => {
                let scaled = |c: &Component| Component { median: c.median * factor, ..*c };
                let components: Vec<_> = components.iter().map(scaled).collect();
                let choice = components.iter().map(|c| c.weight).collect::<Vec<_>>();
                let by_length = components.iter().map(|c| c.weight * c.mean()).collect::<Vec<_>>();
                let tables = components.iter().map(Component::table).collect();
                let length_biased = Choice::new(&by_length);
                (tables, Choice::new(&choice), Rest::LogNormal { components, length_biased })
            }
        };
        Self { tables, choice, rest, mean }
    }

    /// The mean length.
    pub(super) fn mean(&self) -> f64 {
        self.mean
    }

    /// A length.
    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream) -> f64 {
        let component = match &*self.tables {
            [only] => only,
            tables => &tables[self.choice.draw(stream)],
        };
        component.draw(stream)
    }

    /// What is left of the length that a random moment falls into: the wait of one who comes in
    /// the middle. Long lengths catch more moments (the inspection paradox): the log-normal that
    /// is weighted by length has its median multiplied by `exp(sigma^2)`, and the moment lies
    /// anywhere in it.
    pub(super) fn draw_rest(&self, stream: &mut Stream) -> f64 {
        match &self.rest {
            Rest::Exponential { mean } => mean * exponential(stream),
            Rest::LogNormal { components, length_biased } => {
                let component = &components[length_biased.draw(stream)];
                let sigma = component.sigma;
                let length = component.median * libm::exp(sigma * (sigma + normal(stream)));
                length * stream.unit()
            }
        }
    }
}

impl Distribution {
    /// The mean length.
    pub(super) fn mean(&self) -> f64 {
        match self {
            Self::Exponential { mean } => *mean,
            Self::LogNormal(components) => {
                let weights: f64 = components.iter().map(|c| c.weight).sum();
                components.iter().map(|c| c.weight * c.mean()).sum::<f64>() / weights
            }
        }
    }
}

/// Longer than any run, and still a number after any arithmetic.
const NEVER: f64 = 1e200;

impl Component {
    /// The mean of a log-normal component: its median times `exp(sigma^2 / 2)`.
    pub(super) fn mean(&self) -> f64 {
        self.median * libm::exp(self.sigma * self.sigma / 2.0)
    }

    /// Of `z`, the normal quantile: `median exp(sigma z)`, whose slope is `sigma` times itself
    /// over the normal density.
    pub(super) fn table(&self) -> Quantiles {
        Quantiles::new(|Tail { beyond, upper }| {
            let sign = if upper { -1.0 } else { 1.0 };
            let z = normal_quantile(beyond);
            let length = self.median * libm::exp(self.sigma * sign * z);
            if length > NEVER {
                return (NEVER, 0.0);
            }
            let density = libm::exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt();
            (length, sign * length * self.sigma / density)
        })
    }
}

/// The table of the exponential law of that mean.
pub(super) fn exponential_table(mean: f64) -> Quantiles {
    let mean = mean.min(NEVER);
    Quantiles::new(|Tail { beyond, upper }| {
        if upper {
            (-libm::log(beyond) * mean, -mean / beyond)
        } else {
            (-libm::log1p(-beyond) * mean, mean / (1.0 - beyond))
        }
    })
}

/// 2^64: how many numbers a draw's bits make.
const ALL: f64 = (1_u128 << 64) as f64;

impl Choice {
    /// A choice among as many things as there are weights.
    pub(super) fn new(weights: &[f64]) -> Self {
        let last = weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0);
        let total: f64 = weights.iter().sum();
        let sums = weights.iter().scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        // The cast saturates.
        let ends = sums.take(last).map(|sum| (sum / total * ALL) as u64);
        Self { ends: ends.collect() }
    }

    /// Where the chosen thing stands; 0 where there is nothing to choose. It takes one draw even
    /// then, so that one thing more or less to choose from does not change the draws after it.
    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream) -> usize {
        let mark = stream.bits();
        // Something of weight 0 ends where the one before it does, and is never met.
        self.ends.partition_point(|end| *end <= mark)
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

/// Whole numbers of at least 1: how often one goes on, if the chance to stop is the same each
/// time (geometric).
#[derive(Clone, Debug)]
pub(super) struct Geometric(Quantiles);

impl Geometric {
    /// Numbers of that mean; of 1 where it is less.
    pub(super) fn new(mean: f64) -> Self {
        // P(N > n) = (1 - 1/mean)^n: an exponential number without its digits after the point.
        let rate = -libm::log1p(-1.0 / mean.max(1.0));
        Self(exponential_table(1.0 / rate))
    }

    /// A number.
    #[inline]
    pub(super) fn draw(&self, stream: &mut Stream) -> u64 {
        // The cast saturates.
        (self.0.draw(stream) as u64).saturating_add(1)
    }
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
