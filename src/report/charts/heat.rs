//! The scale of heat maps: amounts from none to most in steps of one hue.

use plotters::style::RGBColor;

use super::palette::HEAT;

/// How much each colour but the first stands for, at most: the first is for nothing at all.
pub(super) fn bounds(greatest: f64) -> Vec<f64> {
    let colours = HEAT.len() - 1;
    // In millionths, so that steps are as round as they look.
    let needed = (greatest.min(1e12) * 1e6 / colours as f64).ceil() as u64;
    let mut power = 1;
    let step = loop {
        let round = [10, 15, 20, 25, 30, 40, 50, 60, 80].map(|tenths| tenths * power / 10);
        match round.into_iter().find(|step| *step >= needed) {
            Some(step) => break step as f64 / 1e6,
            None => power *= 10,
        }
    };
    let all = (1..=colours).map(|index| index as f64 * step);
    all.take_while(|bound| *bound < greatest + step).collect()
}

/// The colour of an amount.
pub(super) fn colour(amount: f64, bounds: &[f64]) -> &'static RGBColor {
    let place = bounds.iter().position(|bound| amount <= *bound).unwrap_or(bounds.len() - 1);
    match amount {
        0.0 => &HEAT[0],
        // Few bounds spread over all colours, so that the most is always dark.
        _ => &HEAT[(place + 1) * (HEAT.len() - 1) / bounds.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_is_always_the_darkest() {
        for greatest in [0.002, 0.5, 1.0, 5.0, 6.0, 7.3, 13.0, 100.0, 1_000_003.0, 1e18] {
            let bounds = bounds(greatest);
            assert_eq!(colour(greatest, &bounds), HEAT.last().unwrap(), "{greatest}");
            assert_eq!(colour(0.0, &bounds), &HEAT[0]);
            assert_ne!(colour(greatest / 1e3, &bounds), &HEAT[0]);
            assert!(bounds.len() < HEAT.len());
        }
    }
}
