use super::super::distribution::{Choice, Geometric, Law, exponential, gamma, normal};
use super::super::normal::normal_quantile;
use super::{HOUR, check_counts, check_sample, log_normal, log_normal_cdf, normal_cdf};
use crate::seed::{Key, Stream};
use crate::trace::synthetic::Distribution;

const N: usize = 20_000;

fn stream(what: &str) -> Stream {
    Key::new(7, "test").with(what).stream()
}

fn sample(what: &str, mut draw: impl FnMut(&mut Stream) -> f64) -> Vec<f64> {
    let mut stream = stream(what);
    (0..N).map(|_| draw(&mut stream)).collect()
}

#[test]
fn normal_quantiles_are_the_published_ones() {
    // Wichura gives those of 0.75 (as 0.25), 0.999 (as 0.001) and 1e-20; the others stand in
    // tables of the normal distribution.
    let published = [
        (0.5, 0.0),
        (0.75, 0.674_489_750_196_081_7),
        (0.9, 1.281_551_565_544_600_5),
        (0.95, 1.644_853_626_951_472_7),
        (0.975, 1.959_963_984_540_054),
        (0.99, 2.326_347_874_040_841),
        (0.995, 2.575_829_303_548_901),
        (0.999, 3.090_232_306_167_813_5),
        (1e-6, -4.753_424_308_822_899),
        (1e-10, -6.361_340_902_404_056),
        (1e-20, -9.262_340_089_798_408),
    ];
    for (p, z) in published {
        let found = normal_quantile(p);
        assert!((found - z).abs() < 1e-9, "at {p}: {found}, not {z}");
    }
}

#[test]
fn normal_quantiles_undo_the_normal_distribution() {
    // From far out in either tail through all three pieces of the approximation.
    for step in -800..=800 {
        let z = f64::from(step) / 100.0;
        // Near 1 the probability itself has no room for more digits.
        let found =
            if z < 0.0 { normal_quantile(normal_cdf(z)) } else { -normal_quantile(normal_cdf(-z)) };
        assert!((found - z).abs() < 1e-12, "{z} came back as {found}");
    }
}

#[test]
fn bits_are_pinned() {
    // The same on every machine: a difference here is a difference in every synthetic run.
    let mut stream = stream("pinned");
    let values = [
        normal(&mut stream),
        exponential(&mut stream),
        gamma(0.5, &mut stream),
        gamma(2.0, &mut stream),
        Law::new(&log_normal([(1.0, 60.0, 1.2)]), 1.0).draw(&mut stream),
    ];
    insta::assert_snapshot!(values.map(|value| format!("{:016x}", value.to_bits())).join(" "), @"bff9420c8f07e28e 3ff9dd21034265c1 3fe73ecb358f39ba 3f75fa58ab9002b4 40549d035f39a31e");
}

#[test]
fn each_follows_its_law() {
    check_sample("normal", sample("normal", normal), normal_cdf);
    check_sample("exponential", sample("exponential", exponential), |x| -libm::expm1(-x));
    for spread in [0.1, 0.5, 1.0, 1.5, 3.0] {
        let shape = 1.0 / (spread * spread);
        let name = format!("gamma of spread {spread}");
        check_sample(&name, sample(&name, |s| gamma(spread, s)), |x| gamma_cdf(shape, x * shape));
    }
    assert_eq!(gamma(0.0, &mut stream("none")), 1.0);
    let parts = [(3.0, 20.0, 0.6), (1.0, 900.0, 1.4)];
    let mixture = Law::new(&log_normal(parts), 1.0);
    check_sample("mixture", sample("mixture", |s| mixture.draw(s)), |x| log_normal_cdf(&parts, x));
    let scaled = Law::new(&log_normal(parts), 10.0);
    check_sample("scaled", sample("scaled", |s| scaled.draw(s)), |x| {
        log_normal_cdf(&parts, x / 10.0)
    });
}

#[test]
fn rests_are_those_of_a_renewal_process() {
    // The distribution of what is left: the integral of 1 - F up to x, over the mean.
    let parts = [(3.0, 20.0, 0.6), (1.0, 900.0, 0.9)];
    let mixture = Law::new(&log_normal(parts), 1.0);
    let mean: f64 = parts.iter().map(|(w, m, s)| w / 4.0 * m * libm::exp(s * s / 2.0)).sum();
    assert!((mixture.mean() / mean - 1.0).abs() < 1e-12);
    let rest = |x: f64| {
        let parts = parts.iter().map(|(w, median, sigma)| {
            let z = libm::log(x / median) / sigma;
            let whole = median * libm::exp(sigma * sigma / 2.0) * normal_cdf(z - sigma);
            w / 4.0 * (x * normal_cdf(-z) + whole)
        });
        parts.sum::<f64>() / mean
    };
    check_sample("rest of a mixture", sample("rest", |s| mixture.draw_rest(s)), rest);
    let exponential = Law::new(&Distribution::Exponential { mean: HOUR }, 2.0);
    let forgetful = |x: f64| -libm::expm1(-x / (2.0 * HOUR));
    check_sample("rest", sample("forgetful", |s| exponential.draw_rest(s)), forgetful);
}

#[test]
fn geometric_numbers_stop_with_the_same_chance_each_time() {
    let (four, mut stream) = (Geometric::new(4.0), stream("geometric"));
    let mut counts = [0.0; 20];
    for _ in 0..N {
        let number = four.draw(&mut stream) as usize;
        counts[(number - 1).min(19)] += 1.0;
    }
    let mut expected: [f64; 20] =
        std::array::from_fn(|n| N as f64 * 0.25 * 0.75_f64.powi(n as i32));
    expected[19] *= 4.0;
    check_counts("geometric", &counts, &expected);
    // A hair above 1 must not divide by nothing, nor the most that there is overflow.
    for mean in [0.5, 1.0, 1.0 + f64::EPSILON] {
        let one = Geometric::new(mean);
        assert!((0..100).all(|_| one.draw(&mut stream) == 1), "{mean}");
    }
    let endless = Geometric::new(f64::MAX);
    assert!((0..100).all(|_| endless.draw(&mut stream) == u64::MAX));
}

#[test]
fn choices_follow_their_weights_and_never_meet_one_of_none() {
    let weights = [0.0, 2.0, 0.0, 1.0, 5.0, 0.0];
    let choice = Choice::new(&weights);
    let mut stream = stream("choice");
    let mut counts = [0.0; 6];
    for _ in 0..N {
        counts[choice.draw(&mut stream)] += 1.0;
    }
    check_counts("choice", &counts, &weights.map(|weight| weight / 8.0 * N as f64));
}

/// The regularised lower incomplete gamma function, by its series.
fn gamma_cdf(shape: f64, x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    let mut n = shape;
    while term > 1e-16 * sum {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    sum * libm::exp(shape * libm::log(x) - x - libm::lgamma(shape + 1.0))
}
